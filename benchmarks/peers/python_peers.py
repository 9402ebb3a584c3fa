"""What the usual Python libraries make of the same work: rooms, chat to everybody in one, a board back to its sender.

It knows our messages as far as the load generator speaks them; it must not be cleverer than its library's examples.

usage: python_peers.py streams|websockets|picows PORT
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from struct import Struct
from typing import Any

LENGTH = Struct(">I")
ART = "  +---+\n  |   |\n  O   |\n /|\\  |\n /    |\n      |\n========="

rooms: dict[str, dict[Member, None]] = {}


class Member:
    """Somebody in a room; `send` tells them one message, `to_room` all of `members`."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self.send = send
        self.name = self.room = ""

    def to_room(self, message: bytes) -> None:
        for member in rooms[self.room]:
            member.send(message)

    def take(self, payload: bytes | str) -> None:
        """Answers one message."""
        message = json.loads(payload)
        kind = message["type"]
        if kind == "line":
            self.to_room(encoded(type="chat", name=self.name, text=message["text"], room=self.room))
        elif kind == "ping":
            self.send(self.board(message["text"]))
        elif kind == "hello":
            self.name, self.room = message["name"], message["room"]
            rooms.setdefault(self.room, {})[self] = None
            self.send(self.board(None))

    def gone(self) -> None:
        if self.room:
            del rooms[self.room][self]

    def board(self, echo: str | None) -> bytes:
        return encoded(
            type="board",
            round=1,
            status="playing",
            mode="coop",
            cells=[None] * 4,
            found_by=[None] * 4,
            missed=["e", "t", "o", "i", "n", "s", "h"],
            words_missed=[],
            lives=8,
            max_lives=15,
            art=ART,
            caption="Word: blank blank blank blank, 8 lives left, missed e t o i n s h",
            turn=None,
            hint=echo,
            players=[],
            secret=None,
        )


def encoded(**message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


async def streams(port: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        member = Member(lambda payload: writer.write(LENGTH.pack(len(payload)) + payload))
        try:
            while True:
                (size,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                member.take(await reader.readexactly(size))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            member.gone()
            writer.close()

    await asyncio.start_server(serve, "127.0.0.1", port, backlog=4096)


async def websockets(port: int) -> None:
    from websockets.asyncio.server import ServerConnection, broadcast, serve
    from websockets.exceptions import ConnectionClosed

    sockets: dict[Member, ServerConnection] = {}

    class Heard(Member):
        def to_room(self, message: bytes) -> None:
            broadcast([sockets[member] for member in rooms[self.room]], message.decode())

    async def handle(socket: ServerConnection) -> None:
        answers: list[bytes] = []
        member = Heard(answers.append)
        sockets[member] = socket
        try:
            async for payload in socket:
                member.take(payload)
                while answers:
                    await socket.send(answers.pop(0).decode())
        except ConnectionClosed:
            pass
        finally:
            member.gone()
            del sockets[member]

    await serve(handle, "127.0.0.1", port, compression=None, backlog=4096)


async def picows(port: int) -> None:
    from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

    class Listener(WSListener):
        def on_ws_connected(self, transport: WSTransport) -> None:
            self.member = Member(lambda payload: transport.send(WSMsgType.TEXT, payload))

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.TEXT:
                self.member.take(frame.get_payload_as_bytes())

        def on_ws_disconnected(self, transport: WSTransport) -> None:
            self.member.gone()

    await ws_create_server(lambda request: Listener(), "127.0.0.1", port, backlog=4096)


async def main() -> None:
    kinds = {"streams": streams, "websockets": websockets, "picows": picows}
    await kinds[sys.argv[1]](int(sys.argv[2]))
    await asyncio.Event().wait()


asyncio.run(main())
