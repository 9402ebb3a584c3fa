"""`/words` at a table: what there is, and a room's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.plugins.words import MAX_OWN
from hangman_net.testing import Player, Table


def said(player: Player, line: str) -> str:
    """What the player is told of their line."""
    player.types(line)
    return "\n".join(player.texts)


def test_what_there_is(table: Table) -> None:
    lines = said(table.ann, "/words").splitlines()
    assert len(lines) == len(table.library.names())
    assert lines[0].startswith("animals: Animals, ")
    assert ", en (easy " in lines[0]
    assert said(table.ann, "/words").splitlines() == lines  # now all are in memory


def test_one_list(table: Table) -> None:
    told = said(table.ann, "/words French")
    assert told.startswith("french: Français")
    assert "Licence: MIT" in told
    assert told.endswith("/new french plays it.")


@pytest.mark.parametrize("name", ["engilsh", "../english", "own:lobby", "/etc/passwd", "english.txt"])
def test_a_list_that_is_not_there(table: Table, name: str) -> None:
    said(table.ann, f"/words {name}")
    assert table.ann.error == "unknown_wordlist"
    said(table.ann, f"/new {name}")
    assert table.ann.error == "unknown_wordlist"


def test_a_near_name_is_offered(table: Table) -> None:
    assert "did you mean 'english'?" in said(table.ann, "/words engilsh")


def test_own_words_are_added_played_and_removed(table: Table) -> None:
    table.player("bob")
    assert "no words of its own" in said(table.ann, "/words own")
    said(table.ann, "/new own")
    assert table.ann.error == "unknown_wordlist"
    assert said(table.ann, "/words add zebra | striped") == (
        "ann added a word to the room's own: 1 of 200. /new own plays them."
    )
    assert "zebra" not in "\n".join(table.bob.texts)
    assert "own: the words of this room, 1 words" in said(table.ann, "/words")
    table.ann.types("/new own")
    board = table.ann.board
    assert board is not None
    assert board.cells == (None,) * 5
    table.bob.types("/guess zebra")
    assert table.bob.board is not None
    assert table.bob.board.status == "won"
    said(table.bob, "/words remove zebra")
    assert table.bob.error == "usage"  # ann added it
    assert "0 of 200" in said(table.ann, "/words remove ZEBRA")
    said(table.ann, "/new own")
    assert table.ann.error == "unknown_wordlist"


def test_a_room_s_own_words_come_in_turn_and_only_there(table: Table) -> None:
    words = {"zebra", "horse", "wapiti"}
    for word in words:
        table.ann.types(f"/words add {word}")
    seen = set()
    for _ in words:
        table.ann.types("/new own")
        table.ann.types("/stop")
        assert table.ann.board is not None
        seen.add(table.ann.board.secret)
    assert seen == words
    table.sits("cid", room="other")
    said(table.cid, "/new own")
    assert table.cid.error == "unknown_wordlist"
    assert "no words of its own" in said(table.cid, "/words own")


def test_evil_plays_own_words(table: Table) -> None:
    for word in ("bear", "boar", "dear"):
        table.ann.types(f"/words add {word}")
    table.ann.types("/new own mode=evil")
    table.ann.types("/guess e")
    assert table.ann.board is not None
    assert "e" in table.ann.board.cells
    assert table.ann.board.mode == "evil"


def test_who_sees_which_words(table: Table) -> None:
    table.sits("ann", room="class")
    table.sits("bob", room="class")
    table.ann.types("/words add zebra")
    table.bob.types("/words add horse")
    owner, member = said(table.ann, "/words own"), said(table.bob, "/words own")
    assert "zebra, horse" in owner
    assert "horse" in member
    assert "zebra" not in member
    assert "1 that others added" in member
    assert "1 of 200" in said(table.ann, "/words remove horse")  # the owner may


@pytest.mark.parametrize("begin", ["/new own", "/secret zebra"])
def test_no_words_are_told_while_one_of_them_may_be_looked_for(table: Table, begin: str) -> None:
    table.sits("ann", room="class")
    table.sits("bob", room="class")
    table.ann.types("/words add zebra")
    table.bob.types(begin)
    assert "zebra" not in said(table.ann, "/words own")
    table.bob.types("/stop")
    assert "zebra" in said(table.ann, "/words own")


def test_own_words_last_and_come_back_with_the_first_person(table: Table) -> None:
    table.ann.types("/words add zebra | striped")
    table.restarts()
    table.ann.comes_back()
    table.ann.types("/new own")
    assert table.ann.board is not None
    assert len(table.ann.board.cells) == 5
    assert "striped" in said(table.ann, "/hint")


def test_own_words_go_with_a_room_and_wait_in_the_lobby(table: Table) -> None:
    """A server that runs for months must not keep the words of every room that there ever was."""
    table.ann.types("/words add zebra")
    lexicons = []
    for _ in range(2):
        table.sits("bob", room="class").types("/words add horse")
        lexicons.append(table.library.lexicon("own:class"))
        table.bob.types("/q")
        assert not table.library.is_lent("own:class")
    assert lexicons[0] is not lexicons[1]
    table.sits("bob", room="class").types("/new own")
    assert table.bob.error == "unknown_wordlist"
    for name in ("bob", "ann"):
        table.player(name).types("/q")
    assert not table.library.is_lent("own:lobby")
    table.sits("cid").types("/new own")
    assert table.cid.board is not None
    assert table.cid.board.wordlist == "own:lobby"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/words add", "needs a word"),
        ("/words remove", "needs a word"),
        ("/words like", "needs a list"),
        ("/words add 1234", "no letter of the alphabet"),
        ("/words add | hint", "no word"),
        ("/words add abcdefghijklmnopqrstuvw", "cannot be lost"),
        ("/words add " + "ab " * 30, "at most 60"),
        ("/words add ab | " + "x" * 150, "a hint 120"),
        ("/words add Ab", "there already"),
        ("/words remove zebra", "added no such word"),
        ("/words like klingon", "No word list is called 'klingon'"),
    ],
)
def test_what_is_refused(table: Table, line: str, reason: str) -> None:
    table.ann.types("/words add ab")
    before = table.state("words")
    assert reason in said(table.ann, line)
    assert table.ann.error in ("usage", "unknown_wordlist")
    assert table.state("words") == before


def test_there_are_not_endlessly_many(table: Table) -> None:
    letters = "abcdefghij"
    for n in range(MAX_OWN):
        table.ann.types(f"/words add {letters[n // 100]}{letters[n // 10 % 10]}{letters[n % 10]}")
    assert len(table.state("words").entries) == MAX_OWN
    assert f"{MAX_OWN} words of its own, which is all" in said(table.ann, "/words add zebra")


@pytest.mark.parametrize(
    ("word", "letter", "shown"),
    [("кот", "К", "к__"), ("niño", "ñ", "__ñ_"), ("Straße", "ß", "____ß_"), ("γάτα", "α", "_ά_α"), ("été", "e", "é_é")],
)
def test_the_first_word_chooses_the_letters(table: Table, word: str, letter: str, shown: str) -> None:
    table.ann.types(f"/words add {word}")
    table.ann.types("/new own")
    table.ann.types(f"/guess {letter}")
    assert table.ann.board is not None
    assert "".join(cell or "_" for cell in table.ann.board.cells) == shown


def test_the_letters_can_be_those_of_a_list(table: Table) -> None:
    table.ann.types("/words add casa")
    assert "letters of spanish" in said(table.ann, "/words like Spanish")
    table.ann.types("/words add niña")
    assert "casa: 'c' is not in the alphabet" in said(table.ann, "/words like russian")
    table.ann.types("/words remove casa")
    table.ann.types("/new own")
    table.ann.types("/guess n")
    assert table.ann.board is not None
    assert table.ann.board.cells == ("n", None, None, None)


def test_who_only_looks_on_adds_nothing(table: Table) -> None:
    table.player("bob")
    table.ann.types("/spectate")
    said(table.ann, "/words add zebra")
    assert table.ann.error == "forbidden"


def test_completion_knows_lists_and_verbs(table: Table) -> None:
    table.ann.types("/words")
    assert table.ann.completes("/words an") == ["animals"]
    assert table.ann.completes("/words re") == ["remove"]
    table.ann.types("/words add zebra")
    assert "own" in table.ann.completes("/new o")


def test_the_log_of_events_keeps_own_words_to_itself(table: Table) -> None:
    table.ann.types("/words add zebra | striped")
    assert all(b"zebra" not in event.data and b"striped" not in event.data for event in table.events)


def test_a_name_of_two_words_is_told_as_it_is_typed(tmp_path: Path) -> None:
    path = tmp_path / "my list.txt"
    path.write_text("banana\n")
    told = said(Table(words=[str(path)]).ann, "/words my list")
    assert told.endswith('/new "my list" plays it.')
