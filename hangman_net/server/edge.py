"""The door with sockets: accepts, reads, hands over, writes, and cuts who does not read.

It knows bytes and addresses; it must not know what a message means.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from hangman_net.limits import NONE
from hangman_net.messages import Bye, ClientMessage
from hangman_net.server import strangers
from hangman_net.server.admission import Admission
from hangman_net.server.listening import Listener
from hangman_net.server.service import Client, Service
from hangman_net.wire.codec import Refused, encode
from hangman_net.wire.connection import ServerWire
from hangman_net.wire.framing import HEADER, Fatal, NeedData

log = logging.getLogger("hangman_net")

A_TURN = 16
"""Messages of one connection in a turn of the loop: then the others', and what they caused is sent first."""

LINGER = 1.5
"""Seconds that a connection which was told `bye` may take to read it."""

LAST_WORDS = 10.0
"""Seconds in which what somebody sent who sends no more is answered."""

_received = bytearray(262_144)
_view = memoryview(_received)


class Wire(Protocol):
    """How a connection's bytes become messages: `ServerWire`, or what another door has in its place."""

    @property
    def empty(self) -> bool:
        """Whether nothing is left to take: `next_event` would want more data."""

    @property
    def mid_frame(self) -> bool:
        """Whether a frame is begun and not finished."""

    def opened(self) -> None:
        """The client was welcomed."""

    def receive_data(self, data: memoryview) -> None:
        """Take what came; the view is good only now."""

    def next_event(self) -> ClientMessage | Refused | Fatal | NeedData:
        """The next thing there is."""


class Endpoint(Protocol):
    """What a connection asks of its socket: `socket.socket`, or what encrypts in its place."""

    def fileno(self) -> int: ...
    def recv_into(self, buffer: bytearray, nbytes: int, /) -> int: ...
    def send(self, data: bytes | bytearray, /) -> int: ...
    def getsockopt(self, level: int, option: int, /) -> int: ...
    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...
    def shutdown(self, how: int, /) -> None: ...
    def close(self) -> None: ...


class Connection(Client):
    """One TCP connection: raw, non-blocking, without a task, a timer or a stream object of its own.

    Another door's connection is a subclass that frames otherwise: it has a wire of its own, and overrides `write`,
    `framed` and `frame_size`.
    """

    MOST = len(_received)
    """Bytes read in a turn of the loop."""

    __slots__ = (
        "begun",
        "door",
        "opened_at",
        "owed",
        "owed_since",
        "paused",
        "silent",
        "skip",
        "sock",
        "watched",
        "wire",
    )

    def __init__(self, door: Door, sock: Endpoint, address: str, wire: Wire) -> None:
        super().__init__(address)
        self.door = door
        self.sock = sock
        self.wire = wire
        self.owed: bytearray | None = None  # what the kernel did not take
        self.skip = 0  # bytes at the front of `owed` that finish a frame already begun
        self.owed_since = 0.0
        self.begun = 0.0  # when the frame that is half read was begun, else 0
        self.silent = 0.0  # since when the other side sends no more and waits for its answers, else 0
        self.opened_at = time.monotonic()
        self.watched = NONE  # when the service's heap calls `due` next
        self.paused = False

    # --- reading ------------------------------------------------------------------------------------------------

    def readable(self) -> None:
        """Bytes are there."""
        try:
            count = self.sock.recv_into(_received, self.MOST)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.drop()
            return
        if not count:
            self.sent_all()
        elif not self.ending:
            self.wire.receive_data(_view[:count])
            self.pump()

    def pump(self) -> None:
        """Hands over the messages that are there, until its turn is over or the service wants no more for now."""
        wire, service = self.wire, self.door.service
        for _ in range(A_TURN):
            if self.ending:
                return
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
                self.lost(event)
                return
            if not service.receive(self, event):
                self.pause()
                return
            if wire.empty:
                return
        self.pause()
        self.door.loop.call_soon(self.ready)

    def pause(self) -> None:
        """Reads no more until `ready`."""
        self.paused = True
        self.door.loop.remove_reader(self.sock)

    def sent_all(self) -> None:
        """The other side sends no more, and may still read: what it sent before is answered first."""
        if self.ending or self.door.service.idle(self):
            self.answered()
        else:
            self.pause()
            self.silent = time.monotonic()
            self.watch(self.silent + LAST_WORDS)

    def answered(self) -> None:
        """Nothing is left to be served: it goes with its answers."""
        if self.closed or (self.active and not self.ending):  # who was told `bye` waits for nothing
            return
        self.door.service.outbox.flush()
        if self.owed is None:
            self.drop()
        else:
            self.ending = True
            self.pause()  # at its end a socket has always something to read

    def lost(self, fatal: Fatal) -> None:
        """What came cannot be followed any more."""
        if self.seat is None and (known := strangers.answer(fatal.head, self.door.advice)) is not None:
            protocol, words = known
            self.door.met(self.address, protocol)
            self.ending = True
            self.write(words)
            self.end()
        else:
            self.door.service.outbox.bye(self, fatal.reason, fatal.text)

    def ready(self) -> None:
        # who is owed something is read no further: `writable` comes back to it
        if self.silent:
            self.door.loop.call_soon(self.answered)  # a flush of its own, and never in the middle of another
        elif self.paused and self.owed is None and not self.closed:
            self.paused = False
            self.door.loop.add_reader(self.sock.fileno(), self.readable)
            self.door.loop.call_soon(self.pump)

    def welcomed(self) -> None:
        self.wire.opened()

    # --- writing ------------------------------------------------------------------------------------------------

    def framed(self, frames: bytes) -> bytes:
        """The wire's frames as those of this door."""
        return frames

    def frame_size(self, data: bytes | bytearray, at: int) -> int:
        """Bytes of the frame of this door that begins at `at`."""
        return HEADER + int.from_bytes(data[at : at + HEADER], "big")

    def write(self, frames: bytes) -> None:
        """Sends whole frames, or keeps what the kernel does not take."""
        if self.owed is not None:
            self.owed += frames
            if len(self.owed) > self.door.limits.backlog:
                self.too_slow()
            return
        try:
            sent = self.sock.send(frames)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.drop()
            return
        if sent < len(frames):
            self.owe(frames, sent)
            self.door.loop.add_writer(self.sock, self.writable)

    def owe(self, data: bytes, sent: int = 0) -> None:
        """Keeps what is not sent yet of `data`, as long as a reader may take."""
        self.owed = bytearray(data[sent:])
        self.skip = self.begun_rest(data, sent)
        self.owed_since = time.monotonic()
        self.watch(self.owed_since + (LINGER if self.ending else self.door.limits.backlog_time))

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
        self.skip = self.skip - sent if sent <= self.skip else self.begun_rest(self.owed[self.skip :], sent - self.skip)
        del self.owed[:sent]
        self.owed_since = time.monotonic()
        if not self.owed:
            self.owed = None
            self.door.loop.remove_writer(self.sock)
            if self.ending:
                self.end()
            else:
                self.ready()

    def committed(self) -> int:
        """Bytes at the front of what is owed that can no longer be dropped for something else."""
        return self.skip

    def begun_rest(self, data: bytes | bytearray, sent: int) -> int:
        """Bytes behind `sent` that finish the frame in which `sent` falls; `data` begins with a frame."""
        at = 0
        while at < sent:
            at += self.frame_size(data, at)
        return at - sent

    def too_slow(self, limit: str = "backlog") -> None:
        """It does not read: it is told so, if the kernel takes that, and goes at once; nobody waits for it."""
        why = f"you did not read what you were sent (limit {limit})"
        self.log("bye", reason="slow", why=why)
        if self.owed is not None:
            bye = self.framed(encode(Bye("slow", why)))
            last = bytes(self.owed[: self.committed()]) + bye
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
        """The nearest deadline is in the heap; when it comes, it is asked which of them still stand."""
        if due < self.watched:
            self.watched = due
            self.door.service.at(due, self.due)

    def due(self) -> None:
        now, limits = time.monotonic(), self.door.limits
        if self.closed or now < self.watched:
            return  # another call is in the heap, for the time that counts
        self.watched = NONE
        waits: list[tuple[float, Callable[[], None]]] = []
        if self.ending:
            waits.append((self.owed_since + LINGER, self.drop))
        if self.seat is None:
            waits.append((self.opened_at + limits.hello, partial(self.timeout, "no hello came in time (limit hello)")))
        if self.silent:
            waits.append((self.silent + LAST_WORDS, self.drop))
        if self.begun:
            late = "a begun frame was not finished in time (limit frame_time)"
            waits.append((self.begun + limits.frame_time, partial(self.timeout, late)))
        if self.owed is not None:
            waits.append((self.owed_since + limits.backlog_time, partial(self.too_slow, "backlog_time")))
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
            self.door.loop.add_reader(self.sock.fileno(), self.readable)
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


