"""Our server over a disk that takes so long for each commit; at its end it writes down how late its loop came.

It knows the store's port; it must not know what is kept.

usage: slow_disk.py PORT FOLDER MILLISECONDS
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hangman_net.hosting import Server, Settings
from hangman_net.limits import DEFAULTS
from hangman_net.server.turns import Loop
from hangman_net.store.port import Commit, StoreError
from hangman_net.store.sqlite import SqliteStore

EVERY = 0.005
"""Seconds from one look at the clock to the next: often enough, and no work beside a guess's own."""


class SlowStore(SqliteStore):
    """A store whose every transaction takes `seconds` longer."""

    seconds = 0.0

    def _commit(self, commits: Sequence[Commit]) -> StoreError | None:
        time.sleep(self.seconds)
        return super()._commit(commits)


async def main(port: int, folder: Path, milliseconds: float) -> None:
    """Serves until it is told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    store = SlowStore(folder / "data", post=loop.call_soon_threadsafe)
    store.seconds = milliseconds / 1e3
    limits = DEFAULTS.with_options(["all=none"])
    settings = Settings(port=port, words=[str(folder / "bench.txt")], limits=limits)
    server = Server(settings, store=store)
    await server.start()
    lags: list[tuple[float, float]] = []  # of it what this process worked meanwhile, and by the clock

    def look(due: float, spent: float) -> None:
        now, worked = loop.time(), time.process_time()
        lags.append((min(now - due, worked - spent), now - due))
        loop.call_at(now + EVERY, look, now + EVERY, worked)

    look(loop.time(), time.process_time())
    await stop.wait()
    own, clock = (1e3 * sorted(each)[len(lags) * 99 // 100] for each in zip(*lags, strict=True))
    (folder / "lags.json").write_text(json.dumps({"lag_ms": own, "lag_clock_ms": clock}))
    await server.stop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
