"""A soak: many clients in many rooms who play, stall and flap for a chosen time; prints what grew, lagged or was lost.

    python tests/chaos/soak.py --minutes 10 --clients 500 --rooms 60

It knows the wire; it must not know the server, which is started by a command line (`--server`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import linear_regression, quantiles
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from judge import Json, Launched, Launcher
from judge.peer import encode

LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
SAMPLE = 0.5
"""Seconds between two looks at the server's memory and two pings of the clock that measures lag."""

Delays: TypeAlias = list[tuple[float, float]]


@dataclass
class Report:
    """What was seen: acks by time and delay, lag of pings, memory by time, and what went wrong."""

    began: float = field(default_factory=time.monotonic)
    acks: Delays = field(default_factory=list)
    lag: Delays = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    sent: int = 0
    resumed: int = 0
    stalls: int = 0
    wrong: list[str] = field(default_factory=list)

    def at(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def lines(self, seconds: float) -> list[str]:
        """The figures, as text."""
        warm = [(t, m) for t, m in self.memory if t > seconds * 0.2]
        slope = linear_regression(*zip(*warm, strict=True)).slope * 3600 / 2**20 if len(warm) > 2 else 0.0
        first, last = _tenth(self.acks, seconds, 0), _tenth(self.acks, seconds, 9)
        return [
            f"lines acked            {len(self.acks)} of {self.sent} sent, each once",
            f"lost                   {self.sent - len(self.acks)}",
            f"resumed / stalled      {self.resumed} / {self.stalls}",
            f"ack p99 first tenth    {_p99(first) * 1000:.1f} ms",
            f"ack p99 last tenth     {_p99(last) * 1000:.1f} ms",
            f"ack longest            {max((d for _, d in self.acks), default=0.0):.2f} s",
            f"ping p99 (lag)         {_p99([d for _, d in self.lag]) * 1000:.1f} ms",
            f"memory                 {self.memory[0][1] / 2**20:.1f} to {self.memory[-1][1] / 2**20:.1f} MiB",
            f"memory slope           {slope:+.2f} MiB an hour, after the first fifth",
            f"wrong                  {len(self.wrong)} {self.wrong[:3]}",
        ]


def _tenth(delays: Delays, seconds: float, which: int) -> list[float]:
    return [d for t, d in delays if which <= t / seconds * 10 < which + 1]


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98] if len(values) > 1 else 0.0


class Player:
    """One person who types, now and then stops reading, and now and then drops the connection and comes back."""

    def __init__(self, number: int, room: str, address: tuple[str, int], report: Report, chance: Random) -> None:
        self.room, self.address, self.report, self.chance = room, address, report, chance
        self.token: str | None = None
        self.number = number
        self.line_id = 0
        self.board: Json = {}
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter | None = None

    async def play(self, until: float) -> None:
        """Plays until the time is over, and waits for the last ack."""
        while time.monotonic() < until:
            await asyncio.sleep(self.chance.expovariate(1.0))
            if self.writer is not None and self.chance.random() < 0.02:
                self._drop()
            if self.chance.random() < 0.01 and self.writer is not None:
                self.report.stalls += 1
                await asyncio.sleep(self.chance.uniform(0.5, 3.0))
            await self._type(self._next())
        if self.writer is not None:
            self.writer.close()

    def _next(self) -> str:
        if self.chance.random() < 0.1:
            return f"hello {self.chance.random()}"
        if self.board.get("status") != "playing":
            return "/new"
        tried = {*self.board.get("missed", ()), *(c for c in self.board.get("cells", ()) if c)}
        left = [letter for letter in LETTERS if letter not in tried] or ["e"]
        return f"/guess {left[0] if self.chance.random() < 0.5 else self.chance.choice(left)}"

    async def _type(self, text: str) -> None:
        self.line_id += 1
        self.report.sent += 1
        began = time.monotonic()
        while True:
            try:
                if self.writer is None:
                    await self._connect()
                assert self.writer is not None
                self.writer.write(encode({"type": "line", "text": text, "id": self.line_id}))
                while True:
                    message = await self._read()
                    if message["type"] == "ack" and message["id"] == self.line_id:
                        self.report.acks.append((self.report.at(), time.monotonic() - began))
                        return
                    if message["type"] == "ack" and message["id"] > self.line_id:
                        self.report.wrong.append(f"ack {message['id']} after line {self.line_id}")
                    if message["type"] == "bye" and message["reason"] not in ("slow", "replaced"):
                        self.report.wrong.append(f"bye {message['reason']}")
            except (OSError, asyncio.IncompleteReadError):
                self._drop()

    async def _connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(*self.address)
        hello: Json = {"type": "hello", "version": 1, "room": self.room}
        hello |= {"name": f"Player{self.number}z"} if self.token is None else {"token": self.token}
        self.writer.write(encode(hello))
        while (message := await self._read())["type"] != "board":
            if message["type"] == "welcome":
                if self.token is not None:
                    self.report.resumed += 1
                    if not message["resumed"]:
                        self.report.wrong.append("a seat was lost")
                self.token = message["token"]

    async def _read(self) -> Json:
        header = await self.reader.readexactly(4)
        message: Any = json.loads(await self.reader.readexactly(struct.unpack(">I", header)[0]))
        if message["type"] == "board":
            self.board = message
        return dict(message)

    def _drop(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()
            self.writer = None


async def _watch(server: Launched, report: Report, until: float) -> None:
    reader, writer = await asyncio.open_connection(*server.address)
    writer.write(encode({"type": "hello", "version": 1, "room": "watch"}))
    number = 0
    while time.monotonic() < until:
        number += 1
        began = time.monotonic()
        writer.write(encode({"type": "ping", "id": number}))
        while True:
            (size,) = struct.unpack(">I", await reader.readexactly(4))
            message = json.loads(await reader.readexactly(size))
            if message["type"] == "pong" and message["id"] == number:
                break
        report.lag.append((report.at(), time.monotonic() - began))
        report.memory.append((report.at(), server.memory()))
        await asyncio.sleep(SAMPLE)
    writer.close()


async def soak(server: Launched, *, seconds: float, clients: int, rooms: int, seed: int) -> Report:
    """Lets them play and gives what was seen."""
    report = Report()
    until = time.monotonic() + seconds
    players = [
        Player(n, f"room-{n % rooms}", server.address, report, Random(seed * 1_000_003 + n)) for n in range(clients)
    ]
    await asyncio.gather(_watch(server, report, until), *(player.play(until) for player in players))
    return report


def main(args: Sequence[str] | None = None) -> int:
    """The command; 0 where nothing was lost or wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--rooms", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", help="what starts the server; ours by default")
    options = parser.parse_args(args)
    with tempfile.TemporaryDirectory() as home:
        launcher = Launcher(Launcher.words_of(options.server), Path(home))
        server = launcher.serve("--no-console", "--limit", "all=none", "--data", f"{home}/data", memory=False)
        seconds = options.minutes * 60
        try:
            report = asyncio.run(
                soak(server, seconds=seconds, clients=options.clients, rooms=options.rooms, seed=options.seed)
            )
        finally:
            launcher.end(server)
    print(f"{options.clients} clients in {options.rooms} rooms for {options.minutes:g} minutes")
    print("\n".join(report.lines(seconds)))
    return 1 if report.wrong or report.sent != len(report.acks) else 0


if __name__ == "__main__":
    sys.exit(main())
