"""What an ssh client could ask for and does not get, and whose key counts: with a client that does as it likes."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from msgspec.structs import replace

import hangman_net
from hangman_net.hosting import Server
from hangman_net.limits import DEFAULTS
from hangman_net.ssh import terminal, visit
from hangman_net.ssh.keys import host_key

from .conftest import Serve, make_key


def connect(server: Server, name: str, **options: Any) -> AbstractAsyncContextManager[asyncssh.SSHClientConnection]:
    assert server.ssh is not None
    host, port, _ = server.ssh
    defaults: dict[str, Any] = {"known_hosts": None, "config": None, "agent_path": None, "client_keys": None}
    options = defaults | {"client_factory": Guest} | options
    return asyncssh.connect(host, port, username=name, **options)


class Guest(asyncssh.SSHClient):
    """Comes in without a key."""

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: Any) -> list[str]:
        assert not prompts, "somebody was asked for something"
        return []


async def nobody_is_left(server: Server) -> None:
    """Waits until whoever was here shows as away."""
    async with asyncio.timeout(10), hangman_net.connect("127.0.0.1", server.port, "eye") as bot:
        while any(member.connected for name, member in bot.members.items() if name != "eye"):
            await anext(bot)


async def test_the_host_key_is_the_one_that_was_printed(server: Server) -> None:
    assert server.ssh is not None
    async with connect(server, "ann") as connection:
        key = connection.get_server_host_key()
        assert key is not None
        assert key.get_fingerprint() == server.ssh[2]


@pytest.mark.parametrize("subsystem", ["sftp", "netconf"])
async def test_no_subsystem_no_command_no_file(server: Server, subsystem: str) -> None:
    async with connect(server, "ann") as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(subsystem=subsystem)
    async with connect(server, "ann") as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process("scp -t /tmp")
    await nobody_is_left(server)


async def test_no_forwarding_either_way(server: Server) -> None:
    async with connect(server, "ann") as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", server.port)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_unix_connection("/tmp/socket")
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.start_server(lambda *_: None, "127.0.0.1", 0)


async def test_one_session_a_connection(server: Server) -> None:
    async with connect(server, "ann") as connection:
        first = await connection.create_process(term_type="xterm", term_size=(80, 24))
        await first.stdout.read(1)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(term_type="xterm")


async def test_a_size_that_makes_no_sense_is_drawn_all_the_same(server: Server) -> None:
    async with connect(server, "ann") as connection:
        process = await connection.create_process(term_type="xterm", term_size=(100_000, 100_000), encoding=None)
        shown = await process.stdout.read(1_000)
        process.channel.change_terminal_size(0, 0)
        process.channel.change_terminal_size(1, 1)
        process.stdin.write(b"hello\r")
        assert shown
    await nobody_is_left(server)


async def test_what_never_becomes_a_key_ends_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "MOST_UNFINISHED", 8_192)
    async with connect(server, "ann") as connection:
        process = await connection.create_process(term_type="xterm", term_size=(80, 24))
        process.stdin.write("\x1b[200~" + "x" * 32_768)  # a paste begins
        async with asyncio.timeout(20):
            await connection.wait_closed()
    await nobody_is_left(server)


async def test_who_proves_a_key_and_asks_for_nothing_goes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "SESSION_WITHIN", 0.1)
    async with asyncio.timeout(10), connect(server, "ann") as connection:
        await connection.wait_closed()


async def test_who_does_not_hang_up_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "HANG_UP_WITHIN", 0.1)
    async with asyncio.timeout(20), connect(server, "ann") as connection:
        process = await connection.create_process(stdin=asyncssh.DEVNULL)
        await process.wait()
        assert process.exit_status == 0
        await connection.wait_closed()


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_counts_only_if_it_was_the_way_in(tmp_path: Path) -> None:
    host = host_key(None)
    key = asyncssh.read_private_key(make_key(tmp_path))
    guest = visit.Visit(None, host, DEFAULTS, None, visit.Visitor(address="127.0.0.1"))  # neither is touched
    assert guest.validate_public_key("ann", key)
    assert guest.validate_kbdint_response("ann", [])
    assert guest._key is None


async def test_a_fingerprint_is_no_token(server: Server, tmp_path: Path) -> None:
    path = make_key(tmp_path)
    key = asyncssh.read_private_key(path)
    async with connect(server, "ann", client_keys=[str(path)]) as connection:
        await (await connection.create_process()).stdout.readline()
        for token in (key.get_fingerprint(), key.export_public_key().decode()[:200], key.public_data.hex()[:200]):
            async with hangman_net.connect("127.0.0.1", server.port, "eve", token=token) as eve:
                assert eve.name == "eve"


# --- how many ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [replace(DEFAULTS, address_screens=2), replace(DEFAULTS, screens=2)])
async def test_so_many_and_no_more(serve: Serve, limits: Any) -> None:
    server = await serve(limits=limits)
    async with connect(server, "ann"), connect(server, "bob"):
        with pytest.raises((asyncssh.Error, OSError)):
            async with connect(server, "cleo"):
                pass
    async with asyncio.timeout(10):
        while server.doors[1]._by_address:
            await asyncio.sleep(0.01)
    async with connect(server, "cleo"):
        pass


async def test_places_are_counted_over_all_doors(serve: Serve) -> None:
    server = await serve(limits=replace(DEFAULTS, local_connections=1))
    async with hangman_net.connect("127.0.0.1", server.port, "bob"):
        with pytest.raises((asyncssh.Error, OSError)):
            async with connect(server, "ann"):
                pass
