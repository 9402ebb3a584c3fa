"""Servers that are looked at from outside: started as a program, or in this process with addresses of one's choice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "conformance"))

from judge import Launched, Launcher

from hangman_net.hosting import Server, Settings
from hangman_net.limits import DEFAULTS

Serve = Callable[..., Launched]
Host = Callable[..., Awaitable[Server]]


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """Starts servers as a program."""
    yield Launcher(Launcher.words_of(None), tmp_path_factory.mktemp("home"))


@pytest.fixture
def serve(launcher: Launcher) -> Iterator[Serve]:
    """`serve("option", ..., limits={name: value})`: a server of the case's own, with canaries that notice nothing."""
    mine: list[Launched] = []

    def start(*options: str, limits: Mapping[str, object] = {}, console: bool = False, **how: Any) -> Launched:
        words = [word for name, value in limits.items() for word in ("--limit", f"{name}={value}")]
        words += ["--no-console"] if not console else []
        server = launcher.serve(*options, *words, **{"canaries": True, "stdin": console, **how})
        mine.append(server)
        return server

    with ExitStack() as ends:
        yield start
        for server in mine:
            if server in launcher.running:
                ends.callback(launcher.end, server)
            if server.canaries is not None:
                ends.callback(server.canaries.turn)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    """`await host(limit=value, ...)`: a server in this process, which keeps nothing."""
    async with AsyncExitStack() as stack:

        async def start(**values: object) -> Server:
            chosen = DEFAULTS.with_options([f"{name}={value}" for name, value in values.items()])
            server = Server(Settings(port=0, limits=chosen))
            await server.start()
            stack.push_async_callback(server.stop)
            return server

        yield start


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address counts as one from elsewhere: a test has only those of this machine."""
    monkeypatch.setattr("hangman_net.server.admission.is_local", lambda _: False)


@pytest.fixture(scope="session")
def certify() -> Callable[[Path], tuple[Path, Path]]:
    """Makes a certificate for localhost that vouches for itself, and its key, in a folder."""
    return _certify


def _certify(folder: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("a certificate is made with openssl")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(["openssl", *words.split(), *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key
