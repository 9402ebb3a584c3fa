"""Each mode played by strings: who may guess, what a guess leads to, when it is over."""

from __future__ import annotations

import pytest

from hangman_net.game import engine
from hangman_net.game.errors import IllegalGuess, InvalidGuess, RoundOver
from hangman_net.game.modes import MODES
from hangman_net.game.round import MAX_PLAYERS, Termination


def test_there_are_five_and_coop_is_the_first():
    assert list(MODES) == ["coop", "turns", "race", "evil", "setter"]
    assert all(mode.name == name and mode.summary for name, mode in MODES.items())
    assert [name for name, mode in MODES.items() if not mode.counted] == ["evil"]


class TestTurns:
    def test_a_hit_keeps_the_turn_and_a_miss_passes_it(self, deal):
        dealt = deal("banana", "turns")
        assert dealt.round.turn == "ann"
        dealt("ann a")
        assert dealt.round.turn == "ann"
        dealt("ann z")
        assert dealt.round.turn == "bob"
        dealt("bob y")
        assert dealt.round.turn == "cat"
        dealt("cat x")
        assert dealt.round.turn == "ann"

    def test_a_hit_passes_the_turn_where_keep_is_off(self, deal):
        dealt = deal("banana", "turns", keep=False)
        dealt("ann a")
        assert dealt.round.turn == "bob"

    def test_out_of_turn_is_refused(self, deal):
        dealt = deal("banana", "turns")
        with pytest.raises(IllegalGuess) as refused:
            dealt("bob a")
        assert refused.value.code == "not_your_turn"
        assert "ann" in str(refused.value)
        assert not engine.may_guess(dealt.round, dealt.mode, "bob")

    def test_a_refused_guess_keeps_the_turn(self, deal):
        dealt = deal("banana", "turns")
        dealt("ann z", "bob a")
        with pytest.raises(IllegalGuess):
            dealt("bob z")
        with pytest.raises(InvalidGuess):
            dealt("bob zebras")
        assert dealt.round.turn == "bob"

    def test_a_time_out_passes_the_turn(self, deal):
        dealt = deal("banana", "turns", turn=30)
        assert dealt.seen().seconds == 30
        dealt.pass_time(29)
        assert (dealt.round.turn, dealt.seen().seconds) == ("ann", 1)
        dealt.pass_time(1)
        assert (dealt.round.turn, dealt.seen().seconds) == ("bob", 30)

    def test_every_guess_starts_the_clock_again(self, deal):
        dealt = deal("banana", "turns", turn=30)
        dealt.pass_time(20)
        dealt("ann a")
        dealt.pass_time(20)
        assert dealt.round.turn == "ann"

    def test_two_time_outs_in_a_row_are_away_until_they_speak(self, deal):
        dealt = deal("banana", "turns", players="ann bob", turn=30)
        for letter in "zy":
            assert dealt.round.turn == "ann"
            dealt.pass_time(30)
            dealt(f"bob {letter}")
        assert dealt.round.turn == "bob"
        dealt.spoke("ann")
        dealt("bob x")
        assert dealt.round.turn == "ann"

    def test_a_guess_in_between_forgives_a_time_out(self, deal):
        dealt = deal("banana", "turns", players="ann bob", lives=15, turn=30)
        dealt.pass_time(30)
        dealt("bob z", "ann y", "bob x")
        dealt.pass_time(30)
        dealt("bob w")
        assert dealt.round.turn == "ann"

    def test_when_all_have_let_it_lapse_the_round_waits_and_whoever_speaks_goes_on(self, deal):
        dealt = deal("banana", "turns", players="ann bob", turn=30)
        dealt.pass_time(120)
        assert (dealt.round.turn, dealt.round.paused, dealt.round.outcome()) == (None, 120, None)
        dealt.spoke("bob")
        assert (dealt.round.turn, dealt.round.paused, dealt.seen().seconds) == ("bob", None, 30)

    def test_when_all_have_let_it_lapse_anyone_of_them_may_guess(self, deal):
        dealt = deal("banana", "turns", players="ann bob", turn=30)
        dealt.pass_time(120)
        dealt("bob a")
        assert (dealt.round.turn, dealt.round.paused) == ("bob", None)

    @pytest.mark.parametrize("wake", [lambda dealt: dealt.spoke("bob"), lambda dealt: dealt("bob a")])
    def test_a_round_that_waits_with_the_turn_of_who_is_gone_goes_on_with_whoever_speaks_or_guesses(self, deal, wake):
        dealt = deal("banana", "turns", players="ann bob", turn=30)
        dealt.pass_time(120)
        dealt.attend(ann=True, bob=True, cat=True)
        dealt.attend(ann=True, bob=True, cat=False)
        assert (dealt.round.turn, dealt.round.paused) == ("cat", 120)
        wake(dealt)
        assert (dealt.round.turn, dealt.round.paused, dealt.seen().seconds) == ("bob", None, 30)

    def test_when_nobody_wakes_up_it_ends(self, deal):
        dealt = deal("banana", "turns", players="ann bob", turn=30)
        dealt.pass_time(120 + engine.ABANDONED_AFTER)
        assert dealt.round.outcome().termination is Termination.ABANDONED

    @pytest.mark.parametrize("how", [False, None])
    def test_whoever_goes_passes_the_turn(self, deal, how):
        dealt = deal("banana", "turns")
        dealt("ann z")
        dealt.attend(bob=how)
        assert dealt.round.turn == "cat"
        dealt("cat y")
        assert dealt.round.turn == "ann"
        dealt("ann x")
        assert dealt.round.turn == "cat"

    def test_whoever_comes_back_has_their_old_place_and_newcomers_the_last(self, deal):
        dealt = deal("banana", "turns")
        dealt.attend(bob=False)
        dealt.attend(bob=True, dan=True)
        assert [player.name for player in dealt.round.players] == ["ann", "bob", "cat", "dan"]
        order = []
        for letter in "zyxw":
            order.append(dealt.round.turn)
            dealt(f"{dealt.round.turn} {letter}")
        assert order == ["ann", "bob", "cat", "dan"]

    def test_when_all_are_away_the_turn_is_kept_and_runs_out_only_then(self, deal):
        dealt = deal("banana", "turns")
        dealt.pass_time(25)
        dealt.attend(ann=False, bob=False, cat=False)
        assert (dealt.round.turn, dealt.round.paused) == ("ann", 25)
        dealt.now = 525
        dealt.attend(bob=True)
        assert (dealt.round.turn, dealt.round.paused, dealt.seen().seconds) == ("ann", None, 10)
        dealt.pass_time(10)
        assert dealt.round.turn == "bob"

    def test_a_turn_that_was_nearly_over_leaves_ten_seconds_to_who_comes_back(self, deal):
        dealt = deal("banana", "turns", players="ann")
        dealt.pass_time(28)
        dealt.attend(ann=False)
        dealt.now = 100
        dealt.attend(ann=True)
        assert (dealt.round.turn, dealt.seen().seconds) == ("ann", 10)

    def test_when_the_holder_left_for_good_the_turn_goes_to_who_comes_back(self, deal):
        dealt = deal("banana", "turns", players="ann bob")
        dealt.attend(bob=False)
        dealt.attend(ann=None)
        assert dealt.round.turn is None
        dealt.attend(bob=True)
        assert (dealt.round.turn, dealt.round.paused) == ("bob", None)

    def test_the_setter_has_no_turn(self, deal):
        dealt = deal("banana", "turns", setter="ann")
        assert dealt.round.turn == "bob"
        dealt.attend(ann=True)
        assert [player.name for player in dealt.round.players] == ["bob", "cat"]

    def test_the_order_is_bounded(self, deal):
        names = [f"p{n}" for n in range(MAX_PLAYERS + 10)]
        dealt = deal("banana", "turns", players=" ".join(names))
        dealt.attend(late=True)
        assert len(dealt.round.players) == MAX_PLAYERS
        with pytest.raises(IllegalGuess):
            dealt("late a")

    def test_it_is_won_and_lost_as_any_round(self, deal):
        dealt = deal("aba", "turns", lives=2)
        dealt("ann z", "bob a", "bob b")
        assert dealt.round.outcome().winner == "bob"
        assert (dealt.round.turn, engine.due_at(dealt.round)) == (None, None)


