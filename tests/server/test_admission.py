"""Who may come in: counted by address and in total, with a rate for newcomers and one for guesses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from hangman_net.chat.bans import address_key, is_local
from hangman_net.hosting import Server
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Bye, Error, Hello, Welcome
from hangman_net.server.admission import MOST_METERS, Admission
from hangman_net.wire import NEED_DATA, ClientWire, encode

Host = Callable[..., Awaitable[Server]]
Visit = Callable[[Server], Awaitable["Visitor"]]


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def admission(clock: Clock, **values: object) -> Admission:
    return Admission(DEFAULTS.with_options([f"{name}={value}" for name, value in values.items()]), clock)


@pytest.mark.parametrize(
    ("address", "key", "local"),
    [
        ("8.8.8.8", "8.8.8.8", False),
        ("::ffff:8.8.8.8", "8.8.8.8", False),
        ("2001:4860:4860::8888", "2001:4860:4860::/64", False),
        ("2001:4860:4860:0:1:2:3:4", "2001:4860:4860::/64", False),
        ("2001:4860:4860:1::8888", "2001:4860:4860:1::/64", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.8.9.10", "127.8.9.10", True),
        ("192.168.1.7", "192.168.1.7", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("172.16.3.4", "172.16.3.4", True),
        ("::1", "::/64", True),
        ("fe80::1%eth0", "fe80::/64", True),
        ("fd00::1", "fd00::/64", True),
        ("not an address", "not an address", True),
    ],
)
def test_what_counts_as_one_address(address: str, key: str, local: bool) -> None:
    assert (address_key(address), is_local(address)) == (key, local)


def test_connections_are_counted_by_address_and_in_total() -> None:
    doors = admission(Clock(), connections=5, address_connections=2, local_connections=3)
    for address, refused in [
        ("8.8.8.8", False),
        ("8.8.8.8", False),
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("127.0.0.1", False),
        ("9.9.9.9", False),
        ("9.9.9.8", True),
    ]:
        doors.came(address)
        assert (doors.refusal(address) is not None) is refused, address
        if refused:
            doors.went(address)
    doors.went("8.8.8.8")
    doors.came("8.8.8.8")
    assert doors.refusal("8.8.8.8") is None


def test_a_whole_network_of_ipv6_is_one_address() -> None:
    doors = admission(Clock(), address_connections=2)
    for last in range(1, 4):
        doors.came(f"2001:4860::{last}")
    assert doors.refusal("2001:4860::9") is not None
    doors.came("2001:4860:0:1::1")
    assert doors.refusal("2001:4860:0:1::1") is None


def test_newcomers_have_a_rate_that_local_ones_have_not() -> None:
    clock = Clock()
    doors = admission(clock, address_rate=60)
    answers = [doors.refusal("8.8.8.8") for _ in range(61)]
    assert answers[:60] == [None] * 60
    assert answers[60] is not None and answers[60][0] == "limit" and "address_rate" in answers[60][1]
    assert doors.refusal("9.9.9.9") is None
    assert [doors.refusal("127.0.0.1") for _ in range(100)] == [None] * 100
    clock.now += 10  # ten of sixty a minute are free again
    assert [doors.refusal("8.8.8.8") is None for _ in range(11)] == [True] * 10 + [False]


def test_thirty_bad_names_a_minute_and_then_a_pause_of_five() -> None:
    clock = Clock()
    doors = admission(clock)
    assert [doors.guessed("8.8.8.8") for _ in range(31)] == [False] * 30 + [True]
    assert doors.guessed("8.8.8.8")
    refusal = doors.refusal("8.8.8.8")
    assert refusal is not None
    assert refusal[0] == "limit"
    assert "300 seconds" in refusal[1]
    clock.now += 299
    assert doors.refusal("8.8.8.8") is not None
    assert doors.refusal("9.9.9.9") is None
    clock.now += 2
    assert doors.refusal("8.8.8.8") is None
    assert not doors.guessed("8.8.8.8")


def test_a_bad_name_now_and_then_is_no_guessing() -> None:
    clock = Clock()
    doors = admission(clock)
    for _ in range(500):
        assert not doors.guessed("8.8.8.8")
        clock.now += 2


def test_local_addresses_may_err_as_often_as_they_like() -> None:
    doors = admission(Clock())
    assert not any(doors.guessed("192.168.1.7") for _ in range(1_000))


def test_limits_that_were_lifted_hold_nobody() -> None:
    doors = admission(Clock(), all="none")
    for _ in range(2_000):
        doors.came("8.8.8.8")
        assert doors.refusal("8.8.8.8") is None
        assert not doors.guessed("8.8.8.8")
        doors.went("8.8.8.8")


def test_what_is_remembered_of_addresses_is_bounded() -> None:
    clock = Clock()
    doors = admission(clock)
    for number in range(3 * MOST_METERS):
        clock.now += 0.01
        doors.refusal(f"2001:4860:{number >> 16:x}:{number & 0xFFFF:x}::1")
    assert len(doors._arrivals._whole) <= MOST_METERS + 1


# --- over sockets -----------------------------------------------------------------------------------------------


class Visitor:
    """A connection to a server in this process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.wire = reader, writer, ClientWire(DEFAULTS)

    async def says(self, **fields: Any) -> Any:
        """Says hello and gives the answer: the first `welcome`, `error` or `bye`."""
        self.writer.write(encode(Hello(1, **fields)))
        return await self.hears(Welcome, Error, Bye)

    async def hears(self, *kinds: type[msgspec.Struct]) -> Any:
        while True:
            while (event := self.wire.next_event()) is not NEED_DATA:
                if isinstance(event, kinds):
                    return event
            data = await asyncio.wait_for(self.reader.read(65_536), 10)
            if not data:
                return None
            self.wire.receive_data(data)

    async def leaves(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    """`await visit(server)`: a connection, which is closed when the case is over."""
    visitors = []

    async def connect(server: Server) -> Visitor:
        visitors.append(Visitor(*await asyncio.open_connection("127.0.0.1", server.port)))
        return visitors[-1]

    yield connect
    for visitor in visitors:
        await visitor.leaves()


@pytest.mark.usefixtures("foreign")
async def test_the_forty_first_connection_of_an_address_is_full(host: Host, visit: Visit) -> None:
    server = await host()
    visitors = [await visit(server) for _ in range(40)]
    for visitor in visitors:
        assert isinstance(await visitor.says(), Welcome)
    late = await visit(server)
    assert (await late.hears(Bye)).reason == "full"


@pytest.mark.usefixtures("foreign")
async def test_the_sixty_first_newcomer_of_a_minute_is_refused(host: Host, visit: Visit) -> None:
    server = await host()
    for _ in range(60):
        visitor = await visit(server)
        await visitor.leaves()
    late = await visit(server)
    bye = await late.hears(Bye)
    assert (bye.reason, "address_rate" in bye.text) == ("limit", True)


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize(
    "bad",
    [{"name": "1st"}, {"name": "admin"}, {"name": "Canary"}, {"name": "x", "room": "a b"}, {"token": "guessed"}],
    ids=["invalid", "reserved", "taken", "room", "token"],
)
async def test_who_tries_thirty_bad_names_or_tokens_is_kept_out_for_a_while(
    host: Host, visit: Visit, bad: dict[str, str]
) -> None:
    server = await host(address_rate="none", hello_tries="none", bad_names_pause=0.5)
    canary = await visit(server)
    assert isinstance(await canary.says(name="Canary"), Welcome)
    guesser = await visit(server)
    for _ in range(30):
        answer = await guesser.says(**bad)
        if isinstance(answer, Welcome):  # a token that is unknown is as if none had been sent, and yet was a guess
            await guesser.leaves()
            guesser = await visit(server)
    answer = await guesser.says(**bad)
    if not isinstance(answer, Welcome):
        assert (await guesser.hears(Bye)).reason == "limit"
    late = await visit(server)
    bye = await late.hears(Bye)
    assert (bye.reason, "bad_names" in bye.text) == ("limit", True)
    canary.writer.write(encode(Hello(1)))  # whoever is in stays in: a second hello is only an error
    assert isinstance(await canary.hears(Error), Error)
    for _ in range(500):
        again = await visit(server)
        answer = await again.says(name="welcome")
        await again.leaves()
        if isinstance(answer, Welcome):
            break
        await asyncio.sleep(0.01)  # somebody who tries again until the pause is over
    assert isinstance(answer, Welcome)


@pytest.mark.usefixtures("foreign")
async def test_a_password_is_as_hard_to_guess(host: Host, visit: Visit) -> None:
    server = await host(address_rate="none", hello_tries="none")
    server.hub.gate.password = "sesame"
    guesser = await visit(server)
    codes = [(await guesser.says(password=word)).code for word in map(str, range(31))]
    assert codes == ["forbidden"] * 31
    assert (await guesser.hears(Bye)).reason == "limit"
    late = await visit(server)
    assert (await late.hears(Bye)).reason == "limit"
