"""Text made safe to show, its width in a terminal, and what makes a good name.

It knows code points, cells and spelling; it must not know who said a text, or to whom it goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_MARKS = 3
"""Combining marks on one base: what the scripts in use need; more of them climb over the neighbouring lines."""

_SPACES = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029\u2800"), " ")
"""What separates, or looks blank, and is no space yet."""

_INVISIBLE = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
"""Unicode's Default_Ignorable_Code_Point as far as its category does not already give it away."""

_TAGGED_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_PICTURE = (
    "[©®‼⁉™ℹ\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55〰〽㊗㊙"
    "\U0001f004\U0001f0cf\U0001f170-\U0001f17f\U0001f202\U0001f237\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
    "[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
)
_EMOJI = rf"{_TAGGED_FLAGS}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*"
"""Emoji as typed, the invisible code points that hold them together included (UTS #51, ED-17).

The last range is reserved for pictures, so that emoji newer than this Python's tables pass as well. Compiled by `re`
when the first text comes that is not ASCII: that takes a millisecond, and a start is not to wait for it."""


def safe_line(text: str) -> str:
    """`text` as one line that is safe in any terminal; honest text arrives as it is.

    Control and format characters, bidi overrides, invisible, unassigned and private code points and lone surrogates
    go; line breaks and tabs become spaces; a base keeps at most `MAX_MARKS` combining marks; the rest is NFC.
    The result may be longer than `text`: judge the length of both. Linear in time, also for hostile text, and
    `safe_line(safe_line(text)) == safe_line(text)`.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", " ").translate(_SPACES)
    # Marks are thinned out first: normalising a run of 32,000 of them takes a second. Taking something out may bring
    # together what then composes, hence the loop; each turn after the first only ever takes away.
    while (safe := unicodedata.normalize("NFC", "".join(_sifted(text)))) != text:
        text = safe
    return text


def _sifted(text: str) -> Iterator[str]:
    end = 0
    for emoji in re.finditer(_EMOJI, text):
        yield from _sifted_plain(text[end : emoji.start()])
        yield emoji[0]
        end = emoji.end()
    yield from _sifted_plain(text[end:])


def _sifted_plain(text: str) -> Iterator[str]:
    """The characters of `text` that are safe; marks without a base of their own in it are not."""
    stacked = spacing = MAX_MARKS
    for char in re.sub(_INVISIBLE, "", text):
        if char.isascii():
            category = "" if char.isprintable() else "Cc"
        else:
            category = unicodedata.category(char)
        match category:
            case "Cc" | "Cf" | "Cs" | "Co" | "Cn":
                continue
            case "Mn" | "Me":
                stacked += 1
                if stacked > MAX_MARKS:
                    continue
            case "Mc":  # vowel signs that stand beside their base, counted apart: Burmese has two of each on one
                spacing += 1
                if spacing > MAX_MARKS:
                    continue
            case _:
                stacked = spacing = 0
        yield char


# --- cells ------------------------------------------------------------------------------------------------------


def graphemes(text: str) -> Iterator[str]:
    """What a reader takes for one character each: a base with its marks, a joined emoji (UAX #29)."""
    if text.isascii():
        return iter(text)
    from wcwidth import iter_graphemes  # 40 ms to import, and a server in plain ASCII never needs it

    return iter_graphemes(text)


def width(text: str) -> int:
    """How many terminal cells the safe line `text` takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


# --- names ------------------------------------------------------------------------------------------------------


class BadName(ValueError):
    """A name that cannot be used; its text says what one may be."""


_SCRIPT_PREFIX = {"han": "CJK"}
"""Where the names of Unicode's characters call a script otherwise than people do."""

_CASED = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN"}
"""Scripts of capitals and small letters: what is neither there (clicks, modifiers) is no letter for a name."""

_ASCII_NAME, _ASCII_ROOM = re.compile("[A-Za-z][A-Za-z0-9_-]*"), re.compile("[A-Za-z0-9_-]+")

_LOOKS_LIKE = str.maketrans(
    {
        # letters of their own that a mark does not explain
        **dict(zip("øđłħŧıȷɑɡðŋɓɗƙƴ", "odlhtljagdnbdky", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "p",
        # Cyrillic and Greek letters drawn as Latin ones
        **dict(zip("аеорсухіѕјһԁԛԝкӏ", "aeopcyxlsjhdqwkl", strict=True)),
        **dict(zip("ονρικχυα", "ovplkxua", strict=True)),
        # drawn alike in many a font
        "i": "l",
        "1": "l",
        "0": "o",
    }
)


def check_name(text: str, *, scripts: Iterable[str] = ("Latin",), max_chars: float = 20) -> str:
    """The name `text` in NFC: letters of one of `scripts` with marks, digits, `_` and `-`, a letter first.

    `scripts` go by their Unicode names (`Latin`, `Cyrillic`, `Han`); a name keeps to one of them. `max_chars` counts
    code points. Raises `BadName` for anything else; reserved names are the caller's to judge (`is_reserved`).
    """
    name = _composed(text, max_chars)
    for script in scripts:
        prefix = _SCRIPT_PREFIX.get(script.lower(), script.upper())
        if _is_name(name, prefix):
            return name
    raise BadName(f"a name is 1 to {max_chars:g} letters, digits, _ or -, and starts with a letter")


def check_room(text: str, *, max_chars: float = 20) -> str:
    """The room name `text` in NFC: letters of any script, digits, `_` and `-`. Raises `BadName` for anything else."""
    name = _composed(text, max_chars)
    if name.isascii():
        fits = _ASCII_ROOM.fullmatch(name) is not None
    else:
        fits = all(char in "_-" or unicodedata.category(char)[0] in "LM" or _is_digit(char) for char in name)
    if fits:
        return name
    raise BadName(f"a room's name is 1 to {max_chars:g} letters, digits, _ or -")


@lru_cache(maxsize=1_024)  # a newcomer's is asked for four times, and that of who is talked about again and again
def name_key(name: str) -> str:
    """What two names share if people could take one for the other: case, marks and look-alikes do not count."""
    if not name.isascii():
        marked = unicodedata.normalize("NFKD", name.casefold())
        name = "".join(char for char in marked if unicodedata.category(char)[0] != "M")
    return name.casefold().translate(_LOOKS_LIKE).replace("rn", "m").replace("vv", "w")


def room_key(room: str) -> str:
    """What two names of one room share: case does not count."""
    return unicodedata.normalize("NFC", room.casefold())


def is_reserved(name: str) -> bool:
    """Whether people could take `name` for the system or for all of them."""
    return name_key(name) in RESERVED


RESERVED = frozenset(
    name_key(name)
    for name in (
        "host",
        "server",
        "system",
        "admin",
        "administrator",
        "moderator",
        "operator",
        "owner",
        "root",
        "staff",
        "official",
        "support",
        "console",
        "daemon",
        "all",
        "here",
        "everyone",
        "everybody",
        "anyone",
        "nobody",
        "none",
        "you",
    )
)
"""Keys (`name_key`) of the names that nobody but the server gives."""


def _composed(text: str, max_chars: float) -> str:
    """`text` in NFC, or nothing if it is too long or not safe as it stands."""
    if len(text) > (1 + MAX_MARKS) * max_chars:  # before normalising: see `safe_line`
        return ""
    name = safe_line(text)
    return name if len(name) <= max_chars and name == unicodedata.normalize("NFC", text) else ""


def _is_name(name: str, script: str) -> bool:
    if name.isascii():  # most names: nothing to look up
        return script == "LATIN" and _ASCII_NAME.fullmatch(name) is not None
    return _is_letter(name[0], script) and all(_fits_name(char, script) for char in name)


def _fits_name(char: str, script: str) -> bool:
    return char in "_-" or _is_digit(char) or unicodedata.category(char)[0] == "M" or _is_letter(char, script)


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()


def _is_letter(char: str, script: str) -> bool:
    if char.isascii():
        return script == "LATIN" and char.isalpha()
    category = unicodedata.category(char)
    if category[0] != "L" or (script in _CASED and category not in ("Lu", "Ll")):
        return False
    return unicodedata.name(char, "").startswith(script + " ")


# --- likeness ---------------------------------------------------------------------------------------------------


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None: one that it begins, or a few slips away."""
    word = word.casefold()
    if len(word) > 32:  # no candidate is near a word like that, and the search is quadratic
        return None
    known = list(candidates)
    limit = 1 if len(word) <= 4 else 2
    slips = {candidate: _slips(word, candidate.casefold(), limit) for candidate in known}
    if near := [candidate for candidate in known if slips[candidate] <= limit and slips[candidate] < len(word)]:
        return min(near, key=slips.__getitem__)
    begun = [candidate for candidate in known if len(word) >= 2 and candidate.casefold().startswith(word)]
    return min(begun, key=len, default=None)


def _slips(a: str, b: str, limit: int) -> int:
    """Letters added, left out, mistaken or swapped with their neighbour on the way from `a` to `b`.

    The optimal string alignment distance; anything above `limit` where it is above.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
