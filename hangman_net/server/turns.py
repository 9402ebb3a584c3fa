"""Short turns of the loop: however many sockets are ready at once, a few are read, then others have their turn.

It knows which sockets are ready; it must not know what is read from them.
"""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from typing import Any, TypeAlias

READ_AT_ONCE = 16
"""Sockets that are read in a turn: a guess from each holds the loop for some milliseconds."""

Ready: TypeAlias = tuple[selectors.SelectorKey, int]


class Turns(selectors.DefaultSelector):
    """A selector that tells of a few sockets at a time, and of all that are ready before it looks again."""

    def __init__(self) -> None:
        super().__init__()
        self._ready: deque[Ready] = deque()
        self._changed: set[int] = set()  # registered otherwise, or no more, since it was found ready

    def select(self, timeout: float | None = None) -> list[Ready]:
        """As of any selector; at most `READ_AT_ONCE`."""
        ready = self._ready
        if not ready:
            found = super().select(timeout)
            if len(found) <= READ_AT_ONCE:
                return found
            ready.extend(found)
            self._changed.clear()
        first = [ready.popleft() for _ in range(min(READ_AT_ONCE, len(ready)))]
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


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop for a server."""
    return asyncio.SelectorEventLoop(Turns())
