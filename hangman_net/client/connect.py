"""`hangman_net.connect`: a seat at a server as an async context manager, for bots and tests (contract section 7).

It knows messages and what a bot wants to ask; it must not know terminals, nor how the connection is kept.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Final, TypeVar

from msgspec import Struct

from hangman_net.client.events import Closed, Connecting, Event, Lost, Remark
from hangman_net.client.link import DEFAULT_PORT, Link, Login, Sent
from hangman_net.messages import (
    Ack,
    Board,
    ByeReason,
    CommandInfo,
    Commands,
    Completion,
    Completions,
    Error,
    ErrorCode,
    MemberChange,
    Pong,
    Role,
    Roster,
    RosterEntry,
    ServerMessage,
    Welcome,
)

_T = TypeVar("_T")

MOST_UNREAD: Final = 10_000
"""Messages kept for who does not iterate; past it the oldest go. A bot that only sends must not grow for ever."""


class HelloRefused(Exception):
    """The server did not let us in; `code` is one of contract section 2 (`name_taken`, `full`, ...)."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
        self.text = text


class ConnectionLost(ConnectionError):
    """The connection ended before an answer came; `reason` is the server's `bye`, None where it said none."""

    def __init__(self, text: str, reason: ByeReason | None = None) -> None:
        super().__init__(text)
        self.reason = reason


class Reply(Struct, frozen=True):
    """What a line brought: `ok` of its ack, the `error` that answered it, and all that arrived until its ack."""

    ok: bool
    error: Error | None
    messages: list[ServerMessage]


class _Waiting(Struct, eq=False):
    sent: Sent
    reply: asyncio.Future[Reply]
    error: Error | None = None
    messages: list[ServerMessage] = []


@asynccontextmanager
async def connect(
    host: str = "localhost",
    port: int = DEFAULT_PORT,
    name: str | None = None,
    *,
    room: str | None = None,
    token: str | None = None,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
    tries: int | None = 0,
) -> AsyncIterator[Client]:
    """A client that sits at the server, its roster and board already there; at the end it leaves as by `/q`.

    `token` takes an earlier seat again. `tries` is how often a lost connection is tried again in a row, after growing
    pauses (None: for ever); lines without an ack are then sent again. Raises `OSError` where there is no server,
    `HelloRefused` where it lets nobody in, `ConnectionLost` where it ends otherwise before the first board.
    """
    login = Login(host=host, port=port, name=name, room=room, token=token, password=password, tls=tls)
    client = Client(login, tries=tries)
    await client._enter()
    try:
        yield client
    finally:
        await client.leave()


