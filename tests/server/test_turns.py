"""A turn of the loop reads a few sockets, and each in its turn."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hangman_net.server.turns import READ_AT_ONCE, Turns, new_loop

MANY = 2 * READ_AT_ONCE + 5


@pytest.fixture
def ends() -> Iterator[list[socket.socket]]:
    """Sockets that are readable."""
    with ExitStack() as stack:
        ready = []
        for _ in range(MANY):
            here, there = (stack.enter_context(end) for end in socket.socketpair())
            there.send(b"x")
            ready.append(here)
        yield ready


@pytest.fixture
def turns() -> Iterator[Turns]:
    with Turns() as selector:
        yield selector


def test_all_that_are_ready_are_told_of_once_before_any_is_again(turns: Turns, ends: list[socket.socket]) -> None:
    for end in ends:
        turns.register(end, selectors.EVENT_READ)
    for _ in range(2):
        told = [turns.select(0) for _ in range(3)]
        assert [len(some) for some in told] == [READ_AT_ONCE, READ_AT_ONCE, 5]
        assert {key.fd for some in told for key, _ in some} == {end.fileno() for end in ends}


def test_who_has_gone_meanwhile_is_not_told_of_nor_who_has_its_number_now(
    turns: Turns, ends: list[socket.socket]
) -> None:
    for end in ends:
        turns.register(end, selectors.EVENT_READ)
    seen = {key.fd for key, _ in turns.select(0)}
    gone, anew, *others = [end for end in ends if end.fileno() not in seen]
    turns.unregister(gone)
    turns.unregister(anew)
    turns.register(anew, selectors.EVENT_READ, "another")
    rest = [key.fd for _ in range(2) for key, _ in turns.select(0)]
    assert sorted(rest) == sorted(other.fileno() for other in others)


def test_a_timer_rings_before_all_sockets_of_one_look_were_read(ends: list[socket.socket]) -> None:
    order: list[str] = []
    loop = new_loop()
    try:

        def read(end: socket.socket) -> None:
            order.append("read")
            loop.remove_reader(end)
            if len(order) == 1:
                loop.call_later(0, order.append, "timer")
            if order.count("read") == MANY:
                loop.stop()

        for end in ends:
            loop.add_reader(end, read, end)
        loop.run_forever()
    finally:
        loop.close()
    assert order.index("timer") <= 2 * READ_AT_ONCE
    assert isinstance(loop, asyncio.SelectorEventLoop)
