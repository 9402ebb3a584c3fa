"""How hard a word is: the misses that a good solver makes before it has the word.

It knows keys and which words are common; it must not know files, rounds or players.

The measure is that of Jon McLoone ("25 Best Hangman Words", Wolfram, 2010), not length: *jazz* and *buzz* come out as
the hardest, long words of common letters as the easiest. The solver guesses the letter that is in most of the words
that still fit. Players know more words than a list holds, so the guess is mixed with what the language's spelling
says: in a list of five words it is the spelling that speaks, in a dictionary the dictionary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias

from hangman_net.game.alphabet import Alphabet, NotALetter
from hangman_net.game.solver import CellKeys, Index, Keys
from hangman_net.game.spelling import Spelling
from hangman_net.game.wordlist import Level

UNKNOWN_WORDS = 10.0
"""What the spelling says weighs as much as so many words of the dictionary that still fit."""

EASY, HARD = 2, 6
"""Misses: up to `EASY` a word is easy; from `HARD` on it is hard, and six lives are too few for the solver itself."""

_Mask: TypeAlias = tuple[bool, ...]


class Solver:
    """Guesses letters by a dictionary and by spelling; what words are measured with.

    Made from 10,000 words in about 200 ms; a guess takes a tenth of a millisecond.
    """

    __slots__ = ("_cells", "_indexes", "_words", "alphabet", "spelling")

    def __init__(self, alphabet: Alphabet, dictionary: Iterable[str]) -> None:
        """Knows the words of `dictionary`; those that are not of the alphabet are left out."""
        self.alphabet = alphabet
        self._cells = CellKeys(alphabet)
        words = dict.fromkeys(keys for text in dictionary if (keys := self.keys(text)) is not None)
        self.spelling = Spelling(alphabet.letters, words)
        self._words: defaultdict[_Mask, list[Keys]] = defaultdict(list)
        for word in words:
            self._words[_mask(word)].append(word)
        self._indexes: dict[_Mask, Index] = {}

    def keys(self, text: str) -> tuple[str | None, ...] | None:
        """The keys of a word; None if it is not of the alphabet."""
        try:
            return self._cells.of(text)
        except NotALetter:
            return None

    def index(self, word: Keys) -> Index:
        """The dictionary's words whose cells are hidden and always shown where those of `word` are."""
        mask = _mask(word)
        if mask not in self._indexes:
            self._indexes[mask] = Index.of(self._words.get(mask, []))
        return self._indexes[mask]

    def scores(
        self, index: Index, fits: int, shown: Keys, hidden: Sequence[int], tried: Collection[str]
    ) -> dict[str, float]:
        """How good a guess each letter is that was not tried.

        `fits` are the words of `index` that still do, `shown` the open letters by cell, `hidden` the places of the
        closed ones.
        """
        scores: dict[str, float] = {**index.counts(fits, tried)}
        for letter, expected in self.spelling.expected(shown, hidden, tried).items():
            scores[letter] = scores.get(letter, 0) + UNKNOWN_WORDS * min(1.0, expected)
        return scores

    def choose(self, index: Index, fits: int, shown: Keys, hidden: Sequence[int], tried: Collection[str]) -> str | None:
        """The letter to guess next, or None if all were tried; arguments as for `scores`."""
        scores = self.scores(index, fits, shown, hidden, tried)
        return min(scores, key=lambda letter: (-scores[letter], letter), default=None)

    def rate(self, texts: Sequence[str], pause: Callable[[], None] = lambda: None) -> list[int]:
        """The misses that each of `texts`, words of the alphabet, costs this solver.

        Words of one shape go down one tree of guesses together, so that 10,000 take seconds; `pause` is called between
        the guesses, so that others can run.
        """
        words = [self._cells.of(text) for text in texts]
        groups: defaultdict[_Mask, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            groups[_mask(word)].append(number)
        misses = [0] * len(words)
        for group in groups.values():
            self._descend(words, group, misses, pause)
        return misses

    def _descend(self, words: Sequence[Keys], group: list[int], misses: list[int], pause: Callable[[], None]) -> None:
        first = words[group[0]]
        index = self.index(first)
        hidden = tuple(place for place, key in enumerate(first) if key is not None)
        nothing: tuple[str | None, ...] = (None,) * len(first)
        todo = [(group, index.all, nothing, hidden, frozenset[str]())]
        while todo:
            pause()
            group, fits, shown, hidden, tried = todo.pop()
            letter = self.choose(index, fits, shown, hidden, tried)
            if letter is None:
                continue
            answers: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
            for number in group:
                word = words[number]
                answers[tuple([place for place in hidden if word[place] == letter])].append(number)
            for places, members in answers.items():
                if not places:
                    for number in members:
                        misses[number] += 1
                elif len(places) == len(hidden):
                    continue
                todo.append(
                    (
                        members,
                        index.answer(fits, letter, places),
                        tuple([letter if place in places else key for place, key in enumerate(shown)]),
                        tuple([place for place in hidden if place not in places]),
                        tried | {letter},
                    )
                )


def level_of(misses: int) -> Level:
    """The level of a word that costs so many misses."""
    return "easy" if misses <= EASY else "hard" if misses >= HARD else "medium"


def _mask(word: Keys) -> _Mask:
    return tuple([key is None for key in word])
