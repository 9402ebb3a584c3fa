"""Nothing that a server sends can reach a terminal as anything but text of a bounded length."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net import messages as m
from hangman_net.client.clean import LINE_CHARS, LINES, clean

NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u0000\x08\x0e\u200f\tx\r\n"


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def messages(text: str) -> tuple[m.ServerMessage, ...]:
    """One of every message that holds text, with this text in each field that may hold any."""
    command = m.CommandInfo(
        text, (text,), text, text, (m.Arg(text, text, True, text, default=text, choices=(text,)),), "any"
    )
    return (
        m.Welcome(1, text, text, "host", "token", text, False, 0, (command,)),
        m.Commands((command,)),
        m.Roster(text, 1, (m.RosterEntry(text, "member", True, True, 0),)),
        m.MemberChange(text, text, "member", True, True, 0, False, text),
        m.Chat(text, text, text, to=text),
        m.Notice(text, room=text),
        m.Error("usage", text),
        m.Completions(1, (m.Completion(text, text),)),
        m.Bye("quit", text=text),
        m.Board(
            mode=text,
            cells=(text, None),
            found_by=(text, None),
            missed=(text,),
            words_missed=(text,),
            art=text,
            caption=text,
            turn=text,
            setter=text,
            hint=text,
            wordlist=text,
            players=(m.PlayerBoard(text, 1, 1),),
            secret=text,
        ),
    )


@pytest.mark.parametrize("message", messages(NASTY), ids=lambda message: type(message).__name__)
def test_nothing_but_text_is_left(message):
    shown = list(texts(msgspec.to_builtins(clean(message))))
    assert any("evil" in text for text in shown)
    for text in shown:
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text.replace("\n", ""))


@given(st.text(max_size=60))
def test_what_is_clean_stays_as_it_is(text):
    for message in messages(text):
        once = clean(message)
        assert clean(once) == once


def test_lengths_are_bounded():
    flood = "x" * 60_000
    for message in messages(flood):
        assert all(len(text) <= LINE_CHARS for text in texts(msgspec.to_builtins(clean(message))))
    notice = clean(m.Notice("line\n" * 5_000))
    assert isinstance(notice, m.Notice)
    assert notice.text.count("\n") < LINES


def test_honest_text_arrives_as_it_was_sent():
    for message in messages("Zoë: 日本 – don't"):
        assert clean(message) == message


@pytest.mark.parametrize("message", [m.Pong(1), m.Ack(1, True)])
def test_messages_without_text_pass(message):
    assert clean(message) is message
