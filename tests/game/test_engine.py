"""The rules that hold in every mode, case by case."""

from __future__ import annotations

import random

import pytest

from hangman_net.game import engine
from hangman_net.game.alphabet import AlphabetSpec
from hangman_net.game.engine import ABANDONED_AFTER
from hangman_net.game.errors import GuessError, IllegalGuess, InvalidGuess, RoundOver
from hangman_net.game.modes import COOP
from hangman_net.game.round import Termination

FRENCH = AlphabetSpec("fr")


@pytest.mark.parametrize(
    ("word", "guesses", "kind", "shown", "lives"),
    [
        ("banana", ["a"], "hit", "_a_a_a", 6),
        ("banana", ["A"], "hit", "_a_a_a", 6),
        ("Banana", ["b"], "hit", "B_____", 6),
        ("banana", ["z"], "miss", "______", 5),
        ("banana", ["b", "a", "n"], "solved", "banana", 6),
        ("banana", ["banana"], "solved", "banana", 6),
        ("banana", ["BANANA"], "solved", "banana", 6),
        ("banana", ["cabana"], "wrong", "______", 5),
        ("banana", ["z", "y", "x", "w", "v", "b", "a", "n"], "solved", "banana", 1),
        ("banana", ["z", "y", "x", "w", "v", "banana"], "solved", "banana", 1),
        ("ice-cream", ["e"], "hit", "__e-__e__", 6),
        ("ice-cream", ["icecream"], "solved", "ice-cream", 6),
        ("ice-cream", ["ice-cream"], "solved", "ice-cream", 6),
        ("rock 'n' roll", ["r"], "hit", "r___ '_' r___", 6),
        ("catch 22", ["c"], "hit", "c__c_ 22", 6),
        ("catch 22", ["catch"], "solved", "catch 22", 6),
    ],
)
def test_a_guess_shows_its_letter_or_costs_a_life(deal, word, guesses, kind, shown, lives):
    dealt = deal(word)
    move = dealt(*guesses)
    assert (move.kind, dealt.shown(), dealt.round.sheet.lives) == (kind, shown, lives)


@pytest.mark.parametrize(
    ("typed", "word", "shown"),
    [("e", "élève", "é_è_e"), ("É", "élève", "é_è_e"), ("e\u0301", "élève", "é_è_e"), ("c", "garçon", "___ç__")],
)
def test_a_folded_letter_shows_what_the_word_has(deal, typed, word, shown):
    dealt = deal(word, spec=FRENCH)
    dealt(typed)
    assert dealt.shown() == shown


@pytest.mark.parametrize(
    ("before", "guess", "error", "code"),
    [
        ([], "7", InvalidGuess, "invalid_guess"),
        ([], "ß", InvalidGuess, "invalid_guess"),
        ([], "-", InvalidGuess, "invalid_guess"),
        ([], "?", InvalidGuess, "invalid_guess"),
        ([], "", InvalidGuess, "invalid_guess"),
        ([], "   ", InvalidGuess, "invalid_guess"),
        ([], "bananas", InvalidGuess, "invalid_guess"),
        ([], "banan", InvalidGuess, "invalid_guess"),
        ([], "bаnana", InvalidGuess, "invalid_guess"),  # a Cyrillic а
        ([], "b" * 10_000, InvalidGuess, "invalid_guess"),
        (["z"], "zebras", InvalidGuess, "invalid_guess"),
        (["a"], "bamban", InvalidGuess, "invalid_guess"),
        (["n"], "nature", InvalidGuess, "invalid_guess"),
        (["a"], "a", IllegalGuess, "already_guessed"),
        (["z"], "Z", IllegalGuess, "already_guessed"),
        (["cabana"], "Cabana", IllegalGuess, "already_guessed"),
        (["cabana"], "c-a-b-a-n-a", IllegalGuess, "already_guessed"),
        (["banana"], "e", RoundOver, "no_round"),
        (list("zyxwvu"), "e", RoundOver, "no_round"),
    ],
)
def test_what_cannot_be_right_is_refused_free(deal, before, guess, error, code):
    dealt = deal("banana")
    if before:
        dealt(*before)
    was = dealt.round
    with pytest.raises(error) as refused:
        engine.guess(dealt.round, COOP, "bob", guess, 1.0)
    assert refused.value.code == code
    assert isinstance(refused.value, (GuessError, ValueError))
    assert dealt.round is was


