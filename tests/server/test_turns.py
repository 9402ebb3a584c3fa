"""A turn of the loop reads a few sockets, and each in its turn."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from hangman_net.server.turns import FEWEST, LONG, MOST, Loop, Turns, unread

MANY = 2 * MOST + 5


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


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> Iterator[Turns]:
    with Turns(clock) as selector:
        yield selector


def test_all_that_are_ready_are_told_of_once_before_any_is_again(turns: Turns, ends: list[socket.socket]) -> None:
    for end in ends:
        turns.register(end, selectors.EVENT_READ)
    for _ in range(2):
        told = [key.fd for key, _ in turns.select(0)]
        assert turns.unread()
        while turns.unread():
            told += [key.fd for key, _ in turns.select(0)]
        assert sorted(told) == sorted(end.fileno() for end in ends)


@pytest.mark.parametrize(
    ("seconds", "sizes"),
    [
        pytest.param([LONG / 4] * 2, [MOST, MOST, 5], id="short turns"),
        pytest.param([2 * LONG] * 6, [MOST, 16, 8, FEWEST, FEWEST, FEWEST, 1], id="half as many after a long one"),
        pytest.param([2 * LONG] * 2 + [LONG / 4], [MOST, 16, 8, 13], id="twice as many after a short one"),
        pytest.param([2 * LONG] * 2 + [0.75 * LONG] * 2, [MOST, 16, 8, 8, 5], id="as many after one that is right"),
    ],
)
def test_as_many_are_told_of_as_fit_a_turn(
    turns: Turns, clock: Clock, ends: list[socket.socket], seconds: list[float], sizes: list[int]
) -> None:
    for end in ends:
        turns.register(end, selectors.EVENT_READ)
    told = [len(turns.select(0))]
    for took in seconds:
        clock.now += took
        told.append(len(turns.select(0)))
    assert told == sizes
    assert not turns.unread()


def test_who_has_gone_meanwhile_is_not_told_of_nor_who_has_its_number_now(
    turns: Turns, ends: list[socket.socket]
) -> None:
    for end in ends:
        turns.register(end, selectors.EVENT_READ)
    seen = {key.fd for key, _ in turns.select(0)}
    assert len(seen) == MOST
    gone, anew, *others = [end for end in ends if end.fileno() not in seen]
    turns.unregister(gone)
    turns.unregister(anew)
    turns.register(anew, selectors.EVENT_READ, "another")
    rest = []
    while turns.unread():
        rest += [key.fd for key, _ in turns.select(0)]
    assert sorted(rest) == sorted(other.fileno() for other in others)


def test_a_timer_rings_before_all_sockets_of_one_look_were_read(ends: list[socket.socket]) -> None:
    order: list[str] = []
    loop = Loop()
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
    assert order.index("timer") <= 2 * MOST


@pytest.mark.parametrize(("make", "knows"), [(Loop, True), (asyncio.SelectorEventLoop, False)])
def test_only_a_loop_of_ours_knows_that_others_are_unread(
    make: Callable[[], asyncio.AbstractEventLoop], knows: bool, ends: list[socket.socket]
) -> None:
    loop, seen = make(), list[bool]()
    more = unread(loop)
    try:

        def read(end: socket.socket) -> None:
            seen.append(more())
            loop.remove_reader(end)
            if len(seen) == MANY:
                loop.stop()

        for end in ends:
            loop.add_reader(end, read, end)
        loop.run_forever()
    finally:
        loop.close()
    assert seen[0] is knows
    assert not seen[-1]
