"""The lists that come with the package: clean, levelled, many, and with hints."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.game.rating import level_of
from hangman_net.game.words import LEVELS, WordList
from hangman_net.grading import rated
from hangman_net.wordfiles import bundled, parse_file
from hangman_net.wordtools import GOOD, check

FILES = sorted(bundled().glob("*.txt"))


def shipped(path: Path) -> WordList:
    found = parse_file(path).wordlist
    assert found is not None
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_list_passes_its_own_check(path: Path) -> None:
    text, code = check([path])
    assert code == GOOD, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_list_says_what_it_is(path: Path) -> None:
    found = shipped(path)
    assert found.title != found.name
    assert found.language
    assert found.license
    assert found.source
    hints = sum(word.hint is not None for word in found.words)
    assert hints > len(found.words) / 2
    for level in LEVELS:
        assert len(found.at_level(level)) >= 10, level


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_levels_are_what_the_rating_says(path: Path) -> None:
    found = shipped(path)
    says = [word.level or found.level for word in found.words]
    measured = [level_of(misses) for _, misses in rated(found)]
    agree = sum(one == other for one, other in zip(says, measured, strict=True))
    assert agree >= 0.9 * len(says)  # every new word moves some others a little: `wordtools.grade` sets them right


def test_there_are_enough() -> None:
    lists = list(map(shipped, FILES))
    assert len(lists) >= 15
    assert sum(len(found.words) for found in lists) >= 3_000
    assert len({found.language.partition("-")[0] for found in lists}) >= 7
    names = {found.name for found in lists}
    assert {"english", "animals", "food", "countries", "capitals", "science", "sport", "music", "idioms"} <= names
