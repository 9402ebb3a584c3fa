"""What happens to a client's connection, beside the messages that come over it.

It knows the events that a link tells a face; it must not know sockets or how an event is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hangman_net.messages import ServerMessage


@dataclass(frozen=True, slots=True)
class Connecting:
    """The link reaches out to the server for the `attempt`-th time since it was last connected."""

    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone for the reason said; the link tries again in `retry_in` seconds."""

    reason: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The link has ended for good; `code` is the exit code and `reason` the one line for standard error, if any."""

    reason: str | None = None
    code: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """The client itself has something to say to the person."""

    text: str


Event: TypeAlias = ServerMessage | Connecting | Lost | Closed | Remark
