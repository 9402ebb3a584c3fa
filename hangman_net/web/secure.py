"""The door for browsers over TLS: the same page, at https.

It knows which two parts make it; it must not know requests or records.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from http import HTTPStatus

from hangman_net.server.admission import Admission
from hangman_net.server.edge import Connection
from hangman_net.server.service import Service
from hangman_net.server.tls import Certificate, TlsConnection
from hangman_net.web.door import WebConnection, WebDoor
from hangman_net.web.site import plain


class SecureWebConnection(WebConnection, TlsConnection):
    """A browser's connection over TLS."""

    __slots__ = ()

    def stranger(self, head: bytes) -> tuple[str, bytes]:
        return "HTTP without TLS", plain(HTTPStatus.BAD_REQUEST, "This port speaks HTTPS: write https:// for http://.")


class SecureWebDoor(WebDoor):
    """The port for browsers, over TLS."""

    def __init__(
        self,
        service: Service,
        admission: Admission,
        loop: asyncio.AbstractEventLoop,
        certificate: Certificate,
        *,
        origins: Collection[str] = (),
    ) -> None:
        super().__init__(service, admission, loop, origins=origins)
        self.certificate = certificate
        self.full = b""

    def connection(self, sock: socket.socket, address: str) -> Connection:
        return SecureWebConnection(self, self.certificate.wrap(sock), address)
