"""A round at a table without rooms: play it by strings."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from hangman_net.game import engine, view
from hangman_net.game.alphabet import ENGLISH, AlphabetSpec
from hangman_net.game.art import ARTS
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import MODES, Mode
from hangman_net.game.round import Puzzle, Round
from hangman_net.game.settings import Settings
from hangman_net.game.solver import Lexicon
from hangman_net.game.wordlist import Word, WordList


class Deal:
    """A round being played: each call is a guess, `now` is the clock."""

    def __init__(self, mode: Mode, puzzle: Puzzle, settings: Settings, players: str, setter: str | None) -> None:
        self.mode = mode
        self.now = 0.0
        self.shelf: Shelf | None = None
        self.seated = dict.fromkeys(players.split(), True)
        self.round: Round = engine.begin(
            mode, 1, puzzle, settings, tuple(self.seated), now=self.now, starter="ann", setter=setter
        )

    def __call__(self, *guesses: str) -> engine.Move:
        """Plays `"ann e"` or, said by ann, `"e"`; gives the last move."""
        for line in guesses:
            who, _, text = line.rpartition(" ") if " " in line else ("ann", "", line)
            move = engine.guess(self.round, self.mode, who, text, self.now, self.shelf)
            self.round = move.round
        return move

    def hint(self, who: str = "ann", seed: int = 0) -> engine.Move:
        move = engine.hint(self.round, self.mode, who, self.now, random.Random(seed))
        self.round = move.round
        return move

    def pass_time(self, seconds: float) -> None:
        """The clock goes on, and rings whenever something is due."""
        end = self.now + seconds
        while (due := engine.due_at(self.round)) is not None and due <= end:
            self.now = max(due, self.now)
            self.round = engine.tick(self.round, self.mode, self.now)
        self.now = end

    def attend(self, **seated: bool | None) -> None:
        """Who comes (True), is away (False) or leaves (None)."""
        for name, here in seated.items():
            if here is None:
                self.seated.pop(name, None)
            else:
                self.seated[name] = here
        self.round = engine.attend(self.round, self.mode, self.seated, self.now)

    def spoke(self, who: str) -> None:
        self.round = engine.spoke(self.round, self.mode, who, self.now)

    def seen(self, viewer: str | None = None, art: str = "gallows") -> view.Seen:
        return view.see(self.round, self.mode, viewer, ARTS[art], self.now)

    def shown(self, viewer: str | None = None) -> str:
        """The cells as one string, `_` for what is hidden."""
        return "".join(cell or "_" for cell in self.seen(viewer).cells)

    @property
    def points(self) -> Mapping[str, int]:
        return self.mode.points(self.round)


@pytest.fixture
def deal() -> Callable[..., Deal]:
    """Begins a round: the word, then whatever differs from a coop round of ann, bob and cat."""

    def begin(
        word: str = "banana",
        mode: str | Mode = "coop",
        players: str = "ann bob cat",
        setter: str | None = None,
        hint: str | None = None,
        spec: AlphabetSpec = ENGLISH.spec,
        **settings: Any,
    ) -> Deal:
        value = MODES[mode] if isinstance(mode, str) else mode
        return Deal(value, Puzzle(word, spec, hint), replace(Settings(), **settings), players, setter)

    return begin


@pytest.fixture
def wordlist() -> Callable[..., WordList]:
    """A list of these words."""

    def make(*words: str) -> WordList:
        return WordList("some", "Some words", "", "", "", None, ENGLISH, tuple(map(Word, words)), digest="d")

    return make


@pytest.fixture
def evil(deal: Callable[..., Deal], wordlist: Callable[..., WordList]) -> Callable[..., Deal]:
    """Begins an evil round over these words, with the first in mind."""

    def begin(*words: str, **settings: Any) -> Deal:
        dealt = deal(words[0], "evil", **settings)
        lexicon = Lexicon(wordlist(*words))
        dealt.shelf = Shelf(lexicon, lexicon.shape(words[0]))
        return dealt

    return begin
