"""Kills a server under players, again and again: nothing acked is lost, nothing is done twice (see `crash.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")

SCRIPT = Path(__file__).with_name("crash.py")


def crash(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, timeout=280)


@pytest.mark.timeout(300)
def test_thirty_kills_lose_nothing() -> None:
    done = crash("--kills", "30")
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 kills" in done.stdout
    assert " 0 things amiss" in done.stdout


@pytest.mark.timeout(300)
def test_the_same_check_finds_a_store_that_acks_before_it_commits() -> None:
    done = crash("--kills", "3", "--seed", "7", "--lying")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "acked and are missing" in done.stdout
