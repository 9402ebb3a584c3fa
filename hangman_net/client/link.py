"""A client's connection to one seat: it connects, says hello, counts lines, and comes back when the line is cut.

It knows the protocol's session rules and asyncio; it must not know what messages mean in the game, or who paints them.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Struct

from hangman_net.client import endings
from hangman_net.client.events import Closed, Connecting, Event, Lost
from hangman_net.client.tokens import Tokens
from hangman_net.client.transport import Place, Stream, connect
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.messages import (
    VERSION,
    Ack,
    Bye,
    Complete,
    Error,
    Hello,
    Line,
    MemberChange,
    Ping,
    Roster,
    ServerMessage,
    Welcome,
)
from hangman_net.wire import NEED_DATA, ClientWire, Fatal, Refused, encode, payload_of

DEFAULT_PORT: Final = 4264
"""H-A-N-G on a phone keypad."""

PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each further try to connect; the last one stays. A server that restarts is back by the second."""

STEADY: Final = 15.0
"""Seconds after which a connection counts as one that held: pauses then grow from the beginning again."""

WELCOME_WITHIN: Final = 10.0
"""Seconds to connect and be welcomed: the server gives a hello 5 s, and a slow network may take as long."""

BYE_WITHIN: Final = 5.0
"""Seconds to be seen off after `/q`: a line over its rate waits 2 s, and the rest of the queue may take as long."""

_QUIT = frozenset({"/q", "/quit", "/exit"})  # they work while nothing answers, too


class Login(Struct, frozen=True, kw_only=True):
    """Where to connect and as whom; without a name the server gives one, without a room it is the lobby."""

    host: str = "localhost"
    port: int = DEFAULT_PORT
    name: str | None = None
    room: str | None = None
    token: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    path: str | None = None
    """Of the WebSocket by which the server is reached, if it is by one."""

    def __repr__(self) -> str:
        return f"Login(server={self.server!r}, name={self.name!r})"  # tokens and passwords are for no log

    @property
    def place(self) -> Place:
        """Where that is."""
        return Place(host=self.host, port=self.port, tls=self.tls, path=self.path)

    @property
    def server(self) -> str:
        """`host:port`, an IPv6 address in brackets, or the address of a WebSocket."""
        return self.place.address if self.path is None else self.place.url


class Sent(Struct, eq=False):
    """A line on its way: its `id` is None until the first `welcome` told where ids start."""

    text: str
    id: int | None = None


class BadLine(ValueError):
    """A line that no server can take; its text says why."""


