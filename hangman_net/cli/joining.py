"""A client of one's own: address, face and name put together for `join`, and for the consoles of `play` and `serve`.

It knows which face fits which terminal; it must not know how a face paints or a link connects.
"""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hangman_net.cli.options import fail
from hangman_net.cli.terminal import on_terminal
from hangman_net.client.events import Event, Remark
from hangman_net.client.link import DEFAULT_PORT, Link, Login
from hangman_net.client.tokens import Tokens

TLS = "tls://"
"""Stands before the address of a server that encrypts."""

WEB = {"ws://": 80, "wss://": 443}
"""Stand before the address of a WebSocket, with the port that is meant where none is named."""


def address_of(text: str, *, default: int = DEFAULT_PORT) -> tuple[str, int]:
    """Host and port of `HOST`, `HOST:PORT`, `[::1]`, `[::1]:PORT` or `::1`; ends the program on anything else."""
    host, port = text, ""
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            fail(f"{text!r} is no address; write HOST:PORT, or [::1]:PORT")
        port = port[1:] if port else ""
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        if not port:
            fail(f"{text!r} is no address; write HOST:PORT")
    if not host or any(c.isspace() for c in host):
        fail(f"{text!r} is no address; write HOST:PORT")
    if not port:
        return host, default
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        fail(f"{port!r} is no port; write HOST:PORT with a port from 1 to 65535")
    return host, int(port)


def run_join(address: str, options: Mapping[str, Any]) -> int:
    """`join`: gives the exit code."""
    scheme, slashes, where = address.rpartition("://")
    scheme = (scheme + slashes).lower()
    path = None
    if scheme in WEB:
        if importlib.util.find_spec("websockets") is None:
            fail(f"{scheme} needs what is not installed: pip install 'hangman-net[web]'")
        where, slash, path = where.partition("/")
        if "#" in path:
            fail(f"{address!r} is no address: what stands behind # is for a browser; leave it out")
        path = slash + path or "/ws"
    elif scheme not in ("", TLS):
        fail(f"{address!r} is no address; write HOST:PORT, {TLS}HOST:PORT, ws://HOST:PORT or wss://HOST:PORT")
    host, port = address_of(where, default=WEB.get(scheme, DEFAULT_PORT))
    login = Login(
        host=host,
        port=port,
        name=options["name"],
        room=options["room"],
        token=options["token"],
        password=options["password"],
        tls=_trusted(options["ca"], tls=scheme in (TLS, "wss://")),
        path=path,
    )
    try:
        return asyncio.run(sit(login, options, tokens=Tokens()))
    except KeyboardInterrupt:
        return 130


def _trusted(ca: str | None, *, tls: bool) -> ssl.SSLContext | None:
    """Whom to believe that they are the server named: whom the authority in `ca` vouches for, or the system's."""
    if not tls:
        return (
            None if ca is None else fail(f"--ca is for a server that encrypts: join {TLS}HOST:PORT or wss://HOST:PORT")
        )
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        fail(f"--ca {ca} cannot be used: {error.strerror or 'it holds no certificate in PEM'}")


async def sit(
    login: Login,
    options: Mapping[str, Any],
    *,
    tokens: Tokens | None = None,
    stay: bool = False,
    remarks: Sequence[str] = (),
) -> int:
    """Sits at a server with the face that fits, until one side leaves; gives the exit code.

    `remarks` are told before all else. With `--no-console` nothing is read, so that only the server ends it.
    """
    plain, as_json, unread = options.get("plain"), options.get("as_json"), options.get("no_console")
    if plain or as_json or unread or not on_terminal():
        from hangman_net.client.plain import run_plain

        return await run_plain(
            login,
            stdin=None if unread else 0,
            stdout=sys.stdout,
            stderr=sys.stderr,
            art=bool(options.get("art")) or not (plain or on_terminal()),
            json=bool(as_json),
            stay=stay,
            tokens=tokens,
            remarks=remarks,
        )
    from hangman_net.client.screen.app import Options, run_screen

    look = Options(bell=not options.get("no_bell"), timestamps=bool(options.get("timestamps")))

    def connect(on_event: Callable[[Event], None]) -> Link:
        for remark in remarks:
            asyncio.get_running_loop().call_soon(on_event, Remark(remark))
        return Link(login, on_event, tokens=tokens)

    return await run_screen(connect, options=look)
