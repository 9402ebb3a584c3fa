"""The panes of the screen, made from what is on the desk for the size that the terminal has now.

It knows which view goes where; it must not know keys, the connection or time.
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.filters import Condition
from prompt_toolkit.layout import ConditionalContainer, Dimension, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl

from hangman_net.client import view
from hangman_net.client.board import clock, side_rows
from hangman_net.client.rows import Row, cells, clip, fill, rule, steady
from hangman_net.client.screen.desk import Desk, Page
from hangman_net.client.screen.panes import RowsControl
from hangman_net.client.screen.prompt import PASTE_LINES, SteadyInput

TIP = "Type to talk; one letter is a guess, / begins a command, Tab completes it."
"""What stands under the input of somebody who has not said anything yet."""


SIGN = "> "
"""What stands before the input, however far it is scrolled."""


class Painter:
    """Makes the rows of each pane; `size` gives where things go on the terminal as it is now."""

    def __init__(self, desk: Desk, size: Callable[[], view.Layout]) -> None:
        self._desk = desk
        self._size = size
        self._main = RowsControl(self._main_rows)
        self._side = RowsControl(self._side_rows, self._side_key)

    @property
    def doubtful(self) -> bool:
        """May the terminal have put what was painted last elsewhere than where it was meant to stand?"""
        return self._main.doubtful or self._side.doubtful

    def layout(self) -> Layout:
        """The panes as prompt_toolkit arranges them."""
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
            return self._desk.prompt.menu_height(self._size().rows)

        main = Window(self._main, width=columns, height=talk_rows)
        menu = Window(RowsControl(self._desk.prompt.menu_rows), width=columns, height=menu_rows)
        border = Window(RowsControl(self._border_rows), width=2)
        side = Window(self._side, width=lambda: self._size().side)
        control = BufferControl(
            self._desk.prompt.buffer,
            input_processors=[SteadyInput(self._desk.prompt)],
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
                    Window(
                        control,
                        height=1,
                        get_line_prefix=lambda _, __: [("class:prompt", SIGN)],
                        get_horizontal_scroll=self._input_scroll,
                    ),
                    foot,
                ]
            ),
            focused_element=control,
        )

    def _body(self) -> int:
        """Rows above the input and what belongs to it."""
        size = self._size()
        return max(1, size.rows - size.toolbar - 1 - 2 * size.airy)

    def _main_rows(self, columns: int, rows: int) -> list[Row]:
        if self._desk.page is Page.HELP:
            lines = view.help_rows(self._desk.model, columns)
            self._desk.help_top = max(0, min(self._desk.help_top, len(lines) - rows))
            return lines[self._desk.help_top :][:rows]
        if self._desk.page is Page.SIDE and not self._size().side:
            return side_rows(self._desk.model, columns, rows, self._desk.now())
        return self._desk.talk.rows(self._desk.model, columns, rows)

    def _side_rows(self, columns: int, rows: int) -> list[Row]:
        return side_rows(self._desk.model, columns, rows, self._desk.now())

    def _input_scroll(self, window: Window) -> int:
        """Where a long line is scrolled to: never beyond its end, or what is erased would leave nothing in sight."""
        room = self._size().columns - len(SIGN)
        behind = cells(steady(self._desk.prompt.text)) + 1 - room  # with a cell for the cursor
        return min(window.horizontal_scroll, max(0, behind))

    def _border_rows(self, columns: int, rows: int) -> list[Row]:
        """The border, put where it belongs however wide the terminal took the talk beside it to be."""
        at = self._size().columns - self._size().side - columns + 1
        return [(("[ZeroWidthEscape]", f"\x1b[{at}G\x1b[K"), ("class:border", " │"))] * rows

    def _side_key(self) -> object:
        """What the side pane shows: talk, which comes far more often, does not change it."""
        model = self._desk.model
        left = model.seconds_left(self._desk.now())
        return model.board, model.members, model.total, model.name, None if left is None else clock(left)

    def _foot_rows(self, columns: int, rows: int) -> list[Row]:
        size = self._size()
        toolbar = view.toolbar_rows(
            self._desk.model, size, self._desk.now(), waiting=self._desk.link.owed, bell=self._desk.bell
        )
        hint = self._hint(columns)
        if size.airy:
            return [hint, *toolbar]
        return [*toolbar[:-1], hint] if hint else toolbar  # no row to spare: the hint stands in the toolbar's place

    def _hint(self, columns: int) -> Row:
        if count := len(self._desk.prompt.pasted):
            long, short = _pasted(count)
            question = long if cells(long) <= columns else short
            return fill((("class:question", question),), columns, "class:question")
        usage = self._desk.prompt.usage()
        if usage is None:
            tip = self._size().airy and not self._desk.spoken and not self._desk.prompt.text
            return clip((("class:usage", f"  {TIP}"),), columns) if tip else ()
        mark = "! " if usage.wrong else "  "
        return clip((("class:wrong" if usage.wrong else "class:usage", mark + steady(usage.text)),), columns)


def _pasted(count: int) -> tuple[str, str]:
    """What to do with so many pasted lines: the question, and the same for a narrow screen, its keys in sight."""
    if count > PASTE_LINES:
        long = f"  {count} lines pasted, at most {PASTE_LINES} can be sent: j joins them, n drops them"
        return long, f"  {count} lines, {PASTE_LINES} at most: j joins, n drops"
    return (
        f"  Send {count} pasted lines? y sends them, j joins them into one, n drops them",
        f"  {count} lines: y sends, j joins, n drops",
    )
