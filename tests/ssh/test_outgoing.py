"""Patience with who does not read: so many bytes, so many seconds, and then no more."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from hangman_net.limits import DEFAULTS, Limits
from hangman_net.ssh.outgoing import Outgoing, queued

LIMITS = replace(DEFAULTS, backlog=1_000, backlog_time=0.05)


class Channel:
    """A channel that keeps what it is given while its window is closed."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.owed = 0

    def write(self, data: str) -> None:
        self.given.append(data)

    def get_write_buffer_size(self) -> int:
        return self.owed


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    with near, far:
        yield near, far


def outgoing(channel: Channel, sock: socket.socket, limits: Limits = LIMITS) -> tuple[Outgoing, list[str]]:
    cuts: list[str] = []
    return Outgoing(channel, sock, limits, lambda: cuts.append("cut")), cuts


async def test_who_reads_may_be_told_any_amount(pair: tuple[socket.socket, socket.socket]) -> None:
    channel = Channel()
    out, cuts = outgoing(channel, pair[0])
    for _ in range(100):
        out.write("x" * 900)
    assert len(channel.given) == 100
    await asyncio.sleep(0.1)
    assert cuts == []
    out.close()


async def test_past_the_backlog_it_ends_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    channel = Channel()
    out, cuts = outgoing(channel, pair[0])
    channel.owed = 1
    out.write("ü" * 400)
    assert cuts == []
    out.write("ü" * 101)
    assert cuts == ["cut"]
    out.write("more")
    assert len(channel.given) == 1
    assert cuts == ["cut"]


async def test_what_is_not_taken_in_time_ends_it(pair: tuple[socket.socket, socket.socket]) -> None:
    channel = Channel()
    out, cuts = outgoing(channel, pair[0])
    out.write("hello")
    channel.owed = 5
    async with asyncio.timeout(5):
        while not cuts:
            await asyncio.sleep(0.01)


async def test_a_backlog_that_was_taken_is_forgiven(pair: tuple[socket.socket, socket.socket]) -> None:
    channel = Channel()
    out, cuts = outgoing(channel, pair[0])
    channel.owed = 1
    out.write("x" * 900)
    channel.owed = 0
    out.write("x" * 900)
    assert cuts == []
    out.close()


async def test_the_kernels_queue_counts_too(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    near.setblocking(False)
    assert queued(near) == 0
    with pytest.raises(BlockingIOError):
        while True:
            near.send(b"x" * 65_536)
    if not queued(near):
        pytest.skip("this system does not tell what is queued")
    out, cuts = outgoing(Channel(), near)
    out.write("x" * 600)
    out.write("x" * 600)
    assert cuts == ["cut"]


async def test_a_closed_socket_owes_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].close()
    assert queued(pair[0]) == 0
