"""Which words of a list a room has had: a seed and four positions, whatever the list's size.

It knows the order in which words come; it must not know rooms, files, nor where its seed was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game.wordlist import LEVELS, Level, WordList, draw


class Pool(Struct, frozen=True, omit_defaults=True):
    """A room's way through one state of one list. `taken` counts draws from the whole list, then by each level."""

    wordlist: str
    digest: str
    seed: int
    taken: tuple[int, int, int, int] = (0, 0, 0, 0)


def take(pool: Pool, wordlist: WordList, level: Level | None, fresh: int) -> tuple[Pool, int]:
    """The next word and the pool without it.

    No word comes twice until all that are asked for have come; then the pool begins anew with the seed `fresh`, as it
    does for a list that was edited. Raises `LookupError` where the list has no word of `level`.
    """
    size = len(_places(wordlist, level))
    if not size:
        raise LookupError(f"the list {wordlist.name} has no {level} words")
    if pool.digest != wordlist.digest:
        pool = Pool(wordlist.name, wordlist.digest, fresh)
    slot = 0 if level is None else 1 + LEVELS.index(level)
    had = _had(pool, wordlist, slot)
    for position in range(pool.taken[slot], size):
        place = _nth(pool, wordlist, slot, position)
        if place not in had:
            return _counted(pool, slot, position + 1), place
    pool = Pool(wordlist.name, wordlist.digest, fresh)
    return _counted(pool, slot, 1), _nth(pool, wordlist, slot, 0)


def _places(wordlist: WordList, level: Level | None) -> Sequence[int]:
    return range(len(wordlist.words)) if level is None else wordlist.at_level(level)


def _nth(pool: Pool, wordlist: WordList, slot: int, position: int) -> int:
    """The place in the list of one draw; each level has an order of its own."""
    places = _places(wordlist, LEVELS[slot - 1] if slot else None)
    return places[draw(pool.seed + slot, position, len(places))]


def _had(pool: Pool, wordlist: WordList, slot: int) -> frozenset[int]:
    """What was drawn by other levels than this one; empty for a room that keeps to one."""
    return frozenset(
        _nth(pool, wordlist, other, position)
        for other, count in enumerate(pool.taken)
        if other != slot
        for position in range(count)
    )


def _counted(pool: Pool, slot: int, count: int) -> Pool:
    taken = list(pool.taken)
    taken[slot] = count
    return replace(pool, taken=(taken[0], taken[1], taken[2], taken[3]))
