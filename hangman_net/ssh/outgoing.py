"""What is written to a visitor, and the end of patience with one who does not read it.

It knows bytes owed and the kernel's queue; it must not know what they say.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from typing import Protocol

from hangman_net.limits import NONE, Limits


class Channel(Protocol):
    """What is needed of an ssh channel."""

    def write(self, data: str, /) -> None:
        """Queue text."""

    def get_write_buffer_size(self) -> int:
        """Bytes that the visitor's window did not take yet."""


class Outgoing:
    """Counts what is owed: past the backlog, or when it was not taken in time, `cut` is called, once.

    An ssh channel and its transport keep what cannot be sent, without bound (57 MiB were seen); the kernel's queue
    tells whether anything still waits there, since the transport fills it first.
    """

    def __init__(self, channel: Channel, sock: socket.socket, limits: Limits, cut: Callable[[], None]) -> None:
        self._channel = channel
        self._sock = sock
        self._limits = limits
        self._cut = cut
        self._owed = 0
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def write(self, text: str) -> None:
        """Send `text`, or cut a visitor to whom too much is owed already."""
        if self._over:
            return
        if self._taken():
            self._settle()
        self._owed += len(text.encode("utf-8", "replace"))
        if self._owed > self._limits.backlog:
            self._too_slow()
            return
        self._channel.write(text)
        if self._timer is None and self._limits.backlog_time != NONE:
            self._timer = asyncio.get_running_loop().call_later(self._limits.backlog_time, self._due)

    def close(self) -> None:
        """Nothing more is written."""
        self._over = True
        self._settle()

    def _taken(self) -> bool:
        return not self._channel.get_write_buffer_size() and not queued(self._sock)

    def _settle(self) -> None:
        self._owed = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        if self._taken():
            self._settle()
        else:
            self._too_slow()

    def _too_slow(self) -> None:
        self.close()
        self._cut()


def queued(sock: socket.socket) -> int:
    """Bytes in the kernel's queue that the other end has not acknowledged; 0 where the system does not tell."""
    if sys.platform == "win32" or sock.fileno() < 0:
        return 0
    import fcntl
    import termios

    try:
        (count,) = struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))
    except OSError:
        return 0
    return int(count)
