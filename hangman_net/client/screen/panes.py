"""Panes: rows of plain data painted by prompt_toolkit, and the talk's scrolling.

It knows rows and widgets; it must not know keys or the connection.
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.controls import UIContent, UIControl

from hangman_net.client.model import SCROLLBACK, Entry, Kind, Model
from hangman_net.client.rows import Row, cells, doubtful
from hangman_net.client.view import entry_rows, merged, unread_row


class RowsControl(UIControl):
    """Paints the rows that `make(columns, rows)` gives for the size it has.

    Where there is a `key`, rows are made again only when its value or the size is another than before.
    """

    def __init__(self, make: Callable[[int, int], list[Row]], key: Callable[[], object] | None = None) -> None:
        self._make = make
        self._key = key
        self._made: tuple[object, list[Row]] | None = None
        self.doubtful = False
        """Did the rows of the last painting hold marks whose width terminals do not agree on?"""

    def create_content(self, width: int, height: int) -> UIContent:
        """The rows as prompt_toolkit takes them."""
        if self._key is None:
            rows = self._make(width, height)
        else:
            key = (self._key(), width, height)
            if self._made is None or self._made[0] != key:
                self._made = key, self._make(width, height)
            rows = self._made[1]

        self.doubtful = any(not text.isascii() and doubtful(text) for row in rows for _, text in row)

        def line(number: int) -> StyleAndTextTuples:
            return _closed(rows[number])

        return UIContent(line, line_count=len(rows), show_cursor=False)


def _closed(row: Row) -> StyleAndTextTuples:
    """The row, a blank behind it where it ends in a mark.

    prompt_toolkit puts a mark into the cell of its letter and leaves it in the next one too, where only what follows
    takes it away; a cell of no width would shift the rest of the screen's row.
    """
    last = row[-1][1][-1:] if row else ""
    return [*row, ("", " ")] if last and not cells(last) else list(row)


class Talk:
    """The scrollback as it is wrapped and scrolled: each entry is wrapped once for each width.

    `anchor` is the row at the foot, as an entry's number and a row of it; None while the newest is in sight.
    """

    def __init__(self) -> None:
        self.anchor: tuple[int, int] | None = None
        self.timestamps = False
        self._wrapped: dict[int, tuple[Entry, bool, list[Row]]] = {}
        self._shape: tuple[int, str, bool] = (0, "", False)
        self._size = (80, 24)

    def rows(self, model: Model, columns: int, height: int) -> list[Row]:
        """The rows in sight, the newest at the foot, or the anchor and below it how many are unread."""
        self._size = columns, height
        foot = [] if self.anchor is None else [unread_row(model.unread, columns)]
        made = self._above(model, height - len(foot)) + foot
        return [()] * (height - len(made)) + made

    def scroll(self, model: Model, rows: int) -> None:
        """Go so many rows back (or, where negative, on); at the newest the talk follows again."""
        if not model.entries:
            return
        number, inner = self._foot(model)
        inner = min(inner, len(self._wrap(model, number)) - 1)
        for _ in range(rows):
            if self._is_top(model, number, inner):
                break
            inner -= 1
            while inner < 0 and number > model.entries[0].number:
                number -= 1
                inner = len(self._wrap(model, number)) - 1
        for _ in range(-rows):
            inner += 1
            while number < model.last and inner >= len(self._wrap(model, number)):
                number, inner = number + 1, 0
        at_foot = number == model.last and inner + 1 >= len(self._wrap(model, number))
        self.anchor = None if at_foot else (number, inner)

    def page(self) -> int:
        """Rows of a page: what is in sight, less two that one has read."""
        return max(1, self._size[1] - 2)

    def _above(self, model: Model, height: int) -> list[Row]:
        """As many rows as fit, down to the foot."""
        if not model.entries or height <= 0:
            return []
        first = model.entries[0].number
        number, inner = self._foot(model)
        rows: list[Row] = []
        while number >= first and len(rows) < height:
            rows[:0] = self._wrap(model, number)[: inner + 1]
            number, inner = number - 1, SCROLLBACK
        return rows[-height:]

    def _foot(self, model: Model) -> tuple[int, int]:
        if self.anchor is None:
            return model.last, SCROLLBACK
        number, inner = self.anchor
        first = model.entries[0].number
        return (number, inner) if number >= first else (first, 0)

    def _is_top(self, model: Model, number: int, inner: int) -> bool:
        """Is everything above this foot in sight already?"""
        above, first = inner + 1, model.entries[0].number
        height = self._size[1] - 1  # a scrolled talk gives a row to what is unread
        while above <= height and number > first:
            number -= 1
            above += len(self._wrap(model, number))
        return above <= height

    def _wrap(self, model: Model, number: int) -> list[Row]:
        """An entry's rows; of several who come and go in a row the last entry has them all, the others none."""
        columns = self._size[0]
        shape = (columns, model.name, self.timestamps)
        if shape != self._shape or len(self._wrapped) > 2 * SCROLLBACK:
            self._shape = shape
            self._wrapped.clear()
        place = number - model.entries[0].number
        entry, goes_on = model.entries[place], False
        if entry.kind is Kind.COMING:
            goes_on = number < model.last and model.entries[place + 1].kind is Kind.COMING
        known = self._wrapped.get(number)
        if known is not None and known[0] is entry and known[1] is goes_on:
            return known[2]
        rows: list[Row] = []
        if not goes_on:
            whole = merged(_run(model.entries, place)) if entry.kind is Kind.COMING else entry
            rows = entry_rows(whole, columns, model.name, timestamps=self.timestamps)
        self._wrapped[number] = entry, goes_on, rows
        return rows


def _run(entries: tuple[Entry, ...], place: int) -> tuple[Entry, ...]:
    """The entries up to this one that say who comes and goes, without a word of talk between them."""
    first = place
    while first > 0 and entries[first - 1].kind is Kind.COMING:
        first -= 1
    return entries[first : place + 1]