@pytest.mark.parametrize(
    ("word", "why"),
    [("zzz", "6 letters, not 3"), ("zanana", "no z"), ("bonana", "Letter 2 is a"), ("aanana", "Every a is shown")],
)
def test_a_refused_word_says_why(deal, word, why):
    dealt = deal("banana")
    dealt("a", "z")
    with pytest.raises(InvalidGuess, match=why):
        dealt(f"bob {word}")


@pytest.mark.parametrize(
    ("word", "guess", "right"),
    [
        ("vitamin b12", "vitamin b12", True),
        ("vitamin b12", "vitaminb", True),
        ("vitamin b12", "VITAMIN-B 12", True),
        ("vitamin b12", "vitamin b13", False),
        ("vitamin b12", "vitamin b1", False),
        ("vitamin b12", "vitamin b21", False),
        ("banana", "banana1", False),
    ],
)
def test_digits_may_be_left_out_of_a_word_but_not_be_others(deal, word, guess, right):
    dealt = deal(word)
    if right:
        assert engine.guess(dealt.round, COOP, "bob", guess, 1.0).kind == "solved"
    else:
        with pytest.raises(InvalidGuess, match="digit"):
            engine.guess(dealt.round, COOP, "bob", guess, 1.0)


def test_strict_makes_a_letter_tried_again_cost_a_life(deal):
    dealt = deal("banana", strict=True)
    dealt("a", "z")
    assert dealt("bob a").kind == "repeat"
    assert dealt("bob z").kind == "repeat"
    assert dealt.round.sheet.lives == 3
    assert dealt.round.sheet.missed == ("z",)


def test_strict_repeats_can_lose_a_round(deal):
    dealt = deal("banana", strict=True, lives=1)
    dealt("a", "a")
    assert dealt.round.outcome().termination is Termination.LIVES


@pytest.mark.parametrize("lives", [1, 2, 6, 15])
def test_a_round_is_lost_with_its_last_life(deal, lives):
    dealt = deal("aa", lives=lives)
    wrong = "zyxwvutsrqponml"
    dealt(*wrong[: lives - 1]) if lives > 1 else None
    assert dealt.round.outcome() is None
    dealt(f"bob {wrong[lives - 1]}")
    outcome = dealt.round.outcome()
    assert (outcome.termination, outcome.won, outcome.winner) == (Termination.LIVES, False, None)
    assert dealt.round.status == "lost"


def test_a_won_round_names_who_found_the_last(deal):
    dealt = deal("aba")
    dealt("bob a", "cat b")
    outcome = dealt.round.outcome()
    assert (outcome.termination, outcome.won, outcome.winner) == (Termination.SOLVED, True, "cat")


def test_the_setter_does_not_guess(deal):
    dealt = deal(setter="cat")
    assert not engine.may_guess(dealt.round, dealt.mode, "cat")
    assert engine.may_guess(dealt.round, dealt.mode, "ann")
    with pytest.raises(IllegalGuess) as refused:
        dealt("cat a")
    assert refused.value.code == "forbidden"


class TestHints:
    def test_the_words_own_comes_first_and_is_free(self, deal):
        dealt = deal(hint="a fruit")
        assert dealt.seen().hint is None
        move = dealt.hint()
        assert (move.kind, move.guess, move.round.sheet.lives) == ("hint", "a fruit", 6)
        assert dealt.seen().hint == "a fruit"

    def test_then_a_letter_costs_a_life_and_is_nobodys_find(self, deal):
        dealt = deal(hint="a fruit")
        dealt.hint()
        move = dealt.hint("bob")
        assert move.kind == "bought"
        assert move.guess in "ban"
        assert dealt.round.sheet.lives == 5
        assert dealt.shown().count(move.guess) == move.shown
        assert set(dealt.seen().found_by) == {None}
        dealt.hint()
        dealt(*(letter for letter in "ban" if letter not in dealt.round.sheet.found))
        assert sum(dealt.points.values()) < 6

    def test_the_same_chance_buys_the_same_letter(self, deal):
        assert deal().hint(seed=7).guess == deal().hint(seed=7).guess

    @pytest.mark.parametrize(("lives", "before"), [(1, []), (2, ["z"]), (6, ["b", "a"])])
    def test_neither_the_last_life_nor_the_last_letter_is_for_sale(self, deal, lives, before):
        dealt = deal(lives=lives)
        if before:
            dealt(*before)
        with pytest.raises(IllegalGuess):
            dealt.hint()

    def test_nobody_buys_for_a_word_that_they_set_or_a_round_that_is_over(self, deal):
        dealt = deal(setter="cat")
        with pytest.raises(IllegalGuess):
            dealt.hint("cat")
        dealt("banana")
        with pytest.raises(RoundOver):
            dealt.hint("ann")


