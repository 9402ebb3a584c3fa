"""Dice, as people type them: the fixture `table` comes with hangman_net and has this module's plugin loaded."""

import pytest
from dice import Dice, Rolls


def test_everybody_sees_a_roll(table):
    ann, bob = table.ann, table.bob
    ann.types("/roll 6")
    assert ann.texts == bob.texts[-1:]
    assert ann.texts[0].startswith("ann rolls ")


def test_a_secret_roll_is_seen_by_one(table):
    ann, bob = table.ann, table.bob
    bob.types("/rolls")
    ann.types("/dice how=secret")
    assert len(ann.texts) == 1
    assert bob.texts == ["0 dice were rolled in lobby."]


@pytest.mark.parametrize("line", ["/roll 1", "/roll six", "/roll 6 loud", "/roll side=6"])
def test_a_wrong_argument_is_told_and_costs_nothing(table, line):
    table.ann.types(line)
    assert table.ann.error == "usage"
    assert table.state("dice") == Rolls(0)


def test_a_second_roll_waits_two_seconds(table):
    table.ann.types("/roll")
    table.ann.types("/roll")
    assert table.ann.error == "rate_limited"
    table.passes(2)
    table.ann.types("/roll")
    assert table.ann.error is None


def test_the_count_lasts(table):
    table.ann.types("/roll")
    table.restarts()
    ann = table.ann.comes_back()
    ann.types("/rolls")
    assert ann.texts == ["1 dice were rolled in lobby."]


def test_completion_comes_from_the_signature(table):
    assert table.ann.completes("/roll 6 s") == ["secret"]