class TestRace:
    def test_each_has_a_board_of_their_own(self, deal):
        dealt = deal("banana", "race")
        dealt("ann a", "bob z", "cat n")
        assert [dealt.shown(name) for name in ("ann", "bob", "cat", None)] == ["_a_a_a", "______", "__n_n_", "______"]
        assert [dealt.seen(name).lives for name in ("ann", "bob", "cat", None)] == [6, 5, 6, 6]
        assert [dealt.seen(name).missed for name in ("ann", "bob", None)] == [(), ("z",), ()]

    def test_everyone_sees_how_far_each_is(self, deal):
        dealt = deal("ba-na", "race")
        dealt("ann a", "bob z", "cat bana")
        for viewer in ("ann", "bob", None):
            assert [(p.name, p.found, p.lives, p.place) for p in dealt.seen(viewer).players] == [
                ("ann", 3, 6, None),
                ("bob", 1, 5, None),
                ("cat", 5, 6, 1),
            ]

    def test_the_places_are_given_in_order_and_the_word_is_told_with_the_last(self, deal):
        dealt = deal("aba", "race", lives=1)
        dealt("bob aba")
        assert dealt.round.outcome() is None
        assert (dealt.seen("bob").status, dealt.seen("bob").secret, dealt.shown("bob")) == ("won", None, "aba")
        assert (dealt.seen("ann").status, dealt.seen(None).status) == ("playing", "playing")
        dealt("ann z")
        assert (dealt.seen("ann").status, dealt.seen("ann").secret) == ("lost", None)
        dealt("cat a", "cat b")
        outcome = dealt.round.outcome()
        assert (outcome.termination, outcome.won, outcome.winner) == (Termination.SOLVED, True, "bob")
        assert [dealt.seen(name).status for name in ("ann", "bob", "cat", None)] == ["lost", "won", "won", "won"]
        assert {dealt.seen(name).secret for name in ("ann", "bob", "cat", None)} == {"aba"}
        assert {p.name: p.place for p in dealt.seen().players} == {"ann": None, "bob": 1, "cat": 2}

    def test_who_has_finished_guesses_no_more(self, deal):
        dealt = deal("aba", "race")
        dealt("bob aba")
        with pytest.raises(RoundOver):
            dealt("bob z")

    def test_leaving_is_giving_up_and_being_away_is_not(self, deal):
        dealt = deal("aba", "race")
        dealt("bob aba")
        dealt.attend(ann=False)
        assert dealt.round.outcome() is None
        dealt.attend(ann=None)
        assert dealt.round.outcome() is None
        dealt.attend(cat=None)
        assert dealt.round.outcome().winner == "bob"

    def test_giving_up_ends_ones_own_race(self, deal):
        dealt = deal("aba", "race", players="ann bob")
        dealt.round = engine.give_up(dealt.round, dealt.mode, "ann")
        with pytest.raises(RoundOver):
            dealt("ann a")
        dealt("bob aba")
        assert dealt.round.status == "won"
        assert dealt.seen("ann").status == "lost"

    def test_there_is_nothing_to_give_up_on_a_shared_board(self, deal):
        dealt = deal("aba")
        with pytest.raises(IllegalGuess):
            engine.give_up(dealt.round, dealt.mode, "ann")

    def test_a_race_that_everyone_left_or_lost_is_nobodys(self, deal):
        dealt = deal("aba", "race", lives=1)
        dealt("ann z", "bob z", "cat z")
        assert (dealt.round.outcome().termination, dealt.round.status) == (Termination.LIVES, "lost")
        dealt = deal("aba", "race")
        dealt.attend(ann=None, bob=None, cat=None)
        assert (dealt.round.outcome().termination, dealt.round.status) == (Termination.GIVEN_UP, "lost")

    def test_a_race_that_all_gave_up_leaves_everyones_own_board_as_it_was(self, deal):
        dealt = deal("aba", "race", players="ann bob")
        dealt.round = engine.give_up(dealt.round, dealt.mode, "ann")
        assert dealt.seen("ann").status == "lost"
        dealt.round = engine.give_up(dealt.round, dealt.mode, "bob")
        assert dealt.round.outcome().termination is Termination.GIVEN_UP
        assert [dealt.seen(name).status for name in ("ann", "bob", None)] == ["lost"] * 3

    def test_time_ends_it_for_all_who_still_run(self, deal):
        dealt = deal("aba", "race", race=60)
        dealt("bob aba")
        dealt.pass_time(60)
        outcome = dealt.round.outcome()
        assert (outcome.termination, outcome.won, outcome.winner) == (Termination.TIME, True, "bob")
        assert [dealt.seen(name).status for name in ("ann", "bob", None)] == ["lost", "won", "won"]

    def test_who_sits_down_later_joins_with_the_first_guess(self, deal):
        dealt = deal("aba", "race", players="ann")
        dealt.attend(dan=True)
        assert len(dealt.round.players) == 1
        dealt("ann z", "dan a")
        assert dealt.shown("dan") == "a_a"
        assert [p.name for p in dealt.seen().players] == ["ann", "dan"]

    def test_a_full_race_takes_no_more(self, deal):
        dealt = deal("aba", "race", players=" ".join(f"p{n}" for n in range(MAX_PLAYERS)))
        with pytest.raises(IllegalGuess, match="full"):
            dealt("late a")


