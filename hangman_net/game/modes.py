"""The modes: each a small value that says who may guess, what follows a guess, and when it is over.

It knows what differs between modes; it must not know what a guess does to a sheet, which is `engine`'s, nor time
itself: every moment is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game import points
from hangman_net.game.errors import IllegalGuess, RoundOver
from hangman_net.game.evil import Shelf
from hangman_net.game.round import MAX_PLAYERS, Player, Puzzle, Round, Sheet, Termination

LAPSES = 2
"""Time-outs in a row that make a player away until they speak."""

RESUMED = 10.0
"""Seconds that a deadline leaves at least when a paused round goes on."""


class Mode(Struct, frozen=True):
    """A way to play; this one is `coop`, and others replace what differs.

    `counted` says whether its rounds count in rankings; `own_sheets` that everybody has a board of their own;
    `from_list` that it needs the list a word comes from, as a `Shelf`; `rota` that the members set words in turn;
    `sells` that letters can be bought.
    A plugin's mode is a subclass: the methods are asked in the order in which they stand here, with a round that is
    being played, and answer with a new round; they raise a `GuessError` to refuse.
    """

    name: str
    summary: str
    counted: bool = True
    own_sheets: bool = False
    from_list: bool = False
    rota: bool = False
    sells: bool = True

    def begin(self, round: Round, players: tuple[str, ...], now: float) -> Round:
        """The round as it starts; `players` are here to guess, in their order."""
        return replace(round, deadline=now + round.settings.limit) if round.settings.limit else round

    def admit(self, round: Round, who: str) -> Sheet:
        """The sheet that `who` guesses on; raises `IllegalGuess` or `RoundOver` where they may not now."""
        return round.sheet

    def allow(self, round: Round, sheet: Sheet, letter: str | None) -> None:
        """Raises a `GuessError` where this letter, or (None) any whole word, may not be guessed."""

    def answer(
        self, puzzle: Puzzle, sheet: Sheet, letter: str | None, word: tuple[str, ...], shelf: Shelf | None
    ) -> Puzzle:
        """The puzzle that the guess is judged by: the one there is, unless the mode plays with its word."""
        return puzzle

    def played(self, round: Round, who: str, sheet: Sheet, hit: bool, now: float) -> Round:
        """The round after `who` guessed, with their new sheet in it."""
        round = replace(round, sheet=sheet)
        if sheet.solved:
            return round.ended(Termination.SOLVED)
        return round if sheet.lives > 0 else round.ended(Termination.LIVES)

    def expired(self, round: Round, now: float) -> Round:
        """The round when its deadline is reached."""
        return round.ended(Termination.TIME)

    def attend(self, round: Round, seated: Mapping[str, bool], now: float) -> Round:
        """The round when it has changed who is `seated` to guess: names in their order, and whether they are here."""
        return pause(round, not any(seated.values()), now)

    def spoke(self, round: Round, who: str, now: float) -> Round:
        """The round when `who` has said something."""
        return round

    def give_up(self, round: Round, who: str) -> Round:
        """The round when `who` wants no more of it; raises `IllegalGuess` where the others need the same sheet."""
        raise IllegalGuess("This round is everybody's: /stop ends it, /spectate leaves it to the others.")

    def points(self, round: Round) -> Mapping[str, int]:
        """What the finished round is worth to each who helped."""
        return points.shared(round)


def pause(round: Round, empty: bool, now: float) -> Round:
    """The round paused while nobody is here; when somebody is again, its deadline moves by the time that was lost."""
    if empty:
        return replace(round, paused=now) if round.paused is None else round
    if round.paused is None:
        return round
    deadline = round.deadline
    if deadline is not None:
        deadline = max(deadline + now - round.paused, now + RESUMED)
    return replace(round, paused=None, deadline=deadline)


class Turns(Mode, frozen=True):
    """A fixed order and a deadline a turn: a miss or a time-out passes it, a hit keeps it."""

    def begin(self, round: Round, players: tuple[str, ...], now: float) -> Round:
        seats = tuple(map(Player, players[:MAX_PLAYERS]))
        return self.passed(replace(round, players=seats), now)

    def admit(self, round: Round, who: str) -> Sheet:
        if round.player(who) is None:
            raise IllegalGuess("Your turn will come when there is a place in the order.", "not_your_turn")
        if round.turn not in (None, who) and round.paused is None:
            raise IllegalGuess(f"It is {round.turn}'s turn.", "not_your_turn")
        return round.sheet

    def played(self, round: Round, who: str, sheet: Sheet, hit: bool, now: float) -> Round:
        round = Mode.played(self, self.spoke(round, who, now), who, sheet, hit, now)
        if round.termination is not None:
            return round
        if hit and round.settings.keep:
            return replace(round, deadline=now + round.settings.turn)
        return self.passed(round, now)

    def expired(self, round: Round, now: float) -> Round:
        holder = round.player(round.turn or "")
        if holder is not None:
            round = round.with_player(replace(holder, lapses=holder.lapses + 1))
        return self.passed(round, now)

    def attend(self, round: Round, seated: Mapping[str, bool], now: float) -> Round:
        # Who left altogether keeps their place until the turn has gone on from it.
        staying = [p for p in round.players if p.name in seated or p.name == round.turn]
        kept = any(p.name == round.turn and not p.here for p in staying)  # for who held it when all had gone
        players = [replace(p, here=seated.get(p.name, False)) for p in staying]
        known = {player.name for player in players}
        newcomers = [Player(name, here=here) for name, here in seated.items() if name not in known]
        round = replace(round, players=(*players, *newcomers[: MAX_PLAYERS - len(players)]))
        if not any(self._waits_for(round, player.name) for player in round.players):
            round = pause(round, True, now)
        elif round.paused is not None and round.turn in seated:
            round = pause(round, False, now)  # the same turn goes on; if its holder does not come, it runs out
        elif not self._waits_for(round, round.turn) and not (kept and round.turn in seated):
            round = self.passed(round, now)
        turn = round.turn if round.turn in seated else None
        return replace(round, turn=turn, players=tuple(p for p in round.players if p.name in seated))

    def spoke(self, round: Round, who: str, now: float) -> Round:
        player = round.player(who)
        waits = round.turn is None or round.paused is not None  # it may wait with the turn of who is gone
        if player is None or (player.lapses == 0 and not waits):
            return round
        round = round.with_player(replace(player, lapses=0))
        return self.passed(round, now) if waits else round

    def passed(self, round: Round, now: float) -> Round:
        """The turn goes to the next who is here; where nobody is, the round is paused."""
        order = [player.name for player in round.players]
        at = order.index(round.turn) + 1 if round.turn in order else 0
        for name in (*order[at:], *order[:at]):
            if self._waits_for(round, name):
                return replace(round, turn=name, deadline=now + round.settings.turn, paused=None)
        return replace(round, turn=None, deadline=None, paused=now if round.paused is None else round.paused)

    def _waits_for(self, round: Round, name: str | None) -> bool:
        player = round.player(name) if name is not None else None
        return player is not None and player.here and player.lapses < LAPSES


class Race(Mode, frozen=True):
    """The same word for all and a sheet of one's own: the first to find it wins, the others play for the places."""

    own_sheets: bool = True

    def begin(self, round: Round, players: tuple[str, ...], now: float) -> Round:
        racers = tuple(Player(name, sheet=round.sheet) for name in players[:MAX_PLAYERS])
        return replace(round, players=racers, deadline=now + round.settings.race)

    def admit(self, round: Round, who: str) -> Sheet:
        player = round.player(who)
        if player is None:  # who sat down later joins with the first guess, and holds nobody up before
            if len(round.players) >= MAX_PLAYERS:
                raise IllegalGuess("This race is full.")
            return round.sheet
        if player.gone or player.sheet is None or player.sheet.done:
            raise RoundOver("You have finished this race; the others still run.")
        return player.sheet

    def played(self, round: Round, who: str, sheet: Sheet, hit: bool, now: float) -> Round:
        player = round.player(who) or Player(who)
        place = 1 + max((p.place for p in round.players), default=0) if sheet.solved else 0
        return self._closed(round.with_player(replace(player, sheet=sheet, place=place)))

    def attend(self, round: Round, seated: Mapping[str, bool], now: float) -> Round:
        players = [
            replace(p, here=seated.get(p.name, False), gone=p.gone or p.name not in seated) for p in round.players
        ]
        return self._closed(pause(replace(round, players=tuple(players)), not any(seated.values()), now))

    def give_up(self, round: Round, who: str) -> Round:
        self.admit(round, who)
        player = round.player(who) or Player(who, sheet=round.sheet)
        return self._closed(round.with_player(replace(player, gone=True)))

    def points(self, round: Round) -> Mapping[str, int]:
        return points.race(round)

    def _closed(self, round: Round) -> Round:
        """Over when the last has finished or given up."""
        if any(not p.gone and p.sheet is not None and not p.sheet.done for p in round.players) or not round.players:
            return round
        if any(player.place for player in round.players):
            return round.ended(Termination.SOLVED)
        lost = any(player.sheet is not None and player.sheet.done for player in round.players)
        return round.ended(Termination.LIVES if lost else Termination.GIVEN_UP)


class Evil(Mode, frozen=True):
    """The server keeps every word that still fits and answers with the family that is largest."""

    counted: bool = False
    from_list: bool = True

    def answer(
        self, puzzle: Puzzle, sheet: Sheet, letter: str | None, word: tuple[str, ...], shelf: Shelf | None
    ) -> Puzzle:
        if shelf is None:  # the list is gone or was edited: the word it had in mind has to do
            return puzzle
        if letter is None:
            return shelf.dodge_word(puzzle, sheet, word)
        return shelf.dodge_letter(puzzle, sheet, letter)


COOP = Mode("coop", "everybody guesses one word together")
TURNS = Turns("turns", "one after the other: a miss or a time-out passes the turn")
RACE = Race("race", "the same word, a board of one's own; the first to find it wins")
EVIL = Evil("evil", "the server changes its mind as long as some word still fits")
SETTER = Mode("setter", "the members set the word in turn, by /secret", rota=True)

MODES: Mapping[str, Mode] = MappingProxyType({mode.name: mode for mode in (COOP, TURNS, RACE, EVIL, SETTER)})
"""The modes that are always there, by name; the first is the default."""
