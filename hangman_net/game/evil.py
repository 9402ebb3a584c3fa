"""The words that an evil round can still mean, and how it changes its mind and stays fair.

It knows one list's words of one shape; it must not know players, lives or turns.
"""

from __future__ import annotations

from msgspec.structs import replace

from hangman_net.game.round import Puzzle, Sheet
from hangman_net.game.solver import Lexicon, Shape


class Shelf:
    """All words of a list that have one shape; made in a thread (its index takes a while), then only read."""

    __slots__ = ("_index", "_lexicon", "_places", "shape")

    def __init__(self, lexicon: Lexicon, shape: Shape) -> None:
        self.shape = shape
        self._lexicon = lexicon
        self._places = lexicon.places(shape)
        self._index = lexicon.index(shape)

    def dodge_letter(self, puzzle: Puzzle, sheet: Sheet, letter: str) -> Puzzle:
        """The puzzle in the largest family that an answer to `letter` leaves; ties: fewest letters shown."""
        fits = self._fits(puzzle, sheet)
        return self._within(puzzle, self._index.partition(fits, letter)[0])

    def dodge_word(self, puzzle: Puzzle, sheet: Sheet, word: tuple[str, ...]) -> Puzzle:
        """The puzzle of another word that fits; the word that was said only where no other is left."""
        fits = self._fits(puzzle, sheet)
        return self._within(puzzle, fits & ~self._same(word) or fits)

    def _fits(self, puzzle: Puzzle, sheet: Sheet) -> int:
        """The words that agree with every answer given so far."""
        found = frozenset(sheet.found)
        fits = self._index.filter([key if key in found else None for key in puzzle.keys], sheet.missed)
        for word in sheet.words:
            fits &= ~self._same([key for key in puzzle.alphabet.keys(word) if key is not None])
        return fits

    def _same(self, letters: tuple[str, ...] | list[str]) -> int:
        """The words with exactly these letters."""
        rest = iter(letters)
        return self._index.filter([next(rest, None) if cell == "\0" else None for cell in self.shape])

    def _within(self, puzzle: Puzzle, family: int) -> Puzzle:
        """`puzzle` where its word is of the family, else the family's first: it gives way again at the next guess."""
        if not family or family & self._same(puzzle.letters):
            return puzzle
        place = self._places[self._index.word_ids(family, 1)[0]]
        return replace(puzzle, text=self._lexicon.wordlist.words[place].text)
