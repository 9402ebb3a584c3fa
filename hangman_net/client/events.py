"""What happens to a client's connection, beside the messages that come over it.

It knows the events that a link tells a face; it must not know sockets or how an event is shown.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from msgspec import Struct

from hangman_net.messages import ServerMessage


class Connecting(Struct, frozen=True):
    """The link reaches out to the server for the `attempt`-th time since it was last connected."""

    attempt: int = 1


class Lost(Struct, frozen=True):
    """The connection is gone for the reason said; the link tries again in `retry_in` seconds."""

    reason: str
    retry_in: float


class Closed(Struct, frozen=True):
    """The link has ended for good; `code` is the exit code and `reason` the one line for standard error, if any."""

    reason: str | None = None
    code: int = 0


class Remark(Struct, frozen=True):
    """The client itself has something to say to the person."""

    text: str


Event: TypeAlias = ServerMessage | Connecting | Lost | Closed | Remark


class Link(Protocol):
    """What a face needs of a connection to one seat; `client/link.py` has the real one, tests have a made-up one."""

    @property
    def owed(self) -> int:
        """How many lines were sent and have no ack yet."""

    async def run(self) -> Closed:
        """Connect and stay until it is over; every event, `Closed` as the last, is told on the way."""

    def send(self, text: str) -> object:
        """Send a line, now or as soon as there is a connection. Raises `ValueError` for what cannot be sent."""

    def complete(self, text: str) -> int | None:
        """Ask the server what could stand in place of the last word; the answer's id, or None while offline."""

    def leave(self) -> None:
        """Give the seat up as by `/q`; at once where nothing answers."""
