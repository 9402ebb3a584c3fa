"""Makes the screens that README and docs show, from the real program: `python docs/screens.py` writes docs/screens/.

It knows how to sit at a terminal that is not there (a pty and an emulator); it must not know the program's insides.
Needs the extra `test` (pexpect, pyte).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from itertools import groupby
from pathlib import Path
from typing import IO

import pexpect
import pyte
from pyte.screens import Char

PATIENCE = 15.0
"""Seconds to wait for something to appear: a slow machine under load needs some."""

PROGRAM = [str(Path(sys.executable).with_name("hangman-net"))]
FOLDER = Path(__file__).parent / "screens"


class Terminal:
    """A program at a terminal of its own; `lines` is what a person would see there now."""

    def __init__(self, arguments: list[str], *, columns: int, rows: int, home: Path) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.child = pexpect.spawn(
            PROGRAM[0], [*PROGRAM[1:], *arguments], dimensions=(rows, columns), env=environment(home), encoding="utf-8"
        )

    @property
    def lines(self) -> list[str]:
        """The rows, without trailing blanks."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The rows as one text."""
        return "\n".join(self.lines) + "\n"

    def keys(self, text: str) -> None:
        """Type."""
        self.child.send(text)

    def wait(self, *wanted: str, until: Callable[[], bool] | None = None) -> None:
        """Until all these texts are on the screen (or `until` holds). Raises `TimeoutError` that shows the screen."""
        reached = until or (lambda: all(text in self.text for text in wanted))
        deadline = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{wanted} did not appear on\n{self.text}")
            try:
                self._stream.feed(self.child.read_nonblocking(65_536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                if not reached():
                    raise TimeoutError(f"{wanted} did not appear before the end on\n{self.text}") from None

    def settle(self) -> None:
        """Until nothing has been painted for a while."""
        while True:
            try:
                self._stream.feed(self.child.read_nonblocking(65_536, timeout=0.3))
            except (pexpect.TIMEOUT, pexpect.EOF):
                return

    def resize(self, columns: int, rows: int) -> None:
        """The window's size changes."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def end(self) -> int:
        """Wait for the program's end; gives its exit code."""
        while True:
            try:
                self._stream.feed(self.child.read_nonblocking(65_536, timeout=PATIENCE))
            except pexpect.EOF:
                break
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)


def environment(home: Path) -> dict[str, str]:
    """An environment in which nothing of its owner's is read or kept."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


@contextmanager
def serving(home: Path, *options: str, port: int = 0) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A server; gives its port and its process, whose standard input takes the host's lines."""
    command = [*PROGRAM, "serve", "--port", str(port), *options]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(home), text=True, bufsize=1
    )
    assert server.stdout is not None
    try:
        first = server.stdout.readline()
        yield int(first.rpartition(":")[2]), server
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


# --- pictures -------------------------------------------------------------------------------------------------------

CELL, ROW, EDGE = 8.4, 18, 14
INK, PAPER = "#d8dee9", "#20242c"
COLOURS = {
    "black": "#3b4252",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "yellow": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": "#d8dee9",
    "brightblack": "#7f8896",
    "brightred": "#f08a92",
    "brightgreen": "#b5e08f",
    "brightbrown": "#ffd68a",
    "brightyellow": "#ffd68a",
    "brightblue": "#8cc8ff",
    "brightmagenta": "#dda0f0",
    "brightcyan": "#7fdbe6",
    "brightwhite": "#ffffff",
}


def svg(screen: pyte.Screen) -> str:
    """The screen as a picture; every run of like cells has its place, so that no font shears the panes."""
    width, height = screen.columns * CELL + 2 * EDGE, screen.lines * ROW + 2 * EDGE
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}"'
        ' font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">',
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
    ]
    for y in range(screen.lines):
        cells = [(x, screen.buffer[y][x]) for x in range(screen.columns)]
        for paper, run in groupby(cells, key=lambda cell: _look(cell[1])[1]):
            made += _ground(list(run), paper, y)
        for look, run in groupby(cells, key=lambda cell: _look(cell[1])):
            made += _run(list(run), look, y)
    return "\n".join([*made, "</svg>"]) + "\n"


def _look(cell: Char) -> tuple[str, str, bool, bool, bool]:
    ink, paper = COLOURS.get(cell.fg, INK), COLOURS.get(cell.bg, PAPER)
    if cell.reverse:
        ink, paper = paper, ink
    return ink, paper, cell.bold, cell.italics, cell.underscore


def _ground(run: list[tuple[int, Char]], paper: str, y: int) -> list[str]:
    if paper == PAPER:
        return []
    left, width = EDGE + run[0][0] * CELL, len(run) * CELL
    return [f'<rect x="{left:.1f}" y="{EDGE + y * ROW}" width="{width:.1f}" height="{ROW}" fill="{paper}"/>']


def _run(run: list[tuple[int, Char]], look: tuple[str, str, bool, bool, bool], y: int) -> list[str]:
    ink, _, bold, italic, underlined = look
    text = "".join(cell.data for _, cell in run)
    if not text.strip():
        return []
    shape = 'font-weight="bold" ' * bold + 'font-style="italic" ' * italic
    shape += 'text-decoration="underline" ' * underlined
    return [
        f'<text x="{EDGE + run[0][0] * CELL:.1f}" y="{EDGE + y * ROW + 13}" fill="{ink}" {shape}'
        f'textLength="{len(run) * CELL:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>'
    ]


