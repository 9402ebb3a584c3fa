"""The server's end of a WebSocket without its socket: bytes in, messages and refusals out, and back.

It knows one request, frames and their limits; it must not know sockets, pages, sessions or rooms.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

from websockets.exceptions import PayloadTooBig
from websockets.frames import CTRL_OPCODES, Close, Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from hangman_net.limits import NONE, Limits
from hangman_net.messages import ClientMessage
from hangman_net.wire.codec import Refused, decode_client
from hangman_net.wire.framing import HEADER, NEED_DATA, Fatal, NeedData

FAREWELL: Final = Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=False)
"""Closes from this end; why, the `bye` before it has said."""

_FIN_TEXT: Final = 0x80 | Opcode.TEXT
_SOME: Final = 16
"""Frames that end no message and may come at once however small they are: a ping now and then, a long one's pieces."""

_PIECE: Final = 64
"""Bytes of such a frame where there are more of them, on average: each costs as much as a line, and is none."""

_SWITCHING: Final = 101  # the status of a handshake that succeeded

_log = logging.getLogger("hangman_net.web")
_log.setLevel(logging.ERROR)  # the protocol would tell of each connection that comes and goes


class WebWire:
    """In the place of `ServerWire`: first an HTTP request, then, once that is accepted, messages.

    `request` is there as soon as it is whole; `broken` says that what came is no request. `left` says that the client
    has closed from its end, and nothing of what it said is left.
    """

    __slots__ = ("_fatal", "_frames", "_limit", "_limit_open", "_parts", "_protocol", "_size", "_unparsed", "request")

    def __init__(self, limits: Limits) -> None:
        most = None if limits.frame == NONE else int(limits.frame)
        self.request: Request | None = None
        self._protocol = ServerProtocol(max_size=most, logger=_log)
        self._limit, self._limit_open = limits.frame_hello, limits.frame
        self._frames: deque[Frame] = deque()
        self._parts: list[bytes] = []  # of a message that comes in several frames
        self._size = 0  # bytes in them
        self._unparsed = 0  # bytes received that are no whole frame yet
        self._fatal: Fatal | None = None

    @property
    def broken(self) -> bool:
        """What came is no HTTP request that this door reads."""
        return self.request is None and self._protocol.handshake_exc is not None

    @property
    def left(self) -> bool:
        """The client has said that it closes, and all that it said before was taken."""
        return self._protocol.close_rcvd is not None and not self._frames

    @property
    def empty(self) -> bool:
        """Whether nothing is left to take, and nothing half received."""
        return not self._frames and not self.mid_frame and self._fatal is None

    @property
    def mid_frame(self) -> bool:
        """Whether a frame, or a message of several, is begun and not finished."""
        return self._unparsed > 0 or bool(self._parts)

    def opened(self) -> None:
        """The client was welcomed: the larger limit counts."""
        self._limit = self._limit_open

    def accept(self) -> tuple[bool, bytes]:
        """Whether the request opens a WebSocket, and the response to it."""
        assert self.request is not None
        response = self._protocol.accept(self.request)
        self._protocol.send_response(response)
        return response.status_code == _SWITCHING, b"".join(self._protocol.data_to_send())

    def receive_data(self, data: bytes | memoryview) -> None:
        """Take what came from the client; a view is copied, so its buffer may be used again at once."""
        self._unparsed += len(data)
        self._protocol.receive_data(bytes(data))
        idle = 0
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self.request, self._unparsed = event, 0
            elif isinstance(event, Frame):
                self._unparsed = max(0, self._unparsed - _size_sent(len(event.data)))
                self._frames.append(event)
                idle += event.opcode in CTRL_OPCODES or not event.fin
        if idle > _SOME + len(data) // _PIECE:
            self._fatal = Fatal("protocol", "Too many pings, or pieces of messages, came at once.")
        if (error := self._protocol.parser_exc) is not None:
            self._protocol.data_to_send()  # its own close frame: the `bye` comes first
            if isinstance(error, PayloadTooBig):
                self._fatal = Fatal("too_big", f"A message is above the limit of {self._limit_open:,} bytes.")
            else:
                self._fatal = Fatal("protocol", "What came is not WebSocket.")

    def next_event(self) -> ClientMessage | Refused | Fatal | NeedData:
        """The next message, a payload's refusal, or `NEED_DATA`; after `Fatal` nothing more is to be taken."""
        while self._frames:
            frame = self._frames.popleft()
            if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                continue
            if frame.opcode is Opcode.BINARY:
                return Fatal("protocol", "A message is text, not binary.")
            self._parts.append(bytes(frame.data))
            self._size += len(frame.data)
            if self._size > self._limit:
                return Fatal("too_big", f"A message of {self._size:,} bytes is above the limit of {self._limit:,}.")
            if frame.fin:
                payload = b"".join(self._parts)
                self._parts.clear()
                self._size = 0
                return decode_client(payload) if payload else Fatal("protocol", "An empty text holds no message.")
        return self._fatal or NEED_DATA

    def replies(self) -> bytes:
        """What the protocol itself answers: a pong to each ping, a close to a close."""
        return b"".join(self._protocol.data_to_send())


def texts(frames: bytes) -> bytes:
    """The wire's frames as WebSocket text messages, one each."""
    out: list[bytes] = []
    at = 0
    while at < len(frames):
        begin = at + HEADER
        size = int.from_bytes(frames[at:begin], "big")
        at = begin + size
        if size < 126:
            out.append(bytes((_FIN_TEXT, size)))
        elif size < 65_536:
            out.append(bytes((_FIN_TEXT, 126)) + size.to_bytes(2, "big"))
        else:
            out.append(bytes((_FIN_TEXT, 127)) + size.to_bytes(8, "big"))
        out.append(frames[begin:at])
    return b"".join(out)


def size_at(data: bytes | bytearray, at: int) -> int:
    """Bytes of the unmasked WebSocket frame that begins at `at`."""
    size = data[at + 1] if at + 1 < len(data) else 0
    if size < 126:
        return 2 + size
    more = 2 if size == 126 else 8
    return 2 + more + int.from_bytes(data[at + 2 : at + 2 + more], "big")


def _size_sent(payload: int) -> int:
    """Bytes of a client's frame with so much payload: a header of the least size (RFC 6455, section 5.2) and a mask."""
    return payload + (6 if payload < 126 else 8 if payload < 65_536 else 14)
