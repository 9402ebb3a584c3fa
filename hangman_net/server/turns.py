"""Short turns of the loop: however many sockets are ready at once, a few are read, then others have their turn.

It knows which sockets are ready, and how long a turn takes; it must not know what is read from them.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

LONG = 0.001
"""Seconds of a turn beyond which fewer sockets are read in the next: who waits for the loop waits for two of them."""

FEWEST, MOST = 4, 32
"""Sockets that are read in a turn: lines of chat are so cheap that a turn for few would cost more than they do."""

Ready: TypeAlias = tuple[selectors.SelectorKey, int]


class Turns(selectors.DefaultSelector):
    """A selector that tells of a few sockets at a time, and of all that are ready before it looks again.

    `clock` gives seconds, and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._ready: deque[Ready] = deque()
        self._changed: set[int] = set()  # registered otherwise, or no more, since it was found ready
        self._few = MOST  # read in this turn, by what those before took
        self._began = clock()

    def unread(self) -> bool:
        """Whether sockets that were ready are still to be told of."""
        return bool(self._ready)

    def select(self, timeout: float | None = None) -> list[Ready]:
        """As of any selector; at most so many that what is done with them, and all else, fits a turn."""
        took = self._clock() - self._began
        if took > LONG:
            self._few = max(FEWEST, self._few // 2)
        elif took < LONG / 2:
            self._few = min(MOST, self._few * 2)
        first = self._next(timeout)
        self._began = self._clock()
        return first

    def _next(self, timeout: float | None) -> list[Ready]:
        ready = self._ready
        if not ready:
            found = super().select(timeout)
            if len(found) <= self._few:
                return found
            ready.extend(found)
            self._changed.clear()
        first = [ready.popleft() for _ in range(min(self._few, len(ready)))]
        if self._changed:  # if it is ready as it is now, the next look says so
            first = [(key, events) for key, events in first if key.fd not in self._changed]
        return first

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As of any selector."""
        key = super().modify(fileobj, events, data)
        self._changed.add(key.fd)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """As of any selector."""
        key = super().unregister(fileobj)
        self._changed.add(key.fd)
        return key


class Loop(asyncio.SelectorEventLoop):
    """A loop for a server, with short turns."""

    def __init__(self) -> None:
        self.turns = Turns()
        super().__init__(self.turns)


def unread(loop: asyncio.AbstractEventLoop) -> Callable[[], bool]:
    """Says whether this loop has still to read from sockets that were ready at its last look; of others it cannot."""
    return loop.turns.unread if isinstance(loop, Loop) else lambda: False
