"""A computer player's head: what it knows of words, and what it says next.

It knows what a guesser sees of a board, and never the secret; it must not know rooms, clocks or how a line is typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import Literal, TypeAlias

from msgspec import Struct

from hangman_net.game.alphabet import Alphabet, NotALetter
from hangman_net.game.rating import Solver
from hangman_net.game.solver import Index, Lexicon, Shape

Skill: TypeAlias = Literal["easy", "medium", "hard"]

SLIPS: dict[Skill, float] = {"easy": 0.15, "medium": 0.1, "hard": 0.0}
"""How often a skill says something else than what it thinks best: mistakes that people make too."""

SECOND_THOUGHTS = 6
"""Letters among which a slip chooses: the best few."""

Cells: TypeAlias = Sequence[str | None]
"""A board's cells: a string for what is shown, None for what is hidden."""


class Sight(Struct, frozen=True):
    """What a guesser sees: the board's `cells`, the letters tried in vain, and the whole words (`wrong`).

    `refused` was said and came to nothing, so that it tells nothing either; it is not said again.
    """

    cells: Cells
    missed: Collection[str] = ()
    wrong: Collection[str] = ()
    refused: Collection[str] = ()


class Brain:
    """Knows a language and, for rounds that are drawn from a list, the list's words, as somebody who has read it.

    `prepare` is for a thread; with it done for a board's shape, a guess takes a millisecond at most.
    """

    __slots__ = ("_lexicon", "_prepared", "_solver", "alphabet")

    def __init__(self, alphabet: Alphabet, vocabulary: Iterable[str], lexicon: Lexicon | None = None) -> None:
        """`vocabulary` are words of the language, `lexicon` those of the list that is played."""
        self.alphabet = alphabet
        self._lexicon = lexicon
        self._solver = Solver(alphabet, vocabulary)
        self._prepared: set[Shape] = set()

    def prepare(self, cells: Cells) -> None:
        """Builds what a guess at a board of this shape needs."""
        shape = self._shape(cells)
        if self._lexicon is not None:
            self._lexicon.index(shape)
        self._solver.index(self._mask(cells))
        self._prepared.add(shape)

    def is_prepared(self, cells: Cells) -> bool:
        """Whether `prepare` was called for a board of this shape."""
        return self._shape(cells) in self._prepared

    def guess(self, sight: Sight, skill: Skill, chance: Random) -> str | None:
        """The letter or whole word to say, or None where every letter was tried; `chance` is for slips."""
        shown = [None if cell is None else self._key(cell) for cell in sight.cells]
        tried = {*sight.missed, *sight.refused, *filter(None, shown)}
        if skill == "hard":
            said = self._from_list(sight, shown, tried)
            if said is not None and said not in sight.refused:
                return said
        scores = self._scores(sight, shown, tried, skill)
        if not scores:
            return None
        ranked = sorted(scores, key=lambda letter: (-scores[letter], letter))
        return chance.choice(ranked[:SECOND_THOUGHTS]) if chance.random() < SLIPS[skill] else ranked[0]

    def _from_list(self, sight: Sight, shown: Cells, tried: Collection[str]) -> str | None:
        """The word, where only one of the list fits; else the letter that is in most of those that do."""
        if self._lexicon is None:
            return None
        shape = self._shape(sight.cells)
        index = self._lexicon.index(shape)
        fits = index.filter(shown, sight.missed)
        for word in sight.wrong:
            fits &= ~self._same(index, word)
        if not fits:
            return None  # a word that is not of the list, or not any more
        if not fits & (fits - 1):
            place = self._lexicon.places(shape)[index.word_ids(fits, 1)[0]]
            return self._lexicon.wordlist.words[place].text
        return index.best(fits, tried)

    def _scores(self, sight: Sight, shown: Cells, tried: Collection[str], skill: Skill) -> dict[str, float]:
        """How good a guess each letter is: an easy player knows spelling alone, others a dictionary too."""
        solver = self._solver
        hidden = [place for place, cell in enumerate(sight.cells) if cell is None]
        if skill == "easy":
            return solver.spelling.expected(shown, hidden, tried)
        index = solver.index(self._mask(sight.cells))
        return solver.scores(index, index.filter(shown, sight.missed), shown, hidden, tried)

    def _same(self, index: Index, word: str) -> int:
        keys = self._solver.keys(word)
        return 0 if keys is None else index.filter(keys)

    def _key(self, cell: str) -> str | None:
        try:
            return self.alphabet.key(cell)
        except NotALetter:
            return None

    def _shape(self, cells: Cells) -> Shape:
        return "".join(["\0" if cell is None or self._key(cell) is not None else cell for cell in cells])

    def _mask(self, cells: Cells) -> list[str | None]:
        return [None if cell is not None and self._key(cell) is None else "?" for cell in cells]
