"""A room has no word twice before it has had all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.alphabet import ENGLISH
from hangman_net.game.pool import Pool, take
from hangman_net.game.wordlist import LEVELS, Word, WordList


def listed(size: int, digest: str = "d") -> WordList:
    """`size` words, every third of them easy, medium and hard."""
    words = tuple(Word(f"w{n}", None, LEVELS[n % 3]) for n in range(size))
    return WordList("some", "Some", "", "", "", None, ENGLISH, words, digest)


def test_a_pool_without_a_list_begins_with_it():
    pool, place = take(Pool("", "", 0), listed(5), None, fresh=7)
    assert (pool.wordlist, pool.digest, pool.seed, pool.taken) == ("some", "d", 7, (1, 0, 0, 0))
    assert 0 <= place < 5


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32), st.data())
def test_every_word_comes_once_whatever_level_is_asked_for(size, seed, data):
    wordlist = listed(size)
    pool = Pool("some", "d", seed)
    had: list[int] = []
    while len(had) < size:
        level = data.draw(st.sampled_from([None, *LEVELS[: min(size, 3)]]))
        before = pool
        pool, place = take(pool, wordlist, level, fresh=seed + 1)
        if pool.seed != before.seed:
            kind = range(size) if level is None else wordlist.at_level(level)
            assert set(kind) <= set(had)
            return
        assert place not in had
        assert level is None or wordlist.words[place].level == level
        had.append(place)
    assert sorted(had) == list(range(size))


def test_a_list_that_is_used_up_begins_in_another_order():
    wordlist, pool, laps = listed(30), Pool("some", "d", 1), []
    for lap in (2, 3):
        places = []
        for _ in range(30):
            pool, place = take(pool, wordlist, None, fresh=lap)
            places.append(place)
        laps.append(places)
    assert sorted(laps[0]) == sorted(laps[1]) == list(range(30))
    assert laps[0] != laps[1]


def test_an_edited_list_begins_anew():
    pool, _ = take(Pool("some", "d", 1, (3, 0, 0, 0)), listed(5, digest="other"), None, fresh=9)
    assert (pool.digest, pool.seed, pool.taken) == ("other", 9, (1, 0, 0, 0))


def test_a_level_that_the_list_lacks_is_an_error():
    with pytest.raises(LookupError, match="no hard words"):
        take(Pool("some", "d", 1), listed(2), "hard", fresh=1)
