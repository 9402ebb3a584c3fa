"""Hangman at a table of people: `/guess` and what else a round needs, over the seam and the game.

It knows who may do what and what everybody is told; it must not know a rule of the game itself, nor how a list is read.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from msgspec.structs import replace

from hangman_net import Context, Doc, Rest, command
from hangman_net.game import engine, settings
from hangman_net.game.errors import GuessError
from hangman_net.game.modes import Mode
from hangman_net.game.round import Round
from hangman_net.game.settings import KEYS
from hangman_net.plugins.hangman_new import Dealing
from hangman_net.plugins.hangman_table import Table, trace
from hangman_net.plugins.hangman_words import OWN, ArtName, Guess, arts, modes, own_name

RULES = """\
Find the word, letter by letter or all at once: /guess LETTER, /guess WORD, or just type a letter.
A wrong letter costs a life, a wrong word too; what was tried, or cannot be right, costs nothing.
Spaces, hyphens, apostrophes and digits are always shown. The last letter with the last life wins.
/new [LIST] begins a round, /secret WORD | HINT one with your own word, /again another of the same.
/hint tells the word's hint, then buys a letter for a life. /stop and /skip are a vote, unless you began it.
Modes (/new mode=...): coop, all together; turns, one by one, a miss or a time-out passes it;
race, a board each; evil, the word changes while it can; setter, the members set the word in turn.
Points: one for each cell your letter shows; 1.34 for each blank and 1 more for the whole word;
the setter's share is largest when the last life found it; in a race 5 and 2 for each you beat.
/config tells how this room plays."""


class Hangman(Dealing):
    """The game."""

    topics = {"rules": RULES}

    # --- guessing -----------------------------------------------------------------------------------------------

    @command(summary="Guess a letter or the whole word", aliases=("g",), role="seated", phase="playing", rate="guess")
    def guess(self, ctx: Context, what: Annotated[Guess, Doc("LETTER|WORD", "one letter, or all of the word")]) -> None:
        """Guess a letter or the whole word. What was tried already, or cannot be right, costs nothing."""
        table, round, mode = self._playing(ctx)
        shelf = None
        if mode.from_list:
            if not self.shelves.ready(round.puzzle):
                ctx.job(partial(self.shelves.fetch, round.puzzle), lambda ctx, _: self.guess(ctx, what))
                return
            shelf = self.shelves.of(round.puzzle)
        try:
            move = engine.guess(round, mode, ctx.name, what, ctx.now, shelf)
        except GuessError as error:
            ctx.fail(str(error), error.code)
        ctx.event("guess", guess=move.guess, result=move.kind, shown=move.shown, **trace(move.round, mode, ctx.name))
        self._put(ctx, table, move.round, mode)

    @command(summary="Get the word's hint, then a letter for a life", role="seated", phase="playing", rate="guess")
    def hint(self, ctx: Context) -> None:
        """The word's own hint is free and told once; after it, or without one, a letter costs a life."""
        table, round, mode = self._playing(ctx)
        try:
            move = engine.hint(round, mode, ctx.name, ctx.now, self.secrets)
        except GuessError as error:
            ctx.fail(str(error), error.code)
        ctx.event("hint", guess=move.guess, result=move.kind, shown=move.shown, **trace(move.round, mode, ctx.name))
        if move.kind == "hint":
            ctx.say(f"{ctx.name} asked for the hint: {move.guess}")
        elif mode.own_sheets:
            ctx.reply(f"The letter {move.guess} cost you a life.")
        else:
            ctx.say(f"{ctx.name} bought the letter {move.guess} for a life.")
        self._put(ctx, table, move.round, mode)

    @command(summary="Give up your part of a race", role="seated", phase="playing")
    def giveup(self, ctx: Context) -> None:
        """In a race: you are out, the others go on."""
        table, round, mode = self._playing(ctx)
        try:
            given_up = engine.give_up(round, mode, ctx.name)
        except GuessError as error:
            ctx.fail(str(error), error.code)
        ctx.event("giveup", round=round.number)
        ctx.say(f"{ctx.name} has given up.")
        self._put(ctx, table, given_up, mode)

    def _playing(self, ctx: Context) -> tuple[Table, Round, Mode]:
        """The round that runs, for somebody who plays in it; the host and an owner may be looking on."""
        table: Table = ctx.state
        round = table.running
        if round is None:
            ctx.fail("No round runs; /new begins one.", "no_round")
        if not ctx.seated:
            ctx.fail("You look on; /play sits you down.", "forbidden")
        return table, round, self._mode(ctx, round)

    # --- ending one ---------------------------------------------------------------------------------------------

    @command(summary="End the round, or vote for it")
    def stop(self, ctx: Context) -> None:
        """At once if it is yours: you set or began it, own the room, or play alone. Else half of you must say so."""
        table: Table = ctx.state
        if table.running is None and table.rota is not None:
            self._need_seat(ctx)
            self._end_rota(ctx, table, f"{ctx.name} ended the turns of setting a word.")
        elif self._voted(ctx, "stop"):
            table = replace(ctx.state, rota=None)
            self._stop(ctx, table)

    @command(summary="Leave this word for another, or vote for it", one_at_a_time=True)
    def skip(self, ctx: Context) -> None:
        """End the round as /stop does, and begin another of the same."""
        if self._voted(ctx, "skip"):
            table: Table = ctx.state
            rota, round = table.rota, table.round
            self._stop(ctx, table)
            if rota is None and round is not None:
                self._begin(ctx, round.settings)

    def _stop(self, ctx: Context, table: Table) -> None:
        if (round := table.running) is not None:
            self._put(ctx, table, engine.stop(round), self._mode(ctx, round))

    def _voted(self, ctx: Context, about: str) -> bool:
        """Whether the round may end now: by who may, or by the vote that this was."""
        table: Table = ctx.state
        round = table.running
        if round is None:
            ctx.fail("No round runs.", "no_round")
        if ctx.name in (round.setter, round.starter) or ctx.rank >= 2:
            return True
        self._need_seat(ctx)
        if not any(m.seated and m.connected and not m.puppet and m.name != ctx.name for m in ctx.members):
            return True
        question = f"/{about}"  # which nobody is called
        ballot = table.ballot.cast(question, ctx.name)
        have, need = ballot.count(question, ctx.members)
        if have >= need:
            return True
        ctx.state = replace(table, ballot=ballot)
        ctx.say(f"{ctx.name} votes to {about} this word: {have} of {need} votes ({question}).")
        return False

    def _need_seat(self, ctx: Context) -> None:
        if not ctx.seated and ctx.rank < 2:
            ctx.fail("You look on; /play sits you down.", "forbidden")

    # --- looking and settings -----------------------------------------------------------------------------------

    @command(summary="Show the board again")
    def board(self, ctx: Context) -> None:
        """Show the board again, to you alone; after a round, how it ended."""
        table: Table = ctx.state
        ctx.show(self._view(ctx, table, table.last), to=ctx.name)

    @command(summary="Choose the picture that you see")
    def art(
        self, ctx: Context, picture: Annotated[ArtName | None, Doc("PICTURE", "none for no picture")] = None
    ) -> None:
        """Choose the picture that you see, here and elsewhere; without one, hear what there is."""
        if picture is None:
            ctx.reply(f"Pictures: {', '.join(arts(ctx))}. You see {ctx.state.art_of(ctx.name)}.")
            return
        ctx.person = replace(ctx.person, art=picture)
        self._keep_art(ctx, picture)
        self.board(ctx)

    @command(summary="Tell or change how this room plays", aliases=("set",), role="owner")
    def config(
        self,
        ctx: Context,
        key: Annotated[str | None, Doc("KEY", "what to change; without it, all there is")] = None,
        value: Annotated[Rest | None, Doc("VALUE", "what it shall be")] = None,
    ) -> None:
        """Without KEY: every setting, its value and what it may be. A change holds from the next round on."""
        table: Table = ctx.state
        # A room that has not chosen a list takes the server's first.
        here = replace(table.settings, words=table.settings.words or self.words.default)
        own = own_name(ctx.room)
        choices = {
            "mode": tuple(modes(ctx)),
            "art": tuple(arts(ctx)),
            "words": (*self.words.names(), *filter(self.words.is_lent, [own])),
        }
        private = f"{ctx.invite or 'off'}: the word that opens this room (a word or off)"
        if key is None:
            lines = [
                f"{k.name} = {settings.shown(here, k)}: {k.help} ({settings.describe(k, choices)})"
                for k in KEYS.values()
            ]
            ctx.reply("\n".join([*lines, f"private = {private}"]))
            return
        key = "words" if key.lower() == "list" else key.lower()  # people say either
        known = KEYS.get(key)
        if known is None and key != "private":
            ctx.fail(f"There is no setting {key[:40]!r}; there are {', '.join([*KEYS, 'private'])}.")
        if value is None:  # asked, not changed: above all, it opens no room
            told = f"{settings.shown(here, known)}: {settings.describe(known, choices)}" if known else private
            ctx.reply(f"{key} = {told}")
            return
        if known is None:
            word = None if value.lower() == "off" else value
            ctx.invite_word(word)
            ctx.reply(
                "This room is open to everybody." if word is None else f"Now /room {ctx.room} {word} opens this room."
            )
            return
        if key == "words" and value.lower() == OWN and self.words.find(OWN) is None:
            value = own
            if not self.words.is_lent(own):
                ctx.fail("This room has no words of its own; /words add WORD | HINT adds one.", "unknown_wordlist")
        try:
            new = settings.changed(table.settings, key, value, choices)
        except settings.SettingError as error:
            ctx.fail(f"{error}.")
        ctx.state = replace(table, settings=new)
        ctx.event("config", key=key, value=value)
        ctx.say(f"{ctx.name} set {key} to {settings.shown(new, known)}.")
