"""Word lists: from the bytes of a file to words and a report of every line that will not do.

It knows the file format (contract, section 5); it must not know files, folders, rooms or rounds.
"""

from __future__ import annotations

import re
from array import array
from bisect import insort
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import accumulate

from msgspec import Struct

from hangman_net.game.alphabet import ZWNJ, Alphabet, NotALetter, letters_in
from hangman_net.game.header import KEYS, Header, HeaderError, split
from hangman_net.game.wordlist import LEVELS, Level, Word, WordList, Words

__all__ = [
    "LEVELS",
    "BadWord",
    "Level",
    "Parsed",
    "Problem",
    "Word",
    "WordList",
    "parse",
    "read_word",
    "render",
]

MAX_BYTES = 10_000_000
"""A file's size: the largest dictionaries have half of it."""

MAX_WORDS = 500_000
"""Lines with a word: more than any language's dictionary."""

MAX_WORD = 200
"""Code points of a word or phrase: what a board still shows."""

MAX_HINT = 300
"""Code points of a hint: a line or two on the screen."""

MAX_MARKS = 5
"""Code points of one cell: a letter and its accents, not a tower of them."""

MISSES = 6
"""A word is playable where six wrong letters are left to guess: else nobody can lose it (contract, section 4)."""

_PIECE = 4_096
"""Bytes parsed in one go, in about half a millisecond; between two of them others may run."""

_SHORT = 500
"""Entries of a short list: for one the pattern of plain words would take longer to compile than it saves."""

_SETS = 512
"""Sets that the words seen are spread over: one that grows to half a million takes 20 ms to grow, in one piece."""


class BadWord(ValueError):
    """A line that holds no playable word; the text is the reason."""


class Problem(Struct, frozen=True):
    """A bad line: its number from 1 (0: the file as a whole), the reason, and its beginning."""

    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.reason}{f': {self.text}' if self.text else ''}"


class Parsed(Struct, frozen=True):
    """What came of a file: the list (None if it is refused), its problems by line, and how many lines it has."""

    wordlist: WordList | None
    problems: tuple[Problem, ...]
    lines: int = 0


def read_word(line: str, alphabet: Alphabet, level: Level | None = None) -> Word:
    """The word of a line `word` or `word | hint`; raises `BadWord` with the reason it cannot be played."""
    text, bar, hint = line.partition("|")
    text, hint = _tidy(text, MAX_WORD, "a word"), _tidy(hint, MAX_HINT, "a hint")
    if not text:
        raise BadWord("there is a hint and no word" if bar else "there is no word")
    cells = alphabet.cells(text)
    if any(len(cell) > MAX_MARKS for cell in cells):
        raise BadWord("a letter has too many marks")
    try:
        letters = letters_in(map(alphabet.key, cells))
    except NotALetter as error:
        raise BadWord(f"{_visible(error.cell)} is not in the alphabet") from None
    if not letters:
        raise BadWord("no letter of the alphabet to guess")
    if len(alphabet.letters) - len(letters) < MISSES:
        raise BadWord(f"it cannot be lost: fewer than {MISSES} letters of the alphabet are not in it")
    return Word("".join(cells), hint or None, level)


def parse(name: str, data: bytes, pause: Callable[[], None] = lambda: None) -> Parsed:
    """Reads a word list file: `name` for the list, `data` as the file has it.

    `pause` is called each half a millisecond or so of work, so that a thread that parses can let others run. Nothing
    is raised: what is wrong is in the problems, and `wordlist` is None where the whole file is refused.
    """
    if len(data) > MAX_BYTES:
        return Parsed(None, (Problem(0, f"the file is over {MAX_BYTES // 1_000_000} MB"),))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Parsed(None, (Problem(0, "the file is UTF-16; save it as UTF-8"),))
    reader = _Reader()
    for piece in _pieces(data.removeprefix(b"\xef\xbb\xbf")):
        reader.read_piece(piece)
        if reader.entries > MAX_WORDS:
            return Parsed(None, (Problem(0, f"the file has over {MAX_WORDS:,} words"),), reader.number)
        pause()
    wordlist = reader.finish(name, data, pause)
    if wordlist is None:
        reader.problem("no good word in the file", 0)
    return Parsed(wordlist, tuple(reader.problems), reader.number)


