"""`demo`: a whole game over a real socket, printed as it happens: a server, two scripted players and their talk.

It knows a script; the server, the rounds and the players' connections are the real ones.
"""

from __future__ import annotations

import asyncio
import sys

from hangman_net.client.connect import Client, connect
from hangman_net.client.lines import lines
from hangman_net.client.model import Model, update
from hangman_net.hosting import Server, Settings
from hangman_net.messages import Board, Chat, MemberChange, Notice, ServerMessage

PAUSE = 0.25
"""Seconds between two lines where somebody looks on; in a pipe there is none."""

LETTERS = "etaoinsrhldcumfpgwybvkxjqz"
"""What the players try, in the order of English text, when nobody knows better."""

GIVES_UP = 18.0
"""Seconds after which the demo ends whatever happens: it promises 20."""


def run_demo(seed: int | None) -> int:
    """Plays the demo; gives the exit code."""
    try:
        asyncio.run(asyncio.wait_for(_demo(7 if seed is None else seed), GIVES_UP))
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

    def show(self, message: ServerMessage) -> None:
        before, self.model = self.model, update(self.model, message, 0.0)
        if isinstance(message, (Board, Chat, Notice, MemberChange)):
            for line in lines(before, message, self.model, art=True):
                print(line, flush=True)


async def _demo(seed: int) -> None:
    server = Server(Settings(port=0, words=("animals",), seed=seed))
    await server.start()
    print(f"A server listens on 127.0.0.1:{server.port}; ann and bob join it.\n")
    stage = _Stage()
    try:
        async with connect("127.0.0.1", server.port, name="ann") as ann:
            watching = asyncio.create_task(_watch(ann, stage))
            async with connect("127.0.0.1", server.port, name="bob") as bob:
                await _play(ann, bob, stage.pause)
                await _say(bob, "/q", stage.pause)
            await _say(ann, "good game!", stage.pause)
            await _say(ann, "/q", 0.0)
            await watching
    finally:
        await server.stop()


async def _watch(client: Client, stage: _Stage) -> None:
    async for message in client:
        stage.show(message)


async def _say(client: Client, text: str, pause: float) -> bool:
    await asyncio.sleep(pause)
    return (await client.send(text)).ok


async def _play(ann: Client, bob: Client, pause: float) -> None:
    await _say(ann, "hi bob, an animal?", pause)
    await _say(bob, "/me cracks his knuckles", pause)
    await _say(ann, "/new animals", pause)
    players = [bob, ann]
    for letter in LETTERS:
        if ann.board is None or ann.board.status != "playing":
            break
        if letter == "r":
            await _say(bob, "hm. r?", pause)
        await _say(players[0], f"/guess {letter}", pause)
        players.reverse()
