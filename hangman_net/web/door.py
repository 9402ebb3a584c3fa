"""The door with a page: answers HTTP, and turns a WebSocket into a connection like any other.

It knows requests, origins and who may come in; it must not know what a message means.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from websockets.http11 import Request

from hangman_net.server.admission import Admission
from hangman_net.server.edge import Connection, Door, Endpoint
from hangman_net.server.service import Service
from hangman_net.web.site import Site, plain
from hangman_net.web.wire import FAREWELL, WebWire, size_at, texts


class WebConnection(Connection):
    """A browser's connection: one request, and if that opens a WebSocket, a seat at the table."""

    MOST = 4_096  # a ping of six bytes costs as much as a line of a hundred: fewer bytes a turn than elsewhere

    __slots__ = ("playing", "said_farewell", "web", "webdoor")

    def __init__(self, door: WebDoor, sock: Endpoint, address: str) -> None:
        self.web = WebWire(door.limits)
        super().__init__(door, sock, address, self.web)
        self.webdoor = door
        self.playing = False  # the WebSocket is open
        self.said_farewell = False

    def pump(self) -> None:
        if not self.playing and not self.ending:
            if self.web.broken:
                self.answer(plain(HTTPStatus.BAD_REQUEST, "That is no HTTP request that is read here."))
            elif (request := self.web.request) is not None:
                self.requested(request)
        super().pump()
        if not self.closed and self.playing:
            if replies := self.web.replies():
                self.send(replies)
            if self.web.left:
                self.drop()

    def requested(self, request: Request) -> None:
        """The request is whole: a file, a WebSocket, or why not."""
        door, headers = self.webdoor, request.headers
        if not headers.get_all("Upgrade"):
            known = ",".join(headers.get_all("If-None-Match"))
            if (refusal := door.admission.crowded(self.address)) is not None:
                self.answer(plain(HTTPStatus.SERVICE_UNAVAILABLE, f"Not now: {refusal[1]}."))
            else:
                self.answer(door.site.answer(request.method, request.path, known))
        elif not same_origin(headers.get_all("Origin"), headers.get_all("Host"), door.origins):
            self.answer(plain(HTTPStatus.FORBIDDEN, "A page of another site may not play here."))
        else:
            opened, response = self.web.accept()
            if not opened:
                self.answer(response)
                return
            self.send(response)
            self.playing = True
            if (refusal := door.admission.refusal(self.address)) is not None:
                door.service.outbox.bye(self, *refusal)

    def answer(self, response: bytes) -> None:
        """Answers a plain request, and closes."""
        self.ending = True
        self.send(response)
        self.end()

    # --- writing ------------------------------------------------------------------------------------------------

    def framed(self, frames: bytes) -> bytes:
        return texts(frames) if self.playing else b""

    def frame_size(self, data: bytes | bytearray, at: int) -> int:
        return size_at(data, at) if self.playing else len(data) - at

    def write(self, frames: bytes) -> None:
        if self.playing:
            self.send(texts(frames))
        else:
            self.drop()  # it speaks no WebSocket yet: nothing can be told

    def send(self, data: bytes) -> None:
        """Sends bytes as they are: HTTP, or frames of a WebSocket."""
        super().write(data)

    def end(self) -> None:
        if self.playing and not self.said_farewell and not self.closed:
            self.said_farewell = True
            self.send(FAREWELL)
        super().end()


class WebDoor(Door):
    """The port for browsers. `origins` are those of pages that may play here although they are not from here."""

    def __init__(
        self,
        service: Service,
        admission: Admission,
        loop: asyncio.AbstractEventLoop,
        *,
        origins: Collection[str] = (),
    ) -> None:
        super().__init__(service, admission, loop)
        self.site = Site()
        self.full = plain(HTTPStatus.SERVICE_UNAVAILABLE, "Not now: this server has no place for another connection.")
        self.origins = frozenset(origins)

    def connection(self, sock: socket.socket, address: str) -> Connection:
        return WebConnection(self, sock, address)

    def greet(self, connection: Connection) -> None:
        connection.watch(connection.opened_at + self.limits.hello)


def same_origin(origins: list[str], hosts: list[str], more: Collection[str] = ()) -> bool:
    """Whether who asks is no browser, or one that shows a page of this server (RFC 6455, section 10.2)."""
    if not origins:
        return True
    if len(origins) != 1 or len(hosts) != 1:
        return False
    origin = origins[0].lower()
    return origin in more or origin in (f"http://{hosts[0].lower()}", f"https://{hosts[0].lower()}")


def origin_of(url: str) -> str:
    """What a browser that shows a page at `url` names as its origin."""
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}"
