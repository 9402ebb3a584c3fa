"""The full screen as a running application: it listens, paints in time, rings, and leaves the terminal as it was.

It knows the loop and the terminal; it must not know sockets, what keys mean or what the panes show.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct
from prompt_toolkit.application import Application
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output

from hangman_net.client import view
from hangman_net.client.events import Closed, Event, Link
from hangman_net.client.history import History, default_path
from hangman_net.client.model import Connection
from hangman_net.client.screen.desk import Desk
from hangman_net.client.screen.keys import bindings
from hangman_net.client.screen.paint import Painter
from hangman_net.client.screen.style import style

REDRAW = 0.05
"""Seconds between two paintings at least: twenty a second are smooth, and a flood of talk costs no more."""

NEWS = 0.1
"""Seconds between two paintings of what only arrives: of fifty lines a second nobody reads each as it comes, but
what is typed meanwhile is painted at once."""

ESCAPE = 0.05
"""Seconds after which an Esc is one, and not the beginning of a key: no terminal sends a key's bytes slower."""


class Options(Struct, frozen=True, kw_only=True):
    """How the screen behaves. `input` and `output` are the terminal's unless given; `now` is POSIX seconds.

    Without a `history` that of the platform's state folder is used.
    """

    bell: bool = True
    timestamps: bool = False
    history: History | None = None
    input: Input | None = None
    output: Output | None = None
    color_depth: ColorDepth | None = None
    now: Callable[[], float] = time.time


async def run_screen(connect: Callable[[Callable[[Event], None]], Link], *, options: Options | None = None) -> int:
    """Run the full screen until the person leaves or the link ends; both ends must be terminals.

    `connect` makes the link; it gets the function that the link tells its events. Returns the exit code; why the link
    ended, if it has something to say, stands in one line on standard error.
    """
    screen = Screen(connect, options or Options())
    closed = await screen.run()
    reason = closed.reason or ("The server has stopped." if screen.desk.model.reason == "stopping" else None)
    if reason:
        sys.stderr.write(f"hangman-net: {reason}\n")
    return closed.code


class Screen:
    """A desk, a painter and a link in one application."""

    def __init__(self, connect: Callable[[Callable[[Event], None]], Link], options: Options) -> None:
        self.link = connect(self.on_event)
        self.desk = Desk(self.link, options.history or History(default_path()), options.now, self._exit)
        self.desk.bell = options.bell
        self.desk.talk.timestamps = options.timestamps
        self._ticking: asyncio.TimerHandle | None = None
        self._news: asyncio.TimerHandle | None = None
        self._told = 0.0
        self._painter = Painter(self.desk, self._size)
        self._doubted = False
        self.app: Application[Closed] = Application(
            layout=self._painter.layout(),
            style=style(),
            key_bindings=bindings(self.desk),
            full_screen=True,
            mouse_support=False,  # the terminal's own selection goes on working
            color_depth=options.color_depth,
            min_redraw_interval=REDRAW,
            input=options.input,
            output=options.output,
            before_render=lambda _: self._wipe(),
            after_render=lambda _: self._painted(),
        )
        self.app.ttimeoutlen = ESCAPE
        self.app.timeoutlen = 4 * ESCAPE  # Esc and a letter by hand, for the editing keys that want both

    async def run(self) -> Closed:
        """Paint and listen until it is over; the terminal is as it was afterwards."""
        with self._terminable():
            link = asyncio.create_task(self.link.run())
            link.add_done_callback(self._link_ended)
            try:
                return await self.app.run_async(set_exception_handler=False)
            except EOFError:  # the terminal is gone
                return Closed()
            finally:
                for timer in (self._ticking, self._news):
                    if timer is not None:
                        timer.cancel()
                self.link.leave()
                link.cancel()
                await asyncio.wait([link])

    @contextmanager
    def _terminable(self) -> Iterator[None]:
        """A SIGTERM that nobody else in this process listens to would leave the terminal raw."""
        loop = asyncio.get_running_loop()
        mine = (
            sys.platform != "win32"
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        )
        if mine:
            loop.add_signal_handler(signal.SIGTERM, self._exit, Closed(code=128 + signal.SIGTERM))
        try:
            yield
        finally:
            if mine:
                loop.remove_signal_handler(signal.SIGTERM)

    def on_event(self, event: Event) -> None:
        """Something came from the link."""
        if self.desk.learn(event):
            self.app.output.bell()
        if self._news is None:
            loop = asyncio.get_running_loop()
            self._news = loop.call_at(max(loop.time(), self._told + NEWS), self._tell)

    def _tell(self) -> None:
        """Paint what has come since the last time."""
        self._news, self._told = None, asyncio.get_running_loop().time()
        self.app.invalidate()

    def _wipe(self) -> None:
        """Before a painting: where the terminal may show something else than we think, all of it is painted anew."""
        if self._doubted and self.app.is_running:
            self.app.renderer.erase(leave_alternate_screen=False)

    def _painted(self) -> None:
        """After a painting: what turned out to be doubtful is painted once more, as a whole."""
        self._tick()
        before, self._doubted = self._doubted, self._painter.doubtful
        if self._doubted and not before:
            self.app.invalidate()

    def _tick(self) -> None:
        """After each painting: where a clock runs in sight, paint again when its next second begins."""
        model, now = self.desk.model, self.desk.now()
        waits = model.retry_in(now) if model.connection is Connection.LOST else model.seconds_left(now)
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        if waits is not None and waits > 0:
            self._ticking = asyncio.get_running_loop().call_later(waits % 1 or 1.0, self.app.invalidate)

    def _size(self) -> view.Layout:
        size = self.app.output.get_size()
        return view.layout(size.columns, size.rows)

    def _exit(self, closed: Closed) -> None:
        if self.app.is_running and not self.app.is_done:
            self.app.exit(result=closed)

    def _link_ended(self, link: asyncio.Task[Closed]) -> None:
        if link.cancelled():
            return
        if (error := link.exception()) is not None:
            if self.app.is_running and not self.app.is_done:
                self.app.exit(exception=error)
            return
        self._exit(link.result())
