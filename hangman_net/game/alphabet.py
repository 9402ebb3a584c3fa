"""An alphabet: how a word falls into cells, and which letter a guess must name to show a cell.

It knows characters, case, accents and folding; it must not know word lists, rounds or players.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from msgspec import Struct

from hangman_net.game.languages import LATIN, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ZWNJ = "\u200c"
"""Zero width non-joiner: part of Persian spelling, and the only invisible character that a word may hold."""

APOSTROPHES = frozenset("'\u2019\u2018\u02bc\u02b9`\u00b4\u05f3\u05f4\u00b7\u30fb")
"""Always shown: apostrophes as people type them, and the marks that do their work in Hebrew and Catalan."""

MAX_LETTERS = 250
"""Letters an alphabet may have: a syllabary fits, and in `solver.py` a letter of it and None are a byte."""

MAX_TYPED = 16
"""Code points that one typed letter may have: `normalize` is slow on long runs of marks."""

_DOTLESS = {ord("I"): "ı", ord("İ"): "i"}
_RANGE = re.compile(r"(\w)-(\w)")


class AlphabetError(ValueError):
    """A spec that makes no alphabet; the text says why."""


class NotALetter(ValueError):
    """A cell that is neither a letter of the alphabet nor always shown: `cell`."""

    def __init__(self, cell: str) -> None:
        super().__init__(f"{cell!r} is not a letter of the alphabet")
        self.cell = cell


class AlphabetSpec(Struct, frozen=True, omit_defaults=True):
    """What makes an alphabet, small enough for a round to keep: a language tag and what a list changed of it.

    `letters` replaces the language's letters, `folds` adds pairs (from, to). All three empty: a to z, nothing folded.
    """

    language: str = ""
    letters: tuple[str, ...] = ()
    folds: tuple[tuple[str, str], ...] = ()


class Alphabet(Struct, frozen=True, eq=False):
    """Letters and their folding; made by `Alphabet.of`, compared by its spec."""

    spec: AlphabetSpec
    letters: tuple[str, ...]
    """The letters that a guess can name, in the alphabet's order."""

    _keys: Mapping[str, str]
    _drop_accents: bool
    _dotless_i: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alphabet) and self.spec == other.spec

    def __hash__(self) -> int:
        return hash(self.spec)

    @staticmethod
    @lru_cache(maxsize=256)
    def of(spec: AlphabetSpec) -> Alphabet:
        """The alphabet that `spec` describes; raises `AlphabetError` where it describes none."""
        language = find(spec.language) if spec.language else None
        if spec.language and language is None:
            raise AlphabetError(f"the language {spec.language!r} is not known; give its letters by 'alphabet'")
        dotless_i = language is not None and language.dotless_i
        letters = spec.letters or tuple(language.letters if language else LATIN)
        lower = [_lower(letter, dotless_i) for letter in letters]
        for letter in lower:
            _check_letter(letter)
        folds = [(_lower(a, dotless_i), _lower(b, dotless_i)) for a, b in spec.folds]
        folded = {a for a, _ in folds}
        keys = {letter: letter for letter in dict.fromkeys(lower) if letter not in folded}
        own = tuple(keys)
        if len(own) > MAX_LETTERS:
            raise AlphabetError(f"an alphabet has at most {MAX_LETTERS} letters")
        for a, b in folds:
            _check_letter(a)
            if b not in own:
                raise AlphabetError(f"{a}={b} folds to {b!r}, which is not a letter of the alphabet")
            keys[a] = b
        for pair in language.folds.split() if language else ():
            a, b = pair.split("=")
            if a not in keys and b in keys:
                keys[a] = keys[b]
        return Alphabet(spec, own, MappingProxyType(keys), language is not None, dotless_i)

    @staticmethod
    def cells(text: str) -> tuple[str, ...]:
        """The text's grapheme clusters as written, composed (NFC): one cell of a board each."""
        text = normalize("NFC", text)
        if text.isascii():
            return tuple(text)
        cells: list[str] = []
        for char in text:
            if cells and _extends(char):
                cells[-1] += char
            else:
                cells.append(char)
        return tuple(cells)

    def key(self, cell: str) -> str | None:
        """The letter that a guess must name to show `cell`; None for what is always shown.

        Always shown are spaces, hyphens, apostrophes and digits. Raises `NotALetter` for anything else.
        """
        if key := self._keys.get(cell):
            return key
        lower = _lower(cell, self._dotless_i)
        key = self._keys.get(lower)
        if key is None and self._drop_accents:
            key = self._without_accents(lower)
        if key is None and not _always_shown(cell):
            raise NotALetter(cell)
        return key

    def keys(self, text: str) -> tuple[str | None, ...]:
        """`key` of every cell of `text`."""
        return tuple(map(self.key, self.cells(text)))

    def letter(self, typed: str) -> str | None:
        """The letter that somebody named by typing it, in any case, composed or not; None if it is none."""
        if key := self._keys.get(typed):
            return key
        typed = typed.strip()
        if not typed or len(typed) > MAX_TYPED:
            return None
        cells = self.cells(typed)
        if len(cells) != 1:
            return None
        try:
            return self.key(cells[0])
        except NotALetter:
            return None

    def lower(self, text: str) -> str:
        """The text composed (NFC) and in small letters, by the language's own rule for I."""
        return _lower(text, self._dotless_i)

    def _without_accents(self, lower: str) -> str | None:
        parts = normalize("NFD", lower)
        base, marks = parts[:1], parts[1:]
        if not all(map(_extends, marks)):
            return None
        for mark in marks:  # ế in Vietnamese is ê with a tone: one mark may make the letter, the others fall away
            if key := self._keys.get(normalize("NFC", base + mark)):
                return key
        return self._keys.get(base)