class Link:
    """One seat at one server, over as many connections as it takes.

    `on_event` gets every message and every event of the connection, in order, from within `run`; `Closed` is the last.
    `tries` is how often a lost connection is tried again in a row (None: for ever). `failure` says, once the link is
    closed, what ended it, where an `OSError` or a refusal of the hello did. `bye` is the server's last word.
    """

    def __init__(
        self,
        login: Login,
        on_event: Callable[[Event], None],
        *,
        tokens: Tokens | None = None,
        tries: int | None = None,
        limits: Limits = DEFAULTS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.login = login
        self.token = login.token
        self.failure: OSError | Error | None = None
        self.bye: Bye | None = None
        self._on_event = on_event
        # A token that was given says by itself who comes; only those found by name are kept by name.
        self._tokens = tokens if login.name is not None and login.token is None else None
        self._tries = tries
        self._limits = limits
        self._sleep = sleep
        self._name, self._room = login.name, login.room
        if self._tokens is not None and login.name is not None:
            self.token = self._tokens.get(login.server, login.name)
        self._last_id = 0
        self._questions = 0
        self._owed: list[Sent] = []
        self._stream: Stream | None = None  # there while welcomed
        self._been_in = False  # welcomed once
        self._staying: asyncio.Task[Closed] | None = None
        self._leaving = False  # asked to, the server's bye is waited for
        self._cut = False  # not waited for any longer
        self._patience: asyncio.TimerHandle | None = None

    @property
    def owed(self) -> int:
        """How many lines have no ack yet."""
        return len(self._owed)

    @property
    def online(self) -> bool:
        """Whether the seat is taken, as far as this end knows."""
        return self._stream is not None

    # --- what a person does -------------------------------------------------------------------------------------

    def send(self, text: str) -> Sent:
        """Send what was typed, now or as soon as there is a connection; `/q` leaves also where nothing answers.

        Raises `BadLine` for what would end the connection or never be acked: U+0000, or more than a frame holds.
        """
        text = _sayable(text)
        if "\0" in text:
            raise BadLine("That line holds a NUL character; nothing was sent.")
        if len(payload_of(encode(Line(text, 2**53 - 1)))) > self._limits.frame:
            raise BadLine("That line is too long; nothing was sent.")
        sent = Sent(text)
        self._owed.append(sent)
        if self._stream is not None:
            self._write_line(self._stream, sent)
        if text.strip().casefold() in _QUIT:
            # Whoever types ahead of the first welcome still wants all of it said.
            self._leave_soon(at_once=self._been_in and not self.online)
        return sent

    def complete(self, text: str) -> int | None:
        """Ask for completions of `text`; the id that the answer will have, or None while there is no connection."""
        question = Complete(self._questions + 1, _sayable(text))
        if self._stream is None or "\0" in text or len(payload_of(encode(question))) > self._limits.frame:
            return None
        self._questions += 1
        self._stream.write(encode(question))
        return self._questions

    def ping(self, number: int) -> None:
        """Ask for a `pong` with that number; nothing while there is no connection."""
        if self._stream is not None:
            self._stream.write(encode(Ping(number)))

    def leave(self) -> None:
        """Give the seat up as by `/q`; at once where nothing answers."""
        if self._leaving:
            return
        if self._stream is not None:
            self._stream.write(encode(Line("/q")))
        self._leave_soon(at_once=not self.online)

    def drop(self) -> None:
        """Be gone without a word: the server holds the seat for a while, and its token takes it again."""
        self._leaving = True
        self._cut_off()

    def _leave_soon(self, *, at_once: bool) -> None:
        self._leaving = True
        if at_once:
            self._cut_off()
        elif self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(BYE_WITHIN, self._cut_off)

    def _cut_off(self) -> None:
        self._cut = True
        if self._staying is not None:
            self._staying.cancel()

    # --- the connection -----------------------------------------------------------------------------------------

    async def run(self) -> Closed:
        """Connect and stay until it is over; returns, and tells `on_event` before, how it ended."""
        if self._cut:
            closed = Closed()
        else:
            self._staying = asyncio.create_task(self._stay())
            try:
                closed = await self._staying
            except asyncio.CancelledError:
                own = asyncio.current_task()
                if not self._cut or own is None or own.cancelling():
                    raise  # somebody else's wish, not that of `leave`
                closed = Closed()
            finally:
                if self._patience is not None:
                    self._patience.cancel()
        self._on_event(closed)
        return closed

    async def _stay(self) -> Closed:
        loop = asyncio.get_running_loop()
        tried = 0
        while True:
            self._on_event(Connecting(tried + 1))
            begun = loop.time()
            ended: Closed | OSError | EOFError
            try:
                ended = await self._connection()
            except OSError as error:
                self.failure = ended = error
            if isinstance(ended, Closed):
                return ended
            if not self._been_in:
                return endings.no_server(self.login.server, ended)
            if self._leaving:
                return Closed()
            tried = 0 if loop.time() - begun > STEADY else tried
            if self._tries is not None and tried >= self._tries:
                return endings.lost(self.login.server, ended)
            pause = PAUSES[min(tried, len(PAUSES) - 1)]
            self._on_event(Lost(endings.why(ended), pause))
            await self._sleep(pause)
            tried += 1

    async def _connection(self) -> Closed | EOFError:
        """One connection to its end: for good, or because the server closed it. Raises `OSError` for other losses."""
        wire = ClientWire(self._limits)
        async with asyncio.timeout(WELCOME_WITHIN) as until_welcome:
            stream = await connect(self.login.place)
            try:
                stream.write(encode(self._hello()))
                while data := await stream.read():
                    wire.receive_data(data)
                    while (event := wire.next_event()) is not NEED_DATA:
                        if (closed := self._take(event, stream)) is not None:
                            return closed
                    if self._stream is not None:
                        until_welcome.reschedule(None)
            finally:
                self._stream = None
                stream.abort()  # whoever leaves has said so before; nobody waits for a dead peer
        return EOFError()

    def _hello(self) -> Hello:
        texts = (self._name, self._room, self.token, self.login.password)
        name, room, token, password = (None if text is None else _sayable(text) for text in texts)
        return Hello(VERSION, name=name, room=room, token=token, password=password)

    def _take(self, event: ServerMessage | Refused | Fatal, stream: Stream) -> Closed | None:
        """Do what an event asks of the link, hand it on, and say if the link is over by it."""
        closed = None
        match event:
            case Refused(text=text) | Fatal(text=text):
                return endings.not_understood(self.login.server, text)
            case Welcome():
                self._welcomed(event, stream)
            case Error(id=None) if self._stream is None:
                self.failure = event
                closed = endings.turned_away(event)
            case Bye():
                self.bye = event
                closed = endings.farewell(event)
            case Ack(id=number):
                self._owed = [sent for sent in self._owed if sent.id != number]
            case Roster(room=room):
                self._room = room
            case MemberChange(was=was, name=name) if was is not None and was == self._name:
                self._renamed(was, name)
        self._on_event(event)
        return closed

    def _welcomed(self, welcome: Welcome, stream: Stream) -> None:
        wanted = self.login.room
        if not self._been_in and welcome.resumed and wanted and wanted.casefold() != welcome.room.casefold():
            # A token's seat stands where it was left; who named a room means that one.
            self._owed.insert(0, Sent(f"/room {wanted}"))
        self._been_in, self._stream = True, stream
        self.token, self._name, self._room = welcome.token, welcome.name, welcome.room
        self._last_id = max(self._last_id, welcome.last_id)
        if self._tokens is not None:
            self._tokens.put(self.login.server, welcome.name, welcome.token)
        for sent in self._owed:
            self._write_line(stream, sent)

    def _write_line(self, stream: Stream, sent: Sent) -> None:
        if sent.id is None:
            self._last_id += 1
            sent.id = self._last_id
        stream.write(encode(Line(sent.text, sent.id)))

    def _renamed(self, was: str, name: str) -> None:
        self._name = name
        if self._tokens is not None and self.token is not None:
            self._tokens.forget(self.login.server, was)
            self._tokens.put(self.login.server, name, self.token)


def _sayable(text: str) -> str:
    """Text from a terminal or an argument, its lone surrogates (bytes that were no UTF-8) shown as `?`."""
    return text.encode("utf-8", "replace").decode()
