"""The suite bites: each mutant of our server fails the case that is named for it."""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

NOTICED = {
    "acks-early": "test_crash.py::test_a_round_goes_on_after_a_restart[kill]",
    "rearms-deadlines": "test_framing.py::test_a_begun_frame_has_its_time_in_total",
    "waits-for-slow-readers": "test_flow.py::test_a_reader_who_does_not_read_goes_and_nobody_waits_for_it",
    "reads-lenient-json": "test_payloads.py::test_bad_json[nan]",
    "tells-who-resumes": "test_cheating.py::test_whoever_comes_in_is_told_no_word[resume]",
    "claims-names-late": "test_crash.py::test_a_name_on_its_way_to_the_disk_is_taken",
    "keeps-the-turn": "test_rounds.py::test_turns_go_round_and_never_stop[close]",
    "forgets-ids": "test_lines.py::test_a_guess_again_counts_once",
}


@pytest.mark.timeout(150)
@pytest.mark.parametrize("mutant", NOTICED)
def test_a_mutant_is_noticed(mutant: str, tmp_path: Path) -> None:
    case = NOTICED[mutant]
    server = shlex.join([sys.executable, str(HERE / "mutants.py"), mutant, "serve"])
    pytest_words = f"-m pytest -q -p no:cacheprovider --tb=line --basetemp {tmp_path / 'inner'}".split()
    done = subprocess.run(
        [sys.executable, *pytest_words, "--server", server, str(HERE / case)],
        capture_output=True,
        text=True,
        timeout=140,
        cwd=HERE.parents[1],
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    # A case may also be failed at its end, by what the server's log says.
    noticed = [f"{how} tests/conformance/{case.split('[')[0]}" for how in ("FAILED", "ERROR")]
    assert any(line in done.stdout for line in noticed), done.stdout


def test_every_mutant_has_its_case() -> None:
    tree = ast.parse((HERE / "mutants.py").read_text(encoding="utf-8"))
    broken = {
        node.name.replace("_", "-")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert broken == set(NOTICED)
