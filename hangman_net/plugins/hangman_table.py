"""What lasts of hangman in a room, who is at the table, and a round put into words and boards.

It knows the room's record and how a round is told; it must not know commands or change anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from hangman_net import Ballot, Board, Context, PlayerBoard
from hangman_net.game.art import Art
from hangman_net.game.modes import Mode
from hangman_net.game.pool import Pool
from hangman_net.game.round import MAX_PLAYERS, Round, Termination
from hangman_net.game.settings import Settings
from hangman_net.game.view import Seen

MAX_POOLS = 16
"""Lists of which a room remembers what it has had: a record stays small."""


class Rota(Struct, frozen=True):
    """Members set words in turn: whose turn it is to set one, until when, and who has let it pass since the last."""

    settings: Settings
    setter: str
    until: float
    passed: tuple[str, ...] = ()


class Table(Struct, frozen=True, omit_defaults=True):
    """A room's record: its settings, the round that runs or ran last, and the way through its lists.

    `arts` names those here who chose another picture than the room's, at most as many as there are seats.
    """

    settings: Settings = Settings()
    number: int = 0
    round: Round | None = None
    rota: Rota | None = None
    ballot: Ballot = Ballot()
    pools: tuple[Pool, ...] = ()
    arts: tuple[tuple[str, str], ...] = ()

    @property
    def running(self) -> Round | None:
        """The round that is played now."""
        round = self.round
        return round if round is not None and round.termination is None else None

    @property
    def last(self) -> Round | None:
        """The round that runs or ran last; None where there was none, or its word is forgotten over the next."""
        return self.round if self.setting is None else None

    @property
    def setting(self) -> Rota | None:
        """The rota, while it waits for a word."""
        return self.rota if self.running is None else None

    def pool(self, wordlist: str) -> Pool | None:
        """What this room has had of a list."""
        return next((pool for pool in self.pools if pool.wordlist == wordlist), None)

    def with_pool(self, new: Pool) -> Table:
        """This record with that pool renewed and last."""
        pools = (*(pool for pool in self.pools if pool.wordlist != new.wordlist), new)
        return replace(self, pools=pools[-MAX_POOLS:])

    def art_of(self, name: str | None) -> str:
        """The picture that somebody here wants to see."""
        for who, art in self.arts:
            if who == name:
                return art
        return self.settings.art

    def with_art(self, name: str, art: str | None) -> Table:
        """This record with somebody's own picture; None: the room's will do."""
        others = tuple(one for one in self.arts if one[0] != name)
        own = ((name, art),) if art is not None and art != self.settings.art else ()
        arts = (*others, *own)
        return self if arts == self.arts or len(arts) > MAX_PLAYERS else replace(self, arts=arts)

    def renamed(self, was: str, name: str) -> Table:
        """This record with `was` called `name` wherever it is kept."""
        rota = self.rota
        if rota is not None and was in (rota.setter, *rota.passed):
            passed = tuple(name if who == was else who for who in rota.passed)
            rota = replace(rota, setter=name if rota.setter == was else rota.setter, passed=passed)
        return replace(
            self,
            round=self.round and self.round.renamed(was, name),
            rota=rota,
            ballot=self.ballot.renamed(was, name) if self.ballot.votes else self.ballot,
            arts=tuple((name if who == was else who, art) for who, art in self.arts),
        )


def seated(ctx: Context, me: Literal["here", "away", "gone"] | None = None) -> Mapping[str, bool]:
    """Who plays in this room, in the order they came, and whether they are here.

    In a hook the room is still as it was: `me` says what `ctx.name` is from now on. Computer players are here only
    while a person who plays is: a round among computers is paused.
    """
    players: dict[str, bool] = {}
    persons = False
    for member in ctx.members:
        mine = me is not None and member.name == ctx.name
        if (ctx.seated if mine else member.seated) and not (mine and me == "gone"):
            here = players[member.name] = me == "here" if mine else member.connected
            persons = persons or (here and not member.puppet)
    if me == "here" and ctx.seated and ctx.name not in players:
        players[ctx.name] = True
        persons = persons or not ctx.puppet
    return players if persons else dict.fromkeys(players, False)


def setters(ctx: Context) -> list[str]:
    """Who can be asked to set a word: the persons who play and are here."""
    return [member.name for member in ctx.members if member.seated and member.connected and not member.puppet]


def board(seen: Seen) -> Board:
    """A round as somebody sees it, as the message that tells them."""
    told = asdict(seen)
    told["players"] = tuple([PlayerBoard(p.name, p.found, p.lives, p.place) for p in seen.players])
    return Board(**told)


def idle_board(table: Table, art: Art, now: float) -> Board:
    """What is seen while no round runs: an untouched picture and, with a rota, whose word is waited for."""
    settings, rota = table.settings, table.setting
    return Board(
        round=table.number,
        mode=settings.mode if rota is None else rota.settings.mode,
        lives=settings.lives,
        max_lives=settings.lives,
        art=art.frame(0, settings.lives)[0],
        caption="No round: /new begins one." if rota is None else f"{rota.setter} sets the next word by /secret.",
        setter=None if rota is None else rota.setter,
        seconds=None if rota is None else max(0.0, rota.until - now),
    )


_WHY = {
    Termination.TIME: "The time is up",
    Termination.STOPPED: "Stopped",
    Termination.GIVEN_UP: "Given up",
    Termination.ABANDONED: "Nobody came back",
}


def summary(round: Round, mode: Mode, points: Mapping[str, int]) -> str:
    """A finished round in a few words: the word, who found what, what was missed, and what it was worth."""
    word = round.puzzle.text
    why = _WHY.get(round.termination or Termination.SOLVED, "Lost")
    parts = [f"Won: the word was {word}." if round.status == "won" else f"{why}: the word was {word}."]
    if mode.own_sheets:
        placed = sorted((p for p in round.players if p.place), key=lambda player: player.place)
        parts += [f"{player.place}. {player.name}." for player in placed]
    else:
        finds = found(round)
        parts += [f"{name} found {', '.join(letters)}." for name, letters in finds.items()]
        if round.sheet.missed:
            parts.append(f"Missed: {' '.join(round.sheet.missed)}.")
        if round.sheet.words:
            parts.append(f"Not: {', '.join(round.sheet.words)}.")
    if points:
        most_first = sorted(points.items(), key=lambda one: -one[1])
        parts.append(f"Points: {', '.join(f'{name} {worth}' for name, worth in most_first)}.")
    return " ".join(parts)


def found(round: Round) -> dict[str, list[str]]:
    """What each found on a shared sheet: letters, and at the end the word."""
    finds: dict[str, list[str]] = {}
    for letter, who in zip(round.sheet.found, round.sheet.found_by, strict=True):
        if who is not None:
            finds.setdefault(who, []).append(letter)
    if round.sheet.solver is not None and round.sheet.blanks:
        finds.setdefault(round.sheet.solver, []).append("the word")
    return finds


def took_part(round: Round) -> list[str]:
    """Who guessed, or had a turn or a board of their own."""
    sheet = round.sheet
    names = [*(p.name for p in round.players), *sheet.found_by, *sheet.missed_by, *sheet.words_by, sheet.solver]
    return list(dict.fromkeys(name for name in names if name is not None))


def winners(round: Round, mode: Mode) -> list[str]:
    """Whose round it was: in a race who came first, else everybody who took part when the word was found."""
    if round.status != "won":
        return []
    return [name for name in took_part(round) if name == round.winner or not mode.own_sheets]


def trace(round: Round, mode: Mode, who: str) -> dict[str, Any]:
    """What the log keeps of `who`'s board after a guess, so that a replay needs neither rules nor alphabet."""
    player = round.player(who) if mode.own_sheets else None
    if player is None or player.sheet is None:
        return {"round": round.number, "cells": round.shown.cells, "lives": round.sheet.lives}
    return {"round": round.number, "cells": player.sheet.shown(round.puzzle).cells, "lives": player.sheet.lives}


def letters_found(round: Round) -> dict[str, int]:
    """How many cells each showed by letters."""
    sheets = [p.sheet for p in round.players if p.sheet is not None] or [round.sheet]
    counts: dict[str, int] = {}
    for sheet in sheets:
        for letter, who in zip(sheet.found, sheet.found_by, strict=True):
            if who is not None:
                counts[who] = counts.get(who, 0) + len(round.puzzle.places[letter])
    return counts
