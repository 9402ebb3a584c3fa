"""`/bot` at a table: it plays by the same door as anybody, and only when it is its move."""

from __future__ import annotations

import pytest

from hangman_net.messages import Board
from hangman_net.plugins.bot import OTHERWISE, PAUSE
from hangman_net.testing import Player, Table


def robots(table: Table, room: str = "lobby") -> list[str]:
    return [seat.name for seat in table.room(room).members.values() if seat.record.puppet]


def plays_on(table: Table, player: Player, seconds: float = 300) -> Board:
    """Time passes until the round is over; the last board that the player was shown."""
    until = table.now + seconds
    player.saw = []
    while table.now < until:
        table.passes(0.5)
        if (board := player.board) is not None and board.status != "playing":
            return board
    raise AssertionError("the round is not over")


def test_a_lone_player_and_a_hard_robot(table: Table) -> None:
    table.ann.types("/bot hard")
    assert table.ann.texts == ["robot plays along (hard)."]
    assert robots(table) == ["robot"]
    for _ in range(5):
        table.ann.types("/new food")
        board = plays_on(table, table.ann)
        assert board.status == "won"
        assert "robot" in board.found_by
    guesses = [event for event in table.events if event.kind == "guess"]
    assert {event.who for event in guesses} == {"robot"}


def test_it_waits_for_the_others_after_every_change(table: Table) -> None:
    table.ann.types("/bot hard")
    table.ann.types("/new food")
    for letter in "qxj":
        table.passes(OTHERWISE - 1)
        table.ann.types(f"/guess {letter}")
    assert not [event for event in table.events if event.who == "robot" and event.kind == "guess"]
    table.passes(OTHERWISE + 0.1)
    assert [event for event in table.events if event.who == "robot" and event.kind == "guess"]


def test_in_turns_it_takes_its_own_turn_only(table: Table) -> None:
    table.ann.types("/bot easy")
    table.ann.types("/new food mode=turns")
    assert table.ann.board is not None
    assert table.ann.board.turn == "ann"
    table.passes(20)
    assert not [event for event in table.events if event.who == "robot" and event.kind == "guess"]
    for letter in "qxjzv":  # ann misses sooner or later, and the robot is next
        table.ann.types(f"/guess {letter}")
        if table.ann.board is not None and table.ann.board.turn == "robot":
            break
    table.passes(3)
    assert [event for event in table.events if event.who == "robot" and event.kind == "guess"]


def test_in_a_race_it_plays_its_own_board(table: Table) -> None:
    table.ann.types("/bot hard")
    table.ann.types("/new food mode=race")
    table.passes(200)
    board = table.ann.board
    assert board is not None
    assert board.status == "playing"
    assert board.missed == ()  # not ann's
    robot = next(player for player in board.players if player.name == "robot")
    assert robot.place == 1


def test_evil_is_played_too(table: Table) -> None:
    table.ann.types("/bot hard")
    table.ann.types("/new food mode=evil lives=15")
    assert plays_on(table, table.ann).status in ("won", "lost")


def test_it_guesses_words_that_players_set(table: Table) -> None:
    table.ann.types("/bot medium")
    table.ann.types("/secret rhinoceros | an animal")
    board = plays_on(table, table.ann)
    assert board.setter == "ann"
    assert {event.who for event in table.events if event.kind == "guess"} == {"robot"}


def test_an_alphabet_of_its_own_list(table: Table) -> None:
    table.ann.types("/bot hard")
    table.ann.types("/new russian")
    board = plays_on(table, table.ann)
    assert board.status == "won"


def test_a_room_s_own_words(table: Table) -> None:
    table.ann.types("/words add кот")
    table.ann.types("/bot hard")
    table.ann.types("/new own")
    assert plays_on(table, table.ann).secret == "кот"


def test_it_sets_words_for_one_who_plays_alone(table: Table) -> None:
    table.ann.types("/bot setter animals")
    seen = set()
    for _ in range(4):
        table.ann.saw = []
        table.passes(PAUSE + 0.1)
        board = table.ann.board
        assert board is not None
        assert (board.setter, board.status, board.secret) == ("robot", "playing", None)
        table.passes(60)
        table.ann.types("/stop")
        assert table.ann.board is not None
        seen.add(table.ann.board.secret)
    assert len(seen) == 4
    animals = table.library.load("animals")
    assert seen <= set(animals.texts())
    assert not [event for event in table.events if event.kind == "guess"]


