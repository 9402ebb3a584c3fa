"""A restart: what was kept becomes the world as it was, whatever people did before."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.chat.hub import Hub
from hangman_net.chat.restore import restore
from hangman_net.testing import Table

NAMES = ("ann", "bob", "cat", "host")
TYPED = (
    *(
        "/new",
        "/new mode=race",
        "/new mode=turns",
        "/new mode=setter",
        "/secret walrus | sea",
        "/again",
        "/stop",
        "/skip",
    ),
    *("a", "e", "/guess banana", "/hint", "/giveup", "/spectate", "/play", "/art snowman", "/config lives 5"),
    *(
        "/room den",
        "/room lobby",
        "/q",
        "/nick zoe",
        "/kick bob",
        "/votekick cat",
        "/mute bob",
        "/ban cat 9d",
        "/unban cat",
    ),
    *(
        "/ignore ann",
        "/unignore ann",
        "/words add kiwi",
        "/words remove kiwi",
        "/config private x",
        "/lock",
        "/lock no",
    ),
    *("/bot hard", "/bot setter", "/bot off", "/daily e", "hello", "comes", "drops", "a minute", "an hour"),
)


def world(hub: Hub) -> dict[str, Any]:
    """All that has to last: rooms with who is in them, in their order, people, and every record of a plugin."""
    known = hub.world
    return {
        "rooms": {
            room.name: (
                room.record,
                list(room.members),
                plugins(room.slots),
                sorted(filter(room.wakes.get, room.wakes)),
            )
            for room in known.rooms.values()
        },
        "people": {seat.id: (seat.record, plugins(seat.slots or {})) for seat in known.seats.values()},
        "names": sorted(known.names),
        "server": plugins(known.slots),
        "bans": hub.moves.bans.records,
        "ignored": {who: by & set(known.seats) for who, by in known.ignored.items() if by & set(known.seats)},
    }


def plugins(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: slot.value for name, slot in slots.items() if slot.value != slot.codec.default}


def do(table: Table, name: str, what: str) -> None:
    player = table.player(name)
    there = player.bye is None and player.seat is not None and player.seat.session is player
    match what:
        case "a minute":
            table.passes(60)
        case "an hour":
            table.passes(3600)
        case "comes" if not there:
            with suppress(AssertionError):  # the name is taken by now, or banned
                table.sits(name, token=player.token)
        case "drops" if there:
            player.drops()
        case _ if there:
            player.types(what)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TYPED)), max_size=60))
def test_what_was_kept_is_what_was(lines: list[tuple[str, str]]) -> None:
    table = Table(words=["food"])
    for name, what in [*((name, "hello") for name in NAMES), *lines]:
        table.passes(0.01)
        do(table, name, what)
    again = Table(words=["food"])
    again.passes(table.now)
    restored = restore(again.hub, dict(sorted(table.records.items())), {})  # as a store gives them: by key
    assert not restored.notes
    assert world(again.hub) == world(table.hub)
