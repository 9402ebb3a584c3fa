"""Keeping order: `/kick`, `/mute`, `/lock`, `/invite`, `/votekick` for a room, `/ban`, `/say` for the server.

It knows who may send whom away; it must not know the game.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from msgspec import Struct

from hangman_net import AnyName, Ballot, Context, Doc, Duration, Player, Plugin, Rest, command


class Votes(Struct, frozen=True):
    """The running votes of a room: who is to go."""

    kick: Ballot = Ballot()


Reason = Annotated[Rest, Doc("REASON", "what people are told")]


class Moderation(Plugin):
    """What owners and hosts may do, and what a room may decide."""

    State = Votes

    def on_rename(self, ctx: Context, was: str) -> None:
        if ctx.state.kick.votes:
            ctx.state = Votes(ctx.state.kick.renamed(was, ctx.name))

    def on_leave(self, ctx: Context) -> None:
        if ctx.state.kick.votes:
            ctx.state = Votes(ctx.state.kick.without(ctx.name))

    @command(summary="Send somebody away", role="owner")
    def kick(self, ctx: Context, name: Player, reason: Reason = "") -> None:
        """Send somebody away; they may come back."""
        ctx.kick(name, ctx.said(reason))
        ctx.event("kick", name=name, reason=reason)

    @command(summary="Take somebody's voice", role="owner")
    def mute(self, ctx: Context, name: Player, duration: Duration = 600.0) -> None:
        """Nobody reads what they say for a time (ten minutes unless you say otherwise); they may still play."""
        ctx.mute(name, duration)
        ctx.event("mute", name=name, seconds=duration)
        ctx.say(f"{name} is muted for {_spell(duration)}.")

    @command(summary="Give somebody their voice back", role="owner")
    def unmute(self, ctx: Context, name: Player) -> None:
        """They are read again."""
        ctx.mute(name, None)
        ctx.event("unmute", name=name)
        ctx.say(f"{name} may talk again.")

    @command(summary="Let nobody new into this room, or let them in again", role="owner")
    def lock(self, ctx: Context, on: bool = True) -> None:
        """With `no` the room is open again."""
        ctx.lock(on)
        ctx.event("lock", on=on)
        ctx.say("This room is locked: nobody new may come in." if on else "This room is open again.")

    @command(summary="Make this room private, by a word", role="owner")
    def private(self, ctx: Context, word: Annotated[str, Doc("WORD|off", "who has the word may come in")]) -> None:
        """Only who has the word may come in: /room NAME WORD. `off` opens the room to all."""
        ctx.invite_word(None if word.lower() == "off" else word)
        ctx.event("private", on=word.lower() != "off")
        if word.lower() == "off":
            ctx.say("This room is open to everybody again.")
        else:
            ctx.say("This room is private now.")
            ctx.reply(f"It opens by /room {ctx.room} {word}")

    @command(summary="Ask somebody into this room")
    def invite(self, ctx: Context, name: Annotated[AnyName | None, Doc("NAME", "whom to ask")] = None) -> None:
        """Tell somebody in another room how to come here; without a name, see how it is done."""
        word = ctx.invite if ctx.invite and ctx.rank >= 1 else None  # who only looks on was told no word to give away
        how = f"/room {ctx.room}" + (f" {word}" if word else "")
        if name is None:
            end = f"/{quote(word, safe='')}" if word else ""
            ctx.reply(f"Who types {how} comes in." + "".join(f" Or by link: {link}{end}" for link in ctx.links))
        elif ctx.where(name) is None:
            ctx.fail(f"Nobody is called {name[:40]}.")
        else:
            if ctx.heard_by(name):  # who ignores them does not read this either, and they are not told
                ctx.tell(name, f"{ctx.name} asks you to come to {ctx.room}: {how}")
            ctx.reply(f"{name} was asked.")

    @command(summary="Vote somebody out", role="seated", acts="owner")
    def votekick(self, ctx: Context, name: Player) -> None:
        """Half of those who play, rounded up, send somebody away."""
        if name == ctx.name:
            ctx.fail("You may go by /q.")
        ballot = ctx.state.kick.cast(name, ctx.name)
        have, need = ballot.count(name, ctx.members)
        if have < need:
            ctx.state = Votes(ballot)
            ctx.say(f"{ctx.name} votes to send {name} away: {have} of {need} votes (/votekick {name}).")
            return
        ctx.event("votekick", name=name, votes=have)
        ctx.kick(name, "voted out")

    @command(summary="Keep somebody out of this server", role="host")
    def ban(
        self,
        ctx: Context,
        who: Annotated[AnyName, Doc("NAME|ADDRESS", "a player, or an address")],
        duration: Annotated[Duration | None, Doc("DURATION", "such as 30m, 2h, 7d; for good without it")] = None,
        reason: Reason = "",
    ) -> None:
        """Keep a name, its seat and its address out, for a time or for good (a local address only by itself)."""
        ctx.ban(who, duration, ctx.said(reason))
        ctx.event("ban", name=who, seconds=duration, reason=reason)
        ctx.reply(f"{who} is banned " + ("for good." if duration is None else f"for {_spell(duration)}."))

    @command(summary="Let somebody in again", role="host")
    def unban(self, ctx: Context, who: Annotated[AnyName, Doc("NAME|ADDRESS", "as it was banned")]) -> None:
        """End a ban."""
        ctx.unban(who)
        ctx.event("unban", name=who)
        ctx.reply(f"{who} may come in again.")

    @command(summary="Tell everybody on this server", role="host")
    def say(self, ctx: Context, text: Rest) -> None:
        """Tell everybody, in every room."""
        ctx.event("say", text=text)
        ctx.announce(f"The host says: {ctx.said(text)}")


def _spell(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
