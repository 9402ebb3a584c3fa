"""The talk, the toolbar and the help, as pictures in text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client import view
from hangman_net.client.events import Closed, Connecting, Lost
from hangman_net.client.model import Entry, Kind, Model, update
from hangman_net.client.rows import Row, plain, row_cells


def shown(rows: list[Row]) -> str:
    return "".join(f"{plain(row).rstrip()}\n" for row in rows)


@pytest.mark.parametrize(
    ("size", "side", "toolbar", "airy"),
    [
        ((120, 40), 38, 1, True),
        ((80, 24), 30, 1, True),
        ((60, 15), 26, 1, False),
        ((59, 24), 0, 2, True),
        ((40, 12), 0, 2, False),
        ((1, 1), 0, 2, False),
    ],
)
def test_layout(size, side, toolbar, airy):
    made = view.layout(*size)
    assert (made.side, made.toolbar, made.airy) == (side, toolbar, airy)


@pytest.mark.parametrize(("name", "columns", "stamps"), [("talk_48", 48, False), ("talk_34_times", 34, True)])
def test_talk(room, golden, monkeypatch, name, columns, stamps):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    model = room.model(*room.played, Lost("it broke", 1), at=36_000.0)
    rows = [row for entry in model.entries for row in view.entry_rows(entry, columns, "ann", timestamps=stamps)]
    golden(name, shown(rows))


def test_who_comes_and_goes_in_a_row_is_one_entry(room):
    def change(name, **more):
        return m.MemberChange(
            "lobby", name, "member", True, **{"connected": True, "score": 0, "left": False, "was": None} | more
        )

    changes = (change("eve"), change("max"), change("bob", connected=False), change("fay"), change("eva", was="eve"))
    run = room.model(*room.entered, *changes).entries[1:]
    assert view.merged(run).lines == ("eve, max and fay come in; bob is away; eve is now eva",)
    assert view.merged(run[:1]).lines == ("eve comes in",)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ("bob away, bob back", "bob is back"),
        ("bob away, fay away, bob back, bob away", "fay and bob are away"),
        ("eve in, bob away, eve left", "bob is away; eve leaves"),
        ("bob away, " * 3, "bob is away"),
        ("eve in, eve away, eve back", "eve comes in; eve is back"),
    ],
)
def test_what_somebody_has_undone_since_is_not_told(happened, told):
    verbs = {"in": "comes in", "left": "leaves", "away": "is away", "back": "is back"}
    pairs = [part.split() for part in happened.strip(", ").split(", ")]
    run = [Entry(n, Kind.COMING, 0.0, (f"{who} {verbs[what]}",), who) for n, (who, what) in enumerate(pairs)]
    assert view.merged(run).lines == (told,)


def test_of_a_crowd_some_are_named():
    run = [Entry(n, Kind.COMING, 0.0, (f"p{n} comes in",), f"p{n}") for n in range(40)]
    assert view.merged(run).lines == (f"{', '.join(f'p{n}' for n in range(14))} and 26 more come in",)
    assert view.merged(run[: view.NAMED]).lines[0].endswith(", p13 and p14 come in")


@given(st.text(max_size=80), st.integers(20, 90), st.booleans())
def test_no_line_of_talk_leaves_its_columns(text, columns, stamps):
    model = Model(name="ann")
    for message in (m.Chat("日本", text, "lobby", to="ann"), m.Notice(text), m.Error("usage", text)):
        model = update(model, message, 0)
    for entry in model.entries:
        assert all(row_cells(row) <= columns for row in view.entry_rows(entry, columns, "ann", timestamps=stamps))


def toolbar(model: Model, columns: int, now: float = 0.0, **more) -> list[str]:
    size = view.layout(columns, 24)
    rows = view.toolbar_rows(model, size, now, **more)
    assert [row_cells(row) for row in rows] == [columns] * size.toolbar
    return [plain(row).rstrip() for row in rows]


@pytest.mark.parametrize(
    ("change", "now", "left"),
    [
        ({}, 0.0, " lobby · ann (host) · bob's turn 0:25 · turns · ♥ 3/6"),
        ({}, 10.0, " lobby · ann (host) · bob's turn 0:15 · turns · ♥ 3/6"),
        ({"turn": "ann"}, 24.5, " your turn 0:01 · lobby · ann (host) · turns · ♥ 3/6"),
        ({"turn": "ann", "seconds": None}, 0.0, " your turn · lobby · ann (host) · turns · ♥ 3/6"),
        ({"turn": None}, 0.0, " lobby · ann (host) · 0:25 · turns · ♥ 3/6"),
        ({"status": "lost"}, 0.0, " lobby · ann (host) · lost"),
    ],
)
def test_toolbar_of_a_game(room, change, now, left):
    (line,) = toolbar(room.model(*room.entered, replace(room.playing, **change)), 90, now)
    assert line.startswith(left)
    assert line.endswith("F1 help")
    assert line[len(left) :].strip() == "F1 help"


@pytest.mark.parametrize(
    ("event", "right"),
    [
        (Connecting(1), "connecting"),
        (Connecting(4), "connecting, try 4"),
        (Lost("it broke", 8.0), "connection lost, again in 0:08, /q leaves"),
        (Closed(), "closed"),
    ],
)
def test_toolbar_of_a_connection(room, event, right):
    (line,) = toolbar(room.model(*room.entered, event), 90)
    assert line.endswith(right)


def test_toolbar_before_the_welcome():
    assert toolbar(Model(), 60)[0].split() == ["hangman", "connecting"]


def test_toolbar_says_what_waits_and_what_is_off(room):
    (line,) = toolbar(room.model(*room.entered), 90, waiting=3, bell=False)
    assert line.endswith("3 on the way · bell off · F1 help")
    (line,) = toolbar(room.model(*room.entered, Lost("it broke", 8.0)), 100, waiting=1)
    assert "1 line waits" in line


@pytest.mark.parametrize(
    ("board", "line"),
    [
        (m.Board(), " no round: /new starts one"),
        (m.Board(setter="bob"), " bob sets the next word"),
        (m.Board(cells=("a", None), lives=5, max_lives=6, missed=("z", "q")), " a _                          zq ♥5/6"),
        (m.Board(cells=(None,) * 20, lives=5, max_lives=6), f" {'_' * 20}             ♥5/6"),
    ],
)
def test_toolbar_holds_the_game_where_the_side_pane_is_folded(room, board, line):
    first, second = toolbar(room.model(*room.entered, board), 40)
    assert " ".join(first.split()) == " ".join(line.split())
    assert second.startswith(" lobby · ann")


@given(st.integers(1, 130), st.text(max_size=30))
def test_a_toolbar_is_as_wide_as_the_screen(columns, text):
    model = update(Model(), m.Welcome(1, text, text, "host", "", "", False, 0, ()), 0)
    model = update(model, m.Board(status="playing", cells=(text,), missed=(text,), mode=text, turn=text), 0)
    toolbar(model, columns)
    toolbar(update(model, Lost(text, 9.0), 0), columns)


def test_unread(room):
    assert plain(view.unread_row(1, 40)) == "── 1 new line, End goes down ───────────"
    assert plain(view.unread_row(12, 20)) == "── 12 new lines, En…"
    assert plain(view.unread_row(0, 34)) == "── scrolled up, End goes down ────"


def test_help(room, golden):
    rows = view.help_rows(room.model(*room.entered), 50)
    assert all(row_cells(row) <= 50 for row in rows)
    golden("help", shown(rows))
