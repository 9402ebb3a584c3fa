"""The word of the day: the same for all, one try, streaks, and a result that tells no letter."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.messages import Board, Notice
from hangman_net.plugins.daily import DAISY, RULES, Today, Try
from hangman_net.testing import Table

DAY = 86_400
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def fruit(tmp_path: Path) -> Table:
    """A table whose list has one word, so that each day has it."""
    return table_of(tmp_path, "banana | it is yellow\n")


def table_of(folder: Path, words: str, seed: int = 1) -> Table:
    path = folder / "fruit.txt"
    path.write_text(words, "utf-8")
    return Table(words=[str(path)], seed=seed)


def told(table: Table, name: str, *lines: str) -> str:
    """All that `name` is told of the last of these lines, as text."""
    player = table.player(name)
    for line in lines:
        player.types(line)
    return "\n".join(player.texts)


def word_of(table: Table) -> str:
    """Today's word."""
    told(table, "spy", "/daily")
    today: Today = table.hub.world.slots["daily"].value
    assert today.puzzle is not None
    return today.puzzle.text


# --- a try ------------------------------------------------------------------------------------------------------


def test_a_try_from_beginning_to_end(fruit: Table) -> None:
    screens = [told(fruit, "ann", line) for line in ("/daily", "/daily a", "/daily x", "/daily", "/daily banana")]
    golden = (GOLDEN / "daily.txt").read_text("utf-8")
    assert "\n\n".join(screens) + "\n" == golden


@pytest.mark.parametrize(
    ("lines", "code", "text"),
    [
        (("/daily a", "/daily A"), "already_guessed", "a was tried already."),
        (("/daily ?",), "invalid_guess", "not a letter"),
        (("/daily kiwi",), "invalid_guess", "The word has 6 letters, not 4."),
        (("/daily banana", "/daily b"), "no_round", "the next one comes in 12 h 0 min."),
        (("/share",), "no_round", "You have not finished"),
        (("/daily b", "/share"), "no_round", "You have not finished"),
    ],
)
def test_what_is_refused_costs_nothing(fruit: Table, lines: tuple[str, ...], code: str, text: str) -> None:
    told(fruit, "ann", *lines[:-1])
    before = dict(fruit.records)
    assert text in told(fruit, "ann", lines[-1])
    assert (fruit.ann.error, fruit.records) == (code, before)


def test_nobody_else_sees_it_and_no_round_minds(fruit: Table) -> None:
    told(fruit, "ann", "/new", "/guess n")
    fruit.bob.saw.clear()
    board = told(fruit, "ann", "/daily b")
    assert board.splitlines()[0] == "b _ _ _ _ _"
    assert fruit.ann.seen(Board) == fruit.bob.saw == []
    fruit.bob.types("/board")
    assert fruit.bob.board is not None
    assert "".join(cell or "_" for cell in fruit.bob.board.cells) == "__n_n_"


def test_who_looks_on_may_play_it(fruit: Table) -> None:
    assert "b _ _ _ _ _" in told(fruit, "ann", "/spectate", "/daily b")


def test_the_result_tells_the_room_no_letter(fruit: Table) -> None:
    fruit.bob.types("hello")
    told(fruit, "ann", "/daily x", "/daily a", "/daily banana", "/share")
    assert fruit.bob.seen(Notice)[-1] == Notice("ann, word of the day 2026-01-05: ⬛🟩🟩 found with 1 miss", "lobby")
    assert "again in 30 s" in told(fruit, "ann", "/share")


def test_a_try_that_is_lost(fruit: Table) -> None:
    board = told(fruit, "ann", *(f"/daily {letter}" for letter in "xyzcde"))
    assert "The word was banana. 0 of 1 found, 0 in a row, 0 at best." in board
    assert "word of the day 2026-01-05: ⬛⬛⬛⬛⬛⬛ not found" in board


def test_only_the_end_of_a_try_is_logged(fruit: Table) -> None:
    told(fruit, "ann", "/daily x", "/daily banana")
    logged = [(event.who, json.loads(event.data)) for event in fruit.events if event.kind == "daily"]
    assert logged == [("ann", {"day": "2026-01-05", "found": True, "marks": "-+"})]


# --- the word ---------------------------------------------------------------------------------------------------

MANY = "".join(f"{a}{b}rry\n" for a in "bcdfg" for b in "aeiou")


