"""A server put together: word lists, plugins, hub, store and door, started and stopped in the right order.

It knows the parts and their order; it must not know the command line or what the parts do.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

from msgspec import Struct

from hangman_net import __version__
from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import Services
from hangman_net.chat.restore import restore
from hangman_net.library import Library
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.loader import find, load_all
from hangman_net.server.addresses import best, shown
from hangman_net.server.admission import Admission
from hangman_net.server.edge import Door
from hangman_net.server.listening import Listener
from hangman_net.server.outbox import Outbox
from hangman_net.server.service import Service
from hangman_net.server.tls import Certificate, CertificateError, TlsDoor
from hangman_net.server.turns import unread
from hangman_net.server.watchdog import Watchdog
from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, Store, StoreError
from hangman_net.wordfiles import stem

log = logging.getLogger("hangman_net")

HOST_TOKEN = "host-token"

BAD_LINES_TOLD = 10
"""Bad lines of a word list that are named one by one where a server starts."""


class CannotListen(OSError):
    """A port that cannot be had; `option` is the one that asked for it, `cause` what the system said."""

    def __init__(self, option: str, host: str, port: int, cause: OSError) -> None:
        super().__init__(cause.errno, cause.strerror or str(cause))
        self.option = option
        self.host = host
        self.port = port
        self.cause = cause


class Settings(Struct, frozen=True, kw_only=True):
    """How a server is set up. `data` None keeps nothing; `host` empty listens on all interfaces."""

    host: str = "127.0.0.1"
    port: int = 4264
    words: Sequence[str] = ()
    words_dirs: Sequence[Path] = ()
    data: Path | None = None
    seed: int | None = None
    plugins: Sequence[str] = ()
    plugins_dirs: Sequence[Path] = ()
    limits: Limits = DEFAULTS
    host_seated: bool = False
    host_line: str | None = None
    """What the host types first of all, if no round runs where they sit."""

    password: str | None = None
    tls: tuple[Path, Path] | None = None
    """Certificate chain and key, as PEM files: then the game's port speaks TLS only."""

    scripts: tuple[str, ...] = ("Latin",)
    web: tuple[str | None, int] | None = None
    """Address and port of the page for browsers; the address is `host` where it is None."""

    web_url: str | None = None
    """Where people reach that page, if a proxy or a router stands before it."""

    ssh: tuple[str | None, int] | None = None
    """Address and port for ssh; the address is `host` where it is None."""

    def __repr__(self) -> str:
        return f"Settings(host={self.host!r}, port={self.port})"  # a password is for no log


