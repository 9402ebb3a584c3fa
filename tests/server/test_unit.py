"""The systemd unit that docs/deploy.md installs: understood by systemd as a whole, and tight."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hangman_net.server.log import FIELDS

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "hangman-net.service"
ANALYZE = shutil.which("systemd-analyze")

MOST_EXPOSED = 2.0
"""Of 10, by systemd's own judgement (`systemd-analyze security`); a unit without hardening has 9.6."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there: verifying looks for it."""
    text = UNIT.read_text(encoding="utf-8").replace("/opt/hangman-net/bin/hangman-net", sys.executable)
    path = tmp_path / UNIT.name
    path.write_text(text)
    return path


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
def test_systemd_understands_every_line(unit: Path) -> None:
    done = subprocess.run([str(ANALYZE), "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
def test_little_of_the_machine_is_exposed(unit: Path) -> None:
    words = [str(ANALYZE), "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert level is not None, said
    assert float(level[1]) <= MOST_EXPOSED


def test_its_command_line_is_one_of_ours() -> None:
    words = next(line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart=")).split()
    program = str(Path(sys.executable).with_name("hangman-net"))
    options = [word for word in words if word.startswith("--")]
    said = subprocess.run([program, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert options and all(re.search(rf"{option}\b", said) for option in options)


def test_the_settings_of_the_page_are_options(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert block is not None
    (tmp_path / "config.toml").write_text(block[1], encoding="utf-8")
    program = str(Path(sys.executable).with_name("hangman-net"))
    words = [program, "serve", "--config", str(tmp_path / "config.toml"), "--limits"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rooms = 50 " in done.stdout


def test_the_fields_of_a_log_line_are_in_the_page() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [field for field in FIELDS if f"`{field}`" not in page] == []
