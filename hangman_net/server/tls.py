"""TLS at the edge: a socket that encrypts, and the connections and the door that use it.

It knows records, handshakes and certificates; it must not know frames, messages or who is let in.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final

from hangman_net.messages import Bye
from hangman_net.server import strangers
from hangman_net.server.admission import Admission
from hangman_net.server.edge import Connection, Door
from hangman_net.server.service import Service
from hangman_net.wire.codec import encode
from hangman_net.wire.connection import ServerWire
from hangman_net.wire.framing import HEADER

RECORD: Final = 4_096
"""Bytes encrypted at once: what is owed to a slow reader stays plain text until the kernel takes more, so that all
but one record of it can still be dropped in favour of a `bye`."""

RAW: Final = 65_536
"""Bytes received at once."""

_HANDSHAKE: Final = 0x16  # the first byte of every client that speaks TLS (RFC 8446, section 5.1)


class CertificateError(Exception):
    """A certificate and key that cannot be used; its text says why, in one line."""


class Certificate:
    """A certificate chain and its key (PEM files), read again at `reload`. Raises `CertificateError`, as that does."""

    def __init__(self, cert: Path, key: Path) -> None:
        self.cert = cert
        self.key = key
        self.reload()

    def reload(self) -> None:
        """Takes what the files hold now, for connections that come later; where that will not do, nothing changes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        for path in (self.cert, self.key):
            try:
                path.open("rb").close()  # OpenSSL does not say which of the two it was
            except OSError as error:
                raise CertificateError(f"{path} cannot be read: {error.strerror}") from error
        try:
            # a pass phrase that is empty, and not a question on a terminal where nobody sits
            context.load_cert_chain(self.cert, self.key, password="")
        except (ssl.SSLError, ValueError) as error:
            raise CertificateError(f"{self.cert} and {self.key} are no certificate and key in PEM: {error}") from error
        self._context = context

    def wrap(self, sock: socket.socket) -> TlsSocket:
        """The server's end of TLS over a non-blocking socket."""
        return TlsSocket(sock, self._context)


