"""The records of a round: a word to find, the sheets of guesses on it, who plays, and how it ended.

It knows what a round is at one moment and is bounded in size; it must not know what a guess does to it.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game.alphabet import Alphabet, AlphabetSpec
from hangman_net.game.settings import Settings

MAX_PLAYERS = 64
"""Turns come round and races are ranked among so many: the seats of a room."""

SIGNS = {" ": "space", "-": "hyphen", "'": "apostrophe", "’": "apostrophe"}
"""Words for what cannot be heard."""

Status: TypeAlias = Literal["playing", "won", "lost", "stopped"]


class Termination(Enum):
    """Why a round is over."""

    SOLVED = "solved"
    """The word was found (in a race: all have finished, and somebody found it)."""
    LIVES = "lives"
    """No life is left (in a race: to nobody)."""
    TIME = "time"
    """The round's time is up."""
    STOPPED = "stopped"
    """Somebody who may, or a vote, ended it."""
    GIVEN_UP = "given up"
    """All have given up their part of a race."""
    ABANDONED = "abandoned"
    """All players were away for too long."""


class Outcome(Struct, frozen=True):
    """How a round ended; `winner` is who found the last of the word, where anybody did."""

    termination: Termination
    won: bool
    winner: str | None = None


class Puzzle(Struct, frozen=True, omit_defaults=True, dict=True):
    """A word to find, as written, and the alphabet it is read by; what is derived from it is worked out once.

    `wordlist` and `digest` name the list it was drawn from and that list's content; None for a player's own word.
    """

    text: str
    spec: AlphabetSpec
    hint: str | None = None
    wordlist: str | None = None
    digest: str | None = None

    @cached_property
    def alphabet(self) -> Alphabet:
        """The alphabet of `spec`."""
        return Alphabet.of(self.spec)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The word as it is shown, a grapheme cluster a cell."""
        return self.alphabet.cells(self.text)

    @cached_property
    def keys(self) -> tuple[str | None, ...]:
        """Beside `cells`: the letter a guess must equal, or None for what is always shown."""
        return tuple(map(self.alphabet.key, self.cells))

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """The cells that each letter shows, letters in the order in which they appear."""
        return {letter: tuple(i for i, key in enumerate(self.keys) if key == letter) for letter in self.letters}

    @cached_property
    def blank(self) -> tuple[str | None, ...]:
        """`cells` as they are before the first guess: None for what is hidden."""
        return tuple(cell if key is None else None for cell, key in zip(self.cells, self.keys, strict=True))

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """`blank` as it is read out: a word for each cell."""
        return tuple("blank" if cell is None else SIGNS.get(cell, cell) for cell in self.blank)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The letters in their order, without what is always shown."""
        return tuple(key for key in self.keys if key is not None)


class Sheet(Struct, frozen=True, omit_defaults=True):
    """One set of guesses on a word: shared by the whole table or, in a race, one's own.

    `found_by`, `missed_by` and `words_by` stand beside `found`, `missed` and `words`; a letter that nobody found
    (it was bought or given) has None. `solver` found the last of the word; `blanks` counts the cells that were still
    hidden when the whole word was said, 0 where it came letter by letter.
    """

    lives: int
    found: tuple[str, ...] = ()
    found_by: tuple[str | None, ...] = ()
    missed: tuple[str, ...] = ()
    missed_by: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    words_by: tuple[str, ...] = ()
    solved: bool = False
    solver: str | None = None
    blanks: int = 0

    @property
    def done(self) -> bool:
        """No further guess can be made on it."""
        return self.solved or self.lives <= 0

    def hidden(self, puzzle: Puzzle) -> int:
        """How many cells of `puzzle` are still hidden on this sheet."""
        return 0 if self.solved else len(puzzle.letters) - sum(len(puzzle.places[letter]) for letter in self.found)

    def shown(self, puzzle: Puzzle) -> Shown:
        """What is shown of `puzzle` on this sheet; all of it once that is solved."""
        cells, places = puzzle.cells, puzzle.places
        shown, spoken = list(puzzle.blank), list(puzzle.spoken)
        by: list[str | None] = [None] * len(shown)
        finds: dict[str, str | None] = dict(zip(self.found, self.found_by, strict=True))
        if self.solved:
            finds = {**dict.fromkeys(places, self.solver), **finds}
        for letter, who in finds.items():
            for place in places[letter]:
                shown[place] = spoken[place] = cells[place]
                by[place] = who
        return Shown(tuple(shown), tuple(by), tuple(spoken))


