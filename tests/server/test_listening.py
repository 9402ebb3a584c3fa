"""Listening: what a connection is like before a door sees it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from hangman_net.hosting import Server
from hangman_net.messages import Hello
from hangman_net.server.edge import Connection
from hangman_net.wire import encode

Host = Callable[..., Awaitable[Server]]


async def test_what_is_accepted_waits_for_no_full_packet_and_its_peer_is_watched(host: Host) -> None:
    """Set once, for what listens: it inherits that."""
    server = await host()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(encode(Hello(1)))
    await reader.readexactly(4)
    (connection,) = server.door.connections
    assert isinstance(connection, Connection)
    assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 20
    writer.close()
    await writer.wait_closed()
