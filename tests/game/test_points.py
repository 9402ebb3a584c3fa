"""What a round pays, in tables, and that it adds up."""

from __future__ import annotations

import pytest

from hangman_net.game import engine, points


@pytest.mark.parametrize(("blanks", "worth"), [(1, 2), (2, 3), (3, 5), (4, 6), (5, 7), (6, 9), (10, 14), (50, 68)])
def test_the_word_pays_by_its_blanks(blanks, worth):
    assert points.for_word(blanks) == worth


@pytest.mark.parametrize(
    ("misses", "lives", "worth"), [(0, 6, 1), (1, 6, 3), (3, 6, 6), (5, 6, 10), (0, 1, 10), (0, 15, 1), (14, 15, 10)]
)
def test_the_setter_earns_most_when_the_group_only_just_makes_it(misses, lives, worth):
    assert points.for_setter(misses, lives) == worth


def test_the_setters_share_never_falls_with_the_misses():
    for lives in range(1, 16):
        shares = [points.for_setter(misses, lives) for misses in range(lives)]
        assert shares == sorted(shares)
        assert shares[-1] == points.SETTER_MOST


@pytest.mark.parametrize(
    ("guesses", "paid"),
    [
        (["ann a", "bob n", "cat b"], {"ann": 3, "bob": 2, "cat": 1}),
        (["ann a", "bob banana"], {"ann": 3, "bob": 5}),
        (["bob banana"], {"bob": 9}),
        (["ann z", "bob a", "bob banana"], {"bob": 8}),
        (["ann a", *"zyxwvu"], {"ann": 3}),
    ],
)
def test_a_point_an_occurrence_and_a_bonus_for_the_word(deal, guesses, paid):
    dealt = deal("banana")
    dealt(*guesses)
    assert dealt.points == paid


def test_nothing_is_paid_while_a_round_is_played(deal):
    dealt = deal("banana")
    dealt("a")
    assert dealt.points == {}


@pytest.mark.parametrize(("misses", "share"), [("", 1), ("zyxwv", 10)])
def test_the_setter_is_paid_for_a_word_that_was_found(deal, misses, share):
    dealt = deal("banana", setter="cat")
    if misses:
        dealt(*misses)
    dealt("banana")
    assert dealt.points["cat"] == share


def test_the_setter_of_a_word_that_nobody_found_gets_nothing(deal):
    dealt = deal("banana", setter="cat")
    dealt(*"zyxwvu")
    assert dealt.points == {}


def test_a_race_pays_its_places(deal):
    dealt = deal("aba", "race", players="ann bob cat dan", setter="dan", lives=1)
    dealt("bob aba", "ann a", "ann b", "cat z")
    assert dealt.points == {"bob": 9, "ann": 7, "dan": 10}


def test_a_stopped_race_pays_nobody(deal):
    dealt = deal("aba", "race")
    dealt("bob aba")
    dealt.round = engine.stop(dealt.round)
    assert dealt.points == {}
