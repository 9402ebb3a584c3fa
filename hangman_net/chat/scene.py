"""What a handler may look at: who typed and who is here, the two times, chance, and what this server is like.

It knows the world as the step sees it; it must not say or change anything.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from hangman_net.chat.commands import Registry
from hangman_net.chat.records import Codec
from hangman_net.chat.step import LogEvent, Sink, Step
from hangman_net.chat.world import Room, Seat, World
from hangman_net.messages import Role

T = TypeVar("T")


class Member(Struct, frozen=True):
    """Somebody of the room, as the roster tells of them. `puppet`: a computer player."""

    name: str
    role: Role
    seated: bool
    connected: bool
    score: int
    puppet: bool = False


class Loaded(Protocol):
    """What a context needs of the plugin it serves."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> Codec[Any]: ...
    @property
    def person(self) -> Codec[Any]: ...
    @property
    def server(self) -> Codec[Any]: ...


class House(Protocol):
    """What a context needs of the hub: the world as it is, the commands, chance and the two times."""

    world: World
    sink: Sink
    random: random.Random
    version: str
    links: Sequence[str]

    @property
    def words(self) -> Any: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def offers(self) -> Sequence[Any]: ...
    @property
    def topics(self) -> Mapping[str, str]: ...
    def posix(self) -> float: ...
    def plugin_report(self) -> Sequence[tuple[str, str, str]]: ...
    def playing(self, room: Room) -> bool: ...
    def filtered(self, step: Step, seat: Seat, room: Room, text: str) -> str: ...
    def note(self, step: Step, event: LogEvent, data: dict[str, Any]) -> None: ...


class Scene(Struct, eq=False):
    """The one who typed, where they are, and the house around them, for one call of a plugin."""

    _house: House
    _step: Step
    _plugin: Loaded
    _seat: Seat | None
    _room: Room

    def __repr__(self) -> str:  # of a struct it would be all that it holds, secrets too
        return f"<{type(self).__name__} of {self._plugin.name} in {self.room}>"

    # --- who and where ------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Who typed; empty where nobody did (`on_tick`)."""
        return "" if self._seat is None else self._step.record(self._seat).name

    @property
    def role(self) -> Role:
        """`host`, `owner` or `member`."""
        return "member" if self._seat is None else self._seat.role

    @property
    def rank(self) -> int:
        """0 a spectator, 1 a seated member, 2 the room's owner, 3 the host."""
        return 0 if self._seat is None else self._seat.rank

    @property
    def seated(self) -> bool:
        """Whether who typed plays, or only looks on."""
        return self._seat is not None and self._step.record(self._seat).seated

    @property
    def puppet(self) -> bool:
        """Whether who typed is a computer player."""
        return self._seat is not None and self._seat.record.puppet is not None

    @property
    def room(self) -> str:
        """The room's name."""
        return self._room.name

    @property
    def owner(self) -> str | None:
        """Who owns the room."""
        owner = self._room.members.get(self._room.record.owner or "")
        return None if owner is None else owner.name

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody in the room, in the order they came."""
        return tuple([_member(seat) for seat in self._room.members.values()])

    def member(self, name: str) -> Member | None:
        """The person of that name in the room, or None."""
        seat = self._room.find(name)
        return None if seat is None else _member(seat)

    @property
    def people(self) -> tuple[str, ...]:
        """The names in this room."""
        return tuple([seat.name for seat in self._room.members.values()])

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that anybody may see: all but the private ones, and one's own."""
        rooms = self._house.world.rooms.values()
        return tuple([room.name for room in rooms if room.record.invite is None or room is self._room])

    def room_sizes(self) -> dict[str, tuple[int, int]]:
        """For each of `rooms`: how many are connected, and how many there are in all."""
        world = self._house.world
        found = ((name, world.room(name)) for name in self.rooms)
        return {
            name: (sum(s.connected for s in room.members.values()), len(room.members)) for name, room in found if room
        }

    def where(self, name: str) -> str | None:
        """The room in which the person of that name is, anywhere on the server, or None."""
        seat = self._house.world.person(name)
        return None if seat is None else seat.room.name

    def heard_by(self, name: str) -> bool:
        """Whether the person of that name, anywhere on the server, reads who typed, and has not ignored them."""
        seat = self._house.world.person(name)
        return seat is not None and (self._seat is None or self._seat.id not in seat.record.ignores)

    # --- time and chance ----------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds the server has served; it stands still while the server is down."""
        return self._step.now

    @property
    def today(self) -> datetime:
        """The moment by the calendar, in UTC."""
        return datetime.fromtimestamp(self._house.posix(), UTC)

    @property
    def random(self) -> random.Random:
        """Chance, for all that is no secret."""
        return self._house.random

    # --- what the server and the room are like --------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether a round ran here when the line came, by which a command's `phase` is judged."""
        return self._house.playing(self._room)

    @property
    def commands(self) -> Registry:
        """All commands, for help."""
        return self._house.registry

    @property
    def version(self) -> str:
        """Product and version of this server."""
        return self._house.version

    @property
    def plugins(self) -> Sequence[tuple[str, str, str]]:
        """Name, origin and state (`loaded` or why not) of every plugin."""
        return self._house.plugin_report()

    @property
    def topics(self) -> Mapping[str, str]:
        """What `/help TOPIC` tells besides the commands, by topic."""
        return self._house.topics

    @property
    def words(self) -> Any:
        """The word lists of this server: `Services.words`, for converters too."""
        return self._house.words

    def offered(self, kind: type[T]) -> tuple[T, ...]:
        """What the loaded plugins offer of that type, in the order in which they were loaded."""
        return tuple([value for value in self._house.offers if isinstance(value, kind)])

    @property
    def links(self) -> Sequence[str]:
        """Addresses by which a browser joins this room, where the server has such a door."""
        return [link.replace("%ROOM%", self._room.name) for link in self._house.links]

    def limit(self, name: str) -> float:
        """A limit in force, by its name."""
        value: float = getattr(self._house.world.limits, name)
        return value

    @property
    def invite(self) -> str | None:
        """The word that opens this room, if it is private."""
        return self._room.record.invite

    @property
    def locked(self) -> bool:
        """Whether nobody new may come in."""
        return self._room.record.locked


def _member(seat: Seat) -> Member:
    return Member(seat.name, seat.role, seat.seated, seat.connected, seat.score, seat.record.puppet is not None)
