"""What a handler asked for, carried out: one method for each verb of a context, as the effects it has on a step.

It knows people, rooms, boards and chat; it must not know who may ask for what (`context`), nor apply a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from hangman_net.chat.bans import address_key
from hangman_net.chat.errors import Forbidden, Refusal
from hangman_net.chat.moves import Moves
from hangman_net.chat.records import ROOM
from hangman_net.chat.step import Step
from hangman_net.chat.world import LOBBY, Room, Seat, member_change
from hangman_net.messages import Board, ByeReason, Chat, MemberChange, Notice
from hangman_net.text import name_key

FOR_GOOD = 4e9
"""Server seconds that no server reaches: a mute without an end."""

ROOMS_KEPT = 16
"""Rooms of which a person's score, or mute, is kept: a record stays small."""


class Verbs:
    """The verbs, `do_…`, found by name. `board(seat, board)` tells a computer player what it is shown."""

    def __init__(self, moves: Moves, board: Callable[[Seat, Board], None]) -> None:
        self.moves = moves
        self.world = moves.world
        self.told = moves.told
        self.board = board

    # --- people -------------------------------------------------------------------------------------------------

    def do_quit(self, step: Step, seat: Seat) -> None:
        self._end(step, seat, "quit")

    def do_kick(self, step: Step, seat: Seat, reason: str) -> None:
        if seat.host:
            raise Forbidden("The host cannot be kicked.")
        step.to_room(seat.room, Notice(f"{seat.name} was kicked" + (f": {reason}" if reason else "."), seat.room.name))
        self._end(step, seat, "kicked", reason or None)

    def _end(self, step: Step, seat: Seat, why: ByeReason, text: str | None = None) -> None:
        session = seat.session
        step.touch(seat.room)
        self.moves.release(step, seat)
        if session is not None:
            step.bye(session, why, text)

    def do_rename(self, step: Step, seat: Seat, text: str) -> None:
        was = seat.name
        name = self.moves.name(step, text, seat=seat, host=seat.host)
        if name == was:
            raise Refusal(f"You are {name} already.")
        step.replace_seat(seat, msgspec.structs.replace(step.record(seat), name=name))

        def renamed() -> None:
            self.world.names.pop(seat.key, None)
            seat.key = name_key(name)
            self.world.names[seat.key] = seat

        step.act(renamed)
        step.to_room(
            seat.room,
            MemberChange(seat.room.name, name, seat.role, seat.seated, seat.connected, seat.score, False, was),
        )
        self.moves.hook("on_rename", step, seat, seat.room, was)

    def do_move(self, step: Step, seat: Seat, name: str, invite: str | None) -> None:
        session = seat.session
        room, made = self.moves.room(step, name, seat.id)
        if room is seat.room:
            raise Refusal(f"You are in {room.name} already.")
        self.moves.may_enter(room, seat, invite)
        self.moves.leave_room(step, seat)
        seated = step.record(seat).seated or not seat.host
        seated = seated and self.moves.seat_free(room)
        step.replace_seat(
            seat, msgspec.structs.replace(step.record(seat), room=room.name, seated=seated, came=step.now)
        )
        self.moves.enter(step, seat, room, session)
        if made:
            step.to_seat(seat, Notice(f"You made the room {room.name}, and own it.", room.name))

        def catalogue() -> None:
            self.moves.tell_rank(seat)

        step.act(catalogue)

    def do_seat(self, step: Step, seat: Seat, on: bool) -> None:
        record = step.record(seat)
        if record.seated == on:
            raise Refusal("You play already." if on else "You look on already.")
        if on and not self.moves.seat_free(seat.room):
            raise Refusal("Every seat is taken.", "full")
        step.replace_seat(seat, msgspec.structs.replace(record, seated=on))

        def changed() -> None:
            self.told.to_room(seat.room, member_change(seat))
            self.moves.tell_rank(seat)

        step.act(changed)
        self.moves.hook("on_seat", step, seat, seat.room)

    def do_award(self, step: Step, seat: Seat, room: Room, points: int) -> None:
        record = step.record(seat)
        scores = dict(record.scores)
        scores[room.name] = scores.pop(room.name, 0) + points
        while len(scores) > ROOMS_KEPT:
            scores.pop(next(iter(scores)))
        step.replace_seat(seat, msgspec.structs.replace(record, scores=scores))

        def changed() -> None:
            if seat.room is room and seat.id in room.members:
                self.told.to_room(room, member_change(seat))

        step.act(changed)

    def do_ignore(self, step: Step, seat: Seat, other: Seat, on: bool) -> None:
        if other is seat:
            raise Refusal("You cannot ignore yourself.")
        record = step.record(seat)
        ignores = tuple(i for i in record.ignores if i != other.id and i in self.world.seats)
        step.replace_seat(seat, msgspec.structs.replace(record, ignores=(*ignores, other.id) if on else ignores))

        def changed() -> None:
            self.world.read_again(seat.id, set(record.ignores).difference(ignores))
            if on:
                self.world.ignored.setdefault(other.id, set()).add(seat.id)

        step.act(changed)

    def do_mute(self, step: Step, seat: Seat, room: Room, seconds: float | None) -> None:
        record = step.record(seat)
        others = [(name, until) for name, until in record.mutes.items() if until > step.now and name != room.name]
        mutes = dict(others[1 - ROOMS_KEPT :])
        if seconds is not None:
            mutes[room.name] = min(FOR_GOOD, step.now + seconds)
        step.replace_seat(seat, msgspec.structs.replace(record, mutes=mutes))

    def do_own(self, step: Step, room: Room, seat: Seat) -> None:
        self.moves.own(step, room, seat)

    def do_change_room(self, step: Step, room: Room, changes: dict[str, Any]) -> None:
        if room.name == LOBBY and changes.get("invite"):
            raise Refusal(f"The {LOBBY} cannot be private.")
        if len((changes.get("invite") or "").split()) > 1:  # /room NAME WORD, as everybody is told, would not open it
            raise Refusal("A room opens by one word, without spaces.")
        record = msgspec.structs.replace(room.record, **changes)
        step.put(ROOM + room.name, record)

        def changed() -> None:
            room.record = record

        step.act(changed)

    def do_announce(self, step: Step, text: str) -> None:
        for room in self.world.rooms.values():
            step.to_room(room, Notice(text))

    # --- bans ---------------------------------------------------------------------------------------------------

    def do_ban(self, step: Step, who: str, seconds: float | None, reason: str, by: str) -> None:
        seat = self.world.person(who)
        if seat is not None and seat.host:
            raise Forbidden("The host cannot be banned.")
        ban = self.moves.bans.add(step, who, seat, seconds, by)
        for one in list(self.world.held()):
            where = None if one.session is None else address_key(one.session.address)
            if not one.host and (one is seat or (where is not None and where == ban.address)):
                self._end(step, one, "banned", reason or None)

    def do_unban(self, step: Step, who: str) -> None:
        self.moves.bans.lift(step, who)

    # --- boards, chat and roles ---------------------------------------------------------------------------------

    def do_show_one(self, step: Step, seat: Seat, board: Board) -> None:
        step.to_seat(seat, board)
        if seat.record.puppet is not None:
            step.act(lambda: self.board(seat, board))

    def do_show_all(self, step: Step, room: Room, shared: Board, apart: dict[Seat, Board]) -> None:
        def show() -> None:
            told = self.told
            own = {seat.session for seat in apart if seat.session is not None}
            if own:
                for session in room.sessions:
                    if session not in own:
                        told.to(session, shared)
            else:
                told.to_room(room, shared)
            for seat, board in apart.items():
                if seat.session is not None:
                    told.to(seat.session, board)
            for seat in room.members.values():
                if seat.record.puppet is not None:
                    self.board(seat, apart.get(seat, shared))

        step.act(show)

    def do_chat(self, step: Step, seat: Seat, text: str, to: str | None, action: bool) -> None:
        room = seat.room
        if seat.record.mutes.get(room.name, 0.0) > step.now:
            raise Forbidden("You are muted here: nobody would read it.")
        name = step.record(seat).name
        if to is not None:
            other = self.world.person(to)
            if other is None:
                raise Refusal(f"Nobody is called {to[:40]}.")
            private = Chat(name, text, room.name, to=other.name, action=action)
            if seat.id not in (other.record.ignores or ()):
                step.to_seat(other, private)
            if other is not seat:
                step.to_seat(seat, private)
            if not other.connected:
                step.to_seat(seat, Notice(f"{other.name} is away, and may not read it."))
            return
        said = Chat(name, text, room.name, action=action)
        ignoring = self.world.ignored.get(seat.id)

        def say() -> None:
            room.history.append(said)
            if not ignoring:
                self.told.to_room(room, said)
                return
            for session in room.sessions:
                if session.seat is None or session.seat.id not in ignoring:
                    self.told.to(session, said)

        step.act(say)
