"""The side pane and the summary of a round, as pictures in text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client import board
from hangman_net.client.model import Model, update
from hangman_net.client.rows import Row, plain, row_cells

LONG = "the quick brown fox jumps"


def shown(rows: list[Row]) -> str:
    return "".join(f"{plain(row).rstrip()}\n" for row in rows)


RACE = m.Board(
    round=8,
    status="playing",
    mode="race",
    cells=(None,) * 7,
    lives=6,
    max_lives=6,
    art="  /\\_/\\\n ( o.o )\n  > ^ <",
    seconds=90.0,
    players=(m.PlayerBoard("ann", 3, 4), m.PlayerBoard("bob", 7, 2, place=1), m.PlayerBoard("cid", 0, 0)),
)


@pytest.mark.parametrize(
    ("name", "change", "columns", "rows"),
    [
        ("side_turns", {}, 38, 34),
        ("side_mine", {"turn": "ann"}, 30, 20),
        ("side_short", {}, 30, 12),
        ("side_very_short", {}, 26, 7),
        ("side_won", {"status": "won", "secret": "banana", "seconds": None}, 30, 24),
        ("side_lost", {"status": "lost", "secret": "banana", "lives": 0}, 30, 24),
        ("side_setter", {"setter": "bob", "turn": None}, 30, 24),
        ("side_phrase", {"cells": tuple(c if c == " " else None for c in LONG), "found_by": ()}, 30, 24),
        ("side_many_lives", {"max_lives": 40, "lives": 39}, 30, 24),
    ],
)
def test_side(room, golden, name, change, columns, rows):
    model = update(room.model(*room.entered), replace(room.playing, **change), 0.0)
    golden(name, shown(board.side_rows(model, columns, rows, 12.2)))


def test_side_before_the_first_round(room, golden):
    golden("side_idle", shown(board.side_rows(room.model(*room.entered), 30, 12, 0.0)))


@pytest.mark.parametrize(
    ("setter", "waits"), [("bob", "bob sets the next word"), ("ann", "you set the next word:\n /secret WORD")]
)
def test_between_the_rounds_of_a_rota_the_side_says_whose_word_is_waited_for(room, setter, waits):
    model = room.model(*room.entered, m.Board(round=2, mode="setter", setter=setter, seconds=40.0))
    side = shown(board.side_rows(model, 30, 12, 10.0))
    assert side.startswith(f" Next round · setter\n\n {waits}\n time   0:30\n")
    assert board.next_word(update(model, m.Board(round=2), 0.0)) is None


def test_side_of_a_race(room, golden):
    golden("side_race", shown(board.side_rows(room.model(*room.entered, RACE), 30, 24, 0.0)))


def test_side_of_a_class(room, golden):
    crowd = tuple(m.RosterEntry(f"pupil{number}", "member", True, True, number) for number in range(40))
    model = room.model(room.welcome, m.Roster("lobby", 40, crowd), room.playing)
    golden("side_class", shown(board.side_rows(model, 30, 24, 0.0)))


@given(st.integers(1, 60), st.integers(0, 40), st.sampled_from([m.Board(), RACE]), st.integers(0, 30))
def test_the_side_pane_stays_within_its_bounds(columns, rows, shown_board, people):
    crowd = tuple(m.RosterEntry(f"日本{number}", "member", True, True, number) for number in range(people))
    model = update(update(Model(), m.Roster("lobby", people, crowd), 0), shown_board, 0)
    pane = board.side_rows(model, columns, rows, 0.0)
    assert len(pane) <= rows
    assert all(row_cells(row) <= columns for row in pane)


# --- the word -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "columns", "lines"),
    [
        ("ab", 20, ["a b"]),
        ("", 20, []),
        ("ab cd", 20, ["a b   c d"]),
        ("ab cd", 6, ["a b", "c d"]),
        ("abcdef", 5, ["a b c", "d e f"]),
        ("ab cdefg", 8, ["a b", "c d e f", "g"]),
        ("日本語", 5, ["日 本", "語"]),
    ],
)
def test_word_rows(cells, columns, lines):
    rows = board.word_rows(m.Board(cells=tuple(cells)), "ann", columns)
    assert [plain(row).strip() for row in rows] == lines
    assert all(row_cells(row) <= columns for row in rows)


def test_letters_wear_the_colour_of_who_found_them(room):
    row = board.word(room.playing, "ann")
    assert row[0] == (f"class:letter {board.name_style('ann')} class:me", "b")
    assert row[2] == ("class:letter class:hidden", "_")
    assert row[4] == (f"class:letter {board.name_style('bob')}", "n")


def test_what_nobody_found_is_shown_at_the_end(room):
    row = board.word(replace(room.playing, status="lost", secret="banana"), "ann")
    assert plain(row) == "b a n a n a"
    assert ("class:letter class:unfound", "a") in row


def test_a_secret_that_does_not_fit_the_cells_is_told_apart(room):
    odd = replace(room.won, cells=(None, None), found_by=(), secret="banana")
    model = room.model(*room.played, odd)
    rows = board.summary_rows(model.entries[-1], odd, 60, "ann")
    assert "the word was banana" in shown(rows)


def test_a_name_has_one_colour_in_any_case():
    assert board.name_style("Ann") == board.name_style("ann")
    assert len({board.name_style(f"player{number}") for number in range(99)}) == board.NAME_STYLES


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00"), (0.2, "0:01"), (59.0, "0:59"), (60.0, "1:00"), (3599.5, "60:00")]
)
def test_clock(seconds, text):
    assert board.clock(seconds) == text


# --- the summary ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "columns"), [("summary_wide", 60), ("summary_narrow", 28)])
def test_summary(room, golden, name, columns):
    gains = (m.MemberChange("lobby", "ann", "host", True, True, 20, False, None),)
    model = room.model(*room.played, room.won, *gains)
    golden(name, shown(board.summary_rows(model.entries[-1], room.won, columns, "ann")))


def test_a_summary_breaks_a_phrase_between_its_words(room):
    cells = tuple("the early bird")
    won = m.Board(round=1, status="won", cells=cells, art="x", lives=1, max_lives=1, secret="the early bird")
    model = room.model(*room.entered, replace(won, status="playing", secret=None), won)
    rows = [plain(row).strip("x ") for row in board.summary_rows(model.entries[-1], won, 29, "ann")]
    assert rows[1:3] == ["t h e   e a r l y", "b i r d"]


@given(st.integers(4, 80))
def test_a_summary_stays_within_its_columns(columns):
    lost = m.Board(
        round=1, status="lost", cells=(None,) * 6, lives=0, max_lives=6, art="日本\n x", secret="日本語の単語"
    )
    model = update(update(Model(), replace(lost, status="playing", secret=None), 0), lost, 0)
    rows = board.summary_rows(model.entries[-1], lost, columns, "ann")
    assert all(row_cells(row) <= columns for row in rows)
