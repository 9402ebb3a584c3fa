"""The standard streams: that all three are there, and whether this program sits at a terminal.

It knows what the system hands a program; it must not know what is shown there.
"""

from __future__ import annotations

import os
import sys


def complete_streams() -> None:
    """Put nothing in place of each standard stream that was closed, as by `<&-` and by some that start services.

    Else its number would go to the next file or socket, which would then be read or written as if it were the stream.
    """
    for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing != descriptor:
                os.dup2(nothing, descriptor)
                os.close(nothing)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


def on_terminal() -> bool:
    """Whether both ends are terminals that can show a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") != "dumb"