class Player(Struct, frozen=True, omit_defaults=True):
    """One who has a turn or a sheet of their own.

    `here` is false while they are away; `lapses` counts their time-outs in a row; `gone` have given up a race;
    `place` is their rank, from 1, once they have one.
    """

    name: str
    here: bool = True
    lapses: int = 0
    gone: bool = False
    sheet: Sheet | None = None
    place: int = 0


class Shown(Struct, frozen=True):
    """A sheet as cells: the shown ones, beside each who found it, and how each is read out."""

    cells: tuple[str | None, ...]
    found_by: tuple[str | None, ...]
    spoken: tuple[str, ...]


class Round(Struct, frozen=True, omit_defaults=True, kw_only=True, dict=True):
    """One word played once. Every time is in seconds of the server's own clock.

    `players` is empty in modes where nobody has a turn or a sheet of their own; `deadline` is when the turn or the
    round runs out; `paused` is since when nobody was here to play; `hinted` says that the word's own hint is shown.
    """

    number: int
    puzzle: Puzzle
    settings: Settings
    sheet: Sheet
    starter: str | None = None
    setter: str | None = None
    players: tuple[Player, ...] = ()
    turn: str | None = None
    deadline: float | None = None
    paused: float | None = None
    hinted: bool = False
    termination: Termination | None = None

    @property
    def mode(self) -> str:
        """The name of the mode that it is played in."""
        return self.settings.mode

    @cached_property
    def shown(self) -> Shown:
        """The shared sheet as cells; worked out once, however many see or write it down."""
        return self.sheet.shown(self.puzzle)

    @property
    def status(self) -> Status:
        """`playing`, `won`, `lost` or `stopped`: how it stands for the table."""
        if self.termination is None:
            return "playing"
        if self.termination in (Termination.STOPPED, Termination.ABANDONED):
            return "stopped"
        return "won" if self.winner is not None or self.sheet.solved else "lost"

    @property
    def winner(self) -> str | None:
        """Who found the last of the word, in a race who found it first; None while nobody has."""
        return next((player.name for player in self.players if player.place == 1), self.sheet.solver)

    def outcome(self) -> Outcome | None:
        """How it ended, or None while it is played."""
        if self.termination is None:
            return None
        return Outcome(self.termination, self.status == "won", self.winner)

    def player(self, name: str) -> Player | None:
        """The player of that name, where they have a turn or a sheet of their own."""
        for player in self.players:
            if player.name == name:
                return player
        return None

    def with_player(self, new: Player) -> Round:
        """This round with the player of `new`'s name replaced, or put last."""
        if self.player(new.name) is None:
            return replace(self, players=(*self.players, new))
        return replace(self, players=tuple(new if player.name == new.name else player for player in self.players))

    def ended(self, why: Termination) -> Round:
        """This round, over for everyone."""
        return replace(self, termination=why, turn=None, deadline=None, paused=None)

    def renamed(self, old: str, new: str) -> Round:
        """This round with `old` called `new` wherever the name stands."""

        def name(who: str | None) -> str | None:
            return new if who == old else who

        def names(many: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if who == old else who for who in many)

        def sheet(was: Sheet) -> Sheet:
            return replace(
                was,
                found_by=tuple(map(name, was.found_by)),
                missed_by=names(was.missed_by),
                words_by=names(was.words_by),
                solver=name(was.solver),
            )

        return replace(
            self,
            sheet=sheet(self.sheet),
            starter=name(self.starter),
            setter=name(self.setter),
            turn=name(self.turn),
            players=tuple(
                replace(
                    player,
                    name=new if player.name == old else player.name,
                    sheet=player.sheet and sheet(player.sheet),
                )
                for player in self.players
            ),
        )
