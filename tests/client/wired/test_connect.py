"""`connect` over real sockets, against a server moved by hand."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from hangman_net.client.connect import Client, ConnectionLost, HelloRefused, connect
from hangman_net.client.link import BadLine
from hangman_net.messages import (
    Ack,
    Board,
    Bye,
    Chat,
    CommandInfo,
    Commands,
    Complete,
    Completion,
    Completions,
    Error,
    Line,
    MemberChange,
    Notice,
    Ping,
    Pong,
    Roster,
    RosterEntry,
    ServerMessage,
    Welcome,
)

ANN = RosterEntry("ann", "member", True, True, 0)
BOB = RosterEntry("bob", "owner", True, True, 5)
ENTRY = Roster("lobby", 2, (ANN, BOB)), Chat("bob", "hi", "lobby", replay=True), Board(round=3, status="won")


@asynccontextmanager
async def seated(server: Any, **options: Any) -> AsyncIterator[tuple[Client, Any]]:
    """A client that has come in, and the server's end of it."""
    welcome = options.pop("welcome", {})
    entering = asyncio.create_task(_enter(connect("127.0.0.1", server.port, "ann", **options)))
    peer = await server.peer()
    await peer.welcomes(**welcome)
    peer.says(*ENTRY)
    ping = await peer.hears()
    assert isinstance(ping, Ping)
    peer.says(Pong(ping.id))
    context, client = await entering
    try:
        yield client, peer
    finally:
        peer.says(Bye("quit"))
        await context.__aexit__(None, None, None)


async def _enter(
    context: AbstractAsyncContextManager[Client],
) -> tuple[AbstractAsyncContextManager[Client], Client]:
    return context, await context.__aenter__()


async def answers(peer: Any, *messages: ServerMessage, ok: bool = True) -> Any:
    """Hear a line and say its messages, then its ack."""
    line = await peer.hears()
    peer.says(*messages, Ack(line.id, ok))
    return line


async def test_who_comes_in_finds_roster_and_board_there(server: Any) -> None:
    async with seated(server, welcome={"role": "owner", "resumed": True}) as (client, _):
        assert (client.name, client.room, client.role, client.resumed) == ("ann", "lobby", "owner", True)
        assert client.token == "token of ann"
        assert client.members == {"ann": ANN, "bob": BOB}
        assert client.board == Board(round=3, status="won")
        assert client.bye is None


async def test_a_reply_holds_all_that_came_until_the_ack(server: Any) -> None:
    async with seated(server) as (client, peer):
        sending = asyncio.create_task(client.send("/guess e"))
        peer.says(Notice("before"))
        board = Board(round=4, status="playing")
        assert await answers(peer, board, Notice("after")) == Line("/guess e", 1)
        reply = await sending
        assert (reply.ok, reply.error) == (True, None)
        assert reply.messages == [Notice("before"), board, Notice("after")]
        assert client.board == board


async def test_a_refused_line_brings_its_error(server: Any) -> None:
    async with seated(server) as (client, peer):
        sending = asyncio.create_task(client.send("/guess e"))
        other, own = Error("full", "not this line's"), Error("no_round", "No round.", 1)
        await answers(peer, other, own, ok=False)
        reply = await sending
        assert (reply.ok, reply.error, reply.messages) == (False, own, [other, own])


async def test_sends_may_overlap(server: Any) -> None:
    async with seated(server) as (client, peer):
        sending = [asyncio.create_task(client.send(text)) for text in "ab"]
        lines = [await peer.hears(), await peer.hears()]
        assert lines == [Line("a", 1), Line("b", 2)]
        peer.says(Notice("1"), Ack(1, True), Notice("2"), Ack(2, False))
        first, second = await asyncio.gather(*sending)
        assert (first.ok, first.messages) == (True, [Notice("1")])
        assert (second.ok, second.messages) == (False, [Notice("1"), Ack(1, True), Notice("2")])


async def test_iterating_gives_every_message_in_order_and_ends_with_the_connection(server: Any) -> None:
    async with seated(server) as (client, peer):
        sending = asyncio.create_task(client.send("a"))
        await answers(peer, Notice("1"))
        await sending
        peer.says(Notice("2"), Bye("stopping"))
        seen = [message async for message in client]
        assert isinstance(seen[0], Welcome)
        assert seen[1:] == [*ENTRY, Notice("1"), Ack(1, True), Notice("2"), Bye("stopping")]
        assert [message async for message in client] == []
        assert client.bye == "stopping"


async def test_attributes_follow_the_messages(server: Any) -> None:
    async with seated(server) as (client, peer):
        catalogue = (CommandInfo("q", (), "/q", "Leave", (), "any"),)
        peer.says(
            Commands(catalogue),
            MemberChange("lobby", "cid", "member", False, True, 0, False, None),
            MemberChange("lobby", "bob", "member", True, True, 5, True, None),
            MemberChange("lobby", "ann2", "owner", True, True, 7, False, "ann"),
            MemberChange("elsewhere", "dan", "member", True, True, 0, False, None),
            Bye("stopping"),
        )
        assert [m async for m in client][-1] == Bye("stopping")
        assert client.commands == catalogue
        assert (client.name, client.role) == ("ann2", "owner")
        assert set(client.members) == {"cid", "ann2"}
        assert client.members["ann2"].score == 7


