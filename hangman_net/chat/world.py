"""What is: rooms, the seats in them, the sessions on those, and every record as it was last kept.

It knows committed state and how to find it; it must not change by itself: `hub` applies steps to it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from hangman_net.chat.records import Codec, RoomRecord, SeatRecord
from hangman_net.limits import Limits
from hangman_net.messages import Board, Chat, MemberChange, Role, Roster, RosterEntry
from hangman_net.text import name_key, room_key

log = logging.getLogger("hangman_net")

LOBBY = "lobby"
"""The name of the first room; it is always there and nobody owns it."""


class Busy(BaseException):
    """What a step needs is at the disk: try again when `waiters` are called.

    No `Exception`: a plugin that catches those is not to take it for an error of its own.
    """

    def __init__(self, waiters: list[Any]) -> None:
        super().__init__()
        self.waiters = waiters


class Slot:
    """One record of a plugin: its key, its codec, and the value that was last kept.

    `pending` holds those who wait while a replacement is at the disk, else None.
    """

    __slots__ = ("codec", "key", "pending", "value")

    def __init__(self, key: str, codec: Codec[Any], value: Any = None) -> None:
        self.key = key
        self.codec = codec
        self.value = codec.default if value is None else value
        self.pending: list[Any] | None = None


Slots: TypeAlias = dict[str, Slot]


class Session:
    """One connection as chat sees it; an edge makes a subclass of it. `seat` is None before `welcome`."""

    __slots__ = ("address", "number", "rank", "seat", "tries")

    def __init__(self, address: str = "") -> None:
        self.address = address
        self.number = 0  # in the order they came, for the log
        self.seat: Seat | None = None
        self.tries = 0
        self.rank = 0

    def facts(self, **more: object) -> dict[str, object]:
        """What a line of the log says of it besides its text, and `more`."""
        facts: dict[str, object] = {"connection": self.number, "address": self.address}
        if self.seat is not None:
            facts |= {"who": self.seat.name, "room": self.seat.room.name}
        return facts | more

    def log(self, text: str, **more: object) -> None:
        """A line of the log with its facts, and `more`; they are gathered where a log is kept at all."""
        if log.isEnabledFor(logging.INFO):
            log.info(text, extra=self.facts(**more))


class Seat:
    """A person: the name and place they hold, connected or away."""

    __slots__ = (
        "address",
        "away",
        "board",
        "cooldowns",
        "done",
        "host",
        "id",
        "key",
        "last_id",
        "meters",
        "record",
        "room",
        "session",
        "slots",
    )

    def __init__(self, seat_id: str, record: SeatRecord, room: Room) -> None:
        self.id = seat_id
        self.record = record
        self.room = room
        self.key = name_key(record.name)
        self.host = False
        self.session: Session | None = None
        self.away: float | None = None  # server clock of the moment the connection went
        self.address = ""  # where that was
        self.last_id = 0
        self.done: list[int] | None = None  # ids carried out, rising
        self.slots: Slots | None = None
        self.cooldowns: dict[str, float] | None = None
        self.meters: Any = None
        self.board: Board | None = None  # what a puppet was shown last

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def seated(self) -> bool:
        return self.record.seated

    @property
    def connected(self) -> bool:
        return self.session is not None or self.record.puppet is not None

    @property
    def score(self) -> int:
        return self.record.scores.get(self.room.name, 0)

    @property
    def role(self) -> Role:
        if self.host:
            return "host"
        return "owner" if self.room.record.owner == self.id else "member"

    @property
    def rank(self) -> int:
        """0 a spectator, 1 a seated member, 2 the room's owner, 3 the host."""
        if self.host:
            return 3
        if self.room.record.owner == self.id:
            return 2
        return 1 if self.record.seated else 0

    def entry(self) -> RosterEntry:
        """This person as the roster tells of them."""
        return RosterEntry(self.name, self.role, self.seated, self.connected, self.score)


