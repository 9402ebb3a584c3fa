"""Cells, keys and folding, with a case for every language of the table."""

from __future__ import annotations

from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.alphabet import (
    ENGLISH,
    Alphabet,
    AlphabetError,
    AlphabetSpec,
    NotALetter,
    language_is_known,
    parse_folds,
    parse_letters,
)
from hangman_net.game.languages import LANGUAGES

# tag: (pairs that are one letter, letters of their own with what a reader of another language would take them for)
CASES = {
    "af": ("ê=e ï=i", ""),
    "ar": ("أ=ا إ=ا آ=ا ٱ=ا ؤ=و ئ=ي ى=ي ة=ه", "ء/ا ذ/د"),
    "az": ("â=a", "ə/e ı/i ş/s"),
    "be": ("е́=е", "ё/е й/и ў/у"),
    "bg": ("ѝ=и", "й/и ъ/ь"),
    "ca": ("à=a é=e ï=i", "ç/c"),
    "cs": ("á=a ě=e ů=u ň=n", "č/c ř/r š/s ž/z"),
    "cy": ("ŵ=w ŷ=y", ""),
    "da": ("é=e ö=ø ä=æ", "æ/a ø/o å/a"),
    "de": ("é=e", "ß/s ä/a ö/o ü/u"),
    "el": ("ά=α ς=σ ΐ=ι ώ=ω", ""),
    "en": ("é=e ï=i ñ=n æ=a", ""),
    "eo": ("é=e", "ĉ/c ŭ/u"),
    "es": ("á=a ü=u", "ñ/n"),
    "et": ("é=e", "õ/o š/s"),
    "eu": ("é=e", "ñ/n"),
    "fa": ("ي=ی ك=ک آ=ا ئ=ی", "پ/ب گ/ک"),
    "fi": ("é=e š=s", "å/a ä/a ö/o"),
    "fr": ("é=e è=e ê=e ç=c œ=o ÿ=y", ""),
    "ga": ("á=a", ""),
    "gl": ("á=a", "ñ/n"),
    "he": ("ך=כ ם=מ ן=נ ף=פ ץ=צ שׁ=ש", "ב/כ"),
    "hr": ("é=e", "č/c ć/č đ/d"),
    "hu": ("ä=a", "á/a ö/o ő/ö ű/ü"),
    "id": ("é=e", ""),
    "is": ("ö̀=ö", "ð/d þ/t á/a æ/a"),
    "it": ("à=a è=e", ""),
    "la": ("ā=a", ""),
    "lt": ("á=a", "ą/a ė/e š/s"),
    "lv": ("ō=o", "ā/a ģ/g"),
    "mk": ("ѐ=е ѝ=и", "ѓ/г ќ/к"),
    "ms": ("é=e", ""),
    "nb": ("é=e ò=o", "æ/a ø/o å/a"),
    "nl": ("ë=e ï=i", ""),
    "pl": ("ł=l ą=a ż=z ó=o", ""),
    "pt": ("ã=a é=e", "ç/c"),
    "ro": ("ş=ș ţ=ț", "ă/a î/i ș/s"),
    "ru": ("ё=е а́=а", "й/и ъ/ь"),
    "sk": ("á=a ĺ=l", "č/c ô/o"),
    "sl": ("ć=č á=a", "č/c"),
    "sq": ("é=e", "ç/c ë/e"),
    "sr": ("ѝ=и", "ђ/д ћ/т"),
    "sr-latn": ("é=e", "đ/d ž/z"),
    "sv": ("é=e æ=ä ø=ö", "å/a ä/a ö/o"),
    "sw": ("é=e", ""),
    "tr": ("â=a î=i", "ı/i ş/s ğ/g"),
    "uk": ("а́=а", "ї/і й/и ґ/г є/е"),
    "ur": ("ي=ی ك=ک", "ٹ/ت ے/ی"),
    "vi": ("ế=ê ộ=ô á=a ẵ=ă", "ă/a â/a đ/d ơ/o"),
    "yi": ("ן=נ אַ=א", "ב/כ"),
}
FOLDS = [(tag, *pair.split("=")) for tag, (pairs, _) in CASES.items() for pair in pairs.split()]
OWN = [(tag, *pair.split("/")) for tag, (_, pairs) in CASES.items() for pair in pairs.split()]