class Door(Listener):
    """One port of the server and the connections that came through it.

    `advice` tells a client of another protocol, in a line of ASCII, how one gets to the game.
    """

    def __init__(self, service: Service, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(service, admission, loop)
        self.connections: set[Connection] = set()
        self.full = encode(Bye("full", "this server has no place for another connection"))  # for who comes last of all
        self.advice = "Join by: hangman-net join HOST:PORT"
        self._met: set[str] = set()

    def take(self, sock: socket.socket, address: str) -> None:
        if self.admission.swamped:
            with suppress(OSError):
                sock.send(self.full)
            sock.close()
            return
        connection = self.connection(sock, address)
        self.connections.add(connection)
        connection.number = self.admission.came(address)
        connection.log("connected")
        # by its number: asyncio would write out the socket's address, twice, to say that it does not know it yet
        self.loop.add_reader(connection.sock.fileno(), connection.readable)
        self.greet(connection)

    def connection(self, sock: socket.socket, address: str) -> Connection:
        """What this door makes of a socket."""
        return Connection(self, sock, address, ServerWire(self.limits))

    def greet(self, connection: Connection) -> None:
        """A new connection may stay for as long as a hello takes, or is told why not."""
        if (refusal := self.admission.refusal(connection.address)) is not None:
            self.service.outbox.bye(connection, *refusal)
        else:
            connection.watch(connection.opened_at + self.limits.hello)

    def met(self, address: str, protocol: str) -> None:
        """A client of another protocol came: the first of each is worth a line in the log."""
        if protocol not in self._met:
            self._met.add(protocol)
            log.info("somebody speaks %s to the game's own port", protocol, extra={"address": address})

    def gone(self, connection: Connection) -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        self.admission.went(connection.address)
        connection.log("closed")
        self.service.closed(connection)

    async def close(self, *, within: float = 3.0) -> None:
        self.close_listeners()
        for connection in list(self.connections):
            self.service.outbox.bye(connection, "stopping", "the server stops")
        self.service.outbox.flush()
        until = time.monotonic() + within
        while self.connections and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.drop()
