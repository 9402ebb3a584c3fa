"""Each event folds into the model as the contract's words say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client.events import Closed, Connecting, Lost, Remark
from hangman_net.client.model import SCROLLBACK, Connection, Kind, Model, read_all, read_so_far, update


def change(name: str, *, role="member", seated=True, connected=True, score=0, left=False, was=None, room="lobby"):
    return m.MemberChange(room, name, role, seated, connected, score, left, was)


def said(model: Model) -> list[str]:
    return [line for entry in model.entries for line in entry.lines]


def test_coming_in(room):
    model = room.model(Connecting(1), *room.entered)
    assert model.connection is Connection.ONLINE
    assert (model.name, model.room, model.role, model.total) == ("ann", "lobby", "host", 4)
    assert model.commands == room.catalogue
    assert model.phase == "idle"
    assert [entry.kind for entry in model.entries] == [Kind.RULE]


@pytest.mark.parametrize(
    ("chat", "kind", "mine", "names_me", "bells"),
    [
        (m.Chat("bob", "hello", "lobby"), Kind.CHAT, False, False, 0),
        (m.Chat("ann", "hello", "lobby"), Kind.CHAT, True, False, 0),
        (m.Chat("ann", "I am ann", "lobby"), Kind.CHAT, True, False, 0),
        (m.Chat("bob", "your turn, Ann!", "lobby"), Kind.CHAT, False, True, 1),
        (m.Chat("bob", "anniversary", "lobby"), Kind.CHAT, False, False, 0),
        (m.Chat("bob", "hush", "lobby", to="ann"), Kind.PRIVATE, False, True, 1),
        (m.Chat("ann", "hush", "lobby", to="bob"), Kind.PRIVATE, True, False, 0),
        (m.Chat("bob", "waves", "lobby", action=True), Kind.ACTION, False, False, 0),
        (m.Chat("bob", "ann?", "lobby", replay=True), Kind.CHAT, False, False, 0),
    ],
)
def test_talk(room, chat, kind, mine, names_me, bells):
    model = room.model(*room.entered, chat)
    entry = model.entries[-1]
    assert (entry.kind, entry.who, entry.lines) == (kind, chat.name, (chat.text,))
    assert (entry.mine, entry.names_me, model.bells) == (mine, names_me, bells)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (change("eve"), ["eve comes in"]),
        (change("bob", left=True), ["bob leaves"]),
        (change("bob", connected=False, score=7), ["bob is away"]),
        (change("cid", score=3), ["cid is back"]),
        (change("dora"), ["dora plays"]),
        (change("bob", seated=False), ["bob watches"]),
        (change("bobby", was="bob"), ["bob is now bobby"]),
        (change("bob", score=9), []),
        (change("bob", left=True, room="elsewhere"), []),
    ],
)
def test_who_comes_and_goes_is_said(room, event, words):
    assert said(room.model(*room.entered, event))[1:] == words


def test_the_roster_follows_its_changes(room):
    model = room.model(*room.entered, change("eve"), change("bob", left=True), change("ann", role="owner", was="ann"))
    assert [member.name for member in model.members] == ["ann", "cid", "dora", "eve"]
    assert (model.total, model.role) == (4, "owner")
    renamed = update(model, change("anna", role="owner", was="ann"), 0)
    assert (renamed.name, renamed.member("ann")) == ("anna", None)


def test_another_room_starts_over(room):
    model = room.model(*room.played, m.Roster("attic", 1, room.people[:1]))
    assert (model.room, model.total, model.board) == ("attic", 1, m.Board())
    assert model.entries[-1].lines == ("attic, 1 here",)


def test_the_turn_rings_once(room):
    mine = replace(room.playing, turn="ann")
    model = room.model(*room.entered, room.playing)
    assert (model.my_turn, model.bells) == (False, 0)
    model = update(model, mine, 0)
    assert (model.my_turn, model.bells) == (True, 1)
    assert update(model, replace(mine, lives=2), 0).bells == 1
    assert update(model, replace(mine, round=4), 0).bells == 2


def test_clocks_run_on_the_clock_passed_in(room):
    model = update(room.model(*room.entered), room.playing, 100.0)
    assert [model.seconds_left(now) for now in (100.0, 110.5, 1000.0)] == [25.0, 14.5, 0.0]
    assert room.model(*room.entered).seconds_left(0) is None
    lost = update(model, Lost("the server closed it", 4.0), 200.0)
    assert [lost.retry_in(now) for now in (200.0, 203.0, 300.0)] == [4.0, 1.0, 0.0]


def test_a_lost_connection_is_said_once(room):
    model = room.model(*room.entered, Lost("it broke", 0.5), Connecting(1), Lost("it broke", 1.0))
    assert said(model)[1:] == ["Connection lost: it broke. Trying again."]
    assert model.connection is Connection.LOST
    back = update(model, replace(room.welcome, resumed=True), 5)
    assert (back.connection, back.retry_at, said(back)[-1]) == (Connection.ONLINE, None, "Connected again.")


def test_replayed_talk_that_was_seen_is_not_shown_twice(room):
    lines = [m.Chat("bob", text, "lobby") for text in ("one", "two", "one", "three")]
    model = room.model(*room.entered, *lines, Lost("it broke", 0.5), replace(room.welcome, resumed=True))
    replayed = [replace(line, replay=True) for line in (*lines, m.Chat("cid", "while you were away", "lobby"))]
    for chat in replayed:
        model = update(model, chat, 9)
    talk = [entry.lines[0] for entry in model.entries if entry.kind is Kind.CHAT]
    assert talk == ["one", "two", "one", "three", "while you were away"]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((Closed("You were kicked out.", 1),), "You were kicked out."),
        ((m.Bye("stopping"), Closed()), "stopping"),
        ((Closed(),), None),
    ],
)
def test_closed_keeps_the_last_word(room, events, reason):
    model = room.model(*room.entered, *events)
    assert (model.connection, model.reason) == (Connection.CLOSED, reason)


# --- the end of a round -------------------------------------------------------------------------------------------


def summaries(model: Model) -> list[int]:
    return [entry.board.round for entry in model.entries if entry.kind is Kind.SUMMARY and entry.board]


def test_a_round_that_was_seen_is_summed_up_once(room):
    model = room.model(*room.played, room.won, room.won)
    assert summaries(model) == [3]


@pytest.mark.parametrize(
    "board",
    [
        m.Board(round=3, status="won", secret="banana"),  # never seen playing
        m.Board(),
    ],
)
def test_a_round_of_before_is_not_summed_up(room, board):
    assert summaries(room.model(*room.entered, board)) == []


def test_in_a_race_the_own_end_is_not_the_end(room):
    mine = replace(room.won, secret=None, mode="race")
    model = room.model(*room.played, mine)
    assert summaries(model) == []
    assert summaries(update(model, replace(mine, secret="banana"), 0)) == [3]


def test_a_setter_who_knows_the_word_all_along_sees_one_summary(room):
    model = room.model(*room.entered, replace(room.playing, secret="banana"), room.won)
    assert summaries(model) == [3]


def test_points_count_whether_they_come_before_or_after_the_board(room):
    before = room.model(*room.played, change("bob", score=10), room.won)
    after = room.model(*room.played, room.won, change("bob", score=10))
    late = update(after, change("ann", role="host", score=20), 0)
    assert before.entries[-1].points == after.entries[-1].points == (("bob", 3),)
    assert late.entries[-1].points == (("ann", 8), ("bob", 3))


def test_points_of_the_next_round_are_not_of_this_one(room):
    model = room.model(*room.played, room.won, replace(room.playing, round=4), change("bob", score=99))
    assert [entry.points for entry in model.entries if entry.kind is Kind.SUMMARY] == [()]


# --- laws ---------------------------------------------------------------------------------------------------------


def test_unread_counts_from_where_one_scrolled_up(room):
    model = read_so_far(room.model(*room.entered))
    model = update(update(model, Remark("a\nb"), 0), Remark("c"), 0)
    assert model.unread == 2
    assert read_so_far(model).unread == 2
    assert read_all(model).unread == 0
    assert read_all(replace(model, mark=None)).unread == 0


TEXT = st.text(max_size=30)
NAMES = st.sampled_from(["ann", "bob", "eve", "ﬁ", ""])
EVENTS = st.one_of(
    st.builds(Connecting, st.integers(1, 9)),
    st.builds(Lost, TEXT, st.floats(0, 60)),
    st.builds(Remark, TEXT),
    st.builds(m.Chat, NAMES, TEXT, st.just("lobby"), to=st.none() | NAMES, replay=st.booleans()),
    st.builds(m.Notice, TEXT),
    st.builds(
        m.MemberChange,
        st.sampled_from(["lobby", "attic"]),
        NAMES,
        st.sampled_from(["host", "owner", "member"]),
        st.booleans(),
        st.booleans(),
        st.integers(-5, 5),
        st.booleans(),
        st.none() | NAMES,
    ),
    st.builds(
        m.Board,
        round=st.integers(0, 3),
        status=st.sampled_from(["idle", "playing", "won", "lost", "stopped"]),
        cells=st.lists(st.none() | TEXT, max_size=5).map(tuple),
        secret=st.none() | TEXT,
        turn=st.none() | NAMES,
    ),
)


@given(st.lists(EVENTS, max_size=30))
def test_any_events_make_a_model(events):
    model = Model()
    for at, event in enumerate(events):
        before = model
        model = update(model, event, float(at))
        assert model.bells >= before.bells
        assert model.last >= before.last
    assert [entry.number for entry in model.entries] == list(range(1, model.last + 1))
    seen = summaries(model)
    assert all(one != other for one, other in pairwise(seen))


def test_the_scrollback_is_bounded(room):
    model = room.model(*room.entered, *(Remark(str(number)) for number in range(SCROLLBACK + 10)))
    assert len(model.entries) == SCROLLBACK
    assert model.entries[-1].lines == (str(SCROLLBACK + 9),)
