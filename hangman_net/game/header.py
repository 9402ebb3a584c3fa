"""The header of a word list: its `#: key = value` lines, and the alphabet that they make.

It knows keys and their values; it must not know words, nor the lines that are no header.
"""

from __future__ import annotations

from collections.abc import Iterator

from hangman_net.game.alphabet import (
    Alphabet,
    AlphabetError,
    AlphabetSpec,
    language_is_known,
    parse_folds,
    parse_letters,
)

KEYS = ("title", "language", "license", "source", "alphabet", "fold", "level")
"""The header keys."""

REPEATED = ("fold", "level")
"""Keys that may stand on several lines: folds add up, a level holds from its line on."""

MAX_VALUE = 2_000
"""Code points of a value: an alphabet with spaces between its letters."""


class HeaderError(ValueError):
    """A header line that says nothing; the text is the reason."""


def split(line: str) -> tuple[str, str | None]:
    """Key and value of a line that begins with `#:`; the value is None where the line has no `=`."""
    key, equals, value = line[2:].partition("=")
    return key.strip().lower(), " ".join(value.split()) if equals else None


class Header:
    """What the header lines read so far say."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[int, str]] = {}  # key -> its line's number, its value
        self._letters: tuple[str, ...] = ()
        self._folds: list[tuple[int, tuple[tuple[str, str], ...]]] = []

    def get(self, key: str) -> str:
        """The value of a key; empty where the header has none."""
        return self._values.get(key, (0, ""))[1]

    def read(self, line: str, number: int) -> None:
        """Takes a header line, the `number`th of the file. Raises `HeaderError`."""
        key, value = split(line)
        if value is None:
            raise HeaderError("a header line is '#: key = value'")
        if key not in KEYS:
            shown = "".join(char if char.isprintable() else "?" for char in key[:40])
            raise HeaderError(f"no header is called '{shown}'; there are {', '.join(KEYS)}")
        if not value or not value.isprintable() or len(value) > MAX_VALUE:
            raise HeaderError(f"'{key}' has no value, one that is too long, or one that cannot be shown")
        if key in self._values and key not in REPEATED:
            raise HeaderError(f"'{key}' is there already")
        self._values[key] = number, value
        try:
            if key == "alphabet":
                self._letters = parse_letters(value)
            elif key == "fold":
                self._folds.append((number, parse_folds(value)))
        except AlphabetError as error:
            raise HeaderError(str(error)) from None

    def alphabet(self) -> tuple[Alphabet, list[tuple[int, str]]]:
        """The alphabet of the header's lines, and those lines that make none: number and reason.

        What a bad line would change stays as it is without it.
        """
        spec = AlphabetSpec()
        bad: list[tuple[int, str]] = []
        for number, part in self._parts(bad):
            merged = AlphabetSpec(part.language or spec.language, part.letters or spec.letters, spec.folds + part.folds)
            try:
                spec = Alphabet.of(merged).spec
            except AlphabetError as error:
                bad.append((number, str(error)))
        return Alphabet.of(spec), bad

    def _parts(self, bad: list[tuple[int, str]]) -> Iterator[tuple[int, AlphabetSpec]]:
        """What each line says of the alphabet, in the order in which that counts, with the line's number."""
        number, language = self._values.get("language", (0, ""))
        if language_is_known(language):
            yield number, AlphabetSpec(language)
        elif language and not self._letters:
            bad.append((number, f"the language {language!r} is not known; give its letters by 'alphabet'"))
        if self._letters:
            yield self._values["alphabet"][0], AlphabetSpec(letters=self._letters)
        for number, folds in self._folds:
            yield number, AlphabetSpec(folds=folds)
