"""Which words still fit, and what to guess: bitsets per position and letter, a bit a word.

It knows keys (a letter or None a cell) and sets of words; it must not know rounds, players or where words come from.
A set of words is an int whose bit n stands for word n: 50,000 words are 6 kB, and Python's `&` goes through them in
a microsecond.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from heapq import heappop, heappush
from threading import Lock
from typing import TypeAlias

from hangman_net.game.alphabet import Alphabet
from hangman_net.game.wordlist import WordList

Keys: TypeAlias = Sequence[str | None]
"""A word's letters, a cell each; None for what is always shown."""

Shape: TypeAlias = str
"""What is seen of a word before the first guess: a NUL for each hidden letter, the rest as it is shown."""


_STEP = 512
"""Words looked at in one go, in about half a millisecond; between two of them others may run."""


class Index:
    """Words of one length, asked by position and letter.

    Building takes some 100 ms for 50,000 words: do it in a thread. Each question takes a tenth of a millisecond.
    """

    __slots__ = ("_at", "_has", "all", "width")

    def __init__(
        self, words: Sequence[bytes], letters: Sequence[str], pause: Callable[[], None] = lambda: None
    ) -> None:
        """Indexes `words`, a byte a cell: 0 for what is always shown, n + 1 for `letters[n]`.

        `pause` is called between its steps, so that others can run. Raises `ValueError` where the words are not all
        of one length.
        """
        self.width = len(words[0]) if words else 0
        if any(len(word) != self.width for word in words):
            raise ValueError("the words of an index have all the same number of cells")
        self.all = (1 << len(words)) - 1
        self._at: list[dict[str, int]] = []
        self._has: dict[str, int] = {}
        blob = b"".join(words)
        for place in range(self.width):
            # Last word first: the first digit that int() reads becomes the highest bit.
            column = blob[place :: self.width][::-1]
            at: dict[str, int] = {}
            for code in set(column) - {0}:
                letter = letters[code - 1]
                at[letter] = int(column.translate(b"0" * code + b"1" + b"0" * (255 - code)), 2)
                self._has[letter] = self._has.get(letter, 0) | at[letter]
                pause()
            self._at.append(at)

    @classmethod
    def of(cls, words: Sequence[Keys]) -> Index:
        """Indexes words given by their keys."""
        letters = sorted({key for word in words for key in word if key is not None})
        codes = _codes(letters)
        return cls([bytes([codes[key] for key in word]) for word in words], letters)

    def partition(self, candidates: int, letter: str) -> tuple[int, tuple[int, ...]]:
        """The largest family of `candidates` that give the same answer to `letter`, and the places it shows.

        Of families of one size the one that shows fewest places, then the one that shows the last ones: what evil
        hangman answers, the same for the same question always.
        """
        cuts = [(place, bits) for place, at in enumerate(self._at) if (bits := at.get(letter))]
        # The best family first, cut at one place after the other: no part is better than its whole, so that the first
        # one that is cut at every place is the answer, and most of the others are never cut.
        families: list[tuple[int, int, tuple[int, ...], int, int]] = [(-candidates.bit_count(), 0, (), 0, candidates)]
        while True:
            size, shown, places, depth, words = heappop(families)
            if depth == len(cuts):
                return words, tuple([-place for place in places])
            place, bits = cuts[depth]
            hit = words & bits
            hits = hit.bit_count()
            heappush(families, (size + hits, shown, places, depth + 1, words ^ hit))
            heappush(families, (-hits, shown + 1, (*places, -place), depth + 1, hit))

    def filter(self, shown: Keys, missed: Collection[str] = ()) -> int:
        """The words that fit a board: `shown` has the letter of each cell that is open and None for the others.

        A hidden cell holds no letter that was tried, neither one that is shown elsewhere nor one of `missed`.
        """
        if len(shown) != self.width:
            return 0
        words = self.all
        tried = {letter for letter in shown if letter is not None}
        for letter in missed:
            words &= ~self._has.get(letter, 0)
        for at, open_letter in zip(self._at, shown, strict=True):
            if open_letter is not None:
                words &= at.get(open_letter, 0)
            else:
                for letter in tried:
                    words &= ~at.get(letter, 0)
        return words

    def answer(self, candidates: int, letter: str, places: Collection[int]) -> int:
        """Those of `candidates` that have `letter` in `places` and nowhere else."""
        for place, at in enumerate(self._at):
            bits = at.get(letter, 0)
            candidates &= bits if place in places else ~bits
        return candidates

    def counts(self, candidates: int, tried: Collection[str] = ()) -> dict[str, int]:
        """How many of `candidates` hold each letter that was not tried; letters that none holds are left out."""
        return {
            letter: count
            for letter, bits in self._has.items()
            if letter not in tried and (count := (candidates & bits).bit_count())
        }

    def best(self, candidates: int, tried: Collection[str] = ()) -> str | None:
        """The letter in most of `candidates` that was not tried (of equals the first by code point), or None."""
        counts = self.counts(candidates, tried)
        return min(counts, key=lambda letter: (-counts[letter], letter), default=None)

    @staticmethod
    def word_ids(candidates: int, limit: int) -> list[int]:
        """The places, among the words indexed, of the first `limit` of `candidates`."""
        ids: list[int] = []
        while candidates and len(ids) < limit:
            ids.append((candidates & -candidates).bit_length() - 1)
            candidates &= candidates - 1
        return ids


