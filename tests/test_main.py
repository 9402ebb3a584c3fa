"""`python -m hangman_net` is the program, and imports nothing from the folder it is called in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hangman_net import __version__


def test_nothing_is_imported_from_the_folder_it_is_called_in(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('of a folder that nobody named')")
    command = [sys.executable, "-m", "hangman_net", "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout
