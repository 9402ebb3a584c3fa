"""A terminal made of a channel: keys out of pieces of text, sizes that make sense, and a flood that waits."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.keys import Keys as Key

from hangman_net.ssh import terminal
from hangman_net.ssh.terminal import Keys, Terminal, _size


def pressed(*pieces: str) -> list[str]:
    keys = Keys()
    for piece in pieces:
        keys.feed(piece)
    return [
        press.key if isinstance(press.key, str) else press.key.value
        for press in (*keys.read_keys(), *keys.flush_keys())
    ]


@given(
    st.lists(st.sampled_from(["a", "é", "日", "\r", "\x1b[A", "\x1b[3~", "\x1b[200~two\nlines\x1b[201~"]), max_size=8),
    st.data(),
)
def test_any_cutting_gives_the_same_keys(typed: list[str], data: st.DataObject) -> None:
    text = "".join(typed)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert pressed(*pieces) == pressed(text)


def test_a_paste_is_one_key() -> None:
    assert pressed("\x1b[200~/new\r\n/stop\x1b[201~") == [Key.BracketedPaste.value]


def test_what_holds_no_key_is_counted() -> None:
    keys = Keys()
    keys.feed("\x1b[200~" + "x" * 100)
    keys.feed("x" * 100)
    assert keys.unfinished == 206
    keys.feed("\x1b[201~")
    assert keys.unfinished == 0


async def test_keys_typed_before_the_screen_is_there_are_not_lost() -> None:
    keys = Keys()
    keys.feed("hi")
    ready = asyncio.Event()
    with keys.attach(ready.set):
        await ready.wait()
        assert [press.key for press in keys.read_keys()] == ["h", "i"]
        keys.close()
        assert keys.closed


@pytest.mark.parametrize(
    ("columns", "rows", "size"),
    [(80, 24, (80, 24)), (0, 0, (80, 24)), (0, 50, (80, 50)), (10**9, 10**9, (300, 100)), (1, 1, (1, 1))],
)
def test_sizes(columns: int, rows: int, size: tuple[int, int]) -> None:
    made = _size(columns, rows)
    assert (made.columns, made.rows) == size


async def test_a_flood_is_handed_on_by_and_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "KEYS_EVERY", 0.0)
    shown: list[str] = []
    far = Terminal(shown.append, kind="xterm", columns=80, rows=24)
    far.feed("x" * (terminal.MOST_WAITING + 2 * terminal.KEYS))
    assert far.flooded
    assert len(far._keys.read_keys()) == terminal.KEYS
    async with asyncio.timeout(5):
        while far.flooded:
            await asyncio.sleep(0)
    far.close()
