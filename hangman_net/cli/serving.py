"""`play` and `serve`: a server in this process, and the host's own client on its ordinary port.

It knows how the two begin and end together; it must not know how either works.
"""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from hangman_net.cli.options import fail, overrides
from hangman_net.cli.signals import INTERRUPTED, Stop, on_hangup
from hangman_net.cli.terminal import on_terminal
from hangman_net.folders import own_folder
from hangman_net.hosting import CannotListen, Server, Settings
from hangman_net.library import ListRefused, UnknownList
from hangman_net.limits import DEFAULTS, LimitError, Limits
from hangman_net.server import addresses
from hangman_net.server.log import set_up
from hangman_net.server.tls import CertificateError
from hangman_net.server.turns import Loop
from hangman_net.store.port import StoreError
from hangman_net.text import BadName, check_name, check_room

PORT = 4264
"""H-A-N-G on a phone keypad."""


def limits_of(options: Sequence[str]) -> Limits:
    """The limits that `--limit` options make; ends the program on a bad one."""
    try:
        return DEFAULTS.with_options(options)
    except LimitError as error:
        fail(str(error))


def data_folder(named: str | None) -> Path:
    """The folder named by `--data`, or the platform's."""
    return own_folder("data") if named is None else Path(named)


EXTRAS = {"web": ("websockets", "segno"), "ssh": ("asyncssh",)}
"""What a door needs besides, by its option and extra."""


def door_of(name: str, value: str | None) -> tuple[str | None, int] | None:
    """The address and port of `--NAME [HOST:]PORT`; ends the program on anything else, or if its extra is missing."""
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    if (colon and not host) or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        fail(f"--{name} {value!r}: write a port from 0 to 65535, or HOST:PORT")
    if any(importlib.util.find_spec(module) is None for module in EXTRAS[name]):
        fail(f"--{name} needs what is not installed: pip install 'hangman-net[{name}]'")
    return host.removeprefix("[").removesuffix("]") or None, int(port)


def page_of(url: str | None) -> str | None:
    """The page's address for others, of `--web-url`; ends the program on what is none."""
    if url is not None:
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(url)
        except ValueError:  # such as a bracket that is not closed
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            fail(f"--web-url {url!r} is no address of a page; write https://HOST or https://HOST/PATH")
    return url


def tls_of(cert: str | None, key: str | None) -> tuple[Path, Path] | None:
    """Certificate and key, both or neither; ends the program on one of them."""
    if (cert is None) != (key is None):
        fail("--tls-cert and --tls-key go together: give both")
    return None if cert is None or key is None else (Path(cert), Path(key))


def settings_of(options: Mapping[str, Any], *, playing: bool) -> Settings:
    """The server that the options describe; ends the program where they do not fit together."""
    memory = options["memory"] and (
        options["data"] is None
        or overrides("memory", "data", "--memory keeps nothing and --data names where to keep it")
    )
    lan = options["lan"] and (
        options["host"] == "127.0.0.1" or overrides("lan", "host", "--lan listens on all interfaces and --host on one")
    )
    for folder in (*options["words_dir"], *options["plugins_dir"]):
        if not Path(folder).is_dir():
            fail(f"there is no folder {folder}; make it, or name another")
    port = PORT if options["port"] is None else options["port"]
    limits = limits_of(options["limit"])
    scripts = tuple(options["scripts"]) or ("Latin",)
    _check_names(options["name"], options.get("room"), limits, scripts)
    return Settings(
        host="" if lan else options["host"],
        port=port,
        words=options["words"],
        words_dirs=[Path(folder) for folder in options["words_dir"]],
        data=None if memory else data_folder(options["data"]),
        seed=options["seed"],
        plugins=options["plugin"],
        plugins_dirs=[Path(folder) for folder in options["plugins_dir"]],
        limits=limits,
        host_seated=playing,
        host_line="/new" if playing else None,
        password=options["password"],
        tls=tls_of(options["tls_cert"], options["tls_key"]),
        scripts=scripts,
        web=door_of("web", options["web"]),
        web_url=page_of(options["web_url"]),
        ssh=door_of("ssh", options["ssh"]),
    )


def _check_names(name: str | None, room: str | None, limits: Limits, scripts: Sequence[str]) -> None:
    """Ends the program on a host's name or room that the server would refuse once it runs."""
    try:
        if name:
            check_name(name, scripts=("Latin", *scripts), max_chars=limits.name_chars)
    except BadName as error:
        fail(f"--name {name!r}: {error}; choose another")
    try:
        if room:
            check_room(room, max_chars=limits.room_chars)
    except BadName as error:
        fail(f"--room {room!r}: {error}; choose another")


def run_play(options: Mapping[str, Any]) -> int:
    """`play`: gives the exit code."""
    settings = settings_of(options, playing=True)
    fallback = options["port"] is None
    _log_to(options["log"], quiet=True)
    stop = Stop()
    try:
        with asyncio.Runner(loop_factory=Loop) as runner:
            any_data = options["data"] is None
            return runner.run(_play(settings, options, stop, any_port=fallback, any_data=any_data))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        stop.reached()


def run_serve(options: Mapping[str, Any]) -> int:
    """`serve`: gives the exit code."""
    settings = settings_of(options, playing=False)
    _log_to(options["log"], quiet=on_terminal() and not options["no_console"])
    stop = Stop()
    try:
        with asyncio.Runner(loop_factory=Loop) as runner:
            return runner.run(_serve(settings, options, stop))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        stop.reached()


def _log_to(path: str | None, *, quiet: bool) -> None:
    try:
        set_up(path, quiet=quiet)
    except OSError as error:
        fail(f"--log {path} cannot be written: {error.strerror}")


