"""What people have earned: `/score` in a room, `/stats` of one person, `/top` of the whole server.

It knows points and how rounds ended, which it hears of as events; it must not know words, boards or guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from hangman_net import AnyName, Context, Doc, Plugin, command

SHOWN = 10
"""Places that `/top` lists: one screen beside a board."""

Span: TypeAlias = Literal["all", "week"]


class Over(Struct, frozen=True):
    """What counts of a `round_over`: `winners` are those whose round it was, all of them among `players`.

    `points` and `letters` (cells that letters showed) are by name; a setter may have points without being a player.
    """

    counted: bool
    status: str
    points: dict[str, int]
    letters: dict[str, int]
    players: tuple[str, ...]
    winners: tuple[str, ...]


class Stats(Struct, frozen=True, omit_defaults=True):
    """What one person has earned anywhere on this server.

    `streak` is rounds won in a row until now, `best` the longest there was. `week` is the ISO week (`2026-W47`, UTC)
    in which `week_points` were earned: a week needs no cleaning up when it is over.
    """

    points: int = 0
    rounds: int = 0
    wins: int = 0
    letters: int = 0
    streak: int = 0
    best: int = 0
    week: str = ""
    week_points: int = 0

    def after(self, over: Over, name: str, week: str) -> Stats:
        """This record with a round added that counts and that `name` played or set."""
        points = over.points.get(name, 0)
        played, won = name in over.players, name in over.winners
        streak = self.streak + 1 if won else 0 if played else self.streak
        return Stats(
            points=self.points + points,
            rounds=self.rounds + played,
            wins=self.wins + won,
            letters=self.letters + over.letters.get(name, 0),
            streak=streak,
            best=max(self.best, streak),
            week=week,
            week_points=self.earned("week", week) + points,
        )

    def earned(self, span: Span, week: str) -> int:
        """The points of all time, or those of `week`."""
        if span == "all":
            return self.points
        return self.week_points if self.week == week else 0


class Scores(Plugin):
    """Points, statistics and rankings. Rounds that were stopped, or whose mode does not count, leave no trace."""

    PersonState = Stats
    hears = ("round_over",)

    def on_event(self, ctx: Context, kind: str, data: dict[str, Any]) -> None:
        over = msgspec.convert(data, Over)
        if not over.counted or over.status == "stopped":
            return
        week = week_of(ctx.today)
        for name in dict.fromkeys((*over.players, *over.points)):
            member = ctx.member(name)
            if member is not None and member.name == name and not member.puppet:  # who has left may be anybody by now
                stats: Stats = ctx.person_of(name)
                ctx.set_person(name, stats.after(over, name, week))

    @command(summary="Tell the points in this room")
    def score(self, ctx: Context) -> None:
        """The points that those who are here have earned in this room, the most first."""
        scored = sorted((m for m in ctx.members if m.score), key=lambda m: (-m.score, m.name))
        points = ", ".join(f"{m.name} {m.score}" for m in scored)
        ctx.reply(f"Points in {ctx.room}: {points}." if points else f"Nobody has points in {ctx.room} yet.")

    @command(summary="Tell how somebody has played")
    def stats(
        self, ctx: Context, name: Annotated[AnyName | None, Doc("NAME", "whose; yours unless you say")] = None
    ) -> None:
        """Rounds, wins, letters, points, and how many rounds were won in a row: yours, or those of NAME."""
        found = (ctx.name, ctx.person) if name is None else _find(ctx, name)
        if found is None:
            ctx.fail(f"Nobody called {(name or '')[:40]!r} is known here.")
        who, stats = found
        if not (stats.rounds or stats.points):
            ctx.reply(f"{who} has not finished a round that counts yet.")
            return
        week = stats.earned("week", week_of(ctx.today))
        ctx.reply(
            f"{who}: {_count(stats.rounds, 'round')}, {stats.wins} won; {_count(stats.letters, 'letter')} found; "
            f"{_count(stats.points, 'point')}, {week} this week; {stats.streak} won in a row, {stats.best} at best."
        )

    @command(summary="Tell who has the most points on this server")
    def top(
        self, ctx: Context, span: Annotated[Span, Doc("week|all", "the points of this week, or of all time")] = "all"
    ) -> None:
        """The ten with the most points in all rooms together, of all time or of this week, and your own place."""
        week = week_of(ctx.today)
        earned = [(stats.earned(span, week), who) for who, stats in ctx.everyone()]
        mine = ctx.person.earned(span, week)
        when = "this week" if span == "week" else "of all time"
        lines = list(ranking(earned, mine))
        ctx.reply("\n".join([f"The most points {when}:", *lines]) if lines else f"Nobody has points {when} yet.")


def week_of(moment: datetime) -> str:
    """The ISO week of a moment, such as `2026-W47`."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


def ranking(earned: Iterable[tuple[int, str]], mine: int) -> Iterator[str]:
    """The first places as lines, equal points sharing one, then the place of `mine` where it is not among them."""
    ranked = sorted((-points, who) for points, who in earned if points > 0)
    places = [-points for points, _ in ranked]
    for points, who in ranked[:SHOWN]:
        yield f"{places.index(-points) + 1:2}. {who} {-points}"
    if mine > 0 and places.index(mine) >= SHOWN:
        yield f"{places.index(mine) + 1:2}. you {mine}"


def _find(ctx: Context, name: str) -> tuple[str, Stats] | None:
    """Whoever has that name now, else of those who had it and are gone the one with the most points."""
    known = [(who, stats) for who, stats in ctx.everyone() if who.casefold() == name.casefold()]
    if (held := ctx.person_of(name)) is not None:
        return next((who for who, stats in known if stats is held), name), held
    return max(known, key=lambda one: one[1].points, default=None)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
