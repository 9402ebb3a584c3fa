"""A server started by a command line and watched from outside: its output, its open files, a pair of canaries.

It knows processes and `/proc`; it must not know which server it is.
"""

from __future__ import annotations

import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from judge.peer import PATIENCE, Closed, Peer

OURS = [str(Path(sys.executable).with_name("hangman-net")), "serve"]
LISTENING = "listening on "
CANARY_EVERY = 0.02
"""Seconds between two pings of a canary: a load, not a wait."""


class Lines:
    """A stream's lines, read by a thread so that no pipe ever fills."""

    def __init__(self, stream: IO[str]) -> None:
        self.all: list[str] = []
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            self.all.append(line.rstrip("\n"))
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def next(self, timeout: float = PATIENCE) -> str | None:
        """The next line, None at the end. Raises `queue.Empty` where none comes."""
        return self._queue.get(timeout=timeout)

    def until(self, part: str, timeout: float = PATIENCE) -> str:
        """The first line from here on that holds a text."""
        while (line := self.next(timeout)) is not None:
            if part in line:
                return line
        raise AssertionError(f"the stream ended without {part!r}: {self.all[-5:]}")

    def finish(self) -> list[str]:
        """All lines, once the stream has ended."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the process has ended and its output has not"
        self._stream.close()
        return self.all

    @property
    def text(self) -> str:
        """All of it so far."""
        return "\n".join(self.all)


class Canaries(threading.Thread):
    """Two players in a room of their own who must never notice what a case does to the server."""

    def __init__(self, server: Launched) -> None:
        super().__init__(daemon=True)
        self.pair = [server.peer(), server.peer()]
        for number, peer in enumerate(self.pair):
            peer.hello(f"canary-{number}", "canary")
        self.delays: list[float] = []
        self.failure: Exception | None = None
        self._leaving = threading.Event()
        self._round = threading.Condition()
        self._rounds = 0

    def run(self) -> None:
        while not self._leaving.is_set():
            for peer in self.pair:
                began = time.monotonic()
                try:
                    peer.barrier()
                except (Closed, OSError, AssertionError) as error:
                    self.failure = error
                    self._leaving.set()
                    break
                self.delays.append(time.monotonic() - began)
            with self._round:
                self._rounds += 1
                self._round.notify_all()
            self._leaving.wait(CANARY_EVERY)

    def turn(self) -> None:
        """Waits until both have been answered once more. Raises what happened to them instead."""
        with self._round:
            seen = self._rounds
            self._round.wait_for(lambda: self._rounds > seen + 1 or self.failure is not None, PATIENCE)
        if self.failure is not None:
            raise AssertionError(f"the canaries noticed: {self.failure!r}")

    def p99(self) -> float:
        """Seconds within which 99 of 100 of their pings were answered."""
        delays = sorted(self.delays)
        return delays[int(len(delays) * 0.99)] if delays else 0.0

    def stop(self) -> None:
        """They leave."""
        self._leaving.set()
        self.join(PATIENCE)
        for peer in self.pair:
            peer.close()


@dataclass
class Launched:
    """A server that runs. `peers` are all that were ever connected to it through here."""

    process: subprocess.Popen[str]
    out: Lines
    err: Lines
    first: str
    peers: list[Peer] = field(default_factory=list)
    canaries: Canaries | None = None
    base_files: int = 0
    base_memory: int = 0
    base_threads: int = 0
    raises: bool = False
    """A plugin of the case raises on purpose: then its trace may stand in the log."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, by its first line."""
        host, _, port = self.first.removeprefix(LISTENING).rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.address[1]

    def peer(self, **how: Any) -> Peer:
        """A new connection to it."""
        host, port = self.address
        peer = Peer({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, **how)
        self.peers.append(peer)
        return peer

    def join(self, name: str | None = None, room: str | None = None, **fields: Any) -> Peer:
        """A new connection that has said hello."""
        peer = self.peer()
        peer.hello(name, room, **fields)
        return peer

    def type(self, line: str) -> None:
        """Types a line at its console."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    # --- watched from outside -----------------------------------------------------------------------------------

    def watch(self) -> None:
        """Sends the canaries in, and takes what is used now as the base."""
        self.canaries = Canaries(self)
        self.canaries.start()
        self.canaries.turn()
        self.base_files, self.base_memory, self.base_threads = self.files(), self.memory(), self.threads()

    def files(self) -> int:
        """Open files, or 0 where this system does not tell."""
        try:
            return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))
        except OSError:
            return 0

    def memory(self) -> int:
        """Resident bytes, or 0 where this system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except OSError:
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        """Threads, or 0 where this system does not tell."""
        try:
            return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))
        except OSError:
            return 0

    def settle(self) -> None:
        """Waits until the files of a case are closed, as the canaries' turns go by."""
        if self.canaries is None:
            return
        deadline = time.monotonic() + PATIENCE
        self.canaries.turn()
        while self.files() > self.base_files:
            assert time.monotonic() < deadline, f"{self.files()} open files, {self.base_files} at first"
            self.canaries.turn()

    # --- the end ------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """Ends it by SIGTERM and gives its exit code."""
        if self.canaries is not None:
            self.canaries.stop()
            self.canaries = None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Waits for its end and gives its exit code."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)
            raise


