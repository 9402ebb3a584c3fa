"""Who may come in: connections counted by address and in total, over all doors of a server.

It knows addresses, numbers and a clock; it must not know sockets, nor what a connection is for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hangman_net.chat.bans import address_key, is_local
from hangman_net.limits import NONE, Limits
from hangman_net.messages import ByeReason

FILES_KEPT = 64
"""Open files left for the disk, the log and the word lists, however many connections there are."""

MOST_METERS = 10_000
"""Addresses remembered by their rate before those whose minute is over are forgotten."""


class Admission:
    """Counts for all doors together; each tells it who `came` and who `went`."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._most = min(limits.connections, _file_limit() - FILES_KEPT)
        self._count = 0
        self._by_address: dict[str, int] = {}
        self._arrivals: dict[str, float] = {}  # by address: a meter of new connections that empties in a minute

    def came(self, address: str) -> None:
        """A connection is there, welcome or not: it holds a file."""
        key = address_key(address)
        self._count += 1
        self._by_address[key] = self._by_address.get(key, 0) + 1

    def went(self, address: str) -> None:
        """A connection that came is closed."""
        key = address_key(address)
        self._count -= 1
        left = self._by_address.get(key, 1) - 1
        if left:
            self._by_address[key] = left
        else:
            self._by_address.pop(key, None)

    def crowded(self, address: str) -> tuple[ByeReason, str] | None:
        """Why a connection that just came is one too many, or None."""
        limits = self._limits
        if self._count > self._most:
            return "full", "this server has no place for another connection"
        most = limits.local_connections if is_local(address) else limits.address_connections
        if self._by_address.get(address_key(address), 0) > most:
            return "full", "too many connections from your address"
        return None

    def refusal(self, address: str) -> tuple[ByeReason, str] | None:
        """The same for one that wants to play, which also has a rate; it is counted towards that unless refused."""
        return self.crowded(address) or self._too_fast(address)

    def _too_fast(self, address: str) -> tuple[ByeReason, str] | None:
        rate = self._limits.address_rate
        if rate == NONE or is_local(address):
            return None
        key, now = address_key(address), self._clock()
        whole = max(self._arrivals.get(key, now), now) + 60.0 / max(rate, 1.0)
        if whole - now > 60.0:
            return "limit", "too many new connections from your address; wait a minute"
        if len(self._arrivals) > MOST_METERS:
            self._arrivals = {k: v for k, v in self._arrivals.items() if v > now}
        self._arrivals[key] = whole
        return None


def _file_limit() -> float:
    try:
        import resource
    except ImportError:
        return NONE
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return NONE if soft == resource.RLIM_INFINITY else float(soft)
