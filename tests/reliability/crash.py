"""Kills a server again and again under players, and checks every ack against what was kept.

    python tests/reliability/crash.py --kills 200

Twenty players in five rooms play rounds over real sockets, each with one line under way; at a random moment the server
is killed (SIGKILL) and started again on the same data; the players come back by their tokens and send again what had
no ack. In the end every guess that was acked `ok` must stand in the log of events exactly once, and no other; after
each restart nobody's line ids, rounds or shown letters may have gone back. Exit status 1 where anything is amiss.

`--lying` runs the same against a store that acks before it commits: then something must be amiss.
It knows the contract alone (frames, messages, the command line) and the log of events; none of the server's inside.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOMS = 5
PLAYERS = 20
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
MOST_ACKS = 200
"""Guesses that are acked between two kills, at most."""

LYING_DELAY = 0.2
"""Seconds by which a lying store commits late."""
PATIENCE = 20.0
"""Seconds for a server to start, or for a player to be done: far more than either takes."""

Message = dict[str, Any]


@dataclass
class Player:
    """One player over many connections: what they sent, what was acked, what they were shown."""

    name: str
    room: str
    chance: random.Random
    token: str | None = None
    last_id: int = 0
    pending: dict[int, str] = field(default_factory=dict)
    acked: list[tuple[int, str]] = field(default_factory=list)
    """Line ids and letters of the guesses that were acked `ok`."""
    round: int = 0
    tried: set[str] = field(default_factory=set)
    """Letters that were acked in the round last seen."""
    playing: bool = False
    amiss: list[str] = field(default_factory=list)
    resumed: int = 0
    _shown: set[str] = field(default_factory=set)

    async def play(self, port: int, finish: asyncio.Event) -> None:
        """Comes, plays and comes back until `finish` is set and nothing is under way any more."""
        while not (finish.is_set() and not self.pending and self.token):
            try:
                async with asyncio.timeout(PATIENCE):  # no server lives as long
                    await self._session(port, finish)
            except TimeoutError:
                self.amiss.append(f"{self.name}: nothing happens; without an ack: {self.pending}")
                return
            except (OSError, EOFError):
                pass
            await asyncio.sleep(0.02)

    async def _session(self, port: int, finish: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            hello = {"type": "hello", "version": 1, "name": self.name, "room": self.room, "token": self.token}
            _send(writer, hello)
            async for message in _messages(reader):
                getattr(self, "_on_" + message["type"], _nothing)(message, writer)
                if not self.pending and self.token:
                    if finish.is_set():
                        return
                    if message["type"] in ("ack", "board"):
                        self._move(writer)
        finally:
            writer.close()

    def _move(self, writer: asyncio.StreamWriter) -> None:
        self.last_id += 1
        if not self.playing:
            text = "/new"
        elif untried := [letter for letter in LETTERS if letter not in self._shown]:
            text = f"/guess {untried[min(int(self.chance.expovariate(0.7)), len(untried) - 1)]}"
        else:
            text = "/stop"
        self.pending[self.last_id] = text
        _send(writer, {"type": "line", "id": self.last_id, "text": text})

    def _on_welcome(self, message: Message, writer: asyncio.StreamWriter) -> None:
        if self.token:
            self.resumed += 1
            if not message["resumed"]:
                self.amiss.append(f"{self.name}: the seat was forgotten")
            kept = max((line for line, _ in self.acked), default=0)
            if message["last_id"] < kept:
                self.amiss.append(f"{self.name}: line {kept} was acked, but the last id is {message['last_id']}")
        self.token = message["token"]
        self._back = True
        for line, text in self.pending.items():
            _send(writer, {"type": "line", "id": line, "text": text})

    _back = False

    def _on_board(self, board: Message, writer: asyncio.StreamWriter) -> None:
        back, self._back = self._back, False
        number = board["round"]
        shown = {cell.lower() for cell in board["cells"] if cell} | set(board["missed"])
        if number < self.round:
            self.amiss.append(f"{self.name}: round {self.round} was begun, but it is round {number} again")
        elif number == self.round and back and (lost := self.tried - shown):
            self.amiss.append(f"{self.name}: round {number} has lost {', '.join(sorted(lost))}")
        if number != self.round:
            self.round, self.tried = number, set()
        self.playing, self._shown = board["status"] == "playing", shown

    def _on_ack(self, ack: Message, writer: asyncio.StreamWriter) -> None:
        text = self.pending.pop(ack["id"], None)
        if text is None:
            self.amiss.append(f"{self.name}: line {ack['id']} was acked twice")
        elif ack["ok"] and text.startswith("/guess "):
            letter = text.removeprefix("/guess ")
            self.acked.append((ack["id"], letter))
            if letter in self._shown:
                self.tried.add(letter)

    def _on_error(self, error: Message, writer: asyncio.StreamWriter) -> None:
        if error["code"] == "name_taken" and not self.token:  # killed between the seat and its welcome
            self.name += "x"
            _send(writer, {"type": "hello", "version": 1, "name": self.name, "room": self.room})


def _nothing(message: Message, writer: asyncio.StreamWriter) -> None:
    """Messages that the check does not need."""


def _send(writer: asyncio.StreamWriter, message: Message) -> None:
    payload = json.dumps(message).encode()
    writer.write(struct.pack(">I", len(payload)) + payload)


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[Message]:
    while True:
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        yield json.loads(await reader.readexactly(length))


# --- the server that is killed ----------------------------------------------------------------------------------


def serve_lying(options: list[str]) -> None:
    """`hangman-net` with a store that says of every commit at once that it is safe."""
    from hangman_net import cli
    from hangman_net.store import Commit, StoreError, Then
    from hangman_net.store.sqlite import SqliteStore

    honest_submit, honest_commit = SqliteStore.submit, SqliteStore._commit

    def submit(self: SqliteStore, commit: Commit, then: Then) -> None:
        honest_submit(self, commit, lambda error: None)
        then(None)

    def commit(self: SqliteStore, commits: list[Commit]) -> StoreError | None:
        time.sleep(LYING_DELAY)  # a lie that is never older than a moment would be found out too rarely
        return honest_commit(self, commits)

    SqliteStore.submit, SqliteStore._commit = submit, commit  # type: ignore[method-assign, assignment]
    sys.argv = ["hangman-net", *options]
    cli.main()


async def start(port: int, data: Path, *, lying: bool) -> asyncio.subprocess.Process:
    """A server on `port` that answers."""
    options = ["serve", "--port", str(port), "--data", str(data), "--no-console", "--limit", "all=none"]
    command = [__file__, "--serve-lying"] if lying else ["-c", "from hangman_net.cli import main; main()"]
    with (data.parent / "server.log").open("ab") as log:
        server = await asyncio.create_subprocess_exec(
            sys.executable, *command, *options, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
        )
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return server
            if server.returncode is not None:
                raise SystemExit(f"the server ended: {(data.parent / 'server.log').read_text()}")
            await asyncio.sleep(0.01)


def free_port() -> int:
    """A port that was free a moment ago: the server has to come back on the same one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def crash(kills: int, seed: int, folder: Path, *, lying: bool) -> tuple[list[Player], float]:
    """Lets the players play through `kills` kills; gives them, and the slowest start of a server in seconds."""
    chance = random.Random(seed)
    port, data = free_port(), folder / "data"
    players = [Player(f"player{n}", f"room{n % ROOMS}", random.Random(seed + n)) for n in range(PLAYERS)]
    finish, slowest = asyncio.Event(), 0.0
    async with asyncio.TaskGroup() as group:
        for player in players:
            group.create_task(player.play(port, finish))
        for _ in range(kills):
            began = time.monotonic()
            server = await start(port, data, lying=lying)
            slowest = max(slowest, time.monotonic() - began)
            await acked(players, chance.randrange(MOST_ACKS))
            await asyncio.sleep(chance.uniform(0, 0.01))
            server.send_signal(signal.SIGKILL)
            await server.wait()
        server = await start(port, data, lying=lying)
        await acked(players, MOST_ACKS)
        finish.set()
    server.terminate()
    await server.wait()
    return players, slowest


