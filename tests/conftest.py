"""What all tests need of the process that they run in."""

from __future__ import annotations

import signal

from hypothesis import settings

# How long one example takes is the machine's affair: on a busy one a law would fail that holds.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

# A shell that runs the tests in the background has them ignore SIGINT, and every program that a test starts would
# inherit that: none of them could be ended by Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