def test_everybody_has_the_same_word_and_each_day_another(tmp_path: Path) -> None:
    table = table_of(tmp_path, MANY)
    today = datetime.fromtimestamp(table.hub.posix(), UTC)
    table.passes(-today.toordinal() % 25 * DAY)  # each word comes once in so many days
    words = []
    for _ in range(25):
        words.append(word_of(table))
        assert "The word was" in told(table, "ann", f"/daily {words[-1]}")
        assert "The word was" in told(table, "bob", "/room den", f"/daily {words[-1]}")
        table.passes(DAY)
    assert len(set(words)) == 25


def test_each_server_has_words_of_its_own(tmp_path: Path) -> None:
    first, second = [], []
    one, two = table_of(tmp_path, MANY, seed=1), table_of(tmp_path, MANY, seed=2)
    for _ in range(5):
        first.append(word_of(one))
        second.append(word_of(two))
        one.passes(DAY)
        two.passes(DAY)
    assert first != second


def test_a_try_survives_a_restart_and_a_list_that_was_edited(tmp_path: Path) -> None:
    table = table_of(tmp_path, "banana\n")
    told(table, "ann", "/daily n", "/daily x")
    (tmp_path / "fruit.txt").write_text("cherry\n", "utf-8")
    for _ in range(2):  # a list is read again once its file has settled
        table.library.refresh()
    assert table.library.load("fruit").words[0].text == "cherry"
    table.restarts()
    board = told(table, "ann", "/daily b")
    assert "b _ n _ n _" in board
    assert "5 lives left, missed x" in board


def test_a_list_that_cannot_be_used(tmp_path: Path) -> None:
    assert "no good word" in told(table_of(tmp_path, "# nothing\n"), "ann", "/daily")


# --- days -------------------------------------------------------------------------------------------------------


def test_a_streak_is_days_in_a_row(fruit: Table) -> None:
    for days, streak in ((0, "1 in a row, 1"), (1, "2 in a row, 2"), (1, "3 in a row, 3"), (2, "1 in a row, 3")):
        fruit.passes(days * DAY)
        assert f"{streak} at best" in told(fruit, "ann", "/daily banana")
    assert "4 of 4 found" in told(fruit, "ann", "/daily")


def test_a_streak_shows_in_the_result(fruit: Table) -> None:
    told(fruit, "ann", "/daily banana")
    fruit.passes(DAY)
    assert told(fruit, "ann", "/daily banana", "/share").endswith("🟩 found with no miss, 2 days in a row")


def test_midnight_ends_a_try_that_was_begun(fruit: Table) -> None:  # the table's clock begins at noon
    told(fruit, "ann", "/daily banana")
    fruit.passes(DAY)
    told(fruit, "ann", "/daily b")
    fruit.passes(DAY / 2 - 1)
    assert "b _ _ _ _ _" in told(fruit, "ann", "/daily")
    fruit.passes(1)
    assert "_ _ _ _ _ _" in told(fruit, "ann", "/daily")
    assert "2 of 2 found, 1 in a row" in told(fruit, "ann", "/daily banana")


@pytest.mark.parametrize(
    ("passed", "left"), [(0, "12 h 0 min"), (1, "12 h 0 min"), (60, "11 h 59 min"), (43_199, "1 min")]
)
def test_how_long_until_the_next(fruit: Table, passed: float, left: str) -> None:
    fruit.passes(passed)
    assert told(fruit, "ann", "/daily banana").endswith(f"The next word comes in {left}.")


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 2), st.booleans(), st.integers(0, 5)), max_size=12))
def test_records_add_up(days: list[tuple[int, bool, int]]) -> None:
    """Days that passed, whether the word was found then, and after how many misses."""
    mine, day, row, best = Try(), 100, 0, 0
    for passed, found, misses in days:
        day += passed
        mine = mine.on(day)
        row = 0 if passed > 1 else row
        for lives in range(RULES.lives - 1, RULES.lives - 1 - (misses if found else RULES.lives), -1):
            mine = mine.guessed(sheet(mine, lives=lives), False)
        if found:
            mine = mine.guessed(sheet(mine, solved=True), True)
        row = row + 1 if found else 0
        best = max(best, row)
        assert (mine.streak, mine.best) == (row, best)
        assert (mine.marks.count("-"), mine.marks.count("+")) == (misses if found else RULES.lives, found)
    assert (mine.tries, mine.finds) == (len(days), sum(found for _, found, _ in days))


def sheet(mine: Try, **changed: Any) -> Any:
    from msgspec.structs import replace

    return replace(mine.sheet, **changed)


def test_the_picture_has_a_petal_for_each_life() -> None:
    petals = [DAISY.frame(lost, RULES.lives)[0].count("o") for lost in range(RULES.lives + 1)]
    assert petals == [6, 5, 4, 3, 2, 1, 0]
