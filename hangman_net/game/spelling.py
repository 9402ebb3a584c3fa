"""How likely each letter is between its neighbours: what a good guesser knows of a language beyond its dictionary.

It knows letters and how often they meet; it must not know rounds, lists or whole words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TypeAlias

from hangman_net.game.solver import Keys

EDGE = ""
"""Stands beside a letter at the edge of a word, or by what is always shown."""

Side: TypeAlias = str | None
"""A neighbour: a letter, `EDGE`, or None where it is hidden."""

_TRUST = 4.0
"""Times a letter pair must have been seen to count as much as the letter's frequency by itself."""


class Spelling:
    """Learns from words how letters follow each other, and says what a hidden letter may be."""

    __slots__ = ("_seen", "chances", "letters")

    def __init__(self, letters: Sequence[str], words: Iterable[Keys]) -> None:
        """Learns from `words`; `letters` are all that there are, also those that no word has."""
        self.letters = tuple(letters)
        self._seen: Counter[tuple[Side, str, Side]] = Counter()
        for word in words:
            sides = [EDGE, *(key or EDGE for key in word), EDGE]
            for left, letter, right in zip(sides, sides[1:], sides[2:], strict=False):
                if letter:
                    self._seen.update(((None, letter, None), (left, letter, None), (None, letter, right)))
                    self._seen[left, letter, right] += 1
        self.chances = cache(self._chances)

    def expected(self, shown: Keys, hidden: Sequence[int], tried: Collection[str]) -> dict[str, float]:
        """How often each letter that was not tried is to be expected in the `hidden` places of a board.

        `shown` has the letter of each open cell; None stands for hidden cells and for what is always shown.
        """
        free = [place for place, letter in enumerate(self.letters) if letter not in tried]
        sums = [0.0] * len(free)
        closed = set(hidden)
        sides: list[Side] = [EDGE, *(None if i in closed else key or EDGE for i, key in enumerate(shown)), EDGE]
        for (left, right), times in Counter((sides[cell], sides[cell + 2]) for cell in hidden).items():
            chances = self.chances(left, right)
            picked = [chances[place] for place in free]
            share = times / (sum(picked) or 1.0)
            sums = [total + share * chance for total, chance in zip(sums, picked, strict=True)]
        return {self.letters[place]: total for place, total in zip(free, sums, strict=True)}

    def _chances(self, left: Side, right: Side) -> tuple[float, ...]:
        """The chance of each letter between two neighbours; each more exact view is mixed into the one before it."""
        mixed = [1 / len(self.letters)] * len(self.letters)
        views = dict.fromkeys(((None, None), (left, None), (None, right), (left, right)))
        for before, after in views:
            seen = [self._seen[before, letter, after] for letter in self.letters]
            whole = sum(seen) + _TRUST
            mixed = [(count + _TRUST * chance) / whole for count, chance in zip(seen, mixed, strict=True)]
        return tuple(mixed)
