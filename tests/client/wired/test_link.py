"""A link over real sockets, against a server moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hangman_net.client.events import Closed, Connecting, Event, Lost
from hangman_net.client.link import PAUSES, BadLine, Link, Login
from hangman_net.client.tokens import Tokens
from hangman_net.messages import (
    Ack,
    Bye,
    Complete,
    Error,
    Hello,
    Line,
    MemberChange,
    Notice,
    Ping,
    Roster,
    Welcome,
)


class Seat:
    """A link, what it told, and a clock that only moves when asked."""

    def __init__(self, port: int, **options: Any) -> None:
        login = Login(**{"host": "127.0.0.1", "port": port, **options.pop("login", {})})
        self.events: list[Event] = []
        self.news = asyncio.Event()
        self.pauses: list[float] = []
        self.may_wake = asyncio.Event()
        self.may_wake.set()
        self.link = Link(login, self.on_event, sleep=self.sleep, **options)
        self.task = asyncio.create_task(self.link.run())

    def on_event(self, event: Event) -> None:
        self.events.append(event)
        self.news.set()

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await self.may_wake.wait()

    async def until(self, *expected: Event) -> None:
        """Wait until the last events are the expected ones."""
        while tuple(self.events[-len(expected) :]) != expected:
            self.news.clear()
            await self.news.wait()

    async def sees(self, kind: type[Event], count: int = 1) -> Event:
        while len(seen := [event for event in self.events if isinstance(event, kind)]) < count:
            self.news.clear()
            await self.news.wait()
        return seen[count - 1]


@pytest.fixture
async def sit(server: Any) -> AsyncIterator[Callable[..., Seat]]:
    seats: list[Seat] = []

    def one(**options: Any) -> Seat:
        seats.append(Seat(options.pop("port", server.port), **options))
        return seats[-1]

    yield one
    for seat in seats:
        seat.link.drop()
        seat.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await seat.task


async def heard(peer: Any, count: int) -> list[Any]:
    return [await peer.hears() for _ in range(count)]


async def test_it_says_who_comes_and_tells_what_it_is_told_in_order(server: Any, sit: Any) -> None:
    seat = sit(login={"name": "ann", "room": "den", "password": "open"})
    peer = await server.peer()
    hello = await peer.welcomes(room="den")
    assert hello == Hello(1, name="ann", room="den", password="open")
    peer.says(Notice("a"), Notice("b"), Bye("quit"))
    assert await seat.task == Closed()
    connecting, welcome, *rest = seat.events
    assert connecting == Connecting(1)
    assert isinstance(welcome, Welcome)
    assert rest == [Notice("a"), Notice("b"), Bye("quit"), Closed()]


async def test_ids_go_on_above_the_last_one_used(server: Any, sit: Any) -> None:
    seat = sit()
    seat.link.send("typed before the welcome")
    peer = await server.peer()
    await peer.welcomes(last_id=41)
    await seat.sees(Welcome)
    sent = seat.link.send("typed after it")
    assert await heard(peer, 2) == [Line("typed before the welcome", 42), Line("typed after it", 43)]
    assert sent.id == 43
    assert seat.link.owed == 2
    peer.says(Ack(42, True))
    await seat.until(Ack(42, True))
    assert seat.link.owed == 1


async def test_what_had_no_ack_is_sent_again_on_the_same_seat(server: Any, sit: Any) -> None:
    seat = sit(login={"name": "ann"})
    peer = await server.peer()
    await peer.welcomes()
    for text in ("one", "two", "three"):
        seat.link.send(text)
    assert await heard(peer, 3) == [Line("one", 1), Line("two", 2), Line("three", 3)]
    peer.says(Ack(1, True))
    await seat.until(Ack(1, True))
    seat.may_wake.clear()
    peer.cuts()
    await seat.sees(Lost)
    seat.link.send("four, typed meanwhile")
    assert not seat.link.online
    seat.may_wake.set()
    peer = await server.peer()
    assert await peer.welcomes(resumed=True, last_id=3) == Hello(1, name="ann", room="lobby", token="token of ann")
    assert await heard(peer, 3) == [Line("two", 2), Line("three", 3), Line("four, typed meanwhile", 4)]


async def test_pauses_grow_while_nobody_answers(server: Any, sit: Any) -> None:
    seat = sit(tries=8)
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    server.stops()
    closed = await seat.task
    assert closed.code == 1
    assert closed.reason == f"The connection to 127.0.0.1:{server.port} is lost: nothing listens there. Join again."
    assert seat.pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert [event.retry_in for event in seat.events if isinstance(event, Lost)] == seat.pauses
    assert [event.attempt for event in seat.events if isinstance(event, Connecting)] == [1, *range(2, 10)]


async def test_a_server_that_cuts_right_after_the_welcome_is_not_tried_for_ever(server: Any, sit: Any) -> None:
    seat = sit(tries=2)
    for _ in range(3):
        peer = await server.peer()
        await peer.welcomes()
        peer.ends()
    closed = await seat.task
    assert (closed.code, seat.pauses) == (1, [0.5, 1.0])
    assert "the server closed it" in str(closed.reason)


async def test_where_nobody_listens_there_is_no_server(server: Any, sit: Any) -> None:
    server.stops()
    seat = sit()
    closed = await seat.task
    assert closed.code == 69
    assert closed.reason == (
        f"No server at 127.0.0.1:{server.port}: nothing listens there. "
        "Start one with 'hangman-net serve', or join another HOST:PORT."
    )
    assert isinstance(seat.link.failure, ConnectionRefusedError)


@pytest.mark.parametrize("host", ["ä..b", "ä" * 80])
async def test_a_name_that_no_host_can_have_is_no_server(sit: Any, host: str) -> None:
    """IDNA raises no `OSError` for them."""
    closed = await sit(login={"host": host}).task
    assert closed.code == 69
    assert "there is no such host" in str(closed.reason)


async def test_who_closes_without_a_welcome_is_no_server(server: Any, sit: Any) -> None:
    seat = sit()
    (await server.peer()).ends()
    assert (await seat.task).code == 69


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (Error("name_taken", "The name ann is taken."), 1, "The name ann is taken. Choose another name with --name."),
        (Error("name_invalid", "No."), 2, "No. Choose another with --name, or --room."),
        (Error("full", "The room\x1b[2J is full"), 1, "The room[2J is full. Try again later."),
        (Error("forbidden", "Wrong password."), 1, "Wrong password. Ask the server's host."),
    ],
)
async def test_a_refused_hello_ends_with_what_to_do(
    server: Any, sit: Any, error: Error, code: int, reason: str
) -> None:
    seat = sit()
    peer = await server.peer()
    await peer.hears()
    peer.says(error)
    assert await seat.task == Closed(reason, code)
    assert seat.link.failure == error
    assert seat.events[-2:] == [error, Closed(reason, code)]


@pytest.mark.parametrize(
    ("bye", "code", "words"),
    [
        (Bye("stopping"), 0, None),
        (Bye("replaced"), 1, "Another client has taken this seat."),
        (Bye("kicked", "Be nice."), 1, "You were kicked out (Be nice). You may join again."),
        (Bye("full"), 1, "The server is full."),
    ],
)
async def test_after_a_bye_it_does_not_come_back(server: Any, sit: Any, bye: Bye, code: int, words: str | None) -> None:
    seat = sit()
    peer = await server.peer()
    await peer.welcomes()
    peer.says(bye)
    closed = await seat.task
    assert closed.code == code
    assert (closed.reason or "").startswith(words or "")
    assert seat.link.bye == bye
    assert seat.pauses == []


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


HOSTILE = [
    b"\xff\xff\xff\xff" + b"x" * 100_000,
    b"\0\0\0\0",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    framed(b'{"type":"board","cells":5}'),
    framed(b'{"type":"ack","id":"\x1b]0;title\x07"}'),
    framed(b'{"type":"chat","name":"\xff"}'),
    framed(b"[" * 60_000),
]


@pytest.mark.parametrize("data", HOSTILE)
async def test_a_hostile_server_is_left_with_one_line(server: Any, sit: Any, data: bytes) -> None:
    for welcomed in (False, True):
        seat = sit()
        peer = await server.peer()
        if welcomed:
            await peer.welcomes()
        peer.says_bytes(data)
        peer.ends()
        closed = await seat.task
        assert closed.code == 1
        assert closed.reason is not None
        assert closed.reason.startswith(f"127.0.0.1:{server.port} is no hangman-net server")
        assert closed.reason.isprintable()


async def test_leaving_says_q_and_waits_for_the_bye(server: Any, sit: Any) -> None:
    seat = sit()
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    seat.link.leave()
    seat.link.leave()
    assert await peer.hears() == Line("/q")
    peer.says(Bye("quit"))
    assert await seat.task == Closed()
    assert await peer.hears() is None


@pytest.mark.parametrize("text", ["/q", " /QUIT ", "/exit"])
async def test_a_typed_q_leaves_also_while_nothing_answers(server: Any, sit: Any, text: str) -> None:
    seat = sit()
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    seat.may_wake.clear()
    peer.cuts()
    await seat.sees(Lost)
    seat.link.send(text)
    assert await seat.task == Closed()


async def test_it_leaves_before_anybody_answered(server: Any, sit: Any) -> None:
    seat = sit()
    await server.peer()
    seat.link.leave()
    assert await seat.task == Closed()
    assert seat.events == [Connecting(1), Closed()]


async def test_who_types_ahead_and_then_q_still_gets_it_said(server: Any, sit: Any) -> None:
    seat = sit()
    seat.link.send("hello")
    seat.link.send("/q")
    peer = await server.peer()
    await peer.welcomes()
    assert await heard(peer, 2) == [Line("hello", 1), Line("/q", 2)]
    peer.says(Ack(1, True), Ack(2, True), Bye("quit"))
    assert await seat.task == Closed()


@pytest.mark.parametrize("kind", [Connecting, Welcome, Notice, Bye])
async def test_a_face_may_drop_the_link_in_any_event(server: Any, kind: type) -> None:
    events: list[Event] = []

    def on_event(event: Event) -> None:
        events.append(event)
        if isinstance(event, kind):
            link.drop()
            link.drop()

    link = Link(Login(host="127.0.0.1", port=server.port), on_event)
    task = asyncio.create_task(link.run())
    if kind is not Connecting:
        peer = await server.peer()
        await peer.welcomes()
        peer.says(Notice("a"), Notice("b"), Bye("quit"))
    assert await task == Closed()
    assert events[-1] == Closed()


async def test_a_server_that_never_says_bye_is_not_waited_for(
    server: Any, sit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hangman_net.client.link.BYE_WITHIN", 0.0)
    seat = sit()
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    seat.link.leave()
    assert await seat.task == Closed()


async def test_a_server_that_never_says_welcome_is_not_waited_for(
    server: Any, sit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hangman_net.client.link.WELCOME_WITHIN", 0.05)
    seat = sit()
    closed = await seat.task
    assert closed.code == 69
    assert "it does not answer" in str(closed.reason)


async def test_a_cancelled_link_is_cancelled(server: Any, sit: Any) -> None:
    seat = sit()
    await (await server.peer()).welcomes()
    await seat.sees(Welcome)
    seat.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await seat.task
    assert not any(isinstance(event, Closed) for event in seat.events)


@pytest.mark.parametrize("text", ["a\0b", "x" * 17_000, "\x01" * 3_000])
async def test_a_line_that_no_server_takes_is_not_sent(server: Any, sit: Any, text: str) -> None:
    seat = sit()
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    with pytest.raises(BadLine, match=r"nothing was sent\.$"):
        seat.link.send(text)
    assert seat.link.complete(text) is None
    assert seat.link.owed == 0
    seat.link.send("fine \udcff")
    assert await peer.hears() == Line("fine ?", 1)


async def test_it_asks_for_completions_and_pings_only_while_online(server: Any, sit: Any) -> None:
    seat = sit()
    assert seat.link.complete("/g") is None
    seat.link.ping(1)
    peer = await server.peer()
    await peer.welcomes()
    await seat.sees(Welcome)
    assert [seat.link.complete("/g"), seat.link.complete("/gu")] == [1, 2]
    seat.link.ping(7)
    assert await heard(peer, 3) == [Complete(1, "/g"), Complete(2, "/gu"), Ping(7)]


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "tokens.json")


async def test_a_kept_token_takes_the_same_seat_again(server: Any, sit: Any, tokens: Tokens) -> None:
    for expected in (None, "token of Ann"):
        seat = sit(login={"name": "ann"}, tokens=tokens)
        peer = await server.peer()
        assert (await peer.welcomes("Ann", resumed=expected is not None)).token == expected
        peer.says(Bye("quit"))
        await seat.task


async def test_a_token_follows_a_new_name_and_a_room_that_was_asked_for_is_gone_to(
    server: Any, sit: Any, tokens: Tokens
) -> None:
    where = f"127.0.0.1:{server.port}"
    tokens.put(where, "ann", "old")
    seat = sit(login={"name": "ann", "room": "den"}, tokens=tokens)
    peer = await server.peer()
    await peer.welcomes(resumed=True, last_id=5, room="lobby")
    assert await peer.hears() == Line("/room den", 6)
    peer.says(Ack(6, True), Roster("den", 0, ()))
    peer.says(MemberChange("den", "bea", "member", True, True, 0, False, "ann"))
    peer.cuts()
    hello = await (await server.peer()).welcomes("bea", room="den", resumed=True)
    assert hello == Hello(1, name="bea", room="den", token="token of ann")
    await seat.sees(Welcome, 2)
    assert (tokens.get(where, "ann"), tokens.get(where, "bea")) == (None, "token of bea")


async def test_guests_and_given_tokens_are_not_kept(server: Any, sit: Any, tokens: Tokens) -> None:
    for login in ({}, {"name": "ann", "token": "the host's"}):
        seat = sit(login=login, tokens=tokens)
        await (await server.peer()).welcomes()
        await seat.sees(Welcome)
        assert seat.link.token == "token of ann"
    assert not tokens.path.exists()


async def test_localhost_is_tried_on_each_of_its_addresses(server: Any) -> None:
    events: list[Event] = []
    link = Link(Login(host="localhost", port=server.port), events.append)
    task = asyncio.create_task(link.run())
    peer = await server.peer()
    await peer.welcomes()
    peer.says(Bye("quit"))
    assert await task == Closed()


def test_a_login_hides_what_is_secret_and_names_the_server() -> None:
    login = Login(host="::1", port=1, token="tok", password="pass")
    assert login.server == "[::1]:1"
    assert "tok" not in repr(login).replace("token", "")
    assert "pass" not in repr(login)
