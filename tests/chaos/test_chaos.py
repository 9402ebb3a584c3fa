"""Whole games through a bad network end with the same events as without it."""

from __future__ import annotations

import itertools

import pytest
from judge import Json, Launched
from proxy import Fault, Proxy, running
from stubborn import Stubborn

FAULTS = {
    "latency": Fault(delay=0.01),
    "slices": Fault(pieces=5),
    "slices-and-latency": Fault(pieces=500, delay=0.005),
    "bandwidth": Fault(rate=120_000.0),
    "reset": Fault(after=10_500, end="reset"),
    "reset-in-slices": Fault(after=9_000, pieces=50, end="reset"),
    "blackhole": Fault(after=10_500, end="blackhole"),
    "half-close": Fault(after=10_500, end="half"),
}

GAME = ["/new fruit", "/guess z", "/guess a", "/guess cabana", "/guess a", "/guess b", "hello", "/guess n", "/guess q"]
"""A round with hits, misses, a wrong word, a letter again, talk, the win, and a guess after the end."""

_rooms = itertools.count(1)


def played(server: Launched, address: tuple[str, int]) -> tuple[list[Json], list[tuple[str, bool]]]:
    """The game as a witness in the room saw it, without what names the room and the moment, and the player's acks."""
    room = f"chaos-{next(_rooms)}"
    witness = server.join(f"W{room}", room)
    player = Stubborn(address, f"P{room}", room)
    for text in GAME:
        player.types(text)
    player.close()
    seen = []
    for message in witness.barrier():
        if message["type"] == "board":
            kept = {k: message[k] for k in ("status", "cells", "missed", "words_missed", "lives", "secret")}
            if kept not in seen:  # somebody who goes and comes may cause the same board again
                seen.append(kept)
        elif message["type"] == "chat":
            seen.append({"text": message["text"]})
    witness.send({"type": "line", "text": "/q"})
    witness.bye()
    return seen, player.acks


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_game_ends_with_the_same_events(server: Launched, fault: Fault) -> None:
    plain = played(server, server.address)
    assert [m.get("status") for m in plain[0]][-1] == "won"
    proxy = Proxy(*server.address, fault)
    with running(proxy) as address:
        assert played(server, address) == plain
    assert (proxy.connections > 1) == (fault.end != ""), "the fault came, and only where it should"
    assert server.canaries is not None
    server.canaries.turn()
