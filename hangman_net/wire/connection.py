"""The two ends of a connection without its socket: bytes in, messages and refusals out.

It knows which end may say what and how much; it must not know sockets, clocks, sessions or rooms.
"""

from __future__ import annotations

from hangman_net.limits import Limits
from hangman_net.messages import ClientMessage, ServerMessage
from hangman_net.wire.codec import Refused, Unknown, decode_client, decode_server
from hangman_net.wire.framing import Fatal, Framer, NeedData


class ServerWire:
    """The server's end: it reads what a client says.

    Give it bytes by `receive_data`, then take events by `next_event` until that gives `NEED_DATA` or `Fatal`.
    Events may be left in it while the reader is held back; what waits is no more than was received.
    """

    __slots__ = ("_framer", "_limit")

    def __init__(self, limits: Limits) -> None:
        self._framer = Framer(limits.frame_hello)
        self._limit = limits.frame

    @property
    def mid_frame(self) -> bool:
        """Whether, as of the last `NEED_DATA`, a frame is begun and not finished."""
        return self._framer.mid_frame

    def opened(self) -> None:
        """The client was welcomed: from the next frame on the larger limit counts."""
        self._framer.limit = self._limit

    def receive_data(self, data: bytes | memoryview) -> None:
        """Take what came from the client; a view is copied, so its buffer may be used again at once."""
        self._framer.receive_data(data)

    def next_event(self) -> ClientMessage | Refused | Fatal | NeedData:
        """The next message, a payload's refusal, or `NEED_DATA`; after `Fatal` it is `Fatal` for ever."""
        payload = self._framer.next_payload()
        return decode_client(payload) if isinstance(payload, bytes) else payload


class ClientWire:
    """A client's end: it reads what a server says and skips the messages of newer versions."""

    __slots__ = ("_framer",)

    def __init__(self, limits: Limits) -> None:
        self._framer = Framer(limits.frame_out)

    @property
    def mid_frame(self) -> bool:
        """Whether, as of the last `NEED_DATA`, a frame is begun and not finished."""
        return self._framer.mid_frame

    def receive_data(self, data: bytes | memoryview) -> None:
        """Take what came from the server; a view is copied, so its buffer may be used again at once."""
        self._framer.receive_data(data)

    def next_event(self) -> ServerMessage | Refused | Fatal | NeedData:
        """The next message, a payload's refusal, or `NEED_DATA`; after `Fatal` it is `Fatal` for ever."""
        while isinstance(payload := self._framer.next_payload(), bytes):
            message = decode_server(payload)
            if not isinstance(message, Unknown):
                return message
        return payload
