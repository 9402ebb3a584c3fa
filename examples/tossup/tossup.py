"""A mode for hangman: no letters are guessed, they appear by the clock, and the first whole word wins."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.structs import replace

from hangman_net import Plugin
from hangman_net.game.engine import reveal
from hangman_net.game.errors import InvalidGuess
from hangman_net.game.modes import Mode
from hangman_net.game.round import Round, Sheet, Termination

EVERY = 5.0
"""Seconds between two letters."""


def following(round: Round) -> list[str]:
    """The letters that are still hidden, in the order in which they will appear: no chance, so that it can be kept."""
    hidden = [letter for letter in round.puzzle.places if letter not in round.sheet.found]
    return sorted(hidden, key=lambda letter: blake2b(f"{round.number} {round.puzzle.text} {letter}".encode()).digest())


class TossUp(Mode, frozen=True):
    """The earlier one says the word, the more it pays; it is lost when all of it would be shown."""

    sells: bool = False

    def begin(self, round: Round, players: tuple[str, ...], now: float) -> Round:
        return replace(round, deadline=now + EVERY)

    def allow(self, round: Round, sheet: Sheet, letter: str | None) -> None:
        if letter is not None:
            raise InvalidGuess("No letters here: they come by themselves. Guess the whole word.")

    def expired(self, round: Round, now: float) -> Round:
        letters = following(round)
        if len(letters) <= 1:
            return round.ended(Termination.TIME)
        return replace(round, sheet=reveal(round, round.sheet, letters[0]), deadline=now + EVERY)


class TossUpPlugin(Plugin):
    """Offers the mode: `/new mode=tossup`."""

    offers = (TossUp("tossup", "letters appear by the clock; the first whole word wins"),)
