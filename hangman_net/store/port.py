"""What lasts, as a port: commits of keys, bytes, events and done lines go in; what was kept comes out at a start.

It knows what every store has to promise; it must not know what the bytes mean or where they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from msgspec import Struct


class StoreError(Exception):
    """Nothing was kept, or nothing can be: the text is one line that says what to do about it."""


class Event(Struct, frozen=True):
    """One thing that happened: for replays and audits, never needed to restore a state.

    `data` is JSON; `at` is POSIX seconds, UTC.
    """

    room: str
    who: str
    kind: str
    data: bytes
    at: float


class Commit(Struct, frozen=True):
    """All that one step changes; it is kept whole or not at all.

    `now` is the server's clock in seconds served. `puts` are keys with their new bytes (None deletes the key).
    `done` are triples of a seat's id, the id of a line of it that was carried out, and the line id up to which
    (including it) the seat's older lines are forgotten; a line that its own triple forgets is not kept either.
    Line ids fit 53 bits, and times are finite.
    """

    now: float
    puts: tuple[tuple[str, bytes | None], ...] = ()
    events: tuple[Event, ...] = ()
    done: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that was kept: the server's clock at the last commit, the records, and each seat's done lines, rising."""

    now: float = 0.0
    records: dict[str, bytes] = field(default_factory=dict)
    done: dict[str, list[int]] = field(default_factory=dict)


Then: TypeAlias = Callable[[StoreError | None], None]
"""What a store calls once for each commit: with None when it is safe, with the error when it was not made at all."""


class Store(Protocol):
    """Where commits are kept. Whoever writes another one promises this:

    - A commit is atomic: after a crash at any moment, all of it is there or nothing.
    - `then(None)` is called only after a crash, a kill or a power cut could no longer undo the commit.
    - `then(error)` is called when nothing of the commit was kept. Later commits are tried all the same, so that a
      store heals by itself; who submits sees to it that none of them builds on one that is still under way.
    - Commits are made, and their `then`s are called, in the order of `submit`, each `then` exactly once and on the
      thread that submits (inside `submit`, or later); `submit` itself never waits for a disk.
    """

    def load(self) -> Loaded:
        """All that is kept. Called once, before the first `submit`. Raises `StoreError` where it cannot be read."""

    def submit(self, commit: Commit, then: Then) -> None:
        """Keeps `commit` after all those submitted before it, then calls `then`."""

    def events(self, room: str | None = None, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The events kept of `room` (or of all rooms), in their order, with their rising numbers, above `after`."""

    def close(self) -> None:
        """Keeps what was submitted and gives up the place; may wait for the disk. Nothing is submitted after it."""
