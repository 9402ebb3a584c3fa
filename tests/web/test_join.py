"""The terminal client over a WebSocket: by the page's port alone, and what it says where there is none."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.frames import Close, Frame, Opcode
from websockets.server import ServerProtocol

from hangman_net.client.events import Closed, Event, Lost
from hangman_net.client.link import Link, Login
from hangman_net.messages import Ack, Board, Chat, Welcome

from .conftest import Serve

WELCOME = (
    b'{"type":"welcome","version":1,"name":"ann","room":"lobby","role":"member","token":"t","server":"s/1",'
    b'"resumed":false,"last_id":0,"commands":[]}'
)
BYE = b'{"type":"bye","reason":"quit"}'

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def joins(*args: str, typed: str = "") -> tuple[int | None, str, str]:
    """Exit code and output of `join` with these arguments."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from hangman_net.cli import main; main()", "join", *args),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(typed.encode())
    return process.returncode, out.decode(), err.decode()


async def test_a_whole_visit_by_the_pages_port(serve: Serve) -> None:
    server = await serve()
    address = str(server.page).replace("http://", "ws://")
    code, out, err = await joins(address, "--name", "ann", "--plain", typed="hello\n/new\n/stop\n")
    assert (code, err) == (0, "")
    assert "-- You are ann in lobby." in out
    assert "<ann> hello" in out
    assert "The word was" in out


async def test_a_lost_websocket_is_opened_again_and_what_had_no_ack_is_sent_again(serve: Serve) -> None:
    server = await serve()
    heard: list[Event] = []
    link = Link(login_at(int(str(server.page).rpartition(":")[2])), heard.append, sleep=lambda _: asyncio.sleep(0))
    running = asyncio.create_task(link.run())
    await until(lambda: any(isinstance(event, Board) for event in heard))
    next(iter(server.doors[1].connections)).drop()
    link.send("still here")
    await until(lambda: any(isinstance(event, Ack) for event in heard))
    assert any(isinstance(event, Lost) for event in heard)
    assert [event.text for event in heard if isinstance(event, Chat)] == ["still here"]
    assert [event.resumed for event in heard if isinstance(event, Welcome)] == [False, True]
    link.leave()
    assert await running == Closed()


@pytest.mark.parametrize(
    ("says", "code", "told"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 69, "no WebSocket there, it answers HTTP 404"),
        (b"\x00\x00\x00\x02{}\n" * 9, 69, "no WebSocket there"),
        (b"HTTP/1.1 101 Sure\r\nX: \x1b]0;owned\x07\r\n\r\n", 69, "no WebSocket there"),
        (b"", 69, "it closed the connection"),
    ],
)
async def test_what_is_no_websocket_is_said_in_one_line(says: bytes, code: int, told: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        got, out, err = await joins(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/here", "--plain")
    assert (got, out) == (code, "")
    assert told in err
    assert "\x1b" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:1", "is no address"),
        ("ws://", "is no address"),
        ("ws://127.0.0.1:x", "is no port"),
        ("ws://a b", "is no address"),
    ],
)
async def test_what_is_no_address(address: str, told: str) -> None:
    code, _, err = await joins(address, "--plain")
    assert code == 2
    assert told in err


async def test_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, _, err = await joins(f"ws://127.0.0.1:{port}", "--plain")
    assert code == 69
    assert f"ws://127.0.0.1:{port}/ws" in err


# --- what a server may do -------------------------------------------------------------------------------------------

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def websocket_server(behave: Behave) -> AsyncIterator[int]:
    """A server that shakes hands and then does what the test wants; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = ServerProtocol()
        protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
        (request,) = protocol.events_received()
        protocol.send_response(protocol.accept(request))
        writer.write(b"".join(protocol.data_to_send()))
        await behave(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def says(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin=fin).serialize(mask=False)


def login_at(port: int) -> Login:
    return Login(host="127.0.0.1", port=port, name="ann", path="/ws")


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.01)


async def visits(behave: Behave) -> tuple[list[Event], Closed]:
    """What a link hears of such a server."""
    heard: list[Event] = []
    async with websocket_server(behave) as port, asyncio.timeout(10):
        closed = await Link(login_at(port), heard.append, tries=0).run()
    return heard, closed


async def test_messages_in_fragments_between_pings() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says(WELCOME[:50], fin=False) + says(b"?", Opcode.PING) + says(WELCOME[50:], Opcode.CONT))
        for byte in says(BYE) + says(Close(1000, "").serialize(), Opcode.CLOSE):
            writer.write(bytes((byte,)))
        await reader.read()
        writer.close()

    heard, closed = await visits(behave)
    assert [type(event) for event in heard[1:2]] == [Welcome]
    assert closed == Closed()


@pytest.mark.parametrize("sends", [says(b"x" * 65_537), b"\xff\xff\xff", says(b"x", Opcode.CONT), says(b"{nonsense")])
async def test_a_hostile_server_is_left(sends: bytes) -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says(WELCOME) + sends)
        await reader.read()
        writer.close()

    _, closed = await visits(behave)
    assert closed.code == 1
    assert closed.reason is not None
    assert "no hangman-net server" in closed.reason


async def test_a_server_that_closes_without_a_word_is_lost() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says(WELCOME) + says(Close(1001, "").serialize(), Opcode.CLOSE))
        await reader.read()
        writer.close()

    _, closed = await visits(behave)
    assert closed.reason is not None
    assert "is lost" in closed.reason
