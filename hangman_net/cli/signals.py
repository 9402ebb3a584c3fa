"""What signals ask of a server: to stop, and to take what changed on disk.

It knows signals, and how a process ends whatever holds it; it must not know what a server does when it stops.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable

from hangman_net.server.service import JOB_THREADS

log = logging.getLogger("hangman_net")

STOP_WITHIN = 4.5
"""Seconds from the wish to stop to the end of the process; all that was acked is on disk by then."""


INTERRUPTED = 130
"""The exit code after Ctrl-C."""


class Stop:
    """The wish to stop, and that it comes true whatever a plugin does in the loop or in a thread."""

    def __init__(self) -> None:
        self.code = 0  # of the process, if a signal ends it
        self._event = asyncio.Event()
        self._timer: threading.Timer | None = None

    def listen(self) -> None:
        """SIGTERM and SIGINT are such a wish; a loop that is held hears them too."""
        loop = asyncio.get_running_loop()

        def on(number: int, _frame: object) -> None:
            if number == signal.SIGINT:
                self.code = INTERRUPTED
            loop.call_soon_threadsafe(self._event.set)
            self.nears()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on)

    async def wait(self) -> None:
        """Until a signal came."""
        await self._event.wait()

    def nears(self) -> None:
        """The server is about to stop: the process ends within `STOP_WITHIN` seconds of when this was said first."""
        if self._timer is None:
            self._timer = threading.Timer(STOP_WITHIN, self._leave)
            self._timer.daemon = True
            self._timer.start()

    def reached(self) -> None:
        """The server has stopped: now only a job that does not end could keep the process."""
        if self._timer is not None and not any(t.name.startswith(JOB_THREADS) for t in threading.enumerate()):
            self._timer.cancel()

    def _leave(self) -> None:
        log.error("a plugin holds the loop or a thread: stopped without waiting for it")
        os._exit(self.code)


async def on_hangup(call: Callable[[], Awaitable[None]]) -> None:
    """Calls again and again when SIGHUP comes, one call after the other; for ever."""
    hung_up = asyncio.Event()
    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hung_up.set)
    while await hung_up.wait():
        hung_up.clear()
        await call()
