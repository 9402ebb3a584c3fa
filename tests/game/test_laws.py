"""What holds in every round, whatever is guessed: properties over all modes."""

from __future__ import annotations

import itertools
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st
from msgspec.structs import replace

from hangman_net.game import engine, points, view
from hangman_net.game.alphabet import ENGLISH
from hangman_net.game.art import ARTS
from hangman_net.game.errors import GuessError, RoundOver
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import MODES
from hangman_net.game.round import Puzzle, Round
from hangman_net.game.settings import Settings
from hangman_net.game.solver import Lexicon
from hangman_net.game.wordlist import Word, WordList

NAMES = ("ann", "bob", "cat", "dan")
SETTER = "dan"

words = st.text("abcde", min_size=1, max_size=6)
guesses = st.tuples(st.sampled_from(NAMES), st.text("abcdefgz", min_size=1, max_size=6))
comings = st.dictionaries(st.sampled_from(NAMES), st.booleans())
acts = st.lists(st.one_of(guesses, comings, st.just("hint"), st.floats(0, 50)), max_size=40)


def play(mode: str, word: str, settings: Settings, script: list[Any], shelf: Shelf | None = None) -> list[Round]:
    """The rounds that a script leads through, the first included; what is refused leads nowhere."""
    value, now, chance = MODES[mode], 0.0, random.Random(1)
    setter = None if mode == "evil" else SETTER
    round = engine.begin(
        value, 1, Puzzle(word, ENGLISH.spec), replace(settings, mode=mode), NAMES, now=now, setter=setter
    )
    rounds = [round]
    for act in script:
        try:
            if isinstance(act, tuple):
                round = engine.guess(round, value, *act, now, shelf).round
            elif isinstance(act, dict):
                round = engine.attend(round, value, act, now)
            elif act == "hint":
                round = engine.hint(round, value, "ann", now, chance).round
            else:
                now += act
                round = engine.tick(round, value, now)
        except GuessError:
            continue
        rounds.append(round)
    return rounds


any_round = st.builds(
    play,
    st.sampled_from(sorted(set(MODES) - {"evil"})),
    words,
    st.builds(
        Settings, lives=st.integers(1, 15), strict=st.booleans(), keep=st.booleans(), limit=st.sampled_from([0, 60])
    ),
    acts,
)


@law(deadline=None)
@given(any_round)
def test_lives_only_fall_and_misses_never_exceed_them(rounds):
    for before, after in itertools.pairwise(rounds):
        pairs = [(before.sheet, after.sheet)]
        pairs += [(p.sheet, q.sheet) for p in before.players if p.sheet and (q := after.player(p.name)) and q.sheet]
        for was, sheet in pairs:
            assert 0 <= sheet.lives <= was.lives
            assert len(sheet.missed) + len(sheet.words) <= after.settings.lives - sheet.lives
            assert not set(sheet.found) & set(sheet.missed)
            assert len(sheet.found) == len(sheet.found_by)
            assert len(sheet.missed) == len(sheet.missed_by)


@law(deadline=None)
@given(any_round)
def test_a_finished_round_never_changes(rounds):
    last = engine.stop(rounds[-1])
    mode = MODES[last.mode]
    for name in NAMES:
        with pytest.raises(RoundOver):
            engine.guess(last, mode, name, "a", 99.0)
    assert engine.tick(last, mode, 1e9) is last
    assert engine.attend(last, mode, {}, 1e9) is last
    assert engine.spoke(last, mode, "ann", 1e9) is last
    assert engine.due_at(last) is None
    assert view.see(last, mode, "ann", ARTS["none"], 0.0).secret == last.puzzle.text


@law(deadline=None)
@given(any_round)
def test_what_is_shown_fits_the_secret_and_nothing_else_of_it_leaves(rounds):
    for round in rounds:
        mode = MODES[round.mode]
        for viewer in (*NAMES, "eve", None):
            seen = view.see(round, mode, viewer, ARTS["gallows"], 0.0)
            assert all(cell in (None, right) for cell, right in zip(seen.cells, round.puzzle.cells, strict=True))
            assert not set(seen.missed) & set(round.puzzle.letters)
            if round.termination is None and viewer != SETTER:
                hidden = set(round.puzzle.letters) - {cell for cell in seen.cells if cell is not None}
                assert seen.secret is None
                assert not hidden or seen.status != "won"
                told = msgspec.json.encode(replace(seen, art="", caption="", mode="", words_missed=())).decode()
                assert not hidden or len(round.puzzle.text) == 1 or f'"{round.puzzle.text}"' not in told


@law(deadline=None)
@given(any_round)
def test_every_round_comes_back_equal_from_json(rounds):
    for round in rounds:
        assert msgspec.json.decode(msgspec.json.encode(round), type=Round) == round


@law(deadline=None)
@given(any_round)
def test_a_turn_is_somebodys_and_runs_out_or_the_round_is_paused(rounds):
    for round in rounds:
        if round.mode == "turns" and round.termination is None:
            assert engine.due_at(round) is not None
            if round.paused is None:
                assert round.player(round.turn or "") is not None
                assert round.deadline is not None


@law(deadline=None)
@given(any_round)
def test_points_add_up(rounds):
    last = rounds[-1]
    paid = MODES[last.mode].points(last)
    assert all(points_ > 0 for points_ in paid.values())
    if last.status not in ("won", "lost"):
        assert not paid
    elif last.mode != "race":
        guessed = {name: worth for name, worth in paid.items() if name != last.setter}
        sheet = last.sheet
        by_letter = sum(
            len(last.puzzle.places[letter])
            for letter, who in zip(sheet.found, sheet.found_by, strict=True)
            if who is not None
        )
        assert sum(guessed.values()) == by_letter + (points.for_word(sheet.blanks) if sheet.blanks else 0)


@law(deadline=None)
@given(st.sets(st.text("abcd", min_size=3, max_size=3), min_size=1, max_size=30), st.lists(guesses, max_size=20))
def test_evil_is_always_consistent(fitting, script):
    listed = sorted(fitting)
    wordlist = WordList("some", "Some", "", "", "", None, ENGLISH, tuple(map(Word, listed)), "d")
    lexicon = Lexicon(wordlist)
    shelf = Shelf(lexicon, lexicon.shape(listed[0]))
    for round in play("evil", listed[0], Settings(lives=15), script, shelf):
        assert round.puzzle.text in fitting
        secret = round.puzzle.text
        assert not set(round.sheet.missed) & set(secret)
        assert set(round.sheet.found) <= set(secret)
        assert secret not in round.sheet.words


@law(deadline=None)
@given(st.sets(st.text("abcd", min_size=3, max_size=3), min_size=2, max_size=30), st.data())
def test_evil_never_takes_an_answer_back(fitting, data):
    listed = sorted(fitting)
    lexicon = Lexicon(WordList("some", "Some", "", "", "", None, ENGLISH, tuple(map(Word, listed)), "d"))
    shelf = Shelf(lexicon, lexicon.shape(listed[0]))
    script = data.draw(st.lists(guesses, min_size=1, max_size=20))
    shown: list[str | None] = [None] * 3
    for round in play("evil", listed[0], Settings(lives=15), script, shelf):
        cells = view.see(round, MODES["evil"], None, ARTS["none"], 0.0).cells
        assert all(was in (None, now) for was, now in zip(shown, cells, strict=True))
        shown = list(cells)
