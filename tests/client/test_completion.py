"""What is offered, filled in and warned of while a line is typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangman_net.client.completion import Item, Offer, check, merge, offer, tab
from hangman_net.messages import Completion

PEOPLE = ("bob", "Bodil", "cid")


def texts(found: Offer) -> list[str]:
    return [item.text for item in found.items]


@pytest.mark.parametrize(
    ("text", "phase", "start", "items", "ask"),
    [
        ("", "idle", 0, [], False),
        ("hello", "idle", 5, [], False),
        ("//gu", "playing", 4, [], False),
        ("/gu", "playing", 0, ["/guess"], False),
        ("/GU", "playing", 0, ["/guess"], False),
        ("/gu", "idle", 0, [], False),
        ("/n", "idle", 0, ["/new", "/nick"], False),
        ("/n", "playing", 0, ["/nick"], False),
        ("/g", "playing", 0, ["/guess"], False),
        ("/st", "idle", 0, ["/start"], False),
        ("/w", "idle", 0, ["/w"], False),
        ("/nope ", "idle", 6, [], False),
        ("/q ", "idle", 3, [], False),
        ("/table ", "idle", 7, ["small", "large"], False),
        ("/table l", "idle", 7, ["large"], False),
        ("/table size=s", "idle", 7, ["size=small"], False),
        ("/table small ", "idle", 13, [], False),
        ("/new ", "idle", 5, ["mode=", "lives="], True),
        ("/new fo", "idle", 5, [], True),
        ("/new food m", "idle", 10, ["mode="], False),
        ("/new food mode=t", "idle", 10, ["mode=turns"], False),
        ("/start mode=race ", "idle", 17, ["lives="], True),
        ("/msg ", "idle", 5, ["bob", "Bodil", "cid"], True),
        ("/msg BO", "idle", 5, ["bob", "Bodil"], True),
        ("/msg bob hel", "idle", 9, [], False),
        ("/guess e", "playing", 7, [], False),
    ],
)
def test_offer(room, text, phase, start, items, ask):
    found = offer(text, room.catalogue, phase, PEOPLE)
    assert (found.start, texts(found), found.ask) == (start, items, ask)


def test_offers_carry_help(room):
    assert offer("/gu", room.catalogue, "playing").items == (Item("/guess", "Guess a letter or the word"),)
    assert offer("/new mode=r", room.catalogue, "idle").items == (Item("mode=race", "how it is played"),)


@pytest.mark.parametrize(
    ("text", "items", "after"),
    [
        ("/gu", ["/guess"], "/guess"),
        ("/n", ["/new", "/nick"], "/n"),
        ("/", ["/new", "/nick"], "/n"),
        ("/N", ["/name", "/names"], "/name"),
        ("/x", [], "/x"),
        ("/guess", ["/guess"], "/guess"),
    ],
)
def test_tab_fills_in_what_all_have_in_common(text, items, after):
    assert tab(text, Offer(0, tuple(map(Item, items)))) == after


def test_tab_replaces_the_last_word_alone():
    assert tab("/msg bo", Offer(5, (Item("Bodil"),))) == "/msg Bodil"
    assert tab("/msg bo", Offer(5, (Item("bob"), Item("Bodil")))) == "/msg bo"


def test_the_servers_answer_joins_what_was_known():
    merged = merge(Offer(5, (Item("bob", "here"),), ask=True), [Completion("bob"), Completion("zoe", "in the attic")])
    assert merged == Offer(5, (Item("bob", "here"), Item("zoe", "in the attic")))


@pytest.mark.parametrize(
    ("text", "phase", "shown", "wrong"),
    [
        ("hello", "idle", None, False),
        ("", "idle", None, False),
        ("/", "idle", None, False),
        ("//x", "idle", None, False),
        ("/gu", "playing", None, False),
        ("/gues e", "playing", "no command /gues: do you mean /guess?", True),
        ("/xyzzy", "idle", "no command /xyzzy", True),
        ("/guess e", "idle", "/guess works while a round runs", True),
        ("/new", "playing", "/new works between rounds", True),
        ("/guess", "playing", "/guess LETTER|WORD  Guess a letter or the word", False),
        ("/guess any old word", "playing", "/guess LETTER|WORD  Guess a letter or the word", False),
        ("/nick", "idle", "/nick NAME  Take another name", False),
        ("/nick ann b", "idle", "too many words: /nick NAME", True),
        ("/nick 'ann b'", "idle", "/nick NAME  Take another name", False),
        ("/table sm", "idle", "/table [small|large]  Choose the table", False),
        ("/table sm ", "idle", "SIZE is one of small, large: /table [small|large]", True),
        ("/table x", "idle", "SIZE is one of small, large: /table [small|large]", True),
        (
            "/new food lives=x",
            "idle",
            "LIVES is a whole number: /new [WORDLIST] [mode=coop|turns|race] [lives=LIVES]",
            True,
        ),
        (
            "/new food mode=tu",
            "idle",
            "/new [WORDLIST] [mode=coop|turns|race] [lives=LIVES]  Begin a round",
            False,
        ),
        (
            "/new food turns",
            "idle",
            "too many words: /new [WORDLIST] [mode=coop|turns|race] [lives=LIVES]",
            True,
        ),
    ],
)
def test_check(room, text, phase, shown, wrong):
    found = check(text, room.catalogue, phase)
    assert (found and found.text, bool(found and found.wrong)) == (shown, wrong)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_half_typed_line_will_do(room, data):
    text = "/" + data.draw(st.text(st.sampled_from("/ gnewmq=\"'x1日\u0301"), max_size=20))
    found = offer(text, room.catalogue, "idle", PEOPLE)
    assert 0 <= found.start <= len(text)
    assert tab(text, found).startswith(text[: found.start])
    check(text, room.catalogue, "playing")
