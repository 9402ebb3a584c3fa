"""The letters of each language and which letters count as the same: a table, by BCP 47 tag.

It knows spelling; it must not know words, lists or rounds.

Two rules serve every language and so stand in `alphabet.py`, not here: an accent that makes no letter of the
language's own is dropped (é is e in French; ñ stays in Spanish, й in Russian), and case never matters. A language
names only what those rules cannot find: its letters, and pairs without a common base letter (ς and σ).

Letters follow the schoolbook alphabet, with the rest of a to z where loanwords use it. Two choices are of taste and
are made for who types the guesses: Polish takes its letters without marks, Czech and Slovak keep only those that
their dictionaries sort apart. A list changes either with `alphabet` and `fold`.
"""

from __future__ import annotations

from msgspec import Struct

LATIN = "abcdefghijklmnopqrstuvwxyz"

_LIGATURES = "æ=a œ=o ø=o ł=l đ=d ð=d ħ=h ı=i ß=s"
"""Latin letters that Unicode gives no base letter: what a reader takes them for where they are no letters."""

_YEH_AND_KAF = "ي=ی ى=ی ك=ک ة=ه ٱ=ا"


class Language(Struct, frozen=True):
    """A language's `letters` in their order, pairs `folds` as `x=y`, and whether I and i are two letters."""

    letters: str
    folds: str = ""
    dotless_i: bool = False


def _latin(more: str = "", folds: str = "") -> Language:
    return Language(LATIN + more, f"{folds} {_LIGATURES}")


_TURKIC = f"â=a î=i û=u {_LIGATURES}"
_NORDIC = _latin("æøå", "ä=æ ö=ø")

LANGUAGES: dict[str, Language] = {
    # Latin script
    "af": _latin(),
    "az": Language("abcçdeəfgğhxıijkqlmnoöprsştuüvyz", _TURKIC, dotless_i=True),
    "ca": _latin("ç"),
    "cs": _latin("čřšž"),
    "cy": _latin(),
    "da": _NORDIC,
    "de": _latin("äöüß"),
    "en": _latin(),
    "eo": Language("abcĉdefgĝhĥijĵklmnoprsŝtuŭvz", _LIGATURES),
    "es": _latin("ñ"),
    "et": _latin("õäöüšž"),
    "eu": _latin("ñ"),
    "fi": _latin("åäö", "æ=ä ø=ö"),
    "fr": _latin(),
    "ga": _latin(),
    "gl": _latin("ñ"),
    "hr": Language("abcčćdđefghijklmnoprsštuvzž", _LIGATURES),
    "hu": _latin("áéíóöőúüű"),
    "id": _latin(),
    "is": _latin("áðéíóúýþæö", "ø=ö ä=æ"),
    "it": _latin(),
    "la": _latin(),
    "lt": _latin("ąčęėįšųūž"),
    "lv": _latin("āčēģīķļņšūž"),
    "ms": _latin(),
    "nb": _NORDIC,
    "nl": _latin(),
    "pl": _latin(),
    "pt": _latin("ç"),
    "ro": _latin("ăâîșț", "ş=ș ţ=ț"),
    "sk": _latin("äčšžô"),
    "sl": Language("abcčdefghijklmnoprsštuvzž", f"ć=č {_LIGATURES}"),
    "sq": _latin("çë"),
    "sr-latn": Language("abcčćdđefghijklmnoprsštuvzž", _LIGATURES),
    "sv": _latin("åäö", "æ=ä ø=ö"),
    "sw": _latin(),
    "tr": Language("abcçdefgğhıijklmnoöprsştuüvyz", _TURKIC, dotless_i=True),
    "vi": Language("aăâbcdđeêghiklmnoôơpqrstuưvxy", _LIGATURES),
    # Greek script
    "el": Language("αβγδεζηθικλμνξοπρστυφχψω", "ς=σ"),
    # Cyrillic script
    "be": Language("абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    "bg": Language("абвгдежзийклмнопрстуфхцчшщъьюя"),
    "mk": Language("абвгдѓежзѕијклљмнњопрстќуфхцчџш"),
    "ru": Language("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    "sr": Language("абвгдђежзијклљмнњопрстћуфхцчџш"),
    "uk": Language("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    # Hebrew script: a final form is its letter; points are marks and fall away like accents
    "he": Language("אבגדהוזחטיכלמנסעפצקרשת", "ך=כ ם=מ ן=נ ף=פ ץ=צ"),
    "yi": Language("אבגדהוזחטיכלמנסעפצקרשת", "ך=כ ם=מ ן=נ ף=פ ץ=צ װ=ו ױ=ו ײ=י"),
    # Arabic script: hamza on a seat is the seat (Unicode decomposes it); the rest as search engines fold it
    "ar": Language("ءابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ٱ=ا ى=ي ة=ه ک=ك ی=ي"),
    "fa": Language("ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی", _YEH_AND_KAF),
    "ur": Language("ءابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیے", "ي=ی ى=ی ك=ک ه=ہ ة=ہ ٱ=ا"),
}

_ALIASES = {"no": "nb", "nn": "nb", "iw": "he", "ji": "yi", "in": "id", "bs": "hr", "sh": "hr"}


def find(tag: str) -> Language | None:
    """The language of a BCP 47 tag, by its longest known beginning (`fr-CA` is `fr`), or None."""
    parts = tag.lower().replace("_", "-").split("-")
    while parts:
        name = "-".join(parts)
        if found := LANGUAGES.get(_ALIASES.get(name, name)):
            return found
        parts.pop()
    return None
