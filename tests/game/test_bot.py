"""A computer player's head: it wins as often as it should, sees only boards, and thinks quickly."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.alphabet import ENGLISH, Alphabet, AlphabetSpec
from hangman_net.game.bot import SLIPS, Brain, Sight, Skill
from hangman_net.game.solver import Index, Lexicon
from hangman_net.game.wordlist import WordList
from hangman_net.game.words import parse
from hangman_net.grading import shipped
from hangman_net.wordfiles import bundled, parse_file


def wordlist(text: str) -> WordList:
    found = parse("list", text.encode()).wordlist
    assert found is not None
    return found


ANIMALS = wordlist("zebra\nhorse\nmouse\ngoose\nmoose\nice bear\nox\nwapiti\nibis\nhippopotamus\n")


@pytest.fixture
def brain() -> Brain:
    return Brain(ENGLISH, ANIMALS.texts(), Lexicon(ANIMALS))


def play(brain: Brain, word: str, skill: Skill, chance: Random, lives: int = 6) -> bool:
    """Whether the brain finds the word; every guess is new and can be right."""
    cells = brain.alphabet.cells(word)
    keys = [brain.alphabet.key(cell) for cell in cells]
    board = [cell if key is None else None for cell, key in zip(cells, keys, strict=True)]
    missed: list[str] = []
    wrong: list[str] = []
    brain.prepare(board)
    while len(missed) + len(wrong) < lives and None in board:
        guess = brain.guess(Sight(board, missed, wrong), skill, chance)
        assert guess is not None
        letter = brain.alphabet.letter(guess)
        if letter is None:
            if guess == word:
                return True
            assert guess not in wrong
            wrong.append(guess)
            continue
        assert letter not in missed
        assert all(key != letter for key, cell in zip(keys, board, strict=True) if cell is not None)
        if letter not in keys:
            missed.append(letter)
        board = [cell if key == letter else old for cell, key, old in zip(cells, keys, board, strict=True)]
    return None not in board


ENGLISH_LISTS = [
    found
    for path in sorted(bundled().glob("*.txt"))
    if (found := parse_file(path).wordlist) is not None and found.language == "en"
]


@pytest.mark.parametrize("listed", ENGLISH_LISTS, ids=lambda listed: listed.name)
def test_hard_wins_what_it_has_read(listed: WordList) -> None:
    brain = Brain(listed.alphabet, shipped("en"), Lexicon(listed))
    words = Random(1).sample(list(listed.texts()), 60)
    won = sum(play(brain, word, "hard", Random(2)) for word in words)
    assert won >= 0.85 * len(words)


def test_skills_differ_and_are_mistakes_people_make() -> None:
    words = Random(1).sample(shipped("en"), 150)
    brain = Brain(Alphabet.of(AlphabetSpec("en")), shipped("en"))
    won = {skill: sum(play(brain, word, skill, Random(3)) for word in words) / len(words) for skill in SLIPS}
    assert 0.2 < won["easy"] < won["medium"] - 0.1
    assert won["medium"] <= won["hard"] + 0.05
    assert won["medium"] < 0.85


def test_it_asks_and_says_what_is_certain(brain: Brain) -> None:
    cells: list[str | None] = [None] * 5
    brain.prepare(cells)
    assert brain.guess(Sight(cells), "hard", Random(1)) == "e"  # in all five words of five letters
    open_e = [None, None, None, None, "e"]
    assert brain.guess(Sight(open_e), "hard", Random(1)) in {"o", "s"}  # in all four that are left
    assert brain.guess(Sight([None, "o", None, "s", "e"], "u"), "hard", Random(1)) == "horse"
    assert brain.guess(Sight([None, "o", "o", "s", "e"], wrong=["goose"]), "hard", Random(1)) == "moose"


def test_what_was_refused_is_not_said_again(brain: Brain) -> None:
    sight = Sight([None, "o", None, "s", "e"], "u", refused={"horse"})
    brain.prepare(sight.cells)
    said = brain.guess(sight, "hard", Random(1))
    assert said in ENGLISH.letters
    assert brain.guess(Sight([None] * 5, refused=ENGLISH.letters), "hard", Random(1)) is None


def test_a_word_of_no_list_is_guessed_letter_by_letter(brain: Brain) -> None:
    cells = [None, None, "-", None, None, None, None, None]
    brain.prepare(cells)
    tried: set[str] = set()
    while (said := brain.guess(Sight(cells, tried), "hard", Random(1))) is not None:
        assert len(said) == 1
        tried.add(said)
    assert tried == set(ENGLISH.letters)


def test_what_is_prepared(brain: Brain) -> None:
    assert not brain.is_prepared([None, None])
    brain.prepare([None, None])
    assert brain.is_prepared(["o", None])
    assert not brain.is_prepared(["-", None])


def test_letters_it_cannot_read_are_no_trouble(brain: Brain) -> None:
    cells = ["ж", None, None]
    brain.prepare(cells)
    assert brain.guess(Sight(cells, "ж"), "hard", Random(1)) in ENGLISH.letters


@settings(deadline=None)
@given(word=st.sampled_from(list(ANIMALS.texts())), skill=st.sampled_from(list(SLIPS)), seed=st.integers())
def test_it_never_repeats_itself(word: str, skill: Skill, seed: int) -> None:
    play(Brain(ENGLISH, ANIMALS.texts(), Lexicon(ANIMALS)), word, skill, Random(seed), lives=40)


def test_it_thinks_quickly() -> None:
    letters = "etaoinshrdlucmfwyp"
    many = {"".join(letters[n * 7919 >> place * 2 & 15] for place in range(9)) for n in range(60_000)}
    found = wordlist("\n".join(sorted(many)))
    lexicon = Lexicon(found)
    brain = Brain(ENGLISH, shipped("en"), lexicon)
    cells: list[str | None] = [None] * 9
    brain.prepare(cells)
    assert isinstance(lexicon.ready(lexicon.shape("a" * 9)), Index)
    cells[2] = "e"
    best = 1.0
    for _ in range(5):
        before = time.perf_counter()
        brain.guess(Sight(cells, "xqz", ["eeeeeeeee"]), "hard", Random(1))
        best = min(best, time.perf_counter() - before)
    assert best < 0.02  # below a millisecond on a desk; the rest is for busy machines
