"""A store that fails or delays its n-th commit, for every n: no ack without its commit, no record without events."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Generic, TypeVar

import msgspec
import pytest

from hangman_net import Context, Plugin, command
from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import Services, check
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Ack, Chat, Error, Hello, Line, Message, Notice, Welcome
from hangman_net.server.outbox import Outbox
from hangman_net.server.service import Client, Service
from hangman_net.store import Commit, Store, StoreError, Then
from hangman_net.store.faulty import FaultyStore
from hangman_net.store.sqlite import SqliteStore
from hangman_net.wire.connection import ClientWire
from hangman_net.wire.framing import NEED_DATA


@dataclass(frozen=True)
class Count:
    count: int = 0


class Tally(Plugin):
    """Every mark counts in the room and for the person, and leaves an event: three things that must not part."""

    State = PersonState = Count

    @command(summary="Count one")
    def mark(self, ctx: Context, n: int) -> None:
        ctx.state = replace(ctx.state, count=ctx.state.count + 1)
        ctx.person = replace(ctx.person, count=ctx.person.count + 1)
        ctx.event("mark", n=n)
        ctx.say(f"marked {n}")


class Visitor(Client):
    """A connection whose frames are read again as messages."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1")
        self.saw: list[Message] = []
        self._wire = ClientWire(DEFAULTS)

    def write(self, frames: bytes) -> None:
        self._wire.receive_data(frames)
        while (event := self._wire.next_event()) is not NEED_DATA:
            self.saw.append(event)

    def end(self) -> None:
        self.closed = True


@dataclass
class Person:
    """A visitor, their lines, and which of those were acked `ok`."""

    name: str
    room: str
    visitor: Visitor = field(default_factory=Visitor)
    lines: dict[int, str] = field(default_factory=dict)

    def acks(self) -> dict[int, bool]:
        return {message.id: message.ok for message in self.visitor.saw if isinstance(message, Ack)}

    @property
    def welcomed(self) -> bool:
        return any(isinstance(message, Welcome) for message in self.visitor.saw)


S = TypeVar("S", bound=Store)


class World(Generic[S]):
    """A server without sockets over a store, and four people in two rooms."""

    def __init__(self, store: S) -> None:
        self.store = store
        self._soon: list = []
        outbox, tokens = Outbox(self._soon.append), (f"token {n}" for n in itertools.count())
        self._now = 0.0
        limits = DEFAULTS.with_options(["all=none"])
        hub = Hub(sink=outbox, limits=limits, clock=self._clock, chance=Random(1), token=tokens.__next__)
        hub.crew.services = Services(SimpleNamespace(default="", names=tuple), Random(1), Random(1))
        hub.crew.load(check(Tally, name="tally", origin="here", services=hub.crew.services))
        self.service = Service(hub, store, outbox, asyncio.get_running_loop())
        self.people = [Person("ann", "one"), Person("bob", "one"), Person("cat", "two"), Person("dan", "two")]

    def _clock(self) -> float:
        self._now += 1
        return self._now

    def flush(self) -> None:
        while self._soon:
            self._soon.pop()()

    def hello(self) -> None:
        for person in self.people:
            if not person.welcomed:
                self.service.receive(person.visitor, Hello(1, person.name, person.room))
        self.flush()

    def play(self) -> None:
        """Marks and chat from all of them, in turns; three lines each that change something."""
        number = itertools.count()
        for line in range(1, 7):
            for person in self.people:
                text = f"/mark {next(number)}" if line % 2 else f"hello from {person.name}"
                person.lines[line] = text
                self.service.receive(person.visitor, Line(text, line))
                self.flush()

    def again(self) -> None:
        """Everybody says hello again who was refused, and sends again what was not acked `ok`."""
        self.hello()
        for person in self.people:
            for line, text in person.lines.items():
                if not person.acks().get(line):
                    self.service.receive(person.visitor, Line(text, line))
        self.flush()

    def marks(self, person: Person) -> set[int]:
        """The numbers that this person's lines were to mark and that were acked."""
        return {
            int(text.removeprefix("/mark "))
            for line, text in person.lines.items()
            if text.startswith("/mark") and person.acks().get(line)
        }

    def holds_together(self, *, held: bool = False) -> None:
        """What was acked and told is kept; what was kept is whole, and is acked unless it is `held`."""
        events = [(event.room, event.who, msgspec.json.decode(event.data)["n"]) for _, event in self.store.events()]
        loaded = self.store.load()
        assert len({n for *_, n in events}) == len(events), "marked twice"
        counts = {key: msgspec.json.decode(value)["count"] for key, value in loaded.records.items() if "tally" in key}
        rooms = Counter(f"room/{room}/tally" for room, _, _ in events)
        seats = {p.name: p.visitor.seat.id for p in self.people if p.visitor.seat is not None}
        persons = Counter(f"person/{seats[who]}/tally" for _, who, _ in events)
        assert counts == rooms | persons, "a record without its events"
        for person in self.people:
            kept = {n for _, who, n in events if who == person.name}
            assert self.marks(person) == kept, "an ack without its commit"
            told = {m.text for m in person.visitor.saw if isinstance(m, Notice | Chat) and m.text.startswith("marked")}
            here = {f"marked {n}" for room, _, n in events if room == person.room}
            assert told <= here, "told and not kept"
            if person.welcomed:
                marked = {line for line, text in person.lines.items() if text.startswith("/mark")}
                done = {line for line, ok in person.acks().items() if ok} & marked
                assert set(loaded.done.get(seats[person.name], ())) == done


