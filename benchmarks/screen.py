"""What a line of talk costs the full screen: `python -m benchmarks.screen` prints CPU milliseconds for each at 80x24.

It knows the screen and a made-up link; it must not know servers or sockets.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable

from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from hangman_net import messages as m
from hangman_net.client.events import Closed, Event
from hangman_net.client.history import History
from hangman_net.client.screen.app import Options, Screen

LINES, RATE = 250, 50
"""Lines of talk, and how many of them come in a second: more than any room says."""


class Link:
    """The other end is this file."""

    owed = 0

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self.tell = tell
        self.end = asyncio.Event()

    async def run(self) -> Closed:
        """Until `leave`."""
        await self.end.wait()
        return Closed()

    def send(self, text: str) -> None:
        """Nowhere."""

    def complete(self, text: str) -> None:
        """Nobody knows."""

    def leave(self) -> None:
        """The end."""
        self.end.set()


class Nowhere(io.StringIO):
    """A terminal that takes everything at once."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Gone."""
        return len(text)


def room(people: int) -> tuple[m.ServerMessage, ...]:
    """Somebody sits in a room of so many, in which a round runs."""
    members = tuple(m.RosterEntry(f"player{number}", "member", True, True, number) for number in range(people))
    art = "  +---+\n  |   |\n  O   |\n /|   |\n      |\n========="
    board = m.Board(
        round=1,
        status="playing",
        cells=("b", None) * 3,
        lives=3,
        max_lives=6,
        missed=tuple("zqx"),
        art=art,
        turn="player0",
    )
    welcome = m.Welcome(1, "player1", "lobby", "member", "", "benchmark", False, 0, ())
    return welcome, m.Roster("lobby", people, members), board


async def cost(people: int) -> tuple[float, int]:
    """CPU seconds for each line of talk, and how often the screen was painted."""
    with create_pipe_input() as keys, create_app_session(input=keys):
        output = Vt100_Output(Nowhere(), lambda: Size(rows=24, columns=80), term="xterm-256color", enable_cpr=False)
        links: list[Link] = []

        def connect(tell: Callable[[Event], None]) -> Link:
            links.append(Link(tell))
            return links[0]

        screen = Screen(connect, Options(history=History(), input=keys, output=output))
        running = asyncio.create_task(screen.run())
        await asyncio.sleep(0.2)
        for message in room(people):
            links[0].tell(message)
        await asyncio.sleep(0.2)
        painted, begun = screen.app.render_counter, time.process_time()
        for number in range(LINES):
            links[0].tell(
                m.Chat("player0", f"line {number} of a talk that goes on until it wraps at the edge", "lobby")
            )
            await asyncio.sleep(1 / RATE)
        spent = time.process_time() - begun
        painted = screen.app.render_counter - painted
        links[0].leave()
        await running
        return spent / LINES, painted


def main() -> None:
    """A table of two, and a class of two hundred."""
    for people in (2, 200):
        spent, painted = asyncio.run(cost(people))
        print(f"{people:>4} people: {spent * 1000:.2f} ms of CPU a line at {RATE} lines a second, {painted} paintings")


if __name__ == "__main__":
    main()
