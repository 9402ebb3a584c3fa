"""What a person has before them: the model, the page it is open at, the half-typed line, and what keys do to all that.

It knows the link by what it can be asked; it must not know widgets, timers or how anything is painted.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from hangman_net.client.events import Closed, Event, Link, Remark
from hangman_net.client.history import History
from hangman_net.client.model import Model, read_all, read_so_far, update
from hangman_net.client.screen.panes import Talk
from hangman_net.client.screen.prompt import PASTE_LINES, Prompt

INTERRUPTED = 130
"""Exit code of Ctrl-C (contract section 1)."""


class Page(Enum):
    """What the main pane shows."""

    TALK = "talk"
    HELP = "help"
    SIDE = "side"  # on a screen too narrow for both


class Desk:
    """The state of a screen and its verbs. `end` is called where the person leaves without a word to the server."""

    def __init__(self, link: Link, history: History, now: Callable[[], float], end: Callable[[Closed], None]) -> None:
        self.model = Model()
        self.page = Page.TALK
        self.bell = True
        self.help_top = 0
        self.spoken = False
        self.link = link
        self.talk = Talk()
        self.prompt = Prompt(lambda: self.model, link.complete, history)
        self.now = now
        self._end = end

    def learn(self, event: Event) -> bool:
        """Fold an event into the model; says whether it is worth a bell."""
        bells = self.model.bells
        self.model = update(self.model, event, self.now())
        self.prompt.answered()
        return self.bell and self.model.bells > bells

    def submit(self) -> None:
        """Enter: the line goes to the server as it is."""
        if not self.prompt.text.strip():
            self.prompt.buffer.reset()
            self.to_foot()
            return
        self.send(self.prompt.take())
        self.page = Page.TALK
        self.to_foot()

    def interrupt(self) -> None:
        """Ctrl-C: away, whatever the server does."""
        self._end(Closed(code=INTERRUPTED))

    def leave(self) -> None:
        """End of input: away as by `/q`."""
        self.link.leave()

    def scroll(self, pages: int) -> None:
        """Page back (or on, where negative) in what the main pane shows."""
        if self.page is Page.HELP:
            self.help_top -= pages * self.talk.page()
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
        self.help_top = 0

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
                    self.send(line)
                self.to_foot()
            case "j" | "J":
                self.prompt.join_pasted()
            case "n" | "N":
                self.prompt.pasted = ()

    def send(self, line: str) -> None:
        """Hand a line to the link; what cannot be sent is said."""
        self.spoken = True
        try:
            self.link.send(line)
        except ValueError as error:
            self.learn(Remark(str(error)))
