"""A seat's two halves, without loops of their own: what one says the other hears, in order, and no more than it can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hangman_net.client.events import Closed, Connecting, Event
from hangman_net.messages import Ack, Bye, Chat, ClientMessage, Complete, Error, Hello, Line, Message, Welcome
from hangman_net.ssh.seat import TYPED_AHEAD, HouseLink, Seat, Visitor
from hangman_net.wire import encode

WELCOME = Welcome(1, "ann", "lobby", "member", "token", "fake/1", False, 7, ())


class House:
    """Both loops are this one; `open` says whether the server takes more."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.seats: list[Seat] = []
        self.open = True

    def to_server(self, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)

    to_screens = to_server

    def sits_down(self, seat: Seat, hello: Hello) -> None:
        self.seats.append(seat)
        self.heard.append(hello)

    def hears(self, seat: Seat, message: ClientMessage) -> bool:
        self.heard.append(message)
        return self.open

    def sees_off(self, seat: Seat, why: str) -> None:
        self.heard.append(why)
        seat.ending = True

    def gets_up(self, seat: Seat) -> None:
        self.seats.remove(seat)


class Visit:
    """A link at a house, with the events it told."""

    def __init__(self, **visitor: Any) -> None:
        self.house = House()
        self.events: list[Event] = []
        self.link = HouseLink(self.house, Visitor(address="127.0.0.1", **visitor), self.events.append)
        self.running = asyncio.create_task(self.link.run())

    @property
    def seat(self) -> Seat:
        return self.house.seats[0]

    async def turn(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def says(self, *messages: Message) -> None:
        self.seat.write(b"".join(map(encode, messages)))
        await self.turn()

    async def welcomed(self) -> Visit:
        await self.turn()
        await self.says(WELCOME)
        self.house.heard.clear()
        return self


async def test_hello_says_who_comes() -> None:
    visit = Visit(name="ann", password="sesame", identity="sealed", number=7)
    await visit.turn()
    assert visit.house.heard == [Hello(1, name="ann", password="sesame")]
    assert visit.events == [Connecting()]
    assert (visit.seat.address, visit.seat.identity, visit.seat.number) == ("127.0.0.1", "sealed", 7)
    assert "sealed" not in repr(Visitor(address="", identity="sealed", password="sesame"))
    visit.running.cancel()


async def test_lines_are_numbered_behind_those_of_before_and_owed_until_their_ack() -> None:
    visit = await Visit().welcomed()
    visit.link.send("one")
    visit.link.send("two")
    await visit.turn()
    assert visit.house.heard == [Line("one", 8), Line("two", 9)]
    assert visit.link.owed == 2
    await visit.says(Ack(8, True))
    assert visit.link.owed == 1
    assert visit.events[-1] == Ack(8, True)
    visit.running.cancel()


async def test_what_is_typed_before_the_welcome_is_said_after_it() -> None:
    visit = Visit()
    visit.link.send("early")
    assert visit.link.owed == 1
    assert visit.link.complete("/w") is None
    await visit.turn()
    await visit.says(WELCOME)
    assert visit.house.heard[1:] == [Line("early", 8)]
    visit.running.cancel()


async def test_questions_have_numbers_of_their_own() -> None:
    visit = await Visit().welcomed()
    assert [visit.link.complete("/k"), visit.link.complete("/ki")] == [1, 2]
    assert visit.link.complete("\0") is None
    await visit.turn()
    assert visit.house.heard == [Complete(1, "/k"), Complete(2, "/ki")]
    visit.running.cancel()


@pytest.mark.parametrize("text", ["a\0b", "x" * 20_000])
async def test_what_no_server_takes_is_not_sent(text: str) -> None:
    visit = await Visit().welcomed()
    with pytest.raises(ValueError, match="nothing was sent"):
        visit.link.send(text)
    await visit.turn()
    assert visit.house.heard == []
    visit.running.cancel()


async def test_a_server_that_takes_no_more_is_waited_for_in_order() -> None:
    visit = await Visit().welcomed()
    visit.house.open = False
    for number in range(4):
        visit.link.send(str(number))
    await visit.turn()
    assert visit.house.heard == [Line("0", 8)]
    visit.seat.ready()
    assert visit.house.heard == [Line("0", 8), Line("1", 9)]
    visit.house.open = True
    visit.seat.ready()
    assert [line.text for line in visit.house.heard] == ["0", "1", "2", "3"]
    visit.running.cancel()


async def test_a_book_ends_it() -> None:
    visit = await Visit().welcomed()
    visit.house.open = False
    for number in range(TYPED_AHEAD + 2):
        visit.link.send(str(number))
    await visit.turn()
    assert visit.house.heard[1:] == ["too many lines at once"]
    visit.running.cancel()


async def test_messages_of_a_turn_arrive_in_order() -> None:
    visit = await Visit().welcomed()
    visit.seat.write(b"".join(map(encode, (Chat("bob", "one", "lobby"), Chat("bob", "two", "lobby"), Ack(8, True)))))
    await visit.turn()
    assert [type(event) for event in visit.events[-3:]] == [Chat, Chat, Ack]
    visit.running.cancel()


async def test_leaving_is_saying_so_and_waiting_for_the_bye() -> None:
    visit = await Visit().welcomed()
    visit.link.leave()
    await visit.turn()
    assert visit.house.heard == [Line("/q")]
    assert not visit.running.done()
    await visit.says(Bye("quit"))
    assert await visit.running == Closed()
    await visit.turn()
    assert visit.events[-1] == Closed()
    assert visit.house.seats == []


async def test_to_be_dropped_is_to_say_nothing() -> None:
    visit = await Visit().welcomed()
    visit.link.drop()
    visit.link.leave()
    assert await visit.running == Closed()
    await visit.turn()
    assert visit.house.heard == []
    assert visit.house.seats == []


async def test_who_is_not_let_in_hears_why() -> None:
    visit = Visit(name="ann")
    await visit.turn()
    await visit.says(Error("name_taken", "That name is taken."))
    closed = await visit.running
    assert closed.code == 1
    assert closed.reason is not None
    assert closed.reason.startswith("That name is taken.")
