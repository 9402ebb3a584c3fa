"""How hard the words of a list are, measured against its language.

It knows lists and the words that come with the package; it must not know rooms, rounds or commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from msgspec.structs import replace

from hangman_net.game.rating import Solver, level_of
from hangman_net.game.words import WordList
from hangman_net.wordfiles import bundled, parse_file

GRADED = 1_000
"""Words of a list without levels that are graded when it is read: at half a millisecond each, half a second."""


def rated(wordlist: WordList, pause: Callable[[], None] = lambda: None) -> list[tuple[str, int]]:
    """Each word and its misses, in the list's order; `pause` is called often, so that others can run.

    The solver's dictionary is the list itself and the lists of its language that come with the package: what a word
    costs should not hang on what else its list happens to hold.
    """
    texts = list(wordlist.texts())
    solver = Solver(wordlist.alphabet, _paced([*shipped(_language(wordlist)), *texts], pause))
    return list(zip(texts, solver.rate(texts, pause), strict=True))


def graded(wordlist: WordList, pause: Callable[[], None] = lambda: None) -> WordList:
    """The list with a level for each word, by its misses; `pause` as for `rated`."""
    words = [
        replace(word, level=level_of(misses))
        for word, (_, misses) in zip(wordlist.words, rated(wordlist, pause), strict=True)
    ]
    return replace(wordlist, words=tuple(words))


@lru_cache(maxsize=8)
def shipped(language: str) -> tuple[str, ...]:
    """The words of all lists of the package that are in `language`, such as `en`; reads files once."""
    lists = (parse_file(path).wordlist for path in sorted(bundled().glob("*.txt")))
    return tuple(text for found in lists if found and _language(found) == language for text in found.texts())


def _paced(texts: Iterable[str], pause: Callable[[], None]) -> Iterator[str]:
    for text in texts:
        pause()
        yield text


def _language(wordlist: WordList) -> str:
    return wordlist.language.partition("-")[0].lower() or "en"
