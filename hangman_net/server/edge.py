"""The door with sockets: accepts, reads, hands over, writes, and cuts who does not read.

It knows bytes and addresses; it must not know what a message means.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import time
from typing import Any

from hangman_net.chat.moves import address_key, is_local
from hangman_net.limits import NONE, Limits
from hangman_net.messages import Bye, ByeReason
from hangman_net.server.outbox import Batch
from hangman_net.server.service import Client, Service
from hangman_net.wire.codec import encode
from hangman_net.wire.connection import ServerWire
from hangman_net.wire.framing import Fatal, NeedData

log = logging.getLogger("hangman_net")

LINGER = 1.5
"""Seconds that a connection which was told `bye` may take to read it."""

ACCEPTS_A_TURN = 256
_received = bytearray(262_144)
_view = memoryview(_received)


class Connection(Client):
    """One TCP connection: raw, non-blocking, without a task, a timer or a stream object of its own."""

    __slots__ = ("begun", "door", "opened_at", "owed", "owed_since", "paused", "skip", "sock", "watched", "wire")

    def __init__(self, door: Door, sock: socket.socket, address: str) -> None:
        super().__init__(address)
        self.door = door
        self.sock = sock
        self.wire = ServerWire(door.limits)
        self.owed: bytearray | None = None  # what the kernel did not take
        self.skip = 0  # bytes at the front of `owed` that finish a frame already begun
        self.owed_since = 0.0
        self.begun = 0.0  # when the frame that is half read was begun, else 0
        self.opened_at = time.monotonic()
        self.watched = False  # a deadline of it is in the service's heap
        self.paused = False

    # --- reading ------------------------------------------------------------------------------------------------

    def readable(self) -> None:
        """Bytes are there."""
        try:
            count = self.sock.recv_into(_received)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            count = 0
        if not count:
            self.drop()
        elif not self.ending:
            self.wire.receive_data(_view[:count])
            self.pump()

    def pump(self) -> None:
        """Hands over the messages that are there, until the service wants no more for now."""
        wire, service = self.wire, self.door.service
        while not self.ending:
            event = wire.next_event()
            if isinstance(event, NeedData):
                if wire.mid_frame:
                    if not self.begun:
                        self.begun = time.monotonic()
                        self.watch(self.begun + self.door.limits.frame_time)
                else:
                    self.begun = 0.0
                return
            self.begun = 0.0
            if isinstance(event, Fatal):
                self.door.service.outbox.bye(self, event.reason, event.text)
                return
            if not service.receive(self, event):
                self.paused = True
                self.door.loop.remove_reader(self.sock)
                return

    def ready(self) -> None:
        if self.paused and not self.closed:
            self.paused = False
            self.door.loop.add_reader(self.sock, self.readable)
            self.door.loop.call_soon(self.pump)

    def welcomed(self) -> None:
        self.wire.opened()

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self, out: list[bytes | Batch]) -> None:
        if len(out) == 1:
            first = out[0]
            data = first if isinstance(first, bytes) else first.data()
        else:
            data = b"".join([part if isinstance(part, bytes) else part.data() for part in out])
        if self.owed is not None:
            self.owed += data
            if len(self.owed) > self.door.limits.backlog:
                self.too_slow()
            return
        try:
            sent = self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.drop()
            return
        if sent < len(data):
            self.owed = bytearray(data[sent:])
            self.skip = _begun_rest(data, sent)
            self.owed_since = time.monotonic()
            self.door.loop.add_writer(self.sock, self.writable)
            self.watch(self.owed_since + self.door.limits.backlog_time)

    def writable(self) -> None:
        """The kernel takes more of what is owed."""
        assert self.owed is not None
        try:
            sent = self.sock.send(self.owed)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.drop()
            return
        self.skip = self.skip - sent if sent <= self.skip else _begun_rest(self.owed[self.skip :], sent - self.skip)
        del self.owed[:sent]
        self.owed_since = time.monotonic()
        if not self.owed:
            self.owed = None
            self.door.loop.remove_writer(self.sock)
            if self.ending:
                self.end()

    def too_slow(self) -> None:
        """It does not read: it is told so, if the kernel takes that, and goes at once; nobody waits for it."""
        log.info("cut", extra={"connection": self.address, "reason": "slow"})
        if self.owed is not None:
            last = bytes(self.owed[: self.skip]) + encode(Bye("slow", "you did not read what you were sent"))
            try:
                # what it was owed is dropped; the rest of the frame that was begun and the bye get room of their own
                size = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size + 4 * len(last))
                self.sock.send(last)
            except OSError:
                pass
        self.drop()

    # --- deadlines ----------------------------------------------------------------------------------------------

    def watch(self, due: float) -> None:
        """One deadline at a time is in the heap; when it comes, it is asked which of them still stand."""
        if not self.watched and due < NONE:
            self.watched = True
            self.door.service.at(due, self.due)

    def due(self) -> None:
        self.watched = False
        if self.closed:
            return
        now, limits = time.monotonic(), self.door.limits
        waits = []
        if self.ending:
            waits.append((self.owed_since + LINGER, self.drop))
        if self.seat is None:
            waits.append((self.opened_at + limits.hello, lambda: self.timeout("no hello came in time")))
        if self.begun:
            waits.append(
                (self.begun + limits.frame_time, lambda: self.timeout("a begun frame was not finished in time"))
            )
        if self.owed is not None:
            waits.append((self.owed_since + limits.backlog_time, self.too_slow))
        for moment, what in waits:
            if moment <= now:
                what()
                if self.closed or self.ending:
                    break
        left = [moment for moment, _ in waits if moment > now]
        if left and not self.closed:
            self.watch(min(left))

    def timeout(self, why: str) -> None:
        self.door.service.outbox.bye(self, "timeout", why)

    # --- the end ------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """It was told `bye`: nothing more is written, and it has a moment to read it and close."""
        if self.closed or self.owed is not None:
            return
        self.owed_since = time.monotonic()
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop()
            return
        if self.paused:
            self.paused = False
            self.door.loop.add_reader(self.sock, self.readable)
        self.watched = False
        self.watch(self.owed_since + LINGER)

    def drop(self) -> None:
        """Closes now."""
        if self.closed:
            return
        self.closed = True
        loop = self.door.loop
        loop.remove_reader(self.sock)
        if self.owed is not None:
            loop.remove_writer(self.sock)
            self.owed = None
        self.sock.close()
        self.door.gone(self)


def _begun_rest(data: bytes | bytearray, sent: int) -> int:
    """Bytes behind `sent` that finish the frame in which `sent` falls; `data` begins with a frame."""
    at = 0
    while at < sent:
        at += 4 + int.from_bytes(data[at : at + 4], "big")
    return at - sent


class Door:
    """The listening sockets of one port and the connections that came through them."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service
        self.limits: Limits = service.limits
        self.loop = loop
        self.connections: set[Connection] = set()
        self.listeners: list[socket.socket] = []
        self._by_address: dict[str, int] = {}
        self._arrivals: dict[str, float] = {}  # by address: a meter of new connections that empties in a minute
        self._most = min(self.limits.connections, _file_limit() - 64)

    def listen(self, host: str, port: int) -> list[tuple[str, int]]:
        """Listens on every address of `host` (empty: all interfaces) and gives addresses and the real port.

        Raises `OSError` where the port is busy or the address is not this machine's.
        """
        infos = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
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
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.setblocking(False)
                # inherited by what is accepted: else the kernel hides megabytes of backlog from us
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(min(self.limits.send_buffer, 1 << 24)))
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

    def take(self, sock: socket.socket, address: str) -> None:
        """A new connection: kept, or told why not."""
        _tune(sock)
        connection = Connection(self, sock, address)
        self.connections.add(connection)
        key = address_key(address)
        self._by_address[key] = self._by_address.get(key, 0) + 1
        self.loop.add_reader(sock, connection.readable)
        if (refusal := self._refusal(key, address)) is not None:
            self.service.outbox.bye(connection, *refusal)
        else:
            connection.watch(connection.opened_at + self.limits.hello)

    def _refusal(self, key: str, address: str) -> tuple[ByeReason, str] | None:
        limits = self.limits
        if len(self.connections) > self._most:
            return "full", "this server has no place for another connection"
        local = is_local(address)
        if self._by_address[key] > (limits.local_connections if local else limits.address_connections):
            return "full", "too many connections from your address"
        if not local and limits.address_rate != NONE:
            now, each = time.monotonic(), 60.0 / max(limits.address_rate, 1.0)
            whole = max(self._arrivals.get(key, now), now) + each
            if whole - now > 60.0:
                return "limit", "too many new connections from your address; wait a minute"
            if len(self._arrivals) > 10_000:
                self._arrivals = {k: v for k, v in self._arrivals.items() if v > now}
            self._arrivals[key] = whole
        return None

    def gone(self, connection: Connection) -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        key = address_key(connection.address)
        left = self._by_address.get(key, 1) - 1
        if left:
            self._by_address[key] = left
        else:
            self._by_address.pop(key, None)
        self.service.closed(connection)

    def close_listeners(self) -> None:
        """Nobody new comes in."""
        for listener in self.listeners:
            self.loop.remove_reader(listener)
            listener.close()
        self.listeners.clear()

    async def close(self, *, within: float = 3.0) -> None:
        """Tells everybody `stopping`, and closes when they have read it or `within` seconds are over."""
        self.close_listeners()
        for connection in list(self.connections):
            self.service.outbox.bye(connection, "stopping", "the server stops")
        self.service.outbox.flush()
        until = time.monotonic() + within
        while self.connections and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.drop()


def _tune(sock: socket.socket) -> None:
    """No Nagle, and a dead peer is found by the kernel: no timer and no byte of ours for one who is idle."""
    options: list[tuple[Any, Any, int]] = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ]
    for name, value in (
        ("TCP_KEEPIDLE", 20),
        ("TCP_KEEPINTVL", 8),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", 45_000),
    ):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    for level, option, value in options:
        try:
            sock.setsockopt(level, option, value)
        except OSError:
            return


def _file_limit() -> float:
    try:
        import resource
    except ImportError:
        return NONE
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return NONE if soft == resource.RLIM_INFINITY else float(soft)
