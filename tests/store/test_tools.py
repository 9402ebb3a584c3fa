"""What an owner is told of a data folder, and what a backup and an export hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from hangman_net.store import Commit, Event, StoreError
from hangman_net.store.sqlite import FILE, SqliteStore
from hangman_net.store.tools import backup, check, export


@pytest.fixture
def running(tmp_path: Path) -> Iterator[SqliteStore]:
    """A server's store in `data`, in use, with something in it."""
    posted: Queue = Queue()
    store = SqliteStore(tmp_path / "data", post=posted.put)
    store.submit(
        Commit(
            12.5,
            puts=(("room/lobby/hangman", b'{"word":"tree"}'), ("chat/room/lobby", b'{"name":"lobby"}')),
            events=(Event("lobby", "ann", "guess", b'{"letter":"e"}', 1e9), Event("lobby", "", "won", b"{}", 2e9)),
            done=(("s1", 4, 0), ("s1", 5, 0)),
        ),
        lambda error: None,
    )
    posted.get(timeout=10)
    yield store
    store.close()


@pytest.fixture
def data(running: SqliteStore, tmp_path: Path) -> Path:
    return tmp_path / "data"


def spoil(data: Path, running: SqliteStore) -> None:
    running.close()
    content = (data / FILE).read_bytes()
    (data / FILE).write_bytes(content[:100] + b"\xa5" * (len(content) - 100))


def test_check_counts_what_is_there(data: Path) -> None:
    text, status = check(data)
    assert status == 0
    first, *rest = text.splitlines()
    assert first.startswith(f"{data / FILE}: no damage found; ") and first.endswith(", 12 seconds served")
    assert rest == [
        "        1 records chat/...",
        "        1 records room/...",
        "        2 lines done, of 1 seats",
        "        1 events guess",
        "        1 events won",
    ]


def test_check_finds_damage(data: Path, running: SqliteStore) -> None:
    spoil(data, running)
    text, status = check(data)
    assert (status, len(text.splitlines())) == (1, 1)
    assert "put a backup in its place" in text


def test_a_folder_without_data(tmp_path: Path) -> None:
    for text, status in (check(tmp_path), backup(tmp_path, tmp_path / "copy")):
        assert status == 2
        assert text.endswith("there is no such file; give --data the folder of a server")
    with pytest.raises(StoreError, match="there is no such file"):
        list(export(tmp_path))


def test_a_backup_of_a_running_server_can_be_served(data: Path, tmp_path: Path) -> None:
    (tmp_path / "restored").mkdir()
    text, status = backup(data, tmp_path / "restored" / FILE)
    assert status == 0, text
    restored = SqliteStore(tmp_path / "restored", post=lambda run: None)
    assert restored.load().done == {"s1": [4, 5]}
    assert len(list(restored.events())) == 2
    restored.close()


def test_a_backup_replaces_nothing(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "letters"
    copy.write_text("dear ann")
    assert backup(data, copy) == (f"{copy} is there already; name a new file", 2)
    assert copy.read_text() == "dear ann"


def test_what_is_damaged_is_not_backed_up(data: Path, running: SqliteStore, tmp_path: Path) -> None:
    spoil(data, running)
    assert backup(data, tmp_path / "copy")[1] == 1
    assert not (tmp_path / "copy").exists()


def test_a_backup_to_nowhere(data: Path, tmp_path: Path) -> None:
    text, status = backup(data, tmp_path / "nowhere" / "copy")
    assert status == 1
    assert "No such file or directory" in text


def test_export_is_all_of_it_as_lines_of_json(data: Path) -> None:
    assert [json.loads(line) for line in export(data)] == [
        {"now": 12.5},
        {"key": "chat/room/lobby", "value": {"name": "lobby"}},
        {"key": "room/lobby/hangman", "value": {"word": "tree"}},
        {"seat": "s1", "done": [4, 5]},
        {"event": 1, "room": "lobby", "who": "ann", "kind": "guess", "at": 1e9, "data": {"letter": "e"}},
        {"event": 2, "room": "lobby", "who": "", "kind": "won", "at": 2e9, "data": {}},
    ]
