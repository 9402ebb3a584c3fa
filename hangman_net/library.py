"""The word lists there are: found in folders by name, read in threads, read again when their file changes.

It knows files; it must not know rooms, rounds or commands. A name only ever chooses among the files that were found:
it never becomes a path.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from logging import getLogger
from operator import attrgetter
from pathlib import Path
from threading import Event, Lock, Thread, current_thread, main_thread
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game.solver import Lexicon
from hangman_net.game.words import LEVELS, Parsed, Problem, WordList
from hangman_net.grading import GRADED, graded
from hangman_net.wordfiles import bundled, parse_file, stem

log = getLogger(__name__)

DEFAULT = "english"
"""The list of a room where nobody asked for another."""

WATCH_SECONDS = 1.0
"""How often folders are looked through: an edit is in play two to three seconds after it was saved."""

_NAME = re.compile(r"\w[\w .,'()+-]{0,59}")
_TURN_SECONDS = 0.0005  # long enough for the loop's thread to take the interpreter, which a sleep of 0 is not


class UnknownList(LookupError):
    """No list is called `name`; `nearest` is the name most like it, or None."""

    def __init__(self, name: str, nearest: str | None) -> None:
        super().__init__(f"no word list is called {name!r}" + (f" (did you mean {nearest!r}?)" if nearest else ""))
        self.name, self.nearest = name, nearest


class ListRefused(ValueError):
    """The list `name` is there and cannot be used, for `reason`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the word list {name!r} cannot be used: {reason}")
        self.name, self.reason = name, reason


class ListInfo(Struct, frozen=True):
    """What is told of a list: `size` in words, `levels` such as `easy 80, hard 20`, or empty where it has none."""

    name: str
    title: str
    language: str
    license: str
    source: str
    size: int
    levels: str
    problems: int
    """Bad lines that were left out."""


Stamp = tuple[int, int, int]
"""What tells that a file changed: its time of change in ns, its size in bytes, its inode."""


class _Book(Struct, frozen=True):
    """A list's file and what is known of it. One that was not read yet has neither `wordlist` nor `refused`."""

    name: str
    path: Path
    folder: Path | None
    stamp: Stamp | None = None
    settling: Stamp | None = None
    """A newer stamp, seen once: the file may still be in the middle of being written."""

    wordlist: WordList | None = None
    refused: str | None = None
    problems: tuple[Problem, ...] = ()
    info: ListInfo | None = None


