"""Rows of styled text, cut and wrapped by terminal cells: the cloth that panes are made of.

It knows fragments and cells; it must not know what they show, nor any terminal library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias
from unicodedata import category

from hangman_net.text import graphemes

Fragment: TypeAlias = tuple[str, str]
"""A style (blank-separated `class:name`s, never anything that others wrote) and a text without line breaks."""

Row: TypeAlias = tuple[Fragment, ...]

_JOINER, _FIRST_FLAG, _LAST_FLAG = "\u200d", 0x1F1E6, 0x1F1FF
_CHANGING = re.compile("[\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")  # keycap, selectors, skin tones


def steady(text: str) -> str:
    """A safe line in the shape that every terminal and every width table count alike.

    Terminals disagree about emoji that are joined, toned or made narrow or wide by a selector: those are reduced to
    their first picture, flags to their two letters. Everything else, marks on letters included, stays.
    """
    if text.isascii():
        return text
    return "".join(map(_steady, graphemes(text)))


def _steady(grapheme: str) -> str:
    if len(grapheme) == 1 and not _FIRST_FLAG <= ord(grapheme) <= _LAST_FLAG:
        return grapheme
    if _FIRST_FLAG <= ord(grapheme[0]) <= _LAST_FLAG:
        return "".join(chr(ord("A") + ord(char) - _FIRST_FLAG) for char in grapheme if ord(char) >= _FIRST_FLAG)
    if _JOINER in grapheme or grapheme[0] >= "\U0001f000":
        return grapheme[0]
    return grapheme[0] + _CHANGING.sub("", grapheme[1:])


def doubtful(text: str) -> bool:
    """Does it hold marks that stand beside their letter, as of Hindi? Some terminals give them a cell, others none."""
    return any(category(char) == "Mc" for char in text)


def cells(text: str) -> int:
    """Terminal cells of a steady text, counted a character at a time, as the screen's painter does."""
    if text.isascii():
        return len(text)
    from wcwidth import wcwidth  # prompt_toolkit has it loaded already, and plain ASCII never needs it

    return sum(max(0, wcwidth(char)) for char in text)


def _reach(text: str) -> int:
    """Terminal cells of a steady text where a terminal gives most to it."""
    return cells(text) + (0 if text.isascii() else sum(category(char) == "Mc" for char in text))


def row_cells(row: Row) -> int:
    """Terminal cells of a row."""
    return sum(cells(text) for _, text in row)


def plain(row: Row) -> str:
    """The row's text without its styles."""
    return "".join(text for _, text in row)


def clip(row: Row, columns: int) -> Row:
    """The row, cut between characters to fit `columns` cells; an ellipsis says that it was."""
    if row_cells(row) <= columns:
        return row
    if columns <= 0:
        return ()
    kept: list[Fragment] = []
    left = columns - 1
    for style, text in row:
        taken = _take(text, left)
        left -= cells(taken)
        kept.append((style, taken))
        if taken != text:
            kept.append((style, "…"))
            break
    return tuple(kept)


def fill(row: Row, columns: int, style: str = "") -> Row:
    """The row at exactly `columns` cells: clipped, or filled up with spaces."""
    row = clip(row, columns)
    return (*row, (style, " " * (columns - row_cells(row))))


def spread(left: Row, right: Row, columns: int, style: str = "") -> Row:
    """Two rows at both ends of `columns` cells; where both do not fit, the left one is clipped."""
    right = clip(right, columns)
    gap = 1 if right else 0
    left = clip(left, columns - row_cells(right) - gap)
    return (*left, (style, " " * (columns - row_cells(left) - row_cells(right))), *right)


def rule(title: str, columns: int, style: str = "class:rule") -> Row:
    """A line across, with a title in it near the left end."""
    text = f"── {steady(title)} " if title else ""
    row = clip(((style, text),), columns)
    return (*row, (style, "─" * (columns - row_cells(row))))


def wrap(row: Row, columns: int, hang: int = 0) -> list[Row]:
    """The row as rows of at most `columns` cells, broken at blanks where there are any.

    Rows after the first are indented by `hang` cells. A column too narrow for one wide character shows `…` for it.
    """
    if sum(_reach(text) for _, text in row) <= columns:
        return [row]
    columns = max(1, columns)
    hang = min(hang, columns // 2)
    rows: list[list[Fragment]] = [[]]
    used = 0
    for style, word in _words(row):
        size = _reach(word)
        if used + size > columns and used > hang and not word.isspace():
            rows.append(_indented(hang))
            used = hang
        if word.isspace() and used + size > columns:
            continue  # a blank at the break
        while size > columns - used:
            taken = _take(word, columns - used) or ("…" if used <= hang else "")
            if taken == "…" and word[:1] != "…":
                word = word[len(next(graphemes(word))) :]
            else:
                word = word[len(taken) :]
            rows[-1].append((style, taken))
            rows.append(_indented(hang))
            used, size = hang, _reach(word)
        if word:
            rows[-1].append((style, word))
            used += size
    return [tuple(made) for made in rows]


def _indented(hang: int) -> list[Fragment]:
    return [("", " " * hang)] if hang else []


def _words(row: Row) -> Iterator[Fragment]:
    """The row's fragments cut where a run of blanks begins or ends."""
    for style, text in row:
        start = 0
        for at in range(1, len(text)):
            if (text[at] == " ") != (text[at - 1] == " "):
                yield style, text[start:at]
                start = at
        if text:
            yield style, text[start:]


def _take(text: str, columns: int) -> str:
    """As many whole characters from the beginning of `text` as fit."""
    if text.isascii():
        return text[: max(0, columns)]
    taken: list[str] = []
    for grapheme in graphemes(text):
        columns -= _reach(grapheme)
        if columns < 0:
            break
        taken.append(grapheme)
    return "".join(taken)
