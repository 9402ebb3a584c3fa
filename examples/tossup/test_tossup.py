"""The mode `tossup`, played by strings at a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.testing import Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table with the mode, a list of one word, ann and bob, and a round begun."""
    (tmp_path / "words.txt").write_text("banana | yellow\n", "utf-8")
    table = Table(Path(__file__).with_name("tossup.py"), words=[str(tmp_path / "words.txt")])
    table.player("bob")
    table.ann.types("/new mode=tossup")
    return table


def hidden(table: Table) -> int:
    assert table.bob.board is not None
    return table.bob.board.cells.count(None)


def test_letters_appear_by_the_clock(table: Table) -> None:
    assert hidden(table) == 6
    table.passes(4.9)
    assert hidden(table) == 6
    table.passes(0.1)
    first = hidden(table)
    table.passes(5)
    assert 0 < hidden(table) < first < 6


def test_no_letter_is_guessed_or_bought(table: Table) -> None:
    table.ann.types("/guess b")
    assert table.ann.error == "invalid_guess"
    table.ann.types("/hint")
    assert table.ann.board is not None
    assert table.ann.board.hint == "yellow"
    table.ann.types("/hint")
    assert table.ann.error == "forbidden"


def test_the_first_whole_word_wins_and_pays_by_its_blanks(table: Table) -> None:
    table.passes(5)
    blanks = hidden(table)
    table.bob.types("/guess banana")
    assert table.ann.board is not None
    assert table.ann.board.status == "won"
    points = {seat.name: seat.score for seat in table.room().members.values()}
    assert points == {"bob": blanks * 134 // 100 + 1, "ann": 0}


def test_it_is_lost_when_the_last_letter_would_appear(table: Table) -> None:
    table.passes(15)
    assert table.bob.board is not None
    assert (table.bob.board.status, table.bob.board.secret) == ("lost", "banana")


def test_it_goes_on_after_a_restart(table: Table) -> None:
    table.passes(5)
    before = hidden(table)
    table.restarts()
    back = table.bob.comes_back()
    assert back.board is not None
    assert (back.board.mode, back.board.cells.count(None)) == ("tossup", before)
    table.passes(10)
    assert hidden(table) < before