async def acked(players: list[Player], more: int) -> None:
    """Waits until the players have so many acks more: moments of play, however fast the machine is."""
    began, enough = time.monotonic(), sum(len(player.acked) for player in players) + more
    while sum(len(player.acked) for player in players) < enough and time.monotonic() - began < PATIENCE / 2:
        await asyncio.sleep(0.005)


def check(players: list[Player], folder: Path) -> list[str]:
    """What is amiss between the players' acks and the log of events."""
    from hangman_net.store.sqlite import FILE, damage, read_events

    path = folder / "data" / FILE
    amiss = [f"the database: {wrong}"] if (wrong := damage(path)) else []
    kept: Counter[tuple[str, str]] = Counter()
    for _, event in read_events(path):
        if event.kind == "guess":
            kept[event.who, json.loads(event.data)["guess"]] += 1
    acked = Counter((player.name, letter) for player in players for _, letter in player.acked)
    for (name, letter), count in (acked - kept).items():
        amiss.append(f"{name}: {count} guesses of {letter} were acked and are missing")
    for (name, letter), count in (kept - acked).items():
        amiss.append(f"{name}: {count} guesses of {letter} were kept and not acked, or kept twice")
    return amiss + [line for player in players for line in player.amiss]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--lying", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        players, slowest = asyncio.run(crash(options.kills, options.seed, folder, lying=options.lying))
        amiss = check(players, folder)
    acks, resumed = sum(len(player.acked) for player in players), sum(player.resumed for player in players)
    print(f"seed {options.seed}: {options.kills} kills, {resumed} seats taken again, {acks} guesses acked,")
    print(f"slowest start {slowest:.2f} s, {len(amiss)} things amiss")
    print("\n".join(amiss[:20]))
    raise SystemExit(1 if amiss else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve-lying"]:
        serve_lying(sys.argv[2:])
    else:
        main()
