"""The door for browsers over real sockets: the promises of the game's own port, kept by another one."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK, InvalidStatus

import hangman_net
from hangman_net.hosting import CannotListen, Server
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Chat, MemberChange
from hangman_net.web.wire import size_at

from .conftest import HANDSHAKE, Serve, said

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Page:
    """A WebSocket moved by hand."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def says(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def hears(self) -> dict[str, Any]:
        text = await self.socket.recv()
        assert isinstance(text, str)
        message: dict[str, Any] = json.loads(text)
        return message

    async def hears_until(self, kind: str) -> list[dict[str, Any]]:
        """Everything up to the next message of that type."""
        heard = [await self.hears()]
        while heard[-1]["type"] != kind:
            heard.append(await self.hears())
        return heard

    async def comes_in(self, name: str, **fields: Any) -> dict[str, Any]:
        """The welcome; roster and board are read too."""
        await self.says("hello", version=1, name=name, **fields)
        return (await self.hears_until("board"))[0]

    async def is_seen_off(self) -> str:
        """The reason of the bye, behind which the server closes in the ordinary way."""
        reason: str = (await self.hears_until("bye"))[-1]["reason"]
        with pytest.raises(ConnectionClosedOK):
            await self.socket.recv()
        return reason


@asynccontextmanager
async def page(server: Server, **options: Any) -> AsyncIterator[Page]:
    assert server.page is not None
    async with connect(server.page.replace("http", "ws", 1) + "/ws", compression=None, **options) as socket:
        yield Page(socket)


async def asks(server: Server, request: str) -> bytes:
    """The answer to a plain request, to its end."""
    assert server.page is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.page.rpartition(":")[2]))
    writer.write(request.encode().replace(b"\n", b"\r\n"))
    answer = await reader.read()
    writer.close()
    return answer


GET = "GET {} HTTP/1.1\nHost: here\n\n"


async def test_a_page_and_a_terminal_sit_at_one_table(serve: Serve) -> None:
    server = await serve()
    async with page(server) as ann, hangman_net.connect("127.0.0.1", server.port, "bob") as bob:
        welcome = await ann.comes_in("ann")
        assert (welcome["type"], welcome["name"], welcome["room"]) == ("welcome", "ann", "lobby")
        await ann.says("line", text="hello from a page", id=1)
        heard = await ann.hears_until("ack")
        assert [message["type"] for message in heard] == ["chat", "ack"]
        await bob.ping()
        assert bob.members["ann"].connected
        await ann.says("line", text="/new", id=2)
        board, ack = (await ann.hears_until("ack"))[-2:]
        assert (board["type"], board["status"], ack["ok"]) == ("board", "playing", True)
        await ann.socket.close()
        async with asyncio.timeout(5):
            async for message in bob:
                if isinstance(message, MemberChange) and not message.connected:
                    break


async def test_the_same_seat_again_by_its_token(serve: Serve) -> None:
    server = await serve()
    async with page(server) as first:
        token = (await first.comes_in("ann"))["token"]
        async with page(server) as second:
            welcome = await second.comes_in("whoever", token=token)
            assert (welcome["resumed"], welcome["name"]) == (True, "ann")
            assert await first.is_seen_off() == "replaced"


async def test_what_was_said_before_leaving_counts(serve: Serve) -> None:
    """More lines than are served in a turn, and the close right behind them."""
    server = await serve(limits=DEFAULTS.with_options(["all=none"]))
    async with hangman_net.connect("127.0.0.1", server.port, "bob") as bob:
        async with page(server) as ann:
            await ann.comes_in("ann")
            for number in range(100):
                await ann.says("line", text=f"line {number}")
        async with asyncio.timeout(10):
            async for message in bob:
                if isinstance(message, Chat) and message.text == "line 99":
                    break


@pytest.mark.parametrize(
    ("sends", "reason"),
    [("x" * 1_025, "too_big"), (b"{}", "protocol"), ("", "protocol")],
)
async def test_what_cannot_be_followed_is_seen_off(serve: Serve, sends: str | bytes, reason: str) -> None:
    async with page(await serve()) as stranger:
        await stranger.socket.send(sends)
        assert await stranger.is_seen_off() == reason


async def test_more_fits_after_the_welcome_but_not_all(serve: Serve) -> None:
    async with page(await serve()) as ann:
        await ann.comes_in("ann")
        await ann.socket.send('{"type":"ping","id":1}' + " " * 16_000)
        assert await ann.hears() == {"type": "pong", "id": 1}
        await ann.socket.send("x" * 16_385)
        assert await ann.is_seen_off() == "too_big"


async def test_who_says_no_hello_goes(serve: Serve) -> None:
    server = await serve(limits=replace(DEFAULTS, hello=0.2))
    async with page(server) as silent:
        assert await silent.is_seen_off() == "timeout"
    assert await asks(server, "GET / HTTP/1.1\nHost: ") == b""  # nor does a request that never ends