class Client:
    """A seat at a server. Its attributes follow the messages, each before `send` returns or iteration gives it.

    `board` is the last one sent, `members` the room's roster by name. Iterating gives every message in the order they
    came, those in replies included, and ends when the connection has ended; only the pongs of `ping` are left out.
    """

    def __init__(self, login: Login, *, tries: int | None = 0) -> None:
        self.name = ""
        self.room = ""
        self.role: Role = "member"
        self.resumed = False
        self.commands: tuple[CommandInfo, ...] = ()
        self.board = Board()
        self._members: dict[str, RosterEntry] = {}
        self._link = Link(login, self._on_event, tries=tries)
        self._task: asyncio.Task[Closed] | None = None
        self._welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closed: Closed | None = None
        self._unread: asyncio.Queue[ServerMessage | None] = asyncio.Queue()
        self._pinged = 0
        self._waiting: list[_Waiting] = []
        self._pings: dict[int, asyncio.Future[None]] = {}
        self._questions: dict[int, asyncio.Future[tuple[Completion, ...]]] = {}

    @property
    def token(self) -> str | None:
        """What takes this seat again, in another `connect`."""
        return self._link.token

    @property
    def members(self) -> Mapping[str, RosterEntry]:
        """Who is in the room, by name; read-only and kept up to date."""
        return MappingProxyType(self._members)

    @property
    def bye(self) -> ByeReason | None:
        """Why the server ended the connection, or None while it has not."""
        return self._link.bye.reason if self._link.bye else None

    async def send(self, text: str) -> Reply:
        """Send a line as if typed, and wait for its ack. Calls may overlap; the server answers in order.

        Raises `BadLine` (a `ValueError`) for what no server takes, `ConnectionLost` if the connection ends first.
        """
        self._check_open()
        waiting = _Waiting(self._link.send(text), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            return await waiting.reply
        finally:
            self._waiting.remove(waiting)

    async def complete(self, text: str) -> tuple[Completion, ...]:
        """What the server would put in place of the last word of `text`.

        Raises `ConnectionLost` if the connection is lost before it answers.
        """
        self._check_open()
        number = self._link.complete(text)
        if number is None:
            raise ConnectionLost("there is no connection right now")
        return await _answer(self._questions, number)

    async def ping(self) -> None:
        """Wait until the server has answered all that was sent before: a barrier for tests.

        Raises `ConnectionLost` if the connection is lost before it answers.
        """
        self._check_open()
        if not self._link.online:
            raise ConnectionLost("there is no connection right now")
        self._pinged += 1
        self._link.ping(self._pinged)
        await _answer(self._pings, self._pinged)

    async def leave(self) -> None:
        """Give the seat up as by `/q`, and wait for the end. A host only goes: a host's `/q` would stop the server."""
        if self.role == "host":
            self._link.drop()
        else:
            self._link.leave()
        if self._task is not None:
            await self._task

    async def drop(self) -> None:
        """Be gone without a word, as by a broken network: the server holds the seat for who brings the token."""
        self._link.drop()
        if self._task is not None:
            await self._task

    def __aiter__(self) -> Client:
        return self

    async def __anext__(self) -> ServerMessage:
        message = await self._unread.get()
        if message is None:
            self._unread.put_nowait(None)  # the next one who asks is told, too
            raise StopAsyncIteration
        return message

    async def _enter(self) -> None:
        """Take the seat, and wait until roster and board are there: a pong comes after all that `hello` caused."""
        self._task = asyncio.create_task(self._link.run())
        try:
            await self._welcome
            await self.ping()
        except BaseException:
            self._link.drop()
            await self._task
            raise

    def _check_open(self) -> None:
        if self._closed is not None:
            raise self._lost(self._closed.reason or "the connection has ended")

    def _lost(self, text: str) -> ConnectionLost:
        return ConnectionLost(text, self.bye)

    def _on_event(self, event: Event) -> None:
        match event:
            case Connecting() | Remark():
                pass
            case Lost(reason=reason):
                _fail((*self._pings.values(), *self._questions.values()), self._lost(reason))
            case Closed():
                self._ended(event)
            case Pong(id=number) if number is not None and number in self._pings:
                _answered(self._pings[number], None)
            case _:
                self._received(event)

    def _ended(self, closed: Closed) -> None:
        self._closed = closed
        failure = self._link.failure
        if isinstance(failure, Error):
            _fail((self._welcome,), HelloRefused(failure.code, failure.text))
        elif failure is not None:
            _fail((self._welcome,), failure)
        lost = self._lost(closed.reason or "the connection has ended")
        replies = (waiting.reply for waiting in self._waiting)
        _fail((self._welcome, *self._pings.values(), *self._questions.values(), *replies), lost)
        self._unread.put_nowait(None)

    def _received(self, message: ServerMessage) -> None:
        self._follow(message)
        for waiting in self._waiting:
            if isinstance(message, Ack) and message.id == waiting.sent.id:
                _answered(waiting.reply, Reply(message.ok, waiting.error, waiting.messages))
            elif not waiting.reply.done():
                waiting.messages.append(message)
                if isinstance(message, Error) and message.id is not None and message.id == waiting.sent.id:
                    waiting.error = message
        if self._unread.qsize() >= MOST_UNREAD:
            self._unread.get_nowait()
        self._unread.put_nowait(message)

    def _follow(self, message: ServerMessage) -> None:
        """Keep the attributes up to date."""
        match message:
            case Welcome():
                self.name, self.room, self.role = message.name, message.room, message.role
                self.commands, self.resumed = message.commands, message.resumed
                _answered(self._welcome, None)
            case Commands(commands=commands):
                self.commands = commands
            case Roster(room=room, members=members):
                self.room = room
                self._members = {member.name: member for member in members}
            case MemberChange() if message.room == self.room:
                self._member_changed(message)
            case Board():
                self.board = message
            case Completions(id=number, items=items) if number in self._questions:
                _answered(self._questions[number], items)
            case _:
                pass

    def _member_changed(self, change: MemberChange) -> None:
        was = change.was or change.name
        self._members.pop(was, None)
        if not change.left:
            self._members[change.name] = RosterEntry(
                change.name, change.role, change.seated, change.connected, change.score
            )
        if was == self.name:
            self.name, self.role = change.name, change.role


async def _answer(pending: dict[int, asyncio.Future[_T]], number: int) -> _T:
    """What will be set on a future that is in `pending` under `number` for as long as it is waited for."""
    pending[number] = asyncio.get_running_loop().create_future()
    try:
        return await pending[number]
    finally:
        del pending[number]


def _answered(future: asyncio.Future[_T], value: _T) -> None:
    if not future.done():  # who waited may have given up
        future.set_result(value)


def _fail(futures: Iterable[asyncio.Future[Any]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
