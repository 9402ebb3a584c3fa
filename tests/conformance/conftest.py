"""How every case is set up: which server is judged, the servers that cases share, and what is checked around each.

    pytest tests/conformance --server "hangman-net serve"

`HANGMAN_SERVER_COMMAND` does the same where the option cannot be given.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from judge import Launched, Launcher, Peer
from judge.watch import no_secret, no_token_of_others, well_formed

CANARY_P99 = float(os.environ.get("HANGMAN_CANARY_MS", "100")) / 1000
MEMORY_GROWTH = 96 * 2**20
"""Bytes that a server which thousands of cases' messages went through may have grown by."""
POOL = 8
"""Threads that a server may have started for work beside its loop, once and for all."""

_rooms = itertools.count(1)

LISTS = {
    "fruit": "banana | long and yellow\n",
    "feline": "ocelot\n",
    "phrases": "rock 'n' roll-on 2\n",
    "pair": "aa\n",
    "cafe": "#: language = fr\n#: fold = é=e\ncafé\n",
    "many": "zebra\nyacht\nxenon\nvixen\nwaltz\nquilt\njumbo\nfjord\n",
}
"""Word lists of which a case knows the word that will be drawn; the first is the rooms' first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--server`: the command line of the server to judge."""
    parser.addoption("--server", help="what starts the server to judge")


def pytest_configure(config: pytest.Config) -> None:
    """The mark that names a case's sentences."""
    config.addinivalue_line("markers", "holds(*ids): the sentences of the contract that this case holds")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The mutants are ours: where another server is judged they say nothing."""
    if config.getoption("--server", None) or os.environ.get("HANGMAN_SERVER_COMMAND"):
        items[:] = [item for item in items if item.path.name != "test_bites.py"]


@pytest.fixture(scope="session")
def launcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """Starts servers, and ends those that a case left running."""
    command = request.config.getoption("--server", None) or os.environ.get("HANGMAN_SERVER_COMMAND")
    launcher = Launcher(Launcher.words_of(command), tmp_path_factory.mktemp("home"))
    yield launcher
    for server in list(launcher.running):
        launcher.end(server)


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """`--words` options for lists of which each case knows the words."""
    folder = tmp_path_factory.mktemp("lists")
    options = []
    for name, text in LISTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        options += ["--words", str(folder / f"{name}.txt")]
    return options


def _watched(launcher: Launcher, server: Launched) -> Iterator[Launched]:
    yield server
    assert server.canaries is not None
    p99, grown = server.canaries.p99(), server.memory() - server.base_memory
    threads = server.threads() - server.base_threads
    launcher.end(server)
    assert p99 <= CANARY_P99, f"p99 of the canaries' pings was {p99 * 1000:.0f} ms"
    assert grown <= MEMORY_GROWTH, f"the server grew by {grown / 2**20:.0f} MiB"
    assert threads <= POOL, f"the server has {threads} threads more than at first"


@pytest.fixture(scope="session")
def _table(launcher: Launcher, lists: list[str]) -> Iterator[Launched]:
    server = launcher.serve("--no-console", "--limit", "all=none", *lists, canaries=True)
    yield from _watched(launcher, server)


@pytest.fixture(scope="session")
def _stock(launcher: Launcher, lists: list[str]) -> Iterator[Launched]:
    server = launcher.serve("--no-console", *lists, canaries=True)
    yield from _watched(launcher, server)


def _around(server: Launched) -> Iterator[Launched]:
    """A case on a shared server: its connections are closed, and nothing of it is left."""
    before = len(server.peers)
    yield server
    mine = server.peers[before:]
    del server.peers[before:]
    for peer in mine:
        peer.close()
    server.settle()
    well_formed(mine)
    no_secret(mine, LISTS)
    no_token_of_others(mine, server)


@pytest.fixture
def table(_table: Launched) -> Iterator[Launched]:
    """A shared server without limits of rate and count."""
    yield from _around(_table)


@pytest.fixture
def stock(_stock: Launched) -> Iterator[Launched]:
    """A shared server with every limit at its default."""
    yield from _around(_stock)


@pytest.fixture
def room() -> str:
    """The name of a room that no other case is in."""
    return f"r{next(_rooms)}-{os.getpid()}"


@pytest.fixture
def serve(launcher: Launcher) -> Iterator[Callable[..., Launched]]:
    """Starts servers of a case's own, which end with it."""
    mine: list[Launched] = []

    def start(*options: str, **how: Any) -> Launched:
        server = launcher.serve(*options, **how)
        mine.append(server)
        return server

    yield start
    for server in mine:
        if server in launcher.running:
            launcher.end(server)


@pytest.fixture
def seated(table: Launched, room: str) -> Callable[..., list[Peer]]:
    """Brings people into the case's room, by name."""

    def come(*names: str) -> list[Peer]:
        peers = [table.join(f"{name}-{room}"[:20], room) for name in names]
        for peer in peers:
            peer.barrier()
        return peers

    return come
