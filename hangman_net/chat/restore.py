"""Kept records become the world again: rooms, seats, rounds in play, wakes and bans.

It knows keys and what to do with a record that no longer fits; it must not know where the bytes come from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import LoadedPlugin
from hangman_net.chat.records import (
    ASIDE,
    BAN,
    ROOM,
    SEAT,
    BanRecord,
    Codec,
    RecordError,
    RoomRecord,
    SeatRecord,
)
from hangman_net.chat.world import Room, Seat, Slot
from hangman_net.messages import MAX_ID
from hangman_net.text import room_key

R = TypeVar("R")

LEAST_LEFT = 10.0
"""Seconds that a deadline has left at least after a restart, so that nobody loses a turn to it."""


class Restored(Struct):
    """What a restart came to: records to write (set aside, or forgotten), and what the host should know.

    `done` forgets the line ids of seats that are no more: (seat id, a line id that no line has, all up to that one).
    """

    puts: dict[str, bytes | None] = {}
    done: list[tuple[str, int, int]] = []
    notes: list[str] = []
    taken: Collection[str] = ()
    """The keys of what was kept."""


def restore(hub: Hub, records: Mapping[str, bytes], done: Mapping[str, Iterable[int]]) -> Restored:
    """Fills an empty hub, whose plugins are loaded, from what was kept; everybody is away until they come back."""
    out = Restored(taken=records.keys())
    world = hub.world
    for key, data in records.items():
        if key.startswith(ROOM) and (room := _decoded(out, key, data, RoomRecord)) is not None:
            if (old := world.room(room.name)) is not None:
                old.record = room
            else:
                world.add_room(room)
    seats = [
        (key.removeprefix(SEAT), record)
        for key, data in records.items()
        if key.startswith(SEAT) and (record := _decoded(out, key, data, SeatRecord)) is not None
    ]
    expired = {seat_id for seat_id, record in seats if hub.moves.expired(record) and record.puppet is None}
    for seat_id, record in sorted(seats, key=lambda one: one[1].came):
        if seat_id in expired:
            out.puts[SEAT + seat_id] = None
        else:
            _seat(hub, Seat(seat_id, record, world.room(record.room) or world.lobby))
    ended = {room.name for room in world.rooms.values() if not room.members and room is not world.lobby}
    for name in ended:
        del world.rooms[room_key(name)]
        out.puts[ROOM + name] = None
    for seat_id, ids in done.items():
        if (known := world.seats.get(seat_id)) is not None:
            known.done = sorted(ids)[-int(min(hub.limits.acks, 10_000)) :]
            known.last_id = max(known.done, default=0)
        else:
            out.done.append((seat_id, 0, MAX_ID))
    for key, data in records.items():
        kind, _, rest = key.partition("/")
        if kind in ("room", "person", "server", "wake"):
            if rest.rpartition("/")[0] in (expired if kind == "person" else ended):
                out.puts[key] = None
            else:
                _plugin_record(hub, out, kind, rest, key, data)
        elif key.startswith(BAN) and (ban := _decoded(out, key, data, BanRecord)) is not None:
            if ban.until is None or ban.until > hub.posix():
                hub.moves.bans.records[key] = ban
            else:
                out.puts[key] = None
    for seat in list(world.held()):
        if seat.record.puppet is not None:
            hub.puppets.restored(seat)
    return out


def _decoded(out: Restored, key: str, data: bytes, kind: type[R]) -> R | None:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        _aside(out, key, data, str(error))
        return None


def _aside(out: Restored, key: str, data: bytes, why: str) -> None:
    aside = ASIDE + key
    while aside in out.taken:  # by one that did not fit an earlier type: that one is not lost for this one
        aside += "+"
    out.puts[aside] = data
    out.puts[key] = None
    out.notes.append(f"the kept record {key} no longer fits and was set aside as {aside}: {why}")


def _seat(hub: Hub, seat: Seat) -> None:
    if not seat.record.held:
        hub.world.seats[seat.id] = seat
        return
    hub.moves.register(seat)
    seat.room.members[seat.id] = seat
    if seat.record.puppet is None:
        seat.away = hub.clock()
        hub.moments.hold(seat, hub.limits.seat_hold)


def _plugin_record(hub: Hub, out: Restored, kind: str, rest: str, key: str, data: bytes) -> None:
    where, _, name = rest.rpartition("/")
    plugin = hub.crew.plugins.get(name)
    if plugin is None:
        hub.unread[key] = data
        return
    if kind == "server":
        hub.world.slots[name] = _slot(out, key, data, plugin.server)
    elif kind == "room" and (room := hub.world.room(where)) is not None:
        room.slots[name] = _slot(out, key, data, plugin.state)
    elif kind == "wake" and (room := hub.world.room(where)) is not None:
        _wakes(hub, out, room, plugin, key, data)
    elif kind == "person" and (seat := hub.world.seats.get(where)) is not None:
        seat.slots = {**(seat.slots or {}), name: _slot(out, key, data, plugin.person)}


def _slot(out: Restored, key: str, data: bytes, codec: Codec[Any]) -> Slot:
    try:
        return Slot(key, codec, codec.decode(data))
    except RecordError as error:
        _aside(out, key, data, str(error))
        return Slot(key, codec)


def _wakes(hub: Hub, out: Restored, room: Room, plugin: LoadedPlugin, key: str, data: bytes) -> None:
    wakes = _decoded(out, key, data, dict[str, float])
    if wakes is not None:
        soonest = hub.clock() + LEAST_LEFT
        hub.moments.set_wakes(room, plugin.name, {k: max(due, soonest) for k, due in wakes.items()})
