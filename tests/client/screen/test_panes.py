"""The talk wraps each entry once, and scrolls by rows without losing its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net import messages as m
from hangman_net.client.events import Remark
from hangman_net.client.model import Model, update
from hangman_net.client.rows import Row, plain
from hangman_net.client.screen import panes
from hangman_net.client.screen.panes import RowsControl, Talk


def model_of(*texts: str) -> Model:
    model = Model(name="ann")
    for text in texts:
        model = update(model, m.Chat("bob", text, "lobby"), 0.0)
    return model


def shown(talk: Talk, model: Model, columns: int = 30, height: int = 4) -> list[str]:
    return [plain(row).strip() for row in talk.rows(model, columns, height)]


def test_the_newest_stands_at_the_foot():
    assert shown(Talk(), model_of("one", "two")) == ["", "", "bob: one", "bob: two"]
    assert shown(Talk(), model_of(*"abcdef")) == ["bob: c", "bob: d", "bob: e", "bob: f"]
    assert shown(Talk(), Model(), height=0) == []


def test_scrolling_by_rows():
    talk, model = Talk(), model_of(*"abcdefgh")
    shown(talk, model)
    talk.scroll(model, 2)
    assert shown(talk, model)[:3] == ["bob: d", "bob: e", "bob: f"]
    assert "End goes down" in shown(talk, model)[3]
    talk.scroll(model, -1)
    assert shown(talk, model)[:3] == ["bob: e", "bob: f", "bob: g"]
    talk.scroll(model, -9)
    assert (talk.anchor, shown(talk, model)[-1]) == (None, "bob: h")


def test_a_resize_keeps_the_place():
    talk, model = Talk(), model_of("first", "a long line that is broken on a narrow screen", "third", "fourth", "fifth")
    shown(talk, model)
    talk.scroll(model, 1)
    assert shown(talk, model)[2] == "bob: fourth"
    assert shown(talk, model, 14, 5)[3] == "bob: fourth"
    assert shown(talk, model, 60, 3)[1] == "bob: fourth"


@given(st.lists(st.integers(-9, 9), max_size=12), st.integers(1, 8), st.integers(8, 40), st.integers(0, 12))
@settings(max_examples=60)
def test_scrolling_never_leaves_the_talk(steps, height, columns, count):
    talk, model = Talk(), model_of(*(f"line {number} of some length" for number in range(count)))
    for name in ("eve", "max"):
        model = update(model, m.MemberChange("", name, "member", True, True, 0, False, None), 0.0)
    for step in steps:
        assert len(talk.rows(model, columns, height)) == height
        talk.scroll(model, step)
        model = update(model, Remark("news"), 0.0)
    rows = talk.rows(model, columns, height)
    assert len(rows) == height
    talk.scroll(model, -9_999)
    assert talk.anchor is None


def test_each_entry_is_wrapped_once_for_a_width(monkeypatch):
    wrapped: list[int] = []
    real = panes.entry_rows

    def counting(entry, columns, me, *, timestamps=False) -> list[Row]:
        wrapped.append(entry.number)
        return real(entry, columns, me, timestamps=timestamps)

    monkeypatch.setattr(panes, "entry_rows", counting)
    talk, model = Talk(), model_of(*(f"line {number}" for number in range(50)))
    talk.rows(model, 40, 20)
    assert sorted(wrapped) == list(range(31, 51))
    wrapped.clear()
    for _ in range(5):
        model = update(model, m.Chat("bob", "news", "lobby"), 0.0)
        talk.rows(model, 40, 20)
    assert wrapped == [51, 52, 53, 54, 55]
    talk.rows(model, 30, 20)
    assert len(wrapped) == 25


@pytest.mark.parametrize(("keys", "made"), [([1, 1, 1], 1), ([1, 2, 2], 2)])
def test_rows_are_made_again_only_for_another_key(keys, made):
    calls = []
    left = iter(keys)

    def make(columns: int, rows: int) -> list[Row]:
        calls.append((columns, rows))
        return [(("", "x"),)]

    control = RowsControl(make, lambda: next(left))
    for _ in keys:
        content = control.create_content(10, 2)
        assert (content.line_count, content.get_line(0)) == (1, [("", "x")])
    assert len(calls) == made
