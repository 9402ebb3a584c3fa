"""A mode for hangman: the vowels are shown, consonants only, and two misses put you out."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

from msgspec.structs import replace

from hangman_net import Plugin
from hangman_net.game.engine import reveal
from hangman_net.game.errors import IllegalGuess, InvalidGuess
from hangman_net.game.modes import Mode
from hangman_net.game.round import MAX_PLAYERS, Player, Round, Sheet, Termination

VOWELS = frozenset("aeiouæøαεηιουωаеиоуыэюяіїє")
CHANCES = 2
"""Misses that put a player out."""


def misses(round: Round, who: str) -> int:
    """How often `who` was wrong in this round."""
    return round.sheet.missed_by.count(who) + round.sheet.words_by.count(who)


def is_vowel(letter: str) -> bool:
    """Whether the letter is a vowel, with whatever accent."""
    return normalize("NFD", letter)[0] in VOWELS


class Sudden(Mode, frozen=True):
    """Everybody has two chances of their own on one board; who sits down later looks on."""

    sells: bool = False

    def begin(self, round: Round, players: tuple[str, ...], now: float) -> Round:
        seats = tuple(map(Player, players[:MAX_PLAYERS]))
        lives = max(1, CHANCES * len(seats))
        settings = replace(round.settings, lives=lives, strict=False)
        round = replace(round, players=seats, settings=settings, sheet=Sheet(lives))
        if all(map(is_vowel, round.puzzle.places)):  # nothing would be left to find
            return Mode.begin(self, round, players, now)
        sheet = round.sheet
        for letter in filter(is_vowel, round.puzzle.places):
            sheet = reveal(round, sheet, letter)
        return Mode.begin(self, replace(round, sheet=sheet), players, now)

    def admit(self, round: Round, who: str) -> Sheet:
        if round.player(who) is None:
            raise IllegalGuess("You came when the round had begun.")
        if misses(round, who) >= CHANCES:
            raise IllegalGuess("You are out: two misses.")
        return round.sheet

    def allow(self, round: Round, sheet: Sheet, letter: str | None) -> None:
        if letter is not None and is_vowel(letter) and not all(map(is_vowel, round.puzzle.places)):
            raise InvalidGuess("Consonants only: the vowels are shown.")

    def played(self, round: Round, who: str, sheet: Sheet, hit: bool, now: float) -> Round:
        return self._closed(Mode.played(self, round, who, sheet, hit, now))

    def attend(self, round: Round, seated: Mapping[str, bool], now: float) -> Round:
        staying = tuple(player for player in round.players if player.name in seated)
        here = {player.name: seated[player.name] for player in staying}
        return self._closed(Mode.attend(self, replace(round, players=staying), here, now))

    def _closed(self, round: Round) -> Round:
        """Over when everybody who is left is out."""
        if round.termination is None and all(misses(round, p.name) >= CHANCES for p in round.players):
            return round.ended(Termination.LIVES)
        return round


class SuddenPlugin(Plugin):
    """Offers the mode: `/new mode=sudden`."""

    offers = (Sudden("sudden", "the vowels are shown, consonants only; two misses put you out"),)
