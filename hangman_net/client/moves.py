"""What happened in a round, by its boards: who found what, and between two of them what was missed, in a line.

It knows boards; it must not know the model, the talk or any face.
"""

from __future__ import annotations

from collections import Counter

from hangman_net.messages import Board


def moves(before: Board, after: Board) -> str | None:
    """The line that leads from one board to the next, or None where they are not two of one round that goes on."""
    if before.round != after.round or before.status != "playing" or after.status != "playing":
        return None
    if len(before.cells) != len(after.cells):
        return None
    parts = [*_found(before, after), *_missed(before, after)]
    return "; ".join(parts) or None


def found(board: Board) -> dict[str, list[str]]:
    """Who found which letters, each letter once, in the order of the word."""
    letters: dict[str, list[str]] = {}
    for cell, finder in zip(board.cells, board.found_by, strict=False):
        if cell is not None and finder is not None and cell not in letters.setdefault(finder, []):
            letters[finder].append(cell)
    return letters


def _found(before: Board, after: Board) -> list[str]:
    finders = (*after.found_by, *[None] * len(after.cells))
    finds: dict[str | None, Counter[str]] = {}
    for was, cell, finder in zip(before.cells, after.cells, finders, strict=False):
        if was is None and cell is not None:
            finds.setdefault(finder, Counter())[cell] += 1
    parts = []
    for finder, letters in finds.items():
        found = ", ".join(letter if count == 1 else f"{letter} ({count})" for letter, count in letters.items())
        parts.append(f"{finder} finds {found}" if finder else f"{found} shows")
    return parts


def _missed(before: Board, after: Board) -> list[str]:
    letters = list((Counter(after.missed) - Counter(before.missed)).elements())
    words = list((Counter(after.words_missed) - Counter(before.words_missed)).elements())
    missed = ", ".join(letters + words)
    lost = before.lives - after.lives
    if not missed and lost <= 0:
        return []
    left = "1 life left" if after.lives == 1 else f"{after.lives} lives left"
    if not missed:
        return [left]
    one = before.turn is not None and len(letters) + len(words) == 1  # else others may have had the turn since
    return [f"{before.turn} misses with {missed}, {left}" if one else f"no {missed}, {left}"]
