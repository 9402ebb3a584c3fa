"""What a replay prints, from events as the hangman plugin writes them, and that it keeps what it must."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from hangman_net.cli.commands import hangman_net
from hangman_net.cli.options import run
from hangman_net.replay import Story, lines, replay, stories
from hangman_net.store import Commit, Event
from hangman_net.store.sqlite import SqliteStore
from hangman_net.testing import Table

START = 1_795_000_000.0

Happen = Callable[..., None]


def one(told: Iterable[Story]) -> Story:
    """The only round there is."""
    (story,) = told
    return story


@pytest.fixture
def log() -> list[Event]:
    return []


@pytest.fixture
def happen(log: list[Event]) -> Happen:
    """Adds an event that came `after` seconds."""

    def happen(after: float, who: str, kind: str, room: str = "lobby", /, **data: Any) -> None:
        log.append(Event(room, who, kind, json.dumps(data).encode(), START + after))

    return happen


def guess(
    happen: Happen, after: float, who: str, what: str, result: str, board: str, lives: int, *, kind: str = "guess"
) -> None:
    """A guess or a hint in round 3, and the board after it with `_` for what is hidden."""
    cells = [None if char == "_" else char for char in board]
    data = {"round": 3, "guess": what, "result": result, "cells": cells, "lives": lives}
    happen(after, who, kind, shown=2 if result in ("hit", "bought") else 0, **data)


def test_a_round_as_it_went(log: list[Event], happen: Happen) -> None:
    cells = [None, None, None, " ", None, None, None, None, None]
    happen(0, "ann", "round_began", round=3, mode="coop", wordlist="common", setter=None, lives=3, cells=cells)
    guess(happen, 2.5, "ann", "e", "hit", "__e __e__", 3)
    guess(happen, 9, "bob", "x", "miss", "__e __e__", 2)
    happen(12, "bob", "giveup", "den", round=3)
    guess(happen, 15, "bob", "it melts", "hint", "__e __e__", 2, kind="hint")
    guess(happen, 59.9, "bob", "c", "bought", "_ce c_e__", 1, kind="hint")
    happen(60, "bob", "config", key="lives", value="3")
    happen(61, "bob", "guess", price=20)  # another plugin's
    guess(happen, 75, "ann", "ice cream", "solved", "ice cream", 1)
    over = {"round": 3, "status": "won", "reason": "solved", "word": "ice cream"}
    happen(75, "ann", "round_over", **over, points={"ann": 8}, players=["ann", "bob"])
    assert list(lines(one(stories(log, "Lobby")))) == [
        "Round 3 in lobby, 2026-11-18 11:06:40 UTC: coop, a word of the list common, 3 lives",
        "  0:00  _ _ _   _ _ _ _ _  it begins",
        "  0:02  _ _ e   _ _ e _ _  ann: e, 2 cells",
        "  0:09  _ _ e   _ _ e _ _  bob: x, missed, 2 lives left",
        "  0:15  _ _ e   _ _ e _ _  bob: asked for the hint: it melts",
        "  0:59  _ c e   c _ e _ _  bob: bought c, 2 cells, 1 life left",
        "  1:15  i c e   c r e a m  ann: ice cream, and that was all",
        "Won: the word was ice cream.",
        "Points: ann 8.",
    ]


def test_boards_of_wide_letters_stand_in_columns(log: list[Event], happen: Happen) -> None:
    happen(0, "", "round_began", round=3, mode="coop", wordlist=None, setter="cat", lives=6, cells=[None] * 2)
    guess(happen, 1, "ann", "日", "hit", "日_", 6)
    happen(600, "ann", "round_over", round=3, status="lost", reason="time", word="日本", points={})
    assert list(lines(one(stories(log, "lobby"))))[1:] == [
        "  0:00  _ _   it begins",
        "  0:01  日 _  ann: 日, 2 cells",
        "Lost, the time was up: the word was 日本.",
    ]


def test_rounds_as_the_game_logs_them(table: Table) -> None:
    table.ann.types("hello")
    for name, text in (
        ("ann", "/secret jazz"),
        ("bob", "a"),
        ("cat", "e"),
        ("ann", "/stop"),
        ("bob", "/new mode=race"),
        ("bob", "e"),
        ("cat", "/giveup"),
        ("bob", "/giveup"),
        ("ann", "/giveup"),
        ("cat", "/new"),
    ):
        table.player(name).types(text)
    told = [list(lines(story)) for story in stories(table.events, "lobby")]
    assert told[0] == [
        "Round 1 in lobby, 2026-01-05 12:00:00 UTC: coop, a word of ann, 6 lives",
        "  0:00  _ _ _ _  it begins",
        "  0:00  _ a _ _  bob: a, 1 cell",
        "  0:00  _ a _ _  cat: e, missed, 5 lives left",
        "Stopped: the word was jazz.",
    ]
    assert [line.strip().partition("  ")[2].strip() for line in told[1][3:6]] == [
        "cat gave up",
        "bob gave up",
        "ann gave up",
    ]
    assert len(told) == 2


def test_a_round_that_runs_is_left_out(log: list[Event], happen: Happen) -> None:
    happen(0, "ann", "round_began", round=1, mode="coop", wordlist="x", setter=None, lives=6, cells=[None])
    assert list(stories(log, "lobby")) == []


@pytest.fixture
def data(tmp_path: Path, log: list[Event], happen: Happen) -> Path:
    for number in (1, 2, 4):
        happen(0, "ann", "round_began", round=number, mode="coop", wordlist="x", setter=None, lives=6, cells=[None] * 3)
        if number != 4:
            happen(1, "ann", "round_over", round=number, status="lost", reason="lives", word=f"wo{number}", points={})
    posted: Queue[Callable[[], None]] = Queue()
    store = SqliteStore(tmp_path, post=posted.put)
    store.submit(Commit(0.0, events=tuple(log)), lambda error: None)
    store.close()
    return tmp_path


def test_replay_of_a_data_folder(data: Path) -> None:
    text, status = replay(data, "lobby")
    assert (text.splitlines()[-1], status) == ("Lost: the word was wo2.", 0)
    text, status = replay(data, "LOBBY", 1)
    assert (text.splitlines()[-1], status) == ("Lost: the word was wo1.", 0)


def test_what_cannot_be_replayed(data: Path, tmp_path: Path) -> None:
    assert replay(data, "lobby", 4) == ("no round 4 that is over was kept of lobby; there are 1 to 2", 2)
    assert replay(data, "den\x1b") == ("no round that is over was kept of a room 'den'", 2)
    text, status = replay(tmp_path / "nowhere", "lobby")
    assert (text.endswith("give --data the folder of a server"), status) == (True, 2)


@pytest.mark.parametrize(
    ("args", "code", "out", "err"),
    [
        (["lobby"], 0, "Round 2 in lobby", ""),
        (["lobby", "1"], 0, "Round 1 in lobby", ""),
        (["lobby", "4"], 2, "", "hangman-net: no round 4 that is over was kept of lobby; there are 1 to 2.\n"),
        (["den"], 2, "", "hangman-net: no round that is over was kept of a room 'den'.\n"),
        (["lobby", "first"], 2, "", "hangman-net: Invalid value for '[ROUND]'"),
    ],
)
def test_the_command(
    data: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, out: str, err: str
) -> None:
    assert run(hangman_net, ["replay", *args, "--data", str(data)]) == code
    printed = capsys.readouterr()
    assert (printed.out[: len(out)], bool(printed.out)) == (out, bool(out))
    assert (printed.err[: len(err)], printed.err.count("\n")) == (err, 1 if err else 0)
