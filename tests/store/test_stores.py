"""What the port promises, asked of every implementation of it alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangman_net.store import Commit, Event, Loaded, MemoryStore, Store, StoreError, sqlite
from hangman_net.store.faulty import FaultyStore
from hangman_net.store.sqlite import SqliteStore

Open = Callable[[], Store]


class Desk:
    """Stands in for the loop: what a store posts waits here until the test runs it."""

    def __init__(self) -> None:
        self._posted: Queue[Callable[[], None]] = Queue()
        self.outcomes: list[tuple[int, StoreError | None]] = []

    def post(self, run: Callable[[], None]) -> None:
        self._posted.put(run)

    def submit(self, store: Store, *commits: Commit) -> list[StoreError | None]:
        """Submits `commits` in one go and gives their outcomes, in the order they were told."""
        self.outcomes = []
        for n, commit in enumerate(commits):
            store.submit(commit, lambda error, n=n: self.outcomes.append((n, error)))
        while len(self.outcomes) < len(commits):
            self._posted.get(timeout=10)()
        assert [n for n, _ in self.outcomes] == list(range(len(commits)))
        return [error for _, error in self.outcomes]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(params=["memory", "sqlite", "faulty"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path, desk: Desk) -> Iterator[Open]:
    """Opens the store, and at each further call closes it and opens it again."""
    current: list[Store] = []
    memory = MemoryStore()

    def open_again() -> Store:
        if current:
            current.pop().close()
        match request.param:
            case "memory":
                current.append(memory)
            case "faulty":
                current.append(FaultyStore(memory))
            case _:
                current.append(SqliteStore(tmp_path / "data", post=desk.post))
        return current[0]

    yield open_again
    current[0].close()


def event(room: str = "lobby", kind: str = "guess", **more: bytes) -> Event:
    return Event(room, "ann", kind, more.get("data", b'{"letter":"e"}'), 1_700_000_000.25)


def test_a_new_store_is_empty(reopen: Open) -> None:
    store = reopen()
    assert store.load() == Loaded(0.0, {}, {})
    assert list(store.events()) == []


def test_what_was_committed_is_there_after_a_restart(reopen: Open, desk: Desk) -> None:
    commits = [
        Commit(1.5, puts=(("a", b"1"), ("b", b"\x00\xff")), events=(event(),), done=(("seat", 1, 0),)),
        Commit(2.5, puts=(("a", b"2"), ("c", b"")), events=(event("den"), event(kind="won")), done=(("other", 7, 0),)),
        Commit(2.75, puts=(("b", None), ("never", None)), done=(("seat", 2, 0),)),
    ]
    assert desk.submit(reopen(), *commits) == [None] * 3
    store = reopen()
    assert store.load() == Loaded(2.75, {"a": b"2", "c": b""}, {"seat": [1, 2], "other": [7]})
    assert list(store.events()) == [(1, event()), (2, event("den")), (3, event(kind="won"))]
    assert list(store.events("lobby")) == [(1, event()), (3, event(kind="won"))]
    assert list(store.events("lobby", after=1)) == [(3, event(kind="won"))]
    assert list(store.events("nowhere")) == []


def test_events_keep_their_order_and_numbers_over_a_restart(reopen: Open, desk: Desk) -> None:
    for n in range(3):
        desk.submit(reopen(), Commit(float(n), events=(event(data=b"%d" % n),)))
    assert [(number, e.data) for number, e in reopen().events()] == [(1, b"0"), (2, b"1"), (3, b"2")]


def test_old_done_lines_are_forgotten(reopen: Open, desk: Desk) -> None:
    store = reopen()
    desk.submit(store, *(Commit(0.0, done=(("seat", line, line - 64),)) for line in range(1, 101)))
    assert reopen().load().done == {"seat": list(range(37, 101))}
    desk.submit(reopen(), Commit(0.0, done=(("seat", 0, 2**53),)))
    assert reopen().load().done == {}


def test_a_seat_forgotten_and_used_again_in_one_batch(reopen: Open, desk: Desk) -> None:
    lines = (("seat", 9, 0), ("seat", 0, 2**53), ("seat", 3, 0))
    desk.submit(reopen(), *(Commit(0.0, done=(line,)) for line in lines))
    assert reopen().load().done == {"seat": [3]}


def test_a_line_done_twice_is_kept_once(reopen: Open, desk: Desk) -> None:
    desk.submit(reopen(), Commit(0.0, done=(("seat", 5, 0),)), Commit(0.0, done=(("seat", 5, 0),)))
    assert reopen().load().done == {"seat": [5]}


def test_what_is_loaded_is_a_copy(reopen: Open, desk: Desk) -> None:
    store = reopen()
    desk.submit(store, Commit(0.0, puts=(("a", b"1"),), done=(("seat", 1, 0),)))
    loaded = store.load()
    loaded.records.clear()
    loaded.done["seat"].clear()
    assert store.load() == Loaded(0.0, {"a": b"1"}, {"seat": [1]})


def test_many_commits_come_back_in_order(reopen: Open, desk: Desk) -> None:
    store = reopen()
    assert desk.submit(store, *(Commit(float(n), puts=(("n", b"%d" % n),)) for n in range(2_500))) == [None] * 2_500
    assert store.load() == Loaded(2_499.0, {"n": b"2499"}, {})


PUTS = st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.binary(max_size=3)), max_size=4).map(tuple)
DONE = st.lists(st.tuples(st.sampled_from("xy"), st.integers(1, 9), st.integers(0, 9)), max_size=3).map(tuple)
COMMITS = st.lists(st.builds(Commit, st.floats(0, 1e9), PUTS, st.just((event(),)), DONE), min_size=1, max_size=6)


@pytest.mark.parametrize("folded_at", [1, 3, 1_000])
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COMMITS)
def test_a_disk_keeps_what_a_memory_keeps(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, folded_at: int, commits: list[Commit]
) -> None:
    monkeypatch.setattr(sqlite, "FOLDED_AT", folded_at)
    desk, memory, folder = Desk(), MemoryStore(), tmp_path_factory.mktemp("data")
    disk = SqliteStore(folder, post=desk.post)
    for commit in commits:
        desk.submit(memory, commit)
        desk.submit(disk, commit)
        assert disk.load() == memory.load()
    desk.submit(memory, *commits)
    desk.submit(disk, *commits)
    for after in (0, 1, len(commits), 2 * len(commits)):
        assert list(disk.events("lobby", after)) == list(memory.events("lobby", after))
    disk.close()
    disk = SqliteStore(folder, post=desk.post)
    assert disk.load() == memory.load()
    assert list(disk.events()) == list(memory.events())
    disk.close()


# --- the store that goes wrong when told ------------------------------------------------------------------------


def test_a_faulty_store_fails_what_it_is_told_to(desk: Desk) -> None:
    store = FaultyStore(fail={2})
    outcomes = desk.submit(store, *(Commit(float(n), puts=((f"k{n}", b""),)) for n in (1, 2, 3)))
    assert [type(outcome) for outcome in outcomes] == [type(None), StoreError, type(None)]
    assert store.load().records == {"k1": b"", "k3": b""}
    store.broken = True
    assert desk.submit(store, Commit(4.0)) != [None]
    store.broken = False
    assert desk.submit(store, Commit(5.0)) == [None]
    assert [commit.now for commit in store.kept] == [1.0, 3.0, 5.0]


def test_a_faulty_store_holds_back_all_behind_the_one_it_holds() -> None:
    store, told = FaultyStore(hold={2}, fail={3}), list[tuple[int, bool]]()
    for n in (1, 2, 3, 4):
        store.submit(Commit(float(n)), lambda error, n=n: told.append((n, error is None)))
    assert told == [(1, True)]
    store.release(1)
    assert told == [(1, True), (2, True)]
    store.close()
    assert told == [(1, True), (2, True), (3, False), (4, True)]