class TestTime:
    def test_a_round_without_limit_waits_for_ever(self, deal):
        dealt = deal()
        assert engine.due_at(dealt.round) is None
        dealt.pass_time(1e6)
        assert dealt.round.outcome() is None

    def test_a_limit_ends_it(self, deal):
        dealt = deal(limit=60)
        dealt.pass_time(59.9)
        assert dealt.round.outcome() is None
        dealt.pass_time(0.1)
        assert dealt.round.outcome().termination is Termination.TIME
        assert dealt.round.status == "lost"

    def test_a_tick_too_early_changes_nothing(self, deal):
        dealt = deal(limit=60)
        assert engine.tick(dealt.round, COOP, 30.0) is dealt.round

    def test_a_round_without_players_is_paused_and_ended(self, deal):
        dealt = deal()
        dealt.attend(ann=False, bob=None)
        assert dealt.round.paused is None
        dealt.attend(cat=False)
        assert dealt.round.paused == 0.0
        dealt.pass_time(ABANDONED_AFTER - 1)
        assert dealt.round.outcome() is None
        dealt.pass_time(1)
        assert dealt.round.outcome().termination is Termination.ABANDONED
        assert dealt.round.status == "stopped"

    def test_a_setter_alone_does_not_keep_it_alive(self, deal):
        dealt = deal(setter="cat")
        dealt.attend(ann=None, bob=False)
        assert dealt.round.paused is not None

    @pytest.mark.parametrize(("gone_at", "left"), [(10, 50), (58, 10)])
    def test_a_pause_stops_the_clock_and_leaves_ten_seconds(self, deal, gone_at, left):
        dealt = deal(limit=60, players="ann")
        dealt.pass_time(gone_at)
        dealt.attend(ann=False)
        assert dealt.seen().seconds is None
        dealt.pass_time(300)
        dealt.attend(ann=True)
        assert dealt.seen().seconds == left

    def test_whoever_comes_back_ends_the_pause_in_time(self, deal):
        dealt = deal(players="ann")
        dealt.attend(ann=False)
        dealt.pass_time(ABANDONED_AFTER - 1)
        dealt.attend(ann=True)
        dealt.pass_time(ABANDONED_AFTER * 2)
        assert dealt.round.outcome() is None


def test_a_stopped_round_pays_nobody_and_stays_stopped(deal):
    dealt = deal()
    dealt("a")
    stopped = engine.stop(dealt.round)
    assert (stopped.status, stopped.outcome().won, COOP.points(stopped)) == ("stopped", False, {})
    assert engine.stop(stopped) is stopped


def test_a_letter_given_away_can_be_the_last(deal):
    dealt = deal("ab")
    sheet = engine.reveal(dealt.round, dealt.round.sheet, "a")
    assert (sheet.found, sheet.found_by, sheet.solved) == (("a",), (None,), False)
    assert engine.reveal(dealt.round, sheet, "a") is sheet
    assert engine.reveal(dealt.round, sheet, "z") is sheet
    assert engine.reveal(dealt.round, sheet, "b").solved


def test_a_thousand_rounds_take_no_time(deal):
    chance = random.Random(1)
    for _ in range(200):
        dealt = deal("hangman")
        letters = list("abcdefghijklmnopqrstuvwxyz")
        chance.shuffle(letters)
        for letter in letters:
            if dealt.round.outcome() is None:
                dealt(letter)
        assert dealt.round.outcome() is not None
