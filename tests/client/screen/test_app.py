"""The real application, driven by keys and messages, seen through a terminal emulator."""

from __future__ import annotations

import time
from unicodedata import category

import pytest
from msgspec.structs import replace
from prompt_toolkit.output import ColorDepth
from wcwidth import wcwidth

from hangman_net import messages as m
from hangman_net.client.events import Closed, Connecting, Lost, Remark
from hangman_net.client.history import History
from hangman_net.client.screen.app import Options

F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
PAGE_UP, PAGE_DOWN, END, UP, DOWN, RIGHT, LEFT = (
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[F",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
)
BACK_TAB, CTRL_C, CTRL_D, CTRL_U = "\x1b[Z", "\x03", "\x04", "\x15"

SIZES = [(120, 40), (80, 24), (40, 12)]


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


def typed_line(it) -> str:
    return next(line for line in reversed(it.lines) if line.startswith(">"))


# --- pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
class TestPictures:
    async def test_playing(self, drive, room, golden, size):
        async with drive(*size) as it:
            it.gets(*room.played)
            await it.settle()
            golden(f"screen_playing_{size[0]}x{size[1]}", it.text)

    async def test_won(self, drive, room, golden, size):
        gain = m.MemberChange("lobby", "ann", "host", True, True, 20, False, None)
        async with drive(*size) as it:
            it.gets(*room.played, room.won, gain)
            await it.settle()
            golden(f"screen_won_{size[0]}x{size[1]}", it.text)

    async def test_typing_a_command(self, drive, room, golden, size):
        async with drive(*size) as it:
            it.gets(*room.entered)
            await it.types("/n")
            golden(f"screen_menu_{size[0]}x{size[1]}", it.text)

    async def test_lost(self, drive, room, golden, size):
        async with drive(*size) as it:
            it.gets(*room.played, Lost("nothing listens there", 4.0))
            await it.types("half a li")
            golden(f"screen_lost_{size[0]}x{size[1]}", it.text)


# --- lines and completion -------------------------------------------------------------------------------------------


async def test_a_line_is_sent_as_it_is(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("hello // there \r")
        assert it.link.sent == ["hello // there "]
        assert typed_line(it) == ">"
        await it.types("\r")
        assert it.link.sent == ["hello // there "]


async def test_completion_in_one_burst(drive, room):
    async with drive() as it:
        it.gets(*room.played)
        await it.types("/gu\t e\r")
        assert it.link.sent == ["/guess e"]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("/n\t", "> /new"),
        ("/n\t\t", "> /nick"),
        ("/n\t\t\t", "> /new"),
        ("/n" + BACK_TAB, "> /nick"),
        ("/ta\t s\t", "> /table small"),
        ("/table \t\t", "> /table large"),
        ("/msg bo\t", "> /msg bob"),
        ("/new x mode=t\t", "> /new x mode=turns"),
        ("hello\t", "> hello"),
        ("/zz\t", "> /zz"),
        ("/ta x\x02\x02\t", "> /table x"),
    ],
)
async def test_tab(drive, room, keys, line):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types(keys)
        assert typed_line(it) == line


