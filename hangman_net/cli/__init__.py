"""The command line: it puts the parts together, and nothing else does.

It knows options, exit codes and which parts a command wants; it must not know how any of them works.
"""

from __future__ import annotations

from hangman_net.cli.commands import main

__all__ = ["main"]
