"""The way a link's frames take to the server and back: TCP, perhaps encrypted, or a WebSocket.

It knows hosts, sockets and bytes; it must not know what is in a frame, or when to come back.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Final, Protocol

from msgspec import Struct

READ: Final = 65_536
"""Bytes at once: the largest frame."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a server is: `tls` where it encrypts, `path` where it is reached by a WebSocket."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    path: str | None = None

    @property
    def address(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address of its WebSocket."""
        return f"{'ws' if self.tls is None else 'wss'}://{self.address}{self.path or ''}"


class Stream(Protocol):
    """A connection, as a link uses it: frames with their lengths in front, cut anywhere."""

    async def read(self) -> bytes:
        """Some of what the server sends, or nothing once it has closed. Raises `OSError` where it is cut."""

    def write(self, frames: bytes) -> None:
        """Send whole frames."""

    def abort(self) -> None:
        """Close at once, whatever is not sent yet."""


async def connect(place: Place) -> Stream:
    """A connection to the first address of the host that answers. Raises `OSError` where there is none."""
    reader, writer = await _open(place)
    _keep_alive(writer)
    if place.path is None:
        return _Tcp(reader, writer)
    from hangman_net.client.websocket import shake_hands  # only who joins by ws:// needs the library

    try:
        return await shake_hands(place.url, reader, writer)
    except BaseException:
        writer.transport.abort()
        raise


class _Tcp:
    """The frames as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        return await self._reader.read(READ)

    def write(self, frames: bytes) -> None:
        self._writer.write(frames)

    def abort(self) -> None:
        self._writer.transport.abort()


async def _open(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """asyncio itself would do as much, but lumps the errors of `localhost`'s two addresses into one of no kind."""
    # ASCII as bytes: of text Python would make IDNA, which is slow to import and changes nothing here
    host = place.host.encode() if place.host.isascii() else place.host
    try:
        addresses = await asyncio.get_running_loop().getaddrinfo(host, place.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # what IDNA has no name for, such as a part of no letters
        raise socket.gaierror(socket.EAI_NONAME, "that is no name of a host") from error
    failed = None
    for *_, address in addresses:
        try:
            return await asyncio.open_connection(
                *address[:2], ssl=place.tls, server_hostname=place.host if place.tls else None, limit=READ
            )
        except OSError as error:
            failed = failed or error
    raise failed or OSError("the host has no address")


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Let the kernel find out within a minute that the server's machine is gone: an idle game says nothing."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 8), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