class Room:
    """Who is here, what was said lately, and what plugins keep of the room."""

    __slots__ = (
        "batch",
        "history",
        "key",
        "members",
        "name",
        "record",
        "running",
        "sessions",
        "slots",
        "waiters",
        "wakes",
    )

    def __init__(self, record: RoomRecord, history: int) -> None:
        self.name = record.name
        self.key = room_key(record.name)
        self.record = record
        self.members: dict[str, Seat] = {}  # by seat id, in the order they came
        self.sessions: dict[Session, None] = {}  # the connected ones: who hears what is said here
        self.history: deque[Chat] = deque(maxlen=history)
        self.slots: Slots = {}
        self.wakes: dict[str, dict[str, float]] = {}
        self.waiters: list[Any] | None = None  # who waits while a step of this room is at the disk, else None
        self.running: set[str] = set()  # commands with a job under way that go one at a time
        self.batch: Any = None  # what the outbox has for who hears this room, until the end of the turn

    def hear(self, session: Session) -> None:
        """From now on the session is told what is said here, but nothing of what was said in this turn already."""
        if self.batch is not None:
            self.batch.settle()
        self.sessions[session] = None

    def unhear(self, session: Session) -> None:
        """What is said here from now on is no longer the session's to read."""
        if self.batch is not None:
            self.batch.settle()
        self.sessions.pop(session, None)

    def find(self, name: str) -> Seat | None:
        """The person of that name here."""
        key = name_key(name)
        return next((seat for seat in self.members.values() if seat.key == key), None)

    def roster(self, for_seat: Seat, most: float) -> Roster:
        """Who is here, told to `for_seat`, who is in it; at most `most` members, the most worth showing first."""
        seats = list(self.members.values())
        if for_seat.id not in self.members:
            seats.append(for_seat)
        if len(seats) > most:
            seats.sort(key=lambda s: (s is not for_seat, -s.rank, not s.connected, -s.score))
            seats = seats[: int(most)]
        return Roster(self.name, max(len(self.members), len(seats)), tuple([seat.entry() for seat in seats]))


def member_change(seat: Seat) -> MemberChange:
    """What a room is told of one entry as it is now."""
    return MemberChange(seat.room.name, seat.name, seat.role, seat.seated, seat.connected, seat.score, False, None)


class World:
    """Every room and seat, found by name or id."""

    __slots__ = ("claims", "ignored", "limits", "names", "rooms", "seats", "slots")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rooms: dict[str, Room] = {}  # by key
        self.seats: dict[str, Seat] = {}  # by id; also those given up that still carry something
        self.names: dict[str, Seat] = {}  # held seats by name's key
        self.slots: Slots = {}  # records for the whole server, by plugin
        self.claims: dict[str, list[Any]] = {}  # names, rooms and seats that a step at the disk is taking
        self.ignored: dict[str, set[str]] = {}  # seat id: the seats that do not want to hear it
        self.add_room(RoomRecord(LOBBY))

    def add_room(self, record: RoomRecord) -> None:
        """A room, empty, is there from now on."""
        room = self.new_room(record)
        self.rooms[room.key] = room

    def new_room(self, record: RoomRecord) -> Room:
        """An empty room, which is not there yet."""
        return Room(record, int(min(self.limits.history, 1_000)))

    @property
    def lobby(self) -> Room:
        return self.rooms[LOBBY]

    def room(self, name: str) -> Room | None:
        """The room of that name, read without case."""
        return self.rooms.get(room_key(name))

    def person(self, name: str) -> Seat | None:
        """Who holds that name, in any room."""
        return self.names.get(name_key(name))

    def read_again(self, by: str, others: Iterable[str]) -> None:
        """The seat `by` ignores these seats no longer."""
        for other in others:
            if (ignoring := self.ignored.get(other)) is not None:
                ignoring.discard(by)
                if not ignoring:
                    del self.ignored[other]

    def free(self, claim: str) -> None:
        """Raises `Busy` while a step at the disk is taking this name, room or seat."""
        if (waiters := self.claims.get(claim)) is not None:
            raise Busy(waiters)

    def held(self) -> Iterator[Seat]:
        """Everybody who holds a seat."""
        return iter(self.names.values())
