"""The store on a disk: one SQLite file in a folder that one server holds at a time.

It knows SQLite, files and one thread that writes; it must not know what the bytes mean, nor an event loop.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

from hangman_net.store import tables
from hangman_net.store.port import Commit, Event, Loaded, StoreError, Then

FILE = "hangman.db"
"""The database's name in the data folder; SQLite puts `-wal` and `-shm` beside it."""

LOCK = "server.lock"
"""An empty database whose lock the serving process holds: the one kind of lock that works wherever SQLite does, is
gone with its process, and keeps nobody from reading the data meanwhile."""

APPLICATION_ID = 0x48414E47
"""`HANG`, in the file's header: tells our file from anybody else's."""

MAX_BATCH = 1_000
"""Commits in one transaction: nobody waits much longer for it than for one, and then the others get their turn."""

GATHERED_FOR, GATHERED_AT_MOST = 0.000_5, 0.004
"""Seconds from the begin of a transaction to that of the next: the first for each commit that was in it, the second at
most. A transaction costs as much as ten guesses in it: who comes alone waits for nobody, a crowd goes together."""

FOLDED_AT = 512
"""Commits that are kept as they came before they become rows, so that a room's record is written once for many guesses.
More would cost less, but whoever commits meanwhile waits for some 10 ms."""

TOLD_AT_ONCE = 0.000_5
"""Seconds of the loop that what follows commits may take before others have their turn."""

CHECKED_BYTES = 100_000_000
"""A file up to this size is read through at a start, which takes a second at most; `data check` reads any."""

_log = logging.getLogger(__name__)

_Post: TypeAlias = Callable[[Callable[[], None]], object]
_Submitted: TypeAlias = tuple[Commit, Then]
_Result: TypeAlias = tuple[Then, StoreError | None]