async def test_the_menu_shows_summaries_and_the_choice(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("/n")
        assert any(line.startswith("  /nick                  Take another name") for line in it.lines)
        await it.types("\t\t")
        assert any(line.startswith("> /nick  ") for line in it.lines)
        await it.types("x")
        assert not any("Take another name" in line and line.startswith(("  /", "> /nick  ")) for line in it.lines)


async def test_what_only_the_server_knows_is_asked_and_offered(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("/new fo")
        assert it.link.asked[-1] == "/new fo"
        it.gets(m.Completions(len(it.link.asked), (m.Completion("food", "100 words"), m.Completion("forest"))))
        await it.settle()
        assert any("food" in line and "100 words" in line for line in it.lines)
        await it.types("o\t")
        assert typed_line(it) == "> /new foo"  # the answer was to another line
        it.gets(m.Completions(len(it.link.asked), (m.Completion("food", "100 words"),)))
        await it.types("\t")
        assert typed_line(it) == "> /new food"


async def test_a_wrong_command_shows_its_usage_before_it_is_sent(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("/table huge ")
        below = it.lines[it.lines.index(typed_line(it)) + 1]
        assert below == "! SIZE is one of small, large: /table [small|large]"
        await it.types("\r")
        assert it.link.sent == ["/table huge "]  # the server has the last word


async def test_ghost_text_comes_from_history(drive, room):
    history = History()
    history.add("good morning everyone", ())
    async with drive(options=Options(history=history)) as it:
        it.gets(*room.entered)
        await it.types("good")
        assert typed_line(it) == "> good morning everyone"
        await it.types("\r")
        assert it.link.sent == ["good"]
        await it.types("good m" + RIGHT + "\r")
        assert it.link.sent[-1] == "good morning everyone"


async def test_history_goes_back_and_forth_and_keeps_no_secret(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("one\rtwo\r/secret banana\rhal")
        await it.types(UP)
        assert typed_line(it) == "> hal"
        await it.types(CTRL_U + UP)
        assert typed_line(it) == "> two"
        await it.types(UP + UP)
        assert typed_line(it) == "> one"
        await it.types(DOWN + DOWN)
        assert typed_line(it) == ">"


@pytest.mark.parametrize(
    ("answer", "sent", "line"),
    [("y", ["one", "two"], ">"), ("n", [], ">"), ("\x1b", [], ">"), ("j", [], "> one two")],
)
async def test_several_pasted_lines_are_asked_about(drive, room, answer, sent, line):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types(pasted("one\r\n\n  two\n"))
        assert it.link.sent == []
        assert "Send 2 pasted lines?" in it.text
        await it.types("x\r" + answer)
        assert ([text.strip() for text in it.link.sent], typed_line(it)) == (sent, line)


@pytest.mark.parametrize(
    ("count", "question"),
    [(3, "  3 lines: y sends, j joins, n drops"), (500, "  500 lines, 20 at most: j joins, n drops")],
)
async def test_a_narrow_screen_shows_the_keys_that_answer_too(drive, count, question):
    async with drive(42, 12) as it:
        await it.types(pasted("line\n" * count))
        assert it.lines[-1] == question


async def test_a_pasted_line_is_only_typed(drive, room):
    async with drive() as it:
        await it.types(pasted("one\x1b]0;x\x07 line\n"))
        assert (typed_line(it), it.link.sent) == ("> one]0;x line", [])


async def test_a_pasted_book_cannot_be_sent_line_by_line(drive, room):
    async with drive() as it:
        await it.types(pasted("line\n" * 500) + "y")
        assert it.link.sent == []
        assert "at most 20" in it.text
        await it.types("n")
        assert "at most 20" not in it.text


async def test_a_long_line_scrolls_beside_the_sign_and_never_out_of_sight(drive, room):
    async with drive() as it:
        await it.types("word " * 40)
        assert typed_line(it) == "> " + ("word " * 40)[-77:].rstrip()
        await it.types("\x01")
        assert typed_line(it) == "> " + ("word " * 40)[:78].rstrip()
        await it.types("\x05" + "\x7f" * 100)
        assert typed_line(it) == "> " + ("word " * 20)[-77:].rstrip()
        await it.types("\r")
        assert typed_line(it) == ">"


async def test_what_cannot_be_sent_is_said(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("a\x11\0b\r")
        assert "no NUL" in it.text


async def test_joined_pictures_are_edited_whole(drive, room):
    async with drive() as it:
        await it.types("a👩‍👩‍👧b" + LEFT)
        assert typed_line(it) == "> a👩b"
        assert it.terminal.screen.cursor.x == 5
        await it.types("\x7f")
        assert typed_line(it) == "> ab"
        await it.types(LEFT + RIGHT + RIGHT + "c\r")
        assert it.link.sent == ["abc"]


# --- reading back ---------------------------------------------------------------------------------------------------


async def test_scrolling_stays_while_lines_come(drive, room):
    async with drive() as it:
        it.gets(*room.entered, *(m.Chat("bob", f"line {number}", "lobby") for number in range(60)))
        await it.settle()
        assert "line 59" in it.text
        await it.types(PAGE_UP)
        seen = [line.split("│")[0].rstrip() for line in it.lines if "bob: line" in line]
        assert "line 59" not in it.text
        assert "scrolled up" in it.text
        it.gets(*(m.Chat("bob", f"news {number}", "lobby") for number in range(3)))
        await it.settle()
        assert [line.split("│")[0].rstrip() for line in it.lines if "bob: line" in line] == seen
        assert "3 new lines, End goes down" in it.text
        await it.types(END)
        assert "news 2" in it.text
        assert "new lines" not in it.text


async def test_scrolling_ends_at_both_ends(drive, room):
    async with drive() as it:
        it.gets(*room.entered, *(m.Chat("bob", f"line {number}", "lobby") for number in range(60)))
        await it.types(PAGE_UP * 20)
        assert it.lines[0].startswith("── lobby, 4 here")
        await it.types(PAGE_DOWN * 20)
        assert "line 59" in it.text
        assert "scrolled up" not in it.text


async def test_sending_goes_down_to_the_newest(drive, room):
    async with drive() as it:
        it.gets(*room.entered, *(m.Chat("bob", f"line {number}", "lobby") for number in range(60)))
        await it.types(PAGE_UP + "hi\r")
        assert "line 59" in it.text


async def test_a_class_that_comes_in_takes_a_line(drive, room):
    async with drive() as it:
        it.gets(*room.entered, *(m.Chat("bob", f"line {number}", "lobby") for number in range(30)))
        for name in ("eve", "max", "fay"):
            it.gets(m.MemberChange("lobby", name, "member", True, True, 0, False, None))
            await it.settle()
        assert sum("come" in line for line in it.lines) == 1
        assert any(line.startswith("  eve, max and fay come in") for line in it.lines)
        await it.types(PAGE_UP * 9)
        assert it.lines[0].startswith("── lobby, 4 here")
        await it.types(PAGE_DOWN * 9)
        assert any(line.startswith("  eve, max and fay come in") for line in it.lines)


# --- pages and switches ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["?", F1])
async def test_help(drive, room, key):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types(key)
        assert "── Commands" in it.lines[0]
        await it.types(PAGE_DOWN * 9)
        assert any("Ctrl-C" in line for line in it.lines)
        await it.types(F1)
        assert "── Commands" not in it.text
        assert it.link.sent == []


async def test_a_question_mark_in_a_line_is_one(drive, room):
    async with drive() as it:
        await it.types("who?\r")
        assert it.link.sent == ["who?"]


async def test_timestamps_on_request(drive, room, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    async with drive() as it:
        it.gets(*room.entered, m.Chat("bob", "hello", "lobby"))
        await it.types(F2)
        assert any(line.startswith("12:00   bob: hello") for line in it.lines)
        await it.types(F2)
        assert any(line.startswith("  bob: hello") for line in it.lines)


@pytest.mark.parametrize(("keys", "bell", "rings"), [("", True, 1), (F3, True, 0), ("", False, 0), (F3, False, 1)])
async def test_the_bell_rings_on_ones_turn_and_can_be_switched_off(drive, room, keys, bell, rings):
    async with drive(options=Options(bell=bell)) as it:
        it.gets(*room.entered)
        await it.types(keys)
        it.gets(room.playing, replace(room.playing, turn="ann"))
        await it.settle()
        assert it.terminal.written.count("\a") == rings


async def test_the_picture_comes_at_a_key_on_a_narrow_screen(drive, room):
    async with drive(40, 12) as it:
        it.gets(*room.played)
        await it.settle()
        assert "words  batten" not in it.text
        await it.types(F4)
        assert "words  batten" in it.text
        await it.types(F4)
        assert "words  batten" not in it.text


async def test_resizing_keeps_everything(drive, room):
    async with drive(80, 24) as it:
        it.gets(*room.played)
        await it.types("half a li")
        before = it.text
        for size in [(40, 12), (20, 5), (1, 1), (120, 40), (80, 24)]:
            await it.resize(*size)
        assert it.text == before
        await it.types("ne\r")
        assert it.link.sent == ["half a line"]


async def test_without_colours_nothing_is_lost(drive, room):
    async with drive(options=Options(color_depth=ColorDepth.DEPTH_1_BIT)) as it:
        it.gets(*room.played)
        await it.settle()
        assert not [char for row in it.terminal.screen.buffer.values() for char in row.values() if char.fg != "default"]
        assert "> ann: sure" in it.text
        assert "! It is bob's turn." in it.text


# --- the connection -------------------------------------------------------------------------------------------------


async def test_the_countdown_runs_and_the_half_typed_line_stays(drive, room):
    async with drive() as it:
        it.gets(*room.entered)
        await it.types("half a li")
        it.gets(Lost("nothing listens there", 4.0))
        await it.settle()
        assert "again in 0:04" in it.lines[-1]
        it.clock += 1.5
        await it.settle()
        assert "again in 0:03" in it.lines[-1]
        it.gets(Connecting(2), replace(room.welcome, resumed=True))
        await it.settle()
        assert "Connected again." in it.text
        assert typed_line(it) == "> half a li"
        await it.types("ne\r")
        assert it.link.sent == ["half a line"]


async def test_the_turns_clock_runs(drive, room):
    async with drive() as it:
        it.gets(*room.entered, room.playing)
        it.clock += 5
        await it.settle()
        assert "bob's turn 0:20" in it.lines[-1]


async def test_ctrl_c_leaves_while_nothing_answers(drive):
    async with drive() as it:
        await it.types("half" + CTRL_C)
    assert it.result == Closed(code=130)


@pytest.mark.parametrize("keys", [CTRL_D])
async def test_the_end_of_input_leaves_as_by_q(drive, keys):
    async with drive() as it:
        await it.types(keys)
        assert it.link.end.done()
    assert it.result == Closed()


async def test_the_links_end_is_the_screens(drive, room):
    closed = Closed("Another client has taken this seat.", 1)
    async with drive() as it:
        it.gets(*room.entered)
        it.link.end.set_result(closed)
        await it.settle()
    assert it.result == closed


async def test_a_fault_in_the_link_is_not_swallowed(drive, room):
    with pytest.raises(RuntimeError, match="a fault"):
        async with drive() as it:
            it.link.end.set_exception(RuntimeError("a fault"))
            await it.settle()


async def test_the_terminal_is_left_as_it_was(drive, room):
    async with drive() as it:
        it.gets(*room.played)
        await it.types(CTRL_C)
    for on, off in (("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?2004h", "\x1b[?2004l")):
        assert it.terminal.written.rindex(off) > it.terminal.written.rindex(on)
    assert it.terminal.written.rindex("\x1b[?25h") > it.terminal.written.rfind("\x1b[?25l")


# --- hostile servers and odd text -------------------------------------------------------------------------------------

NASTY = "\x1b]0;owned\x07\x1b[2J\x1b[H\x9b31m\x1b]52;c;b3duZWQ=\x07\u202eevil\x0e\x08\x01\x1b[8m\x02"


async def test_nothing_a_server_says_reaches_the_terminal_raw(drive, room):
    board = m.Board(
        round=1,
        status="playing",
        cells=(NASTY, None),
        found_by=(NASTY, None),
        missed=(NASTY,),
        words_missed=(NASTY,),
        lives=5,
        max_lives=6,
        art=f"{NASTY}\n" * 90,
        turn=NASTY,
        hint=NASTY,
        mode=NASTY,
        wordlist=NASTY,
    )
    command = m.CommandInfo(NASTY, (NASTY,), NASTY, NASTY, (), "any")
    async with drive() as it:
        it.gets(
            replace(room.welcome, name=NASTY, room=NASTY, server=NASTY, commands=(command,)),
            m.Roster(NASTY, 1, (m.RosterEntry(NASTY, "member", True, True, 0),)),
            m.Chat(NASTY, NASTY, NASTY),
            m.Notice(f"<evil>&{{}} {NASTY}"),
            m.Error("usage", NASTY),
            board,
            Lost(NASTY, 3.0),
        )
        await it.types(F1 + F1 + "/")
        written = it.terminal.written
    for raw in ("owned\x07", "\x1b]", "\x9b", "\u202e", "\x0e", "\x08", "\x01", "\x1b[8m"):
        assert raw not in written
    assert it.result == Closed()


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧" * 9, "日本語" * 30, "e\u0301" * 60, "🇩🇪" * 30, "न्क्षि" * 12, "z" + "\u0300" * 99]
)
async def test_no_text_shears_the_panes(drive, room, text):
    async with drive() as it:
        it.gets(*room.entered, room.playing)
        await it.settle()
        border = {(y, x) for y, row in it.terminal.screen.buffer.items() for x, c in row.items() if c.data == "│"}
        it.gets(m.Chat("bob", text, "lobby"), m.Chat("bob", f"a {text}", "lobby", action=True))
        await it.settle()
        after = {(y, x) for y, row in it.terminal.screen.buffer.items() for x, c in row.items() if c.data == "│"}
        assert border <= after
        assert {x for _, x in border} == {49}


async def test_marks_that_a_terminal_gives_a_cell_of_their_own_shift_nothing_beside_them(drive, room, monkeypatch):
    monkeypatch.setattr("pyte.screens.wcwidth", lambda char: 1 if category(char) == "Mc" else wcwidth(char))

    async def side(text: str) -> list[str]:
        async with drive() as it:
            it.gets(*room.entered, *[m.Chat("bob", text, "lobby")] * 4, room.playing)
            await it.settle()
            await it.settle()
            it.gets(m.Notice("and on it goes"), *[m.Chat("bob", "short", "lobby")] * 3)
            await it.settle()
            await it.settle()
            assert it.text.count("\u0915") == 4 * text.count("\u0915")  # and none is hidden behind the border
            return [line[48:] for line in it.lines[:20]]

    assert await side("\u0915\u093e\u0915\u0940" * 12) == await side("kaki")


@pytest.mark.parametrize("mark", ["\u0330", "\u05b7"])
async def test_a_mark_at_the_end_of_a_line_stays_single_and_shifts_nothing_beside_it(drive, room, mark):
    def beside(it) -> list[str]:
        return ["".join(it.terminal.screen.buffer[y][x].data for x in range(49, 80)) for y in range(24)]

    async def side(text: str) -> list[str]:
        async with drive() as it:
            it.gets(*room.entered, *[m.Chat("bob", text, "lobby")] * 20)
            await it.settle()
            assert text + mark not in it.terminal.written
            it.gets(room.playing, m.Notice("a line that goes right to the border " * 9))
            await it.settle()
            return beside(it)

    assert await side(f"one, z{mark}") == await side("one, z")


async def test_a_flood_of_talk_is_painted_seldom(drive, room):
    async with drive() as it:
        it.screen.app.min_redraw_interval = 0.05
        it.gets(*room.entered)
        painted = it.screen.app.render_counter
        it.gets(*(Remark(str(number)) for number in range(2_000)))
        await it.settle()
        assert it.screen.app.render_counter - painted <= 3
        assert "1999" in it.text
