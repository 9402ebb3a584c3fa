"""The full screen: a model, a prompt and panes put together in a prompt_toolkit application.

It knows when to fold, paint, ring and leave; it must not know sockets, commands or the rules of the game.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import Input
from prompt_toolkit.layout import ConditionalContainer, Dimension, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import ColorDepth, Output

from hangman_net.client import view
from hangman_net.client.board import side_rows
from hangman_net.client.events import Closed, Event, Link, Remark
from hangman_net.client.history import History, default_path
from hangman_net.client.model import Connection, Model, read_all, read_so_far, update
from hangman_net.client.rows import Row, clip, fill, rule, steady
from hangman_net.client.screen.keys import bindings
from hangman_net.client.screen.panes import RowsControl, Talk
from hangman_net.client.screen.prompt import PASTE_LINES, Prompt, SteadyInput
from hangman_net.client.screen.style import style

REDRAW = 0.05
"""Seconds between two paintings at least: twenty a second are smooth, and a flood of talk costs no more."""

ESCAPE = 0.05
"""Seconds after which an Esc is one, and not the beginning of a key: no terminal sends a key's bytes slower."""

INTERRUPTED = 130
"""Exit code of Ctrl-C (contract section 1)."""


class Page(Enum):
    """What the main pane shows."""

    TALK = "talk"
    HELP = "help"
    SIDE = "side"  # on a screen too narrow for both


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
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
    reason = closed.reason or ("The server has stopped." if screen.model.reason == "stopping" else None)
    if reason:
        sys.stderr.write(f"hangman-net: {reason}\n")
    return closed.code


