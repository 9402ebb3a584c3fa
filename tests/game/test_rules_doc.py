"""docs/rules.md says what the code does: every setting, mode, picture and number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hangman_net.game import engine, modes, points
from hangman_net.game.art import ARTS
from hangman_net.game.round import MAX_PLAYERS
from hangman_net.game.settings import KEYS, Settings, shown

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
ROWS = {
    row.split("|")[1].strip(" `"): [cell.strip() for cell in row.split("|")[2:-1]]
    for row in PAGE.splitlines()
    if re.match(r"\| `\w+` \|", row)
}


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_every_setting_stands_with_its_default_and_its_bounds(key):
    default, may_be, meaning = ROWS[key.name]
    assert default == shown(Settings(), key)
    assert meaning.startswith(key.help) or key.name == "art"
    if key.kind == "number":
        assert may_be == f"{key.low} to {key.high}"
    elif key.choices:
        assert may_be == ", ".join(key.choices)


def test_the_table_holds_settings_and_modes_and_nothing_else():
    assert set(ROWS) == set(KEYS) | set(modes.MODES)


def test_every_picture_is_named():
    assert all(name in PAGE for name in ARTS)


@pytest.mark.parametrize(
    "said",
    [
        f"at most {MAX_PLAYERS}",
        f"floor({points.for_word(100) // 100}.34 x B) + 1",
        f"floor({points.SETTER_MOST} x (M + 1) / L), at least {points.for_setter(0, 15)}",
        f"{points.SOLVED_RACE}, and {points.BEATEN} for everyone",
        f"ended after {engine.ABANDONED_AFTER / 60:g} minutes",
        f"leaves {modes.RESUMED:g} seconds at least",
    ],
)
def test_every_number_is_the_codes(said):
    assert said in PAGE


def test_two_time_outs():
    assert modes.LAPSES == 2
    assert "Two time-outs in a row" in PAGE
