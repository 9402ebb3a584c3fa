"""The gate: who may come in, and what a `hello` comes to: a new seat, one held, or a refusal.

It knows tokens, names and bans; it must not know how a connection speaks or what is played inside.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hangman_net.chat.crew import Crew
from hangman_net.chat.errors import Forbidden, Refusal
from hangman_net.chat.moves import Moves
from hangman_net.chat.records import SeatRecord
from hangman_net.chat.step import Sink, Step
from hangman_net.chat.world import LOBBY, Seat, Session, World
from hangman_net.messages import VERSION, Error, Hello, MemberChange, Role, Welcome

LONGEST_TOKEN = 200
"""Characters of a token that are looked at: ours have 32."""

GUESSES = frozenset({"name_invalid", "name_taken", "forbidden"})
"""Refusals that somebody who tries names, tokens or passwords would meet."""


def seat_id(token: str) -> str:
    """A seat's lasting id: the hash of its token, so that what is kept opens nothing."""
    from hashlib import sha256  # needed when the first person comes in, not before

    return sha256(token.encode()).hexdigest()[:32]


class Gate:
    """Lets people in.

    Args:
        token: 128 random bits as text, new at each call.
        host_token: who says hello with it is host.
        host_seated: whether the host plays from the start.
        password: what everybody else's `hello` must bring, if anything.
        guessed: told the address of each name or token that was not to be had; says whether those were too many.
        version: product and version, for `welcome`.
    """

    def __init__(
        self,
        world: World,
        moves: Moves,
        crew: Crew,
        *,
        sink: Sink,
        token: Callable[[], str],
        host_token: str | None,
        host_seated: bool,
        password: str | None,
        guessed: Callable[[str], bool],
        version: str,
    ) -> None:
        self.world = world
        self.moves = moves
        self.crew = crew
        self.sink = sink
        self.token = token
        self.host_token = host_token
        self.host_seated = host_seated
        self.password = password
        self.guessed = guessed
        self.version = version
        self._guests = 1

    def hello(self, step: Step, session: Session, hello: Hello, identity: str | None) -> None:
        """What a `hello` comes to. `identity` is a token that a door vouches for. Raises `Refusal`, or `Busy`."""
        if session.seat is not None:
            raise Refusal("You have said hello already.", "bad_message")
        if hello.version != VERSION:
            raise Refusal(f"This server speaks version {VERSION}, not {hello.version}.", "bad_version")
        token = identity or hello.token
        host = self.host_token is not None and token is not None and _same(token, self.host_token)
        known = seat_id(token) if token and len(token) <= LONGEST_TOKEN else None
        if known is not None:
            self.world.free("seat:" + known)
        if not host:
            if self.password is not None and not _same(hello.password or "", self.password):
                raise Forbidden("This server wants a password.")
            if self.moves.bans.banned(name=hello.name, seat=known, address=session.address):
                raise Forbidden("You are banned from this server.")
        seat = self.world.seats.get(known) if known is not None else None
        lasting = host or identity is not None
        if seat is not None and not lasting and not seat.record.held and self.moves.expired(seat.record):
            seat = None  # it is forgotten at the next restart
        if seat is not None and token is not None and seat.record.held and seat.record.puppet is None:
            self._resume(step, session, seat, token, host)
        else:
            mine = lasting or seat is not None
            if token and not mine:

                def guessed() -> None:
                    self.guessed(session.address)  # one too many keeps out those who come next, not this one

                step.act(guessed)
            self._sit(step, session, hello, seat, token if mine and token else self.token(), host)

    def refused(self, step: Step, session: Session, refusal: Refusal) -> None:
        """The hello is answered with an error; it may be said again, but names and tokens are not to be guessed."""
        step.clear()
        step.ok = False
        step.to(session, Error(refusal.code, refusal.text))
        session.log("refused", reason=refusal.code, why=refusal.text)
        session.tries += 1
        if refusal.code in GUESSES and self.guessed(session.address):
            step.bye(session, "limit", "too many bad names or tokens; wait some minutes (limit bad_names)")
        elif session.tries > self.world.limits.hello_tries:
            step.bye(session, "protocol", "too many refused hellos (limit hello_tries)")

    def _resume(self, step: Step, session: Session, seat: Seat, token: str, host: bool) -> None:
        """The same seat again: its name and room count."""
        room = seat.room
        step.touch(room)
        step.room = room
        if seat.record.used != (day := self.moves.day()):  # a token that is used is kept for another 30 days
            step.replace_seat(seat, msgspec.structs.replace(seat.record, used=day))
        old = seat.session
        if old is not None:
            step.bye(old, "replaced", "this seat was taken by another connection of yours")
        else:
            role: Role = "host" if host else seat.role
            step.to_room(room, MemberChange(room.name, seat.name, role, seat.seated, True, seat.score, False, None))

        def back() -> None:
            if old is not None:
                room.unhear(old)
                old.seat = None
            session.seat, seat.session, seat.away = seat, session, None
            seat.host = host
            session.rank = seat.rank
            room.hear(session)
            self.sink.to(session, self._welcome(seat, token, resumed=True))
            session.log("came back")

        step.act(back)
        self.moves.shown(step, seat, room)
        self.crew.hook("on_back", step, seat, room)
        self.moves.inherit(step, room, seat)

    def _sit(self, step: Step, session: Session, hello: Hello, old: Seat | None, token: str, host: bool) -> None:
        """A new seat, or one that was given up by somebody whose token is known."""
        new_id = seat_id(token)
        step.claim("seat:" + new_id)
        wanted = hello.name if hello.name is not None else old.name if old is not None else None
        if wanted is None:
            name, self._guests = self.moves.guest(step, self._guests)
        else:
            name = self.moves.name(step, wanted, host=host)
        room, _ = self.moves.room(step, hello.room or LOBBY, new_id)
        step.room = room
        seated = self.moves.seat_free(room) and (self.host_seated or not host)
        if old is None:
            record = SeatRecord(name, room.name, self.moves.day(), seated=seated, came=step.now)
            seat = Seat(new_id, record, room)
        else:
            day = self.moves.day()
            record = msgspec.structs.replace(
                old.record, name=name, room=room.name, used=day, seated=seated, held=True, came=step.now
            )
            seat = old
        seat.host = host
        self.moves.may_enter(room, seat, hello.invite)
        step.replace_seat(seat, record)

        def sit() -> None:
            seat.record, seat.room, seat.session, seat.away = record, room, session, None
            self.moves.register(seat)
            session.seat = seat
            session.rank = seat.rank
            self.sink.to(session, self._welcome(seat, token, resumed=False))
            session.log("welcome")

        step.act(sit)
        self.moves.enter(step, seat, room, session)

    def _welcome(self, seat: Seat, token: str, *, resumed: bool) -> Welcome:
        return Welcome(
            version=VERSION,
            name=seat.name,
            room=seat.room.name,
            role=seat.role,
            token=token,
            server=self.version,
            resumed=resumed,
            last_id=seat.last_id,
            commands=self.crew.registry.catalogue(seat.rank),
        )


def _same(given: str, wanted: str) -> bool:
    from secrets import compare_digest  # likewise

    return compare_digest(given.encode(), wanted.encode())
