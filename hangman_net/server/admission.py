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
        self._count = self._arrived = 0
        self._by_address: dict[str, int] = {}
        self._arrivals = _Meters(limits.address_rate)
        self._guesses = _Meters(limits.bad_names)
        self._waiting: dict[str, float] = {}  # addresses that guessed too often, and until when they wait

    def came(self, address: str) -> int:
        """A connection is there, welcome or not: it holds a file. Gives its number, for the log."""
        key = address_key(address)
        self._count += 1
        self._by_address[key] = self._by_address.get(key, 0) + 1
        self._arrived += 1
        return self._arrived

    def went(self, address: str) -> None:
        """A connection that came is closed."""
        key = address_key(address)
        self._count -= 1
        left = self._by_address.get(key, 1) - 1
        if left:
            self._by_address[key] = left
        else:
            self._by_address.pop(key, None)

    @property
    def swamped(self) -> bool:
        """Those that are refused take half of the files that were left: who comes now must not even be kept waiting."""
        return self._count >= self._most + FILES_KEPT / 2

    def crowded(self, address: str) -> tuple[ByeReason, str] | None:
        """Why a connection that just came is one too many, or None."""
        limits = self._limits
        if self._count > self._most:
            return "full", "this server has no place for another connection (limit connections, or open files)"
        limit = "local_connections" if is_local(address) else "address_connections"
        if self._by_address.get(address_key(address), 0) > getattr(limits, limit):
            return "full", f"too many connections from your address (limit {limit})"
        return None

    def refusal(self, address: str) -> tuple[ByeReason, str] | None:
        """The same for one that wants to play, which also has a rate; it is counted towards that unless refused."""
        if (crowded := self.crowded(address)) is not None or is_local(address):
            return crowded
        key, now = address_key(address), self._clock()
        if (until := self._waiting.get(key, 0.0)) > now:
            return "limit", f"too many bad names or tokens; wait {until - now:.0f} seconds (limit bad_names)"
        if not self._arrivals.take(key, now):
            return "limit", "too many new connections from your address; wait a minute (limit address_rate)"
        return None

    def guessed(self, address: str) -> bool:
        """Somebody there tried a name, token or password that was not to be had; True if that was once too often.

        Local addresses are not held to it: a class shares one, and so does everybody behind a proxy on this machine.
        """
        if is_local(address):
            return False
        key, now = address_key(address), self._clock()
        if self._waiting.get(key, 0.0) > now:
            return True
        if self._guesses.take(key, now):
            return False
        if len(self._waiting) > MOST_METERS:
            self._waiting = {k: until for k, until in self._waiting.items() if until > now}
        self._waiting[key] = now + self._limits.bad_names_pause
        return True


class _Meters:
    """So many a minute for each address, held as the moment when its allowance will be whole again."""

    def __init__(self, a_minute: float) -> None:
        self._each = 60.0 / max(a_minute, 1.0)  # nothing, where the limit was lifted
        self._whole: dict[str, float] = {}

    def take(self, key: str, now: float) -> bool:
        """Counts one more, or gives False where that is too many."""
        whole = max(self._whole.get(key, now), now) + self._each
        if whole - now > 60.0 + self._each / 2:
            return False
        if len(self._whole) > MOST_METERS:
            self._whole = {k: moment for k, moment in self._whole.items() if moment > now}
        self._whole[key] = whole
        return True


def _file_limit() -> float:
    try:
        import resource
    except ImportError:
        return NONE
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return NONE if soft == resource.RLIM_INFINITY else float(soft)
