"""The tools of the conformance suite, here too; two profiles: CI, and `HYPOTHESIS_PROFILE=long` for a night."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))
sys.path.insert(0, str(Path(__file__).parent))

from judge import Launched, Launcher

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

settings.register_profile("ci", max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=QUIET)
settings.register_profile(
    "long", max_examples=3_000, stateful_step_count=80, deadline=None, suppress_health_check=QUIET
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """A server without limits of rate and count, watched by canaries."""
    home = tmp_path_factory.mktemp("home")
    (home / "fruit.txt").write_text("banana\n")
    launcher = Launcher(Launcher.words_of(None), home)
    server = launcher.serve("--no-console", "--limit", "all=none", "--words", str(home / "fruit.txt"), canaries=True)
    yield server
    launcher.end(server)
