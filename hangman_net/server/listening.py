"""Listening sockets of one port: bound, accepted from, paused when files run out, closed.

It knows addresses and sockets; it must not know what comes over a connection.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import time
from contextlib import suppress

from hangman_net.limits import Limits
from hangman_net.server.admission import Admission
from hangman_net.server.service import Service

log = logging.getLogger("hangman_net")

ACCEPTS_A_TURN = 256


class Listener:
    """What all doors have in common: they listen, and `take` each connection."""

    def __init__(self, service: Service, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service
        self.admission = admission
        self.loop = loop
        self.limits: Limits = service.limits
        self.listeners: list[socket.socket] = []

    def listen(self, host: str, port: int) -> list[tuple[str, int]]:
        """Listens on every address of `host` (empty: all interfaces) and gives addresses and the real port.

        Raises `OSError` where the port is busy or the address is not this machine's.
        """
        # ASCII as bytes: of text Python would make IDNA, which is slow to import and changes nothing here
        name = host.encode() if host.isascii() else host
        try:
            infos = socket.getaddrinfo(name or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except UnicodeError as error:  # what IDNA has no name for, such as a part of no letters
            raise socket.gaierror(socket.EAI_NONAME, "that is no name of a host") from error
        # IPv4 first: a port that was asked for as 0 is then the same for both
        infos.sort(key=lambda info: info[0] != socket.AF_INET)
        bound: list[tuple[str, int]] = []
        for family, kind, proto, _, address in dict.fromkeys(infos):
            if bound and not port:
                address = (address[0], bound[0][1], *address[2:])
            try:
                listener = socket.socket(family, kind, proto)
            except OSError:
                continue  # a machine without IPv6
            try:
                if os.name == "posix":  # elsewhere it would let a second server have the same port
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.setblocking(False)
                _tune(listener, int(min(self.limits.send_buffer, 1 << 24)))
                listener.bind(address)
                listener.listen(4096)
            except OSError as error:
                listener.close()
                if bound and error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    continue
                for other in self.listeners:
                    other.close()
                self.listeners.clear()
                raise
            self.listeners.append(listener)
            bound.append((str(address[0]), int(listener.getsockname()[1])))
        if not bound:
            raise OSError(errno.EADDRNOTAVAIL, f"{host} is no address of this machine")
        for listener in self.listeners:
            self.loop.add_reader(listener, self._accept, listener)
        return bound

    def take(self, sock: socket.socket, address: str) -> None:
        """A new connection, non-blocking; the door's to keep, or to tell why not."""
        raise RuntimeError("a door says what it does with a connection")

    async def close(self, *, within: float = 3.0) -> None:
        """Tells everybody `stopping`, and closes when they have read it or `within` seconds are over."""
        raise RuntimeError("a door says how its connections end")

    def close_listeners(self) -> None:
        """Nobody new comes in."""
        for listener in self.listeners:
            self.loop.remove_reader(listener)
            listener.close()
        self.listeners.clear()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPTS_A_TURN):
            try:
                sock, address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("cannot accept: %s", error)
                self._pause(listener)
                return
            sock.setblocking(False)
            self.take(sock, str(address[0]))

    def _pause(self, listener: socket.socket) -> None:
        """Out of files: listening goes on in half a second, rather than spinning now."""
        self.loop.remove_reader(listener)

        def go_on() -> None:
            if listener in self.listeners:
                self.loop.add_reader(listener, self._accept, listener)

        self.service.at(time.monotonic() + 0.5, go_on)


def _tune(listener: socket.socket, send_buffer: int) -> None:
    """What all that is accepted inherits: a small buffer, no Nagle, and keep-alive by the kernel.

    Without the first the kernel hides megabytes of backlog from us; with the last a dead peer is found without a timer
    or a byte of ours for one who is idle.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 20),
        ("TCP_KEEPINTVL", 8),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", 45_000),
    ):
        if hasattr(socket, name):
            with suppress(OSError):  # a kernel older than Python knows
                listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
