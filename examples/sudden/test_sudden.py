"""The mode `sudden`, played by strings at a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.testing import Player, Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table with the mode, and a list of one word."""
    (tmp_path / "words.txt").write_text("banana\n", "utf-8")
    return Table(Path(__file__).with_name("sudden.py"), words=[str(tmp_path / "words.txt")])


def cells(player: Player) -> str:
    player.types("/board")
    assert player.board is not None
    return "".join(cell or "_" for cell in player.board.cells)


def play(table: Table, script: str) -> None:
    for line in script.split(", "):
        name, _, text = line.partition(" ")
        table.player(name).types(text)


def test_the_vowels_are_shown_and_lives_are_two_for_each(table: Table) -> None:
    play(table, "bob hello, ann /new mode=sudden")
    assert table.ann.board is not None
    assert (table.ann.board.mode, table.ann.board.lives) == ("sudden", 4)
    assert cells(table.ann) == "_a_a_a"


@pytest.mark.parametrize(("line", "code"), [("/guess e", "invalid_guess"), ("/hint", "forbidden")])
def test_neither_vowels_nor_hints(table: Table, line: str, code: str) -> None:
    play(table, "ann /new mode=sudden")
    table.ann.types(line)
    assert table.ann.error == code


def test_two_misses_put_you_out_and_the_others_go_on(table: Table) -> None:
    play(table, "bob hello, ann /new mode=sudden, ann z, ann x, ann /guess b")
    assert table.ann.error == "forbidden"
    play(table, "bob b, bob /guess banana")
    assert table.ann.board is not None
    assert table.ann.board.status == "won"


def test_it_is_lost_when_all_are_out(table: Table) -> None:
    play(table, "bob hello, ann /new mode=sudden, ann z, ann x, bob w")
    table.bob.types("v")
    assert table.ann.board is not None
    assert (table.ann.board.status, table.ann.board.secret) == ("lost", "banana")


def test_it_is_lost_when_who_is_left_is_out(table: Table) -> None:
    play(table, "bob hello, ann /new mode=sudden, ann z, ann x, bob /q")
    assert table.ann.board is not None
    assert table.ann.board.status == "lost"


def test_who_comes_later_looks_on(table: Table) -> None:
    play(table, "ann /new mode=sudden, bob /guess b")
    assert table.bob.error == "forbidden"


def test_a_word_of_vowels_hides_them(table: Table) -> None:
    play(table, "bob hello, host /config mode sudden, ann /secret aioue, bob a")
    assert cells(table.bob) == "a____"
