"""The file: who may open it, what its folder looks like, what a failure leaves, what a kill leaves."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from unittest.mock import Mock

import pytest

from hangman_net.store import Commit, Event, Loaded, StoreError, tables
from hangman_net.store import sqlite as module
from hangman_net.store.sqlite import FILE, SqliteStore, copy_to, damage, read_events

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes and SIGKILL are POSIX")


class Opened:
    """A store and what it told, each answer waited for."""

    def __init__(self, folder: Path, kind: type[SqliteStore] = SqliteStore) -> None:
        self.posted: Queue[Callable[[], None]] = Queue()
        self.store = kind(folder, post=self.posted.put)

    def commit(self, *commits: Commit) -> list[StoreError | None]:
        outcomes: list[StoreError | None] = []
        for commit in commits:
            self.store.submit(commit, outcomes.append)
        while len(outcomes) < len(commits):
            self.posted.get(timeout=10)()
        return outcomes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "new" / "data"


@pytest.fixture
def opened(data: Path) -> Iterator[Opened]:
    opened = Opened(data)
    yield opened
    opened.store.close()


def put(key: str, value: bytes = b"x") -> Commit:
    return Commit(1.0, puts=((key, value),))


# --- opening ----------------------------------------------------------------------------------------------------


@POSIX
def test_only_the_owner_may_look(opened: Opened, data: Path) -> None:
    opened.commit(put("a"))
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}
    assert files == dict.fromkeys(("hangman.db", "hangman.db-wal", "hangman.db-shm", "server.lock"), 0o600)


@POSIX
def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Opened(tmp_path).store.close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_it_is_durable_by_its_settings(opened: Opened) -> None:
    connection = opened.store._connection
    asked = ("journal_mode", "synchronous", "user_version", "application_id")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == ["wal", 2, 2, 0x48414E47]
    assert {strict for (strict,) in connection.execute("SELECT strict FROM pragma_table_list WHERE schema = 'main' "
                                                       "AND name NOT LIKE 'sqlite_%'")} == {1}  # fmt: skip


def test_one_server_at_a_time(opened: Opened, data: Path) -> None:
    with pytest.raises(StoreError, match="in use by another server; stop it, or give --data another folder"):
        SqliteStore(data, post=lambda run: None)
    assert opened.commit(put("a")) == [None]
    opened.store.close()
    again = Opened(data)
    assert again.store.load().records == {"a": b"x"}
    opened.store = again.store


def _file_for_folder(data: Path) -> None:
    data.parent.mkdir(parents=True)
    data.write_bytes(b"not a folder")


def _file_above(data: Path) -> None:
    data.parent.write_bytes(b"not a folder")


def _rubbish(data: Path) -> None:
    (data / FILE).write_bytes(b"this is no database, whatever its name says\n" * 200)


def _damaged_inside(data: Path) -> None:
    content = bytearray((data / FILE).read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (data / FILE).write_bytes(content)


def _cut(data: Path) -> None:
    content = (data / FILE).read_bytes()
    (data / FILE).write_bytes(content[: len(content) // 2 // 512 * 512])


def _newer(data: Path) -> None:
    with sqlite3.connect(data / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def _somebody_elses(data: Path) -> None:
    (data / FILE).unlink()
    with sqlite3.connect(data / FILE) as connection:
        connection.execute("CREATE TABLE album (title)")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "fresh", "says"),
    [
        (_file_for_folder, True, r"data is a file; give --data a folder"),
        (_file_above, True, r"is a file; give --data a folder"),
        (_rubbish, False, r"is damaged \(file is not a database\); put a backup in its place"),
        (_damaged_inside, False, r"is damaged .*; put a backup in its place"),
        (_cut, False, r"is damaged .*; put a backup in its place"),
        (_newer, False, r"from a newer hangman-net \(schema 99, not 2\); install that one"),
        (_somebody_elses, False, r"not a hangman-net database; give --data another folder"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_line_and_left_as_it_was(
    data: Path, spoil: Callable[[Path], None], fresh: bool, says: str
) -> None:
    if not fresh:
        opened = Opened(data)
        opened.commit(*(put(f"key {n}", b"value" * 100) for n in range(200)))
        opened.store.close()
    spoil(data)
    before = (data / FILE).read_bytes() if data.is_dir() else b""
    with pytest.raises(StoreError, match=says) as caught:
        SqliteStore(data, post=lambda run: None)
    assert "\n" not in str(caught.value)
    assert data.is_file() or data.parent.is_file() or (data / FILE).read_bytes() == before
    with pytest.raises(StoreError, match=says):  # and it did not keep the folder locked
        SqliteStore(data, post=lambda run: None)


def test_one_killed_while_it_was_made_is_made_anew(data: Path) -> None:
    data.mkdir(parents=True)
    with sqlite3.connect(data / FILE) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    opened = Opened(data)
    assert opened.commit(put("a")) == [None]
    opened.store.close()


def test_an_older_schema_is_brought_up_to_date_after_a_backup(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Opened(data)
    old.commit(put("a", b"1"))
    old.store.close()
    monkeypatch.setattr(tables, "SCHEMA", (*tables.SCHEMA, ("ALTER TABLE event ADD COLUMN extra TEXT",)))
    new = Opened(data)
    assert new.commit(put("b", b"2")) == [None]
    assert new.store.load().records == {"a": b"1", "b": b"2"}
    new.store.close()
    with sqlite3.connect(data / "hangman-v2.db") as backup:
        assert backup.execute("SELECT key FROM record").fetchall() == [("a",)]
        assert backup.execute("PRAGMA user_version").fetchone() == (2,)
    backup.close()


def test_the_first_schema_can_be_read_once_it_was_served(data: Path) -> None:
    data.mkdir(parents=True)
    with sqlite3.connect(data / FILE) as old:
        for statement in (
            *tables.SCHEMA[0],
            "UPDATE clock SET now = 7.5",
            "INSERT INTO record VALUES ('a', x'31')",
            "INSERT INTO done VALUES ('seat', 3)",
            "INSERT INTO event VALUES (1, 'lobby', 'ann', 'guess', x'7B7D', 0.5)",
            f"PRAGMA application_id = {module.APPLICATION_ID}",
            "PRAGMA user_version = 1",
        ):
            old.execute(statement)
    old.close()
    for read in (module.read, lambda path: list(read_events(path))):
        with pytest.raises(
            StoreError, match=r"from an older hangman-net \(schema 1\); serve it once, then it can be read"
        ):
            read(data / FILE)
    opened = Opened(data)
    assert opened.store.load() == Loaded(7.5, {"a": b"1"}, {"seat": [3]})
    assert opened.commit(Commit(8.5, done=(("seat", 4, 3),))) == [None]
    assert opened.store.load() == Loaded(8.5, {"a": b"1"}, {"seat": [4]})
    assert list(opened.store.events()) == [(1, Event("lobby", "ann", "guess", b"{}", 0.5))]
    opened.store.close()


def test_a_migration_that_fails_changes_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Opened(data)
    old.commit(put("a", b"1"))
    old.store.close()
    good = tables.SCHEMA
    monkeypatch.setattr(tables, "SCHEMA", (*good, ("DROP TABLE done", "CREATE NONSENSE")))
    with pytest.raises(StoreError, match="syntax error"):
        SqliteStore(data, post=lambda run: None)
    monkeypatch.setattr(tables, "SCHEMA", good)
    again = Opened(data)
    assert again.commit(Commit(2.0, done=(("seat", 1, 0),))) == [None]
    assert again.store.load().records == {"a": b"1"}
    again.store.close()


# --- commits as they came, and as rows --------------------------------------------------------------------------


def rows(data: Path) -> tuple[int, int]:
    """How many rows there are of commits as they came, and of records."""
    with sqlite3.connect(data / FILE) as connection:
        ((pending,),) = connection.execute("SELECT count(*) FROM pending")
        ((records,),) = connection.execute("SELECT count(*) FROM record")
    connection.close()
    return pending, records


def test_commits_become_rows_when_there_are_many_and_at_the_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FOLDED_AT", 3)
    opened = Opened(data)
    opened.store._unfolded = 0
    opened.commit(put("a"))
    opened.commit(put("b"))
    assert rows(data) == (2, 0)
    opened.commit(put("c"))
    opened.commit(put("a"))  # when this is kept, the writer is done with those before it
    assert rows(data) == (1, 3)
    opened.store.close()
    assert rows(data) == (0, 3)


def test_what_a_kill_left_becomes_rows_after_the_first_commit(data: Path, tmp_path: Path) -> None:
    opened = Opened(data)
    opened.store._unfolded = 0
    opened.commit(put("a"), put("b"))
    pulled = tmp_path / "pulled"
    pulled.mkdir()
    for name in (FILE, f"{FILE}-wal"):
        shutil.copy(data / name, pulled / name)
    opened.store.close()
    again = Opened(pulled)
    again.commit(put("c"))
    again.commit(put("d"))
    assert rows(pulled) == (1, 3)
    assert set(again.store.load().records) == {"a", "b", "c", "d"}
    again.store.close()


def test_what_cannot_become_rows_now_is_kept_all_the_same(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(tables, "_write", Mock(side_effect=sqlite3.OperationalError("disk I/O error")))
        opened = Opened(data)
        assert opened.commit(put("a"), put("b")) == [None, None]
        assert opened.commit(put("c")) == [None]
        opened.store.close()
    assert "commits cannot be folded into the tables: disk I/O error" in caplog.text
    again = Opened(data)
    assert set(again.store.load().records) == {"a", "b", "c"}
    again.store.close()
    assert rows(data) == (0, 3)


# --- trouble while it runs --------------------------------------------------------------------------------------


def test_a_full_disk_refuses_and_heals_by_itself(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    connection = opened.store._connection
    assert opened.commit(put("small")) == [None]
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    big = Commit(2.0, puts=(("big", b"x" * 10_000),), events=(Event("lobby", "ann", "guess", b"{}", 0.0),))
    outcomes = opened.commit(big, Commit(3.0, puts=(("small", b"y"),)), big)
    assert [outcome and str(outcome) for outcome in outcomes] == [
        "nothing can be kept now: database or disk is full",
        None,
        "nothing can be kept now: database or disk is full",
    ]
    assert opened.store.load().records == {"small": b"y"}
    assert list(opened.store.events()) == []
    connection.execute("PRAGMA max_page_count = 1000000")
    assert opened.commit(big) == [None]
    assert set(opened.store.load().records) == {"small", "big"}
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR", "WARNING"]


def test_one_commit_that_cannot_be_kept_costs_only_itself(opened: Opened) -> None:
    bad = Commit(2.0, puts=(("fine", b"1"), ("\ud800", b"2")), events=(Event("lobby", "ann", "x", b"{}", 0.0),))
    outcomes = opened.commit(put("a"), bad, put("b"))
    assert [outcome is None for outcome in outcomes] == [True, False, True]
    assert opened.store.load().records == {"a": b"x", "b": b"x"}
    assert list(opened.store.events()) == []


def test_another_program_that_writes_is_waited_for_and_then_told_of(opened: Opened, data: Path) -> None:
    opened.store._connection.execute("PRAGMA busy_timeout = 1")
    with sqlite3.connect(data / FILE, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert str(opened.commit(put("a"))[0]) == "nothing can be kept now: database is locked"
        other.execute("ROLLBACK")
    other.close()
    assert opened.commit(put("a")) == [None]


def test_a_then_that_raises_costs_the_others_nothing(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    told: list[StoreError | None] = []

    def raises(error: StoreError | None) -> None:
        raise ZeroDivisionError

    opened.store.submit(put("a"), raises)
    opened.store.submit(put("b"), told.append)
    while not told:
        opened.posted.get(timeout=10)()
    assert told == [None]
    assert "what follows a commit raised" in caplog.text


def test_what_queues_behind_a_commit_is_one_batch_and_one_post(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, batches, begun = threading.Semaphore(0), list[int](), threading.Semaphore(0)
    commit = SqliteStore._commit

    def gated(self: SqliteStore, commits: list[Commit]) -> StoreError | None:
        begun.release()
        assert gate.acquire(timeout=10)
        batches.append(len(commits))
        return commit(self, commits)

    monkeypatch.setattr(SqliteStore, "_commit", gated)
    opened, told = Opened(data), list[StoreError | None]()
    opened.store.submit(put("first"), told.append)
    assert begun.acquire(timeout=10)
    for n in range(500):
        opened.store.submit(put(f"key {n}"), told.append)
    gate.release(2)
    opened.posted.get(timeout=10)()
    assert len(told) == 1
    opened.posted.get(timeout=10)()
    assert told == [None] * 501
    assert batches == [1, 500]
    gate.release()
    opened.store.close()


def test_what_follows_a_batch_is_told_in_several_turns_in_its_order(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 0.0)
    opened, told = Opened(data), list[int]()
    with sqlite3.connect(data / FILE, isolation_level=None) as other:  # the writer waits for it: what comes, queues
        other.execute("BEGIN IMMEDIATE")
        for n in range(20):
            opened.store.submit(put(f"key {n}"), lambda error, n=n: told.append(n))
        other.execute("ROLLBACK")
    other.close()
    for n in range(20):
        opened.posted.get(timeout=10)()
        if n % 7 == 0:  # others come meanwhile and are told after those
            opened.store.submit(put("late"), lambda error, n=n: told.append(100 + n))
    while len(told) < 23:
        opened.posted.get(timeout=10)()
    assert told == [*range(20), 100, 107, 114]
    opened.store.close()


def test_at_the_end_all_is_told_in_one_turn(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 0.0)
    opened, told = Opened(data), list[int]()
    for n in range(50):
        opened.store.submit(put(f"key {n}"), lambda error, n=n: told.append(n))
    opened.store.close()
    for _ in range(opened.posted.qsize()):
        opened.posted.get()()
    assert told == list(range(50))


@pytest.mark.parametrize(
    ("commits", "took", "seconds"),
    [
        (1, 0.0001, 0.0004),
        (1, 0.001, 0.0),
        (4, 0.001, 0.001),
        (50, 0.001, 0.003),
        (1_000, 0.001, 0.003),
        (50, 0.3, 0.0),
    ],
)
def test_a_crowd_is_gathered_and_a_slow_disk_gathers_by_itself(commits: int, took: float, seconds: float) -> None:
    assert module.rest(commits, took) == pytest.approx(seconds)


def test_close_keeps_what_was_submitted(data: Path) -> None:
    opened = Opened(data)
    for n in range(1_500):
        opened.store.submit(put(f"key {n}"), lambda error: None)
    opened.store.close()
    again = Opened(data)
    assert len(again.store.load().records) == 1_500
    again.store.close()


def test_a_loop_that_is_gone_does_not_stop_the_writer(data: Path) -> None:
    def closed(run: Callable[[], None]) -> None:
        raise RuntimeError("Event loop is closed")

    store = SqliteStore(data, post=closed)
    store.submit(put("a"), lambda error: None)
    store.submit(put("b"), lambda error: None)
    store.close()
    assert damage(data / FILE) is None
    again = Opened(data)
    assert set(again.store.load().records) == {"a", "b"}
    again.store.close()


# --- read by others while it runs -------------------------------------------------------------------------------


def test_events_and_copies_can_be_taken_while_a_server_runs(opened: Opened, data: Path, tmp_path: Path) -> None:
    happened = Event("lobby", "ann", "guess", b'{"letter":"e"}', 5.5)
    opened.commit(Commit(1.0, puts=(("a", b"1"),), events=(happened,)))
    assert list(read_events(data / FILE, "lobby")) == [(1, happened)]
    assert damage(data / FILE) is None
    copy = tmp_path / "copy" / FILE
    copy.parent.mkdir()
    copy_to(data / FILE, copy)
    opened.commit(put("a", b"2"))
    copy_to(data / FILE, copy)
    assert [path.name for path in copy.parent.iterdir()] == [FILE]
    assert os.name != "posix" or stat.S_IMODE(copy.stat().st_mode) == 0o600
    restored = Opened(copy.parent)
    assert restored.store.load().records == {"a": b"2"}
    restored.store.close()


def test_a_copy_that_cannot_be_made_says_so(opened: Opened, data: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file or directory"):
        copy_to(data / FILE, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(StoreError, match="cannot be used"):
        copy_to(tmp_path / "nothing.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


# --- kill -9 ----------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from queue import Queue
from hangman_net.store import Commit, Event
from hangman_net.store.sqlite import SqliteStore

posted = Queue()
store = SqliteStore(Path(sys.argv[1]), post=posted.put)
begun = len(store.load().records)
for batch in range(begun, 10**9, 7):
    for n in range(batch, batch + 7):
        def safe(error, n=n):
            print(n, error or "safe", flush=True)
        event = Event("lobby", "ann", "guess", b"%d" % n, 0.0)
        store.submit(Commit(float(n), ((str(n), b"x" * (n % 999)),), (event,), (("seat", n + 1, n - 63),)), safe)
    posted.get()()
"""


