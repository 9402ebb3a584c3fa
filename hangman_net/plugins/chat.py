"""Talking, finding people and rooms, and finding one's way: `/help`, `/who`, `/me`, `/msg`, `/nick`, `/room`, `/q`.

It knows what people say to each other; it must not know the game.
"""

from __future__ import annotations

from typing import Annotated

from hangman_net import AnyName, Context, Doc, Plugin, Rest, RoomName, command


class ChatPlugin(Plugin):
    """The commands of any chat."""

    @command(summary="Leave", aliases=("quit", "exit"))
    def q(self, ctx: Context) -> None:
        """Leave: your seat and your name are free at once."""
        ctx.leave()

    @command(summary="List the commands, or explain one", aliases=("commands",))
    def help(
        self,
        ctx: Context,
        what: Annotated[Rest | None, Doc("COMMAND", "a command, or a topic such as rules")] = None,
    ) -> None:
        """Without COMMAND: every command you may use, a line each. With it: what it does, and how it is written."""
        if what is None:
            shown = ctx.commands.visible(ctx.rank)
            width = max(len(c.usage) for c in shown if len(c.usage) <= 32)
            lines = [f"{c.usage:<{width}}  {c.summary}" for c in shown]
            topics = ", ".join(f"/help {topic}" for topic in sorted(ctx.topics))
            ctx.reply("\n".join([*lines, f"More: /help COMMAND{', ' + topics if topics else ''}"]))
            return
        word = what.lower().removeprefix("/")
        if (topic := ctx.topics.get(word)) is not None:
            ctx.reply(topic)
            return
        found = ctx.commands.find(word)
        if found is None or found.rank > ctx.rank or found.hidden:
            ctx.fail(f"There is no command or topic {what[:40]!r}; /help lists them.", "unknown_command")
        names = f" (also {', '.join('/' + alias for alias in found.aliases)})" if found.aliases else ""
        notes = [f"{p.name if p.converter.choices else p.metavar}: {p.about}" for p in found.params]
        notes += [f"again after {c.seconds:g} s ({c.per})" for c in found.cooldowns]
        ctx.reply("\n".join([f"{found.usage}{names}", found.description, *notes]))

    @command(summary="Who is here")
    def who(self, ctx: Context) -> None:
        """Everybody in this room: who plays, who looks on, who is away, and the points."""
        lines = []
        for m in ctx.members:
            marks: list[str] = [m.role] if m.role != "member" else []
            marks += ["computer"] if m.puppet else []
            marks += [] if m.seated else ["looks on"]
            marks += [] if m.connected else ["away"]
            lines.append(f"{m.name}{' (' + ', '.join(marks) + ')' if marks else ''}: {m.score}")
        ctx.reply(f"In {ctx.room}: " + "; ".join(lines))

    @command(summary="Take another name")
    def nick(self, ctx: Context, name: Annotated[str, Doc("NAME", "the name you want")]) -> None:
        """Take another name: 1 to 20 letters, digits, _ or -, not one that looks like somebody else's."""
        ctx.rename(name)

    @command(summary="Say what you do", rate="chat")
    def me(self, ctx: Context, action: Annotated[Rest, Doc("ACTION", "such as: waves")]) -> None:
        """Say something of yourself in the third person."""
        ctx.chat(action, action=True)

    @command(summary="Talk to one person, in any room", aliases=("w",), rate="chat")
    def msg(self, ctx: Context, name: AnyName, text: Rest) -> None:
        """Talk to one person, whatever room they are in; nobody else reads it."""
        ctx.chat(text, to=name)

    @command(summary="List the rooms")
    def rooms(self, ctx: Context) -> None:
        """The rooms that are open to you, with how many are in them."""
        ctx.reply("Rooms: " + ", ".join(f"{name} ({here} of {n} here)" for name, (here, n) in ctx.room_sizes().items()))

    @command(summary="Go to another room, or make it", aliases=("join",))
    def room(
        self,
        ctx: Context,
        name: RoomName,
        word: Annotated[str | None, Doc("WORD", "the word that opens a private room")] = None,
    ) -> None:
        """Go to another room; one that is not there is made, and you own it."""
        ctx.move(name, word)

    @command(summary="Do not read somebody any more")
    def ignore(self, ctx: Context, name: AnyName) -> None:
        """Do not read what somebody says any more, whatever room they are in; they are not told."""
        ctx.ignore(name, True)
        ctx.reply(f"You do not read {name} any more; /unignore {name} ends that.")

    @command(summary="Read somebody again")
    def unignore(self, ctx: Context, name: AnyName) -> None:
        """Read again what somebody says."""
        ctx.ignore(name, False)
        ctx.reply(f"You read {name} again.")
