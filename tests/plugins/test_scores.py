"""What people have earned: sums that agree with the log, statistics, rankings, and what they survive."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net import Context, Plugin, command
from hangman_net.plugins.scores import Over, Stats, ranking, week_of
from hangman_net.testing import Table

NAMES = ("ann", "bob", "cat")


class Robot(Plugin):
    """Seats a computer player that guesses what it is told to."""

    @command(summary="Seat it")
    def robot(self, ctx: Context) -> None:
        ctx.enter("hal")

    @command(summary="Let it guess")
    def let(self, ctx: Context, what: str) -> None:
        ctx.types("hal", f"/guess {what}")


@pytest.fixture
def fruit(tmp_path: Path) -> Table:
    """A table whose list has one word, with a computer player to seat."""
    (tmp_path / "fruit.txt").write_text("banana\n", "utf-8")
    return Table(Robot, words=[str(tmp_path / "fruit.txt")])


def play(table: Table, *typed: str) -> None:
    """Types `name: text`, one after the other; the players come in first, in the order of their first lines."""
    lines = [line.partition(": ")[::2] for line in typed]
    for name, _ in lines:
        table.player(name)
    for name, text in lines:
        table.player(name).types(text)


def told(table: Table, name: str, text: str) -> str:
    """All that `name` is told of a line, as text."""
    player = table.player(name)
    player.types(text)
    return "\n".join(player.texts)


# --- the room ---------------------------------------------------------------------------------------------------


def test_the_points_of_a_room(fruit: Table) -> None:
    assert told(fruit, "ann", "/score") == "Nobody has points in lobby yet."
    play(fruit, "ann: /new", "bob: n", "ann: b", "bob: a")
    assert told(fruit, "ann", "/score") == "Points in lobby: bob 5, ann 1."
    fruit.restarts()
    assert told(fruit, "cat", "/score") == "Points in lobby: bob 5, ann 1."
    play(fruit, "ann: /room den")
    assert told(fruit, "ann", "/score") == "Nobody has points in den yet."


TYPED = ("b", "a", "n", "x", "/guess lion", "/stop", "/new lives=2", "/new mode=race")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TYPED)), max_size=40))
def test_points_agree_with_the_log(rounds: list[tuple[str, str]]) -> None:
    table = Table(words=["animals"])
    play(table, *(f"{name}: /score" for name in NAMES))
    for name, text in rounds:
        table.player(name).types(text)
    sums: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for event in table.events:
        if event.kind == "round_over" and (over := json.loads(event.data))["status"] != "stopped":
            sums.update(over["points"])
            letters.update(over["letters"])
    for name in NAMES:
        stats = stats_of(table, name)
        seat = table.player(name).seat
        assert seat is not None
        assert sums[name] == stats.points == stats.week_points == seat.score
        assert letters[name] == stats.letters
        assert 0 <= stats.streak <= stats.best <= stats.wins <= stats.rounds


def stats_of(table: Table, name: str) -> Stats:
    seat = table.player(name).seat
    assert seat is not None
    slot = (seat.slots or {}).get("scores")
    return Stats() if slot is None else slot.value


# --- a person ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "ann", "bob"),
    [
        pytest.param(("ann: /new", "bob: n", "ann: b", "bob: a"), "1 round, 1 won; 1 letter", "5 letters", id="coop"),
        pytest.param(("ann: /new", "bob: n", "ann: /stop"), "not finished", "not finished", id="stopped"),
        pytest.param(("ann: /new lives=1", "bob: n", "ann: x"), "1 round, 0 won; 0 letters", "0 won; 2 le", id="lost"),
        pytest.param(
            ("ann: /new mode=evil", "bob: /guess banana"), "not finished", "not finished", id="evil does not count"
        ),
        pytest.param(
            ("ann: /secret fig", "bob: /guess fig"), "0 rounds, 0 won; 0 letters", "1 round, 1 won", id="a setter"
        ),
        pytest.param(
            ("ann: /new mode=race", "bob: b", "bob: /guess banana", "ann: /guess banana"),
            "1 round, 0 won; 0 letters",
            "1 round, 1 won; 1 letter found",
            id="a race is the first one's",
        ),
    ],
)
def test_what_counts(fruit: Table, typed: tuple[str, ...], ann: str, bob: str) -> None:
    play(fruit, "bob: hello", *typed)
    assert ann in told(fruit, "ann", "/stats")
    assert bob in told(fruit, "ann", "/stats Bob")


def test_a_streak_is_rounds_won_in_a_row(fruit: Table) -> None:
    for what in ("banana", "banana", "x", "banana"):
        play(fruit, "ann: /new lives=1", f"ann: /guess {what}")
    assert told(fruit, "ann", "/stats") == (
        "ann: 4 rounds, 3 won; 0 letters found; 27 points, 27 this week; 1 won in a row, 2 at best."
    )


def test_statistics_go_with_the_person(fruit: Table) -> None:
    play(fruit, "ann: /new", "ann: /guess banana", "ann: /nick anna", "ann: /room den")
    assert "anna: 1 round, 1 won" in told(fruit, "ann", "/stats")
    fruit.restarts()
    assert "anna: 1 round, 1 won" in told(fruit, "bob", "/stats ANNA")
    fruit.ann.comes_back()
    play(fruit, "ann: /q")
    assert "anna: 1 round, 1 won" in told(fruit, "bob", "/stats anna")
    assert "anna 9" in told(fruit, "bob", "/top")


def test_nobody_of_that_name(fruit: Table) -> None:
    assert told(fruit, "ann", "/stats zed") == "Nobody called 'zed' is known here."
    assert fruit.ann.error == "usage"


def test_a_computer_player_is_in_no_ranking(fruit: Table) -> None:
    play(fruit, "ann: /robot", "ann: /new", "ann: b", "ann: /let banana")
    assert "hal 7" in told(fruit, "ann", "/score")
    assert told(fruit, "ann", "/top") == "The most points of all time:\n 1. ann 1"
    assert "hal has not finished" in told(fruit, "ann", "/stats hal")


def test_another_plugins_round_over_is_not_counted(fruit: Table, caplog: pytest.LogCaptureFixture) -> None:
    class Chess(Plugin):
        @command(summary="Give up")
        def resign(self, ctx: Context) -> None:
            ctx.event("round_over", winner="white")
            ctx.say("White wins.")

    fruit.load(Chess, "chess")
    assert told(fruit, "ann", "/resign") == "White wins."
    assert "scores" in caplog.text


# --- the server -------------------------------------------------------------------------------------------------


def test_the_week_ends_on_sunday(fruit: Table) -> None:  # the table's first day is a Monday
    play(fruit, "ann: /new", "ann: /guess banana", "bob: hello")
    fruit.passes(6 * 86_400)
    play(fruit, "bob: /new", "bob: /guess banana", "bob: /new", "bob: /guess banana")
    assert told(fruit, "ann", "/top week") == "The most points this week:\n 1. bob 18\n 2. ann 9"
    fruit.passes(86_400)
    assert told(fruit, "ann", "/top week") == "Nobody has points this week yet."
    play(fruit, "ann: /new", "ann: b", "ann: /guess banana")
    assert told(fruit, "ann", "/top week").splitlines()[1:] == [" 1. ann 8"]
    assert told(fruit, "ann", "/top").splitlines()[1:] == [" 1. bob 18", " 2. ann 17"]
    assert "17 points, 8 this week" in told(fruit, "ann", "/stats")


def test_rooms_are_ranked_together(fruit: Table) -> None:
    play(fruit, "ann: /new", "ann: /guess banana", "ann: /room den", "ann: /new", "ann: /guess banana")
    assert told(fruit, "bob", "/top all") == "The most points of all time:\n 1. ann 18"


@pytest.mark.parametrize(
    ("earned", "mine", "lines"),
    [
        ([], 0, []),
        ([(0, "ann")], 0, []),
        ([(1, "ann"), (2, "bob")], 1, [" 1. bob 2", " 2. ann 1"]),
        ([(5, "cat"), (5, "ann"), (7, "bob"), (1, "dan")], 1, [" 1. bob 7", " 2. ann 5", " 2. cat 5", " 4. dan 1"]),
        (
            [(100 - n, f"p{n:02}") for n in range(14)],
            88,
            [f"{n + 1:2}. p{n:02} {100 - n}" for n in range(10)] + ["13. you 88"],
        ),
    ],
)
def test_ranking(earned: list[tuple[int, str]], mine: int, lines: list[str]) -> None:
    assert list(ranking(earned, mine)) == lines


@pytest.mark.parametrize(
    ("day", "week"), [("2026-11-22", "2026-W47"), ("2027-01-01", "2026-W53"), ("2024-12-30", "2025-W01")]
)
def test_a_week_belongs_to_the_year_of_its_thursday(day: str, week: str) -> None:
    from datetime import datetime

    assert week_of(datetime.fromisoformat(day)) == week


@given(
    st.lists(
        st.builds(
            lambda played, won, points, week: (
                Over(True, "won", {"ann": points}, {}, ("ann",) * played, ("ann",) * (played and won)),
                f"2026-W{week:02}",
            ),
            st.booleans(),
            st.booleans(),
            st.integers(0, 20),
            st.integers(1, 3),
        )
    )
)
def test_sums_add_up(rounds: list[tuple[Over, str]]) -> None:
    stats = Stats()
    for over, week in rounds:
        stats = stats.after(over, "ann", week)
    assert stats.points == sum(over.points["ann"] for over, _ in rounds)
    assert stats.rounds == sum("ann" in over.players for over, _ in rounds)
    assert stats.wins == sum("ann" in over.winners for over, _ in rounds)
    assert stats.earned("week", "2026-W04") == 0
    played = "".join("w" if over.winners else "l" for over, _ in rounds if over.players)
    assert stats.best == max(map(len, played.split("l")))
    assert stats.streak == len(played.rpartition("l")[2])
