"""The servers that are measured: ours, the floor in C, and the peers that are installed.

It knows how each is started and what it speaks; it must not know what is measured.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FLOOR = "floor"
BEFORE = "before"

SERVER_CPU, LOAD_CPU = "0", "1"
"""Who measures and who is measured never share a core."""

START_WITHIN = 20.0
"""Seconds after which a server that does not accept is given up."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: built programs, a folder of a run's own, the tree whose server is measured.

    `before` is the tree of an earlier commit, measured beside it.
    """

    built: Path
    scratch: Path
    tree: Path
    before: Path | None = None


PROGRAM = [sys.executable, "-P", "-c", "import sys; from hangman_net.cli import main; main(sys.argv[1:])"]
"""`hangman-net` of whatever tree is in PYTHONPATH; with `-P`, as the folder one stands in would come before it."""

Command = Callable[[Place, int], list[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """One server. `proto` is its row in load.c; `at_once` the connections it can take at a time.

    `plays`: it answers games; others are sent echoes in their place, if they have such a thing (`echoes`).
    """

    name: str
    proto: str
    command: Command
    at_once: int = 64
    plays: bool = False
    echoes: bool = True

    def found(self, place: Place) -> bool:
        """Whether it is installed here."""
        if self.name == BEFORE:
            return place.before is not None
        command = self.command(place, 0)
        if command[1:2] == [str(HERE / "peers" / "python_peers.py")] and command[2] != "streams":
            return subprocess.run([sys.executable, "-c", f"import {command[2]}"], capture_output=True).returncode == 0
        return shutil.which(command[0]) is not None


def ours(*options: str) -> Command:
    """The server of the tree that is measured, all limits of rate and count lifted."""

    def command(place: Place, port: int) -> list[str]:
        filled = [option.replace("@SCRATCH@", str(place.scratch)) for option in options]
        words = ["--words", str(place.scratch / "bench.txt"), "--limit", "all=none"]
        return [*PROGRAM, "serve", "--no-console", "--port", str(port), *words, *filled]

    return command


def slow_disk(milliseconds: int) -> Command:
    """Our server over a store whose every commit takes so long."""
    return lambda place, port: [
        *(sys.executable, str(HERE / "slow_disk.py"), str(port)),
        *(str(place.scratch), str(milliseconds)),
    ]


def floor(*options: str) -> Command:
    """The floor, as it was built."""
    return lambda place, port: [str(place.built / "floor"), str(port), *options]


def python_peer(kind: str) -> Command:
    """A peer written with a Python library."""
    return lambda place, port: [sys.executable, str(HERE / "peers" / "python_peers.py"), kind, str(port)]


def _configured(name: str, *arguments: str) -> Command:
    """A peer with a config file in which port and user are filled in."""

    def command(place: Place, port: int) -> list[str]:
        path = place.scratch / name
        text = (HERE / "peers" / name).read_text()
        user = pwd.getpwuid(os.getuid()).pw_name
        group = grp.getgrgid(os.getgid()).gr_name
        for mark, value in (("PORT", str(port)), ("USER", user), ("GROUP", group), ("SCRATCH", str(place.scratch))):
            text = text.replace(f"@{mark}@", value)
        path.write_text(text)
        return [argument.replace("@CONFIG@", str(path)) for argument in arguments]

    return command


def _redis(place: Place, port: int) -> list[str]:
    keep_nothing = ["--save", "", "--appendonly", "no", "--dir", str(place.scratch)]
    unlimited = ["--maxclients", "15000", "--client-output-buffer-limit", "pubsub 0 0 0"]
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", *keep_nothing, *unlimited]


SERVERS = {
    server.name: server
    for server in (
        Server(FLOOR, "frame", floor(), plays=True),
        Server("floor-each", "frame", floor("each"), plays=True),
        Server("ours", "frame", ours("--memory"), plays=True),
        Server(BEFORE, "frame", ours("--memory"), plays=True),
        Server("ours-disk", "frame", ours("--data", "@SCRATCH@/data"), plays=True),
        Server("ours-slow-disk", "frame", slow_disk(5), plays=True),
        # listens with a backlog of ten
        Server("ngircd", "irc", _configured("ngircd.conf", "ngircd", "-n", "-f", "@CONFIG@"), at_once=8),
        Server("redis", "redis", _redis),
        Server("nats", "nats", lambda _, port: ["nats-server", "-a", "127.0.0.1", "-p", str(port)], echoes=False),
        Server("streams", "frame", python_peer("streams")),
        Server("websockets", "ws", python_peer("websockets")),
        Server("picows", "ws", python_peer("picows")),
    )
}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that accepts: its process, its port and the seconds from exec until it did."""

    pid: int
    port: int
    seconds: float


@contextmanager
def running(server: Server, place: Place, *, pinned: bool = True) -> Iterator[Running]:
    """Starts a server, waits until it accepts, and ends it. Raises `RuntimeError` where it does not start."""
    shutil.rmtree(place.scratch / "data", ignore_errors=True)
    port = free_port()
    command = server.command(place, port)
    if pinned:
        command = [*pin(SERVER_CPU), *command]
    with tempfile.TemporaryFile("w+") as errors:
        tree = place.before if server.name == BEFORE else place.tree
        env = os.environ | {"PYTHONPATH": str(tree)}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, env=env)
        try:
            while not accepts(port):
                if process.poll() is not None or time.perf_counter() - began > START_WITHIN:
                    errors.seek(0)
                    raise RuntimeError(f"{server.name} does not start: {errors.read()[-300:].strip()}")
                time.sleep(0.0005)
            yield Running(process.pid, port, time.perf_counter() - began)
        finally:
            process.terminate()
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def pin(cpu: str) -> list[str]:
    """What stands in front of a command to keep it on one core, where there is a choice."""
    return ["taskset", "-c", cpu] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
