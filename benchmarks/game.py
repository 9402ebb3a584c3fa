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

from benchmarks.figures import Figure
from benchmarks.servers import Place
from hangman_net.game import engine
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import MODES
from hangman_net.game.round import Puzzle
from hangman_net.game.settings import Settings
from hangman_net.library import Library

WORDS = 370_000
LENGTH = 9
"""Of which there are the most: some 54,000 words."""

GUESSES = "esiarntolcdupmghbyfvkwzxqj"
REPEATS = 7


def game(place: Place) -> list[Figure]:
    """The figures, measured in a process of its own: nothing else there holds the interpreter."""
    path = place.built / "dictionary.txt"
    if not path.exists():
        path.write_text("\n".join(dictionary(place.tree / "wordlists" / "english.txt")) + "\n")
    env = os.environ | {"PYTHONPATH": f"{place.tree}{os.pathsep}{Path(__file__).resolve().parent.parent}"}
    command = [sys.executable, "-m", "benchmarks.game", str(path)]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    loaded, lag, idle, words, evil, best = map(float, done.stdout.split())
    of = f"ms, {words:,.0f} words of {LENGTH} letters"
    return [
        Figure(f"{WORDS:,} words loaded", loaded, "s of CPU", 1.0),
        Figure("loop lag meanwhile, 99th percentile", lag, f"ms ({idle:.1f} while nothing is loaded)", 5.0),
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


async def measured(path: Path) -> list[float]:
    """CPU seconds to load, the loop's lag meanwhile and without, words of `LENGTH`, slowest evil guess, best letter."""
    library = Library.choose([str(path)])
    idle = await _lag_until(asyncio.sleep(1.0))
    began = time.process_time()
    lag = await _lag_until(asyncio.to_thread(library.load, path.stem))
    loaded = time.process_time() - began
    return [loaded, 1e3 * lag, 1e3 * idle, *_slowest(library, path.stem)]


async def _lag_until(work: Coroutine[None, None, object]) -> float:
    """How late the loop came until `work` was over, in seconds: the 99th percentile."""
    task = asyncio.ensure_future(work)
    late = []
    while not task.done():
        due = time.perf_counter() + 0.001
        await asyncio.sleep(0.001)
        late.append(time.perf_counter() - due)
    return sorted(late)[len(late) * 99 // 100]


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
