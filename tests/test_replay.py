"""What a replay prints, from events as the hangman plugin writes them, and that it keeps what it must."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from hangman_net.replay import lines, replay, stories
from hangman_net.store import Commit, Event
from hangman_net.store.sqlite import SqliteStore

START = 1_795_000_000.0

Happen = Callable[..., None]


@pytest.fixture
def log() -> list[Event]:
    return []


@pytest.fixture
def happen(log: list[Event]) -> Happen:
    """Adds an event that came `after` seconds."""

    def happen(after: float, who: str, kind: str, room: str = "lobby", /, **data: Any) -> None:
        log.append(Event(room, who, kind, json.dumps(data).encode(), START + after))

    return happen


def guess(happen: Happen, after: float, who: str, what: str, kind: str, shown: int = 0, round: int = 3) -> None:
    happen(after, who, "guess", round=round, guess=what, kind=kind, shown=shown)


def test_a_round_as_it_went(log: list[Event], happen: Happen) -> None:
    cells = [None, None, None, " ", None, None, None, None, None]
    happen(0, "ann", "round_began", round=3, mode="coop", wordlist="common", setter=None, lives=3, cells=cells)
    guess(happen, 2.5, "ann", "e", "hit", 2)
    guess(happen, 9, "bob", "x", "miss")
    happen(12, "bob", "guess", "den", round=3, guess="q", kind="miss", shown=0)
    happen(15, "bob", "hint", round=3, guess="it melts", kind="hint", shown=0)
    happen(59.9, "bob", "hint", round=3, guess="c", kind="bought", shown=2)
    happen(60, "bob", "config", key="lives", value="3")
    guess(happen, 75, "ann", "ice cream", "solved", 4)
    happen(75, "ann", "round_over", round=3, status="won", word="ice cream", points={"ann": 8}, players=["ann", "bob"])
    assert list(lines(stories(log, "Lobby")[3])) == [
        "Round 3, 2026-11-18 11:06:40 UTC: coop, a word of the list common, 3 lives",
        "  0:02  _ _ e   _ _ e _ _  ann: e, 2 cells",
        "  0:09  _ _ e   _ _ e _ _  bob: x, missed, 2 lives left",
        "  0:15  _ _ e   _ _ e _ _  bob: asked for the hint: it melts",
        "  0:59  _ c e   c _ e _ _  bob: bought c, 2 cells, 1 life left",
        "  1:15  i c e   c r e a m  ann: ice cream, and that was all",
        "Won: the word was ice cream.",
        "Points: ann 8.",
    ]


def test_a_race_has_a_board_for_each(log: list[Event], happen: Happen) -> None:
    happen(0, "", "round_began", round=3, mode="race", wordlist=None, setter="cat", lives=2, cells=[None] * 3)
    guess(happen, 1, "ann", "o", "hit", 1)
    guess(happen, 2, "bob", "d", "hit", 1)
    guess(happen, 3, "bob", "cat", "wrong")
    happen(4, "bob", "giveup", round=3)
    guess(happen, 5, "ann", "dog", "solved", 2)
    happen(5, "ann", "round_over", round=3, status="won", word="dog", points={})
    assert list(lines(stories(log, "lobby")[3]))[1:] == [
        "  0:01  _ o _  ann: o, 1 cell",
        "  0:02  d _ _  bob: d, 1 cell",
        "  0:03  d _ _  bob: cat, missed, 1 life left",
        "  0:04  d _ _  bob gave up",
        "  0:05  d o g  ann: dog, and that was all",
        "Won: the word was dog.",
    ]


@pytest.mark.parametrize(
    ("word", "letter", "shown", "board"),
    [
        ("Öl", "ö", 1, "Ö _"),
        ("été", "e", 2, "é _ é"),  # the list folds é
        ("été", "é", 2, "é _ é"),
        ("año no", "n", 1, "_ _ _   n _"),  # the list does not fold ñ
        ("ICE", "e", 1, "_ _ E"),
        ("日本", "日", 1, "日 _ "),
    ],
)
def test_where_a_letter_stands(
    log: list[Event], happen: Happen, word: str, letter: str, shown: int, board: str
) -> None:
    cells = [" " if char == " " else None for char in word]
    happen(0, "ann", "round_began", round=1, mode="coop", wordlist="x", setter=None, lives=6, cells=cells)
    guess(happen, 0, "ann", letter, "hit", shown, round=1)
    happen(1, "ann", "round_over", round=1, status="stopped", word=word, points={})
    assert list(lines(stories(log, "lobby")[1]))[1].startswith(f"  0:00  {board}  ann: {letter}, ")


def test_a_round_that_runs_is_left_out(log: list[Event], happen: Happen) -> None:
    happen(0, "ann", "round_began", round=1, mode="coop", wordlist="x", setter=None, lives=6, cells=[None])
    guess(happen, 1, "ann", "e", "miss", round=1)
    assert stories(log, "lobby") == {}


@pytest.fixture
def data(tmp_path: Path, log: list[Event], happen: Happen) -> Path:
    for number in (1, 2, 4):
        happen(0, "ann", "round_began", round=number, mode="coop", wordlist="x", setter=None, lives=6, cells=[None] * 3)
        if number != 4:
            happen(1, "ann", "round_over", round=number, status="lost", word=f"wo{number}", points={})
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
