"""Bitsets against the same questions asked word by word."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.alphabet import Alphabet, AlphabetSpec
from hangman_net.game.solver import CellKeys, Index, Lexicon
from hangman_net.game.words import parse

WORDS = ["abba", "anna", "area", "bear", "dear", "idea", "oboe", "tree", "zoos"]

words_of_four = st.lists(st.text("abcde", min_size=4, max_size=4), min_size=1, max_size=30, unique=True)
letter = st.sampled_from("abcdef")


def ids(index: Index, words: int) -> set[int]:
    found = index.word_ids(words, words.bit_count())
    assert len(found) == words.bit_count()
    return set(found)


def fits(word: str, shown: list[str | None], missed: str) -> bool:
    tried = {*missed, *filter(None, shown)}
    return all(cell == want if want else cell not in tried for cell, want in zip(word, shown, strict=True))


@settings(deadline=None)
@given(words=words_of_four, shown=st.lists(st.none() | letter, min_size=4, max_size=4), missed=st.text("abcdef"))
def test_filter_is_what_one_would_ask_of_each_word(words: list[str], shown: list[str | None], missed: str) -> None:
    index = Index.of(words)
    missed = "".join(set(missed) - set(filter(None, shown)))
    assert ids(index, index.filter(shown, missed)) == {n for n, word in enumerate(words) if fits(word, shown, missed)}


@settings(deadline=None)
@given(words=words_of_four, guess=letter)
def test_partition_is_a_largest_family_that_shows_least(words: list[str], guess: str) -> None:
    index = Index.of(words)
    families: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for n, word in enumerate(words):
        families[tuple(place for place, cell in enumerate(word) if cell == guess)].add(n)
    kept, places = index.partition(index.all, guess)
    assert ids(index, kept) == families[places]
    assert index.answer(index.all, guess, places) == kept
    assert places == max(families, key=lambda shown: (len(families[shown]), -len(shown), shown))


@settings(deadline=None)
@given(words=words_of_four, tried=st.text("abcdef"))
def test_best_is_in_most_words(words: list[str], tried: str) -> None:
    index = Index.of(words)
    counts = Counter(cell for word in words for cell in set(word) if cell not in tried)
    best = index.best(index.all, tried)
    assert index.counts(index.all, tried) == counts
    assert best == min(counts, key=lambda cell: (-counts[cell], cell), default=None)


@settings(deadline=None)
@given(words=words_of_four, guesses=st.permutations("abcde"))
def test_evil_always_keeps_a_word(words: list[str], guesses: list[str]) -> None:
    index = Index.of(words)
    candidates = index.all
    shown: list[str | None] = [None] * 4
    missed = ""
    for guess in guesses:
        candidates, places = index.partition(candidates, guess)
        for place in places:
            shown[place] = guess
        missed += "" if places else guess
        assert candidates == index.filter(shown, missed) != 0
    assert "".join(cell or "?" for cell in shown) in words


def test_the_answer_to_some_questions() -> None:
    index = Index.of(WORDS)
    assert index.width == 4
    assert index.best(index.all) == "a"
    assert [WORDS[n] for n in index.word_ids(index.filter([None, "e", None, "r"]), 9)] == ["bear", "dear"]
    assert index.word_ids(index.all, 2) == [0, 1]
    assert index.filter(["a"], "") == 0  # of another length
    assert index.partition(index.all, "q") == (index.all, ())
    assert index.partition(0, "e") == (0, ())
    assert index.best(0) is None


def test_of_no_words() -> None:
    index = Index.of([])
    assert (index.all, index.width, index.filter([]), index.best(0)) == (0, 0, 0, None)


def test_words_of_two_lengths() -> None:
    with pytest.raises(ValueError, match="same number"):
        Index.of(["ab", "abc"])


def lexicon(text: str) -> Lexicon:
    wordlist = parse("list", text.encode()).wordlist
    assert wordlist is not None
    return Lexicon(wordlist)


def test_a_lexicon_sorts_by_shape_and_folds() -> None:
    found = lexicon("#: language = fr\nété\nthé\nchat\nà côté\nrendez-vous\nl'eau\nÂne\n")
    shape = found.shape("été")
    assert shape == "\0\0\0"
    assert [found.wordlist.words[place].text for place in found.places(shape)] == ["été", "thé", "Âne"]
    assert found.shape("l'eau") == "\0'\0\0\0"
    assert found.shape("rendez-vous") == "\0\0\0\0\0\0-\0\0\0\0"
    assert found.ready(shape) is None
    index = found.index(shape)
    assert found.ready(shape) is index is found.index(shape)
    assert index.counts(index.all)["e"] == 3
    assert ids(index, index.filter(["a", None, None])) == {2}
    hyphen = found.index(found.shape("rendez-vous"))
    assert hyphen.filter(["r", *[None] * 10], "x") == 1
    assert found.places("\0" * 99) == ()
    assert found.index("\0" * 99).all == 0


def test_an_index_that_is_ready_waits_for_none_that_is_made() -> None:
    asked, answered = Event(), Event()

    def pause() -> None:
        asked.set()
        assert answered.wait(10)

    wordlist = parse("list", b"zebra\nhorse\nwolf\n").wordlist
    assert wordlist is not None
    answered.set()
    found = Lexicon(wordlist, pause)
    five = found.index("\0" * 5)
    answered.clear()
    asked.clear()
    thread = Thread(target=found.index, args=("\0" * 4,))
    thread.start()
    assert asked.wait(10)
    assert found.index("\0" * 5) is five
    assert found.ready("\0" * 4) is None
    answered.set()
    thread.join()
    assert found.ready("\0" * 4) is not None


def test_keys_are_remembered() -> None:
    keys = CellKeys(Alphabet.of(AlphabetSpec("de")))
    assert keys.of("Süß-er") == ("s", "ü", "ß", None, "e", "r")
    assert keys.shape("Süß-er") == "\0\0\0-\0\0"
    assert set(keys) == set("Süß-er")


def test_fifty_thousand_words_in_a_moment() -> None:
    letters = "etaoinshrdlu"
    rows = [bytes(1 + (n * 7919 >> place * 2) % 12 for place in range(9)) for n in range(50_000)]
    index = Index(rows, letters)

    def cost(question: object) -> float:
        assert callable(question)
        times = []
        for _ in range(5):
            before = time.perf_counter()
            question()
            times.append(time.perf_counter() - before)
        return min(times)

    assert cost(lambda: index.partition(index.all, "e")) < 0.002  # about 0.1 ms; the rest is for busy machines
    assert cost(lambda: index.best(index.all)) < 0.005
