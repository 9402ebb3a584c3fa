"""Line mode's words: single events in a table, a whole evening as a golden file."""

from __future__ import annotations

from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client.events import Closed, Connecting, Event, Lost, Remark
from hangman_net.client.lines import lines
from hangman_net.client.model import Model, update

ANN = m.RosterEntry("ann", "owner", True, True, 3)
BOB = m.RosterEntry("bob", "member", False, True, 0)
CID = m.RosterEntry("cid", "member", True, False, 1)
HERE: tuple[Event, ...] = (
    m.Welcome(1, "ann", "lobby", "owner", "t", "s/1", False, 0, ()),
    m.Roster("lobby", 3, (ANN, BOB, CID)),
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
GALLOWS = ("  +---+\n  |   |\n      |\n=========", "  +---+\n  |   |\n  O   |\n=========")


def board(cells: str, **fields: Any) -> m.Board:
    """A board of a round in play, `_` for a hidden letter."""
    shown = tuple(None if cell == "_" else cell for cell in cells)
    return m.Board(**({"round": 1, "status": "playing", "cells": shown, "lives": 6, "max_lives": 6} | fields))


def told(*events: Event, art: bool = False) -> list[str]:
    """The lines of the last event."""
    model = before = Model()
    for event in events:
        before, model = model, update(model, event, 0.0)
    return lines(before, events[-1], model, art=art)


def member(name: str, **fields: Any) -> m.MemberChange:
    entry = {"role": "member", "seated": True, "connected": True, "score": 0, "left": False, "was": None}
    return m.MemberChange(room="lobby", name=name, **(entry | fields))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (m.Chat("bob", "hello", "lobby"), ["<bob> hello"]),
        (m.Chat("bob", "waves", "lobby", action=True), ["* bob waves"]),
        (m.Chat("bob", "psst", "lobby", to="ann"), ["[bob -> ann] psst"]),
        (m.Chat("bob", "hello", "lobby", replay=True), ["(earlier) <bob> hello"]),
        (m.Chat("b\x1b[31mob", "a\x07\nb\u202ec", "lobby"), ["<b[31mob> a bc"]),
        (m.Chat("bob", "{0.__class__} <b> %s", "lobby"), ["<bob> {0.__class__} <b> %s"]),
        (m.Notice("one\ntwo"), ["-- one", "-- two"]),
        (m.Error("no_round", "No round is running.", 4), ["! No round is running."]),
        (m.Commands(()), ["-- The commands have changed; /help lists them."]),
        (m.Roster("den", 1, (ANN,)), ["-- In den: ann (you, owner, 3 points)."]),
        (m.Roster("den", 9, (CID,)), ["-- In den: cid (away, 1 point), 8 more."]),
        (m.Roster("den", 0, ()), ["-- In den: nobody."]),
        (member("dan"), ["-- dan comes in"]),
        (member("bob", left=True, seated=False), ["-- bob leaves"]),
        (member("rob", was="bob", seated=False), ["-- bob is now rob"]),
        (member("bob", seated=True), ["-- bob plays"]),
        (member("cid", connected=True, score=1), ["-- cid is back"]),
        (member("cid", connected=False, score=2), ["-- cid has 2 points (+1)."]),
        (member("cid", connected=False, score=0), ["-- cid has 0 points (-1)."]),
        (member("cid", connected=False, score=1, role="owner"), ["-- cid is owner now."]),
        (member("ann", score=3), ["-- ann is no longer owner now."]),
        (m.Ack(1, True), []),
        (m.Pong(1), []),
        (m.Completions(1, ()), []),
        (m.Bye("quit"), []),
        (m.Bye("stopping"), ["-- The server stops."]),
        (Connecting(2), []),
        (Lost("the server closed it", 0.5), ["-- Connection lost: the server closed it. Trying again."]),
        (Closed("It ended.", 1), []),
        (Remark("one\ntwo"), ["-- one", "-- two"]),
    ],
)
def test_what_an_event_says(event: Event, expected: list[str]) -> None:
    assert told(*HERE, event) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (board("_a_", lives=5, missed=("z",)), "Word: blank a blank, 5 lives left, missed z"),
        (board("___"), "Word: blank blank blank, 6 lives left"),
        (board("a_", lives=1, missed=("z", "é")), "Word: a blank, 1 life left, missed z é"),
        (board("a_", words_missed=("to", "be")), "Word: a blank, 6 lives left, not the word to nor be"),
        (
            board("_ _-_'_"),
            "Word: blank space blank hyphen blank apostrophe blank, 6 lives left",
        ),
        (board("a_", turn="ann", seconds=20.2), "Word: a blank, 6 lives left, your turn, 20 seconds left"),
        (board("a_", turn="bob", seconds=1.0), "Word: a blank, 6 lives left, bob's turn, 1 second left"),
        (board("a_", setter="bob", hint="a bird"), "Word: a blank, 6 lives left, word by bob, hint a bird"),
        (
            board("a_", players=(m.PlayerBoard("ann", 1, 6), m.PlayerBoard("bob", 2, 1, 1))),
            "Word: a blank, 6 lives left, bob place 1 with 2 found and 1 life",
        ),
        (m.Board(), "-- No round is running; /new starts one."),
        (m.Board(caption="White: king on e1"), "White: king on e1"),
    ],
)
def test_the_board_in_one_line(shown: m.Board, expected: str) -> None:
    assert told(*HERE, shown)[-1] == expected