class SqliteStore:
    """The `Store` in `folder`, which is made (0700) where it is not there.

    One writer thread commits in batches of whatever has queued meanwhile, so that a slow disk costs one wait for all
    and the loop none. `post` runs a function on the thread that submits, in a turn of its own
    (`loop.call_soon_threadsafe`): one call a batch, or a few if all that follows its commits takes long.

    Raises `StoreError` where the folder cannot be used: it is a file, another server holds it, the file in it is
    damaged, from a newer version or not ours. None of these changes the file.
    """

    def __init__(self, folder: Path, *, post: _Post) -> None:
        self._path = folder / FILE
        self._post = post
        with _explained(self._path):
            _make_folder(folder)
            self._lock = _locked(folder)
            try:
                self._connection = _opened(self._path)
            except BaseException:
                self._lock.close()
                raise
        self._results: deque[_Result] = deque()  # to be told, on the thread that submits
        self._telling = False  # there will be another turn for them
        self._closing = False
        self._failing = False
        self._unfolded = FOLDED_AT  # what a kill has left becomes rows after the first commits
        self._queue: SimpleQueue[_Submitted | None] = SimpleQueue()
        self._writer = Thread(target=self._write_all, name="store", daemon=True)
        self._writer.start()

    def load(self) -> Loaded:
        """All that is kept. Raises `StoreError` where the file is damaged."""
        return read(self._path)

    def submit(self, commit: Commit, then: Then) -> None:
        """Queues `commit` for the writer thread; `then` is called by way of `post`."""
        self._queue.put((commit, then))

    def events(self, room: str | None = None, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The events of `room` or of all rooms above `after`, read as they are asked for."""
        return read_events(self._path, room, after)

    def close(self) -> None:
        """Waits until all that was submitted is kept, as rows and in the one file, and lets go of the folder."""
        self._closing = True
        self._queue.put(None)
        self._writer.join()
        self._connection.close()
        self._lock.close()

    def _made(self, results: Iterable[_Result]) -> None:
        """These are to be told too, after those that still are."""
        self._results += results
        if not self._telling:
            self._tell()

    def _tell(self) -> None:
        until = time.monotonic() + TOLD_AT_ONCE
        while self._results:
            then, error = self._results.popleft()
            try:
                then(error)
            except Exception:  # one that raises must not cost the others their answer
                _log.exception("what follows a commit raised")
            if time.monotonic() >= until and not self._closing:
                break
        self._telling = bool(self._results)
        if self._telling:
            self._post(self._tell)

    # --- the writer thread --------------------------------------------------------------------------------------

    def _write_all(self) -> None:
        while batch := self._next_batch():
            began = time.monotonic()
            results = self._commit_batch(batch)
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                self._post(partial(self._made, results))
            self._unfolded += len(batch)
            if self._unfolded >= FOLDED_AT:
                self._fold()
            time.sleep(rest(len(batch), time.monotonic() - began))
        self._fold()

    def _next_batch(self) -> list[_Submitted]:
        """What has queued, in its order, once there is something; nothing when the store is to close."""
        batch: list[_Submitted] = []
        with suppress(Empty):
            while len(batch) < MAX_BATCH:
                entry = self._queue.get(block=not batch)
                if entry is None:
                    if batch:  # those first; the call after this one finds the end again
                        self._queue.put(None)
                    break
                batch.append(entry)
        return batch

    def _commit_batch(self, batch: Sequence[_Submitted]) -> list[_Result]:
        error = self._commit([commit for commit, _ in batch])
        if error is None or len(batch) == 1:
            return [(then, error) for _, then in batch]
        # One that cannot be kept must not take the others with it, which have nothing to do with it.
        return [(then, self._commit([commit])) for commit, then in batch]

    def _commit(self, commits: Sequence[Commit]) -> StoreError | None:
        """One transaction with all of `commits`, or with none of them and the reason."""
        try:
            tables.append(self._connection, commits)
        except Exception as error:  # a writer that dies would leave every later line without an answer
            if not self._failing:
                _log.error("commits fail: %s", error)
            self._failing = True
            return StoreError(f"nothing can be kept now: {error}")
        if self._failing:
            _log.warning("commits succeed again")
        self._failing = False
        return None

    def _fold(self) -> None:
        self._unfolded = 0
        try:
            tables.fold(self._connection)
        except Exception as error:  # all is kept as it came, and next time may be better
            _log.error("commits cannot be folded into the tables: %s", error)


def rest(commits: int, took: float) -> float:
    """Seconds until the next transaction may begin, after one of so many `commits` that `took` so many seconds."""
    return max(0.0, min(GATHERED_FOR * commits, GATHERED_AT_MOST) - took)


# --- the file ---------------------------------------------------------------------------------------------------


def read(path: Path) -> Loaded:
    """All that the database `path` keeps but its events; it may be in use. Raises `StoreError`."""
    with _reading(path) as connection:
        return tables.read(connection)


def read_events(path: Path, room: str | None = None, after: int = 0) -> Iterator[tuple[int, Event]]:
    """The events in the database `path`, which may be in use, with their numbers. Raises `StoreError`."""
    with _reading(path) as connection:
        yield from tables.read_events(connection, room, after)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with _explained(path), closing(_reader(path)) as connection:
        ((version,),) = connection.execute("PRAGMA user_version")
        if version < len(tables.SCHEMA):
            raise StoreError(
                f"{path} is from an older hangman-net (schema {version}); serve it once, then it can be read"
            )
        yield connection


def damage(path: Path, *, thorough: bool = True) -> str | None:
    """What is wrong with the database `path`, in a line, or None; only `thorough` reads a large file as a whole.

    Changes nothing, and may be asked while a server uses the file.
    """
    try:
        with closing(_reader(path)) as connection:
            ((application,),) = connection.execute("PRAGMA application_id")
            ((version,),) = connection.execute("PRAGMA user_version")
            ((count,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
            if application != APPLICATION_ID and count:  # without tables: killed while it was made
                return "it is not a hangman-net database; give --data another folder"
            if version > len(tables.SCHEMA):
                return f"it is from a newer hangman-net (schema {version}, not {len(tables.SCHEMA)}); install that one"
            if thorough or path.stat().st_size <= CHECKED_BYTES:
                check = "integrity_check" if thorough else "quick_check"
                ((first,),) = connection.execute(f"PRAGMA {check}(1)")
                if first != "ok":
                    return f"it is damaged ({first.splitlines()[-1]}); put a backup in its place"
    except sqlite3.DatabaseError as error:
        return _advice(error)
    return None


def _make_folder(folder: Path) -> None:
    """Only a folder that we make is ours to close to others; one that was named may hold more than our file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _locked(folder: Path) -> sqlite3.Connection:
    """A connection that holds the folder until it is closed."""
    path = folder / LOCK
    path.touch(mode=0o600)
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode = MEMORY")  # no journal file: nothing is ever written
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise StoreError(f"{folder} is in use by another server; stop it, or give --data another folder") from None
    return lock


def _opened(path: Path) -> sqlite3.Connection:
    """The database at `path`, made or brought to this version's schema, for the writer thread."""
    if path.exists() and path.stat().st_size:
        if wrong := damage(path, thorough=False):
            raise StoreError(f"{path} cannot be used: {wrong}")
    else:
        path.touch(mode=0o600)
    path.chmod(0o600)  # its journals get the same mode from SQLite
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # WAL's default would lose the last commits with the power
        connection.execute("PRAGMA fullfsync = ON")  # macOS: through the drive's own cache as well
        connection.execute("PRAGMA trusted_schema = OFF")
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the schema up to date in one transaction, after a backup where there is something to lose."""
    ((version,),) = connection.execute("PRAGMA user_version")
    if version == len(tables.SCHEMA):
        return
    if version:
        copy_to(path, path.with_name(f"{path.stem}-v{version}.db"))
    with tables.transaction(connection):
        for statement in (statement for steps in tables.SCHEMA[version:] for statement in steps):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(tables.SCHEMA)}")


def copy_to(path: Path, copy: Path) -> None:
    """Copies the database `path`, in use or not, as it is at one moment, to the file `copy` (0600).

    What `copy` was before is replaced once the new one is whole. Raises `StoreError`.
    """
    part = copy.with_name(copy.name + ".part")
    with _explained(path):
        try:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            with closing(_reader(path)) as source, closing(sqlite3.connect(part)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # one file that needs no other beside it
            part.replace(copy)
        finally:
            part.unlink(missing_ok=True)


def _reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the database at `path`."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system say about `path` into a `StoreError` that says what to do."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise StoreError(f"{error.filename} is a file; give --data a folder") from error
    except OSError as error:
        raise StoreError(f"{error.filename}: {error.strerror}; give --data a folder that can be written") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} cannot be used: {_advice(error)}") from error


def _advice(error: sqlite3.DatabaseError) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"it is damaged ({error}); put a backup in its place, or give --data another folder"
        case sqlite3.SQLITE_FULL:
            return "the disk is full; make room, or give --data another folder"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program holds it; close that one"
        case _:
            return f"{error}; see that the folder can be read and written, or give --data another one"
