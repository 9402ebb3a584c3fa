"""How a round begins: `/new`, `/again`, and `/secret` with a word of one's own.

It knows whose word is played with which settings; it must not know what follows once it is (`hangman_rounds`).
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from msgspec.structs import replace

from hangman_net import Ballot, Context, Doc, Meta, Rest, command
from hangman_net.game import engine, view
from hangman_net.game.alphabet import letters_in
from hangman_net.game.modes import COOP, Mode
from hangman_net.game.round import Puzzle
from hangman_net.game.settings import KEYS, Settings
from hangman_net.game.wordlist import WordList
from hangman_net.game.words import BadWord, read_word
from hangman_net.plugins.hangman_rounds import SETTER, Rounds
from hangman_net.plugins.hangman_table import Rota, Table, seated, setters
from hangman_net.plugins.hangman_words import Drawn, ListName, ModeName, chosen_name, draw, modes, wordlist


def _bounds(name: str) -> Meta:
    """What a setting may be, for an argument of its name."""
    return Meta(ge=KEYS[name].low, le=KEYS[name].high)


class Dealing(Rounds):
    """The commands that begin a round."""

    @command(summary="Begin a round", aliases=("start",), role="seated", phase="idle", one_at_a_time=True)
    def new(
        self,
        ctx: Context,
        words: Annotated[ListName | None, Doc("WORDLIST", "the list to draw from; else the room's")] = None,
        mode: Annotated[ModeName | None, Doc("mode=MODE", "how it is played")] = None,
        level: Annotated[
            Literal["any", "easy", "medium", "hard"] | None, Doc("level=LEVEL", "how hard the word is")
        ] = None,
        lives: Annotated[int | None, _bounds("lives"), Doc("lives=N", "misses until it is lost")] = None,
        turn: Annotated[int | None, _bounds("turn"), Doc("turn=SECONDS", "for one turn")] = None,
        limit: Annotated[int | None, _bounds("limit"), Doc("limit=SECONDS", "for the round, 0 for none")] = None,
        race: Annotated[int | None, _bounds("race"), Doc("race=SECONDS", "for a race")] = None,
        setter: Annotated[int | None, _bounds("setter"), Doc("setter=SECONDS", "to set a word")] = None,
        strict: Annotated[bool | None, Doc("strict=yes|no", "a letter tried again costs a life")] = None,
        bare: Annotated[bool | None, Doc("bare=yes|no", "a line of one letter is a guess")] = None,
        keep: Annotated[bool | None, Doc("keep=yes|no", "a hit keeps the turn")] = None,
    ) -> None:
        """Begin a round with a word of a list; what you do not say is as /config has it."""
        table: Table = ctx.state
        asked = {
            "words": words,
            "mode": mode,
            "lives": lives,
            "turn": turn,
            "limit": limit,
            "race": race,
            "setter": setter,
            "strict": strict,
            "bare": bare,
            "keep": keep,
        }
        wanted = replace(table.settings, **{name: value for name, value in asked.items() if value is not None})
        if level is not None:
            wanted = replace(wanted, level=None if level == "any" else level)
        self._begin(ctx, wanted)

    @command(summary="Begin another round of the same", role="seated", phase="idle", one_at_a_time=True)
    def again(self, ctx: Context) -> None:
        """Another word of the same list, in the same mode, with the same settings."""
        table: Table = ctx.state
        if table.round is None:
            ctx.fail("There was no round yet; /new begins one.", "no_round")
        self._begin(ctx, table.round.settings)

    @command(summary="Set a word of your own", role="seated", phase="idle")
    def secret(
        self, ctx: Context, word: Annotated[Rest, Doc("WORD [| HINT]", "seen by nobody else until the round is over")]
    ) -> None:
        """Begin a round with your own word, and a hint for /hint if you like. You do not guess, and do not tell."""
        table: Table = ctx.state
        if table.setting is not None and table.setting.setter != ctx.name:
            ctx.fail(f"It is {table.setting.setter}'s turn to set a word.", "not_your_turn")
        name = chosen_name(self.words, table.settings.words)
        listed = wordlist(self.words, name)
        if listed is None:
            read = partial(wordlist, self.words, name, read=True)
            ctx.job(read, lambda ctx, listed: self._set_word(ctx, listed, word))
        else:
            self._set_word(ctx, listed, word)

    def _set_word(self, ctx: Context, listed: WordList, line: str) -> None:
        """Begins a round with a word that a player set, in the alphabet of the room's list."""
        table: Table = ctx.state
        if table.running is not None:
            ctx.fail("A round runs; /stop ends it.", "round_running")
        chosen = table.settings if table.rota is None else table.rota.settings
        alphabet = listed.alphabet
        try:
            word = read_word(line, alphabet)
        except BadWord as error:
            ctx.fail(f"That word cannot be set: {error}.")
        if len(alphabet.letters) - len(letters_in(alphabet.keys(word.text))) < chosen.lives:
            ctx.fail(f"That word cannot be set: with {chosen.lives} lives nobody could lose it.")
        puzzle = Puzzle(word.text, alphabet.spec, word.hint)
        if word.hint is not None and view.gives_away(puzzle, word.hint):
            ctx.fail("That word cannot be set: the hint holds it.")
        mode = modes(ctx).get(chosen.mode, COOP)
        if mode.from_list or (mode.rota and table.rota is None):
            mode = COOP
        self._start(ctx, table, mode, chosen, puzzle, setter=ctx.name)
        ctx.reply("Your word is set. Nobody else sees it until the round is over.")

    def _begin(self, ctx: Context, chosen: Settings) -> None:
        """Begins a round of `chosen` settings, at once or when its list has been read."""
        table: Table = ctx.state
        mode = modes(ctx).get(chosen.mode, COOP)
        if mode.rota:
            names = setters(ctx)
            if len(names) < 2:
                ctx.fail("To set words in turn takes two players at least.")
            self._appoint(ctx, table, Rota(chosen, "", 0.0), ctx.name if ctx.name in names else names[0])
            return
        name = chosen_name(self.words, chosen.words)
        work = partial(draw, self.words, name, chosen.level, table.pool(name), self.secrets.getrandbits(62))
        if not mode.from_list and wordlist(self.words, name) is not None:
            self._deal(ctx, mode, chosen, work())
            return

        def prepared() -> Drawn:
            drawn = work()
            if mode.from_list:
                self.shelves.fetch(drawn.puzzle)
            return drawn

        ctx.job(prepared, lambda ctx, drawn: self._deal(ctx, mode, chosen, drawn))

    def _deal(self, ctx: Context, mode: Mode, chosen: Settings, drawn: Drawn) -> None:
        """Begins a round with a word that was drawn, unless one has begun meanwhile."""
        table: Table = ctx.state
        if table.running is not None:
            ctx.fail("A round runs; /stop ends it.", "round_running")
        self._start(ctx, replace(table.with_pool(drawn.pool), rota=None), mode, chosen, drawn.puzzle)

    def _start(
        self,
        ctx: Context,
        table: Table,
        mode: Mode,
        chosen: Settings,
        puzzle: Puzzle,
        setter: str | None = None,
    ) -> None:
        number = table.number + 1
        here = seated(ctx)
        players = [name for name, is_here in here.items() if is_here]
        round = engine.begin(
            mode, number, puzzle, chosen, players, now=ctx.now, starter=ctx.name or None, setter=setter
        )
        round = engine.attend(round, mode, here, ctx.now)
        ctx.event(
            "round_began",
            round=number,
            mode=mode.name,
            wordlist=puzzle.wordlist,
            setter=setter,
            lives=chosen.lives,
            cells=puzzle.blank,
        )
        ctx.wake(None, SETTER)
        self._put(ctx, replace(table, number=number, round=None, ballot=Ballot()), round, mode)