@pytest.fixture(scope="module")
def commits() -> range:
    """The numbers of the commits that the play makes: four hellos and twelve marks at least."""

    async def count() -> int:
        world = World(FaultyStore())
        world.hello()
        world.play()
        world.holds_together()
        assert all(person.acks() == dict.fromkeys(person.lines, True) for person in world.people)
        return world.store.submitted

    total = asyncio.run(count())
    assert total >= 16
    return range(1, total + 1)


async def test_the_nth_commit_fails(commits: range) -> None:
    for n in commits:
        world = World(FaultyStore(fail={n}))
        world.hello()
        world.play()
        world.holds_together()
        errors = [m for person in world.people for m in person.visitor.saw if isinstance(m, Error)]
        assert any(error.code == "storage" for error in errors), f"nobody was told that commit {n} failed"
        world.again()
        world.holds_together()
        assert all(all(person.acks().values()) for person in world.people), f"commit {n}: not healed"


async def test_all_commits_fail_for_a_while() -> None:
    world = World(FaultyStore())
    world.hello()
    world.store.broken = True
    world.play()
    world.holds_together()
    for person in world.people:
        assert person.acks() == {line: not text.startswith("/") for line, text in person.lines.items()}, "chat goes on"
    world.store.broken = False
    world.again()
    world.holds_together()
    assert all(all(person.acks().values()) for person in world.people)


async def test_the_nth_commit_and_all_behind_it_are_slow(commits: range) -> None:
    for n in commits:
        world = World(FaultyStore(hold={n}))
        world.hello()
        world.play()
        world.holds_together()
        while world.store.held:
            world.store.release(1)
            world.flush()
            world.holds_together()
        assert all(person.acks() == dict.fromkeys(person.lines, True) for person in world.people)


async def test_a_slow_commit_makes_only_its_own_room_wait() -> None:
    world = World(FaultyStore())
    world.hello()
    ann, bob, cat, _ = world.people
    world.store.hold = {world.store.submitted + 1}
    ann.lines[1] = "/mark 1"
    world.service.receive(ann.visitor, Line("/mark 1", 1))
    world.service.receive(bob.visitor, Line("/mark 2", 1))
    world.service.receive(bob.visitor, Line("and then?", 2))
    world.service.receive(cat.visitor, Line("hello", 1))
    world.flush()
    assert (ann.acks(), bob.acks(), cat.acks()) == ({}, {}, {1: True})
    while world.store.held:
        world.store.release(1)
    world.flush()
    assert (ann.acks(), bob.acks()) == ({1: True}, {1: True, 2: True})
    assert [m.text for m in bob.visitor.saw if isinstance(m, Notice | Chat)][-3:] == [
        "marked 1",
        "marked 2",
        "and then?",
    ]


class LyingStore(FaultyStore):
    """Says of every commit at once that it is safe, and makes it later."""

    def submit(self, commit: Commit, then: Then) -> None:
        then(None)
        super().submit(commit, lambda error: None)


async def test_the_check_finds_a_store_that_acks_before_it_commits(commits: range) -> None:
    for n in commits[4:]:
        world = World(LyingStore(hold={n}))
        world.hello()
        world.play()
        with pytest.raises(AssertionError):
            world.holds_together()


async def test_the_loop_goes_on_while_commits_take_300_ms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    commit, took = SqliteStore._commit, []

    def slow(self: SqliteStore, commits: list[Commit]) -> StoreError | None:
        began = time.monotonic()
        time.sleep(0.3)
        error = commit(self, commits)
        took.append(time.monotonic() - began)
        return error

    monkeypatch.setattr(SqliteStore, "_commit", slow)
    loop = asyncio.get_running_loop()
    lags = []
    for attempt in range(5):  # another process on this machine may hold the processor for longer than that
        world = World(SqliteStore(tmp_path / str(attempt), post=loop.call_soon_threadsafe))
        world.hello()
        await lag_until(world, lambda person: person.welcomed)
        world.play()
        lags.append(await lag_until(world, lambda person: len(person.acks()) == 6))
        world.holds_together()
        await world.service.close()
        if lags[-1] < 0.02:
            break
    record_property("lag_ms", min(lags) * 1e3)
    print(f"loop lag {min(lags) * 1e3:.1f} ms at most, {len(took)} commits of {min(took) * 1e3:.0f} ms at least")
    assert min(took) >= 0.3
    assert min(lags) < 0.1  # a third of a commit: the loop waits for none. The figure of a quiet machine is in docs/


async def lag_until(world: World, done: Callable[[Person], bool]) -> float:
    """Seconds that the loop came late at most, to a call every 2 ms, until all are `done`."""
    latest = 0.0
    while not all(map(done, world.people)):
        due = time.monotonic() + 0.002
        await asyncio.sleep(0.002)
        world.flush()
        latest = max(latest, time.monotonic() - due)
    return latest
