"""What a guess did is told in a line, from two boards."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hangman_net.client.moves import moves


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({}, None),
        ({"turn": "cid", "seconds": 3.0}, None),
        ({"cells": tuple("banana"), "found_by": ("ann", "cid", "bob", "cid", "bob", "cid")}, "cid finds a (3)"),
        ({"cells": ("b", "a", *"n_n_".replace("_", "a")), "found_by": ()}, "a (3) shows"),
        ({"missed": ("z", "q", "x", "e"), "lives": 2}, "bob misses with e, 2 lives left"),
        ({"words_missed": ("batten", "batman"), "lives": 1}, "bob misses with batman, 1 life left"),
        ({"lives": 2}, "2 lives left"),
        ({"cells": (None,) * 3}, None),
        ({"round": 4, "lives": 1}, None),
        ({"status": "lost", "lives": 0}, None),
    ],
)
def test_moves(room, change, line):
    assert moves(room.playing, replace(room.playing, **change)) == line


def test_where_nobody_has_the_turn_nobody_is_named(room):
    before = replace(room.playing, turn=None)
    assert moves(before, replace(before, missed=("z", "q", "x", "e"), lives=2)) == "no e, 2 lives left"


def test_several_moves_while_one_was_away_are_one_line(room):
    before = replace(room.playing, cells=(None,) * 6, found_by=(None,) * 6, missed=())
    line = "ann finds b; bob finds n (2); no z, q, x, 3 lives left"
    assert moves(before, room.playing) == line


def test_the_talk_tells_moves_of_a_round_that_was_seen(room):
    missed = replace(room.playing, missed=(*room.playing.missed, "e"), lives=2)
    assert room.model(*room.played, missed).entries[-1].lines == ("bob misses with e, 2 lives left",)
    assert room.model(*room.played, missed, missed).entries[-1].lines == ("bob misses with e, 2 lives left",)
