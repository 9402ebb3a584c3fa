"""A WebSocket as a stream of frames: each text message with its length in front, and back.

It knows WebSocket; it must not know what a message says. Imported only by who joins that way.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from hangman_net.wire.framing import HEADER, frame

MOST: Final = 65_536
"""Bytes of a server's message (contract section 2)."""

READ: Final = 65_536
"""Bytes at once."""

UNREADABLE: Final = b"\xff\xff\xff\xff"
"""In place of what is no WebSocket: a length that no link takes, so that it leaves rather than tries again."""

_log = logging.getLogger("hangman_net.websocket")
_log.setLevel(logging.ERROR)


class WebSocket:
    """The frames of a link over the messages of a WebSocket."""

    def __init__(self, protocol: ClientProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._protocol = protocol
        self._reader = reader
        self._writer = writer
        self._parts: list[bytes] = []  # of a message that comes in several frames

    async def read(self) -> bytes:
        """Messages that came, as frames; nothing once the server has closed."""
        while True:
            if frames := self._received():
                return frames
            if self._protocol.parser_exc is not None:
                return UNREADABLE
            if self._protocol.state is not State.OPEN or not (data := await self._reader.read(READ)):
                return b""
            self._protocol.receive_data(data)

    def write(self, frames: bytes) -> None:
        """Send each frame as a text message; into a connection that is closing nothing is sent."""
        at = 0
        while at < len(frames) and self._protocol.state is State.OPEN:
            begin = at + HEADER
            at = begin + int.from_bytes(frames[at:begin], "big")
            self._protocol.send_text(frames[begin:at])
        self._flush()

    def abort(self) -> None:
        """Close at once."""
        self._writer.transport.abort()

    def _received(self) -> bytes:
        frames = b""
        for event in self._protocol.events_received():
            if not isinstance(event, Frame) or event.opcode not in (Opcode.TEXT, Opcode.CONT):
                continue
            self._parts.append(bytes(event.data))
            if event.fin:
                frames += frame(b"".join(self._parts))
                self._parts.clear()
        self._flush()
        return frames

    def _flush(self) -> None:
        self._writer.write(b"".join(self._protocol.data_to_send()))


async def shake_hands(url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> WebSocket:
    """Open a WebSocket on a connection. Raises `OSError` where the other end does not want one."""
    protocol = ClientProtocol(parse_uri(url), max_size=MOST, logger=_log)
    protocol.send_request(protocol.connect())
    opened = WebSocket(protocol, reader, writer)
    opened._flush()
    while protocol.state is State.CONNECTING and protocol.handshake_exc is None:
        if not (data := await reader.read(READ)):
            raise OSError("it closed the connection")
        protocol.receive_data(data)
    if isinstance(protocol.handshake_exc, InvalidStatus):
        raise OSError(f"no WebSocket there, it answers HTTP {protocol.handshake_exc.response.status_code}")
    if protocol.handshake_exc is not None:
        raise OSError("no WebSocket there") from protocol.handshake_exc
    return opened