def of(language: str) -> Alphabet:
    return Alphabet.of(AlphabetSpec(language))


def test_every_language_has_a_case() -> None:
    assert set(CASES) == set(LANGUAGES)
    assert len(LANGUAGES) >= 20


@pytest.mark.parametrize(("language", "marked", "letter"), FOLDS)
def test_a_fold_holds_both_ways(language: str, marked: str, letter: str) -> None:
    alphabet = of(language)
    assert alphabet.key(marked) == letter  # the letter guessed finds the marked cell
    assert (
        alphabet.letter(marked) == alphabet.letter(letter) == letter
    )  # the marked letter guessed finds the plain cell
    assert alphabet.letter(normalize("NFD", marked).upper()) == letter


@pytest.mark.parametrize(("language", "own", "other"), OWN)
def test_a_letter_of_its_own_is_no_other(language: str, own: str, other: str) -> None:
    alphabet = of(language)
    assert alphabet.letter(own) == alphabet.letter(normalize("NFD", own)) == own
    assert own in alphabet.letters
    assert alphabet.letter(other) != own


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_names_itself_in_both_cases(language: str) -> None:
    alphabet = of(language)
    assert len(alphabet.letters) == len(set(alphabet.letters)) >= 20
    for letter in alphabet.letters:
        assert alphabet.letter(letter) == alphabet.key(letter) == letter
        large = {"i": "İ", "ı": "I"}.get(letter, letter.upper()) if language in ("tr", "az") else letter.upper()
        if letter != "ß":  # upper() makes SS of it
            assert alphabet.letter(large) == letter


@pytest.mark.parametrize(
    ("language", "typed", "letter"),
    [("tr", "I", "ı"), ("tr", "İ", "i"), ("tr", "I\u0307", "i"), ("en", "İ", "i"), ("en", "I", "i"), ("de", "ẞ", "ß")],
)
def test_case_is_the_language_s_own(language: str, typed: str, letter: str) -> None:
    assert of(language).letter(typed) == letter


@pytest.mark.parametrize(
    ("tag", "like"), [("fr-CA", "fr"), ("de_AT", "de"), ("NO", "nb"), ("iw", "he"), ("sr-Latn-RS", "sr-latn")]
)
def test_a_tag_is_known_by_its_beginning(tag: str, like: str) -> None:
    assert of(tag).letters == of(like).letters


@pytest.mark.parametrize("tag", ["", "xx", "x-fr", "-", "klingon"])
def test_an_unknown_tag(tag: str) -> None:
    assert not language_is_known(tag)
    if tag:
        with pytest.raises(AlphabetError, match="not known"):
            of(tag)


def test_without_a_language_nothing_is_folded() -> None:
    assert ENGLISH.letters == tuple("abcdefghijklmnopqrstuvwxyz")
    assert ENGLISH.letter("E") == "e"
    assert ENGLISH.letter("é") is None
    with pytest.raises(NotALetter) as caught:
        ENGLISH.key("é")
    assert caught.value.cell == "é"


@pytest.mark.parametrize("cell", [" ", "-", "\u2010", "\u2013", "'", "\u2019", "\u02bc", "0", "9", "٣", "\u05be", "׳"])
def test_always_shown(cell: str) -> None:
    assert ENGLISH.key(cell) is None
    assert ENGLISH.letter(cell) is None


@pytest.mark.parametrize("cell", ["!", ".", "?", "я", "\t", "²", "😀", "_", "/", "\u200b"])
def test_neither_letter_nor_shown(cell: str) -> None:
    with pytest.raises(NotALetter):
        ENGLISH.key(cell)


