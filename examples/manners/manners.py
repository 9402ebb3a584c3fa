"""A filter for what people say: bad words become stars, and who goes on is not heard for a minute.

`/badwords add WORD` and `/badwords remove WORD` are for the host. Play with it:
hangman-net serve --plugin examples/manners/manners.py
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Struct

from hangman_net import Context, Doc, Plugin, command

PATIENCE = 3
QUIET = 60.0


class BadWords(Struct, frozen=True):
    """For the whole server: the words that nobody is to read."""

    words: tuple[str, ...] = ("darn", "heck")


class Record(Struct, frozen=True):
    """For a person: how often they were starred, and until when they are not heard."""

    slips: int = 0
    quiet_until: float = 0.0


class Manners(Plugin):
    """Chat, `/me`, `/msg` and names all pass `on_chat`."""

    ServerState = BadWords
    PersonState = Record

    def on_chat(self, ctx: Context, text: str) -> str | None:
        record: Record = ctx.person
        if record.quiet_until > ctx.now:
            ctx.fail(f"You are not heard for {record.quiet_until - ctx.now:.0f} s.", "forbidden")
        words = "|".join(map(re.escape, ctx.server.words))
        cleaned = re.sub(rf"\b({words})\b", lambda bad: "*" * len(bad[0]), text, flags=re.IGNORECASE) if words else text
        if cleaned == text:
            return None
        slips = record.slips + 1
        ctx.person = Record(slips % PATIENCE, ctx.now + QUIET if slips == PATIENCE else 0.0)
        return cleaned

    @command(summary="Change the words nobody is to read", role="host")
    def badwords(
        self, ctx: Context, what: Literal["list", "add", "remove"] = "list", word: Annotated[str, Doc("WORD")] = ""
    ) -> None:
        """List the words, add one, or remove one."""
        words = ctx.server.words
        if what == "add" and word:
            ctx.server = BadWords((*words, word.lower()))
        elif what == "remove":
            ctx.server = BadWords(tuple(w for w in words if w != word.lower()))
        ctx.reply("Nobody is to read: " + (", ".join(ctx.server.words) or "nothing"))
