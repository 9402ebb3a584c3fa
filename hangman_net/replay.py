"""A round printed as it went, from the log of events that a server kept.

It knows the events of `plugins/hangman` and where they lie; it must not know records, nor tell of a round that runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from unicodedata import normalize

import msgspec
from msgspec import Struct

from hangman_net.game.alphabet import Alphabet
from hangman_net.game.modes import COOP, MODES
from hangman_net.store.port import Event, StoreError
from hangman_net.text import room_key, safe_line, width


class Began(Struct, frozen=True):
    """`round_began`: the board before the first guess, with None for what is hidden."""

    round: int
    lives: int
    cells: tuple[str | None, ...]
    mode: str = COOP.name
    wordlist: str | None = None
    setter: str | None = None


class Move(Struct, frozen=True):
    """`guess` or `hint`: what it came to, as `game.engine.Move` has it."""

    round: int
    kind: str
    guess: str
    shown: int = 0


class GaveUp(Struct, frozen=True):
    """`giveup`: somebody left a race."""

    round: int


class Over(Struct, frozen=True):
    """`round_over`: how it ended, and the word."""

    round: int
    status: str
    word: str
    points: dict[str, int] = {}


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


@dataclass(slots=True)
class Story:
    """A finished round: when it began (POSIX seconds, UTC), and what happened when and by whom."""

    at: float
    began: Began
    moves: list[tuple[float, str, Move | GaveUp]] = field(default_factory=list)
    over: Over | None = None


def replay(folder: Path, room: str, number: int | None = None) -> tuple[str, int]:
    """What `hangman-net replay ROOM [ROUND]` prints of the data in `folder`, and its exit status.

    Without a `number` it is the last round that is over; the status is 2 where there is no such round.
    """
    from hangman_net.store.sqlite import FILE, read_events

    if not (folder / FILE).is_file():
        return f"{folder / FILE}: there is no such file; give --data the folder of a server", 2
    try:
        told = stories((event for _, event in read_events(folder / FILE)), room)
    except StoreError as error:
        return str(error), 2
    if not told:
        return f"no round that is over was kept of a room {safe_line(room)!r}", 2
    if number is None:
        number = max(told)
    if number not in told:
        return f"no round {number} that is over was kept of {room}; there are {_spans(told)}", 2
    return "\n".join(lines(told[number])), 0


def stories(events: Iterable[Event], room: str) -> dict[int, Story]:
    """The rounds of `room` that are over, by their numbers."""
    key, known, over = room_key(room), dict[int, Story](), dict[int, Story]()
    for event in events:
        if event.kind not in _DECODERS or room_key(event.room) != key:
            continue
        match _DECODERS[event.kind].decode(event.data):
            case Began() as began:
                known[began.round] = Story(event.at, began)
            case Over() as ended if story := known.pop(ended.round, None):
                story.over = ended
                over[ended.round] = story
            case Move() | GaveUp() as move if story := known.get(move.round):
                story.moves.append((event.at, event.who, move))
    return over


def lines(story: Story) -> Iterator[str]:
    """A finished round as text: a head, a line for each move with the board after it, and the end."""
    began, over = story.began, story.over
    assert over is not None
    when = datetime.fromtimestamp(story.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    word = f"a word of {began.setter}" if began.setter else f"a word of the list {began.wordlist or '?'}"
    yield safe_line(f"Round {began.round}, {when}: {began.mode}, {word}, {_count(began.lives, 'life', 'lives')}")
    own = MODES.get(began.mode, COOP).own_sheets
    sheets: dict[str, _Sheet] = {}
    for at, who, move in story.moves:
        sheet = sheets.setdefault(who if own else "", _Sheet(began, Alphabet.cells(over.word)))
        minutes, seconds = divmod(max(0, int(at - story.at)), 60)
        told = f"{who} gave up" if isinstance(move, GaveUp) else f"{who}: {sheet.play(move)}"
        board = sheet.board()
        yield safe_line(f"{minutes:3}:{seconds:02}  {board}{' ' * (sheet.columns - width(board))}  {told}")
    yield safe_line(f"{over.status.capitalize()}: the word was {over.word}.")
    if over.points:
        yield safe_line(f"Points: {', '.join(f'{name} {points}' for name, points in over.points.items())}.")


class _Sheet:
    """A board as the moves leave it; the word is known by now."""

    __slots__ = ("_lives", "_shown", "_word")

    def __init__(self, began: Began, word: tuple[str, ...]) -> None:
        self._word = word
        self._shown = {place for place, cell in enumerate(began.cells) if cell is not None}
        self._lives = began.lives

    @property
    def columns(self) -> int:
        """Cells of the terminal that the whole board takes."""
        return width(" ".join(self._word))

    def board(self) -> str:
        """The word with `_` for what is hidden, as wide as if all were shown."""
        cells = ((cell, place in self._shown) for place, cell in enumerate(self._word))
        return " ".join(cell if shown else "_".ljust(width(cell)) for cell, shown in cells)

    def play(self, move: Move) -> str:
        """Takes a move, and says what it came to."""
        if move.kind in ("miss", "repeat", "wrong", "bought"):
            self._lives -= 1
        left = f"{_count(self._lives, 'life', 'lives')} left"
        match move.kind:
            case "hit" | "bought":
                self._shown |= self._places(move)
                found = _count(move.shown, "cell", "cells")
                return f"{move.guess}, {found}" if move.kind == "hit" else f"bought {move.guess}, {found}, {left}"
            case "solved":
                self._shown = set(range(len(self._word)))
                return f"{move.guess}, and that was all"
            case "hint":
                return f"asked for the hint: {move.guess}"
            case "repeat":
                return f"{move.guess} again, {left}"
            case _:
                return f"{move.guess}, missed, {left}"

    def _places(self, move: Move) -> set[int]:
        """Where a letter stands in the word: as it is, or without its accent where the list folds that away.

        The log does not keep the alphabet, but how many cells were shown: that tells the two apart.
        """
        for same in (str.casefold, _bare):
            letter = same(move.guess)
            places = {place for place, cell in enumerate(self._word) if same(cell) == letter}
            if len(places) == move.shown:
                return places
        return set()


def _bare(cell: str) -> str:
    """A letter without case and marks."""
    return normalize("NFKD", cell.casefold())[:1]


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