class Library:
    """Word lists by name. What is in memory is answered at once; what reads files says so, and belongs in a thread.

    Every method may be called from any thread: what was found is one mapping, replaced whole.
    """

    def __init__(self, folders: Sequence[Path], files: Sequence[Path] = (), *, default: str | None = None) -> None:
        """Finds the lists (no file is read): each of `files` by its own name, and every `.txt` in `folders`.

        Of two with one name the first counts, files before folders. `default` names a room's first list.
        """
        self._folders = tuple(folders)
        self._files = tuple(files)
        self._default = default
        self._lock = Lock()
        self._closed = Event()
        self._lexicons: dict[str, Lexicon] = {}
        self._lent: dict[str, _Book] = {}
        self._books = {book.name: book for book in self._find()}

    @classmethod
    def choose(cls, words: Sequence[str] = (), folders: Sequence[Path] = ()) -> Library:
        """The library for `--words NAME|FILE` options and `--words-dir` folders, with the lists of the package.

        A text that a list is called is that list; any other is a file, even if there is none (`load` says so). The
        first is the default.
        """
        places = [*folders, bundled()]
        known = cls(places)
        if not words:
            return known
        names = [known.find(text) for text in words]
        files = [Path(text) for text, name in zip(words, names, strict=True) if name is None]
        return cls(places, files, default=names[0] or stem(files[0]))

    @property
    def default(self) -> str:
        """The name of a room's first list."""
        wanted = self.find(self._default or DEFAULT)
        return wanted or next(iter(self._books), DEFAULT)

    def names(self) -> tuple[str, ...]:
        """Every list's name but those known to be refused, in alphabetical order."""
        return tuple(sorted(name for name, book in self._books.items() if book.refused is None))

    def find(self, name: str) -> str | None:
        """How the list called `name`, in any case, is really called; None if there is none."""
        books = self._books
        if name in books:
            return name
        wanted = normalize("NFC", name[:100]).casefold()
        return next((known for known in books if known.casefold() == wanted), None)

    def lend(self, wordlist: WordList) -> None:
        """Puts a list that is no file beside the others, by its name alone: neither `names` nor `find` tell of it.

        One of that name that was lent before is replaced; of a list with no words nothing is left.
        """
        name = wordlist.name
        book = _Book(name, Path(name), None, wordlist=wordlist, info=_describe(wordlist, 0))
        others = {other: known for other, known in self._lent.items() if other != name}
        self._lent = others | {name: book} if wordlist.words else others
        if not wordlist.words:
            self._lexicons.pop(name, None)

    def is_lent(self, name: str) -> bool:
        """Whether a list of exactly that name is lent."""
        return name in self._lent

    def get(self, name: str) -> WordList | None:
        """The list if it is in memory, else None: `load` it. Raises `UnknownList` and `ListRefused`."""
        book = self._book(name)
        if book.wordlist is None and book.refused is not None:
            raise ListRefused(book.name, book.refused)
        return book.wordlist

    def info(self, name: str) -> ListInfo | None:
        """What is told of a list that is in memory, else None. Raises `UnknownList` and `ListRefused`."""
        self.get(name)
        return self._book(name).info

    def problems(self, name: str) -> tuple[Problem, ...]:
        """The bad lines of a list that was read, or why it was refused. Raises `UnknownList`."""
        return self._book(name).problems

    def load(self, name: str) -> WordList:
        """The list, read from its file if it was not yet. Reads files. Raises `UnknownList` and `ListRefused`."""
        book = self._book(name)
        if book.wordlist is None and book.refused is None:
            with self._lock:
                book = self._book(name)
                if book.wordlist is None and book.refused is None:
                    book = _read(book)
                    self._books = self._books | {book.name: book}
        if book.wordlist is None:
            raise ListRefused(book.name, book.refused or "it was not read")
        return book.wordlist

    def load_all(self) -> tuple[ListRefused, ...]:
        """Reads what was not read yet, and gives what is refused. Reads files."""
        refused: list[ListRefused] = []
        for name in tuple(self._books):
            try:
                self.load(name)
            except ListRefused as error:
                refused.append(error)
            except UnknownList:
                continue  # its file went meanwhile
        return tuple(refused)

    def lexicon(self, name: str) -> Lexicon:
        """The list by shape, for the solver; made once for each content. Reads files; raises as `load`."""
        wordlist = self.load(name)
        lexicon = self._lexicons.get(wordlist.name)
        if lexicon is None or lexicon.wordlist.digest != wordlist.digest:
            lexicon = self._lexicons[wordlist.name] = Lexicon(wordlist, _Pause())
        return lexicon

    def refresh(self) -> tuple[str, ...]:
        """Looks for lists that came, went or changed, and gives a line of news for each. Reads files.

        A changed list is read once its file has stayed as it is between two calls, and whole or not at all: where the
        new file is refused, the list stays what it was.
        """
        news: list[str] = []
        with self._lock:
            books: dict[str, _Book] = {}
            for found in self._find():
                book = self._books.get(found.name)
                if book is None or book.path != found.path:
                    news.append(f"word list {found.name}: found")
                    book = found
                elif book.stamp is not None:
                    book = self._renew(book, news)
                books[book.name] = book
            news += [f"word list {name}: its file is gone" for name in self._books if name not in books]
            self._books = books
        return tuple(news)

    def watch(self, seconds: float = WATCH_SECONDS) -> None:
        """Calls `refresh` again and again in a thread of its own, until `close`; the news goes to the log."""

        def run() -> None:
            while not self._closed.wait(seconds):
                try:
                    for line in self.refresh():
                        log.info("%s", line)
                except OSError as error:  # a folder that cannot be read just now; what is in memory stays
                    log.warning("word lists cannot be looked through: %s", error)

        Thread(target=run, name="word lists", daemon=True).start()

    def close(self) -> None:
        """Ends `watch`."""
        self._closed.set()

    def _book(self, name: str) -> _Book:
        if (lent := self._lent.get(name)) is not None:
            return lent
        books = self._books
        found = self.find(name)
        if found is None or found not in books:
            from difflib import get_close_matches  # not needed for a name that is right

            nearest = get_close_matches(name[:100].casefold(), list(books), n=1)
            raise UnknownList(name, nearest[0] if nearest else None)
        return books[found]

    def _find(self) -> Iterator[_Book]:
        """The files that are there, one for each name."""
        seen: set[str] = set()
        for path, folder in self._paths():
            name = stem(path)
            if name.casefold() not in seen:
                seen.add(name.casefold())
                bad = None if _NAME.fullmatch(name) else "its file's name is no name that can be typed"
                yield _Book(name, path, folder, refused=bad)

    def _paths(self) -> Iterator[tuple[Path, Path | None]]:
        for file in self._files:
            yield file, None
        for folder in self._folders:
            if folder.is_dir():
                for path in sorted(folder.iterdir(), key=attrgetter("name")):
                    if path.suffix == ".txt" and not path.name.startswith("."):
                        yield path, folder

    def _renew(self, book: _Book, news: list[str]) -> _Book:
        stamp = _stamp(book.path)
        if stamp is None or stamp == book.stamp:
            return replace(book, settling=None)
        if stamp != book.settling:
            return replace(book, settling=stamp)
        fresh = _read(replace(book, settling=None, wordlist=None, refused=None))
        if fresh.wordlist is None and book.wordlist is not None:
            news.append(f"word list {book.name}: changed and refused ({fresh.refused}); it stays what it was")
            return replace(book, stamp=fresh.stamp, settling=None)
        news.append(f"word list {book.name}: read again")
        return fresh


