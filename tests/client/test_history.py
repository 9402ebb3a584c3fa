"""What was typed is there again, and nothing secret with it."""

from __future__ import annotations

import stat

import pytest

from hangman_net.client.history import LINES, History, Recall, default_path, keepable


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("hello", True),
        ("//slash", True),
        ("/guess e", True),
        ("/G e", True),
        ("", False),
        ("   ", False),
        ("/secret banana", False),
        ("/SECRET banana", False),
        ("  /secret banana", False),
        ("/sercet banana", False),
        ("/msg bob it is banana", False),
        ("/w bob it is banana", False),
    ],
)
def test_keepable(room, line, kept):
    assert keepable(line, room.catalogue) is kept


def test_lines_come_back_in_another_session(room, tmp_path):
    path = tmp_path / "state" / "history"
    first = History(path)
    for line in ("one", "/secret banana", "two", "two", "drei \u200d"):
        first.add(line, room.catalogue)
    assert History(path).lines == first.lines == ["one", "two", "drei"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "banana" not in path.read_text()


def test_a_file_that_grew_is_cut(room, tmp_path):
    path = tmp_path / "history"
    path.write_text("".join(f"line {number}\n" for number in range(3 * LINES)))
    assert len(History(path).lines) == LINES
    assert path.read_text().splitlines() == [f"line {number}" for number in range(2 * LINES, 3 * LINES)]


def test_a_file_that_cannot_be_costs_nothing_else(room, tmp_path):
    (tmp_path / "folder").mkdir()
    history = History(tmp_path / "folder")
    history.add("hello", room.catalogue)
    assert history.lines == ["hello"]
    assert not (tmp_path / "folder").is_file()


def test_escapes_in_the_file_do_not_reach_the_screen(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"\x1b]0;owned\x07hi\n\xff\xfe\n")
    assert History(path).lines == ["]0;ownedhi", "��"]


def test_ghost_is_the_rest_of_the_newest_line(room):
    history = History()
    for line in ("hello ann", "hello bob", "bye"):
        history.add(line, room.catalogue)
    assert [history.ghost(typed) for typed in ("hel", "hello a", "x", "", "  ", "bye")] == [
        "lo bob",
        "nn",
        "",
        "",
        "",
        "",
    ]


def test_recall_goes_among_lines_that_begin_alike(room):
    history = History()
    for line in ("hello ann", "bye", "hello bob"):
        history.add(line, room.catalogue)
    recall = Recall(history)
    assert recall.back("hel") == "hello bob"
    assert recall.back("hello bob") == "hello ann"
    assert recall.back("hello ann") == "hello ann"
    assert recall.forth("hello ann") == "hello bob"
    assert recall.forth("hello bob") == "hel"
    assert recall.forth("hel") == "hel"
    recall.reset()
    assert recall.back("") == "hello bob"
    assert recall.back("hello bob") == "bye"


def test_the_file_is_in_the_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_path().name == "history"
