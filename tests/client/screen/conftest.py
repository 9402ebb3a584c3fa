"""The real screen between a made-up link and a terminal emulator: keys go in, a grid of characters comes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pyte
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from hangman_net.client.events import Closed, Event
from hangman_net.client.history import History
from hangman_net.client.screen.app import Options, Screen

NOON = 1_795_348_800.0


class Terminal:
    """Where prompt_toolkit writes: an emulator that also remembers every byte."""

    encoding = "utf-8"

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.written = ""

    def write(self, data: str) -> None:
        self.written += data
        self.stream.feed(data)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("no file")


class MadeUpLink:
    """A link whose other end is the test."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self.tell = tell
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.owed = 0
        self.end: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()

    async def run(self) -> Closed:
        closed = await self.end
        self.tell(closed)
        return closed

    def send(self, text: str) -> None:
        if "\0" in text:
            raise ValueError("no NUL")
        self.sent.append(text)

    def complete(self, text: str) -> int | None:
        self.asked.append(text)
        return len(self.asked)

    def leave(self) -> None:
        if not self.end.done():
            self.end.set_result(Closed())


class Driven:
    """A running screen under the test's hand."""

    def __init__(self, keys: PipeInput, columns: int, rows: int, options: Options) -> None:
        self.terminal = Terminal(columns, rows)
        self.keys = keys
        self.clock = NOON
        output = Vt100_Output(self.terminal, self._size, term="xterm-256color", enable_cpr=False)
        made = Options(
            bell=options.bell,
            timestamps=options.timestamps,
            history=options.history or History(),
            input=keys,
            output=output,
            color_depth=options.color_depth or ColorDepth.DEPTH_8_BIT,
            now=lambda: self.clock,
        )
        self.screen = Screen(self._connect, made)
        self.screen.app.min_redraw_interval = None  # the test asks for each painting
        self.link: MadeUpLink

    def _connect(self, tell: Callable[[Event], None]) -> MadeUpLink:
        self.link = MadeUpLink(tell)
        return self.link

    def _size(self) -> Size:
        return Size(rows=self.terminal.screen.lines, columns=self.terminal.screen.columns)

    def gets(self, *events: Event) -> None:
        """Events from the server."""
        for event in events:
            self.link.tell(event)

    async def types(self, text: str) -> None:
        """Keys in one burst; returns when they have had their effect."""
        self.keys.send_text(text)
        await self.settle()

    async def settle(self) -> None:
        """Until everything that was caused has been painted."""
        for _ in range(10):
            await asyncio.sleep(0)
        self.screen.app._redraw()

    async def resize(self, columns: int, rows: int) -> None:
        """The window's size changes."""
        self.terminal.screen.resize(rows, columns)
        self.screen.app._on_resize()
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """The screen's rows, without trailing blanks."""
        return [line.rstrip() for line in self.terminal.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


Drive = Callable[..., AbstractAsyncContextManager[Driven]]


@pytest.fixture
def drive() -> Iterator[Drive]:
    """`async with drive(80, 24) as it:` runs the screen in a terminal of that size."""

    @asynccontextmanager
    async def driving(columns: int = 80, rows: int = 24, options: Options | None = None) -> AsyncIterator[Driven]:
        with create_pipe_input() as keys, create_app_session(input=keys):
            it = Driven(keys, columns, rows, options or Options())
            running = asyncio.create_task(it.screen.run())
            await it.settle()
            try:
                yield it
            finally:
                it.link.leave()
                it.result = await running

    yield driving