def test_nobody_is_told_the_word_that_it_set(table: Table) -> None:
    table.player("bob")
    table.ann.types("/bot setter animals")
    table.bob.saw = []
    table.ann.saw = []
    table.passes(PAUSE + 0.1)
    words = {word.lower() for word in table.library.load("animals").texts()}
    for player in (table.ann, table.bob):
        assert not words & {word for text in player.texts for word in text.lower().split()}


def test_without_people_it_does_nothing_and_goes(table: Table) -> None:
    table.sits("ann", room="den")
    table.ann.types("/bot hard")
    table.ann.types("/new food")
    assert robots(table, "den") == ["robot"]
    table.ann.drops()
    before = len(table.events)
    table.passes(60)
    assert [event for event in table.events[before:] if event.who == "robot"] == []
    table.ann.comes_back()
    table.passes(10)
    assert [event for event in table.events[before:] if event.who == "robot"]
    table.ann.types("/room lobby")
    table.passes(1)
    assert table.hub.world.room("den") is None
    assert robots(table) == []


def test_changing_and_sending_away(table: Table) -> None:
    table.player("bob")
    table.ann.types("/bot")
    assert table.ann.texts == ["robot plays along (medium)."]
    table.bob.types("/bot easy")
    assert table.bob.texts == ["robot plays along (easy)."]
    assert robots(table) == ["robot"]
    table.bob.types("/bot off")
    assert robots(table) == []
    table.bob.types("/bot off")
    assert table.bob.error == "usage"


def test_nothing_is_kept_of_one_that_was_sent_away(table: Table) -> None:
    for line in ("/bot hard", "/new"):
        table.ann.types(line)
    table.passes(5)
    table.ann.types("/bot off")
    assert [seat.name for seat in table.hub.world.seats.values()] == ["ann"]
    assert not any("robot" in key or "puppet" in str(kept) for key, kept in table.records.items() if "seat" in key)


def test_a_setter_whose_words_will_not_do_says_so(table: Table) -> None:
    table.ann.types("/bot setter greek")
    table.ann.saw = []
    table.passes(60)
    assert [text for text in table.ann.texts if "no word in greek" in text] == [
        "robot finds no word in greek that can be set here; /config words greek takes its letters."
    ]
    table.ann.types("/new")
    assert table.ann.error is None


def test_each_room_has_its_own(table: Table) -> None:
    table.ann.types("/bot")
    table.sits("bob", room="den")
    table.bob.types("/bot hard")
    assert robots(table) == ["robot"]
    assert robots(table, "den") == ["robot-2"]


def test_it_goes_on_after_a_restart(table: Table) -> None:
    table.ann.types("/bot hard")
    table.ann.types("/new food")
    table.passes(OTHERWISE + 0.1)
    table.restarts()
    table.ann.comes_back()
    assert plays_on(table, table.ann).status == "won"
    assert robots(table) == ["robot"]


@pytest.mark.parametrize("line", ["/bot clever", "/bot setter klingon", "/bot hard hard hard"])
def test_what_is_refused(table: Table, line: str) -> None:
    table.ann.types(line)
    assert table.ann.error in ("usage", "unknown_wordlist")
    assert robots(table) == []


def test_who_looks_on_seats_no_robot(table: Table) -> None:
    table.player("bob")
    table.ann.types("/spectate")
    table.ann.types("/bot")
    assert table.ann.error == "forbidden"


def test_guesses_that_are_refused_are_not_said_for_ever(table: Table) -> None:
    """A word in letters that the robot does not know: it tries each of its own once, and rests."""
    table.ann.types("/config words russian")
    table.host.types("/config words russian")
    table.ann.types("/bot medium")
    table.ann.types("/secret кот")
    table.passes(600)
    said = [event for event in table.events if event.who == "robot" and event.kind == "guess"]
    assert said == []
    assert b"robot" not in table.records.get("wake/lobby/bot", b"")
