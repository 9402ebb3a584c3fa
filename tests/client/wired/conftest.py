"""A server moved by hand, for the tests of those parts of the client that need one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hangman_net.limits import DEFAULTS
from hangman_net.messages import Ack, Bye, ClientMessage, Hello, Line, Message, Ping, Pong, Welcome
from hangman_net.wire import NEED_DATA, ServerWire, encode


class Peer:
    """The server's end of one connection: it says and hears what the test tells it to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.wire = ServerWire(DEFAULTS)
        self.wire.opened()

    async def hears(self) -> Any:
        """The client's next message, or None once it has gone."""
        while (event := self.wire.next_event()) is NEED_DATA:
            try:
                data = await self.reader.read(65_536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.wire.receive_data(data)
        return event

    def says(self, *messages: Message) -> None:
        self.says_bytes(b"".join(map(encode, messages)))

    def says_bytes(self, data: bytes) -> None:
        self.writer.write(data)

    async def welcomes(self, name: str = "ann", **changes: Any) -> Hello:
        """Hear a hello and let the client in."""
        hello = await self.hears()
        assert isinstance(hello, Hello), hello
        fields: dict[str, Any] = {
            "version": 1,
            "name": name,
            "room": "lobby",
            "role": "member",
            "token": f"token of {name}",
            "server": "fake/1",
            "resumed": False,
            "last_id": 0,
            "commands": (),
        }
        self.says(Welcome(**(fields | changes)))
        return hello

    async def serves(self) -> list[ClientMessage]:
        """Answer lines with an ack, pings with a pong, `/q` with a bye, until the client goes; what was heard."""
        heard: list[ClientMessage] = []
        while (message := await self.hears()) is not None:
            heard.append(message)
            match message:
                case Ping(id=number):
                    self.says(Pong(number))
                case Line(text="/q"):
                    self.says(Bye("quit"))
                case Line(id=number) if number is not None:
                    self.says(Ack(number, True))
        return heard

    def cuts(self) -> None:
        """Cut the connection as a dying server does."""
        self.writer.transport.abort()

    def ends(self) -> None:
        """Close after all that was said."""
        self.writer.close()


class FakeServer:
    """Listens on a free port and hands out a `Peer` a connection."""

    def __init__(self) -> None:
        self.port = 0
        self._peers: asyncio.Queue[Peer] = asyncio.Queue()
        self._all: list[Peer] = []
        self._server: asyncio.Server | None = None

    async def listens(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._all.append(Peer(reader, writer))
        self._peers.put_nowait(self._all[-1])

    async def peer(self) -> Peer:
        """The next connection."""
        return await self._peers.get()

    def stops(self) -> None:
        """Close the port and cut everyone."""
        if self._server is not None:
            self._server.close()
        for peer in self._all:
            peer.cuts()


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    await fake.listens()
    yield fake
    fake.stops()
    await asyncio.sleep(0)  # lets the transports close their sockets
