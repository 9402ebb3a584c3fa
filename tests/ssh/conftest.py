"""A server with a door for ssh in this process, and the real `ssh` on a terminal that pyte emulates."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import struct
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pyte
import pytest
from msgspec.structs import replace

from hangman_net.hosting import Server, Settings

Serve: TypeAlias = Callable[..., Awaitable[Server]]
Ssh: TypeAlias = Callable[..., Awaitable["Remote"]]

SSH = shutil.which("ssh")
OPTIONS = (
    *("-F", "/dev/null"),
    *("-o", "StrictHostKeyChecking=no"),
    *("-o", "UserKnownHostsFile=/dev/null"),
    *("-o", "GlobalKnownHostsFile=/dev/null"),
    *("-o", "LogLevel=ERROR"),
    *("-o", "IdentitiesOnly=yes"),
    *("-o", "IdentityAgent=none"),
)


class Remote:
    """An `ssh` on a terminal of its own; `screen` is what that shows."""

    def __init__(self, columns: int, rows: int) -> None:
        self.master, self.slave = os.openpty()
        self.screen = pyte.Screen(columns or 80, rows or 24)
        self.bytes_shown = 0
        self.process: Process
        self._stream = pyte.ByteStream(self.screen)
        self._news = asyncio.Event()
        self._set_size(columns, rows)

    async def start(self, *args: str) -> None:
        assert SSH is not None
        # a session of its own has no terminal to ask for a password on: it would fail rather than wait
        self.process = await asyncio.create_subprocess_exec(
            SSH, *args, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True
        )
        os.close(self.slave)
        asyncio.get_running_loop().add_reader(self.master, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self.master, 65_536)
        except OSError:
            data = b""
        if data:
            self._stream.feed(data)
            self.bytes_shown += len(data)
        else:
            asyncio.get_running_loop().remove_reader(self.master)
        self._news.set()

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    async def shows(self, *texts: str) -> None:
        """Waits until all of these are on the screen."""
        try:
            async with asyncio.timeout(15):
                while not all(text in self.text for text in texts):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"not on the screen: {texts}\n{self.text}")

    def types(self, text: str) -> None:
        os.write(self.master, text.encode())

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        self._set_size(columns, rows)
        self.screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    async def ends(self) -> int:
        """Its exit code, when it has ended by itself."""
        async with asyncio.timeout(10):
            return await self.process.wait()

    async def close(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        asyncio.get_running_loop().remove_reader(self.master)
        os.close(self.master)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers that keep nothing, each with a door for ssh; every setting may be given."""
    started: list[Server] = []

    async def start(**settings: Any) -> Server:
        server = Server(replace(Settings(port=0, ssh=("127.0.0.1", 0), seed=1), **settings))
        await server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        await server.stop()


@pytest.fixture
async def server(serve: Serve, tmp_path: Path) -> Server:
    """A server whose first word is known."""
    words = tmp_path / "fruit.txt"
    words.write_text("banana | long and yellow\n", encoding="utf-8")
    return await serve(words=[str(words)])


@pytest.fixture
async def ssh() -> AsyncIterator[Ssh]:
    """Starts the real `ssh` on a terminal."""
    if SSH is None:
        pytest.skip("no ssh client is installed")
    started: list[Remote] = []

    async def start(server: Server, name: str, *args: str, columns: int = 100, rows: int = 30) -> Remote:
        assert server.ssh is not None
        remote = Remote(columns, rows)
        await remote.start(*OPTIONS, *args, "-p", str(server.ssh[1]), f"{name}@127.0.0.1")
        started.append(remote)
        return remote

    yield start
    for remote in started:
        await remote.close()


def make_key(folder: Path) -> Path:
    """A visitor's key, as `ssh` wants it."""
    import asyncssh

    path = folder / "id_ed25519"
    path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    path.chmod(0o600)
    return path
