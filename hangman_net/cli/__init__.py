"""The command line: it puts the parts together, and nothing else does.

It knows options, exit codes and which parts a command wants; it must not know how any of them works.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> None:
    """The entry point `hangman-net`."""
    # most of what a program makes while it starts stays: to look through it again and again is a tenth of the start
    gc.set_threshold(100_000, 20, 100)
    from hangman_net.cli.terminal import complete_streams

    complete_streams()
    from hangman_net.cli.commands import hangman_net
    from hangman_net.cli.options import run

    sys.exit(run(hangman_net, args))
