"""Makes the pictures of the page that the docs show, from the real page in a real browser: `python docs/pages.py`.

It knows how to sit at a browser without a screen; it must not know the program's insides. Needs the extra `test` and
a Chromium; it writes docs/screens/page_*.png.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

import hangman_net
from hangman_net.hosting import Server, Settings
from hangman_net.limits import DEFAULTS

FOLDER = Path(__file__).parent / "screens"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "has_touch": True}
TALL: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 760}}


async def sits_down(browser: Browser, server: Server, name: str, scheme: str, size: dict[str, Any]) -> Page:
    """Somebody with a browser of their own, come in by the link."""
    context = await browser.new_context(color_scheme="dark" if scheme == "dark" else "light", **size)
    page = await context.new_page()
    await page.goto(f"{server.page}/#lobby")
    await page.get_by_label("Your name").fill(name)
    return page


async def plays(page: Page) -> Page:
    await page.get_by_role("button", name="Play").click()
    await page.wait_for_selector("#roster li")
    return page


async def says(page: Page, text: str) -> None:
    await page.get_by_role("combobox").fill(text)
    await page.get_by_role("combobox").press("Enter")


async def shot(page: Page, name: str, *, still: bool = True) -> None:
    """The picture, once everything has arrived."""
    if still:
        await page.evaluate("document.activeElement.blur()")
    await page.wait_for_timeout(400)
    await page.screenshot(path=FOLDER / f"page_{name}.png")


async def make(browser: Browser, server: Server, stack: AsyncExitStack) -> None:
    """A class of three, two of them with browsers, plays two rounds."""
    phone = await sits_down(browser, server, "Ann", "light", PHONE)
    await shot(phone, "join", still=False)
    await plays(phone)
    desk = await plays(await sits_down(browser, server, "Ben", "light", DESK))
    tall = await plays(await sits_down(browser, server, "Cleo", "dark", TALL))
    tom = await stack.enter_async_context(hangman_net.connect("127.0.0.1", server.port, "tom"))
    await says(desk, "hi all, I am on the big screen")
    await says(phone, "hi from the bus")
    await tom.send("/me waves from a terminal")
    await phone.get_by_role("button", name="New round").click()
    await phone.wait_for_selector("[data-status=playing]")
    for letter in "ezar":
        await tom.send(letter)
    await phone.get_by_role("button", name="i", exact=True).click()
    await says(tall, "try an o")
    await shot(phone, "phone")
    await desk.get_by_role("combobox").press_sequentially("/s")
    await desk.get_by_role("option", name="/spectate").wait_for()
    await shot(desk, "desk", still=False)
    await desk.get_by_role("combobox").fill("")
    await tom.send("/guess u")  # with this seed the word is budgie
    await tall.get_by_role("button", name="d", exact=True).click()
    await tall.get_by_role("button", name="d, in the word").wait_for()
    await says(phone, "/guess budgie")
    await tall.wait_for_selector(".summary")
    await tall.evaluate("document.querySelector('.summary').scrollIntoView()")
    await shot(tall, "round_over")


async def main() -> None:
    """Writes them all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    server = Server(
        Settings(port=0, web=(None, 0), words=["animals"], seed=7, limits=DEFAULTS.with_options(["all=none"]))
    )
    await server.start()
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        await make(browser, server, stack)
        await browser.close()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
