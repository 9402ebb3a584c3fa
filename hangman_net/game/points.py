"""What a round is worth to everyone who helped.

It knows how finds become points; it must not know scores, rankings or who is still here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from hangman_net.game.round import Puzzle, Round, Sheet

SOLVED_RACE = 5
"""For finding the word in a race."""

BEATEN = 2
"""For everybody who raced and came in later, or not at all."""

SETTER_MOST = 10
"""To the setter of a word that was found with the last life; about what a good find earns."""


def for_word(blanks: int) -> int:
    """For saying the whole word while `blanks` cells were hidden: floor(1.34 x blanks) + 1 (Pokémon Online)."""
    return blanks * 134 // 100 + 1


def for_setter(misses: int, lives: int) -> int:
    """The setter's share of a word that was found after `misses` of `lives`: most when the table only just made it."""
    return max(1, SETTER_MOST * (misses + 1) // lives)


def of_sheet(sheet: Sheet, puzzle: Puzzle) -> Counter[str]:
    """A point for each cell that a letter showed, and the bonus for the whole word (Pokémon Online)."""
    points: Counter[str] = Counter()
    for letter, who in zip(sheet.found, sheet.found_by, strict=True):
        if who is not None:
            points[who] += len(puzzle.places[letter])
    if sheet.solver is not None and sheet.blanks:
        points[sheet.solver] += for_word(sheet.blanks)
    return points


def shared(round: Round) -> Mapping[str, int]:
    """Points of a round on one sheet. A lost word still pays its letters; a stopped round pays nobody."""
    if round.status not in ("won", "lost"):
        return {}
    points = of_sheet(round.sheet, round.puzzle)
    if round.setter is not None and round.status == "won":
        points[round.setter] += for_setter(round.settings.lives - round.sheet.lives, round.settings.lives)
    return points


def race(round: Round) -> Mapping[str, int]:
    """Points of a race: for finding the word, and for everybody left behind."""
    if round.status not in ("won", "lost"):
        return {}
    racers = len(round.players)
    points = Counter({p.name: SOLVED_RACE + BEATEN * (racers - p.place) for p in round.players if p.place})
    if round.setter is not None and points:
        best = max(player.sheet.lives for player in round.players if player.place and player.sheet)
        points[round.setter] += for_setter(round.settings.lives - best, round.settings.lives)
    return points
