"""Whether this program sits at a terminal.

It knows the standard streams; it must not know what is shown there.
"""

from __future__ import annotations

import os
import sys


def on_terminal() -> bool:
    """Whether both ends are terminals that can show a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") != "dumb"
