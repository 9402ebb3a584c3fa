"""`hangman-net serve` whose port is a bridge to its WebSocket, for suites that speak the game's own frames.

    python tests/web/gateway.py serve [OPTIONS]

It knows frames and streams; it repairs nothing: what comes on one side goes out on the other, payload by payload.
"""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress

from hangman_net.cli import main
from hangman_net.client.transport import Place, Stream, connect
from hangman_net.wire.framing import HEADER

LISTENING = "listening on "
PAGE = "play in a browser: http://"


class Bridge:
    """Listens on a port, and opens a WebSocket for each connection, once it knows where."""

    def __init__(self, port: int) -> None:
        self.page: Future[Place] = Future()
        self._port = port
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def listen(self) -> int:
        """The port it listens on from now on."""
        return asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._carry, "127.0.0.1", self._port, limit=4_096)
        return int(server.sockets[0].getsockname()[1])

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)  # who does not read is not read for either
        page = await connect(await asyncio.wrap_future(self.page))
        up = asyncio.create_task(self._up(reader, page))
        with suppress(OSError):
            while frames := await page.read():
                writer.write(frames)
                await writer.drain()
        up.cancel()
        page.abort()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def _up(self, reader: asyncio.StreamReader, page: Stream) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(HEADER)
                page.write(head + await reader.readexactly(int.from_bytes(head, "big")))
        page.abort()


class Announcing(io.TextIOWrapper):
    """Standard output that says the bridge's port in place of the server's."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
        self._bridge = bridge

    def write(self, text: str, /) -> int:
        if text.startswith(LISTENING):
            super().write(f"{LISTENING}127.0.0.1:{self._bridge.listen()}\n")
        elif text.startswith(PAGE):
            host, _, port = text.removeprefix(PAGE).rstrip("/\n").rpartition(":")
            self._bridge.page.set_result(Place(host=host, port=int(port), path="/ws"))
        else:
            super().write(text)
        return len(text)


if __name__ == "__main__":
    args = sys.argv[1:]
    wanted = 0
    if "--port" in args:
        at = args.index("--port")
        wanted = int(args[at + 1])
        del args[at : at + 2]
    sys.stdout = Announcing(Bridge(wanted))
    main([*args, "--port", "0", "--web", "0"])