class Screen:
    """The application and the state that only a screen has: what is folded, scrolled and switched on."""

    def __init__(self, connect: Callable[[Callable[[Event], None]], Link], options: Options) -> None:
        self.model = Model()
        self.page = Page.TALK
        self.bell = options.bell
        self.talk = Talk()
        self.talk.timestamps = options.timestamps
        self.link = connect(self.on_event)
        history = options.history or History(default_path())
        self.prompt = Prompt(lambda: self.model, self.link.complete, history)
        self._now = options.now
        self._help_top = 0
        self._ticking: asyncio.TimerHandle | None = None
        self.app: Application[Closed] = Application(
            layout=self._layout(),
            style=style(),
            key_bindings=bindings(self),
            full_screen=True,
            mouse_support=False,  # the terminal's own selection goes on working
            color_depth=options.color_depth,
            min_redraw_interval=REDRAW,
            input=options.input,
            output=options.output,
            after_render=lambda _: self._tick(),
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
                if self._ticking is not None:
                    self._ticking.cancel()
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
        bells = self.model.bells
        self.model = update(self.model, event, self._now())
        self.prompt.answered()
        if self.model.bells > bells and self.bell:
            self.app.output.bell()
        self.app.invalidate()

    # --- verbs of keys --------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Enter: the line goes to the server as it is."""
        if not self.prompt.text.strip():
            self.prompt.buffer.reset()
            self.to_foot()
            return
        self._send(self.prompt.take())
        self.page = Page.TALK
        self.to_foot()

    def interrupt(self) -> None:
        """Ctrl-C: away, whatever the server does."""
        self._exit(Closed(code=INTERRUPTED))

    def leave(self) -> None:
        """End of input: away as by `/q`."""
        self.link.leave()

    def scroll(self, pages: int) -> None:
        """Page back (or on, where negative) in what the main pane shows."""
        if self.page is Page.HELP:
            self._help_top -= pages * self.talk.page()
            return
        self.page = Page.TALK
        self.talk.scroll(self.model, pages * self.talk.page())
        self.model = read_all(self.model) if self.talk.anchor is None else read_so_far(self.model)

    def to_foot(self) -> bool:
        """Down to the newest; False where one is there already."""
        scrolled = self.talk.anchor is not None
        self.talk.anchor = None
        self.model = read_all(self.model)
        return scrolled

    def toggle_help(self) -> None:
        """Help on or off."""
        self.page = Page.TALK if self.page is Page.HELP else Page.HELP
        self._help_top = 0

    def toggle_side(self) -> None:
        """Where the side pane is folded away: picture and players instead of the talk, or back."""
        self.page = Page.TALK if self.page is Page.SIDE else Page.SIDE

    def toggle_times(self) -> None:
        """Times beside the talk, or none."""
        self.talk.timestamps = not self.talk.timestamps

    def toggle_bell(self) -> None:
        """The bell on or off."""
        self.bell = not self.bell

    def escape(self) -> None:
        """Esc: what is open closes."""
        self.prompt.close_menu()
        self.page = Page.TALK

    def answer_paste(self, answer: str) -> None:
        """What becomes of several pasted lines: `y` sends them, `j` joins them, `n` drops them."""
        lines = self.prompt.pasted
        match answer:
            case "y" | "Y" if len(lines) <= PASTE_LINES:
                self.prompt.pasted = ()
                for line in lines:
                    self._send(line)
                self.to_foot()
            case "j" | "J":
                self.prompt.join_pasted()
            case "n" | "N":
                self.prompt.pasted = ()

    def _send(self, line: str) -> None:
        try:
            self.link.send(line)
        except ValueError as error:
            self.on_event(Remark(str(error)))

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

    # --- painting -------------------------------------------------------------------------------------------------

    def _layout(self) -> Layout:
        wide = Condition(lambda: self._size().side > 0)
        airy = Condition(lambda: self._size().airy)

        # Every size is exact: prompt_toolkit shares what is left over out a cell at a time, which would cost more than
        # all the rest of a painting.
        def columns() -> Dimension:
            size = self._size()
            return Dimension.exact(size.columns - size.side - 2 if size.side else size.columns)

        def talk_rows() -> Dimension:
            return Dimension.exact(max(1, self._body() - menu_rows()))

        def menu_rows() -> int:
            return len(self._menu_rows(80, 0))

        main = Window(RowsControl(self._main_rows), width=columns, height=talk_rows)
        menu = Window(RowsControl(self._menu_rows), width=columns, height=menu_rows)
        border = Window(RowsControl(lambda _, rows: [(("class:border", " │"),)] * rows), width=2)
        side = Window(RowsControl(self._side_rows), width=lambda: self._size().side)
        control = BufferControl(
            self.prompt.buffer,
            input_processors=[SteadyInput(self.prompt), BeforeInput("> ", style="class:prompt")],
            include_default_input_processors=False,
        )
        foot = Window(RowsControl(self._foot_rows), height=lambda: self._size().toolbar + self._size().airy)
        above_input = Window(RowsControl(lambda columns, _: [rule("", columns)]), height=1)
        return Layout(
            HSplit(
                [
                    VSplit(
                        [
                            HSplit([main, menu], width=columns),
                            ConditionalContainer(border, filter=wide),
                            ConditionalContainer(side, filter=wide),
                        ],
                        height=lambda: Dimension.exact(self._body()),
                    ),
                    ConditionalContainer(above_input, filter=airy),
                    Window(control, height=1),
                    foot,
                ]
            ),
            focused_element=control,
        )

    def _size(self) -> view.Layout:
        size = self.app.output.get_size()
        return view.layout(size.columns, size.rows)

    def _body(self) -> int:
        """Rows above the input and what belongs to it."""
        size = self._size()
        return max(1, size.rows - size.toolbar - 1 - 2 * size.airy)

    def _main_rows(self, columns: int, rows: int) -> list[Row]:
        if self.page is Page.HELP:
            lines = view.help_rows(self.model, columns)
            self._help_top = max(0, min(self._help_top, len(lines) - rows))
            return lines[self._help_top :][:rows]
        if self.page is Page.SIDE and not self._size().side:
            return side_rows(self.model, columns, rows, self._now())
        return self.talk.rows(self.model, columns, rows)

    def _menu_rows(self, columns: int, _: int) -> list[Row]:
        return self.prompt.menu_rows(columns, self._size().rows)

    def _side_rows(self, columns: int, rows: int) -> list[Row]:
        return side_rows(self.model, columns, rows, self._now())

    def _foot_rows(self, columns: int, rows: int) -> list[Row]:
        size = self._size()
        toolbar = view.toolbar_rows(self.model, size, self._now(), waiting=self.link.owed, bell=self.bell)
        hint = self._hint(columns)
        if size.airy:
            return [hint, *toolbar]
        return [*toolbar[:-1], hint] if hint else toolbar  # no row to spare: the hint stands in the toolbar's place

    def _hint(self, columns: int) -> Row:
        if count := len(self.prompt.pasted):
            if count > PASTE_LINES:
                question = f"{count} lines pasted, at most {PASTE_LINES} can be sent: j joins them, n drops them"
            else:
                question = f"Send {count} pasted lines? y sends them, j joins them into one, n drops them"
            return fill((("class:question", f"  {question}"),), columns, "class:question")
        usage = self.prompt.usage()
        if usage is None:
            return ()
        mark = "! " if usage.wrong else "  "
        return clip((("class:wrong" if usage.wrong else "class:usage", mark + steady(usage.text)),), columns)

    def _tick(self) -> None:
        """After each painting: where a clock runs in sight, paint again when its next second begins."""
        now = self._now()
        waits = self.model.retry_in(now) if self.model.connection is Connection.LOST else self.model.seconds_left(now)
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        if waits is not None and waits > 0:
            self._ticking = asyncio.get_running_loop().call_later(waits % 1 or 1.0, self.app.invalidate)