class Server:
    """A server in this process. `notes` is what the one who started it should read."""

    def __init__(self, settings: Settings, *, store: Store | None = None) -> None:
        self.settings = settings
        self.notes: list[str] = []
        self.bound: list[tuple[str, int]] = []
        self.doors: list[Listener] = []
        self.page: str | None = None
        """The address of the page for browsers, without a slash at its end."""

        self.ssh: tuple[str, int, str] | None = None
        """Host, port and the key's fingerprint, where people come in by ssh."""

        self.host_token = _fresh_token()
        self._given_store = store
        self._certificate: Certificate | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.bound[0][1]

    async def start(self) -> None:
        """Restores what was kept and listens.

        Raises `CannotListen` for a port, `StoreError` for the data folder, `UnknownList` or `ListRefused` for a list,
        `CertificateError` for a certificate; then nothing is left open.
        """
        settings = self.settings
        loop = asyncio.get_running_loop()
        if settings.tls is not None:
            self._certificate = Certificate(*settings.tls)
        self.library = Library.choose(settings.words, settings.words_dirs)
        for name in settings.words:
            self.notes += self._bad_lines(self.library.load(self.library.find(name) or stem(Path(name))).name)
        store = self._given_store or self._open_store(loop)
        try:
            admission = Admission(settings.limits)
            self._assemble(store, admission, loop)
            self._open_doors(admission, loop)
        except BaseException:
            for door in self.doors:
                door.close_listeners()
            store.close()
            raise
        self.library.watch()
        self._watchdog = Watchdog(lambda: self.hub.crew.running, settings.limits.watchdog)
        log.info("listening on %s", " and ".join(shown(*bound) for bound in self.bound))
        # what is there now stays: the collector need not look at it again
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    def _assemble(self, store: Store, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        """Plugins, hub and service, with all that was kept."""
        settings = self.settings
        if settings.data is not None:
            self.host_token = _kept_token(settings.data / HOST_TOKEN)
        began = time.monotonic()
        loaded = store.load()

        def clock() -> float:
            return loaded.now + time.monotonic() - began

        chance: Random = SystemRandom() if settings.seed is None else Random(settings.seed)
        outbox = Outbox(loop.call_soon, settings.limits.frame_out, unread(loop))
        self.hub = hub = Hub(
            sink=outbox,
            limits=settings.limits,
            clock=clock,
            chance=Random() if settings.seed is None else Random(settings.seed),
            token=_fresh_token,
            host_token=self.host_token,
            host_seated=settings.host_seated,
            password=settings.password,
            scripts=settings.scripts,
            guessed=admission.guessed,
            version=f"hangman_net/{__version__}",
        )
        services = Services(words=self.library, random=hub.random, secrets=chance)
        self.notes += load_all(hub, services, find(settings.plugins, settings.plugins_dirs))
        self.service = Service(hub, store, outbox, loop)
        self.service.host_line = settings.host_line
        self._restore(store, loaded.records, loaded.done)

    def _open_doors(self, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        settings = self.settings
        tls = self._certificate
        self.door = Door(self.service, admission, loop) if tls is None else TlsDoor(self.service, admission, loop, tls)
        self.bound = self._listen(self.door, "--port", settings.host, settings.port)
        self.door.advice = f"Join by: hangman-net join {self.address_at(best(settings.host))}"
        if settings.web is not None:
            self._open_page(*settings.web, admission, loop)
        if settings.ssh is not None:
            from hangman_net.ssh.door import SshDoor
            from hangman_net.ssh.keys import HostKeyError, host_key

            host, port = settings.ssh
            host = settings.host if host is None else host
            try:
                key = host_key(settings.data)
            except HostKeyError as error:
                raise StoreError(str(error)) from error
            door = SshDoor(self.service, admission, loop, host=key)
            _, port = self._listen(door, "--ssh", host, port)[0]
            self.ssh = best(host), port, key.fingerprint

    def _open_page(self, host: str | None, port: int, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        """The door for browsers: with TLS where there is a certificate and no proxy to see to that."""
        from hangman_net.web.door import WebDoor, origin_of
        from hangman_net.web.secure import SecureWebDoor

        url, certificate = self.settings.web_url, self._certificate
        host = self.settings.host if host is None else host
        if url is not None:
            door = WebDoor(self.service, admission, loop, origins=[origin_of(url)])
        elif certificate is not None:
            door = SecureWebDoor(self.service, admission, loop, certificate)
        else:
            door = WebDoor(self.service, admission, loop)
        _, port = self._listen(door, "--web", host, port)[0]
        scheme = "http" if certificate is None else "https"
        self.page = (url or f"{scheme}://{shown(best(host), port)}").rstrip("/")
        self.hub.links = [f"{self.page}/#%ROOM%"]
        self.door.advice = f"Play in a browser at {self.page}/ or by: {self.door.advice.partition(': ')[2]}"

    def address_at(self, host: str) -> str:
        """What to type behind `join` where this machine is known as `host`."""
        return f"{'tls://' if self._certificate else ''}{shown(host, self.port)}"

    def _listen(self, door: Listener, option: str, host: str, port: int) -> list[tuple[str, int]]:
        self.doors.append(door)
        try:
            return door.listen(host, port)
        except OSError as error:
            raise CannotListen(option, host, port, error) from error

    def _bad_lines(self, name: str) -> list[str]:
        """What is wrong with a list that is played all the same; a file that is mostly wrong is `words check`'s."""
        problems = self.library.problems(name)
        told = [f"word list {name}: {problem}" for problem in problems[:BAD_LINES_TOLD]]
        if len(problems) > len(told):
            told.append(f"word list {name}: {len(problems) - len(told)} more; 'hangman-net words check' tells them all")
        return told

    def _open_store(self, loop: asyncio.AbstractEventLoop) -> Store:
        if self.settings.data is None:
            return MemoryStore()
        from hangman_net.store.sqlite import SqliteStore

        return SqliteStore(self.settings.data, post=loop.call_soon_threadsafe)

    def _restore(self, store: Store, records: dict[str, bytes], done: dict[str, list[int]]) -> None:
        restored = restore(self.hub, records, done)
        self.notes += restored.notes
        if restored.puts or restored.done:

            def then(error: StoreError | None) -> None:
                if error is not None:
                    self.notes.append(str(error))

            store.submit(Commit(self.hub.clock(), tuple(restored.puts.items()), done=tuple(restored.done)), then)
        self.service.wake()

    async def reload(self) -> None:
        """Takes what changed on disk: word lists, plugins, the certificate; the log says what came of it.

        Each is taken whole or not at all: what will not do leaves the old one in its place.
        """
        log.info("reloading")
        if self._certificate is not None:
            try:
                self._certificate.reload()
            except CertificateError as error:
                log.error("the old certificate goes on: %s", error)
        for plugin in self.hub.crew.reloadable():
            self.service.reload(plugin)
        for _ in range(2):  # a list is read once it has stayed as it is between two looks
            try:
                for line in await asyncio.to_thread(self.library.refresh):
                    log.info("%s", line)
            except OSError as error:
                log.error("the old word lists go on: %s", error)

    async def stop(self) -> None:
        """Says `stopping` to everybody and keeps what was submitted; within 5 s."""
        log.info("stopping")
        await asyncio.gather(*(door.close() for door in self.doors))
        self.library.close()
        self._watchdog.close()
        await self.service.close()
        log.info("stopped")


def _fresh_token() -> str:
    """128 bits that nobody guesses."""
    return os.urandom(16).hex()


def _kept_token(path: Path) -> str:
    """The host's token, made once, for its owner's eyes. Raises `StoreError` where there is no making it."""
    try:
        token = path.read_text().strip()
        if len(token) >= 32:
            return token
    except (OSError, UnicodeDecodeError):
        pass
    token = _fresh_token()
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(token + "\n")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}; move it away, or give --data another") from error
    return token
