"""One ssh connection: who it is, and its one session, drawn as a screen or told in lines.

It knows what ssh asks for and what is refused; it must not know sockets' limits or how a seat crosses to the server.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import asyncssh
from asyncssh.auth import KbdIntChallenge, KbdIntResponse

from hangman_net.client.events import Closed, Event
from hangman_net.client.lines import lines
from hangman_net.client.model import Model, update
from hangman_net.limits import Limits
from hangman_net.ssh.keys import HostKey
from hangman_net.ssh.outgoing import Outgoing
from hangman_net.ssh.seat import House, HouseLink, Visitor
from hangman_net.ssh.terminal import Terminal

log = logging.getLogger("hangman_net")

SESSION_WITHIN: Final = 10.0
"""Seconds that a visitor who proved who they are may take to ask for a screen."""

HANG_UP_WITHIN: Final = 3.0
"""Seconds that a visitor whose session is over may take to hang up: ssh itself does so at once."""

WINDOW: Final = 32_768
"""Bytes that a visitor may type ahead of us."""

LONGEST: Final = 65_536
"""Characters of a line that are kept: more than any server takes, and no memory for a line without end."""

LINES_AHEAD: Final = 64
"""Lines of a pipe read before they can be sent: the rest of a large file waits at its end."""

DUMB: Final = frozenset({"", "dumb"})
"""Kinds of terminal on which no screen can be drawn."""


class Visit(asyncssh.SSHServer):
    """A connection: any key will do and says who comes, none will do as well; nothing but the game is to be had."""

    def __init__(self, house: House, host: HostKey, limits: Limits, sock: socket.socket, visitor: Visitor) -> None:
        self.house = house
        self.limits = limits
        self.sock = sock
        self.visitor = visitor
        self._host = host
        self._key: asyncssh.SSHKey | None = None
        self._connection: asyncssh.SSHServerConnection | None = None
        self._session: Session | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._connection = None

    @property
    def facts(self) -> dict[str, object]:
        """Whose connection it is, for the log."""
        return {"connection": self.visitor.number, "address": self.visitor.address}

    @property
    def idle(self) -> bool:
        """Whether nobody has asked for a screen yet."""
        return self._session is None

    def over(self) -> None:
        """The session has ended; whoever does not hang up is cut."""
        if self._connection is not None:
            self._patience = asyncio.get_running_loop().call_later(HANG_UP_WITHIN, self.cut)

    def cut(self) -> None:
        """Gone at once; what is still queued is dropped."""
        if self._connection is not None:
            self._connection.abort()

    # --- who is it? -----------------------------------------------------------------------------------------------

    def begin_auth(self, username: str) -> bool:
        return True  # or no key would ever be shown

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        # Asked for keys that are only shown, too; of the last one before the end the signature was verified.
        self._key = key
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> KbdIntChallenge:
        return "", "", "", ()  # nothing is asked: this is how somebody without a key comes in

    def validate_kbdint_response(self, username: str, responses: KbdIntResponse) -> bool:
        self._key = None  # a key that was only shown proves nothing
        return True

    def auth_completed(self) -> None:
        assert self._connection is not None
        # a name holds no colon, and somebody who has to bring the server's password can: ssh NAME:PASSWORD@host
        name, _, password = str(self._connection.get_extra_info("username")).partition(":")
        identity = None if self._key is None else self._host.identity(self._key)
        self.visitor = replace(self.visitor, name=name or None, password=password or None, identity=identity)
        self._patience = asyncio.get_running_loop().call_later(SESSION_WITHIN, self.cut)

    # --- what is asked for: one session, no forwarding (the defaults of asyncssh refuse the rest) --------------------

    def session_requested(
        self,
    ) -> bool | tuple[asyncssh.SSHServerChannel[str], asyncssh.SSHServerSession[str]]:
        if self._session is not None or self._connection is None:
            return False
        if self._patience is not None:
            self._patience.cancel()
        self._session = Session(self)
        channel: asyncssh.SSHServerChannel[str] = self._connection.create_server_channel(
            encoding="utf-8", errors="replace", window=WINDOW
        )
        return channel, self._session


class Session(asyncssh.SSHServerSession[str]):
    """The one session of a connection: a screen where there is a terminal, lines where there is none."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._kind: str | None = None  # of terminal
        self._size = (0, 0)
        self._face: Terminal | Pipe | None = None
        self._link: HouseLink | None = None
        self._out: Outgoing | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        self._kind, self._size = term_type, term_size[:2]
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        return False

    def session_started(self) -> None:
        assert self._channel is not None
        self._out = out = Outgoing(self._channel, self._visit.sock, self._visit.limits, self._too_slow)
        if self._kind is None or self._kind in DUMB:
            self._face = Pipe(out.write)
        else:
            columns, rows = self._size
            self._face = Terminal(out.write, kind=self._kind, columns=columns, rows=rows)
        self._task = asyncio.create_task(self._play(self._channel, self._face, out))

    def data_received(self, data: str, datatype: int | None) -> None:
        if self._face is None or self._channel is None:
            return
        self._face.feed(data)
        if self._face.babbles:
            self._visit.cut()
        elif self._face.flooded:
            self._channel.pause_reading()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self._size = (width, height)
        if isinstance(self._face, Terminal):
            self._face.resize(width, height)

    def break_received(self, msec: int) -> bool:
        return True

    def eof_received(self) -> bool:
        if self._face is not None:
            self._face.close()
        return True  # we still have something to say

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor is gone, however it happened; the seat is held for them."""
        self._channel = None
        self._visit.over()
        if self._out is not None:
            self._out.close()
        if self._link is not None:
            self._link.drop()
        if self._task is not None:
            self._task.cancel()

    async def _play(self, channel: asyncssh.SSHServerChannel[str], face: Terminal | Pipe, out: Outgoing) -> None:
        visit = self._visit

        def connect(on_event: Callable[[Event], None]) -> HouseLink:
            self._link = HouseLink(visit.house, visit.visitor, on_event)
            return self._link

        try:
            closed = await face.run(connect, channel.resume_reading)
            if closed.reason is not None:
                end = "\r\n" if isinstance(face, Terminal) else "\n"
                out.write(f"hangman-net: {closed.reason}{end}")
            channel.exit(closed.code)
        except Exception:
            log.exception("an ssh screen failed", extra=visit.facts)
            visit.cut()
        finally:
            out.close()
            face.close()

    def _too_slow(self) -> None:
        log.info("bye", extra=self._visit.facts | {"reason": "slow"})
        self._visit.cut()


class Pipe:
    """The line mode: one event a line out, a line in after the ack of the one before, gone at the end of input."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._model = Model()
        self._link: HouseLink | None = None
        self._lines: deque[str] = deque()
        self._rest = ""
        self._ended = False
        self._on_calm: Callable[[], None] | None = None

    @property
    def flooded(self) -> bool:
        """Whether more was read than can be sent soon."""
        return len(self._lines) > LINES_AHEAD

    babbles = False  # a line without end is cut short

    def feed(self, text: str) -> None:
        """What was piped in."""
        *whole, self._rest = (self._rest + text).split("\n")
        self._rest = self._rest[:LONGEST]
        self._lines.extend(line.rstrip("\r") for line in whole if line.strip())
        self._next()

    def close(self) -> None:
        """The input has ended."""
        if not self._ended:
            self._ended = True
            if self._rest.strip():
                self._lines.append(self._rest)
            self._next()

    async def run(self, connect: Callable[[Callable[[Event], None]], HouseLink], on_calm: Callable[[], None]) -> Closed:
        """Tell events in lines until it is over. `on_calm` is told whenever a flood has been sent."""
        self._on_calm = on_calm
        self._link = connect(self._show)
        self._next()
        return await self._link.run()

    def _show(self, event: Event) -> None:
        before, self._model = self._model, update(self._model, event, time.time())
        for line in lines(before, event, self._model, art=True):
            self._write(line + "\n")
        self._next()

    def _next(self) -> None:
        link = self._link
        if link is None or link.owed:
            return
        if self._lines:
            was_flooded = self.flooded
            line = self._lines.popleft()
            try:
                link.send(line)
            except ValueError as error:
                self._write(f"! {error}\n")
            if was_flooded and not self.flooded and self._on_calm is not None:
                self._on_calm()
        elif self._ended:
            link.leave()