class Launcher:
    """Starts servers by one command line, each in an environment of its own.

    Args:
        command: what starts the server, without options.
        home: a folder for home, configuration and data, so that nothing of this machine's user is read.
    """

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self.command = list(command)
        self.home = home
        self.running: list[Launched] = []

    @staticmethod
    def words_of(command: str | None) -> list[str]:
        """The words of a command line; ours where none is given."""
        return shlex.split(command) if command else OURS

    @property
    def program(self) -> list[str]:
        """The command line without its `serve`: what `join`, `words` and the others hang on."""
        return self.command[:-1]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of what is started: no option of this machine's user, no folder of theirs."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HANGMAN_", "XDG_", "PYTEST_"))}
        return {**kept, "HOME": str(self.home), "PYTHONIOENCODING": "utf-8", "TERM": "dumb", **(extra or {})}

    def spawn(
        self,
        words: Sequence[str],
        *,
        stdin: bool = False,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[str]:
        """A process with pipes; without `stdin` its standard input is empty."""
        return subprocess.Popen(
            list(words),
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self.environment(env),
            cwd=cwd or self.home,
        )

    def run(
        self,
        *words: str,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 30.0,
    ) -> subprocess.CompletedProcess[str]:
        """A command of the same program, run to its end."""
        return subprocess.run(
            [*self.program, *words],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environment(env),
            cwd=cwd or self.home,
            timeout=timeout,
            check=False,
        )

    def serve(
        self,
        *options: str,
        memory: bool = True,
        port: int | None = 0,
        stdin: bool = False,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        canaries: bool = False,
    ) -> Launched:
        """A server on a port that it picked itself, once its first line is there."""
        words = [*self.command]
        if port is not None:
            words += ["--port", str(port)]
        if memory:
            words.append("--memory")
        process = self.spawn([*words, *options], stdin=stdin, env=env, cwd=cwd)
        assert process.stdout is not None and process.stderr is not None
        out, err = Lines(process.stdout), Lines(process.stderr)
        first = out.next(PATIENCE * 2)
        if first is None:
            process.wait(PATIENCE)
            raise AssertionError(f"the server did not start: {err.finish()}")
        assert first.startswith(LISTENING), first
        server = Launched(process, out, err, first)
        self.running.append(server)
        if canaries:
            server.watch()
        return server

    def end(self, server: Launched) -> None:
        """Ends a server if it still runs, and holds its output to what must never stand in it."""
        if server in self.running:
            self.running.remove(server)
        for peer in server.peers:
            peer.close()
        try:
            server.stop()
        finally:
            if server.process.stdin is not None:
                server.process.stdin.close()
            said = "\n".join([*server.out.finish(), *server.err.finish()])
        assert server.raises or "Traceback (most recent call last)" not in said, said
        for peer in server.peers:
            if peer.welcome:
                assert peer.token not in said, "a token stands in the server's output"
