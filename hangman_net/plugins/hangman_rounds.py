"""What follows in a room when a round changes: clock, boards, points, the next setter; and people come and go.

It knows the room's record and whom to tell; it must not know commands, nor a rule of the game itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import Board, Context, Plugin, Services, Viewer
from hangman_net.game import engine, view
from hangman_net.game.modes import COOP, MODES, Mode
from hangman_net.game.round import MAX_PLAYERS, Round
from hangman_net.plugins.hangman_table import (
    Rota,
    Table,
    board,
    idle_board,
    letters_found,
    seated,
    setters,
    summary,
    took_part,
    winners,
)
from hangman_net.plugins.hangman_words import Shelves, art_named, modes

ROUND, SETTER = "round", "setter"
"""Wakes: something is due in the round, or in the rota."""


class Person(Struct, frozen=True, omit_defaults=True):
    """What is kept of one person: the picture they want to see (None: whatever the room has), and the round that they
    left while it ran and their name in it, by which they are known when they come back."""

    art: str | None = None
    left: str = ""
    left_as: str = ""


class Rounds(Plugin):
    """A table and its rounds, without the commands."""

    State = Table
    PersonState = Person

    def setup(self, services: Services) -> None:
        self.words = services.words
        self.secrets = services.secrets
        self.shelves = Shelves(services.words)

    def playing(self, state: Table) -> bool:
        return state.running is not None

    # --- people come and go -------------------------------------------------------------------------------------

    def on_join(self, ctx: Context) -> None:
        round = ctx.state.running
        if round is not None and ctx.person.left != _called(ctx, round):
            self._estrange(ctx)
        elif round is not None and ctx.person.left_as != ctx.name:
            self._know_again(ctx, ctx.person.left_as)
        self._keep_art(ctx, ctx.person.art)
        if self._attend(ctx, "here"):
            return
        if ctx.state.running is not round:  # who found what is called otherwise now
            self._show(ctx, ctx.state, ctx.state.running)
        else:
            ctx.show(self._view(ctx, ctx.state, round), to=ctx.name)

    def on_back(self, ctx: Context) -> None:
        # After a restart nobody was told to be away: time that nobody could play in is given back.
        if not any(seated(ctx, "away").values()):
            table: Table = ctx.state
            if (rota := table.setting) is not None:
                self._await(ctx, table, rota, rota.setter)
            else:
                self._attend(ctx, "away", show=False)
        if not self._attend(ctx, "here"):
            ctx.show(self._view(ctx, ctx.state, ctx.state.last), to=ctx.name)

    def on_away(self, ctx: Context) -> None:
        self._attend(ctx, "away")

    def on_leave(self, ctx: Context) -> None:
        self._keep_art(ctx, None)
        table: Table = ctx.state
        if (round := table.running) is not None:
            if round.setter == ctx.name:  # elsewhere they may tell the word to anybody here
                self._put(ctx, table, engine.stop(round), self._mode(ctx, round))
            elif round.renamed(ctx.name, "") != round:
                ctx.person = replace(ctx.person, left=_called(ctx, round), left_as=ctx.name)
        self._attend(ctx, "gone")

    def on_seat(self, ctx: Context) -> None:
        self._attend(ctx, "here")

    def on_rename(self, ctx: Context, was: str) -> None:
        table: Table = ctx.state
        self._estrange(ctx)
        renamed: Table = ctx.state.renamed(was, ctx.name)
        if renamed != table:
            ctx.state = renamed
            if renamed.running is not None or renamed.setting is not None:
                self._show(ctx, renamed, renamed.running)

    def on_text(self, ctx: Context, text: str) -> str | None:
        if len(text) > 16:  # most of what is said: no letter of any alphabet is so long
            return None
        table: Table = ctx.state
        round = table.running
        if round is None or not round.settings.bare or not ctx.seated:
            return None
        if round.puzzle.alphabet.letter(text) is None or not engine.may_guess(round, self._mode(ctx, round), ctx.name):
            return None
        return f"/guess {text}"

    def on_chat(self, ctx: Context, text: str) -> str | None:
        table: Table = ctx.state
        round = table.running
        if round is None:
            return None
        mode = self._mode(ctx, round)
        if view.knows(round, mode, ctx.name) and view.gives_away(round.puzzle, text):
            ctx.fail("That holds the word: nobody was told.", "forbidden")
        if round.players and (spoken := engine.spoke(round, mode, ctx.name, ctx.now)) is not round:
            self._put(ctx, table, spoken, mode)
        return None

    def on_tick(self, ctx: Context, key: str) -> None:
        table: Table = ctx.state
        round = table.running
        if key == SETTER:
            rota = table.setting
            if rota is None or ctx.now < rota.until - engine.EARLY:
                return
            if any(seated(ctx).values()):
                ctx.say(f"{rota.setter} set no word.")
                self._pass_on(ctx, table, replace(rota, passed=(*rota.passed, rota.setter)[-MAX_PLAYERS:]))
            else:  # after a restart nobody is back yet: it waits for them as a round does
                self._await(ctx, table, rota, rota.setter)
        elif round is not None:
            mode = self._mode(ctx, round)
            here = engine.attend(round, mode, seated(ctx), ctx.now)
            due = engine.due_at(here)
            if due is not None:  # the wake that came is used up
                ctx.wake(due - ctx.now, ROUND)
            self._put(ctx, table, engine.tick(here, mode, ctx.now), mode)

    def _attend(self, ctx: Context, me: Literal["here", "away", "gone"], *, show: bool = True) -> bool:
        """Tells round and rota who is here; whether everybody was shown a board for it."""
        table: Table = ctx.state
        round, rota = table.running, table.setting
        if round is not None:
            mode = self._mode(ctx, round)
            return self._put(ctx, table, engine.attend(round, mode, seated(ctx, me), ctx.now), mode, show=show)
        if rota is not None and (me != "here" or not ctx.seated):
            others = [name for name in setters(ctx) if name != ctx.name]
            if rota.setter == ctx.name or (me != "away" and len(others) < 2):
                self._pass_on(ctx, table, rota, without=ctx.name)
                return True
        return False

    def _estrange(self, ctx: Context) -> None:
        """`ctx.name` is new to the round that runs: whoever played in it under that name, and left, was another."""
        table: Table = ctx.state
        if table.running is not None:
            estranged = table.renamed(ctx.name, f"{ctx.name} (left)")
            if estranged != table:
                ctx.state = estranged

    def _know_again(self, ctx: Context, was: str) -> None:
        """`ctx.name` comes back to the round that runs, in which they played as `was`."""
        self._estrange(ctx)
        table: Table = ctx.state
        taken = table.renamed(f"{was} (left)", ctx.name)  # where somebody else came as `was` meanwhile
        known = taken if taken != table else table.renamed(was, ctx.name)
        if known != table:
            ctx.state = known

    def _keep_art(self, ctx: Context, art: str | None) -> None:
        """Keeps with the room the picture that `ctx.name` wants, if it is another than the room's."""
        table: Table = ctx.state
        with_art = table.with_art(ctx.name, art)
        if with_art is not table:
            ctx.state = with_art

    # --- members set words in turn ------------------------------------------------------------------------------

    def _pass_on(self, ctx: Context, table: Table, rota: Rota, without: str | None = None) -> None:
        """The next member sets a word; the turns end when nobody is left, or all have let it pass."""
        names = [name for name in setters(ctx) if name != without]
        everyone = [m.name for m in ctx.members]
        at = everyone.index(rota.setter) + 1 if rota.setter in everyone else 0
        following = [name for name in (*everyone[at:], *everyone[:at]) if name in names and name not in rota.passed]
        if len(names) < 2 or not following:
            self._end_rota(ctx, table, "Nobody is left to set a word; /new begins a round.")
        else:
            self._appoint(ctx, table, rota, following[0])

    def _appoint(self, ctx: Context, table: Table, rota: Rota, setter: str) -> None:
        self._await(ctx, table, rota, setter)
        ctx.say(f"{setter} sets the next word: /secret WORD | HINT, within {rota.settings.setter} s.")
        self._show(ctx, ctx.state, None)

    def _await(self, ctx: Context, table: Table, rota: Rota, setter: str) -> None:
        seconds = rota.settings.setter
        ctx.state = replace(table, rota=replace(rota, setter=setter, until=ctx.now + seconds))
        ctx.wake(seconds, SETTER)

    def _end_rota(self, ctx: Context, table: Table, why: str) -> None:
        table = replace(table, rota=None)
        ctx.state = table
        ctx.wake(None, SETTER)
        ctx.say(why)
        self._show(ctx, table, None)

    # --- what everybody sees ------------------------------------------------------------------------------------

    def _mode(self, ctx: Context, round: Round) -> Mode:
        """The round's mode; a mode whose plugin is gone is played as coop."""
        return MODES.get(round.mode) or modes(ctx).get(round.mode, COOP)

    def _put(self, ctx: Context, table: Table, round: Round, mode: Mode, *, show: bool = True) -> bool:
        """Replaces the round, sets the clock, shows boards; ends it where it is over. False if nothing changed."""
        was = table.round
        if round is was:
            return False
        table = replace(table, round=round)
        ctx.state = table
        due = engine.due_at(round)
        if due != (None if was is None else engine.due_at(was)):
            ctx.wake(None if due is None else due - ctx.now, ROUND)
        if show:
            self._show(ctx, table, round)
        if round.termination is not None:
            self._over(ctx, table, round, mode)
        return True

    def _over(self, ctx: Context, table: Table, round: Round, mode: Mode) -> None:
        """Tells the word, pays the points to those who stayed, and lets the rota go on."""
        points = {name: worth for name, worth in mode.points(round).items() if name in ctx.people and mode.counted}
        ctx.event(
            "round_over",
            round=round.number,
            mode=mode.name,
            counted=mode.counted,
            status=round.status,
            reason=round.termination and round.termination.value,
            word=round.puzzle.text,
            wordlist=round.puzzle.wordlist,
            setter=round.setter,
            winner=round.winner,
            points=points,
            letters=letters_found(round),
            players=took_part(round),
            winners=winners(round, mode),
            missed=round.sheet.missed,
            lives=round.sheet.lives,
            max_lives=round.settings.lives,
        )
        for name, worth in points.items():
            ctx.award(name, worth)
        rota = table.rota
        ctx.say(summary(round, mode, points) + (" /again begins another." if rota is None else ""))
        if rota is not None:
            self._pass_on(ctx, table, replace(rota, passed=()))

    def _show(self, ctx: Context, table: Table, round: Round | None) -> None:
        """Shows everybody what they may see of `round`; None: that no round runs."""
        apart = dict(table.arts)
        if round is not None:
            if round.setter is not None:
                apart[round.setter] = ""
            for player in round.players:
                if player.sheet is not None:
                    apart[player.name] = ""
        ctx.show(self._view(ctx, table, round), apart=apart)

    def _view(self, ctx: Context, table: Table, round: Round | None) -> Callable[[Viewer], Board]:
        """What each kind of viewer sees of `round`, or that none runs."""
        now = ctx.now
        if round is None:
            return lambda viewer: idle_board(table, art_named(ctx, table.art_of(viewer.name)), now)
        mode = self._mode(ctx, round)
        return lambda viewer: board(view.see(round, mode, viewer.name, art_named(ctx, table.art_of(viewer.name)), now))


def _called(ctx: Context, round: Round) -> str:
    """A round among those of all rooms."""
    return f"{ctx.room} {round.number}"