def keep(name: str, terminal: Terminal) -> None:
    """Write a screen as text and as a picture."""
    terminal.settle()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(terminal.text, "utf-8")
    (FOLDER / f"{name}.svg").write_text(svg(terminal.screen), "utf-8")


# --- stories --------------------------------------------------------------------------------------------------------


def two_players(home: Path) -> None:
    """Ann and Bob meet, talk, and find a word together."""
    with serving(home, "--memory", "--no-console", "--seed", "11") as (port, _), ExitStack() as stack:
        ann = seat(stack, home / "ann", port, "ann", columns=80, rows=24)
        ann.wait("ann you")
        bob = seat(stack, home / "bob", port, "bob", columns=80, rows=24)
        ann.wait("bob comes in")
        bob.keys("hi ann! animals again?\r")
        ann.wait("animals again?")
        ann.keys("/me rubs her hands\rsure, I begin\r/new animals\r")
        bob.wait("Round 1", "lives")
        for letter in "ea":
            talk_and_guess(ann, letter)
        bob.keys("no z, I hope\r")
        talk_and_guess(bob, "i")
        talk_and_guess(bob, "z")
        ann.keys("/h")
        ann.wait("/hint")
        keep("two_players", ann)
        ann.keys("\x15")
        guess_on(ann, bob)
        ann.keys("well done bob\r")
        bob.wait("well done bob", "Round 1 ")
        keep("round_over", bob)


def a_class(home: Path) -> None:
    """A teacher sets a word, a class saves the snowman."""
    with serving(home, "--memory", "--name", "Ms_Lee") as (port, server), ExitStack() as stack:
        pupil = seat(stack, home / "mia", port, "mia", columns=100, rows=30)
        pupil.wait("mia you")
        names = ("noah", "ella", "liam", "zoe", "ben", "ida", "tom", "eva", "max", "lea", "jan", "una", "kim", "ole")
        others = [stack.enter_context(in_a_pipe(home / name, port, name)) for name in names]
        pupil.wait(f"{len(names) + 1} playing")
        for line in ("/config art snowman", "Good morning! What do leaves do all day?"):
            print(line, file=server.stdin)
        pupil.wait("all day?")
        print("/secret photosynthesis | leaves do it in the light", file=server.stdin)
        pupil.wait("Round 1", "lives")
        for other, line in zip(
            others, ["o", "is it breathing?", "e", "a", "s", "t", "h", "u", "they grow"], strict=False
        ):
            other.write(f"{line}\n")
            time.sleep(0.3)
        pupil.keys("/msg Ms_Lee may I say it?\r")
        pupil.wait("may I say it?", "they grow")
        keep("class", pupil)


def line_mode(home: Path) -> None:
    """The same in lines, for pipes and screen readers."""
    with serving(home, "--memory", "--no-console", "--seed", "11") as (port, _), ExitStack() as stack:
        ann = seat(stack, home / "ann", port, "ann", "--plain", columns=72, rows=14)
        ann.wait("You are ann")
        for line, answer in (
            ("/new animals", "Word:"),
            ("e", "lives left"),
            ("z", "missed z"),
            ("hello?", "<ann> hello?"),
        ):
            ann.keys(f"{line}\r")
            ann.wait(answer)
        keep("line_mode", ann)


def seat(stack: ExitStack, home: Path, port: int, name: str, *options: str, columns: int, rows: int) -> Terminal:
    """Somebody sits down at a terminal of their own."""
    home.mkdir(exist_ok=True)
    words = ["join", f"localhost:{port}", "--name", name, *options]
    terminal = Terminal(words, columns=columns, rows=rows, home=home)
    stack.callback(terminal.child.close, force=True)
    return terminal


@contextmanager
def in_a_pipe(home: Path, port: int, name: str) -> Iterator[IO[str]]:
    """Somebody sits down without a screen; gives where their lines go in."""
    command = [*PROGRAM, "join", f"localhost:{port}", "--name", name]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment(home), text=True, bufsize=1
    ) as client:
        assert client.stdin is not None
        yield client.stdin


def talk_and_guess(player: Terminal, letter: str) -> None:
    """A letter is guessed, and the pause kept that the server's rates want."""
    player.keys(f"{letter}\r")
    time.sleep(0.4)
    player.settle()


def guess_on(*players: Terminal) -> None:
    """They go on in turn with the letters that are left until the round is over."""
    for number, letter in enumerate("orshtnlcdumpgbywkvxjq"):
        player = players[number % len(players)]
        talk_and_guess(player, letter)
        if any("Round 1 won" in line or "Round 1 lost" in line for line in player.lines):
            return


def main() -> None:
    """All of them."""
    for story in (two_players, a_class, line_mode):
        with tempfile.TemporaryDirectory() as home:
            story(Path(home))
        sys.stdout.write(f"{story.__name__}: done\n")


if __name__ == "__main__":
    main()
