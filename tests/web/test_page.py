"""The page in a real Chromium: people play on it, by hand and by keyboard, and come back to their seats."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import pytest
import pytest_asyncio

import hangman_net
from hangman_net.client import completion
from hangman_net.hosting import Server
from hangman_net.messages import CommandInfo

from .conftest import Serve

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 320, "height": 568}
SHORT = {"width": 320, "height": 480}
LYING = {"width": 667, "height": 375}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 800}
SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"

Visit: TypeAlias = Callable[..., Awaitable["Page"]]


@pytest_asyncio.fixture(loop_scope="session")
async def server(serve: Serve, tmp_path: Path) -> Server:
    """A server whose first word is known."""
    words = tmp_path / "fruit.txt"
    words.write_text("banana | long and yellow\n", encoding="utf-8")
    return await serve(words=[str(words)])


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, server: Server) -> AsyncIterator[Visit]:
    """Opens the page as somebody new and comes in under a name; what goes wrong in the page fails the test."""
    wrong: list[str] = []

    async def come(name: str | None, *, room: str = "lobby", size: Any = DESK, wait: str = "#roster li") -> Page:
        context = await browser.new_context(viewport=size, has_touch=size == PHONE)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(str(server.page)) else wrong.append(asked.url))
        await page.goto(f"{server.page}/#{room}")
        if name is not None:
            await page.get_by_label("Your name").fill(name)
            await page.get_by_role("button", name="Play").click()
            await page.wait_for_selector(wait)
        return page

    yield come
    assert not [line for line in wrong if "WebSocket" not in line]  # that one is lost is not an error of the page


async def says(page: Page, text: str) -> None:
    await page.get_by_role("combobox").fill(text)
    await page.get_by_role("combobox").press("Enter")


def log(page: Page, text: str) -> Any:
    return page.get_by_role("log").get_by_text(text)


# --- a whole game ---------------------------------------------------------------------------------------------------


async def test_a_page_a_terminal_and_a_bot_play_a_game(server: Server, visit: Visit) -> None:
    page = await visit("Ann", size=PHONE)
    terminal = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from hangman_net.cli import main; main()"),
        *("join", f"127.0.0.1:{server.port}", "--name", "tom", "--plain"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert terminal.stdin is not None
    assert terminal.stdout is not None

    async def shows(text: str) -> None:
        """The terminal prints it, sooner or later."""
        assert terminal.stdout is not None
        async with asyncio.timeout(10):
            while text not in (await terminal.stdout.readline()).decode():
                assert not terminal.stdout.at_eof()

    async with hangman_net.connect("127.0.0.1", server.port, "robo") as bot:
        await page.get_by_role("listitem").filter(has_text="tom").wait_for()
        await page.get_by_role("button", name="New round").click()
        await page.get_by_role("button", name="b", exact=True).click()
        await page.get_by_role("button", name="b, in the word").wait_for()
        await shows("Word: b blank blank blank blank blank")

        terminal.stdin.write(b"z\n" + SCRIPT.encode() + b"\n")
        await page.get_by_role("button", name="z, missed").wait_for()
        await log(page, SCRIPT).wait_for()
        assert (await bot.send("hello Ann")).ok
        await page.locator(".names-me").get_by_text("hello Ann").wait_for()
        await says(page, "hi both, <b>not bold</b>")
        await shows("<Ann> hi both, <b>not bold</b>")
        assert await page.locator("#log img, #log script, #log b:not(.name)").count() == 0
        assert "owned" not in await page.title()

        # the connection goes; what is typed meanwhile is said when it is back, once
        (connection,) = [c for c in server.doors[1].connections if c.seat is not None]
        connection.drop()
        await page.get_by_role("status").get_by_text("Connection lost").wait_for()
        await says(page, "am I heard?")
        await shows("<Ann> am I heard?")
        await log(page, "Connected again.").wait_for()
        assert await log(page, "am I heard?").count() == 1
        assert await log(page, "hello Ann").count() == 1

        assert (await bot.send("/guess a")).ok
        await page.get_by_role("button", name="a, in the word").wait_for()
        await says(page, "n")
        await page.get_by_role("heading", name="Round 1: Won!").wait_for()
        summary = page.locator(".summary")
        for fact in ("banana", "Ann found b n", "robo found a", "missed z", "Ann +"):
            await summary.get_by_text(fact).wait_for()
        await shows("Round 1 won. The word was banana.")
        assert bot.members["Ann"].score > 0
    terminal.stdin.close()
    await terminal.wait()


# --- coming in and coming back --------------------------------------------------------------------------------------


async def test_a_link_leads_to_its_room_and_the_seat_is_found_again(server: Server, visit: Visit) -> None:
    page = await visit("Ann", room="den")
    assert await page.locator("#place").inner_text() == "den"
    await page.reload()
    await page.get_by_role("listitem").filter(has_text="Ann").wait_for()
    assert not await page.get_by_role("dialog").is_visible()
    assert await page.locator("#place").inner_text() == "den"
    await page.goto(f"{server.page}/#attic")
    await page.locator("#place").get_by_text("attic").wait_for()
    async with hangman_net.connect("127.0.0.1", server.port, "bob", room="attic") as bob:
        assert set(bob.members) == {"Ann", "bob"}


async def test_a_name_that_is_taken_can_be_chosen_anew(server: Server, visit: Visit) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, "ann"):
        page = await visit("Ann", wait="#why:not([hidden])")
        assert "taken" in (await page.get_by_role("alert").inner_text()).lower()
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_role("button", name="Play").click()
        await page.get_by_role("listitem").filter(has_text="Anna").wait_for()


async def test_who_needs_a_password_is_asked_for_it(serve: Serve, browser: Browser) -> None:
    server = await serve(password="sesame")
    page = await browser.new_page()
    await page.goto(f"{server.page}/")
    await page.get_by_label("Your name").fill("Ann")
    await page.get_by_role("button", name="Play").click()
    await page.get_by_label("Password").fill("sesame")
    await page.get_by_role("button", name="Play").click()
    await page.get_by_role("listitem").filter(has_text="Ann").wait_for()


async def test_a_second_tab_takes_the_seat_and_the_first_can_take_it_back(visit: Visit) -> None:
    first = await visit("Ann")
    second = await first.context.new_page()
    await second.goto(first.url)
    await second.get_by_role("listitem").filter(has_text="Ann").wait_for()
    await first.get_by_text("in another tab").wait_for()
    await first.get_by_role("button", name="Play here").click()
    await first.get_by_role("dialog").wait_for(state="hidden")
    await second.get_by_text("in another tab").wait_for()


async def test_who_leaves_is_asked_again_and_has_no_seat_left(server: Server, visit: Visit) -> None:
    page = await visit("Ann")
    await page.get_by_role("button", name="Leave").click()
    await page.get_by_text("You have left the table.").wait_for()
    async with hangman_net.connect("127.0.0.1", server.port, "bob") as bob:
        assert set(bob.members) == {"bob"}
    await page.reload()
    assert await page.get_by_label("Your name").input_value() == "Ann"


async def test_the_end_of_the_server_is_said_and_it_is_tried_again(serve: Serve, browser: Browser) -> None:
    server = await serve()
    page = await browser.new_page()
    await page.goto(f"{server.page}/")
    await page.get_by_label("Your name").fill("Ann")
    await page.get_by_role("button", name="Play").click()
    await page.wait_for_selector("#roster li")
    port = int(str(server.page).rpartition(":")[2])
    await server.stop()
    await page.get_by_role("status").get_by_text("the server has stopped").wait_for()
    await serve(web=("127.0.0.1", port))
    await page.get_by_role("log").get_by_text("Connected again, as Ann and a newcomer.").wait_for()


# --- hands and eyes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, SHORT, LYING, TABLET, DESK], ids=str)
async def test_everything_needed_is_in_sight(visit: Visit, size: dict[str, int]) -> None:
    page = await visit("Ann", size=size)
    await says(page, "/new")
    await page.evaluate("document.activeElement.blur()")
    needed = ("#art", "#word", "#lives", "#roster li", "#log", "#line", "#say button", "#keys button:first-child")
    for selector in needed:
        box = await page.locator(selector).bounding_box()
        assert box is not None, selector
        assert box["x"] >= 0, selector
        assert box["y"] >= 0, selector
        assert box["x"] + box["width"] <= size["width"], selector
        assert box["y"] + box["height"] <= size["height"], selector
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]
    key = await page.get_by_role("button", name="m", exact=True).bounding_box()
    assert key is not None
    assert min(key["width"], key["height"]) >= 24  # WCAG 2.2, target size


async def test_the_keyboard_alone_suffices(server: Server, visit: Visit) -> None:
    page = await visit("Ann")
    await page.keyboard.type("/new")  # wherever the focus is
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-status=playing]")
    first = page.get_by_role("button", name="a", exact=True)
    await first.focus()
    await page.keyboard.press("ArrowRight")  # b
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="b, in the word").wait_for()
    await page.keyboard.press("x")  # a letter itself, while the keys have the focus
    await page.get_by_role("button", name="x, missed").wait_for()
    assert await page.evaluate("document.activeElement.dataset.letter") == "b"
    for press, letter in (("End", "z"), ("Home", "a"), ("ArrowDown", "j"), ("ArrowUp", "a"), ("ArrowLeft", "a")):
        await page.keyboard.press(press)
        assert await page.evaluate("document.activeElement.dataset.letter") == letter
    assert await page.locator("#spoken").inner_text() == "Word: b blank blank blank blank blank, 5 lives left, missed x"


async def test_the_keys_are_the_letters_of_the_words_language(serve: Serve, browser: Browser, tmp_path: Path) -> None:
    words = tmp_path / "polis.txt"
    words.write_text("#: language = el\nαθήνα\n", encoding="utf-8")
    server = await serve(words=[str(words)])
    page = await browser.new_page()
    await page.goto(f"{server.page}/")
    await page.get_by_label("Your name").fill("Ann")
    await page.get_by_role("button", name="Play").click()
    await page.get_by_role("button", name="New round").click()
    await page.get_by_role("button", name="α", exact=True).click()
    await page.get_by_role("button", name="α, in the word").wait_for()
    assert "".join(await page.locator("#keys button").all_inner_texts()) == "αβγδεζηθικλμνξοπρστυφχψω"


async def test_completion_by_tab_arrows_and_tap(server: Server, visit: Visit) -> None:
    page = await visit("Ann")
    line = page.get_by_role("combobox")
    await line.press_sequentially("/spec")
    await page.get_by_role("option", name="/spectate").wait_for()
    await line.press("Tab")
    assert await line.input_value() == "/spectate "
    await line.fill("/new fr")
    await page.get_by_role("option", name="fruit").click()  # only the server knows its lists
    assert await line.input_value() == "/new fruit "
    await line.press("ArrowDown")
    chosen = await line.get_attribute("aria-activedescendant")
    assert chosen is not None
    assert await page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    await line.press("Escape")
    await page.get_by_role("listbox").wait_for(state="hidden")
    await line.fill("/guess a")
    await page.locator("#usage.wrong").get_by_text("while a round runs").wait_for()
    await line.fill("")
    await says(page, "first")
    await says(page, "/secret kiwi")
    await line.press("ArrowUp")
    assert await line.input_value() == "first"  # nothing secret is recalled


async def test_the_log_says_what_a_screen_reader_should_hear(visit: Visit) -> None:
    page = await visit("Ann")
    assert await page.get_by_role("log").get_attribute("aria-busy") is None
    for role, name in (
        ("region", "The game"),
        ("region", "Players"),
        ("region", "Chat"),
        ("log", "What was said and done"),
        ("combobox", "Say something"),
    ):
        assert await page.get_by_role(role, name=name).count() == 1, name


async def test_dark_is_dark_and_both_are_readable(server: Server, browser: Browser) -> None:
    for scheme, low, high in (("light", 200, 255), ("dark", 0, 60)):
        context = await browser.new_context(color_scheme=scheme)
        page = await context.new_page()
        await page.goto(f"{server.page}/")
        red = await page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
        assert low <= int(red) <= high


# --- the same rules as the terminal's --------------------------------------------------------------------------------

TYPED = [
    "", "hello", "/", "/g", "/G", "/gu", "/x", "//new", "/new", "/new ", "/new fr", "/new fruit ", "/new fruit l",
    "/new level=", "/new level=e", "/new level=easy ", "/new lives=3 fruit ", "/msg ", "/msg bo", "/msg bob ",
    "/help ", "/nick ", "/w ", "/kick ", "/room d",
]  # fmt: skip


async def test_the_page_completes_as_the_terminal_does(server: Server, visit: Visit) -> None:
    page = await visit("Ann")
    async with hangman_net.connect("127.0.0.1", server.port, "bob") as bob:
        await bob.ping()
        catalogue: tuple[CommandInfo, ...] = bob.commands
    asked = [(text, phase) for phase in ("idle", "playing") for text in TYPED]
    found = await page.evaluate(
        """async ([commands, asked]) => {
            const {offer} = await import("/complete.js");
            return asked.map(([text, phase]) => {
                const {start, items, ask} = offer(text, commands, phase, ["bob", "ann"]);
                return [start, items.map((item) => [item.text, item.help]), ask];
            });
        }""",
        [msgspec.to_builtins(catalogue), asked],
    )
    for (text, phase), offered in zip(asked, found, strict=True):
        expected = completion.offer(text, catalogue, phase, ["bob", "ann"])
        assert offered == [expected.start, [[i.text, i.help] for i in expected.items], expected.ask], text
