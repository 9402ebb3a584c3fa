"""The records: they come back equal from JSON, stay small, and follow a rename."""

from __future__ import annotations

import msgspec
import pytest

from hangman_net.game.alphabet import AlphabetSpec
from hangman_net.game.modes import MODES
from hangman_net.game.round import Puzzle, Round

DECODE = msgspec.json.Decoder(Round).decode


@pytest.mark.parametrize("mode", MODES)
def test_a_round_comes_back_equal(deal, mode):
    dealt = deal("ice-cream", mode, setter="cat", hint="cold", limit=60)
    dealt("ann e", "ann z", "bob q")
    dealt.attend(bob=False)
    back = DECODE(msgspec.json.encode(dealt.round))
    assert back == dealt.round
    assert back.puzzle.cells == dealt.round.puzzle.cells


def test_a_round_holds_nobody_who_did_nothing(deal):
    small, large = deal(players="ann"), deal(players=" ".join(f"p{n}" for n in range(1000)))
    small("ann a")
    large("ann a")
    assert small.round == large.round


@pytest.mark.parametrize("mode", ["coop", "turns", "race"])
def test_the_longest_round_stays_bounded(deal, mode):
    dealt = deal("x" * 200, mode, players=" ".join(f"player-number-{n:06}" for n in range(100)), lives=15)
    for letter in "abcdefghijklmn":
        name = "player-number-000000" if mode != "turns" else dealt.round.turn
        dealt(f"{name} {letter}")
    assert len(msgspec.json.encode(dealt.round)) < 20_000


def test_what_is_derived_is_worked_out_once_and_kept_by_the_round(deal):
    dealt = deal("banana")
    cells = dealt.round.puzzle.cells
    dealt("a")
    assert dealt.round.puzzle.cells is cells


def test_places_and_letters():
    puzzle = Puzzle("a-ba", AlphabetSpec())
    assert puzzle.cells == ("a", "-", "b", "a")
    assert puzzle.keys == ("a", None, "b", "a")
    assert puzzle.blank == (None, "-", None, None)
    assert puzzle.places == {"a": (0, 3), "b": (2,)}
    assert puzzle.letters == ("a", "b", "a")


@pytest.mark.parametrize("mode", ["coop", "turns", "race"])
def test_a_rename_is_followed_everywhere(deal, mode):
    dealt = deal("banana", mode, setter="cat", keep=True)
    dealt("ann a", "ann z")
    renamed = dealt.round.renamed("ann", "zoe").renamed("cat", "tom")
    text = msgspec.json.encode(renamed).decode()
    assert '"ann"' not in text
    assert '"cat"' not in text
    assert renamed.renamed("zoe", "ann").renamed("tom", "cat") == dealt.round
