"""Words packed in one string, and drawing from a list without repeats."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.wordlist import Word, WordList, draw
from hangman_net.game.words import parse


def wordlist(text: str) -> WordList:
    found = parse("list", text.encode()).wordlist
    assert found is not None
    return found


def test_packed_words_are_a_sequence() -> None:
    words = wordlist("#: language = fr\nzèbre | rayé\ncheval\n#: level = hard\nwapiti\n").words
    everything = [Word("zèbre", "rayé"), Word("cheval"), Word("wapiti", None, "hard")]
    assert len(words) == 3
    assert list(words) == everything
    assert [words[n] for n in range(-3, 3)] == everything * 2
    assert words[1:] == everything[1:]
    assert words[::-1] == everything[::-1]
    assert Word("cheval") in words
    for n in (3, -4):
        with pytest.raises(IndexError):
            words[n]


def test_levels_of_words_that_are_no_file() -> None:
    found = wordlist("zebra\n")
    loose = WordList(
        name="own",
        title="own",
        language="",
        license="",
        source="",
        level="easy",
        alphabet=found.alphabet,
        words=(Word("zebra"), Word("jazz", level="hard")),
        digest="",
    )
    assert list(loose.texts()) == ["zebra", "jazz"]
    assert (loose.at_level("easy"), loose.at_level("hard"), loose.at_level("medium")) == ([0], [1], [])


@settings(deadline=None)
@given(seed=st.integers(), size=st.integers(1, 300), lap=st.integers(0, 5))
def test_a_lap_draws_each_place_once(seed: int, size: int, lap: int) -> None:
    drawn = [draw(seed, lap * size + n, size) for n in range(size)]
    assert sorted(drawn) == list(range(size))


def test_laps_and_seeds_differ() -> None:
    laps = {tuple(draw(seed, lap * 50 + n, 50) for n in range(50)) for seed in range(4) for lap in range(4)}
    assert len(laps) == 16


@pytest.mark.parametrize(("position", "size"), [(-1, 5), (0, 0), (3, -1)])
def test_nothing_to_draw(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="draw"):
        draw(1, position, size)