class Lexicon:
    """A word list by shape, with the index of each shape made when it is first asked for.

    Sorting 370,000 words takes some 200 ms: make it, and ask `index`, in a thread. `ready` is for the loop. `pause`
    is called each half a millisecond or so of work, so that others can run.
    """

    __slots__ = ("_indexes", "_keys", "_lock", "_pause", "_places", "_plain", "wordlist")

    def __init__(self, wordlist: WordList, pause: Callable[[], None] = lambda: None) -> None:
        self.wordlist = wordlist
        self._pause = pause
        self._keys = CellKeys(wordlist.alphabet)
        self._plain = frozenset(wordlist.alphabet.letters)  # most words have no cell but these: each its own key
        self._places: defaultdict[Shape, array[int]] = defaultdict(partial(array, "I"))
        self._indexes: dict[Shape, Index] = {}
        self._lock = Lock()
        for place, text in enumerate(wordlist.texts()):
            self._places[self.shape(text)].append(place)
            if not place % _STEP:
                pause()

    def shape(self, text: str) -> Shape:
        """The shape of a word of this list's alphabet."""
        return "\0" * len(text) if self._plain.issuperset(text) else self._keys.shape(text)

    def places(self, shape: Shape) -> Sequence[int]:
        """Where the words of `shape` stand in the list, in the order of `index(shape)`; empty if there are none."""
        return self._places.get(shape, ())

    def ready(self, shape: Shape) -> Index | None:
        """The index of `shape` if it is made already."""
        return self._indexes.get(shape)

    def index(self, shape: Shape) -> Index:
        """The index of the words of `shape`: made once, however many ask; one that is made waits for no other."""
        index = self._indexes.get(shape)
        if index is None:
            with self._lock:
                index = self._indexes.get(shape)
                if index is None:
                    index = self._indexes[shape] = self._build(shape)
        return index

    def _build(self, shape: Shape) -> Index:
        letters = self.wordlist.alphabet.letters
        codes = _codes(letters)
        table = {ord(letter): chr(codes[letter]) for letter in letters if len(letter) == 1}
        rows: list[bytes] = []
        for count, place in enumerate(self.places(shape)):
            if not count % _STEP:
                self._pause()
            text = self.wordlist.text(place)
            if self._plain.issuperset(text):
                rows.append(text.translate(table).encode("latin-1"))
            else:
                rows.append(bytes([codes[key] for key in self._keys.of(text)]))
        return Index(rows, letters, self._pause)


class CellKeys(dict[str, str | None]):
    """An alphabet's `key` of each cell, remembered: what makes a walk through a whole dictionary quick."""

    def __init__(self, alphabet: Alphabet) -> None:
        super().__init__()
        self._alphabet = alphabet

    def __missing__(self, cell: str) -> str | None:
        key = self[cell] = self._alphabet.key(cell)
        return key

    def of(self, text: str) -> tuple[str | None, ...]:
        """The key of each cell of `text`."""
        return tuple(map(self.__getitem__, self._alphabet.cells(text)))

    def shape(self, text: str) -> Shape:
        """The shape of `text`."""
        return "".join(["\0" if self[cell] is not None else cell for cell in self._alphabet.cells(text)])


def _codes(letters: Sequence[str]) -> dict[str | None, int]:
    return {None: 0, **{letter: code for code, letter in enumerate(letters, 1)}}