@pytest.mark.parametrize("typed", ["", "  ", "ab", "e" + "\u0301" * 40, "1", "-", "é"])
def test_what_is_typed_and_no_letter(typed: str) -> None:
    assert ENGLISH.letter(typed) is None


def test_a_cell_is_a_grapheme_cluster() -> None:
    assert Alphabet.cells("cafe\u0301") == ("c", "a", "f", "é")
    assert Alphabet.cells("g\u0303a") == ("g\u0303", "a")  # no composed form
    assert Alphabet.cells("\u05e9\u05c1\u05dc") == ("\u05e9\u05c1", "\u05dc")
    assert Alphabet.cells("می\u200cخواهم")[1] == "ی\u200c"
    assert of("fa").key("ی\u200c") == "ی"


def test_a_list_changes_its_language() -> None:
    narrow = Alphabet.of(AlphabetSpec("es", folds=(("ñ", "n"),)))
    assert narrow.letter("Ñ") == "n"
    assert "ñ" not in narrow.letters
    wide = Alphabet.of(AlphabetSpec("fr", letters=parse_letters("a-z é")))
    assert wide.letter("É") == "é"
    assert wide.letter("è") == "e"
    own = Alphabet.of(AlphabetSpec(letters=parse_letters("а-я"), folds=parse_folds("ё=е")))
    assert own.letter("Ё") == "е"
    assert own.letter("é") is None  # without a language, accents are letters


@pytest.mark.parametrize(
    ("text", "letters"),
    [("abc", "abc"), ("a-e", "abcde"), ("a-c x, y", "abcxy"), ("a-cå-æ", "abcåæ"), ("a b-d", "abcd")],
)
def test_letters_of_a_header(text: str, letters: str) -> None:
    assert parse_letters(text) == tuple(letters)


@pytest.mark.parametrize("text", ["z-a", "a-\u9999", "", " , "])
def test_letters_that_are_none(text: str) -> None:
    with pytest.raises(AlphabetError):
        parse_letters(text)


def test_folds_of_a_header() -> None:
    assert parse_folds("é=e, e\u0308=e  ß=s") == (("é", "e"), ("ë", "e"), ("ß", "s"))
    for bad in ("é", "é=", "=e", "æ=ae", "éa=e"):
        with pytest.raises(AlphabetError):
            parse_folds(bad)


@pytest.mark.parametrize(
    "spec",
    [
        AlphabetSpec(letters=("a", "1")),
        AlphabetSpec(letters=("a", "-")),
        AlphabetSpec(folds=(("é", "é"),)),
        AlphabetSpec(folds=(("é", "я"),)),
        AlphabetSpec(folds=(("1", "a"),)),
        AlphabetSpec(letters=tuple(map(chr, range(0x4E00, 0x4F00)))),
    ],
)
def test_specs_that_make_no_alphabet(spec: AlphabetSpec) -> None:
    with pytest.raises(AlphabetError):
        Alphabet.of(spec)


specs = st.builds(
    AlphabetSpec,
    language=st.sampled_from(["", *LANGUAGES]),
    folds=st.sampled_from([(), (("é", "e"),), (("ё", "е"),)]),
)


@settings(deadline=None)
@given(spec=specs)
def test_a_spec_comes_back_from_json(spec: AlphabetSpec) -> None:
    assert msgspec.json.decode(msgspec.json.encode(spec), type=AlphabetSpec) == spec


@settings(deadline=None)
@given(language=st.sampled_from(sorted(LANGUAGES)), text=st.text(max_size=30))
def test_composition_and_case_never_matter(language: str, text: str) -> None:
    alphabet = of(language)
    composed, decomposed = normalize("NFC", text), normalize("NFD", text)
    assert alphabet.cells(composed) == alphabet.cells(decomposed)
    assert "".join(alphabet.cells(text)) == composed
    for cell in alphabet.cells(text):
        try:
            key = alphabet.key(cell)
        except NotALetter:
            continue
        assert key is None or (key in alphabet.letters and alphabet.key(alphabet.lower(cell)) == key)
