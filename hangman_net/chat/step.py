"""What one line comes to: the records it replaces, the events it leaves, and what is said, in order.

It collects and knows nothing of what it collects; until it is applied, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, NoReturn, Protocol, TypeAlias

from msgspec import Struct

from hangman_net.chat.records import SEAT, SeatRecord, encode, wake_key
from hangman_net.chat.world import Busy, Room, Seat, Session, Slot, World
from hangman_net.messages import ByeReason, Message

TO_SESSION, TO_SEAT, TO_ROOM, ACT, ASK, WISH = range(6)
Effect: TypeAlias = tuple[int, Any, Any]
"""`(TO_…, recipient, message)`, `(ACT, function, None)`, or `(ASK or WISH, name of the hub's verb, arguments)`.

What a handler asks for refuses its line if it cannot be done; what a hook wishes for is then just not done.
"""

OVER = "this call is over, and nobody hears its context any more; what a job calls `then` with is one of its own"

Work: TypeAlias = Callable[[], Any]


class Sink(Protocol):
    """Where deliveries go: the outbox of a server, or the lists of a test table."""

    def to(self, session: Session, message: Message) -> None: ...
    def to_room(self, room: Room, message: Message) -> None: ...
    def bye(self, session: Session, reason: ByeReason, text: str | None = None) -> None: ...


class LogEvent(Struct, frozen=True):
    """Who did what where, for replays and audits; `data` is JSON and `at` POSIX seconds (UTC)."""

    room: str
    who: str
    kind: str
    data: bytes
    at: float


class Job(Struct, frozen=True):
    """Work for a thread, and the second step that takes its result, of the same person (if any) in the same room."""

    work: Work
    then: Callable[[Any, Any], None]
    plugin: str
    seat: Seat | None
    room: Room
    mark: str | None = None
    """The command that goes one at a time, if it does."""

    refused: Callable[[], None] | None = None
    """Called where the line is refused in the end: takes its cooldown back."""


class _Said(list[Effect]):
    """The effects of a step that has counted: nothing comes to them any more."""

    def append(self, _: Effect) -> NoReturn:
        raise RuntimeError(OVER)


class _Replaced(dict[Slot, tuple[Any, bytes]]):
    """Its records, likewise."""

    def __setitem__(self, *_: object) -> NoReturn:
        raise RuntimeError(OVER)


_SAID, _REPLACED = _Said(), _Replaced()


class Step(Struct, eq=False):
    """One step, collected: nothing of it counts before `hub.apply`."""

    now: float
    seat: Seat | None = None
    room: Room | None = None
    line_id: int | None = None
    ok: bool = True
    done: tuple[str, int, int] | None = None
    begun: bool = False  # it is, or was, at the disk
    told: bool = False  # what came of it there is known

    effects: list[Effect] = []
    replaced: dict[Slot, tuple[Any, bytes]] = {}  # the record and its bytes
    seats: dict[Seat, SeatRecord] | None = None
    wakes: dict[tuple[Room, str], dict[str, float]] | None = None
    puts: dict[str, bytes | None] | None = None  # records of chat itself, as bytes
    events: list[LogEvent] | None = None
    rooms: list[Room] | None = None  # rooms it touches beside its own
    claims: list[str] | None = None  # names, rooms and seats that it takes
    byes: list[tuple[Session, ByeReason, str | None]] | None = None
    job: Job | None = None
    leavers: tuple[Seat, ...] = ()  # seats that are out of their room when it counts
    asks: bool = False

    def clear(self) -> None:
        """Forget all that was collected: the line was refused."""
        self.back_to(Step(self.now))

    def mark(self) -> Step:
        """All that was collected until now, to go back to if a hook raises."""
        kept = copy(self)
        kept.effects, kept.replaced = self.effects.copy(), self.replaced.copy()
        return kept

    def back_to(self, mark: Step) -> None:
        """Forgets what was collected since `mark`."""
        for collected in COLLECTED:
            setattr(self, collected, getattr(mark, collected))

    def over(self) -> None:
        """It has counted. A thread or a function that still holds its context is told so, not silently ignored."""
        self.effects, self.replaced = _SAID, _REPLACED

    # --- what is said -------------------------------------------------------------------------------------------

    def to(self, session: Session, message: Message) -> None:
        self.effects.append((TO_SESSION, session, message))

    def to_seat(self, seat: Seat, message: Message) -> None:
        self.effects.append((TO_SEAT, seat, message))

    def to_room(self, room: Room, message: Message) -> None:
        self.effects.append((TO_ROOM, room, message))

    def act(self, change: Callable[[], None]) -> None:
        self.effects.append((ACT, change, None))

    def ask(self, verb: str, *args: Any) -> None:
        self.effects.append((ASK, verb, args))
        self.asks = True

    def only_wish(self, mark: Step) -> None:
        """What was asked for since `mark` was asked by a hook: nobody's line is to be refused for it."""
        for at in range(len(mark.effects), len(self.effects)):
            if self.effects[at][0] == ASK:
                self.effects[at] = (WISH, *self.effects[at][1:])

    def bye(self, session: Session, reason: ByeReason, text: str | None = None) -> None:
        """The connection ends when everything else has been said, the ack included."""
        self.byes = [*(self.byes or ()), (session, reason, text)]

    # --- what is replaced ---------------------------------------------------------------------------------------

    def value(self, slot: Slot) -> Any:
        """The record as this step sees it. Raises `Busy` while another step's replacement is at the disk."""
        if slot.pending is not None:
            raise Busy(slot.pending)
        return self.replaced[slot][0] if slot in self.replaced else slot.value

    def replace(self, slot: Slot, record: Any) -> None:
        """A plugin's record. Raises where JSON cannot hold it: nothing can go wrong any more once it is kept."""
        if slot.pending is not None:
            raise Busy(slot.pending)
        self.replaced[slot] = (record, encode(record))

    def record(self, seat: Seat) -> SeatRecord:
        """The person's record as this step sees it."""
        return seat.record if self.seats is None else self.seats.get(seat, seat.record)

    def replace_seat(self, seat: Seat, record: SeatRecord) -> None:
        self.seats = {**(self.seats or {}), seat: record}

    def put(self, key: str, record: Struct | None) -> None:
        """A record of chat's own; None deletes it."""
        self.puts = {**(self.puts or {}), key: None if record is None else encode(record)}

    def touch(self, room: Room) -> None:
        """This step changes `room` too. Raises `Busy` while another step of that room is at the disk."""
        if room.waiters is not None:
            raise Busy(room.waiters)
        if room is not self.room:
            self.rooms = [*(self.rooms or ()), room]

    @property
    def keeps(self) -> bool:
        """Whether anything has to be safe before it counts."""
        return bool(self.replaced or self.seats or self.puts or self.wakes or self.events)

    def to_keep(self) -> tuple[tuple[str, bytes | None], ...]:
        """The replaced records as keys and bytes."""
        puts: list[tuple[str, bytes | None]] = [(slot.key, data) for slot, (_, data) in self.replaced.items()]
        if self.seats:
            puts += [(SEAT + seat.id, encode(record)) for seat, record in self.seats.items()]
        if self.wakes:
            puts += [
                (wake_key(room.name, name), encode(due) if due else None) for (room, name), due in self.wakes.items()
            ]
        if self.puts:
            puts += self.puts.items()
        return tuple(puts)

    def claim(self, *claims: str) -> None:
        """This step takes a name, a room or a seat, so that nobody else can take it meanwhile."""
        self.claims = [*(self.claims or ()), *claims]

    def begin(self, world: World) -> None:
        """What this step replaces is at the disk now: others who need it wait."""
        self.begun = True
        for claim in self.claims or ():
            world.claims[claim] = []
        for room in (self.room, *(self.rooms or ())):
            if room is not None:
                room.waiters = []
        for slot in self.replaced:
            slot.pending = []

    def end(self, world: World) -> list[Any]:
        """It is no longer at the disk: those who waited, in the order they came."""
        waiting: list[Any] = []
        for claim in self.claims or ():
            waiting += world.claims.pop(claim)
        for room in (self.room, *(self.rooms or ())):
            if room is not None and room.waiters is not None:
                waiting += room.waiters
                room.waiters = None
        for slot in self.replaced:
            waiting += slot.pending or ()
            slot.pending = None
        return waiting


COLLECTED = Step.__struct_fields__[Step.__struct_fields__.index("effects") :]
"""What a step is about; the fields before them say whose it is."""
