"""A word list: words with hints and levels, packed small, and drawing from it without repeats.

It knows words once they are checked; it must not know the file format, files, rooms or rounds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias, get_args, overload

from msgspec import Struct

from hangman_net.game.alphabet import Alphabet

Level: TypeAlias = Literal["easy", "medium", "hard"]
LEVELS: tuple[Level, ...] = get_args(Level)


class Word(Struct, frozen=True, gc=False):
    """A word or phrase as written, its hint and its level where it has them."""

    text: str
    hint: str | None = None
    level: Level | None = None


class WordList(Struct, frozen=True):
    """A list that can be played: at least one word, every one of them checked."""

    name: str
    title: str
    language: str
    license: str
    source: str
    level: Level | None
    """The level of the list as a whole; a word's own comes before it."""

    alphabet: Alphabet
    words: Sequence[Word]
    digest: str
    """Names the content, so that what was kept about a list is used for the same list only."""

    def texts(self) -> Iterator[str]:
        """The words alone, without hints: the quick way through a large list."""
        return self.words.texts() if isinstance(self.words, Words) else (word.text for word in self.words)

    def text(self, place: int) -> str:
        """The word alone at a place in `words`, from 0 on."""
        return self.words.text(place) if isinstance(self.words, Words) else self.words[place].text

    def at_level(self, level: Level) -> Sequence[int]:
        """The places in `words` of the words of `level`, in order; fast for lists of any size."""
        if isinstance(self.words, Words):
            return self.words.at_level(level, self.level)
        return [i for i, word in enumerate(self.words) if (word.level or self.level) == level]


class Words(Sequence[Word]):
    """Words packed in one string: a 370,000-word dictionary in 6 MB instead of 50."""

    __slots__ = ("_cuts", "_hints", "_levels", "_places", "_starts", "_text")

    def __init__(
        self, text: str, cuts: array[int], hints: dict[int, str], starts: list[int], levels: list[Level | None]
    ) -> None:
        self._text, self._cuts, self._hints = text, cuts, hints  # word i is text[cuts[i] : cuts[i + 1]]
        self._starts, self._levels = starts, levels  # the words from starts[i] on have levels[i]
        self._places: dict[tuple[Level, Level | None], Sequence[int]] = {}

    def __len__(self) -> int:
        return len(self._cuts) - 1

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Word]: ...
    def __getitem__(self, index: int | slice) -> Word | Sequence[Word]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        return Word(self.text(index), self._hints.get(index), self._levels[bisect_right(self._starts, index) - 1])

    def __iter__(self) -> Iterator[Word]:
        return map(self.__getitem__, range(len(self)))

    def text(self, index: int) -> str:
        """The word alone at `index`, from 0 on."""
        return self._text[self._cuts[index] : self._cuts[index + 1]]

    def texts(self) -> Iterator[str]:
        """The words alone, in order."""
        for start, end in pairwise(self._cuts):
            yield self._text[start:end]

    def at_level(self, level: Level, otherwise: Level | None) -> Sequence[int]:
        """The places of the words of `level`, where a word without one counts as `otherwise`."""
        places = self._places.get((level, otherwise))
        if places is None:
            runs = [
                range(start, end)
                for start, end, own in zip(self._starts, [*self._starts[1:], len(self)], self._levels, strict=True)
                if (own or otherwise) == level and start < end
            ]
            places = runs[0] if len(runs) == 1 else [place for run in runs for place in run]
            self._places[level, otherwise] = places
        return places


def draw(seed: int, position: int, size: int) -> int:
    """The place, below `size`, of draw number `position`: each place once in every `size` draws, in an order of `seed`.

    A pool of words without repeats that is a seed and a position, whatever the list's size: a Feistel network over
    the next power of four, walked until it falls below `size` (Black and Rogaway, "Ciphers with Arbitrary Finite
    Domains", 2002).
    """
    if position < 0 or size < 1:
        raise ValueError("draw from a list that has words, by a position from 0 on")
    from hashlib import blake2b  # needed for the first word that is drawn, not for a start

    lap, place = divmod(position, size)
    half = max(1, (size.bit_length() + 1) // 2)
    while True:
        left, right = place >> half, place & ((1 << half) - 1)
        for step in range(4):
            digest = blake2b(f"{seed}/{lap}/{step}/{right}".encode(), digest_size=4).digest()
            left, right = right, left ^ (int.from_bytes(digest) & ((1 << half) - 1))
        place = left << half | right
        if place < size:
            return place
