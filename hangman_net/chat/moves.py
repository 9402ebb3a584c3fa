"""People coming, going and changing: each move as the effects it has on a step.

It knows rooms, seats, names, roles and bans; it must not know commands, nor carry out a step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from hangman_net.chat.bans import Bans, address_key
from hangman_net.chat.commands import Registry
from hangman_net.chat.errors import Forbidden, Refusal
from hangman_net.chat.records import ROOM, SEAT, RoomRecord, state_key, wake_key
from hangman_net.chat.step import Sink, Step
from hangman_net.chat.world import LOBBY, Room, Seat, Session, World, member_change
from hangman_net.messages import Board, ByeReason, Chat, Commands, MemberChange, Notice, Role
from hangman_net.text import BadName, check_name, check_room, is_reserved, name_key, room_key

FOR_GOOD = 4e9
"""Server seconds that no server reaches: a mute without an end."""

SCORES_KEPT = 16
"""Rooms of which a person's score is kept: a record stays small."""

Hook = Callable[..., None]


class Moves:
    """Every way in which a person or a room changes.

    `hook(name, step, seat, room, *args)` tells the plugins; `board(seat, board)` tells a computer player what it sees.
    """

    def __init__(
        self,
        world: World,
        *,
        told: Sink,
        hook: Hook,
        board: Callable[[Seat, Board], None],
        registry: Callable[[], Registry],
        today: Callable[[], datetime],
        scripts: tuple[str, ...] = ("Latin",),
    ) -> None:
        self.world = world
        self.told = told  # for what is only true in the moment in which it is told, such as a roster
        self.hook = hook
        self.board = board
        self.registry = registry
        self.today = today
        self.scripts = scripts
        self.bans = Bans(today)

    # --- names and rooms ----------------------------------------------------------------------------------------

    def name(self, step: Step, text: str, *, seat: Seat | None = None, host: bool = False) -> str:
        """A name that `seat` (None: somebody new) may have; this step takes it. Raises `Refusal`."""
        world = self.world
        try:
            name = check_name(text, scripts=self.scripts, max_chars=world.limits.name_chars)
        except BadName as error:
            raise Refusal(f"That name cannot be used: {error}.", "name_invalid") from None
        if not host and is_reserved(name):
            raise Refusal(f"The name {name} is reserved; choose another.", "name_invalid")
        key = name_key(name)
        world.free("name:" + key)
        if (holder := world.names.get(key)) is not None and holder is not seat:
            raise Refusal(f"The name {name} is taken, or looks like {holder.name}; choose another.", "name_taken")
        step.claim("name:" + key)
        return name

    def day(self) -> int:
        """Today, in days since 1970 (UTC)."""
        return int(self.today().timestamp() // 86_400)

    def register(self, seat: Seat) -> None:
        """The seat is held from now on, and found by its id and its name."""
        seat.key = name_key(seat.name)
        self.world.seats[seat.id] = seat
        self.world.names[seat.key] = seat
        for ignored in seat.record.ignores:
            self.world.ignored.setdefault(ignored, set()).add(seat.id)

    def guest(self, step: Step, number: int) -> tuple[str, int]:
        """The first free name of `guest-1`, `guest-2`, … from `number` on, and its number."""
        while True:
            key = name_key(name := f"guest-{number}")
            if key not in self.world.names and "name:" + key not in self.world.claims:
                step.claim("name:" + key)
                return name, number
            number += 1

    def room(self, step: Step, text: str, by: str) -> tuple[Room, bool]:
        """The room of that name, made (and then owned by the seat `by`) if it is not there. Raises `Refusal`."""
        world = self.world
        try:
            name = check_room(text, max_chars=world.limits.room_chars)
        except BadName as error:
            raise Refusal(f"That room cannot be used: {error}.", "name_invalid") from None
        if (room := world.room(name)) is not None:
            step.touch(room)
            return room, False
        key = room_key(name)
        world.free("room:" + key)
        if len(world.rooms) >= world.limits.rooms:
            raise Refusal("This server has no place for another room.", "full")
        # who is new owns nothing yet: coming in costs the same however many rooms there are
        if by in world.seats and sum(r.record.owner == by for r in world.rooms.values()) >= world.limits.owned_rooms:
            raise Refusal("You own as many rooms as one person may; leave one first.", "full")
        record = RoomRecord(name, owner=by)
        step.claim("room:" + key)
        step.put(ROOM + name, record)
        room = Room(record, int(min(world.limits.history, 1_000)))

        def add() -> None:
            world.rooms[room.key] = room

        step.act(add)
        return room, True

    def may_enter(self, room: Room, seat: Seat | None, invite: str | None) -> None:
        """Raises `Refusal` where this person may not come into the room now."""
        limits = self.world.limits
        if seat is not None and (seat.host or room.record.owner == seat.id):
            return
        if room.record.invite is not None and (invite or "").casefold() != room.record.invite.casefold():
            raise Forbidden(f"{room.name} is private: /room {room.name} WORD, with the word you were given.")
        if room.record.locked:
            raise Forbidden(f"{room.name} is locked: nobody new may come in just now.")
        if len(room.members) >= limits.seats + limits.spectators:
            raise Refusal(f"{room.name} is full.", "full")

    def seat_free(self, room: Room) -> bool:
        """Whether one more may play here."""
        limit = self.world.limits.seats
        return len(room.members) < limit or sum(s.record.seated for s in room.members.values()) < limit

    # --- coming in ----------------------------------------------------------------------------------------------

    def enter(self, step: Step, seat: Seat, room: Room, session: Session | None) -> None:
        """A seat whose record says `room` comes into it: the room hears of it, then the person sees the room."""
        record = step.record(seat)
        role: Role = "host" if seat.host else "owner" if room.record.owner == seat.id else "member"
        score = record.scores.get(room.name, 0)
        connected = session is not None or record.puppet is not None
        step.to_room(room, MemberChange(room.name, record.name, role, record.seated, connected, score, False, None))

        def come() -> None:
            seat.room = room
            seat.record = record
            room.members[seat.id] = seat
            if session is not None:
                room.hear(session)

        step.act(come)
        if session is not None:
            self.shown(step, seat, room)
        self.hook("on_join", step, seat, room)
        if record.seated is False and not seat.host and record.puppet is None and not self.seat_free(room):
            step.to_seat(seat, Notice("Every seat is taken: you look on. /play when one is free."))

    def shown(self, step: Step, seat: Seat, room: Room) -> None:
        """What somebody who comes in sees of the room: the roster, what was said lately; then plugins show a board."""

        def roster() -> None:
            if seat.session is not None:
                self.told.to(seat.session, room.roster(seat, self.world.limits.roster))

        step.act(roster)
        for line in room.history:
            step.to_seat(seat, msgspec.structs.replace(line, replay=True))

    def away(self, step: Step, seat: Seat) -> None:
        """The connection went: seat and name are held for a while."""
        room = seat.room

        def gone() -> None:
            seat.session = None
            seat.away = step.now

        step.act(gone)
        step.to_room(room, MemberChange(room.name, seat.name, seat.role, seat.seated, False, seat.score, False, None))
        self.hook("on_away", step, seat, room)

    # --- leaving ------------------------------------------------------------------------------------------------

    def leave_room(self, step: Step, seat: Seat) -> None:
        """Out of the room, for good or for another one; its ownership passes on, and an empty room ends."""
        room = seat.room
        self.hook("on_leave", step, seat, room)
        record = step.record(seat)
        step.to_room(
            room, MemberChange(room.name, record.name, seat.role, record.seated, False, seat.score, True, None)
        )

        def gone() -> None:
            room.members.pop(seat.id, None)
            if seat.session is not None:
                room.unhear(seat.session)

        step.act(gone)
        step.leavers = (*step.leavers, seat)
        if room.record.owner == seat.id:
            self.pass_on(step, room)
        if room.name != LOBBY and all(other in step.leavers for other in room.members.values()):
            self.end_room(step, room)

    def end_room(self, step: Step, room: Room) -> None:
        """Nobody is left: the room and all that is kept of it goes."""
        step.put(ROOM + room.name, None)
        for plugin in room.slots:
            step.put(state_key(room.name, plugin), None)
        for plugin in room.wakes:
            step.put(wake_key(room.name, plugin), None)
        if step.wakes:
            step.wakes = {at: due for at, due in step.wakes.items() if at[0] is not room}
        for slot in room.slots.values():
            step.replaced.pop(slot, None)

        def ended() -> None:
            if self.world.rooms.get(room.key) is room and not room.members:
                del self.world.rooms[room.key]

        step.act(ended)

    def pass_on(self, step: Step, room: Room) -> None:
        """The room's ownership goes to the longest seated and connected one."""
        staying = [s for s in room.members.values() if s not in step.leavers]
        heirs = [s for s in staying if s.connected and s.record.puppet is None]
        heir = next((s for s in heirs if s.seated), heirs[0] if heirs else None)
        if heir is None:
            return
        self.do_own(step, room, heir)

    def release(self, step: Step, seat: Seat) -> None:
        """Gives up seat and name; what the person earned stays with their token."""
        self.leave_room(step, seat)
        record = step.record(seat)
        earned = (
            bool(record.scores)
            or (record.muted or 0.0) > step.now
            or any(slot.value != slot.codec.default for slot in (seat.slots or {}).values())
        )
        earned = earned or any(slot.key.startswith(f"person/{seat.id}/") for slot in step.replaced)
        earned = earned and record.puppet is None
        if step.seats:
            step.seats = {s: r for s, r in step.seats.items() if s is not seat}
        if earned:
            step.replace_seat(seat, msgspec.structs.replace(record, held=False))
        else:
            step.put(SEAT + seat.id, None)
            for slot in (seat.slots or {}).values():
                step.put(slot.key, None)
                step.replaced.pop(slot, None)

        def freed() -> None:
            self.world.names.pop(seat.key, None)
            if not earned:
                self.world.seats.pop(seat.id, None)
            for ignoring in self.world.ignored.values():
                ignoring.discard(seat.id)
            seat.session = None
            seat.away = None

        step.act(freed)

    # --- verbs of the context -----------------------------------------------------------------------------------

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
        self.release(step, seat)
        if session is not None:
            step.bye(session, why, text)

    def do_rename(self, step: Step, seat: Seat, text: str) -> None:
        was = seat.name
        name = self.name(step, text, seat=seat, host=seat.host)
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
        self.hook("on_rename", step, seat, seat.room, was)

    def do_move(self, step: Step, seat: Seat, name: str, invite: str | None) -> None:
        session = seat.session
        room, made = self.room(step, name, seat.id)
        if room is seat.room:
            raise Refusal(f"You are in {room.name} already.")
        self.may_enter(room, seat, invite)
        self.leave_room(step, seat)
        seated = step.record(seat).seated or not seat.host
        seated = seated and self.seat_free(room)
        step.replace_seat(
            seat, msgspec.structs.replace(step.record(seat), room=room.name, seated=seated, came=step.now)
        )
        self.enter(step, seat, room, session)
        if made:
            step.to_seat(seat, Notice(f"You made the room {room.name}, and own it.", room.name))

        def catalogue() -> None:
            self.tell_rank(seat)

        step.act(catalogue)

    def do_seat(self, step: Step, seat: Seat, on: bool) -> None:
        record = step.record(seat)
        if record.seated == on:
            raise Refusal("You play already." if on else "You look on already.")
        if on and not self.seat_free(seat.room):
            raise Refusal("Every seat is taken.", "full")
        step.replace_seat(seat, msgspec.structs.replace(record, seated=on))

        def changed() -> None:
            self.told.to_room(seat.room, member_change(seat))
            self.tell_rank(seat)

        step.act(changed)
        self.hook("on_seat", step, seat, seat.room)

    def do_award(self, step: Step, seat: Seat, room: Room, points: int) -> None:
        record = step.record(seat)
        scores = dict(record.scores)
        scores[room.name] = scores.pop(room.name, 0) + points
        while len(scores) > SCORES_KEPT:
            scores.pop(next(iter(scores)))
        step.replace_seat(seat, msgspec.structs.replace(record, scores=scores))

        def changed() -> None:
            if seat.room is room and seat.id in room.members:
                self.told.to_room(room, member_change(seat))

        step.act(changed)

    def do_ignore(self, step: Step, seat: Seat, other: Seat, on: bool) -> None:
        record = step.record(seat)
        ignores = tuple(i for i in record.ignores if i != other.id and i in self.world.seats)
        step.replace_seat(seat, msgspec.structs.replace(record, ignores=(*ignores, other.id) if on else ignores))

        def changed() -> None:
            ignoring = self.world.ignored.setdefault(other.id, set())
            (ignoring.add if on else ignoring.discard)(seat.id)
            if not ignoring:
                del self.world.ignored[other.id]

        step.act(changed)

    def do_mute(self, step: Step, seat: Seat, seconds: float | None) -> None:
        until = None if seconds is None else min(FOR_GOOD, step.now + seconds)
        step.replace_seat(seat, msgspec.structs.replace(step.record(seat), muted=until))

    def do_own(self, step: Step, room: Room, seat: Seat) -> None:
        record = msgspec.structs.replace(room.record, owner=seat.id)
        step.put(ROOM + room.name, record)
        was = room.members.get(room.record.owner or "")

        def changed() -> None:
            room.record = record
            for one in (was, seat):
                if one is not None and one.id in room.members:
                    self.told.to_room(room, member_change(one))
                    self.tell_rank(one)

        step.act(changed)
        step.to_room(room, Notice(f"{step.record(seat).name} owns {room.name} now.", room.name))

    def do_change_room(self, step: Step, room: Room, changes: dict[str, Any]) -> None:
        if room.name == LOBBY and changes.get("invite"):
            raise Refusal(f"The {LOBBY} cannot be private.")
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
        ban = self.bans.add(step, who, seat, seconds, by)
        for one in list(self.world.held()):
            where = None if one.session is None else address_key(one.session.address)
            if not one.host and (one is seat or (where is not None and where == ban.address)):
                self._end(step, one, "banned", reason or None)

    def do_unban(self, step: Step, who: str) -> None:
        self.bans.lift(step, who)

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
        if seat.record.muted is not None and seat.record.muted > step.now:
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

    def tell_rank(self, seat: Seat) -> None:
        """Sends the catalogue again to somebody whose role allows other commands than before."""
        session = seat.session
        if session is not None and session.rank != (rank := seat.rank):
            before, session.rank = session.rank, rank
            registry = self.registry()
            if registry.catalogue(before) != (now := registry.catalogue(rank)):
                self.told.to(session, Commands(now))
