"""`demo`: a whole game over a real socket, printed as it happens: two scripted players, their talk, and the computer.

It knows a script; the server, the round, the players' connections and the computer player are the real ones.
"""

from __future__ import annotations

import asyncio
import sys

from hangman_net.client.connect import Client, connect
from hangman_net.client.lines import lines
from hangman_net.client.model import Model, update
from hangman_net.hosting import Server, Settings
from hangman_net.messages import Board, Chat, MemberChange, Notice, ServerMessage

PAUSE = 0.4
"""Seconds between two lines where somebody looks on; in a pipe there is none."""

LETTERS = "etaoinsrhldcumfpgwybvkxjqz"
"""What the players try, in the order of English text, when nobody knows better."""

LONGEST = 13.0
"""Seconds after which the players stop the round: the demo promises to end within 20."""

GIVES_UP = 19.0
"""Seconds after which the demo ends whatever happens."""


def run_demo(seed: int | None) -> int:
    """Plays the demo; gives the exit code."""
    try:
        asyncio.run(asyncio.wait_for(_demo(2 if seed is None else seed), GIVES_UP))
    except TimeoutError:
        print("hangman-net: the demo took too long; try again", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


class _Stage:
    """What the audience sees: everything that ann is told, as line mode words it."""

    def __init__(self) -> None:
        self.model = Model()
        self.pause = PAUSE if sys.stdout.isatty() else 0.0
        self.news = asyncio.Event()  # set by every message
        self.unseen: OSError | None = None  # why nothing can be printed any more

    def show(self, message: ServerMessage) -> None:
        self.news.set()
        before, self.model = self.model, update(self.model, message, 0.0)
        if isinstance(message, (Board, Chat, Notice, MemberChange)):
            for line in lines(before, message, self.model, art=True):
                # the demo is looked at: blanks as they are drawn, not as they are read out
                self._print(_drawn(message) if isinstance(message, Board) and line.startswith("Word: ") else line)

    def _print(self, line: str) -> None:
        try:
            print(line, flush=True)
        except OSError as error:  # as behind `| head`
            self.unseen = error


def _drawn(board: Board) -> str:
    word = " ".join(cell or "_" for cell in board.cells)
    turn = f", {board.turn}'s turn" if board.turn else ""
    missed = f", missed {' '.join(board.missed)}" if board.missed else ""
    return f"    {word}    ({board.lives} lives{turn}{missed})"


async def _demo(seed: int) -> None:
    server = Server(Settings(port=0, words=("animals",), seed=seed))
    await server.start()
    print(f"A server listens on 127.0.0.1:{server.port}; ann and bob join it.\n")
    stage = _Stage()
    try:
        async with connect("127.0.0.1", server.port, name="ann") as ann:
            watching = asyncio.create_task(_watch(ann, stage))
            async with connect("127.0.0.1", server.port, name="bob") as bob:
                await _play(ann, bob, stage)
                await _say(bob, "/q", stage.pause)
            await _say(ann, "good game!", stage.pause)
            await _say(ann, "/q", 0.0)
            await watching
            if stage.unseen is not None:
                raise stage.unseen
    finally:
        await server.stop()


async def _watch(client: Client, stage: _Stage) -> None:
    async for message in client:
        stage.show(message)


async def _say(client: Client, text: str, pause: float) -> None:
    await asyncio.sleep(pause)
    await client.send(text)


async def _play(ann: Client, bob: Client, stage: _Stage) -> None:
    """A round in turns: whoever's turn it is guesses; the computer takes its own turns by itself."""
    await _say(ann, "hi bob, an animal? the computer may help us", stage.pause)
    await _say(bob, "/me cracks his knuckles", stage.pause)
    await _say(ann, "/bot hard", stage.pause)
    await _say(ann, "/new animals mode=turns", stage.pause)
    players = {client.name: client for client in (ann, bob)}
    letters = iter(LETTERS)
    until = asyncio.get_running_loop().time() + LONGEST
    while ann.board.status == "playing":
        if asyncio.get_running_loop().time() > until:
            await ann.send("/stop")
        elif (player := players.get(ann.board.turn or "")) is not None:
            tried = {cell for cell in (*ann.board.cells, *ann.board.missed) if cell}
            await _say(player, f"/guess {next(letter for letter in letters if letter not in tried)}", stage.pause)
        else:
            await stage.news.wait()
        stage.news.clear()
