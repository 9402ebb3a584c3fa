"""The input line by itself, without an application around it."""

from __future__ import annotations

import pytest

from hangman_net import messages as m
from hangman_net.client.history import History
from hangman_net.client.model import Model, update
from hangman_net.client.rows import plain, row_cells
from hangman_net.client.screen.prompt import LINE_CHARS, MENU_ROWS, PASTE_LINES, Prompt


class Asked:
    """Somebody to ask for completions, and the model that their answers go into."""

    def __init__(self, model: Model, *, online: bool = True) -> None:
        self.model = model
        self.online = online
        self.texts: list[str] = []
        self.prompt = Prompt(lambda: self.model, self.ask, History())

    def ask(self, text: str) -> int | None:
        self.texts.append(text)
        return len(self.texts) if self.online else None

    def answers(self, number: int, *items: str) -> None:
        self.model = update(self.model, m.Completions(number, tuple(map(m.Completion, items))), 0.0)
        self.prompt.answered()


@pytest.fixture
def asked(room):
    return Asked(room.model(*room.entered))


def offered(prompt: Prompt) -> list[str]:
    return [plain(row).split()[0] for row in prompt.menu_rows(60, prompt.menu_height(24))]


def test_the_server_is_asked_only_for_what_it_knows(asked):
    for char in "hi /table s":
        asked.prompt.buffer.insert_text(char)
    assert asked.texts == []
    asked.prompt.take()
    for char in "/new f":
        asked.prompt.buffer.insert_text(char)
    assert asked.texts == ["/new ", "/new f"]


def test_an_answer_counts_for_the_text_that_it_was_asked_for(asked):
    asked.prompt.buffer.insert_text("/new f")
    asked.prompt.buffer.insert_text("o")
    asked.answers(1, "fish", "food")
    assert offered(asked.prompt) == []
    asked.answers(2, "food")
    assert offered(asked.prompt) == ["food"]
    asked.prompt.tab()
    assert asked.prompt.text == "/new food"


def test_offline_nothing_breaks(room):
    asked = Asked(room.model(*room.entered), online=False)
    asked.prompt.buffer.insert_text("/new f")
    asked.answers(1, "food")
    asked.prompt.tab()
    assert asked.prompt.text == "/new f"


def test_a_long_menu_shows_a_part_with_the_chosen_one_in_it(room):
    commands = tuple(m.CommandInfo(f"c{n:02}", (), "", "summary", (), "any") for n in range(30))
    asked = Asked(room.model(m.Welcome(1, "ann", "lobby", "member", "", "", False, 0, commands)))
    prompt = asked.prompt
    prompt.buffer.insert_text("/c")
    assert prompt.menu_height(9) == 3
    assert len(offered(prompt)) == MENU_ROWS
    rows = prompt.menu_rows(40, MENU_ROWS)
    assert {row_cells(row) for row in rows} == {40}
    assert plain(rows[-1]).endswith("+22 more")
    for _ in range(12):
        prompt.tab()
    assert prompt.text == "/c11"
    assert any(plain(row).startswith("> /c11") for row in prompt.menu_rows(40, MENU_ROWS))
    prompt.tab(-1)
    assert prompt.text == "/c10"
    prompt.close_menu()
    assert prompt.menu_height(24) == 0


def test_tab_after_the_cursor_moved_begins_anew(asked):
    prompt = asked.prompt
    prompt.buffer.insert_text("/n")
    prompt.tab()
    assert prompt.text == "/new"
    prompt.buffer.cursor_position = 2
    prompt.tab()
    assert prompt.text.startswith("/ne")


def test_pasting_is_bounded(asked):
    prompt = asked.prompt
    prompt.paste("x" * 999_999)
    assert len(prompt.text) == LINE_CHARS
    prompt.take()
    prompt.paste("line\n" * 999)
    assert len(prompt.pasted) > PASTE_LINES
    prompt.join_pasted()
    assert len(prompt.text) <= LINE_CHARS
    assert prompt.pasted == ()


def test_pasted_control_characters_are_not_typed(asked):
    asked.prompt.paste("a\x1b[31mb\x07\tc\r\n")
    assert asked.prompt.text == "a[31mb c"


def test_ghost_only_at_the_end_of_the_line(room):
    history = History()
    history.add("good morning", ())
    prompt = Prompt(Model, lambda _: None, history)
    prompt.buffer.insert_text("good")
    assert prompt.ghost() == " morning"
    prompt.buffer.cursor_position = 2
    assert prompt.ghost() == ""
    assert not prompt.accept_ghost()


def test_whole_characters_are_passed_and_erased(room):
    prompt = Prompt(Model, lambda _: None, History())
    prompt.buffer.insert_text("a👩‍👩‍👧e\u0301")
    prompt.left()
    prompt.left()
    assert prompt.buffer.cursor_position == 1
    prompt.right()
    assert prompt.buffer.cursor_position == 6
    prompt.erase()
    assert prompt.text == "ae\u0301"
    prompt.left()
    prompt.left()
    prompt.erase()
    assert prompt.text == "ae\u0301"
