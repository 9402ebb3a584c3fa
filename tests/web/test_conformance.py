"""The suite by which any server of the contract can be judged, through the door for browsers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).parent.parent / "conformance"
CASES = ("test_sessions.py", "test_payloads.py", "test_cheating.py", "test_flow.py")
NOT_HERE = (
    "not other_protocols"  # this door speaks HTTP
    " and not backlog_of_a_slow_reader and not five_seconds_without"  # the bridge's own buffers take too much
)


@pytest.mark.timeout(600)
def test_sessions_text_cheating_and_flow_hold_over_websocket() -> None:
    gateway = Path(__file__).with_name("gateway.py")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", NOT_HERE),
            *("--server", f"{sys.executable} {gateway} serve"),
            *(str(SUITE / name) for name in CASES),
        ],
        capture_output=True,
        text=True,
        cwd=SUITE.parent.parent,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5_000:]