class TlsSocket:
    """A non-blocking socket whose bytes are encrypted on the way; used like one, with OpenSSL's rule for `send`.

    Bytes count as sent once the record that holds them is with the kernel; until then `send` raises `BlockingIOError`
    and is called again with the same bytes in front. `fetch` must come before the first `recv_into` of a turn.
    """

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self._sock = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._cipher = bytearray()  # encrypted, and not yet with the kernel
        self.committed = 0  # bytes of plain text in it, which can no longer be taken back
        self.open = False  # the handshake is done
        self.plain: bytes | None = None  # what came first, where that is no TLS
        self.drained = True  # there is no more to read before the next `fetch`
        self._begun = False

    # --- reading ------------------------------------------------------------------------------------------------

    def fetch(self, most: int = RAW) -> None:
        """Takes what came, at most so many bytes.

        Raises `OSError` where the connection is broken, or no TLS: `plain` is what it is then.
        """
        self.drained = False
        try:
            raw = self._sock.recv(min(most, RAW))
        except (BlockingIOError, InterruptedError):
            return
        if not self._begun and raw and raw[0] != _HANDSHAKE:
            self.plain = raw
            raise ConnectionError("no TLS")
        self._begun = True
        if raw:
            self._incoming.write(raw)
        else:
            self._incoming.write_eof()

    def recv_into(self, buffer: bytearray, count: int) -> int:
        """Decrypts into `buffer`; 0 at the end. Raises `BlockingIOError` where there is no more."""
        try:
            if not self.open:
                self._tls.do_handshake()
                self.open = True
            got = self._tls.read(count)
        except ssl.SSLWantReadError:
            self.drained = True
            raise BlockingIOError from None
        except ssl.SSLZeroReturnError:
            return 0
        finally:
            with suppress(BlockingIOError):
                self._flush()  # the handshake's own words
        buffer[: len(got)] = got
        return len(got)

    # --- writing ------------------------------------------------------------------------------------------------

    def send(self, data: bytes | bytearray) -> int:
        """Bytes of `data` whose records are with the kernel. Raises `BlockingIOError` where that is none."""
        self._flush()
        sent, self.committed = self.committed, 0
        while sent < len(data):
            part = data[sent : sent + RECORD]
            self._tls.write(part)
            self.committed = len(part)
            try:
                self._flush()
            except BlockingIOError:
                if sent:
                    break
                raise
            sent, self.committed = sent + self.committed, 0
        return sent

    def _flush(self) -> None:
        self._cipher += self._outgoing.read()
        if len(self._cipher) > RAW:
            raise ConnectionError("it asks for new keys and does not read")
        while self._cipher:
            del self._cipher[: self._sock.send(self._cipher)]

    # --- as of any socket ---------------------------------------------------------------------------------------

    def send_plain(self, data: bytes) -> None:
        """Says something in the clear, to who does not speak TLS."""
        with suppress(OSError):
            self._sock.send(data)

    def fileno(self) -> int:
        """The descriptor, for the loop."""
        return self._sock.fileno()

    def getsockopt(self, level: int, option: int) -> int:
        """As of a socket."""
        return self._sock.getsockopt(level, option)

    def setsockopt(self, level: int, option: int, value: int) -> None:
        """As of a socket."""
        self._sock.setsockopt(level, option, value)

    def shutdown(self, how: int) -> None:
        """Says that nothing more comes, in TLS and in TCP."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()  # wants the other end's word too, which is not waited for
        with suppress(BlockingIOError):
            self._flush()
        self._sock.shutdown(how)

    def close(self) -> None:
        """As of a socket."""
        self._sock.close()


class TlsConnection(Connection):
    """A connection over TLS: it differs from a plain one in when it reads and writes, and in nothing else."""

    __slots__ = ()

    sock: TlsSocket

    def readable(self) -> None:
        tls, was_open = self.sock, self.sock.open
        try:
            tls.fetch(self.MOST)
        except OSError:
            self.broken()
            return
        # one piece of cipher text may hold many records, of which the loop knows nothing
        while not (tls.drained or self.paused or self.closed):
            super().readable()
        if tls.open and not was_open and self.owed is not None:
            self.door.loop.add_writer(tls, self.writable)

    def ready(self) -> None:
        super().ready()
        self.door.loop.call_soon(self.read_on)

    def read_on(self) -> None:
        """What was decrypted and not yet taken goes on."""
        if not (self.paused or self.closed):
            self.readable()

    def broken(self) -> None:
        """It is gone, or speaks no TLS: then it is told so in its own words."""
        plain = self.sock.plain
        if plain is not None and not self.ending:
            protocol, words = self.stranger(plain[:HEADER])
            self.door.met(self.address, protocol)
            self.sock.send_plain(words)
        self.drop()

    def stranger(self, head: bytes) -> tuple[str, bytes]:
        """What somebody speaks who begins with `head`, and what to answer in the clear."""
        return strangers.answer(head, self.door.advice) or ("no TLS", encode(Bye("protocol", self.door.advice)))

    def write(self, frames: bytes) -> None:
        if self.sock.open or self.owed is not None:
            super().write(frames)
        else:  # a refusal: it waits for the handshake, and no longer than for a slow reader
            self.owe(frames)

    def committed(self) -> int:
        assert self.owed is not None
        committed = self.sock.committed
        if committed <= self.skip:
            return self.skip
        return committed + self.begun_rest(self.owed[self.skip :], committed - self.skip)


class TlsDoor(Door):
    """The game's own port, over TLS."""

    def __init__(
        self, service: Service, admission: Admission, loop: asyncio.AbstractEventLoop, certificate: Certificate
    ) -> None:
        super().__init__(service, admission, loop)
        self.certificate = certificate
        self.full = b""  # there is no saying it without a handshake

    def connection(self, sock: socket.socket, address: str) -> Connection:
        return TlsConnection(self, self.certificate.wrap(sock), address, ServerWire(self.limits))
