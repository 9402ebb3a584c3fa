"""Drawing words, the shelves of evil rounds, and what people type for lists, modes, pictures and letters."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from hangman_net import Refusal
from hangman_net.game.pool import Pool
from hangman_net.game.round import Puzzle
from hangman_net.library import Library
from hangman_net.plugins.hangman_words import MAX_LEXICONS, ArtName, Letter, ModeName, Shelves, draw, wordlist
from hangman_net.testing import Table


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Lists `cats` and `bad`."""
    (tmp_path / "cats.txt").write_text("#: language = en\ncat | meows\ncot\ncut\n", "utf-8")
    (tmp_path / "bad.txt").write_text("123\n", "utf-8")
    return Library([tmp_path])


def test_a_list_in_memory_is_given_and_one_that_is_not_only_when_it_may_be_read(library):
    assert wordlist(library, "cats") is None
    read = wordlist(library, "cats", read=True)
    assert read is not None
    assert wordlist(library, "cats") is read


@pytest.mark.parametrize("typed", ["/new ca", "/words ca"])
def test_a_list_whose_file_goes_while_names_are_told_costs_nobody_the_others(table, monkeypatch, typed):
    names = table.library.names()
    assert "capitals" in names
    monkeypatch.setattr(table.library, "names", lambda: ("cat-gone", *names))  # as the thread that watches files may
    assert "capitals" in table.ann.completes(typed)


@pytest.mark.parametrize("name", ["nowhere", "bad", "../cats", "/etc/passwd"])
def test_a_list_that_cannot_be_used_is_refused(library, name):
    with pytest.raises(Refusal) as refused:
        draw(library, name, None, None, 1)
    assert refused.value.code == "unknown_wordlist"


def test_a_word_is_drawn_with_its_hint_and_where_it_is_from(library):
    drawn = [draw(library, "cats", None, None, seed) for seed in range(20)]
    assert {one.puzzle.text for one in drawn} == {"cat", "cot", "cut"}
    cat = next(one.puzzle for one in drawn if one.puzzle.text == "cat")
    assert (cat.hint, cat.wordlist, cat.spec.language) == ("meows", "cats", "en")
    assert {one.pool.taken for one in drawn} == {(1, 0, 0, 0)}


def test_a_hint_that_holds_the_word_is_left_out(tmp_path):
    (tmp_path / "hints.txt").write_text("banana | the BA-NA-NA is yellow\n", "utf-8")
    drawn = draw(Library.choose([str(tmp_path / "hints.txt")]), "hints", None, None, 1)
    assert (drawn.puzzle.text, drawn.puzzle.hint) == ("banana", None)


def test_the_pool_goes_on(library):
    pool: Pool | None = None
    words = []
    for _ in range(3):
        drawn = draw(library, "cats", None, pool, 4)
        pool = drawn.pool
        words.append(drawn.puzzle.text)
    assert sorted(words) == ["cat", "cot", "cut"]


def test_a_level_that_a_list_lacks_is_refused(tmp_path):
    (tmp_path / "one.txt").write_text("#: level = easy\nbanana\n", "utf-8")
    with pytest.raises(Refusal, match="no hard words"):
        draw(Library([tmp_path]), "one", "hard", None, 1)


class TestShelves:
    def test_a_shelf_is_ready_once_it_was_fetched(self, library):
        shelves, puzzle = Shelves(library), draw(library, "cats", None, None, 1).puzzle
        assert not shelves.ready(puzzle)
        assert shelves.of(puzzle) is None
        shelves.fetch(puzzle)
        assert shelves.ready(puzzle)
        assert shelves.of(puzzle) is not None

    @pytest.mark.parametrize("change", [{"digest": "edited"}, {"wordlist": "gone", "digest": "gone"}])
    def test_a_list_that_is_gone_or_was_edited_is_none(self, library, change):
        drawn = draw(library, "cats", None, None, 1).puzzle
        puzzle = Puzzle(drawn.text, drawn.spec, None, **{"wordlist": "cats", **change})
        shelves = Shelves(library)
        shelves.fetch(puzzle)
        assert shelves.ready(puzzle)
        assert shelves.of(puzzle) is None

    def test_a_word_of_ones_own_needs_none(self, library):
        shelves, puzzle = Shelves(library), Puzzle("cat", draw(library, "cats", None, None, 1).puzzle.spec)
        shelves.fetch(puzzle)
        assert shelves.ready(puzzle)
        assert shelves.of(puzzle) is None

    def test_it_keeps_a_few_lists_only(self, tmp_path):
        for n in range(MAX_LEXICONS + 2):
            (tmp_path / f"l{n}.txt").write_text(f"word{'abcdefghijklm'[n]}\n", "utf-8")
        library = Library([tmp_path])
        shelves = Shelves(library)
        puzzles = [draw(library, f"l{n}", None, None, 1).puzzle for n in range(MAX_LEXICONS + 2)]
        for puzzle in puzzles:
            shelves.fetch(puzzle)
        assert [shelves.ready(puzzle) for puzzle in puzzles] == [False] * 2 + [True] * MAX_LEXICONS


@pytest.mark.parametrize(
    ("typed", "letter"), [("e", "e"), ("É", "é"), ("ß", "ß"), ("ё", "ё"), ("7", None), ("ab", None), ("-", None)]
)
def test_a_letter_as_an_argument(typed, letter):
    parse = get_args(Letter)[1].parse
    if letter is None:
        with pytest.raises(ValueError, match=typed):
            parse(None, typed)
    else:
        assert parse(None, typed) == letter


@pytest.mark.parametrize(("kind", "typed", "value"), [(ModeName, "RACE", "race"), (ArtName, "Snowman", "snowman")])
def test_names_are_read_in_any_case(kind, typed, value):
    class Nothing:
        def offered(self, _: object) -> tuple[()]:
            return ()

    converter = get_args(kind)[1]
    assert converter.parse(Nothing(), typed) == value
    with pytest.raises(ValueError, match="chess"):
        converter.parse(Nothing(), "chess")


def test_completion_offers_what_there_is(tmp_path):
    (tmp_path / "two words.txt").write_text("cat\n", "utf-8")
    table = Table(words=[str(tmp_path / "two words.txt")])
    assert '"two words"' in table.ann.completes("/new ")
    table.ann.types('/new "two words"')
    assert table.ann.board is not None
    assert table.ann.board.wordlist == "two words"