class _Pause:
    """Called often by what works long in a thread: half of the time is the loop's, in turns too short to be felt.

    In the main thread, which is the loop's own, there is nobody to wait for.
    """

    def __init__(self) -> None:
        self._due = time.monotonic() + _TURN_SECONDS

    def __call__(self) -> None:
        if time.monotonic() >= self._due and current_thread() is not main_thread():
            time.sleep(_TURN_SECONDS)
            self._due = time.monotonic() + _TURN_SECONDS


def _read(book: _Book) -> _Book:
    stamp, pause = _stamp(book.path), _Pause()
    try:
        parsed = parse_file(book.path, book.folder, pause)
    except FileNotFoundError:
        parsed = Parsed(None, (Problem(0, "there is no such file"),))
    if parsed.wordlist is None:
        reason = next((problem.reason for problem in parsed.problems if not problem.line), "it has no good word")
        return replace(book, stamp=stamp, refused=reason, problems=parsed.problems)
    wordlist = parsed.wordlist
    if len(wordlist.words) <= GRADED and not any(wordlist.at_level(level) for level in LEVELS):
        wordlist = graded(wordlist, pause)
    info = _describe(wordlist, len(parsed.problems))
    return replace(book, stamp=stamp, wordlist=wordlist, refused=None, problems=parsed.problems, info=info)


def _describe(wordlist: WordList, problems: int) -> ListInfo:
    levels = ((level, len(wordlist.at_level(level))) for level in LEVELS)
    return ListInfo(
        name=wordlist.name,
        title=wordlist.title,
        language=wordlist.language,
        license=wordlist.license,
        source=wordlist.source,
        size=len(wordlist.words),
        levels=", ".join(f"{level} {count}" for level, count in levels if count),
        problems=problems,
    )


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
