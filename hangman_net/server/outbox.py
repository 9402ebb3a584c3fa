"""What leaves: everything said in a turn of the loop goes to each connection in one write.

It knows order and who is told what; it must not know sockets, rooms' records or what a message means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from hangman_net.chat.world import Room, Session
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Bye, ByeReason, Message, Notice
from hangman_net.wire.codec import encode
from hangman_net.wire.framing import HEADER

log = logging.getLogger("hangman_net")

LEFT_OUT = encode(Notice("Something was left out here: it could not be sent."))

FEW = 3
"""Readers up to which a batch costs more than it saves."""


class Mailbox(Session):
    """A session with an outgoing tray. Doors make their connections subclasses of it."""

    __slots__ = ("closed", "ending", "out", "reached")

    def __init__(self, address: str = "") -> None:
        super().__init__(address)
        self.out: list[bytes] | None = None  # of this turn; None when there is nothing
        self.reached = 0  # messages of its room's open batch that are in the tray already
        self.closed = False
        self.ending = False

    def write(self, frames: bytes) -> None:
        """Sends the frames of a turn; never waits."""
        raise RuntimeError("a door says how it writes")

    def end(self) -> None:
        """Closes the connection once what is owed has been sent."""
        raise RuntimeError("a door says how it closes")


class Batch:
    """What a room was told in this turn: in nobody's tray yet, and joined once for all who are told nothing else."""

    __slots__ = ("_put", "parts", "room")

    def __init__(self, room: Room, put: Callable[[Mailbox, bytes], None]) -> None:
        self.room = room
        self.parts: list[bytes] = []
        self._put = put

    def reach(self, session: Mailbox) -> None:
        """All of it until now goes into the tray of one who hears the room: something else comes behind it."""
        if session.reached < len(self.parts) and session in self.room.sessions:
            for part in self.parts[session.reached :]:
                self._put(session, part)
            session.reached = len(self.parts)

    def settle(self) -> None:
        """Who hears the room is about to change: those who did until now get what was said until now."""
        self.room.batch = None
        for session in cast("dict[Mailbox, None]", self.room.sessions):
            self.reach(session)
            session.reached = 0


class Outbox:
    """The sink of a hub: collects, encodes once, and flushes at the end of the turn.

    Args:
        soon: calls a function at the end of this turn of the loop.
        most: what a client takes, in bytes a message.
        unread: whether others are known to have said something that is not read yet.
    """

    def __init__(
        self,
        soon: Callable[[Callable[[], None]], object],
        most: float = DEFAULTS.frame_out,
        unread: Callable[[], bool] = lambda: False,
    ) -> None:
        self._soon = soon
        self._most = most + HEADER
        self._unread = unread
        self._called = False  # `_over` comes at the end of this turn
        self._waited = False  # it came, and left the others another turn
        self._dirty: list[Mailbox] = []
        self._batches: list[Batch] = []
        self._last: tuple[Message | None, bytes] = (None, b"")

    def to(self, session: Session, message: Message) -> None:
        """Tells one connection, behind all that its room was told until now."""
        last, data = self._last
        if message is not last:
            data = self._frame(message)
            self._last = (message, data)
        seat = session.seat
        if seat is not None and seat.room.batch is not None:
            seat.room.batch.reach(session)
        self._put(session, data)

    def to_room(self, room: Room, message: Message) -> None:
        """Tells everybody in a room: encoded once, and in O(1) however many hear it."""
        data = self._frame(message)
        batch = room.batch
        if batch is None:
            if len(room.sessions) <= FEW:
                for session in room.sessions:
                    self._put(session, data)
                return
            room.batch = batch = Batch(room, self._put)
            self._batches.append(batch)
            self._call()
        batch.parts.append(data)

    def bye(self, session: Session, reason: ByeReason, text: str | None = None) -> None:
        """The last thing a connection is told."""
        mailbox: Any = session
        if not mailbox.ending:
            self.to(session, Bye(reason, text))
            mailbox.ending = True
            session.log("bye", reason=reason, why=text)

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

    def _put(self, session: Any, part: bytes) -> None:
        """Into the tray of a session, which is a `Mailbox` as all that hear anything are."""
        if session.closed or session.ending:
            return
        if session.out is None:
            session.out = [part]
            self._dirty.append(session)
            self._call()
        else:
            session.out.append(part)

    def _call(self) -> None:
        if not self._called:
            self._called = True
            self._soon(self._over)

    def _over(self) -> None:
        """The turn is over. A room waits until those are read who spoke meanwhile: the same writes tell of them."""
        if self._batches and (not self._waited or self._unread()):
            self._waited = True
            self._soon(self._over)
        else:
            self.flush()

    def flush(self) -> None:
        """One write for each connection that was told anything."""
        self._called = self._waited = False
        batches, self._batches = self._batches, []
        dirty, self._dirty = self._dirty, []
        # All is shared out before the first write: who cannot be written to goes, and what is said of that comes
        # behind. `alike` is what those hear who are told nothing else.
        alike: list[tuple[bytes, list[Mailbox]]] = []
        for batch in batches:
            room = batch.room
            if room.batch is not batch:
                continue  # it was settled
            room.batch = None
            others: list[Mailbox] = []
            for session in cast("dict[Mailbox, None]", room.sessions):
                if session.ending:
                    continue
                if session.out is None and not session.reached:
                    others.append(session)
                    continue
                for part in batch.parts[session.reached :]:
                    self._put(session, part)
                session.reached = 0
            alike.append((b"".join(batch.parts), others))
        for data, others in alike:
            for session in others:
                if not session.closed:
                    session.write(data)
        for session in dirty:
            out, session.out = session.out, None
            if session.closed or out is None:
                continue
            session.write(b"".join(out))
            if session.ending:
                session.end()
