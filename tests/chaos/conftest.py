"""The tools of the conformance suite, here too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))
sys.path.insert(0, str(Path(__file__).parent))

from judge import Launched, Launcher


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """A server that keeps what is played, with words that a seed repeats."""
    home = tmp_path_factory.mktemp("home")
    (home / "fruit.txt").write_text("banana\n")
    launcher = Launcher(Launcher.words_of(None), home)
    options = ("--no-console", "--limit", "all=none", "--words", str(home / "fruit.txt"), "--data", str(home / "data"))
    server = launcher.serve(*options, memory=False, canaries=True)
    yield server
    launcher.end(server)
