"""People coming and going: how names, seats and rooms are taken, left and passed on, as effects on a step.

It knows rooms, seats, names, roles and bans; it must not know commands, nor apply a step.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hangman_net.chat.bans import Bans
from hangman_net.chat.commands import Registry
from hangman_net.chat.errors import Forbidden, Refusal
from hangman_net.chat.records import ROOM, SEAT, RoomRecord, SeatRecord, state_key, wake_key
from hangman_net.chat.step import Sink, Step
from hangman_net.chat.world import LOBBY, Room, Seat, Session, World, member_change
from hangman_net.messages import Commands, MemberChange, Notice, Role
from hangman_net.text import BadName, check_name, check_room, is_reserved, name_key, room_key

Hook = Callable[..., None]

A_DAY = 86_400
"""Seconds."""


class Moves:
    """How people come and go. `hook(name, step, seat, room, *args)` tells the plugins."""

    def __init__(
        self,
        world: World,
        *,
        told: Sink,
        hook: Hook,
        registry: Callable[[], Registry],
        posix: Callable[[], float],
        scripts: tuple[str, ...] = ("Latin",),
    ) -> None:
        self.world = world
        self.told = told  # for what is only true in the moment in which it is told, such as a roster
        self.hook = hook
        self.registry = registry
        self.posix = posix
        self.scripts = scripts
        self.bans = Bans(posix)

    # --- names and rooms ----------------------------------------------------------------------------------------

    def name(self, step: Step, text: str, *, seat: Seat | None = None, host: bool = False) -> str:
        """A name that `seat` (None: somebody new) may have; this step takes it. Raises `Refusal`."""
        world = self.world
        try:
            scripts = ("Latin", *self.scripts) if host else self.scripts  # nobody tells a host how to be called
            name = check_name(text, scripts=scripts, max_chars=world.limits.name_chars)
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
        return int(self.posix() // A_DAY)

    def expired(self, record: SeatRecord) -> bool:
        """Whether the person's token was not used for so long that it counts no more."""
        return record.used < self.day() - self.world.limits.token_days

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
        room = world.new_room(record)

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
        self.inherit(step, room, seat)

    def shown(self, step: Step, seat: Seat, room: Room) -> None:
        """What somebody who comes in sees of the room: the roster, what was said lately; then plugins show a board."""

        def roster() -> None:
            if seat.session is not None:
                self.told.to(seat.session, room.roster(seat, self.world.limits.roster))

        step.act(roster)
        seats = self.world.seats
        ignored = {seats[other].name for other in step.record(seat).ignores if other in seats}
        for line in room.history:
            if line.name not in ignored:
                step.to_seat(seat, msgspec.structs.replace(line, replay=True))

    def away(self, step: Step, seat: Seat) -> None:
        """The connection went: seat and name are held for a while."""
        room = seat.room

        def gone() -> None:
            if seat.session is not None:
                seat.address = seat.session.address
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

    def release(self, step: Step, seat: Seat) -> None:
        """Gives up seat and name; what the person earned stays with their token."""
        self.leave_room(step, seat)
        record = step.record(seat)
        earned = (
            bool(record.scores)
            or any(until > step.now for until in record.mutes.values())
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
            self.world.read_again(seat.id, seat.record.ignores)
            seat.session = None
            seat.away = None

        step.act(freed)

    # --- whose room it is ---------------------------------------------------------------------------------------

    def pass_on(self, step: Step, room: Room) -> None:
        """The room's ownership goes to the longest seated and connected one."""
        staying = [s for s in room.members.values() if s not in step.leavers]
        heirs = [s for s in staying if s.connected and s.record.puppet is None]
        heir = next((s for s in heirs if s.seated), heirs[0] if heirs else None)
        if heir is None:
            return
        self.own(step, room, heir)

    def inherit(self, step: Step, room: Room, seat: Seat) -> None:
        """Whoever comes in owns a room that could not pass on: its owner went while nobody was there to have it."""
        owner = room.record.owner
        if owner is None or owner == seat.id or seat.record.puppet is not None:
            return
        was = room.members.get(owner)
        if was is None or (was.away is not None and step.now - was.away >= self.world.limits.owner_away):
            self.own(step, room, seat)

    def own(self, step: Step, room: Room, seat: Seat) -> None:
        """The room is theirs from now on."""
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

    def tell_rank(self, seat: Seat) -> None:
        """Sends the catalogue again to somebody whose role allows other commands than before."""
        session = seat.session
        if session is not None and session.rank != (rank := seat.rank):
            before, session.rank = session.rank, rank
            registry = self.registry()
            if registry.catalogue(before) != (now := registry.catalogue(rank)):
                self.told.to(session, Commands(now))
