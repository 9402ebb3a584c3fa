"""A proxy that does to a connection what networks do: delay, cut to pieces, throttle, swallow, half-close, reset.

It knows bytes and two sockets; it must not know frames or what is said.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Fault:
    """What a proxy does to each connection.

    Args:
        delay: seconds at most that each piece waits.
        pieces: bytes of the longest piece, 0 for as they come.
        rate: bytes a second in each direction, 0 for any.
        after: bytes, both ways together, after which `end` comes; each connection lives half as much longer.
        end: `reset` (both sides at once), `blackhole` (nothing passes any more, then a reset), `half` (the server hears
            the end of the client's stream, and what it still says is passed on), or nothing.
    """

    delay: float = 0.0
    pieces: int = 0
    rate: float = 0.0
    after: int = 0
    end: str = ""


HOLE = 0.3
"""Seconds that a black hole swallows before the connection breaks; in the world it is a keep-alive that finds it."""


class Proxy:
    """Listens on a port of its own and passes on to another; `connections` counts what came."""

    def __init__(self, host: str, port: int, fault: Fault, seed: int = 1) -> None:
        self._to = (host, port)
        self._fault = fault
        self._chance = Random(seed)
        self._budget = fault.after
        self.connections = 0

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection, until both directions have ended."""
        self.connections += 1
        budget = [self._budget]
        self._budget += self._budget // 2
        try:
            server, out = await asyncio.open_connection(*self._to)
        except OSError:
            back.transport.abort()
            return
        ways = [
            asyncio.create_task(self._pass(client, out, budget)),
            asyncio.create_task(self._pass(server, back, budget)),
        ]
        try:
            await asyncio.gather(*ways)
        except (ConnectionError, asyncio.IncompleteReadError):
            for way in ways:
                way.cancel()
            for writer in (out, back):
                _reset(writer)
        finally:
            for writer in (out, back):
                writer.close()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, budget: list[int]) -> None:
        fault, chance = self._fault, self._chance
        while data := await source.read(65_536):
            while data:
                size = chance.randint(1, fault.pieces) if fault.pieces else len(data)
                piece, data = data[:size], data[size:]
                if fault.delay:
                    await asyncio.sleep(chance.uniform(0, fault.delay))
                if fault.rate:
                    await asyncio.sleep(len(piece) / fault.rate)
                budget[0] -= len(piece)
                if fault.end and budget[0] < 0:
                    await self._end(sink)
                    return
                sink.write(piece)
                await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    async def _end(self, sink: asyncio.StreamWriter) -> None:
        if self._fault.end == "half":
            sink.write_eof()
        else:
            if self._fault.end == "blackhole":
                await asyncio.sleep(HOLE)
            raise ConnectionResetError


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def running(proxy: Proxy) -> Iterator[tuple[str, int]]:
    """The proxy in a thread of its own, and where it listens."""
    loop = asyncio.new_event_loop()
    ready: list[tuple[str, int]] = []
    started = threading.Event()

    async def main() -> None:
        async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
            ready.append(server.sockets[0].getsockname()[:2])
            started.set()
            with contextlib.suppress(asyncio.CancelledError):
                await server.serve_forever()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await task

    task = loop.create_task(main())
    thread = threading.Thread(target=loop.run_until_complete, args=(task,), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()
