"""The two ends of a connection without its socket: bytes in, messages and refusals out.

It knows which end may say what and how much; it must not know sockets, clocks, sessions or rooms.
"""

from __future__ import annotations

from hangman_net.limits import Limits
from hangman_net.messages import ClientMessage, ServerMessage
from hangman_net.wire.codec import Refused, Unknown, decode_client, decode_server
from hangman_net.wire.framing import Fatal, Framer, NeedData


class ServerWire(Framer):
    """The server's end: it reads what a client says.

    Give it bytes by `receive_data`, then take events by `next_event` until that gives `NEED_DATA` or `Fatal`.
    Events may be left in it while the reader is held back; what waits is no more than was received.
    """

    __slots__ = ("_opened_limit",)

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits.frame_hello)
        self._opened_limit = limits.frame

    def opened(self) -> None:
        """The client was welcomed: from the next frame on the larger limit counts."""
        self.limit = self._opened_limit

    def next_event(self) -> ClientMessage | Refused | Fatal | NeedData:
        """The next message, a payload's refusal, or `NEED_DATA`; after `Fatal` it is `Fatal` for ever."""
        payload = self.next_payload()
        return decode_client(payload) if isinstance(payload, bytes) else payload


class ClientWire(Framer):
    """A client's end: it reads what a server says and skips the messages of newer versions."""

    __slots__ = ()

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits.frame_out)

    def next_event(self) -> ServerMessage | Refused | Fatal | NeedData:
        """The next message, a payload's refusal, or `NEED_DATA`; after `Fatal` it is `Fatal` for ever."""
        while isinstance(payload := self.next_payload(), bytes):
            message = decode_server(payload)
            if not isinstance(message, Unknown):
                return message
        return payload
