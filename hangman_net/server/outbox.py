"""What leaves: everything said in a turn of the loop goes to each connection in one write at its end.

It knows order and who is told what; it must not know sockets, rooms' records or what a message means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from hangman_net.chat.world import Room, Session
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Bye, ByeReason, Message, Notice
from hangman_net.wire.codec import encode
from hangman_net.wire.framing import HEADER

log = logging.getLogger("hangman_net")

LEFT_OUT = encode(Notice("Something was left out here: it could not be sent."))

FEW = 3
"""Readers up to which a batch costs more than it saves."""


class Batch:
    """A room's messages of one turn, shared by all who hear them and joined once."""

    __slots__ = ("data", "parts")

    def __init__(self, part: bytes) -> None:
        self.parts = [part]
        self.data = b""  # all of them as one piece, when the turn is over


class Mailbox(Session):
    """A session with an outgoing tray. Doors make their connections subclasses of it."""

    __slots__ = ("closed", "ending", "out")

    def __init__(self, address: str = "") -> None:
        super().__init__(address)
        self.out: bytes | Batch | list[bytes | Batch] = b""  # of this turn; a list where there are several
        self.closed = False
        self.ending = False

    def write(self, frames: bytes) -> None:
        """Sends the frames of a turn; never waits."""
        raise RuntimeError("a door says how it writes")

    def end(self) -> None:
        """Closes the connection once what is owed has been sent."""
        raise RuntimeError("a door says how it closes")


class Outbox:
    """The sink of a hub: collects, encodes once, and flushes at the end of the turn.

    `soon` calls a function at the end of this turn of the loop; `most` is what a client takes, in bytes a message.
    """

    def __init__(self, soon: Callable[[Callable[[], None]], object], most: float = DEFAULTS.frame_out) -> None:
        self._soon = soon
        self._most = most + HEADER
        self._dirty: list[Mailbox] = []
        self._batched: list[tuple[Room, Batch]] = []
        self._last: tuple[Message | None, bytes] = (None, b"")

    def to(self, session: Session, message: Message) -> None:
        """Tells one connection; what its room is told later in this turn comes behind."""
        last, data = self._last
        if message is not last:
            data = self._frame(message)
            self._last = (message, data)
        if session.seat is not None:
            session.seat.room.batch = None
        self._put(session, data)

    def to_room(self, room: Room, message: Message) -> None:
        """Tells everybody in a room: encoded once, and from the second message of a turn on O(1)."""
        data = self._frame(message)
        if room.batch is not None:
            room.batch.parts.append(data)
        elif len(room.sessions) <= FEW:
            for session in room.sessions:
                self._put(session, data)
        else:
            room.batch = batch = Batch(data)
            self._batched.append((room, batch))
            for session in room.sessions:
                self._put(session, batch)

    def bye(self, session: Session, reason: ByeReason, text: str | None = None) -> None:
        """The last thing a connection is told."""
        mailbox: Any = session
        if not mailbox.ending:
            self.to(session, Bye(reason, text))
            mailbox.ending = True
            log.info("bye", extra=session.facts(reason=reason, why=text))

    def _frame(self, message: Message) -> bytes:
        """The message as bytes. A plugin may have said what cannot be sent: that is left out, and nobody is lost."""
        try:
            data = encode(message)
        except Exception:
            log.exception("a message cannot be encoded and was left out: %s", message.type)
            return LEFT_OUT
        if len(data) > self._most:
            log.error("a message of %d bytes is above frame_out and was left out: %s", len(data), message.type)
            return LEFT_OUT
        return data

    def _put(self, session: Any, part: bytes | Batch) -> None:
        """Into the tray of a session, which is a `Mailbox` as all that hear anything are."""
        if session.closed or session.ending:
            return
        out = session.out
        if not out:
            session.out = part
            if not self._dirty:
                self._soon(self.flush)
            self._dirty.append(session)
        elif isinstance(out, list):
            out.append(part)
        else:
            session.out = [out, part]

    def flush(self) -> None:
        """The turn is over: one write for each connection that was told anything."""
        for room, batch in self._batched:
            room.batch = None
            batch.data = b"".join(batch.parts)
        self._batched.clear()
        dirty, self._dirty = self._dirty, []
        for session in dirty:
            out, session.out = session.out, b""
            if session.closed:
                continue
            if isinstance(out, Batch):
                out = out.data
            elif isinstance(out, list):
                out = b"".join([part.data if isinstance(part, Batch) else part for part in out])
            session.write(out)
            if session.ending:
                session.end()