async def _play(settings: Settings, options: Mapping[str, Any], stop: Stop, *, any_port: bool, any_data: bool) -> int:
    server = await _started(settings, any_port=any_port, any_data=any_data)
    _say_notes(server)
    told = _ways_in(server)
    if options["as_json"]:  # which prints messages and nothing else
        for line in told:
            click.echo(line, err=True)
    stop.listen()
    sitting = asyncio.create_task(_sit(server, options, remarks=[_way_in_here(server), *told]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({sitting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stop.nears()
    code = sitting.result() if sitting.done() else stop.code
    await _ended(stopping)
    if not sitting.done():
        await _ended(sitting)
    await server.stop()
    return code


async def _serve(settings: Settings, options: Mapping[str, Any], stop: Stop) -> int:
    server = await _started(settings)
    stop.listen()
    click.echo(f"listening on {addresses.shown(*server.bound[0])}")
    told = _ways_in(server)
    for line in told:
        click.echo(line)
    sys.stdout.flush()
    _say_notes(server)
    stopping = asyncio.create_task(stop.wait())
    others = [stopping]
    if options["no_console"] or not on_terminal():  # on a terminal, SIGHUP says that the terminal is gone
        others.append(asyncio.create_task(on_hangup(server.reload)))
    if options["no_console"]:
        await stopping
    else:
        remarks = [_way_in_here(server), *told] if on_terminal() else []  # a full screen covers what was printed
        console = asyncio.create_task(_sit(server, options, remarks=remarks, stay=True))
        await asyncio.wait({console, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if console.done() and not stopping.done():
            left = 1 if console.exception() is not None else console.result()
            if left not in (0, INTERRUPTED):
                # the console is elsewhere now, or broken; the server goes on
                await stopping
            elif left == INTERRUPTED:  # a full screen reads Ctrl-C as a key, where others get a signal
                stop.code = INTERRUPTED
        await _ended(console)
    stop.nears()
    for task in others:
        await _ended(task)
    await server.stop()
    return stop.code


async def _sit(server: Server, options: Mapping[str, Any], *, remarks: Sequence[str], stay: bool = False) -> int:
    """The host's own client, on the ordinary port with the host's token; gives its exit code."""
    # imported once the server accepts: nobody else waits for it
    from hangman_net.cli.joining import sit
    from hangman_net.client.link import Login

    tls = None
    if server.settings.tls is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # this process has the port: whose certificate it shows need not be asked, and may well name another host
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    login = Login(
        host=addresses.nearest(server.bound[0][0]),
        port=server.port,
        name=options["name"] or "host",
        room=options.get("room"),
        token=server.host_token,
        tls=tls,
    )
    return await sit(login, options, stay=stay, remarks=remarks)


async def _ended(task: asyncio.Task[Any]) -> None:
    """Cancels a task and waits for it."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _started(settings: Settings, *, any_port: bool = False, any_data: bool = False) -> Server:
    """A server that runs; ends the program with what to do where it cannot."""
    server = Server(settings)
    try:
        await server.start()
    except StoreError as error:
        if not any_data:
            fail(str(error))
        click.echo(f"hangman-net: nothing is kept of this game: {error}", err=True)
        return await _started(replace(settings, data=None), any_port=any_port)
    except (UnknownList, ListRefused) as error:
        fail(f"{error}; 'hangman-net words list' lists them")
    except CertificateError as error:
        fail(f"{error}; name others with --tls-cert and --tls-key")
    except CannotListen as error:
        if isinstance(error.cause, socket.gaierror):
            option = "--host" if error.option == "--port" else error.option
            fail(f"{option} {error.host}: there is no such address; name another")
        if error.errno == errno.EADDRINUSE:
            if any_port and error.option == "--port":
                return await _started(replace(settings, port=0), any_data=any_data)
            option = error.option
            fail(f"port {error.port} is busy; choose another with {option}, or any free one with {option} 0")
        if error.errno in (errno.EACCES, errno.EPERM):
            fail(f"port {error.port} is not for you; choose one above 1023 with {error.option}")
        where = error.host or "all interfaces"
        fail(f"cannot listen on {where} port {error.port}: {error.strerror}; name another address")
    return server


def _way_in_here(server: Server) -> str:
    """What to tell others at this machine, who may not know which port it became."""
    return f"join from this machine: hangman-net join {server.address_at(addresses.nearest(server.bound[0][0]))}"


def _ways_in(server: Server) -> list[str]:
    """What to tell others who want to join, as far as this machine knows its own addresses."""
    told: list[str] = []
    if server.settings.host == "":
        joins = [server.address_at(address) for address in addresses.from_elsewhere()]
        told += [f"join from other machines: hangman-net join {join}" for join in joins]
    if server.page is not None:
        told.append(f"play in a browser: {server.page}/")
        if on_terminal():
            from hangman_net.web.picture import qr_code

            told.append(qr_code(f"{server.page}/"))
    if server.ssh is not None:
        host, port, fingerprint = server.ssh
        told.append(f"play by ssh: ssh -p {port} NAME@{host} (its key: {fingerprint})")
    return told


def _say_notes(server: Server) -> None:
    settings = server.settings
    if settings.tls is None and settings.password is None and not addresses.is_loopback(settings.host):
        click.echo(
            "hangman-net: whoever reaches this port can join, and nothing is encrypted; "
            "--password WORD and --tls-cert FILE --tls-key FILE change that",
            err=True,
        )
    for note in server.notes:
        click.echo(f"hangman-net: {note}", err=True)
