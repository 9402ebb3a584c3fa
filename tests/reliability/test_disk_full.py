"""A disk that takes no more writes while a server runs: guesses are refused, chat goes on, and it heals by itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hangman_net import connect
from hangman_net.messages import Board

resource = pytest.importorskip("resource", reason="limits of files are POSIX")
pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process are Linux")


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A server's process and port."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from hangman_net.cli import main; main()",
        *("serve", "--port", "0", "--no-console", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert server.stdout is not None
    try:
        listening = (await server.stdout.readline()).decode()
        yield server, int(listening.rsplit(":", 1)[1])
    finally:
        server.terminate()
        await server.wait()


async def test_a_full_disk_refuses_guesses_and_heals(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as (server, port), connect("127.0.0.1", port, name="ann") as ann:
        assert (await ann.send("/secret tree")).ok is True
        async with connect("127.0.0.1", port, name="bob") as bob:
            assert (await bob.send("/guess t")).ok is True
            soft, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)

            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (512, hard))  # no file may grow beyond that
            for _ in range(3):
                refused = await bob.send("/guess e")
                assert refused.ok is False
                assert refused.error is not None
                assert refused.error.code == "storage"
                assert not any(isinstance(message, Board) for message in refused.messages)
            assert (await bob.send("the disk is full?")).ok is True
            assert (await ann.send("so it says")).ok is True

            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, hard))
            healed = await bob.send("/guess e")
            assert healed.ok is True
            boards = [message for message in healed.messages if isinstance(message, Board)]
            assert boards[-1].cells == ("t", None, "e", "e")
