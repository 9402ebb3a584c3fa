"""A word duel, which is not hangman: `/duel BOB` gives two people one jumbled word, and the first to type it wins.

Play with it: hangman-net play --plugin examples/duel/duel.py
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from hangman_net import Board, Context, Player, Plugin, Services, command

SECONDS = 60.0


class Duel(Struct, frozen=True):
    """A room's duel; without a word there is none."""

    word: str = ""
    jumbled: str = ""
    players: tuple[str, ...] = ()
    number: int = 0


class WordDuel(Plugin):
    """Another game over the same seam: its own record, its own board, its own end."""

    State = Duel

    def setup(self, services: Services) -> None:
        self.words, self.secrets = services.words, services.secrets

    def playing(self, state: Duel) -> bool:
        return bool(state.word)

    @command(summary="Challenge somebody to a word duel", role="seated", phase="idle")
    def duel(self, ctx: Context, rival: Player) -> None:
        """One word, its letters mixed: whoever types it first wins. It takes a minute at most."""
        if rival == ctx.name:
            ctx.fail("A duel takes two.")
        name = ctx.name
        ctx.job(lambda: self.words.load(self.words.default), lambda ctx, found: self._begin(ctx, found, name, rival))

    def _begin(self, ctx: Context, found: Any, name: str, rival: str) -> None:
        word = self.secrets.choice([w.text for w in found.words if w.text.isalpha() and len(w.text) > 4])
        jumbled = "".join(ctx.random.sample(word, len(word)))
        ctx.state = Duel(word, jumbled, (name, rival), ctx.state.number + 1)
        ctx.wake(SECONDS, "over")
        ctx.say(f"{name} challenges {rival}: which word is {jumbled}?")
        self._show(ctx)

    def on_text(self, ctx: Context, text: str) -> str | None:
        return f"/answer {text}" if ctx.name in ctx.state.players and text.isalpha() else None

    @command(summary="Answer in a duel", phase="playing", hidden=True, rate="guess")
    def answer(self, ctx: Context, word: str) -> None:
        if ctx.name not in ctx.state.players:
            ctx.fail("You are in no duel here.")
        if word.lower() == ctx.state.word.lower():
            ctx.award(ctx.name, 5)
            self._end(ctx, f"{ctx.name} has it")
        else:
            ctx.reply(f"{word} is not it.")

    def on_tick(self, ctx: Context, key: str) -> None:
        self._end(ctx, "Nobody had it")

    def _end(self, ctx: Context, how: str) -> None:
        ctx.say(f"{how}: the word was {ctx.state.word}.")
        ctx.wake(None, "over")
        ctx.state = Duel(number=ctx.state.number)
        self._show(ctx)

    def _show(self, ctx: Context) -> None:
        duel: Duel = ctx.state
        caption = f"Duel: {duel.jumbled or 'over'}"
        board = Board(round=duel.number, status="playing" if duel.word else "idle", mode="duel", caption=caption)
        ctx.show(lambda viewer: board, apart=())
