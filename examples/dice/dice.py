"""Dice for the table: `/roll [SIDES] [open|secret]`, and how often this room has rolled.

Play with it: hangman-net play --plugin examples/dice/dice.py
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from hangman_net import Context, Doc, Meta, Plugin, command


@dataclass(frozen=True)
class Rolls:
    """What lasts of a room: how many dice were rolled in it."""

    count: int = 0


class Dice(Plugin):
    """Dice for the table."""

    State = Rolls

    @command(summary="Roll a die", aliases=("dice",), cooldown=2.0)
    def roll(
        self,
        ctx: Context,
        sides: Annotated[int, Meta(ge=2, le=1000), Doc("SIDES", "from 2 to 1000")] = 6,
        how: Literal["open", "secret"] = "open",
    ) -> None:
        """Roll a die with SIDES sides; secret shows it to you alone."""
        ctx.state = replace(ctx.state, count=ctx.state.count + 1)
        text = f"{ctx.name} rolls {ctx.random.randint(1, sides)}"
        ctx.reply(text) if how == "secret" else ctx.say(text)

    @command(summary="How often was rolled here")
    def rolls(self, ctx: Context) -> None:
        """How many dice this room has seen, restarts of the server included."""
        ctx.reply(f"{ctx.state.count} dice were rolled in {ctx.room}.")
