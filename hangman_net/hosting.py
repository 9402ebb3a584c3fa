"""A server put together: word lists, plugins, hub, store and door, started and stopped in the right order.

It knows the parts and their order; it must not know the command line or what the parts do.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from hangman_net import __version__
from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import Services
from hangman_net.chat.restore import restore
from hangman_net.library import Library
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.loader import find, load_all
from hangman_net.server.admission import Admission
from hangman_net.server.edge import Door
from hangman_net.server.outbox import Outbox
from hangman_net.server.service import Service
from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, Store, StoreError

HOST_TOKEN = "host-token"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a server is set up. `data` None keeps nothing; `host` empty listens on all interfaces."""

    host: str = "127.0.0.1"
    port: int = 4264
    words: Sequence[str] = ()
    words_dirs: Sequence[Path] = ()
    data: Path | None = None
    seed: int | None = None
    plugins: Sequence[str] = ()
    plugins_dirs: Sequence[Path] = ()
    limits: Limits = field(default=DEFAULTS)
    host_seated: bool = False
    host_line: str | None = None
    """What the host types first of all, if no round runs where they sit."""

    password: str | None = field(default=None, repr=False)
    scripts: tuple[str, ...] = ("Latin",)


class Server:
    """A server in this process. `notes` is what the one who started it should read."""

    def __init__(self, settings: Settings, *, store: Store | None = None) -> None:
        self.settings = settings
        self.notes: list[str] = []
        self.bound: list[tuple[str, int]] = []
        self.host_token = secrets.token_hex(16)
        self._given_store = store

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.bound[0][1]

    async def start(self) -> None:
        """Restores what was kept and listens.

        Raises `OSError` for the port, `StoreError` for the data folder, `UnknownList` or `ListRefused` for the words.
        """
        settings = self.settings
        loop = asyncio.get_running_loop()
        self.library = Library.choose(settings.words, settings.words_dirs)
        for name in settings.words:
            self.library.load(self.library.find(name) or Path(name).stem)
        began = time.monotonic()
        store = self._given_store or self._open_store(loop)
        loaded = store.load()

        def clock() -> float:
            return loaded.now + time.monotonic() - began

        chance: Random = SystemRandom() if settings.seed is None else Random(settings.seed)
        outbox = Outbox(loop.call_soon)
        self.hub = hub = Hub(
            sink=outbox,
            limits=settings.limits,
            clock=clock,
            chance=Random() if settings.seed is None else Random(settings.seed),
            token=lambda: secrets.token_hex(16),
            host_token=self.host_token,
            host_seated=settings.host_seated,
            password=settings.password,
            scripts=settings.scripts,
            version=f"hangman_net/{__version__}",
        )
        services = Services(words=self.library, random=hub.random, secrets=chance)
        self.notes += load_all(hub, services, find(settings.plugins, settings.plugins_dirs))
        self.service = Service(hub, store, outbox, loop)
        self.service.host_line = settings.host_line
        self._restore(store, loaded.records, loaded.done)
        self.door = Door(self.service, Admission(settings.limits), loop)
        try:
            self.bound = self.door.listen(settings.host, settings.port)
        except BaseException:
            store.close()
            raise
        self.library.watch()
        # what is there now stays: the collector need not look at it again
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    def _open_store(self, loop: asyncio.AbstractEventLoop) -> Store:
        if self.settings.data is None:
            return MemoryStore()
        from hangman_net.store.sqlite import SqliteStore

        store = SqliteStore(self.settings.data, post=loop.call_soon_threadsafe)
        self.host_token = _kept_token(self.settings.data / HOST_TOKEN)
        return store

    def _restore(self, store: Store, records: dict[str, bytes], done: dict[str, list[int]]) -> None:
        restored = restore(self.hub, records, done)
        self.notes += restored.notes
        if restored.puts:

            def then(error: StoreError | None) -> None:
                if error is not None:
                    self.notes.append(str(error))

            store.submit(Commit(self.hub.clock(), tuple(restored.puts.items())), then)
        self.service.wake()

    async def stop(self) -> None:
        """Says `stopping` to everybody and keeps what was submitted; within 5 s."""
        await self.door.close()
        self.library.close()
        await self.service.close()


def _kept_token(path: Path) -> str:
    """The host's token, made once, for its owner's eyes."""
    try:
        token = path.read_text().strip()
        if len(token) >= 32:
            return token
    except OSError:
        pass
    token = secrets.token_hex(16)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token + "\n")
    return token
