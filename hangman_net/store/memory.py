"""A store that keeps nothing beyond this process (`--memory`, tests).

It knows the port; it must not know a file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator

from hangman_net.store.port import Commit, Event, Loaded, Then

MAX_EVENTS = 10_000
"""Events that a memory store remembers: some hundred rounds; a server that runs for months must not grow with them."""


class MemoryStore:
    """The `Store` without a disk: every commit is made, and its `then` called, inside `submit`.

    It goes on from what was `kept`, which is its own from then on.
    """

    __slots__ = ("_done", "_events", "_now", "_number", "_records")

    def __init__(self, kept: Loaded | None = None) -> None:
        kept = kept or Loaded()
        self._now = kept.now
        self._records = kept.records
        self._done = kept.done
        self._number = 0
        self._events: deque[tuple[int, Event]] = deque(maxlen=MAX_EVENTS)

    def load(self) -> Loaded:
        """A copy of what was kept: what a restart would find."""
        return Loaded(self._now, dict(self._records), {seat: list(lines) for seat, lines in self._done.items()})

    def submit(self, commit: Commit, then: Then) -> None:
        """Keeps `commit` and calls `then` at once."""
        self._now = commit.now
        for key, value in commit.puts:
            if value is None:
                self._records.pop(key, None)
            else:
                self._records[key] = value
        for event in commit.events:
            self._number += 1
            self._events.append((self._number, event))
        for seat, line, forgotten in commit.done:
            lines = self._done.setdefault(seat, [])
            at = bisect_left(lines, line)
            if lines[at : at + 1] != [line]:
                lines.insert(at, line)
            del lines[: bisect_right(lines, forgotten)]
            if not lines:
                del self._done[seat]
        then(None)

    def events(self, room: str | None = None, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The last `MAX_EVENTS` events, of `room` or of all rooms, above `after`."""
        return iter([(n, event) for n, event in self._events if n > after and room in (None, event.room)])

    def close(self) -> None:
        """Does nothing: there is nothing to give up."""