def test_a_picture_is_shown_when_it_changes_or_is_asked_for() -> None:
    first, second = (board("_", art=art) for art in GALLOWS)
    assert len(told(*HERE, first)) == 2
    assert told(*HERE, first, art=True)[2:] == ["  +---+", "  |   |", "      |", "========="]
    assert told(*HERE, first, second, art=True)[1:] == ["  +---+", "  |   |", "  O   |", "========="]
    assert told(*HERE, first, board("a", art=GALLOWS[0]), art=True) == ["Word: a, 6 lives left"]
    assert len(told(*HERE, first, first, art=True)) == 5


@pytest.mark.parametrize(
    "change",
    [{"turn": "bob"}, {"hint": "a bird"}, {"players": (m.PlayerBoard("bob", 1, 6),)}, {"words_missed": ("to",)}],
)
def test_no_picture_is_shown_again_for_what_it_does_not_show(change: dict[str, object]) -> None:
    first = board("_", art=GALLOWS[0], seconds=9.0)
    assert len(told(*HERE, first, replace(first, seconds=5.0, **change), art=True)) == 1
    assert len(told(*HERE, first, replace(first, seconds=5.0), art=True)) == 5


def evening() -> tuple[Event, ...]:
    play = {"mode": "coop", "wordlist": "food"}
    over = {"found_by": ("ann", "bob", "ann"), "secret": "pie", "missed": ("z",), "lives": 5}
    return (
        Connecting(),
        *HERE,
        m.Chat("bob", "who is here?", "lobby", replay=True),
        m.Board(),
        m.Chat("ann", "/new please", "lobby"),
        m.Notice("bob begins round 1."),
        board("___", art=GALLOWS[0], **play),
        board("p_e", found_by=("ann", None, "ann"), art=GALLOWS[0], **play),
        m.Error("already_guessed", "p was tried already.", 3),
        board("p_e", found_by=("ann", None, "ann"), missed=("z",), lives=5, art=GALLOWS[1], **play),
        board("pie", status="won", art=GALLOWS[1], **over, **play),
        member("bob", seated=False, score=2),
        member("cid", connected=False, left=True, score=1),
        Lost("the server closed it", 0.5),
        Connecting(2),
        Lost("nothing listens there", 1.0),
        m.Welcome(1, "ann", "lobby", "owner", "t", "s/1", True, 9, ()),
        m.Roster("lobby", 2, (ANN, m.RosterEntry("bob", "member", False, True, 2))),
        m.Chat("ann", "/new please", "lobby", replay=True),
        board("pie", status="won", art=GALLOWS[1], **over, **play),
        board("____", round=2, mode="setter", setter="bob", art=GALLOWS[0], lives=6),
        board("____", round=2, mode="setter", setter="bob", status="stopped", secret="stew", art=GALLOWS[0]),
        m.Bye("stopping"),
        Closed(),
    )


@pytest.mark.parametrize("art", [False, True])
def test_a_whole_evening(golden: Any, art: bool) -> None:
    shown: list[str] = []
    model = Model()
    for event in evening():
        before, model = model, update(model, event, 0.0)
        shown += lines(before, event, model, art=art)
    golden("lines_art" if art else "lines", "".join(line + "\n" for line in shown))


@given(st.text(), st.text())
def test_nothing_that_moves_a_cursor_is_ever_told(name: str, text: str) -> None:
    for event in (
        m.Chat(name, text, "lobby"),
        m.Notice(text),
        board(
            "a_", setter=name, hint=text, missed=(text,), caption=text, art=text, players=(m.PlayerBoard(name, 1, 1),)
        ),
        m.Roster(name, 1, (m.RosterEntry(name, "member", True, True, 0),)),
        member(name),
    ):
        shown = "".join(told(*HERE, event, art=True))
        assert not any(category(char) in ("Cc", "Cs") or char in BIDI for char in shown)
