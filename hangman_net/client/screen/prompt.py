"""The input line: editing, completion, ghost text, pasted lines, and what stands beside a half-typed command.

It knows a buffer and the pure helpers for what is typed; it must not know the connection or the other panes.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from hangman_net.client.completion import Item, Offer, Usage, check, merge, offer, tab
from hangman_net.client.history import History, Recall
from hangman_net.client.model import Model
from hangman_net.client.rows import Row, fill, spread, steady
from hangman_net.messages import Completions
from hangman_net.text import graphemes, safe_line

MENU_ROWS = 8
"""Completions in sight at once; a screen of few rows shows a third of itself."""

MENU_WORD = 24
"""Cells of a completion before its help."""

LINE_CHARS = 4_000
"""Of the input line: eight times what a server takes; a pasted book would make each key slow."""

PASTE_LINES = 20
"""Pasted lines that are sent one by one: what a server's rates let through in some seconds."""


class Cycle(Struct, frozen=True):
    """Going through an offer with Tab: the line as typed, and which item stands in it now."""

    typed: str
    offer: Offer
    chosen: int

    @property
    def text(self) -> str:
        """The line with the chosen item in it."""
        return self.typed[: self.offer.start] + self.offer.items[self.chosen].text


class Prompt:
    """What the person is typing. `model` gives the present model; `ask` asks the server for completions of a text."""

    def __init__(self, model: Callable[[], Model], ask: Callable[[str], int | None], history: History) -> None:
        # Enter is ours; the editing keys that would hand the line to the buffer's owner leave it as it is.
        self.buffer = Buffer(multiline=False, on_text_changed=self._edited, accept_handler=lambda _: True)
        self.pasted: tuple[str, ...] = ()
        self._model = model
        self._ask = ask
        self._history = history
        self._recall = Recall(history)
        self._cycle: Cycle | None = None
        self._asked: tuple[int, str] | None = None
        self._answer: tuple[str, Completions] | None = None
        self._recalling = False
        self._menu_open = True

    # --- editing --------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The line so far."""
        return self.buffer.text

    def take(self) -> str:
        """The line as it is to be sent; the prompt is empty afterwards, and the line is remembered."""
        text = self.buffer.text
        self._history.add(text, self._model().commands)
        self.buffer.reset()
        self._forget()
        return text

    def back(self) -> None:
        """The line before in the history."""
        self._show(self._recall.back(self.text))

    def forth(self) -> None:
        """The line after in the history."""
        self._show(self._recall.forth(self.text))

    def paste(self, data: str) -> None:
        """Text from the clipboard: one line is typed in, several wait in `pasted` until the person says what to do."""
        lines = [safe_line(line) for line in data[: LINE_CHARS * PASTE_LINES].replace("\r", "\n").split("\n")]
        lines = [line for line in lines if line.strip()]
        if len(lines) > 1:
            self.pasted = tuple(lines)
        elif lines:
            self.buffer.insert_text(lines[0][: LINE_CHARS - len(self.text)])

    def join_pasted(self) -> None:
        """The pasted lines become one, at the cursor."""
        self.buffer.insert_text(" ".join(map(str.strip, self.pasted))[: LINE_CHARS - len(self.text)])
        self.pasted = ()

    def ghost(self) -> str:
        """The rest of the newest earlier line that begins like this one, while the cursor is at the end."""
        return self._history.ghost(self.text) if self.buffer.document.is_cursor_at_the_end else ""

    def accept_ghost(self) -> bool:
        """Take the ghost text over; False where there is none."""
        ghost = self.ghost()
        self.buffer.insert_text(ghost)
        return bool(ghost)

    def right(self) -> None:
        """One character to the right, marks and joined pictures included."""
        following = next(graphemes(self.buffer.document.text_after_cursor), "")
        self.buffer.cursor_position += len(following)

    def left(self) -> None:
        """One character to the left."""
        self.buffer.cursor_position -= len(self._before())

    def erase(self) -> None:
        """The character before the cursor goes, whole."""
        self.buffer.delete_before_cursor(len(self._before()))

    def _before(self) -> str:
        """The whole character before the cursor."""
        *_, last = ("", *graphemes(self.buffer.document.text_before_cursor))
        return last

    # --- completion -----------------------------------------------------------------------------------------------

    def tab(self, step: int = 1) -> None:
        """Complete at once, with what is known now; with several candidates, go through them by `step`."""
        if self._cycle is not None and self._cycle.text == self.buffer.document.text_before_cursor:
            items = self._cycle.offer.items
            self._choose(Cycle(self._cycle.typed, self._cycle.offer, (self._cycle.chosen + step) % len(items)))
            return
        typed = self.buffer.document.text_before_cursor
        found = self._offer(typed)
        completed = tab(typed, found)
        if completed != typed:
            self._replace(completed)
        elif len(found.items) > 1:
            self._choose(Cycle(typed, found, 0 if step > 0 else len(found.items) - 1))
        self._menu_open = True

    def close_menu(self) -> None:
        """Esc: no offers until the next key."""
        self._menu_open = False
        self._cycle = None

    def answered(self) -> None:
        """The server's completions may have come: they count if they are for what is typed still."""
        completions = self._model().completions
        if completions is not None and self._asked is not None and completions.id == self._asked[0]:
            self._answer = self._asked[1], completions

    def menu_height(self, rows: int) -> int:
        """Rows that the menu takes of a screen of so many."""
        return min(len(self._in_menu()[0].items), MENU_ROWS, max(1, rows // 3))

    def menu_rows(self, columns: int, count: int) -> list[Row]:
        """So many of what is offered, with a word of help each, the chosen one marked and in sight."""
        found, chosen = self._in_menu()
        first = min(max(0, chosen - count + 1), len(found.items) - count)
        shown = enumerate(found.items[first : first + count], first)
        made = [self._menu_row(item, columns, number == chosen) for number, item in shown]
        hidden = len(found.items) - count
        if hidden and made:
            made[-1] = spread(made[-1], (("class:quiet", f"+{hidden} more"),), columns)
        return made

    def usage(self) -> Usage | None:
        """What to show beside the half-typed line."""
        model = self._model()
        return check(self.text, model.commands, model.phase)

    def _menu_row(self, item: Item, columns: int, chosen: bool) -> Row:
        style = "class:menu.chosen" if chosen else "class:menu"
        name = fill(((style, f"{'>' if chosen else ' '} {steady(item.text)}"),), min(MENU_WORD, columns), style)
        return fill((*name, (f"{style} class:quiet", f" {steady(item.help)}")), columns, style)

    def _in_menu(self) -> tuple[Offer, int]:
        if self._cycle is not None:
            return self._cycle.offer, self._cycle.chosen
        typed = self.buffer.document.text_before_cursor
        if not self._menu_open or not typed.startswith("/"):
            return Offer(len(typed)), -1
        found = self._offer(typed)
        done = len(found.items) == 1 and found.items[0].text == typed[found.start :]
        return (Offer(len(typed)) if done else found), -1

    def _offer(self, typed: str) -> Offer:
        model = self._model()
        others = [member.name for member in model.members if member.name != model.name]
        found = offer(typed, model.commands, model.phase, others)
        if not found.ask:
            return found
        if self._answer is not None and self._answer[0] == typed:
            return merge(found, self._answer[1].items)
        return found

    def _choose(self, cycle: Cycle) -> None:
        self._replace(cycle.text)
        self._cycle = cycle

    def _replace(self, before_cursor: str) -> None:
        after = self.buffer.document.text_after_cursor
        self.buffer.document = Document(before_cursor + after, len(before_cursor))

    def _show(self, text: str) -> None:
        self._recalling = True
        self.buffer.document = Document(text, len(text))
        self._recalling = False

    def _forget(self) -> None:
        self._cycle = None
        self._answer = self._asked = None
        self._recall.reset()
        self._menu_open = True

    def _edited(self, _: Buffer) -> None:
        self._cycle = None
        self._menu_open = not self._recalling
        if self._recalling:
            return
        self._recall.reset()
        typed = self.buffer.document.text_before_cursor
        model = self._model()
        known = self._answer is not None and self._answer[0] == typed
        if not known and offer(typed, model.commands, model.phase).ask:
            number = self._ask(typed)
            self._asked = None if number is None else (number, typed)


class SteadyInput(Processor):
    """Shows the input line in a shape whose width all agree on, and the ghost text behind it."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """The line as shown, and where each of its characters went."""
        text = transformation_input.document.text
        ghost = ("class:ghost", steady(self._prompt.ghost()))
        if text.isascii():
            return Transformation([*transformation_input.fragments, ghost])
        shown: list[str] = []
        places: list[int] = []
        at = 0
        for grapheme in graphemes(text):
            part = steady(grapheme)
            places += [at, *[at + len(part)] * (len(grapheme) - 1)]
            shown.append(part)
            at += len(part)
        places.append(at)

        def to_display(source: int) -> int:
            return places[source] if source < len(places) else at + source - len(places) + 1

        def to_source(display: int) -> int:
            return next((source for source, place in enumerate(places) if place >= display), len(text))

        return Transformation([("", "".join(shown)), ghost], to_display, to_source)
