"""A link over TLS: who is trusted, and what is said to who is not."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hangman_net.client.events import Closed
from hangman_net.client.link import Link, Login
from hangman_net.messages import VERSION, Bye, Welcome
from hangman_net.wire import encode

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="a certificate is made with openssl")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, signed by nobody else, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", *words.split(), *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


async def listen(certificate: tuple[Path, Path] | None) -> asyncio.Server:
    """A server that lets in and sends off whoever connects."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        writer.write(encode(Welcome(VERSION, "ann", "lobby", "member", "t", "s", False, 0, ())) + encode(Bye("quit")))
        writer.close()

    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)


async def join(server: asyncio.Server, context: ssl.SSLContext) -> Closed:
    port = server.sockets[0].getsockname()[1]
    events: list[Any] = []
    closed = await Link(Login(host="localhost", port=port, tls=context), events.append).run()
    server.close()
    return closed


async def test_a_certificate_that_is_trusted_opens_the_door(certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(cafile=certificate[0])
    assert await join(await listen(certificate), context) == Closed()


async def test_one_that_is_not_is_said_in_a_line(certificate: tuple[Path, Path]) -> None:
    server = await listen(certificate)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the server's end complains as well
    closed = await join(server, ssl.create_default_context())
    assert closed.code == 1
    assert closed.reason is not None
    assert closed.reason.startswith("No trusted connection to localhost:")
    assert "self" in closed.reason


async def test_so_is_a_door_without_tls() -> None:
    server = await listen(None)
    closed = await join(server, ssl.create_default_context())
    assert closed.code == 1
    assert "join without TLS" in (closed.reason or "")