def parse_letters(text: str) -> tuple[str, ...]:
    """The letters of an `alphabet` header: `a-z åäö`, with or without spaces and commas.

    Raises `AlphabetError` for a range that runs backwards or is too long, and for an empty alphabet.
    """
    text = normalize("NFC", text)
    letters: list[str] = []
    end = 0
    for match in _RANGE.finditer(text):
        first, last = map(ord, match.groups())
        if not 0 <= last - first < MAX_LETTERS:
            raise AlphabetError(f"{match[0]} is no range of letters")
        letters += Alphabet.cells(text[end : match.start()])
        letters += map(chr, range(first, last + 1))
        end = match.end()
    letters += Alphabet.cells(text[end:])
    found = tuple(letter for letter in letters if letter not in ", ")
    if not found:
        raise AlphabetError("the alphabet has no letters")
    return found


def parse_folds(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a `fold` header: `é=e ё=е`, between them spaces or commas.

    Raises `AlphabetError` for what is no pair of one letter each.
    """
    pairs: list[tuple[str, str]] = []
    for word in normalize("NFC", text).replace(",", " ").split():
        a, _, b = word.partition("=")
        if len(Alphabet.cells(a)) != 1 or len(Alphabet.cells(b)) != 1:
            raise AlphabetError(f"{word!r} is no pair such as é=e, one letter on each side")
        pairs.append((a, b))
    return tuple(pairs)


def language_is_known(tag: str) -> bool:
    """Whether the table of languages has `tag` or what it begins with."""
    return find(tag) is not None


def _lower(text: str, dotless_i: bool) -> str:
    text = normalize("NFC", text)
    # not casefold: it makes ss of ß, which is one cell and one letter
    return normalize("NFC", (text.translate(_DOTLESS) if dotless_i else text).lower())


def _extends(char: str) -> bool:
    """Whether `char` belongs to the cell before it (UAX 29: Extend and SpacingMark)."""
    return char == ZWNJ or (not char.isascii() and category(char).startswith("M"))


def _always_shown(cell: str) -> bool:
    return len(cell) == 1 and (cell in APOSTROPHES or category(cell) in ("Zs", "Pd", "Nd"))


def _check_letter(letter: str) -> None:
    if not category(letter[0]).startswith("L") or len(Alphabet.cells(letter)) != 1:
        raise AlphabetError(f"{letter!r} is no letter")


def letters_in(keys: Iterable[str | None]) -> frozenset[str]:
    """The distinct letters among `keys`: what has to be found to win."""
    return frozenset(key for key in keys if key is not None)


ENGLISH = Alphabet.of(AlphabetSpec())
"""a to z, nothing folded: the alphabet of a list that says neither language nor alphabet."""