async def test_completions_and_pings_are_answered(server: Any) -> None:
    async with seated(server) as (client, peer):
        completing = asyncio.create_task(client.complete("/msg b"))
        pinging = asyncio.create_task(client.ping())
        question, ping = await peer.hears(), await peer.hears()
        assert question == Complete(1, "/msg b")
        items = (Completion("bob"),)
        peer.says(Completions(1, items), Pong(ping.id))
        assert await completing == items
        await pinging


async def test_leaving_the_context_gives_the_seat_up(server: Any) -> None:
    async with seated(server) as (client, peer):
        leaving = asyncio.create_task(client.leave())
        assert await peer.hears() == Line("/q")
        peer.says(Bye("quit"))
        await leaving
        with pytest.raises(ConnectionLost):
            await client.send("too late")


async def test_a_host_goes_without_stopping_the_server(server: Any) -> None:
    async with seated(server, welcome={"role": "host"}) as (client, peer):
        await client.leave()
        assert await peer.hears() is None


async def test_dropping_says_nothing(server: Any) -> None:
    async with seated(server) as (client, peer):
        await client.drop()
        assert await peer.hears() is None
        assert client.token == "token of ann"


async def test_nobody_waits_for_a_connection_that_has_ended(server: Any) -> None:
    async with seated(server) as (client, peer):
        waiting = [asyncio.create_task(call) for call in (client.send("a"), client.complete("/"), client.ping())]
        for _ in waiting:
            await peer.hears()
        peer.says(Bye("kicked"))
        for task in waiting:
            with pytest.raises(ConnectionLost) as caught:
                await task
            assert caught.value.reason == "kicked"


async def test_a_lost_connection_is_an_error_and_with_tries_a_pause(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hangman_net.client.link.PAUSES", (0.0,))
    async with seated(server) as (client, peer):
        sending = asyncio.create_task(client.send("a"))
        await peer.hears()
        peer.cuts()
        with pytest.raises(ConnectionLost, match="lost"):
            await sending
    async with seated(server, tries=1) as (client, peer):
        sending, pinging = asyncio.create_task(client.send("a")), asyncio.create_task(client.ping())
        await peer.hears()
        peer.cuts()
        with pytest.raises(ConnectionLost):
            await pinging
        peer = await server.peer()
        assert (await peer.welcomes(resumed=True, last_id=1)).token == "token of ann"
        assert await answers(peer) == Line("a", 1)
        assert (await sending).ok
        peer.says(Bye("quit"))


async def test_a_refused_hello_says_why(server: Any) -> None:
    entering = asyncio.create_task(_enter(connect("127.0.0.1", server.port, "ann")))
    peer = await server.peer()
    await peer.hears()
    peer.says(Error("name_taken", "That name is taken."))
    with pytest.raises(HelloRefused) as caught:
        await entering
    assert (caught.value.code, caught.value.text) == ("name_taken", "That name is taken.")
    assert str(caught.value) == "That name is taken. (name_taken)"


async def test_where_nobody_listens_the_connection_is_refused(server: Any) -> None:
    server.stops()
    with pytest.raises(ConnectionRefusedError):
        async with connect(port=server.port):
            raise AssertionError("there is nobody")


async def test_a_server_that_ends_it_at_once(server: Any) -> None:
    entering = asyncio.create_task(_enter(connect("127.0.0.1", server.port)))
    (await server.peer()).says(Bye("full"))
    with pytest.raises(ConnectionLost) as caught:
        await entering
    assert caught.value.reason == "full"


async def test_who_is_cancelled_while_coming_in_leaves_nothing_behind(server: Any) -> None:
    entering = asyncio.create_task(_enter(connect("127.0.0.1", server.port)))
    peer = await server.peer()
    await peer.hears()
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert await peer.hears() is None


async def test_a_bad_line_is_refused_here_and_costs_nothing(server: Any) -> None:
    async with seated(server) as (client, peer):
        with pytest.raises(BadLine):
            await client.send("\0")
        sending = asyncio.create_task(client.send("a"))
        assert await answers(peer) == Line("a", 1)
        assert (await sending).ok


async def test_who_never_iterates_does_not_grow_for_ever(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hangman_net.client.connect.MOST_UNREAD", 3)
    async with seated(server) as (client, peer):
        peer.says(*(Notice(str(number)) for number in range(10)), Bye("stopping"))
        await asyncio.wait_for(_ended(client), 5)
        assert [message async for message in client] == [Notice("8"), Notice("9"), Bye("stopping")]


async def _ended(client: Client) -> None:
    with pytest.raises(ConnectionLost):
        await client.ping()


def test_it_loads_nothing_heavy() -> None:
    script = (
        "import sys, hangman_net.client.connect; print([m for m in ('prompt_toolkit', 'click') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
