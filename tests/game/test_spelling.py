"""How letters meet: what a guesser knows of words that it does not know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.spelling import EDGE, Spelling


def test_spelling_knows_its_neighbours() -> None:
    spelling = Spelling("abcqu", ["quab", "quac", "quba", "bacu", ("a", None, "c")])
    after_q = dict(zip("abcqu", spelling.chances("q", None), strict=True))
    assert max(after_q, key=after_q.__getitem__) == "u"
    at_edge = dict(zip("abcqu", spelling.chances(EDGE, None), strict=True))
    assert max(at_edge, key=at_edge.__getitem__) == "q"
    for left in (None, EDGE, "q", "b"):
        assert sum(spelling.chances(left, "a")) == pytest.approx(1)


def test_expected_letters_add_up_to_the_hidden_cells() -> None:
    spelling = Spelling("abcqu", ["quab", "quac", "bacu"])
    expected = spelling.expected(["q", None, None, None], [1, 2, 3], {"q", "c"})
    assert set(expected) == {"a", "b", "u"}
    assert sum(expected.values()) == pytest.approx(3)
    assert max(expected, key=expected.__getitem__) == "u"
    assert spelling.expected([None], [0], "abcqu") == {}


@settings(deadline=None)
@given(
    words=st.lists(st.text("abc", min_size=1, max_size=5), max_size=8),
    left=st.sampled_from([None, EDGE, "a", "b", "c"]),
    right=st.sampled_from([None, EDGE, "a", "b", "c"]),
)
def test_chances_are_chances_and_none_is_nothing(words: list[str], left: str | None, right: str | None) -> None:
    chances = Spelling("abcd", words).chances(left, right)
    assert sum(chances) == pytest.approx(1)
    assert min(chances) > 0  # also of a letter never seen there: a word may be new
