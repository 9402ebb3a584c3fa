"""Hangman at a table: played by strings alone, each mode to its end, and everything around a round."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from hangman_net.messages import Board, Chat, Error, Notice
from hangman_net.testing import Player, Table


@pytest.fixture
def fruit(tmp_path: Path) -> Table:
    """A table whose list has one word, and a second list with words for evil rounds."""
    (tmp_path / "fruit.txt").write_text("#: title = Fruit\nbanana | it is yellow\n", "utf-8")
    (tmp_path / "cats.txt").write_text("cat\ncot\ncut\n", "utf-8")
    return Table(words=[str(tmp_path / "fruit.txt"), str(tmp_path / "cats.txt")])


def play(table: Table, script: str) -> None:
    """Types a script, a line each: `ann: /guess e`."""
    for line in script.strip().splitlines():
        name, _, text = line.strip().partition(": ")
        table.player(name).types(text)


def sit(table: Table, names: str) -> None:
    """Lets players come in, in this order."""
    for name in names.split():
        table.player(name)


def scores(table: Table) -> dict[str, int]:
    return {seat.name: seat.score for seat in table.room().members.values()}


def board_of(player: Player) -> Board:
    """The board as `player` sees it now."""
    player.types("/board")
    assert player.board is not None
    return player.board


def cells(board: Board | None) -> str:
    assert board is not None
    return "".join(cell or "_" for cell in board.cells)


def events(table: Table, kind: str) -> list[dict[str, object]]:
    return [json.loads(event.data) for event in table.events if event.kind == kind]


# --- a round ----------------------------------------------------------------------------------------------------


def test_a_round_from_beginning_to_end(fruit):
    sit(fruit, "ann bob cat")
    fruit.ann.types("/new")
    board = fruit.bob.board
    assert (board.status, board.mode, cells(board), board.lives, board.max_lives) == ("playing", "coop", "______", 6, 6)
    assert (board.wordlist, board.secret, board.hint, board.turn, board.setter) == ("fruit", None, None, None, None)
    fruit.bob.types("a")
    assert cells(fruit.ann.board) == "_a_a_a"
    assert fruit.ann.board.found_by == (None, "bob", None, "bob", None, "bob")
    fruit.ann.types("/g z")
    assert (fruit.bob.board.missed, fruit.bob.board.lives) == (("z",), 5)
    fruit.ann.types("/guess banana")
    assert (fruit.bob.board.status, fruit.bob.board.secret) == ("won", "banana")
    assert fruit.bob.texts[-1] == (
        "Won: the word was banana. bob found a. ann found the word. Missed: z. "
        "Points: ann 5, bob 3. /again begins another."
    )
    assert scores(fruit) == {"ann": 5, "bob": 3, "cat": 0}


def test_the_ack_comes_last_and_the_board_before_it(fruit):
    fruit.ann.types("/new")
    kinds = [type(message).__name__ for message in fruit.ann.types("/guess a", id=1)]
    assert kinds == ["Board", "Ack"]


@pytest.mark.parametrize(
    ("before", "line", "code"),
    [
        ("", "/guess a", "no_round"),
        ("", "/hint", "no_round"),
        ("", "/stop", "no_round"),
        ("", "/skip", "no_round"),
        ("", "/again", "no_round"),
        ("", "/giveup", "no_round"),
        ("", "/new nowhere", "unknown_wordlist"),
        ("", "/new mode=chess", "usage"),
        ("", "/new lives=0", "usage"),
        ("", "/new lives=16", "usage"),
        ("", "/new level=mad", "usage"),
        ("", "/new level=hard", "usage"),
        ("", "/new speed=1", "usage"),
        ("", "/secret", "usage"),
        ("", "/secret 123", "usage"),
        ("", "/secret naïveté!", "usage"),
        ("", "/secret abcdefghijklmnopqrstuvwxyz", "usage"),
        ("", "/config lives 3", "forbidden"),
        ("/new", "/new", "round_running"),
        ("/new", "/again", "round_running"),
        ("/new", "/secret cat", "round_running"),
        ("/new", "/guess 7", "invalid_guess"),
        ("/new", "/guess bananas", "invalid_guess"),
        ("/new", "/guess", "usage"),
        ("/guess a", "/guess a", "already_guessed"),
        ("/guess z", "/guess zanana", "invalid_guess"),
        ("/guess banana", "/guess a", "no_round"),
        ("/new", "/giveup", "forbidden"),
    ],
)
def test_what_is_refused_and_how(fruit, before, line, code):
    if before and before != "/new":
        fruit.ann.types("/new")
    if before:
        fruit.ann.types(before)
    was = fruit.state("hangman")
    fruit.ann.types(line, id=9)
    assert fruit.ann.error == code
    assert [type(message) for message in fruit.ann.saw][-2:] == [Error, type(fruit.ann.saw[-1])]
    assert not fruit.ann.saw[-1].ok
    assert fruit.state("hangman") is was


def test_a_second_new_while_the_first_reads_its_list_is_refused_as_one_while_a_round_runs(fruit):
    fruit.ann.types("hello")
    fruit.room().running.add("new")
    assert [message.code for message in fruit.ann.types("/new") if isinstance(message, Error)] == ["round_running"]


def test_spectators_neither_guess_nor_begin(fruit):
    fruit.ann.types("/new")
    fruit.bob.types("/spectate")
    for line in ("/guess a", "/hint", "/stop", "/giveup"):
        fruit.bob.types(line)
        assert fruit.bob.error == "forbidden"
    fruit.bob.types("a")
    assert fruit.ann.seen(Chat)[-1].text == "a"


def test_the_host_looks_on_like_anybody(fruit):
    fruit.ann.types("/new")
    play(fruit, "host: /spectate\nhost: /guess a")
    assert fruit.host.error == "forbidden"


@pytest.mark.parametrize(
    ("line", "guesses"), [("a", True), (" A ", True), ("ab", False), ("7", False), ("a b", False), ("é", False)]
)
def test_a_bare_letter_is_a_guess_and_everything_else_is_chat(fruit, line, guesses):
    fruit.ann.types("/new")
    fruit.ann.types(line)
    assert bool(fruit.ann.seen(Board)) is guesses
    assert bool(fruit.ann.seen(Chat)) is not guesses


def test_bare_letters_can_be_switched_off(fruit):
    fruit.host.types("/config bare off")
    play(fruit, "ann: /new\nann: a")
    assert fruit.ann.seen(Chat)


def test_bare_letters_can_be_switched_off_for_one_round(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new bare=no\nbob: a")
    assert fruit.ann.seen(Chat)[-1].text == "a"
    play(fruit, "bob: /guess banana\nbob: /new\nbob: a")
    assert cells(fruit.ann.board) == "_a_a_a"


def test_a_hint_then_a_letter_for_a_life(fruit):
    play(fruit, "ann: /new\nbob: /hint")
    assert fruit.ann.board.hint == "it is yellow"
    assert fruit.ann.board.lives == 6
    fruit.bob.types("/hint")
    assert (fruit.ann.board.lives, fruit.ann.board.status) == (5, "playing")
    assert set(fruit.ann.board.found_by) == {None}


def test_again_is_another_of_the_same(fruit):
    play(fruit, "ann: /new fruit lives=2 mode=turns\nann: /guess banana\nann: /again")
    assert (fruit.ann.board.round, fruit.ann.board.mode, fruit.ann.board.max_lives) == (2, "turns", 2)


def test_the_board_of_a_newcomer(fruit):
    fruit.ann.types("/new")
    boards = fruit.bob.seen(Board)
    assert [board.status for board in boards] == ["playing"]
    fruit.ann.types("/stop")
    boards = fruit.cat.seen(Board)
    assert [(board.status, board.cells, board.round) for board in boards] == [("idle", (), 1)]
    assert board_of(fruit.cat).secret == "banana"


# --- a word of one's own ----------------------------------------------------------------------------------------


def test_a_secret_is_seen_by_its_setter_alone(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/secret ice cream | cold")
    assert (fruit.ann.board.secret, fruit.bob.board.secret) == ("ice cream", None)
    assert (cells(fruit.bob.board), fruit.bob.board.setter) == ("___ _____", "ann")
    assert b"cream" not in msgspec.json.encode(fruit.bob.saw)
    play(fruit, "ann: /guess i\n")
    assert fruit.ann.error == "forbidden"
    fruit.bob.types("/hint")
    assert fruit.bob.board.hint == "cold"


@pytest.mark.parametrize(
    "line", ["it is ice cream", "I C E C R E A M", "/me likes ice-cream", "/msg bob icecream", "/msg bob i.c.e cr_eam"]
)
def test_the_setter_cannot_tell(fruit, line):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret ice cream")
    fruit.bob.saw = []
    fruit.ann.types(line)
    assert fruit.ann.error == "forbidden"
    assert not fruit.bob.saw


def test_nor_by_a_reason(fruit):
    sit(fruit, "host bob cat")
    play(fruit, "host: /secret ice cream")
    fruit.bob.saw = []
    for line in ("/kick cat icecream", "/ban cat 1h ice cream", "/say it is ice cream"):
        fruit.host.types(line)
        assert fruit.host.error == "forbidden"
    assert not fruit.bob.saw


def test_who_won_a_race_cannot_tell_from_another_room(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=race\nann: /guess banana\nann: /room den\nann: /msg bob banana")
    assert fruit.ann.error == "forbidden"
    play(fruit, "bob: /giveup\nann: /msg bob banana")
    assert fruit.bob.seen(Chat)[-1].text == "banana"


@pytest.mark.parametrize("meanwhile", ["cat: hi", "cat: /nick ann"], ids=["free", "taken"])
def test_nor_under_another_name(fruit, meanwhile):
    sit(fruit, "ann bob cat")
    play(fruit, f"ann: /new mode=race\nann: /guess banana\nann: /room den\nann: /nick eve\n{meanwhile}")
    fruit.ann.types("/room lobby")
    for line, code in (("banana", "forbidden"), ("/guess b", "no_round")):
        fruit.ann.types(line)
        assert fruit.ann.error == code
    assert board_of(fruit.ann).status == "won"
    play(fruit, "bob: /giveup\ncat: /giveup")
    assert "eve 9" in fruit.bob.seen(Notice)[-1].text


def test_nor_by_the_word_that_opens_the_room(fruit):
    sit(fruit, "bob")
    play(fruit, "ann: /room den\nbob: /room den\nann: /secret ice cream")
    for line in ("/private icecream", "/config private ice cream"):
        fruit.ann.types(line)
        assert fruit.ann.error == "forbidden"
    fruit.bob.types("/invite")
    assert "ice" not in fruit.bob.seen(Notice)[-1].text


def test_nor_by_a_name(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret rob\nann: /nick Rob")
    assert fruit.ann.error == "forbidden"
    assert fruit.ann.name == "ann"


def test_others_may_say_what_they_think_and_after_the_end_everybody(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret cat\nbob: is it cat?")
    assert fruit.ann.seen(Chat)[-1].text == "is it cat?"
    play(fruit, "bob: /guess cat\nann: cat it was")
    assert fruit.bob.seen(Chat)[-1].text == "cat it was"


def test_a_hint_that_holds_the_word_is_refused(fruit):
    sit(fruit, "ann bob")
    fruit.bob.saw = []
    fruit.ann.types("/secret cat | a small C-a-t")
    assert fruit.ann.error == "usage"
    assert not fruit.bob.saw


def test_the_setter_shares_what_the_table_only_just_made(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret cat\n" + "\n".join(f"bob: {letter}" for letter in "zyxwv") + "\nbob: /guess cat")
    assert events(fruit, "round_over")[-1]["points"] == {"bob": 5, "ann": 10}


# --- the modes --------------------------------------------------------------------------------------------------


def test_turns_to_the_end(fruit):
    sit(fruit, "ann bob cat")
    fruit.ann.types("/new mode=turns turn=20")
    assert (fruit.bob.board.turn, fruit.bob.board.seconds) == ("ann", 20)
    fruit.bob.types("/guess a")
    assert fruit.bob.error == "not_your_turn"
    fruit.bob.types("a")
    assert fruit.ann.seen(Chat)
    play(fruit, "ann: a\nann: z")
    assert fruit.bob.board.turn == "bob"
    fruit.passes(20)
    assert fruit.bob.board.turn == "cat"
    fruit.cat.drops()
    assert fruit.bob.board.turn == "ann"
    play(fruit, "ann: n\nann: b")
    assert fruit.bob.board.status == "won"
    fruit.passes(1000)


def test_who_lets_two_turns_lapse_is_away_until_they_speak(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=turns turn=20 lives=15")
    for letter in "zy":
        fruit.passes(20)
        fruit.bob.types(letter)
    assert fruit.bob.board.turn == "bob"
    fruit.ann.types("I was asleep")
    fruit.bob.types("x")
    assert fruit.bob.board.turn == "ann"


def test_a_race_to_the_end(fruit):
    sit(fruit, "ann bob cat")
    fruit.dan.types("/spectate")
    fruit.ann.types("/new mode=race")
    play(fruit, "ann: a\nbob: z")
    assert [cells(board_of(player)) for player in (fruit.ann, fruit.bob, fruit.dan)] == ["_a_a_a", "______", "______"]
    assert [(p.name, p.found, p.lives, p.place) for p in fruit.dan.board.players] == [
        ("ann", 3, 6, None),
        ("bob", 0, 5, None),
        ("cat", 0, 6, None),
    ]
    fruit.bob.types("/guess banana")
    assert (fruit.bob.board.status, fruit.bob.board.secret, fruit.ann.board.status) == ("won", None, "playing")
    fruit.bob.types("it is b a n a n a")
    assert fruit.bob.error == "forbidden"
    fruit.bob.types("/guess q")
    assert fruit.bob.error == "no_round"
    play(fruit, "cat: /giveup\nann: /guess banana")
    assert [player.board.status for player in (fruit.ann, fruit.bob, fruit.cat, fruit.dan)] == [
        "won",
        "won",
        "lost",
        "won",
    ]
    assert fruit.dan.texts[-1] == (
        "Won: the word was banana. 1. bob. 2. ann. Points: bob 9, ann 7. /again begins another."
    )


def test_nothing_of_a_race_reaches_another_racer(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=race")
    fruit.bob.saw = []
    play(fruit, "ann: b\nann: n")
    said = msgspec.json.decode(msgspec.json.encode([m for m in fruit.bob.saw if isinstance(m, Board)]))
    assert all(set(board["cells"]) == {None} and not board["missed"] for board in said)


def test_evil_to_the_end(fruit):
    sit(fruit, "ann bob cat")
    fruit.ann.types("/new cats mode=evil lives=9")
    play(fruit, "bob: c\ncat: t\nann: /guess cat\nann: /guess cot\nbob: /guess cut")
    assert (fruit.ann.board.status, fruit.ann.board.secret) == ("won", "cut")
    assert fruit.ann.board.words_missed == ("cat", "cot")
    over = events(fruit, "round_over")[-1]
    assert (over["counted"], over["points"]) == (False, {})
    assert scores(fruit) == {"ann": 0, "bob": 0, "cat": 0}


def test_evil_goes_on_after_a_restart_and_without_its_list(fruit):
    play(fruit, "ann: /new cats mode=evil\nann: a")
    fruit.restarts()
    fruit.ann.comes_back().types("o")
    assert fruit.ann.board.missed == ("a", "o")
    Path(fruit._words[1]).unlink()
    fruit.library = type(fruit.library).choose([fruit._words[0]])
    fruit.restarts()
    fruit.ann.comes_back()
    play(fruit, "ann: /guess cut")
    assert fruit.ann.board.status == "won"


def test_members_set_the_word_in_turn(fruit):
    sit(fruit, "ann bob cat")
    fruit.ann.types("/new mode=setter setter=60")
    assert (fruit.bob.board.status, fruit.bob.board.setter, fruit.bob.board.seconds) == ("idle", "ann", 60)
    fruit.bob.types("/secret dog")
    assert fruit.bob.error == "not_your_turn"
    play(fruit, "ann: /secret dog\nbob: /guess dog")
    assert (fruit.bob.board.status, fruit.bob.board.setter, fruit.bob.board.seconds) == ("idle", "bob", 60)
    assert any("the word was dog" in text for text in fruit.bob.texts)
    fruit.passes(60)
    assert fruit.bob.board.setter == "cat"
    fruit.cat.drops()
    assert fruit.bob.board.setter == "ann"
    play(fruit, "ann: /secret cow\nbob: /guess cow")
    assert fruit.bob.board.setter == "bob"
    fruit.ann.types("/stop")
    assert (fruit.bob.board.setter, fruit.state("hangman").rota) == (None, None)
    fruit.passes(1000)


def test_the_end_of_a_round_is_shown_before_the_next_word_is_waited_for(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=setter\nann: /secret dog\nbob: /guess dog")
    over, waiting = fruit.bob.seen(Board)
    assert (over.status, over.secret, over.setter, cells(over)) == ("won", "dog", "ann", "dog")
    assert (waiting.status, waiting.secret, waiting.setter, cells(waiting)) == ("idle", None, "bob", "")


def test_whoever_sets_the_next_word_may_take_another_name(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=setter\nann: /nick anna")
    assert fruit.bob.board.setter == "anna"


@pytest.mark.parametrize("how", ["/q", "/spectate", "/room den"])
@pytest.mark.parametrize("who", ["ann", "bob"])
def test_setting_in_turn_ends_when_fewer_than_two_are_left(fruit, who, how):
    sit(fruit, "ann bob")
    play(fruit, f"ann: /new mode=setter\n{who}: {how}")
    assert fruit.state("hangman").rota is None


def test_setting_in_turn_ends_with_a_setter_who_leaves_one_alone(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=setter\nann: /secret dog\nann: /q")
    assert fruit.state("hangman").rota is None
    assert [board.secret for board in fruit.bob.seen(Board) if board.status == "stopped"] == ["dog"]


@pytest.mark.parametrize("names", ["ann bob", "ann bob cat"])
def test_setting_in_turn_asks_everybody_once_after_each_word(fruit, names):
    sit(fruit, names)
    play(fruit, "ann: /new mode=setter setter=10\nann: /secret dog\nbob: /guess dog")
    fruit.passes(10 * len(names.split()) - 1)
    assert fruit.ann.board.setter == "ann"
    fruit.passes(2)
    assert fruit.state("hangman").rota is None
    assert [text for text in fruit.ann.texts if text.endswith("set no word.")] == [
        f"{name} set no word." for name in (*names.split()[1:], "ann")
    ]


def test_setting_in_turn_asks_also_who_comes_later_and_nobody_twice(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=setter setter=10")
    fruit.passes(10)
    sit(fruit, "cat")
    play(fruit, "ann: /nick anna")
    asked = [fruit.bob.board.setter]
    for _ in range(2):
        fruit.passes(10)
        asked.append(fruit.bob.board.setter)
    assert asked == ["bob", "cat", None]


def test_setting_in_turn_ends_when_nobody_wants_to(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=setter setter=10")
    fruit.passes(100)
    assert fruit.state("hangman").rota is None
    assert fruit.bob.board.setter is None
    fruit.ann.types("/new")
    assert fruit.bob.board.status == "playing"


def test_setting_in_turn_waits_for_people_after_a_restart(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=setter setter=30")
    fruit.restarts()
    fruit.passes(45)
    assert fruit.bob.comes_back().board.setter == "ann"
    fruit.ann.comes_back()
    play(fruit, "ann: /secret dog")
    assert fruit.bob.board.status == "playing"


def test_who_is_to_set_a_word_may_be_the_first_to_come_back(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=setter setter=30")
    fruit.passes(25)
    fruit.restarts()
    board = fruit.ann.comes_back().board
    assert (board.setter, board.seconds) == ("ann", 30)
    fruit.bob.comes_back()
    play(fruit, "ann: /secret dog\nbob: /guess dog")
    assert fruit.bob.board.setter == "bob"


def test_to_set_in_turn_takes_two(fruit):
    fruit.ann.types("/new mode=setter")
    assert fruit.ann.error == "usage"


def test_a_host_who_looks_on_sets_no_word(fruit):
    sit(fruit, "ann bob")
    play(fruit, "host: /spectate\nhost: /new mode=setter")
    assert fruit.bob.board.setter == "ann"


# --- ending a round ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "at_once"), [("ann", True), ("host", True), ("bob", False)])
def test_who_may_stop_a_round_at_once(fruit, who, at_once):
    sit(fruit, "ann bob cat host")
    fruit.ann.types("/new")
    fruit.player(who).types("/stop")
    assert (fruit.cat.board.status == "stopped") is at_once


def test_the_setter_may_stop(fruit):
    sit(fruit, "ann bob cat")
    play(fruit, "bob: /secret cat\nbob: /stop")
    assert fruit.ann.board.secret == "cat"


def test_from_others_it_is_a_vote_of_half_rounded_up(fruit):
    sit(fruit, "ann bob cat dan eve")
    fruit.ann.types("/new")
    fruit.bob.types("/stop")
    assert fruit.ann.texts[-1] == "bob votes to stop this word: 1 of 3 votes (/stop)."
    fruit.bob.types("/stop")
    assert fruit.ann.texts[-1].endswith("1 of 3 votes (/stop).")
    fruit.cat.types("/stop")
    fruit.cat.types("/q")
    fruit.dan.types("/stop")
    assert fruit.ann.board.status == "stopped"


def test_votes_to_stop_and_to_skip_stand_beside_each_other_whatever_people_are_called(fruit):
    sit(fruit, "ann bob cat stop eve")
    play(fruit, "ann: /new\nbob: /stop\ncat: /skip\nstop: /nick dan\neve: /stop\nstop: /skip")
    assert fruit.state("hangman").running is not None
    play(fruit, "cat: /stop")
    assert fruit.ann.board.status == "stopped"
    play(fruit, "ann: /new\nbob: /stop")
    assert "1 of 3" in fruit.ann.texts[-1]


def test_votes_of_those_who_left_do_not_count(fruit):
    sit(fruit, "ann bob cat dan eve")
    play(fruit, "ann: /new\nbob: /stop\nbob: /q\ncat: /stop")
    assert fruit.ann.texts[-1].endswith("1 of 2 votes (/stop).")


def test_who_is_left_among_people_who_are_away_may_stop(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new")
    fruit.ann.drops()
    fruit.bob.types("/stop")
    assert fruit.bob.board.status == "stopped"


def test_skip_goes_on_with_another_word(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new lives=3\nann: /skip")
    assert [(b.round, b.status, b.max_lives) for b in fruit.bob.seen(Board)[-2:]] == [
        (1, "stopped", 3),
        (2, "playing", 3),
    ]


# --- people come and go -----------------------------------------------------------------------------------------


def test_a_race_that_all_gave_up_is_told_as_that(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new mode=race\nann: /giveup\nbob: /giveup")
    assert fruit.ann.seen(Notice)[-1].text.startswith("Given up: the word was banana.")


def test_a_round_whose_players_have_all_gone_is_paused_and_ended(fruit):
    fruit.ann.types("/new")
    fruit.ann.drops()
    fruit.passes(599)
    assert fruit.state("hangman").running is not None
    fruit.passes(1)
    assert fruit.state("hangman").running is None
    assert events(fruit, "round_over")[-1]["reason"] == "abandoned"


def test_whoever_comes_back_in_time_goes_on(fruit):
    fruit.ann.types("/new")
    fruit.ann.drops()
    fruit.passes(500)
    back = fruit.ann.comes_back()
    assert [board.status for board in back.seen(Board)] == ["playing"]
    fruit.passes(1000)
    back.types("a")
    assert cells(back.board) == "_a_a_a"


def test_a_round_survives_a_restart_with_ten_seconds_at_least(fruit):
    sit(fruit, "ann bob")
    fruit.ann.types("/new mode=turns turn=30")
    play(fruit, "ann: z\nbob: a")
    fruit.passes(27)
    fruit.restarts()
    back = fruit.ann.comes_back()
    board = back.board
    assert (board.turn, board.seconds, cells(board), board.missed) == ("bob", 10, "_a_a_a", ("z",))
    fruit.passes(10)
    assert back.board.turn == "ann"


def test_after_a_restart_the_turn_waits_for_who_held_it(fruit):
    sit(fruit, "ann bob cat")
    play(fruit, "ann: /new mode=turns\nann: z")
    fruit.restarts()
    for name in ("ann", "cat"):
        assert fruit.player(name).comes_back().board.turn == "bob"
    fruit.passes(30)
    assert fruit.ann.board.turn == "cat"


def test_everything_follows_a_rename(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret cat\nbob: c\nbob: /nick rob\nann: /nick anna")
    board = board_of(fruit.bob)
    assert (board.found_by[0], board.setter) == ("rob", "anna")
    fruit.ann.types("/guess a")
    assert fruit.ann.error == "forbidden"


# --- who leaves, and whoever takes their name -------------------------------------------------------------------


def test_who_left_is_not_paid_and_neither_is_who_takes_their_name(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new\nann: a\nann: /q")
    stranger = fruit.sits("ann")
    assert stranger.board.found_by[1] == "ann (left)"
    play(fruit, "bob: /guess banana")
    assert events(fruit, "round_over")[-1]["points"] == {"bob": 5}
    assert scores(fruit) == {"ann": 0, "bob": 5}


@pytest.mark.parametrize(
    ("script", "called"),
    [
        ("ann: /room den\nann: /nick zoe\nann: /room lobby", "zoe"),  # comes back under another name
        ("ann: /q\ncat: /room lobby\ncat: /nick ann", "ann (left)"),  # somebody here takes the name
        ("ann: /q\ncat: /nick ann\ncat: /room lobby", "ann (left)"),  # or comes in with it
    ],
)
def test_everybody_sees_at_once_what_who_left_is_called_now(fruit, script, called):
    sit(fruit, "ann bob cat")
    play(fruit, f"cat: /room den\nann: /new\nann: a\n{script}")
    assert fruit.bob.board.found_by == (None, called) * 3
    assert len(fruit.cat.seen(Board)) <= 1


def test_who_comes_back_is_known_and_paid(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new\nann: a\nann: /room den\nann: /room lobby\nbob: n\nbob: b")
    assert scores(fruit) == {"ann": 3, "bob": 3}


def test_a_place_in_a_race_is_no_place_for_the_next_of_that_name(fruit):
    sit(fruit, "ann bob cat")
    play(fruit, "ann: /new mode=race\nann: a\nann: /q\nbob: b\nbob: /nick ann")
    ann = fruit.bob
    assert [(one.name, one.found) for one in ann.board.players] == [("ann (left)", 3), ("ann", 1), ("cat", 0)]
    assert cells(ann.board) == "b_____"
    ann.types("/guess banana")
    assert ann.board.status == "won"


def test_who_comes_back_into_a_race_sees_their_own_part_of_it_in_their_own_picture(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /art none\nann: /new mode=race\nann: a\nann: /room den\nann: /room lobby")
    (board,) = fruit.ann.seen(Board)
    assert (board.status, cells(board), board.art) == ("lost", "_a_a_a", "")


def test_a_computer_that_comes_in_wakes_no_round_that_nobody_plays(fruit):
    sit(fruit, "host ann")
    play(fruit, "ann: /new limit=60\nhost: /spectate\nann: /q")
    assert fruit.state("hangman").running.paused is not None
    fruit.host.types("/bot")
    assert fruit.state("hangman").running.paused is not None


def test_taking_a_seat_in_turns_is_joining_the_order(fruit):
    sit(fruit, "ann bob")
    fruit.bob.types("/spectate")
    play(fruit, "ann: /new mode=turns lives=15\nbob: /play\nann: z")
    assert fruit.ann.board.turn == "bob"


# --- settings and pictures --------------------------------------------------------------------------------------


def test_config_lists_every_key_with_its_value_and_what_it_may_be(fruit):
    fruit.host.types("/config")
    lines = fruit.host.texts[-1].split("\n")
    assert "lives = 6: misses until a round is lost (1 to 15)" in lines
    assert "words = fruit: the word list that rounds draw from (" in fruit.host.texts[-1]
    assert [line.split(" = ")[0] for line in lines] == [
        *(
            [
                "mode",
                "lives",
                "words",
                "level",
                "strict",
                "bare",
                "keep",
                "turn",
                "race",
                "setter",
                "limit",
                "art",
                "private",
            ]
        )
    ]


def test_config_changes_the_next_rounds(fruit):
    play(fruit, "host: /config lives 3\nhost: /set list CATS\nhost: /config mode turns\nann: /new")
    assert (fruit.ann.board.max_lives, fruit.ann.board.wordlist, fruit.ann.board.mode) == (3, "cats", "turns")
    fruit.host.types("/config lives")
    assert fruit.host.texts == ["lives = 3: 1 to 15"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/config lives 99", "1 to 15"),
        ("/config speed 9", "limit, art, private."),
        ("/config speed", "limit, art, private."),
        ("/config words nowhere", "cats"),
        ("/config words own", "/words add WORD"),
        ("/config private ice cream", "one word"),
        ('/private "ice cream"', "one word"),
    ],
)
def test_config_refuses_with_what_it_may_be(fruit, line, says):
    fruit.host.types("/room den")
    fruit.host.types(line)
    assert fruit.host.error == ("unknown_wordlist" if line.endswith(" own") else "usage")
    assert says in fruit.host.texts[-1]


def test_an_owner_may_config_their_own_room(fruit):
    play(fruit, "ann: /room den\nann: /config lives 2\nann: /config private apple")
    fruit.bob.types("/room den")
    assert fruit.bob.error == "forbidden"
    fruit.bob.types("/room den apple")
    fruit.bob.types("/new")
    assert fruit.bob.board.max_lives == 2
    play(fruit, "ann: /config private off")
    assert fruit.cat.types("/room den") and fruit.cat.error is None


def test_asking_for_the_word_that_opens_a_room_opens_it_to_nobody(fruit):
    play(fruit, "ann: /room den\nann: /config private apple\nann: /config private")
    assert fruit.ann.texts == ["private = apple: the word that opens this room (a word or off)"]
    assert fruit.room("den").record.invite == "apple"


def test_each_sees_the_picture_they_chose(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new\nbob: /art snowman\nann: z")
    assert "+--" in fruit.ann.board.art
    assert "(o o)" in fruit.bob.board.art
    assert fruit.bob.board.caption.endswith("the hat has melted")
    fruit.bob.types("/room den")
    assert "(o o)" in fruit.bob.board.art
    assert fruit.state("hangman").arts == ()
    fruit.bob.types("/art none")
    assert fruit.bob.board.art == ""
    fruit.bob.types("/art")
    assert fruit.bob.texts == ["Pictures: gallows, snowman, none. You see none."]


@pytest.mark.parametrize("mode", ["coop", "turns", "race"])
def test_who_comes_into_a_round_sees_the_picture_they_chose_elsewhere(fruit, mode):
    sit(fruit, "ann bob")
    play(fruit, f"bob: /room den\nbob: /art none\nann: /new mode={mode}\nbob: /room lobby")
    assert fruit.bob.board.art == ""


def test_a_room_may_have_another_picture(fruit):
    play(fruit, "host: /config art snowman\nann: /new")
    assert "(o o)" in fruit.ann.board.art


# --- words ------------------------------------------------------------------------------------------------------


def test_a_room_takes_no_word_twice_also_over_a_restart(tmp_path):
    (tmp_path / "ten.txt").write_text("".join(f"word{letter}\n" for letter in "abcdefghij"), "utf-8")
    table = Table(words=[str(tmp_path / "ten.txt")])
    for _ in range(5):
        play(table, "ann: /new\nann: /stop")
    table.restarts()
    table.ann.comes_back()
    for _ in range(5):
        play(table, "ann: /new\nann: /stop")
    words = [over["word"] for over in events(table, "round_over")]
    assert len(set(words)) == len(words) == 10


def test_the_same_seed_draws_the_same_words():
    drawn = []
    for _ in range(2):
        table = Table(words=["animals"], seed=5)
        play(table, "ann: /new\nann: /stop\nann: /new\nann: /stop")
        drawn.append([over["word"] for over in events(table, "round_over")])
    assert drawn[0] == drawn[1]


def test_completion_knows_lists_and_modes(fruit):
    fruit.ann.types("hello")
    assert "fruit" in fruit.ann.completes("/new fr")
    assert "mode=race" in fruit.ann.completes("/new mode=ra")
    assert "level=easy" in fruit.ann.completes("/new level=ea")
    assert "snowman" in fruit.ann.completes("/art s")


# --- what is kept and logged ------------------------------------------------------------------------------------


def test_the_points_can_be_counted_again_from_the_log(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /new\nbob: a\nann: n\nbob: /guess banana\nann: /again\nann: /guess banana")
    sums: dict[str, int] = {}
    for over in events(fruit, "round_over"):
        for name, worth in over["points"].items():
            sums[name] = sums.get(name, 0) + worth
    assert sums == scores(fruit)
    letters = [e for e in events(fruit, "guess") if e["round"] == 1 and e["result"] == "hit"]
    assert [(e["guess"], e["shown"]) for e in letters] == [("a", 3), ("n", 2)]


def test_the_log_holds_the_word_of_no_round_that_runs(fruit):
    sit(fruit, "ann bob")
    play(fruit, "ann: /secret ice cream | cold\nbob: i\nbob: /hint")
    assert not any(b"cream" in event.data for event in fruit.events)


def test_a_guess_keeps_the_same_few_bytes_in_a_room_of_4_and_of_200(tmp_path):
    sizes = []
    for people in (4, 200):
        table = Table(words=["animals"])
        for n in range(people):
            table.player(f"pupil-{n}")
        sit(table, "ann bob")
        table.ann.types("/secret lion")
        table.bob.types("z")
        sizes.append(len(table.records["room/lobby/hangman"]))
    assert sizes[0] == sizes[1] < 400


def test_the_rules_are_told(fruit):
    fruit.ann.types("/help rules")
    assert len(fruit.ann.seen(Notice)[-1].text.split("\n")) <= 20


def test_a_reload_in_the_middle_of_a_round_keeps_it(fruit):
    play(fruit, "ann: /new\nann: a\nhost: /reload hangman")
    assert "hangman was reloaded." in fruit.host.texts
    fruit.ann.types("n")
    assert cells(fruit.ann.board) == "_anana"


def test_a_class_of_thirty_in_turns_with_a_snowman(fruit):
    pupils = [f"pupil-{n}" for n in range(30)]
    play(fruit, "teacher: /room class\nteacher: /config art snowman\nteacher: /config mode turns\nteacher: /spectate")
    for name in pupils:
        fruit.sits(name, room="class")
    play(fruit, "teacher: /new cats lives=15\n" + "\n".join(f"{name}: /guess z" for name in pupils[1:]))
    assert all(fruit.player(name).error == "not_your_turn" for name in pupils[1:])
    play(fruit, "\n".join(f"{name}: {letter}" for name, letter in zip(pupils, "zyxwvsrqp", strict=False)))
    assert fruit.teacher.board.missed == tuple("zyxwvsrqp")
    assert "(" in fruit.teacher.board.art
    assert fruit.teacher.board.turn == "pupil-9"
    fruit.player("pupil-9").types("c")
    play(fruit, "teacher: /stop")
    assert fruit.player("pupil-29").board.status == "stopped"
