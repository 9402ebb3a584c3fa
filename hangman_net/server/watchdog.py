"""A watchdog: names the handler that holds the loop, while it holds it.

It knows threads and stacks; it must not know what a handler does.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable

log = logging.getLogger("hangman_net")

Running = Callable[[], tuple[str, str] | None]
"""What runs on the loop now: the plugin, and its command or hook; another tuple for each call."""

SHORTEST = 0.02
"""Seconds between two looks at least: a look costs as much as a chat line."""


class Watchdog:
    """Looks from a thread of its own, every `seconds`, what the thread that makes it is in.

    What is still there at the second look is logged, once, with the stack it is in. A handler that holds the
    interpreter's lock as well (a long match of a regular expression) is named when it lets go.
    """

    def __init__(self, running: Running, seconds: float) -> None:
        self._running = running
        self._seconds = max(seconds, SHORTEST)
        self._loop_thread = threading.get_ident()
        self._stop = threading.Event()
        if seconds < threading.TIMEOUT_MAX:  # not lifted
            threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def close(self) -> None:
        """Looks no more."""
        self._stop.set()

    def _watch(self) -> None:
        last = named = None
        while not self._stop.wait(self._seconds):
            now = self._running()
            if now is not None and now is last and now is not named:
                named = now
                self._name(*now)
            last = now

    def _name(self, plugin: str, what: str) -> None:
        frame = sys._current_frames().get(self._loop_thread)
        stack = [] if frame is None else traceback.format_stack(frame)
        log.error("plugin %s: %s holds the loop", plugin, what, extra={"plugin": plugin, "stack": "".join(stack)})
