"""The load generator builds, and a short run against the floor and against our server is right; figures add up."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="the load generator is written in C")

SHORT = ("--secs", "0.2", "--warm", "0.05")
CHAT = ("--conns", "12", "--members", "4", "--senders", "2", "--window", "2")
GAMES = ("--conns", "3", "--mode", "games")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    for name in ("load", "floor"):
        source = ROOT / "benchmarks" / "c" / f"{name}.c"
        subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", folder / name, source], check=True)
    return folder


@pytest.fixture(params=["floor", "ours"])
def port(request: pytest.FixtureRequest, built: Path, tmp_path: Path) -> Iterator[str]:
    """A server of each test's own: who has gone keeps name and seat for a while."""
    words = tmp_path / "bench.txt"
    words.write_text("#: level = hard\njazz\n")
    program = [sys.executable, "-c", "from hangman_net.cli import main; main()", "serve", "--port", "0"]
    ours = [*program, "--memory", "--no-console", "--limit", "all=none", "--words", str(words)]
    command = [str(built / "floor"), "0"] if request.param == "floor" else ours
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().rpartition(":")[2].strip()
        process.terminate()


def run(built: Path, port: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run([built / "load", "--port", port, *SHORT, *options], capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("options", [CHAT, GAMES], ids=["chat", "games"])
def test_every_delivery_comes_and_is_right(built: Path, port: str, options: tuple[str, ...]) -> None:
    code, found = run(built, port, *options)
    assert (code, found["lost"], found["gaps"], found["repeats"], found["bad"]) == (0, 0, 0, 0, 0)
    assert found["deliveries"] > 0
