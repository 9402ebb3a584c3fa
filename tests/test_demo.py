"""The demo as a stranger runs it: a finished game on the screen, also in a pipe."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from hangman_net.demo import GIVES_UP


@pytest.mark.parametrize("seed", [None, "1"])
def test_a_whole_game_is_played_and_ends_by_itself(seed: str | None) -> None:
    command = [sys.executable, "-m", "hangman_net", "demo", *(["--seed", seed] if seed else [])]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "The word was" in done.stdout
    assert "good game!" in done.stdout


def test_nobody_waits_for_a_demo_that_nobody_reads() -> None:
    command = [sys.executable, "-m", "hangman_net", "demo"]
    began = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        assert demo.stdout.readline()
        demo.stdout.close()  # as `| head -1` does
        assert demo.stderr.read() == ""
        assert demo.wait() == 1
    assert time.monotonic() - began < GIVES_UP
