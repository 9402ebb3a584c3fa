"""The tables of the file: commits as they came, what they come to as rows, and all of it read back.

It knows SQL and the port; it must not know files, threads or when anything is to be written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import TypeAlias

from msgspec import msgpack

from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, Event, Loaded

SCHEMA: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE clock (only INTEGER PRIMARY KEY CHECK (only = 1), now REAL NOT NULL) STRICT",
        "INSERT INTO clock VALUES (1, 0.0)",
        "CREATE TABLE record (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE done (seat TEXT, line INTEGER, PRIMARY KEY (seat, line)) STRICT, WITHOUT ROWID",
        # no index by room: replays are rare and may take a second, guesses are not and may not
        "CREATE TABLE event (number INTEGER PRIMARY KEY, room TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,"
        " data BLOB NOT NULL, at REAL NOT NULL) STRICT",
    ),
    ("CREATE TABLE pending (number INTEGER PRIMARY KEY, commits BLOB NOT NULL) STRICT",),
)
"""The statements that lead from each version (`user_version`) to the next. Released ones are never changed."""

ROWS = 32
"""Rows that one statement writes. SQLite works without the GIL, and between two statements the loop may take it and
keep it for a while: the fewer the better. SQLite keeps 128 statements ready, one for each number of rows."""

_Statement: TypeAlias = tuple[str, str, str]
"""How it begins, what it has for each row, and what stands between two of these."""

_DELETE: _Statement = ("DELETE FROM record WHERE ", "key = ?", " OR ")
_PUT: _Statement = ("REPLACE INTO record VALUES ", "(?, ?)", ", ")
_HAPPENED: _Statement = ("INSERT INTO event (room, who, kind, data, at) VALUES ", "(?, ?, ?, ?, ?)", ", ")
_FORGET: _Statement = ("DELETE FROM done WHERE ", "seat = ? AND line <= ?", " OR ")
_DONE: _Statement = ("INSERT OR IGNORE INTO done VALUES ", "(?, ?)", ", ")

_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(tuple[Commit, ...]).decode


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is executed in it, or nothing where something raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a disk that is full has ended it already
            connection.execute("ROLLBACK")
        raise


def append(connection: sqlite3.Connection, commits: Sequence[Commit]) -> None:
    """Keeps `commits` as they are, all or none: one row, so that it costs little more than what the disk takes."""
    connection.execute("INSERT INTO pending (commits) VALUES (?)", (_encode(commits),))


def fold(connection: sqlite3.Connection) -> None:
    """Writes what was appended into the other tables, where nothing has to be written that a later commit replaced."""
    with transaction(connection):
        if commits := _pending(connection):
            _write(connection, commits)
            connection.execute("DELETE FROM pending")


def _pending(connection: sqlite3.Connection) -> list[Commit]:
    rows = connection.execute("SELECT commits FROM pending ORDER BY number")
    return [commit for (commits,) in rows for commit in _decode(commits)]


def _write(connection: sqlite3.Connection, commits: Sequence[Commit]) -> None:
    """Writes what all of `commits` come to, one after the other."""
    records = {key: value for commit in commits for key, value in commit.puts}
    forgotten: dict[str, int] = {}
    lines: dict[str, list[int]] = {}
    for seat, line, upto in chain.from_iterable([commit.done for commit in commits]):
        forgotten[seat] = max(upto, forgotten.get(seat, upto))
        lines[seat] = [known for known in (*lines.get(seat, ()), line) if known > upto]
    connection.execute("UPDATE clock SET now = ?", (commits[-1].now,))
    _run(connection, _DELETE, [(key,) for key, value in records.items() if value is None])
    _run(connection, _PUT, [(key, value) for key, value in records.items() if value is not None])
    _run(connection, _HAPPENED, [(e.room, e.who, e.kind, e.data, e.at) for commit in commits for e in commit.events])
    _run(connection, _FORGET, [(seat, upto) for seat, upto in forgotten.items() if upto > 0])  # ids begin with 1
    _run(connection, _DONE, [(seat, line) for seat, known in lines.items() for line in known])


def _run(connection: sqlite3.Connection, statement: _Statement, rows: Sequence[tuple[object, ...]]) -> None:
    for at in range(0, len(rows), ROWS):
        some = rows[at : at + ROWS]
        connection.execute(_text(statement, len(some)), [*chain.from_iterable(some)])


@cache
def _text(statement: _Statement, count: int) -> str:
    begin, row, between = statement
    return begin + between.join([row] * count)


def read(connection: sqlite3.Connection) -> Loaded:
    """All that is kept but the events, as of one moment."""
    connection.execute("BEGIN")
    ((now,),) = connection.execute("SELECT now FROM clock")
    records = dict(connection.execute("SELECT key, value FROM record"))
    done: dict[str, list[int]] = {}
    for seat, line in connection.execute("SELECT seat, line FROM done ORDER BY seat, line"):
        done.setdefault(seat, []).append(line)
    store = MemoryStore(Loaded(now, records, done))
    for commit in _pending(connection):
        store.submit(commit, lambda _: None)
    connection.execute("COMMIT")
    return store.load()


def read_events(connection: sqlite3.Connection, room: str | None, after: int) -> Iterator[tuple[int, Event]]:
    """The events of `room` or of all rooms above `after`, as of one moment, with their numbers; read as asked for."""
    connection.execute("BEGIN")
    query = "SELECT number, room, who, kind, data, at FROM event WHERE number > ? AND coalesce(? = room, 1)"
    for number, *event in connection.execute(query + " ORDER BY number", (after, room)):
        yield number, Event(*event)
    ((last,),) = connection.execute("SELECT coalesce(max(number), 0) FROM event")
    events = (event for commit in _pending(connection) for event in commit.events)
    for number, event in enumerate(events, last + 1):
        if number > after and room in (None, event.room):
            yield number, event
    connection.execute("COMMIT")
