"""Rows never take more cells than they are given, whatever is written in them."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from hangman_net.client.rows import cells, clip, fill, plain, row_cells, rule, spread, steady, wrap
from hangman_net.text import safe_line

FAMILY, FLAG, HEART, THUMB, KEYCAP = "👩‍👩‍👧", "🇩🇪", "❤️", "👍🏽", "1️⃣"

TEXT = st.text(st.sampled_from("ab c日本é한न्가́👩👧👍🏽🇩🇪❤️\u200d-"), max_size=40).map(safe_line).map(steady)
ROWS = st.lists(st.tuples(st.sampled_from(["", "class:a"]), TEXT), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        (FAMILY, "👩"),
        (f"a{FLAG}b", "aDEb"),
        (HEART, "❤"),
        (THUMB, "👍"),
        (KEYCAP, "1"),
        ("e\u0323", "e\u0323"),
        ("日本", "日本"),
        ("🇩", "D"),
    ],
)
def test_steady(text, shown):
    assert steady(text) == shown


@given(st.text(max_size=30))
def test_steady_text_has_no_width_of_its_own(text):
    shown = steady(safe_line(text))
    assert steady(shown) == shown
    assert cells(shown) == sum(max(0, wcwidth(char)) for char in shown)


@given(st.text(st.sampled_from("ab日本é👩👍🏽🇩🇪❤️\u200d"), max_size=20))
def test_an_emulator_counts_as_we_do(text):
    shown = steady(safe_line(text))
    screen = pyte.Screen(120, 2)
    pyte.Stream(screen).feed(shown)
    assert screen.cursor.x == cells(shown)


@given(ROWS, st.integers(0, 30))
def test_clip_fits_and_keeps_what_fits(row, columns):
    cut = clip(row, columns)
    assert row_cells(cut) <= columns
    if row_cells(row) <= columns:
        assert cut == row
    elif columns:
        assert plain(cut).endswith("…")
        assert plain(row).startswith(plain(cut)[:-1])


@given(ROWS, ROWS, st.integers(1, 30))
def test_fill_and_spread_take_all_of_it(left, right, columns):
    assert row_cells(fill(left, columns)) == columns
    assert row_cells(spread(left, right, columns)) == columns


@given(ROWS, st.integers(2, 30), st.integers(0, 6))
def test_wrap_fits_and_loses_nothing_but_blanks(row, columns, hang):
    rows = wrap(row, columns, hang)
    assert all(row_cells(part) <= columns for part in rows)
    if columns - min(hang, columns // 2) >= 2:  # room for a wide character
        assert "".join(map(plain, rows)).replace(" ", "") == plain(row).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "columns", "hang", "lines"),
    [
        ("short", 10, 2, ["short"]),
        ("one two three", 7, 0, ["one two", "three"]),
        ("one two three", 8, 2, ["one two ", "  three"]),
        ("abcdefghij", 4, 1, ["abcd", " efg", " hij"]),
        ("日本語", 4, 0, ["日本", "語"]),
        ("日本", 1, 0, ["…", "…", ""]),
        ("", 5, 0, [""]),
    ],
)
def test_wrap(text, columns, hang, lines):
    assert [plain(row) for row in wrap((("", text),), columns, hang)] == lines


def test_styles_stay_with_their_text():
    row = (("class:name", "ann"), ("", ": one two"))
    assert wrap(row, 9) == [(("class:name", "ann"), ("", ":"), ("", " "), ("", "one"), ("", " ")), (("", "two"),)]


def test_rule():
    assert plain(rule("News", 12)) == "── News ────"
    assert plain(rule("", 4)) == "────"
    assert row_cells(rule("a title too long", 6)) == 6
