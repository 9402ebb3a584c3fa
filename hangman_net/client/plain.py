"""Line mode: lines in, one event a line out, for pipes, dumb terminals, screen readers and scripts.

It knows streams of text and how such a session begins and ends; it must not know how an event is worded or a frame cut.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Final, TextIO

import msgspec

from hangman_net.client import endings
from hangman_net.client.events import Closed, Connecting, Event, Lost, Remark
from hangman_net.client.lines import lines
from hangman_net.client.link import BadLine, Link, Login
from hangman_net.client.model import Model, update
from hangman_net.client.tokens import Tokens

TRIES: Final = 3
"""Tries to come back, 3.5 s in all: a script wants an end rather than patience."""

ACK_WITHIN: Final = 60.0
"""Seconds without an ack after which line mode leaves all the same: no server takes so long over a line."""

LONGEST: Final = 65_536
"""Bytes of an input line that are looked at: more than any server takes, and no memory for a line without end."""

AHEAD: Final = 64
"""Lines read before they can be sent: the rest of a large file waits in the pipe."""


async def run_plain(
    login: Login,
    *,
    stdin: int | None,
    stdout: TextIO,
    stderr: TextIO,
    art: bool = False,
    json: bool = False,
    stay: bool = False,
    tokens: Tokens | None = None,
    tries: int | None = TRIES,
    remarks: Sequence[str] = (),
    clock: Callable[[], float] = time.time,
) -> int:
    """Sit at a server in line mode until one side leaves; gives the exit code (contract section 1).

    `stdin` is a file descriptor: its lines are sent, and at its end the seat is left once every line has its ack,
    unless `stay`; None reads nothing and stays. `remarks` come first, `art` prints pictures too; `json` prints each
    message of the server as one JSON object a line and nothing else. How it ended, if not well, is one line on
    `stderr`. Cancelled, it says good-bye and leaves at once.
    """
    if isinstance(stdout, TextIOWrapper):
        stdout.reconfigure(errors="replace")  # a name must not end the game where the terminal's encoding is narrow
    face = _JsonFace(stdout) if json else _WordFace(stdout, clock, art=art)
    news = asyncio.Event()
    unread = False

    def on_event(event: Event) -> None:
        nonlocal unread
        try:
            face.show(event)
        except OSError:  # nobody reads what is printed, as behind `| head`
            unread = True
            link.drop()
        news.set()

    link = Link(login, on_event, tokens=tokens, tries=tries)
    for remark in remarks:
        on_event(Remark(remark))
    async with asyncio.TaskGroup() as group:
        staying = group.create_task(link.run())
        if stdin is not None:
            typing = group.create_task(_type(link, _Input(stdin), news, stderr, stay=stay))
            staying.add_done_callback(lambda _: typing.cancel())
        try:
            await asyncio.wait({staying})
        except asyncio.CancelledError:
            link.leave()
            raise
    closed = staying.result()
    if closed.reason is not None:
        stderr.write(f"hangman-net: {closed.reason}\n")
    return endings.FAILED if unread else closed.code


async def _type(link: Link, lines: _Input, news: asyncio.Event, stderr: TextIO, *, stay: bool) -> None:
    """Send what is typed; a pipe's lines one after the other's ack, so that a long script is never `rate_limited`."""

    async def settled() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ACK_WITHIN):
                while link.owed or not link.online:
                    news.clear()
                    await news.wait()

    while (line := await lines.next()) is not None:
        if not lines.typed:
            await settled()
        try:
            link.send(line)
        except BadLine as error:
            stderr.write(f"hangman-net: {error}\n")
    if not stay:
        await settled()
        link.leave()


class _Input:
    """The lines of a file descriptor that say something, read by a thread that nobody has to wait for.

    The loop's own executor would be waited for at the exit, and a reader of an idle terminal never comes back.
    """

    def __init__(self, descriptor: int) -> None:
        self.typed = os.isatty(descriptor)
        self._descriptor = descriptor
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._ahead = threading.Semaphore(AHEAD)
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    async def next(self) -> str | None:
        """The next line without its end, or None after the last."""
        line = await self._lines.get()
        self._ahead.release()
        return line

    def _read(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: whoever wanted the lines has left
            for line in _lines_of(self._descriptor):
                if line.strip():
                    self._put(line)
            self._put(None)

    def _put(self, line: str | None) -> None:
        self._ahead.acquire()
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


def _lines_of(descriptor: int) -> Iterator[str]:
    """Lines as they come: read past Python's own buffer, whose lock an idle thread would hold at the exit."""
    rest = b""
    with suppress(OSError):  # no standard input at all, or a terminal that is gone
        while chunk := os.read(descriptor, LONGEST):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
            rest = rest[:LONGEST]
    yield rest.decode(errors="replace")


class _WordFace:
    """Prints each event in words."""

    def __init__(self, stdout: TextIO, clock: Callable[[], float], *, art: bool) -> None:
        self._stdout = stdout
        self._clock = clock
        self._art = art
        self._model = Model()

    def show(self, event: Event) -> None:
        """Print it; raises `OSError` where that cannot be done any more."""
        before, self._model = self._model, update(self._model, event, self._clock())
        for line in lines(before, event, self._model, art=self._art):
            self._stdout.write(line + "\n")
        self._stdout.flush()


class _JsonFace:
    """Prints each message of the server as one JSON object a line."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout

    def show(self, event: Event) -> None:
        """Print it; raises `OSError` where that cannot be done any more."""
        if not isinstance(event, Connecting | Lost | Closed | Remark):
            self._stdout.write(_harmless(msgspec.json.encode(event).decode()) + "\n")
            self._stdout.flush()


def _harmless(json: str) -> str:
    """The same JSON, all that is not printable escaped: by itself JSON lets C1 controls and bidi overrides stand."""
    if json.isprintable():
        return json
    from json import dumps

    return "".join(char if char.isprintable() else dumps(char)[1:-1] for char in json)
