"""A seat at this very server: one half serves as a connection on the server's loop, the other as a link on ours.

It knows how messages cross from loop to loop; it must not know ssh, terminals or what messages mean in the game.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from hangman_net.client import endings
from hangman_net.client.events import Closed, Connecting, Event
from hangman_net.limits import DEFAULTS
from hangman_net.messages import VERSION, Ack, Bye, ClientMessage, Complete, Error, Hello, Line, Welcome
from hangman_net.server.service import Client
from hangman_net.wire import NEED_DATA, ClientWire, Fatal, Refused, encode, payload_of

TYPED_AHEAD: Final = 64
"""Lines that wait while the server is busy with those before; whoever types more of them pastes a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes in: the name they go by, the password they brought, and what they are known by, if anything.

    `number` is that of their connection, for the log.
    """

    address: str
    number: int = 0
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    identity: str | None = field(default=None, repr=False)


class House(Protocol):
    """What a seat needs of the door; each method may be called from either loop, and acts on the one it names."""

    def to_server(self, call: Callable[[], None]) -> None:
        """Runs `call` on the server's loop."""

    def to_screens(self, call: Callable[[], None]) -> None:
        """Runs `call` on the loop of the screens."""

    def sits_down(self, seat: Seat, hello: Hello) -> None:
        """On the server's loop: a visitor says hello."""

    def hears(self, seat: Seat, message: ClientMessage) -> bool:
        """On the server's loop: a message; False where the seat should say no more until it is `ready`."""

    def sees_off(self, seat: Seat, why: str) -> None:
        """On the server's loop: tells `bye` `limit`."""

    def gets_up(self, seat: Seat) -> None:
        """On the server's loop: the visitor is gone."""


class Seat(Client):
    """The half that the service serves."""

    __slots__ = ("_ahead", "_busy", "_house", "_tell")

    def __init__(self, house: House, visitor: Visitor, tell: Callable[[bytes], None]) -> None:
        super().__init__(visitor.address, visitor.identity)
        self.number = visitor.number
        self._house = house
        self._tell = tell  # called on the loop of the screens
        self._ahead: deque[ClientMessage] = deque()
        self._busy = False

    def hear(self, message: ClientMessage) -> None:
        """A message from the other half."""
        if self.closed or self.ending:
            return
        if not self._busy:
            self._busy = not self._house.hears(self, message)
        elif len(self._ahead) < TYPED_AHEAD:
            self._ahead.append(message)
        else:
            self._house.sees_off(self, "too many lines at once")

    def ready(self) -> None:
        self._busy = False
        while self._ahead and not self._busy:
            self.hear(self._ahead.popleft())

    def write(self, frames: bytes) -> None:
        self._house.to_screens(lambda: self._tell(frames))

    def end(self) -> None:
        """The other half has its `bye` and closes; nothing here waits for it."""


class HouseLink:
    """The half that a face talks to: the `Link` of `client.events`, without a network that could be lost."""

    def __init__(self, house: House, visitor: Visitor, on_event: Callable[[Event], None]) -> None:
        self._house = house
        self._on_event = on_event
        self._visitor = visitor
        self._wire = ClientWire(DEFAULTS)
        self._seat = Seat(house, visitor, self._take)
        self._over: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self._welcomed = False
        self._last_id = 0
        self._questions = 0
        self._owed: list[Line] = []
        self._early: list[str] = []  # typed before the welcome

    @property
    def owed(self) -> int:
        """How many lines were sent and have no ack yet."""
        return len(self._owed) + len(self._early)

    async def run(self) -> Closed:
        """Sit down and stay until it is over."""
        self._on_event(Connecting())
        hello = Hello(VERSION, name=self._visitor.name, password=self._visitor.password)
        self._house.to_server(lambda: self._house.sits_down(self._seat, hello))
        try:
            closed = await self._over
        finally:
            self._house.to_server(lambda: self._house.gets_up(self._seat))
        self._on_event(closed)
        return closed

    def send(self, text: str) -> None:
        """Send a line. Raises `ValueError` for what no server takes."""
        text = text.encode("utf-8", "replace").decode()
        if "\0" in text:
            raise ValueError("That line holds a NUL character; nothing was sent.")
        if len(payload_of(encode(Line(text, 2**53 - 1)))) > DEFAULTS.frame:
            raise ValueError("That line is too long; nothing was sent.")
        if not self._welcomed:
            self._early.append(text)
            return
        self._last_id += 1
        line = Line(text, self._last_id)
        self._owed.append(line)
        self._say(line)

    def complete(self, text: str) -> int | None:
        """Ask the server what could stand in place of the last word; the answer's id."""
        if not self._welcomed or "\0" in text:
            return None
        self._questions += 1
        self._say(Complete(self._questions, text.encode("utf-8", "replace").decode()))
        return self._questions

    def leave(self) -> None:
        """Give the seat up as by `/q`; at once where nobody has said welcome yet."""
        if self._over.done():
            return
        if self._welcomed:
            self._say(Line("/q"))
        else:
            self.drop()

    def drop(self) -> None:
        """Be gone without a word: the seat shows as away."""
        if not self._over.done():
            self._over.set_result(Closed())

    def _say(self, message: ClientMessage) -> None:
        self._house.to_server(lambda: self._seat.hear(message))

    def _take(self, data: bytes) -> None:
        self._wire.receive_data(data)
        while not self._over.done() and (event := self._wire.next_event()) is not NEED_DATA:
            match event:
                case Refused(text=text) | Fatal(text=text):
                    raise RuntimeError(f"the server does not understand itself: {text}")
                case Welcome():
                    self._welcomed, self._last_id = True, max(self._last_id, event.last_id)
                case Error(id=None, text=text) if not self._welcomed:
                    self._over.set_result(Closed(f"{text} Come in under another name: ssh NAME@...", endings.FAILED))
                case Ack(id=number):
                    self._owed = [line for line in self._owed if line.id != number]
                case Bye():
                    self._over.set_result(endings.farewell(event))
            self._on_event(event)
            if isinstance(event, Welcome):
                early, self._early = self._early, []
                for line in early:
                    self.send(line)
