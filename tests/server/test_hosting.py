"""A server put together in this process: what a start that fails leaves behind, and what a restart forgets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from hangman_net.chat.errors import PluginError
from hangman_net.hosting import CannotListen, Server, Settings
from hangman_net.limits import DEFAULTS
from hangman_net.server.tls import CertificateError
from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, StoreError


@pytest.mark.parametrize("fails", ["port", "web", "plugins", "certificate", "token"])
async def test_a_start_that_fails_leaves_nothing_open(tmp_path: Path, fails: str) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        settings = {
            "port": Settings(port=taken, data=data),
            "web": Settings(port=0, web=(None, taken), data=data),
            "plugins": Settings(port=0, plugins_dirs=[tmp_path / "none"], data=data),
            "certificate": Settings(port=0, tls=(tmp_path / "cert.pem", tmp_path / "key.pem"), data=data),
            "token": Settings(port=0, data=data),
        }[fails]
        if fails == "token":
            (data / "host-token").mkdir(parents=True)
        with pytest.raises((CannotListen, PluginError, CertificateError, StoreError)):
            await Server(settings).start()
    if fails == "token":
        (data / "host-token").rmdir()
    again = Server(Settings(port=0, data=data))
    await again.start()  # the folder is free, and so is the lock in it
    with pytest.raises(StoreError):
        await Server(Settings(port=0, data=data)).start()
    await again.stop()


async def test_a_host_token_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "host-token").write_bytes(b"\xff\xfe" * 20)
    server = Server(Settings(port=0, data=tmp_path))
    await server.start()
    await server.stop()
    assert (tmp_path / "host-token").read_text() == f"{server.host_token}\n"


async def test_lines_of_seats_that_are_no_more_are_forgotten() -> None:
    store = MemoryStore()
    store.submit(Commit(1.0, done=(("0123", 5, 0), ("0123", 6, 0), ("4567", 1, 0))), lambda error: None)
    assert set(store.load().done) == {"0123", "4567"}
    server = Server(Settings(port=0, limits=DEFAULTS), store=store)
    await server.start()
    await server.stop()
    assert store.load().done == {}
