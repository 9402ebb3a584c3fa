"""Standard streams that were closed before the program began."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_nothing_takes_the_place_of_a_stream_that_is_closed(closed: str) -> None:
    code = """
        import os, sys
        from hangman_net.cli.terminal import complete_streams, on_terminal
        complete_streams()
        new = os.open(os.devnull, os.O_RDONLY)
        assert new > 2, new
        assert not on_terminal()
        assert sys.stdin.read() == ""
        print("printed", flush=True)
        print("told", file=sys.stderr, flush=True)
        os._exit(7)
    """
    script = "\n".join(line.strip() for line in code.splitlines())
    shell = ["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script]
    done = subprocess.run(shell, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    assert done.returncode == 7, done.stderr
    streams = closed.split()
    assert done.stdout == ("" if ">&-" in streams else "printed\n")
    assert done.stderr == ("" if "2>&-" in streams else "told\n")
