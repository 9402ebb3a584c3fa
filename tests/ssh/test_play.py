"""The real `ssh` plays: on a screen, over a pipe, with a key and without, until it is killed, stopped or cut."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncssh
from msgspec.structs import replace

import hangman_net
from hangman_net.hosting import Server
from hangman_net.limits import DEFAULTS
from hangman_net.messages import MemberChange

from .conftest import OPTIONS, SSH, Serve, Ssh, make_key


async def is_away(bot: hangman_net.Client, name: str) -> None:
    """Waits until somebody shows as away."""
    async with asyncio.timeout(15):
        while name not in bot.members or bot.members[name].connected:
            message = await anext(bot)
            assert not (isinstance(message, MemberChange) and message.name == name and message.left)


async def test_a_game_on_the_screen(server: Server, ssh: Ssh) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, "robo") as bot:
        ann = await ssh(server, "ann")
        await ann.shows("lobby", "2 playing", "Type to talk")
        ann.types("/gu\t\x15")  # completion, and away with it
        ann.types("hello from afar\r")
        ann.types("/new\r")
        await ann.shows("> ann: hello from afar", "_ _ _ _ _ _", "♥♥♥♥♥♥")
        ann.types("z\r")
        await ann.shows("missed z", "5 of 6")
        assert (await bot.send("/guess a")).ok
        await ann.shows("_ a _ a _ a")
        ann.types("/guess banana\r")
        await ann.shows("Round 1 won", "b a n a n a")

        ann.resize(50, 20)  # the side pane folds
        await ann.shows("lobby · ann")
        ann.types("smaller now\r")
        await ann.shows("> ann: smaller now")
        ann.resize(120, 40)
        await ann.shows("2 playing", "> ann: smaller now")

        ann.types("/q\r")
        assert await ann.ends() == 0
        await bot.ping()
        assert set(bot.members) == {"robo"}


async def test_whoever_is_killed_keeps_the_seat_and_shows_as_away(server: Server, ssh: Ssh) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, "robo") as bot:
        ann = await ssh(server, "ann")
        await ann.shows("2 playing")
        ann.process.send_signal(signal.SIGKILL)
        await is_away(bot, "ann")


async def test_the_end_of_the_server_is_told(server: Server, ssh: Ssh) -> None:
    ann = await ssh(server, "ann")
    await ann.shows("1 playing")
    stopping = asyncio.create_task(server.stop())
    assert await ann.ends() == 0
    await ann.shows("The server has stopped.")
    await stopping


async def test_nobody_is_asked_for_a_password_nor_has_to_have_a_key(server: Server, ssh: Ssh) -> None:
    ann = await ssh(server, "ann", "-o", "PubkeyAuthentication=no")
    await ann.shows("1 playing")
    assert "assword" not in ann.text


async def test_a_key_is_a_lasting_seat(server: Server, ssh: Ssh, tmp_path: Path) -> None:
    key = make_key(tmp_path)
    ann = await ssh(server, "ann", "-i", str(key))
    await ann.shows("ann you")
    ann.process.kill()
    again = await ssh(server, "whoever", "-i", str(key))
    await again.shows("ann you")
    third = await ssh(server, "ann", "-i", str(key))
    await third.shows("ann you")
    assert await again.ends() == 1  # the seat was taken over
    await again.shows("Another client has taken this seat")


async def test_a_key_that_is_only_shown_opens_nobodys_seat(server: Server, ssh: Ssh, tmp_path: Path) -> None:
    """Everybody's public key is known: to show it and then come in as a guest must not be to be them."""
    key = make_key(tmp_path)
    ann = await ssh(server, "ann", "-i", str(key))
    await ann.shows("ann you")
    key.with_suffix(".pub").write_bytes(asyncssh.read_private_key(key).export_public_key())
    key.unlink()
    eve = await ssh(server, "eve", "-i", str(key))
    await eve.shows("eve you", "2 playing")


async def test_a_name_that_is_taken_is_said(server: Server, ssh: Ssh) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, "ann"):
        late = await ssh(server, "Ann")
        assert await late.ends() == 1
        await late.shows("Come in under another name")


async def test_a_servers_password_comes_with_the_name(serve: Serve, ssh: Ssh) -> None:
    server = await serve(password="sesame")
    stranger = await ssh(server, "ann")
    assert await stranger.ends() == 1
    await stranger.shows("password")
    ann = await ssh(server, "ann:sesame")
    await ann.shows("ann you")


async def test_a_pipe_is_told_in_lines(server: Server) -> None:
    assert SSH is not None
    assert server.ssh is not None
    where = ("-T", *OPTIONS, "-p", str(server.ssh[1]), "ann@127.0.0.1")
    process = await asyncio.create_subprocess_exec(
        SSH, *where, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    typed = "".join(f"{line}\n" for line in ("/new", "z", *"line by line", "/guess banana", "last words"))
    out, _ = await process.communicate(typed.encode())
    told = out.decode()
    assert process.returncode == 0
    assert "Word: blank blank blank blank blank blank, 6 lives left" in told
    assert "-- Round 1 won. The word was banana." in told
    assert told.index("missed z") < told.index("The word was banana") < told.index("<ann> last words")
    assert "\x1b" not in told
    assert "\r" not in told


async def test_a_terminal_that_shows_no_screen_gets_lines(server: Server, ssh: Ssh) -> None:
    before = os.environ.get("TERM")
    os.environ["TERM"] = "dumb"
    try:
        ann = await ssh(server, "ann")
    finally:
        os.environ["TERM"] = before or "xterm"
    await ann.shows("-- You are ann in lobby.")


async def test_a_terminal_of_no_size_is_taken_for_an_ordinary_one(server: Server, ssh: Ssh) -> None:
    ann = await ssh(server, "ann", columns=0, rows=0)
    await ann.shows("1 playing", "ann you")


async def test_who_does_not_read_is_cut_and_not_waited_for(serve: Serve, ssh: Ssh) -> None:
    limits = replace(DEFAULTS.with_options(["all=none"]), backlog=30_000, backlog_time=1, send_buffer=4_096)
    server = await serve(limits=limits)
    async with hangman_net.connect("127.0.0.1", server.port, "robo") as bot:
        ann = await ssh(server, "ann", columns=250, rows=60)
        await ann.shows("2 playing")
        ann.process.send_signal(signal.SIGSTOP)
        talking = asyncio.create_task(_talk(bot))
        await is_away(bot, "ann")
        talking.cancel()
        ann.process.send_signal(signal.SIGCONT)
        assert await ann.ends() == 255


async def _talk(bot: hangman_net.Client) -> None:
    for number in range(10_000):
        await bot.send(chr(97 + number % 26) * 450)  # no two lines look alike: all of the screen is painted anew
        await asyncio.sleep(0.02)


async def test_many_lines_are_one_painting(serve: Serve, ssh: Ssh) -> None:
    server = await serve(limits=DEFAULTS.with_options(["all=none"]))
    async with hangman_net.connect("127.0.0.1", server.port, "robo") as bot:
        ann = await ssh(server, "ann")
        await ann.shows("2 playing")
        before = ann.bytes_shown
        for number in range(500):
            await bot.send(f"line {number}")
        await ann.shows("line 499")
        assert ann.bytes_shown - before < 500 * 100  # each painting by itself would be above a thousand bytes


async def test_a_stranger_on_the_games_own_port_is_told(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    assert b"not SSH" in await reader.read()
    writer.close()
