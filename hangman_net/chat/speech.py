"""What plugins say, judged before it counts: words that every client can read, boards of the right shape, in a frame.

It knows how much a frame holds and what is fit to be shown; it must not know who says it or to whom.
"""

from __future__ import annotations

import msgspec

from hangman_net.messages import Board
from hangman_net.text import safe_line

MOST_TEXT = 16_000
"""Characters of one saying: at most four bytes each in JSON, so that it fits a frame of 65,536 bytes."""

MOST_BOARD = 60_000
"""Bytes of one board, for the same reason."""

_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Board).decode


def fit_text(text: str) -> str:
    """`text` as it may be said: lines that are safe in any terminal, cut where they are too long for a message.

    Raises `TypeError` for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected text to say, got {type(text).__name__}")
    if len(text) > MOST_TEXT:
        text = text[: MOST_TEXT - 1] + "…"
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    return "\n".join(map(safe_line, text.split("\n")))[:MOST_TEXT]


def fit_board(board: Board) -> Board:
    """`board`, as it is. Raises `TypeError` or `ValueError` where a client could not read it."""
    if not isinstance(board, Board):
        raise TypeError(f"expected a Board to show, got {type(board).__name__}")
    data = _encode(board)
    if len(data) > MOST_BOARD:
        raise ValueError(f"a board of {len(data):,} bytes is more than a message holds")
    _read(data)
    return board
