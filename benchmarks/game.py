"""What hangman itself costs on a dictionary: loading it off the loop, an evil guess, the best letter.

It knows the library and the game from the outside; it must not know the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks.figures import Figure
from benchmarks.servers import Place
from hangman_net.game import engine
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import MODES
from hangman_net.game.round import Puzzle
from hangman_net.game.settings import Settings
from hangman_net.library import Library

T = TypeVar("T")

WORDS = 370_000
LENGTH = 9
"""Of which there are the most: some 54,000 words."""

GUESSES = "esiarntolcdupmghbyfvkwzxqj"
REPEATS = 7
LOADS = 5


def game(place: Place) -> list[Figure]:
    """The figures, measured in a process of its own: nothing else there holds the interpreter."""
    path = place.built / "dictionary.txt"
    if not path.exists():
        path.write_text("\n".join(dictionary(place.tree / "wordlists" / "english.txt")) + "\n")
    env = os.environ | {"PYTHONPATH": f"{place.tree}{os.pathsep}{Path(__file__).resolve().parent.parent}"}
    command = [sys.executable, "-P", __file__, str(path)]  # -P: the tree's modules, not those of the folder one is in
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    loaded, lag, clock, idle, words, evil, best = map(float, done.stdout.split())
    of = f"ms, {words:,.0f} words of {LENGTH} letters"
    meanwhile = f"ms of CPU ({clock:.1f} by the clock, {idle:.1f} while nothing is loaded)"
    return [
        Figure(f"{WORDS:,} words loaded", loaded, "s of CPU", 1.0),
        Figure("loop lag while they are loaded and indexed, 99th percentile", lag, meanwhile, 5.0),
        Figure("evil guess, the slowest of a game", evil, of, 2.0),
        Figure("best letter, the slowest of a game", best, of, 1.0),
    ]


def dictionary(sample: Path) -> list[str]:
    """Made-up words that look like those of `sample`: each letter as likely behind the one before it as there."""
    known = [word for word in sample.read_text().split() if word.isascii() and word.isalpha()]
    behind: dict[str, Counter[str]] = {}
    for word in known:
        for letter, following in pairwise(" " + word.lower()):
            behind.setdefault(letter, Counter())[following] += 1
    chance = random.Random(1)
    words: set[str] = set()
    while len(words) < WORDS:
        word, letter = "", " "
        for _ in range(max(4, round(chance.gauss(LENGTH, 2.6)))):
            likely = behind.get(letter) or behind[" "]
            (letter,) = chance.choices(list(likely), list(likely.values()))
            word += letter
        words.add(word)
    return sorted(words)


class Lag(NamedTuple):
    """How late the loop came, in ms, 99th percentile: `own` counts no more than the CPU time this process took then.

    On a busy machine the clock tells what others did; what is ours is that a thread of ours kept the interpreter.
    """

    own: float
    clock: float


async def measured(path: Path) -> list[float]:
    """CPU seconds to load, the loop's lag meanwhile and without, words of `LENGTH`, slowest evil guess, best letter.

    Each is the least of some: what makes one of them more is the machine.
    """
    idle, _ = await _lag_during(asyncio.sleep(1.0))
    loads = []
    for _ in range(LOADS):
        library = Library.choose([str(path)])
        loads.append(await _lag_during(asyncio.to_thread(_load, library, path.stem)))
    loaded = min(seconds for _, seconds in loads)
    own, clock = (min(lags) for lags in zip(*(lag for lag, _ in loads), strict=True))
    return [loaded, own, clock, idle.clock, *_slowest(library, path.stem)]


def _load(library: Library, name: str) -> float:
    """Loads a list, then makes it ready for an evil round; the CPU seconds of the loading."""
    began = time.thread_time()
    library.load(name)
    loaded = time.thread_time() - began
    lexicon = library.lexicon(name)
    lexicon.index("\0" * LENGTH)
    return loaded


async def _lag_during(work: Coroutine[None, None, T]) -> tuple[Lag, T]:
    """How late the loop came until `work` was over, and what came of it."""
    task = asyncio.ensure_future(work)
    own, clock = [], []
    while not task.done():
        due, spent = time.perf_counter() + 0.001, time.process_time()
        await asyncio.sleep(0.001)
        late = time.perf_counter() - due
        clock.append(late)
        own.append(min(late, time.process_time() - spent))
    return Lag(*(1e3 * sorted(times)[len(times) * 99 // 100] for times in (own, clock))), task.result()


def _slowest(library: Library, name: str) -> list[float]:
    lexicon = library.lexicon(name)
    listed = lexicon.wordlist
    word = next(word.text for word in listed.words if len(word.text) == LENGTH)
    shelf, index = Shelf(lexicon, lexicon.shape(word)), lexicon.index(lexicon.shape(word))
    puzzle = Puzzle(word, listed.alphabet.spec, None, listed.name, listed.digest)
    round = engine.begin(MODES["evil"], 1, puzzle, Settings(mode="evil", lives=15), ["ann"], now=0.0)
    evil, best = 0.0, 0.0
    for letter in GUESSES:
        if round.termination is not None:
            break
        tried = (*round.sheet.found, *round.sheet.missed)
        shown = [key if key in round.sheet.found else None for key in round.puzzle.keys]
        candidates = index.filter(shown, round.sheet.missed)
        best = max(best, _milliseconds(partial(index.best, candidates, tried)))
        guess = partial(engine.guess, round, MODES["evil"], "ann", letter, 0.0, shelf)
        evil = max(evil, _milliseconds(guess))
        round = guess().round
    return [index.all.bit_count(), evil, best]


def _milliseconds(call: Callable[[], object]) -> float:
    """The quickest of some calls: what makes one of them slower is the machine."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return 1e3 * min(times)


if __name__ == "__main__":
    print(*asyncio.run(measured(Path(sys.argv[1]))))