@POSIX
def test_nothing_acked_is_lost_to_a_kill(data: Path) -> None:
    acked = -1
    for kill_after in (1, 5, 40, 200, 333):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(data)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            for _, line in zip(range(kill_after), writer.stdout, strict=False):
                acked = _acked(line)
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:
                acked = _acked(line) if line.endswith("safe\n") else acked
        assert damage(data / FILE) is None
        opened = Opened(data)
        loaded = opened.store.load()
        kept = len(loaded.records)
        assert kept > acked
        assert loaded.records == {str(n): b"x" * (n % 999) for n in range(kept)}
        assert [int(event.data) for _, event in opened.store.events()] == list(range(kept))
        assert loaded.done == {"seat": list(range(max(1, kept - 63), kept + 1))}
        assert loaded.now == kept - 1
        opened.store.close()


def _acked(line: str) -> int:
    number, outcome = line.split()
    assert outcome == "safe"
    return int(number)


def test_a_copy_of_the_files_taken_at_any_moment_opens(data: Path, tmp_path: Path) -> None:
    """What a machine finds after its power went: the database and its log as they were."""
    opened = Opened(data)
    for n in range(20):
        opened.commit(put(f"key {n}"))
        pulled = tmp_path / f"pulled {n}"
        pulled.mkdir()
        for name in (FILE, f"{FILE}-wal"):
            shutil.copy(data / name, pulled / name)
        found = Opened(pulled)
        assert len(found.store.load().records) == n + 1
        found.store.close()
    opened.store.close()
