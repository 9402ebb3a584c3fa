"""The lists that come with the package: clean, levelled, many, and with hints."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from hangman_net.game.header import KEYS
from hangman_net.game.languages import LANGUAGES
from hangman_net.game.rating import level_of
from hangman_net.game.words import LEVELS, WordList, parse
from hangman_net.grading import rated
from hangman_net.wordfiles import bundled, parse_file
from hangman_net.wordtools import GOOD, check

PAGE = (Path(__file__).parent.parent / "docs" / "wordlists.md").read_text(encoding="utf-8")
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


def test_the_lists_that_the_page_shows_are_good() -> None:
    shown = [dedent(block) for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if "#:" in block]
    assert len(shown) == 2
    for block in shown:
        parsed = parse("list", block.encode())
        assert parsed.problems == ()
        assert parsed.wordlist is not None
        assert len(parsed.wordlist.words) >= 2


def test_the_page_s_code_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, {})


def test_the_page_names_every_header_key_and_counts_the_languages() -> None:
    table = PAGE.partition("| key | value |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))) == set(KEYS)
    assert f"{len(LANGUAGES)} languages" in PAGE
