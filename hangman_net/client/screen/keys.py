"""Which key does what.

It knows keys and the desk's verbs; it must not know how the verbs do it.
"""

from __future__ import annotations

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent
from prompt_toolkit.keys import Keys

from hangman_net.client.screen.desk import Desk


def bindings(desk: Desk) -> KeyBindings:
    """The screen's keys; editing keys beside them are prompt_toolkit's own."""
    keys = KeyBindings()
    prompt = desk.prompt
    asked = Condition(lambda: bool(prompt.pasted))
    empty = Condition(lambda: not prompt.text)
    _answers(keys, desk, asked)
    free = ~asked

    @keys.add("c-c", eager=True)
    @keys.add("<sigint>")
    def _interrupt(event: KeyPressEvent) -> None:
        desk.interrupt()

    @keys.add("c-d", filter=free & empty)
    def _end(event: KeyPressEvent) -> None:
        desk.leave()

    @keys.add("enter", filter=free)
    def _submit(event: KeyPressEvent) -> None:
        desk.submit()

    @keys.add("tab", filter=free)
    def _tab(event: KeyPressEvent) -> None:
        prompt.tab()

    @keys.add("s-tab", filter=free)
    def _back_tab(event: KeyPressEvent) -> None:
        prompt.tab(-1)

    @keys.add("up", filter=free)
    @keys.add("c-p", filter=free)
    def _up(event: KeyPressEvent) -> None:
        prompt.back()

    @keys.add("down", filter=free)
    @keys.add("c-n", filter=free)
    def _down(event: KeyPressEvent) -> None:
        prompt.forth()

    @keys.add("right", filter=free)
    @keys.add("c-f", filter=free)
    def _right(event: KeyPressEvent) -> None:
        if not prompt.accept_ghost():
            prompt.right()

    @keys.add("left", filter=free)
    @keys.add("c-b", filter=free)
    def _left(event: KeyPressEvent) -> None:
        prompt.left()

    @keys.add("backspace", filter=free)
    def _backspace(event: KeyPressEvent) -> None:
        prompt.erase()

    @keys.add("pageup")
    def _page_up(event: KeyPressEvent) -> None:
        desk.scroll(1)

    @keys.add("pagedown")
    def _page_down(event: KeyPressEvent) -> None:
        desk.scroll(-1)

    @keys.add("end", filter=free)
    def _foot(event: KeyPressEvent) -> None:
        if not desk.to_foot() and not prompt.accept_ghost():
            prompt.buffer.cursor_position = len(prompt.text)

    @keys.add("c-e", filter=free)
    def _line_end(event: KeyPressEvent) -> None:
        if not prompt.accept_ghost():
            prompt.buffer.cursor_position = len(prompt.text)

    @keys.add("?", filter=free & empty)
    @keys.add("f1")
    def _help(event: KeyPressEvent) -> None:
        desk.toggle_help()

    @keys.add("f2")
    def _times(event: KeyPressEvent) -> None:
        desk.toggle_times()

    @keys.add("f3")
    def _bell(event: KeyPressEvent) -> None:
        desk.toggle_bell()

    @keys.add("f4")
    def _side(event: KeyPressEvent) -> None:
        desk.toggle_side()

    @keys.add("escape", filter=free)
    def _escape(event: KeyPressEvent) -> None:
        desk.escape()

    @keys.add(Keys.BracketedPaste, filter=free)
    def _paste(event: KeyPressEvent) -> None:
        prompt.paste(event.data)

    return keys


def _answers(keys: KeyBindings, desk: Desk, asked: Condition) -> None:
    """While pasted lines wait, a key says what becomes of them; every other key waits too."""

    @keys.add(Keys.Any, filter=asked, eager=True)
    def _any(event: KeyPressEvent) -> None:
        desk.answer_paste(event.data)

    @keys.add("escape", filter=asked, eager=True)
    def _no(event: KeyPressEvent) -> None:
        desk.answer_paste("n")
