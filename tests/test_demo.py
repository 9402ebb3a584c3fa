"""The demo as a stranger runs it: a finished game on the screen, also in a pipe."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("seed", [None, "1"])
def test_a_whole_game_is_played_and_ends_by_itself(seed: str | None) -> None:
    command = [sys.executable, "-m", "hangman_net", "demo", *(["--seed", seed] if seed else [])]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "The word was" in done.stdout
    assert "good game!" in done.stdout
