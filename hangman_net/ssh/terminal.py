"""A terminal at the other end of a channel, as the input and output that the full screen is drawn with.

It knows keys, sizes and how fast a person can type; it must not know ssh, links or what is drawn.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, TextIO, cast

from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import Input
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output.vt100 import Vt100_Output

from hangman_net.client.events import Closed, Event, Link
from hangman_net.client.history import History
from hangman_net.client.screen.app import Options, Screen

COLUMNS, ROWS = 80, 24
"""The size of a terminal that does not say its own, or says 0x0."""

MOST_COLUMNS, MOST_ROWS = 300, 100
"""More is not drawn: a screen of 10,000 by 10,000 would be 100 MB at each keystroke."""

KEYS: Final = 256
"""Characters handed to the screen at a time: each costs a tenth of a millisecond, and others are waiting."""

KEYS_EVERY: Final = 0.05
"""Seconds between two such portions: 5,000 characters a second, faster than anybody types or pastes by hand."""

MOST_WAITING: Final = 4_096
"""Characters that may wait to be handed on, before the channel is not read."""

MOST_UNFINISHED: Final = 65_536
"""Characters without a key among them, as in a paste that never ends; whoever sends more is no person."""


class Keys(Input):
    """Keys out of what a channel brings; no file descriptor and no thread."""

    def __init__(self) -> None:
        self.unfinished = 0  # characters since the last key
        self._pressed: list[KeyPress] = []
        self._parser = Vt100Parser(self._press)
        self._ready: Callable[[], None] | None = None
        self._closed = False

    def feed(self, text: str) -> None:
        """What was typed."""
        self.unfinished += len(text)
        self._parser.feed(text)
        if self._ready is not None:
            self._ready()

    def close(self) -> None:
        """The terminal is gone."""
        self._closed = True
        if self._ready is not None:
            self._ready()

    @property
    def closed(self) -> bool:
        return self._closed

    def fileno(self) -> int:
        raise io.UnsupportedOperation("a channel has no file")

    def typeahead_hash(self) -> str:
        return f"channel-{id(self)}"

    def read_keys(self) -> list[KeyPress]:
        pressed, self._pressed = self._pressed, []
        return pressed

    def flush_keys(self) -> list[KeyPress]:
        self._parser.flush()
        return self.read_keys()

    def raw_mode(self) -> AbstractContextManager[None]:
        return nullcontext()

    def cooked_mode(self) -> AbstractContextManager[None]:
        return nullcontext()

    @contextmanager
    def attach(self, input_ready_callback: Callable[[], None]) -> Iterator[None]:
        before, self._ready = self._ready, input_ready_callback
        asyncio.get_running_loop().call_soon(input_ready_callback)  # what was typed before
        try:
            yield
        finally:
            self._ready = before

    @contextmanager
    def detach(self) -> Iterator[None]:
        before, self._ready = self._ready, None
        try:
            yield
        finally:
            self._ready = before

    def _press(self, key: KeyPress) -> None:
        self.unfinished = 0
        self._pressed.append(key)


class _Paper(io.TextIOBase):
    """What the output writes on."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def write(self, text: str, /) -> int:
        self._write(text.replace("\n", "\r\n"))
        return len(text)

    def isatty(self) -> bool:
        return True


class Terminal:
    """One terminal: keys are given to `feed`, `resize` tells its size, and `write` gets what it is to show."""

    def __init__(self, write: Callable[[str], None], *, kind: str, columns: int, rows: int) -> None:
        self._keys = Keys()
        self._size = _size(columns, rows)
        paper = cast("TextIO", _Paper(write))  # it is all of a TextIO that an output asks for
        self._output = Vt100_Output(paper, lambda: self._size, term=kind, enable_cpr=False)
        self._waiting = ""
        self._timer: asyncio.TimerHandle | None = None
        self._screen: Screen | None = None

    @property
    def flooded(self) -> bool:
        """Whether what comes is more than a person types: the channel should not be read for now."""
        return len(self._waiting) > MOST_WAITING

    @property
    def babbles(self) -> bool:
        """Whether what comes has no end and no key in it."""
        return self._keys.unfinished > MOST_UNFINISHED

    def feed(self, text: str) -> None:
        """What was typed; handed to the screen a portion at a time."""
        self._waiting += text
        if self._timer is None:
            self._hand_on()

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size now."""
        size = _size(columns, rows)
        if size != self._size:
            self._size = size
            if self._screen is not None:
                self._screen.app.renderer.erase()
                self._screen.app.invalidate()

    def close(self) -> None:
        """The terminal is gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._keys.close()

    async def run(self, connect: Callable[[Callable[[Event], None]], Link], on_calm: Callable[[], None]) -> Closed:
        """Show the full screen until it is over. `on_calm` is told whenever a flood has been handed on."""
        self._on_calm = on_calm
        options = Options(
            history=History(),  # in memory: nothing of a visitor is kept in the host's folders
            input=self._keys,
            output=self._output,
            color_depth=self._output.get_default_color_depth(),  # not what the host's own environment says
        )
        with create_app_session(input=self._keys, output=self._output):
            self._screen = Screen(connect, options)
            closed = await self._screen.run()
        if closed.reason is None and self._screen.desk.model.reason == "stopping":
            return Closed("The server has stopped.", closed.code)
        return closed

    def _hand_on(self) -> None:
        self._timer = None
        portion, self._waiting = self._waiting[:KEYS], self._waiting[KEYS:]
        if portion:
            was_flooded = len(portion) + len(self._waiting) > MOST_WAITING
            self._timer = asyncio.get_running_loop().call_later(KEYS_EVERY, self._hand_on)
            self._keys.feed(portion)
            if was_flooded and not self.flooded and self._screen is not None:
                self._on_calm()


def _size(columns: int, rows: int) -> Size:
    return Size(
        rows=min(rows, MOST_ROWS) if rows > 0 else ROWS,
        columns=min(columns, MOST_COLUMNS) if columns > 0 else COLUMNS,
    )
