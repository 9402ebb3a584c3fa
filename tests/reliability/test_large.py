"""A room of 1,000 and 1,000 rooms: what a guess writes, and how long a restart takes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from hangman_net.hosting import Server, Settings
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Hello, Line
from hangman_net.server.service import Client
from hangman_net.store import Commit, Store
from hangman_net.store.faulty import FaultyStore

pytestmark = pytest.mark.timeout(120)


class Deaf(Client):
    """A connection that hears nothing: only what is kept matters here."""

    def write(self, frames: bytes) -> None:
        """Drops it."""

    def end(self) -> None:
        self.closed = True


async def started(data: Path | None = None, store: Store | None = None) -> Server:
    server = Server(Settings(port=0, seed=1, limits=DEFAULTS.with_options(["all=none"]), data=data), store=store)
    await server.start()
    return server


async def all_begin(server: Server, people: list[Deaf], rounds: int) -> None:
    """Waits until so many rounds have begun: words are drawn and kept in threads."""
    for person in people:
        server.service.receive(person, Line("/new lives=10", 1))
    while sum(table.running is not None for table in tables(server).values()) < rounds:
        await asyncio.sleep(0.01)


def tables(server: Server) -> dict[str, Any]:
    """Each room's record of its games."""
    return {name: room.slots["hangman"].value for name, room in server.hub.world.rooms.items() if room.slots}


async def guesses(people: int) -> list[Commit]:
    """The commits of ten guesses by one of so many seated people in a room."""
    store = FaultyStore()
    server = await started(store=store)
    try:
        everyone = [Deaf() for _ in range(people)]
        for n, person in enumerate(everyone):
            server.service.receive(person, Hello(1, f"player-{n}"))
        await all_begin(server, everyone[:1], 1)
        before = len(store.kept)
        for n, letter in enumerate("qxzjvkwfpb"):
            server.service.receive(everyone[1], Line(f"/guess {letter}", n + 1))
        return store.kept[before:]
    finally:
        await server.stop()


def size(commit: Commit) -> int:
    """The bytes of a commit, keys and names included."""
    puts = sum(len(key) + len(value or b"") for key, value in commit.puts)
    events = sum(len(e.room) + len(e.who) + len(e.kind) + len(e.data) for e in commit.events)
    return puts + events + sum(len(seat) for seat, _, _ in commit.done)


async def test_a_guess_writes_the_same_in_a_room_of_4_and_of_1000() -> None:
    few, many = await guesses(4), await guesses(1_000)
    assert [event.kind for commit in few for event in commit.events].count("guess") == 10
    assert list(map(size, few)) == list(map(size, many))
    print(f"a guess writes {size(few[0])} to {size(few[-1])} bytes, in a room of 4 and of 1,000")
    assert max(map(size, few)) < 1_500


async def test_a_thousand_rooms_in_play_are_there_again_in_two_seconds(tmp_path: Path) -> None:
    server = await started(tmp_path / "data")
    people = [Deaf() for _ in range(1_000)]
    for n, person in enumerate(people):
        server.service.receive(person, Hello(1, f"player-{n}", room=f"room-{n}"))
    while not all(person.seat for person in people):
        await asyncio.sleep(0.01)
    await all_begin(server, people, 1_000)
    kept = server.service.store.load()
    played = tables(server)
    assert len(played) == 1_000
    await server.stop()

    began = time.monotonic()
    server = await started(tmp_path / "data")
    took = time.monotonic() - began
    print(f"1,000 rooms in play are there again after {took:.2f} s")
    again = tables(server)
    assert {name: again[name] for name in played} == played
    assert all(seat.away is not None for seat in server.hub.world.held())
    assert server.hub.clock() >= kept.now
    await server.stop()
    assert took < 2