async def test_a_frame_that_is_never_finished_ends_it(serve: Serve) -> None:
    server = await serve(limits=replace(DEFAULTS, frame_time=0.2))
    async with page(server) as ann:
        await ann.comes_in("ann")
        ann.socket.transport.write(b"\x81\x85\0\0\0\0")
        assert await ann.is_seen_off() == "timeout"


async def test_who_does_not_read_goes_and_is_told(serve: Serve) -> None:
    limits = replace(DEFAULTS.with_options(["all=none"]), backlog=20_000, backlog_time=0.3, send_buffer=4_096)
    server = await serve(limits=limits)
    assert server.page is not None
    loop = asyncio.get_running_loop()
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.setblocking(False)
        await loop.sock_connect(slow, ("127.0.0.1", int(server.page.rpartition(":")[2])))
        hello = said('{"type":"hello","version":1,"name":"ann"}')
        await loop.sock_sendall(slow, HANDSHAKE + hello + said('{"type":"line","text":"/help"}') * 80)
        seats = server.hub.world.names
        while not seats or any(seat.connected for seat in seats.values()):  # its seat shows as away once it is cut
            await asyncio.sleep(0)
        stream = b""
        while piece := await loop.sock_recv(slow, 65_536):
            stream += piece
    at = stream.index(b"\r\n\r\n") + 4
    heard = []
    while at < len(stream):
        heard.append(stream[at : at + size_at(stream, at)])
        at += len(heard[-1])
    assert at == len(stream), "the frame that was begun is finished"
    assert b'"reason":"slow"' in heard[-1]
    assert len(heard) < 80


async def test_who_comes_from_another_site_stays_out(serve: Serve) -> None:
    server = await serve(web_url="https://play.example/")
    assert server.page == "https://play.example"
    port = server.doors[1].listeners[0].getsockname()[1]
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{port + 1}"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/ws", origin=origin)
        assert refused.value.response.status_code == 403
    for origin in (f"http://127.0.0.1:{port}", "https://play.example", None):
        async with connect(f"ws://127.0.0.1:{port}/ws", origin=origin) as socket:
            await Page(socket).comes_in("ann" if origin is None else "a" + str(len(origin)))


async def test_places_are_counted_over_both_doors(serve: Serve) -> None:
    server = await serve(limits=replace(DEFAULTS, local_connections=2))
    async with hangman_net.connect("127.0.0.1", server.port, "bob"), page(server) as ann:
        await ann.comes_in("ann")
        async with page(server) as third:
            assert await third.is_seen_off() == "full"
        assert (await asks(server, GET.format("/"))).startswith(b"HTTP/1.1 503 ")
        with pytest.raises(ConnectionError):
            async with hangman_net.connect("127.0.0.1", server.port, "dan"):
                pass
    async with page(server) as ann:  # and are free again
        await ann.comes_in("eve")


async def test_plain_requests(serve: Serve) -> None:
    server = await serve()
    assert b"<!doctype html>" in await asks(server, GET.format("/"))
    assert (await asks(server, GET.format("/healthz"))).endswith(b"\r\n\r\nok\n")
    assert (await asks(server, GET.format("/nothing"))).startswith(b"HTTP/1.1 404 ")
    assert (await asks(server, "nonsense\n\n")).startswith(b"HTTP/1.1 400 ")
    assert (await asks(server, "POST / HTTP/1.1\nHost: here\nContent-Length: 2\n\n{}")).startswith(b"HTTP/1.1 400 ")
    assert (await asks(server, "GET /\n\n")).startswith(b"HTTP/1.1 400 ")


async def test_the_end_of_the_server_is_told(serve: Serve) -> None:
    server = await serve()
    async with page(server) as ann, page(server) as visitor:
        await ann.comes_in("ann")
        stopping = asyncio.create_task(server.stop())
        assert await ann.is_seen_off() == "stopping"
        assert await visitor.is_seen_off() == "stopping"
        await stopping


async def test_an_invitation_is_a_link_to_the_room(serve: Serve) -> None:
    server = await serve()
    async with hangman_net.connect("127.0.0.1", server.port, "bob", room="den") as bob:
        reply = await bob.send("/invite")
        assert f"{server.page}/#den" in str(reply.messages)


async def test_the_games_own_port_names_the_page(serve: Serve) -> None:
    server = await serve()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert f"{server.page}/".encode() in answer


async def test_a_port_that_is_taken_says_by_which_option(serve: Serve) -> None:
    server = await serve()
    assert server.page is not None
    with pytest.raises(CannotListen) as refused:
        await serve(web=("127.0.0.1", int(server.page.rpartition(":")[2])))
    assert refused.value.option == "--web"