def render(wordlist: WordList) -> str:
    """The list as a file that `parse` reads as the same list."""
    spec = wordlist.alphabet.spec
    header = {
        "title": wordlist.title,
        "language": wordlist.language,
        "license": wordlist.license,
        "source": wordlist.source,
        "alphabet": " ".join(spec.letters),
        "fold": " ".join(f"{a}={b}" for a, b in spec.folds),
        "level": wordlist.level or "",
    }
    lines = [f"#: {key} = {value}" for key, value in header.items() if value]
    level: Level | None = None
    for word in wordlist.words:
        if word.level is not None and word.level != level:
            level = word.level
            lines += ["", f"#: level = {level}"]
        lines.append(f"{word.text} | {word.hint}" if word.hint else word.text)
    return "\n".join(lines) + "\n"


class _Reader:
    """Takes a file line by line and keeps what is good of it."""

    def __init__(self) -> None:
        self.number = 0
        self.entries = 0
        self.problems: list[Problem] = []
        self._header = Header()
        self._level: Level | None = None
        self._alphabet: Alphabet | None = None
        # Letters and signs seen in good words, and which of them are signs: lines of them need no look at each cell.
        self._plain = {"-"}
        self._signs = {"-"}
        self._spare = 1
        self._seen: list[set[str]] = [set() for _ in range(_SETS)]
        self._text = StringIO()
        self._cuts = array("I", [0])
        self._hints: dict[int, str] = {}
        self._starts: list[int] = [0]
        self._levels: list[Level | None] = [None]

    def problem(self, reason: str, line: int | None = None, text: str = "") -> None:
        shown = text if len(text) <= 40 else text[:39] + "…"
        found = Problem(self.number if line is None else line, reason, _printable(shown))
        insort(self.problems, found, key=lambda problem: problem.line)  # what is wrong with the header shows late

    def read_piece(self, piece: bytes) -> None:
        """Takes the next lines; plain words of letters that are known already many at a time."""
        try:
            text = piece.decode().replace("\r\n", "\n") + "\n"
        except UnicodeDecodeError:
            for raw in piece.split(b"\n"):
                self._read_bytes(raw)
            return
        alphabet, known = self._alphabet, self._known_lines() if self.entries > _SHORT else None
        start = 0
        while start < len(text):
            if alphabet and known and (run := known.match(text, start)):
                self._keep_known(alphabet, run[0])
                start = run.end()
            else:
                end = text.index("\n", start)
                self._read_line(text[start:end])
                start = end + 1

    def _known_lines(self) -> re.Pattern[str]:
        """Lines that are surely words: of letters and signs that are known, not signs alone, and letters are left."""
        plain, signs = (re.escape("".join(sorted(chars))) for chars in (self._plain, self._signs))
        return re.compile(rf"(?:(?![{signs}]*\n)[{plain}]{{1,{self._spare}}}\n)+")

    def _keep_known(self, alphabet: Alphabet, run: str) -> None:
        """Keeps those lines of `run`, each of them a word, that are no duplicates."""
        lines, lowers = run.splitlines(), alphabet.lower(run).splitlines()
        again = [place for place, lower in enumerate(lowers) if not self._is_new(lower)]
        for place in reversed(again):
            self.problem("a duplicate", self.number + place + 1, lines.pop(place))
        self.number += len(lowers)
        self.entries += len(lowers)
        self._text.write("".join(lines))
        self._cuts.extend(accumulate(map(len, lines), initial=self._cuts.pop()))

    def _read_bytes(self, line: bytes) -> None:
        try:
            self._read_line(line.decode())
        except UnicodeDecodeError:
            self.number += 1
            self.entries += 1
            self.problem("not UTF-8; save the file as UTF-8", text=line.decode("utf-8", "backslashreplace"))

    def _read_line(self, line: str) -> None:
        self.number += 1
        line = line.strip(" \t\r")
        if not line:
            return
        if line.startswith("#"):
            if line.startswith("#:"):
                self._read_header(line)
            return
        self.entries += 1
        alphabet = self._alphabet or self._begin()
        try:
            self._keep(alphabet, read_word(line, alphabet))
        except BadWord as error:
            self.problem(str(error), text=line)

    def _begin(self) -> Alphabet:
        """The header is over: its alphabet holds from here on."""
        self._alphabet, bad = self._header.alphabet()
        for number, reason in bad:
            self.problem(reason, number)
        self._spare = max(1, min(len(self._alphabet.letters) - MISSES, MAX_WORD))
        return self._alphabet

    def _read_header(self, line: str) -> None:
        key, value = split(line)
        if self._alphabet is None:
            try:
                self._header.read(line, self.number)
            except HeaderError as error:
                self.problem(str(error), text=line)
                return
        elif key in KEYS and key != "level" and value is not None:
            self.problem("a header line stands before the first word", text=line)
        if key == "level" and value is not None:
            self._read_level(value)

    def _read_level(self, value: str) -> None:
        level = next((level for level in LEVELS if level == value.lower()), None)
        if level is None:
            self.problem(f"a level is one of {', '.join(LEVELS)}", text=value)
        elif self._alphabet is None:
            self._level = level
        else:
            self._starts.append(len(self._cuts) - 1)
            self._levels.append(level)

    def _is_new(self, lower: str) -> bool:
        """Whether it was not seen before; from now on it was."""
        seen = self._seen[hash(lower) % _SETS]
        if lower in seen:
            return False
        seen.add(lower)
        return True

    def _keep(self, alphabet: Alphabet, word: Word) -> None:
        if not self._is_new(alphabet.lower(word.text)):
            raise BadWord("a duplicate")
        if word.hint:
            self._hints[len(self._cuts) - 1] = word.hint
        self._text.write(word.text)
        self._cuts.append(self._cuts[-1] + len(word.text))
        for cell in set(alphabet.cells(word.text)) - self._plain:
            if len(cell) == 1 and cell != " ":
                self._plain.add(cell)
                if alphabet.key(cell) is None:
                    self._signs.add(cell)

    def finish(self, name: str, data: bytes, pause: Callable[[], None]) -> WordList | None:
        """The list, or None if no word was good."""
        alphabet = self._alphabet or self._begin()
        if len(self._cuts) == 1:
            return None
        while self._seen:  # to drop half a million strings at once would take 20 ms in one piece
            self._seen.pop()
            pause()
        from hashlib import blake2b  # needed for the first list that is read, not for a start

        said = self._header.get
        return WordList(
            name=name,
            title=said("title") or name,
            language=said("language"),
            license=said("license"),
            source=said("source"),
            level=self._level,
            alphabet=alphabet,
            words=Words(self._text.getvalue(), self._cuts, self._hints, self._starts, self._levels),
            digest=blake2b(data, digest_size=16).hexdigest(),
        )


def _pieces(data: bytes) -> Iterator[bytes]:
    """`data` in pieces of some thousand lines; no line is cut."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE)
        if end < 0:
            end = len(data) - data.endswith(b"\n")
        yield data[start:end]
        start = end + 1


def _tidy(text: str, most: int, what: str) -> str:
    """`text` with single spaces; raises `BadWord` for what is too long or cannot be shown."""
    if len(text) > most + 100:
        raise BadWord(f"{what} has at most {most} characters")
    text = text.replace("\u00a0", " ").replace("\u202f", " ").strip(" \t")
    if "  " in text:
        text = " ".join(part for part in text.split(" ") if part)
    if len(text) > most:
        raise BadWord(f"{what} has at most {most} characters")
    if not text.isprintable():
        for char in text:
            if not char.isprintable() and char != ZWNJ:
                raise BadWord(f"{what} holds the control character U+{ord(char):04X}")
    return text


def _visible(text: str) -> str:
    return f"'{_printable(text)}'"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
