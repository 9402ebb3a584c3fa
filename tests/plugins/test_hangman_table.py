"""The room's record by itself: it comes back from JSON, stays bounded, follows renames, and rounds put into words."""

from __future__ import annotations

import msgspec
import pytest

from hangman_net import Ballot
from hangman_net.game import engine
from hangman_net.game.alphabet import ENGLISH
from hangman_net.game.art import ARTS
from hangman_net.game.modes import MODES, Mode
from hangman_net.game.pool import Pool
from hangman_net.game.round import MAX_PLAYERS, Puzzle, Round
from hangman_net.game.settings import Settings
from hangman_net.plugins.hangman_table import (
    MAX_POOLS,
    Rota,
    Table,
    idle_board,
    letters_found,
    summary,
    took_part,
    winners,
)


def played(mode: Mode, script: str, setter: str | None = None) -> Round:
    """A round on `banana` that ann, bob and cat played: `ann a, bob banana`."""
    names = ("ann", "bob", "cat")
    round = engine.begin(
        mode, 1, Puzzle("banana", ENGLISH.spec), Settings(lives=2), names, now=0.0, starter="ann", setter=setter
    )
    for line in filter(None, script.split(", ")):
        who, _, text = line.partition(" ")
        round = engine.guess(round, mode, who, text, 0.0).round
    return round


FULL = Table(
    settings=Settings(mode="turns", level="hard"),
    number=7,
    round=played(MODES["turns"], "ann a, ann z", setter="cat"),
    rota=Rota(Settings(), "ann", 9.5, ("bob", "ann")),
    ballot=Ballot({"stop": ("ann", "bob")}),
    pools=(Pool("animals", "d", 5, (1, 2, 3, 4)),),
    arts=(("ann", "snowman"),),
)


@pytest.mark.parametrize("table", [Table(), FULL], ids=["new", "full"])
def test_a_record_comes_back_equal(table):
    assert msgspec.json.decode(msgspec.json.encode(table), type=Table) == table


def test_a_new_record_takes_no_room():
    assert msgspec.json.encode(Table()) == b"{}"


def test_a_rename_reaches_every_corner():
    renamed = FULL.renamed("ann", "zoe")
    assert b'"ann"' not in msgspec.json.encode(renamed)
    assert renamed.renamed("zoe", "ann") == FULL


def test_pools_are_renewed_and_bounded():
    table = Table()
    for n in range(MAX_POOLS + 5):
        table = table.with_pool(Pool(f"list{n}", "d", n))
    assert len(table.pools) == MAX_POOLS
    assert (table.pool("list0"), table.pool("list7")) == (None, Pool("list7", "d", 7))
    assert table.with_pool(Pool("list7", "d", 8)).pools[-1].seed == 8


def test_pictures_of_ones_own_are_bounded_and_only_those_that_differ():
    table = Table()
    assert table.with_art("ann", "gallows") is table
    assert table.with_art("ann", None) is table
    for n in range(MAX_PLAYERS + 5):
        table = table.with_art(f"p{n}", "snowman")
    assert len(table.arts) == MAX_PLAYERS
    assert (table.art_of("p0"), table.art_of("nobody"), table.art_of(None)) == ("snowman", "gallows", "gallows")
    assert table.with_art("p0", None).art_of("p0") == "gallows"


@pytest.mark.parametrize(
    ("mode", "script", "setter", "told"),
    [
        ("coop", "ann a, bob n, ann b", None, "Won: the word was banana. ann found a, b. bob found n."),
        ("coop", "ann z, bob cabana", None, "Lost: the word was banana. Missed: z. Not: cabana."),
        ("coop", "ann a, bob banana", "cat", "Won: the word was banana. ann found a. bob found the word."),
        ("race", "bob banana, ann z, cat x, cat y, ann banana", None, "Won: the word was banana. 1. bob. 2. ann."),
    ],
)
def test_a_round_in_words(mode, script, setter, told):
    round = played(MODES[mode], script, setter)
    assert round.termination is not None
    assert summary(round, MODES[mode], {}) == told
    assert summary(round, MODES[mode], {"ann": 1, "bob": 4}) == f"{told} Points: bob 4, ann 1."


def test_why_a_round_ended_otherwise():
    stopped = engine.stop(played(MODES["coop"], "ann a"))
    assert summary(stopped, MODES["coop"], {}) == "Stopped: the word was banana. ann found a."


def test_who_took_part_and_what_each_found():
    round = played(MODES["coop"], "bob z, ann a, bob banana")
    assert (took_part(round), letters_found(round)) == (["ann", "bob"], {"ann": 3})
    assert winners(round, MODES["coop"]) == ["ann", "bob"]
    race = played(MODES["race"], "bob banana, ann a, cat x, cat y, ann banana")
    assert (took_part(race), winners(race, MODES["race"])) == (["ann", "bob", "cat"], ["bob"])
    assert letters_found(race) == {"ann": 3}


def test_the_idle_board_says_what_is_waited_for():
    board = idle_board(Table(number=3), ARTS["none"], 0.0)
    assert (board.status, board.cells, board.round, board.caption) == ("idle", (), 3, "No round: /new begins one.")
    waiting = idle_board(Table(rota=Rota(Settings(mode="setter"), "ann", 60.0)), ARTS["none"], 15.0)
    assert (waiting.setter, waiting.seconds, waiting.mode) == ("ann", 45.0, "setter")