class TestEvil:
    def test_it_answers_with_the_largest_family(self, evil):
        dealt = evil("cat", "cot", "cut", "dog")
        move = dealt("c")
        assert (move.kind, dealt.shown()) == ("hit", "c__")
        dealt("a")
        assert dealt.round.sheet.missed == ("a",)
        dealt("o")
        assert (dealt.round.sheet.missed, dealt.round.puzzle.text) == (("a", "o"), "cut")
        assert dealt("u").kind == "hit"

    def test_of_equal_families_it_shows_the_fewest_letters(self, evil):
        dealt = evil("ba", "cd")
        dealt("b")
        assert dealt.round.sheet.missed == ("b",)

    def test_a_whole_word_is_right_only_when_no_other_is_left(self, evil):
        dealt = evil("cat", "cot", "cut")
        assert dealt("cat").kind == "wrong"
        assert dealt("cot").kind == "wrong"
        assert dealt("cut").kind == "solved"

    def test_a_word_that_is_in_no_list_is_wrong(self, evil):
        dealt = evil("cat")
        assert dealt("cow").kind == "wrong"
        assert dealt("cat").kind == "solved"

    def test_a_word_that_was_wrong_is_never_the_word(self, evil):
        dealt = evil("ab", "ac", "ad", lives=15)
        dealt("ab", "a")
        assert dealt.round.puzzle.text != "ab"
        dealt("ac", "d")
        assert (dealt.round.puzzle.text, dealt.round.status) == ("ad", "won")

    def test_phrases_change_only_within_their_shape(self, evil):
        dealt = evil("ice-cream", "ice-floes", "ice cream", "icebreaks")
        dealt("m")
        assert dealt.round.puzzle.text == "ice-floes"

    def test_without_its_list_it_goes_on_with_the_word_it_had(self, evil):
        dealt = evil("cat", "cot", "cut")
        dealt.shelf = None
        dealt("a", "c", "t")
        assert (dealt.round.status, dealt.round.puzzle.text) == ("won", "cat")

    def test_it_tells_no_words_hint_and_sells_letters_that_fit(self, evil):
        dealt = evil("cat", "cot", "cut")
        move = dealt.hint()
        assert move.kind == "bought"
        dealt("bob z")
        assert move.guess in dealt.round.puzzle.text


def test_setter_is_played_as_coop_and_set_in_turn(deal):
    dealt = deal("banana", "setter", setter="cat")
    assert dealt.mode.rota
    dealt("ann a", "bob banana")
    assert dealt.round.status == "won"
