"""A round printed as it went, from the log of events that a server kept.

It knows the events of `plugins/hangman` and where they lie; it must not know records, nor tell of a round that runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct

from hangman_net.store.port import Event, StoreError
from hangman_net.text import room_key, safe_line, width

Cells: TypeAlias = tuple[str | None, ...]
"""A board's cells, None for what is hidden."""


class Began(Struct, frozen=True):
    """`round_began`: the board before the first guess."""

    round: int
    mode: str
    lives: int
    cells: Cells
    wordlist: str | None = None
    setter: str | None = None


class Move(Struct, frozen=True):
    """`guess` or `hint`: what it came to (`game.engine.Kind`), how many cells it showed, and the board after it."""

    round: int
    guess: str
    result: str
    shown: int
    cells: Cells
    lives: int


class GaveUp(Struct, frozen=True):
    """`giveup`: somebody left a race."""

    round: int


class Over(Struct, frozen=True):
    """`round_over`: how it ended and why, and the word."""

    round: int
    status: str
    reason: str
    word: str
    points: dict[str, int]


Told: TypeAlias = Began | Move | GaveUp | Over

_DECODERS: dict[str, msgspec.json.Decoder[Told]] = {
    kind: msgspec.json.Decoder(type)
    for kind, type in (
        ("round_began", Began),
        ("guess", Move),
        ("hint", Move),
        ("giveup", GaveUp),
        ("round_over", Over),
    )
}

_WHY = {"time": "the time was up", "given up": "all gave up", "abandoned": "nobody came back"}
"""Reasons that the moves do not tell."""


@dataclass(slots=True)
class Story:
    """A round: where and when it began (POSIX seconds, UTC), what was done when and by whom, how it ended."""

    room: str
    at: float
    began: Began
    moves: list[tuple[float, str, Move | GaveUp]] = field(default_factory=list)
    over: Over | None = None


def replay(folder: Path, room: str, number: int | None = None) -> tuple[str, int]:
    """What `hangman-net replay ROOM [ROUND]` prints of the data in `folder`, and its exit status.

    Without a `number` it is the last round that is over; the status is 2 where there is no such round.
    """
    from hangman_net.store.sqlite import FILE, read_events  # SQLite, only for who reads a file

    path = folder / FILE
    if not path.is_file():
        return f"{path}: there is no such file; give --data the folder of a server", 2
    chosen, over = None, set[int]()
    try:
        for story in stories((event for _, event in read_events(path)), room):
            over.add(story.began.round)
            if number in (None, story.began.round):  # a room that was made anew counts from 1 again: the later one
                chosen = story
    except StoreError as error:
        return str(error), 2
    if chosen is not None:
        return "\n".join(lines(chosen)), 0
    if not over:
        return f"no round that is over was kept of a room {safe_line(room)!r}", 2
    return f"no round {number} that is over was kept of {safe_line(room)}; there are {_spans(over)}", 2


def stories(events: Iterable[Event], room: str) -> Iterator[Story]:
    """The rounds of `room` that are over, in the order in which they began."""
    key, story = room_key(room), None
    for event in events:
        if event.kind not in _DECODERS or room_key(event.room) != key:
            continue
        try:
            told = _DECODERS[event.kind].decode(event.data)
        except msgspec.ValidationError:
            continue  # of another plugin, which gave its event the same name
        if isinstance(told, Began):
            story = Story(event.room, event.at, told)
        elif story is None or told.round != story.began.round:
            continue  # of a round whose beginning was not kept
        elif isinstance(told, Over):
            story.over = told
            yield story
            story = None
        else:
            story.moves.append((event.at, event.who, told))


def lines(story: Story) -> Iterator[str]:
    """A finished round as text: a head, a line for each move with the board after it, and the end."""
    began, over = story.began, story.over
    assert over is not None
    when = datetime.fromtimestamp(story.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    word = f"a word of {began.setter}" if began.setter else f"a word of the list {began.wordlist}"
    lives = _count(began.lives, "life", "lives")
    yield safe_line(f"Round {began.round} in {story.room}, {when}: {began.mode}, {word}, {lives}")
    rows = [(0.0, _board(began.cells), "it begins")]
    for at, who, move in story.moves:
        board = "" if isinstance(move, GaveUp) else _board(move.cells)
        told = f"{who} gave up" if isinstance(move, GaveUp) else f"{who}: {_told(move)}"
        rows.append((max(0.0, at - story.at), board, told))
    columns = max(width(board) for _, board, _ in rows)
    for after, board, told in rows:
        minutes, seconds = divmod(int(after), 60)
        yield f"{minutes:3}:{seconds:02}  {board}{' ' * (columns - width(board))}  {safe_line(told)}"
    why = f", {_WHY[over.reason]}" if over.reason in _WHY else ""
    yield safe_line(f"{over.status.capitalize()}{why}: the word was {over.word}.")
    if over.points:
        yield safe_line(f"Points: {', '.join(f'{name} {points}' for name, points in over.points.items())}.")


def _board(cells: Cells) -> str:
    return safe_line(" ".join("_" if cell is None else cell for cell in cells))


def _told(move: Move) -> str:
    """What a guess or a hint came to, in words."""
    left = f"{_count(move.lives, 'life', 'lives')} left"
    found = _count(move.shown, "cell", "cells")
    match move.result:
        case "hit":
            return f"{move.guess}, {found}"
        case "solved":
            return f"{move.guess}, and that was all"
        case "hint":
            return f"asked for the hint: {move.guess}"
        case "bought":
            return f"bought {move.guess}, {found}, {left}"
        case "repeat":
            return f"{move.guess} again, {left}"
        case _:
            return f"{move.guess}, missed, {left}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _spans(numbers: Iterable[int]) -> str:
    """Numbers in a few words: `1 to 4, 7`."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)
