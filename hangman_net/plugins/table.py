"""Sitting down and looking on: `/play` and `/spectate`.

It knows seats; it must not know what is played.
"""

from __future__ import annotations

from hangman_net import Context, Plugin, command


class Table(Plugin):
    """Who plays and who looks on."""

    @command(summary="Sit down and play", aliases=("sit",))
    def play(self, ctx: Context) -> None:
        """Take a seat, if one is free."""
        ctx.seat()

    @command(summary="Only look on", aliases=("watch",))
    def spectate(self, ctx: Context) -> None:
        """Look on: you see what those who guess see, you may talk, and you count in nothing."""
        ctx.unseat()
