"""The page over TLS: the same answers and the same seats, and a word for who comes without."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from websockets.asyncio.client import connect

from hangman_net.hosting import Server

Serve: TypeAlias = Callable[..., Awaitable[Server]]

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="a certificate is made with openssl"),
]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", *words.split(), *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def port_of(server: Server) -> int:
    assert server.page is not None
    return int(server.page.rpartition(":")[2])


async def get(port: int, tls: ssl.SSLContext | None) -> bytes:
    reader, writer = await asyncio.open_connection(
        "localhost", port, ssl=tls, server_hostname="localhost" if tls else None
    )
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_the_page_is_at_https(serve: Serve, pem: tuple[Path, Path]) -> None:
    server = await serve(tls=pem)
    assert server.page is not None and server.page.startswith("https://")
    trusted = ssl.create_default_context(cafile=pem[0])
    answer = await get(port_of(server), trusted)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"</html>" in answer
    assert b"https://" in await get(port_of(server), None)
    with pytest.raises(ssl.SSLCertVerificationError):
        await get(port_of(server), ssl.create_default_context())


async def test_a_seat_is_taken_over_wss(serve: Serve, pem: tuple[Path, Path]) -> None:
    server = await serve(tls=pem)
    trusted = ssl.create_default_context(cafile=pem[0])
    async with connect(f"wss://localhost:{port_of(server)}/ws", ssl=trusted) as browser:
        await browser.send('{"type":"hello","version":1,"name":"Ann"}')
        assert '"welcome"' in str(await browser.recv())
        await browser.send('{"type":"line","text":"' + "x" * 490 + '","id":1}')
        while '"ack"' not in str(await browser.recv()):
            continue


async def test_behind_a_proxy_that_encrypts_it_stays_in_the_clear(serve: Serve, pem: tuple[Path, Path]) -> None:
    server = await serve(tls=pem, web_url="https://games.example.org/hangman")
    assert server.page == "https://games.example.org/hangman"
    port = server.doors[1].listeners[0].getsockname()[1]
    assert (await get(port, None)).startswith(b"HTTP/1.1 200 OK\r\n")
