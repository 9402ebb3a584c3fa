"""How long one waits: from exec until the server accepts, until the prompt is there, until line mode says something.

It knows processes and terminals from the outside; it must not know what they import.
"""

from __future__ import annotations

import compileall
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.figures import Figure
from benchmarks.servers import PROGRAM, Place, Server, running

IMPORTS = "import asyncio, msgspec"
"""What no server of ours can do without."""

BARE_PROMPT = "from prompt_toolkit import prompt; prompt('> ')"
"""What no screen of ours can do without."""

SERVE = Server("serve", "frame", lambda _, port: [*PROGRAM, "serve", "--memory", "--no-console", "--port", str(port)])
"""As one starts it."""

PAINTED = (b"\x1b[?2004h", b"\x1b[?25h")
"""Prompt_toolkit begins to read (bracketed paste on), and later the cursor stands in the prompt (shown)."""

PATIENCE = 20.0


def starts(place: Place, *, rounds: int) -> list[Figure]:
    """Each against its own measure: the quickest of all rounds, since nothing but the machine makes one slower."""
    compileall.compile_dir(place.tree / "hangman_net", quiet=1)  # as pip does: PYTHONDONTWRITEBYTECODE may be set here
    env = os.environ | {"PYTHONPATH": str(place.tree), "TERM": "xterm", "HOME": str(place.scratch)}
    imports, bare, serve, screen, plain = [], [], [], [], []
    for _ in range(rounds):
        imports.append(_until_end([sys.executable, "-c", IMPORTS], env))
        bare.append(_until_prompt([sys.executable, "-c", BARE_PROMPT], env))
        with running(SERVE, place, pinned=False) as server:
            serve.append(server.seconds)
            join = [*PROGRAM, "join", f"127.0.0.1:{server.port}"]
            screen.append(_until_prompt(join, env))
            plain.append(_until_line([*join, "--plain"], env))
    return [
        Figure("serve, until it accepts", min(serve) / min(imports), f"times `{IMPORTS}`", 1.6),
        Figure("join, until the prompt", min(screen) / min(bare), "times a bare prompt_toolkit prompt", 1.3),
        Figure("join --plain, until its first line", min(plain) / min(imports), f"times `{IMPORTS}`", 1.3),
    ]


def _until_end(command: Sequence[str], env: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True)
    return time.perf_counter() - began


def _until_line(command: Sequence[str], env: dict[str, str]) -> float:
    began = time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - began
        process.kill()
    if not line:
        raise RuntimeError(f"{command[-1]} printed nothing")
    return seconds


def _until_prompt(command: list[str], env: dict[str, str]) -> float:
    """On a terminal of its own, which answers where its cursor is when it is asked."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, env)
    shown, wanted = b"", list(PAINTED)
    try:
        while wanted:
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            if not ready or time.perf_counter() - began > PATIENCE:
                raise RuntimeError("no prompt came")
            piece = os.read(terminal, 65_536)
            if b"\x1b[6n" in piece:
                os.write(terminal, b"\x1b[1;1R")
            shown += piece
            while wanted and wanted[0] in shown:
                shown = shown.partition(wanted.pop(0))[2]
        return time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
