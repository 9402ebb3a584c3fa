"""What a plugin that goes wrong costs: its sender one `internal`, and nobody else anything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import pytest

from hangman_net import Board, Context, Converter, Plugin, Viewer, command
from hangman_net.messages import Chat, Notice
from hangman_net.testing import Player, Table


@dataclass(frozen=True)
class Kept:
    count: int = 0
    anything: Any = None


def boom(*_: object) -> Any:
    raise RuntimeError("a bug")


def leave(*_: object) -> Any:
    sys.exit(3)


def interrupt(*_: object) -> Any:
    raise KeyboardInterrupt


def sulk(ctx: Context) -> None:
    if ctx.name == "eve":
        boom()


def odd_board(_: Viewer) -> Any:
    return Board(art=3, cells=("a",))


BUGS: dict[str, Callable[[Any], object]] = {
    "raise": boom,
    "exit": leave,
    "interrupt": interrupt,
    "no-text": lambda ctx: ctx.reply(3),
    "bytes": lambda ctx: ctx.say(b"x"),
    "no-tell": lambda ctx: ctx.tell("bob", None),
    "no-fail": lambda ctx: ctx.fail(3),
    "no-code": lambda ctx: ctx.fail("x", "oh"),
    "no-warn": lambda ctx: ctx.warn("x", "oh"),
    "no-board": lambda ctx: ctx.show(lambda viewer: None),
    "odd-board": lambda ctx: ctx.show(odd_board),
    "odd-board-to": lambda ctx: ctx.show(odd_board, to="bob"),
    "big-board": lambda ctx: ctx.show(lambda viewer: Board(art="x" * 70_000)),
    "view": lambda ctx: ctx.show(boom),
    "no-json": lambda ctx: setattr(ctx, "state", replace(ctx.state, anything=object())),
    "surrogate": lambda ctx: setattr(ctx, "state", replace(ctx.state, anything="\ud800")),
    "no-record": lambda ctx: setattr(ctx, "state", 3),
    "no-event": lambda ctx: ctx.event("x", what=object()),
    "no-kind": lambda ctx: ctx.event(3),
    "no-points": lambda ctx: ctx.award("bob", 1.5),
    "never": lambda ctx: ctx.wake(float("inf")),
    "no-key": lambda ctx: ctx.wake(1, 3),
    "two-jobs": lambda ctx: (ctx.job(int, boom), ctx.job(int, boom)),
    "not-covered": lambda ctx: ctx.kick("bob"),
}


class Bugs(Plugin):
    """Every bug there is; `wrong` says which hook goes wrong, and how."""

    State = Kept
    wrong: dict[str, Callable[..., Any]] = {}

    def setup(self, services: Any) -> None:
        self.wrong = {}

    def _hook(self, name: str, *args: Any) -> Any:
        return self.wrong.get(name, lambda *_: None)(*args)

    @command(summary="Go wrong", check=sulk)
    def bug(self, ctx: Context, which: str) -> None:
        ctx.say("never seen")
        ctx.state = replace(ctx.state, count=ctx.state.count + 1)
        BUGS[which](ctx)

    @command(summary="Take a word that cannot be taken")
    def convert(self, ctx: Context, word: Annotated[str, Converter("odd", "a word", leave, boom)]) -> None: ...

    @command(summary="Work")
    def work(self, ctx: Context, how: str) -> None:
        bad = {"raise": boom, "exit": leave}[how.removeprefix("then-")]
        if how.startswith("then-"):
            ctx.job(int, lambda ctx, result: (ctx.say("never seen"), bad()))
        else:
            ctx.job(bad, lambda ctx, result: ctx.say("never seen"))

    @command(summary="Work with a context that is over")
    def late(self, ctx: Context, how: str) -> None:
        work = {"say": lambda: ctx.say("never seen"), "keep": lambda: setattr(ctx, "state", Kept(7))}[how]
        ctx.job(work, lambda ctx, result: None)

    @command(summary="Say it")
    def echo(self, ctx: Context, what: str) -> None:
        ctx.say({"long": "é" * 100_000, "escapes": "a\x1b[2Jb\nc\ud800d"}[what])

    @command(summary="Wake")
    def wakeme(self, ctx: Context) -> None:
        ctx.wake(5)

    @command(summary="Change")
    def change(self, ctx: Context) -> None:
        ctx.when_applied(boom)
        ctx.say("changed")

    def playing(self, state: Kept) -> bool:
        return bool(self._hook("playing", state))

    def on_join(self, ctx: Context) -> None:
        self._hook("on_join", ctx)

    def on_leave(self, ctx: Context) -> None:
        self._hook("on_leave", ctx)

    def on_away(self, ctx: Context) -> None:
        self._hook("on_away", ctx)

    def on_tick(self, ctx: Context, key: str) -> None:
        self._hook("on_tick", ctx)

    def on_event(self, ctx: Context, kind: str, data: dict[str, Any]) -> None:
        self._hook("on_event", ctx)

    def on_text(self, ctx: Context, text: str) -> str | None:
        return self._hook("on_text", ctx, text)

    def on_chat(self, ctx: Context, text: str) -> str | None:
        return self._hook("on_chat", ctx, text)


@pytest.fixture
def wrong(table: Table) -> dict[str, Callable[..., Any]]:
    """Which hooks go wrong, and how; the table is the fixture's, with `Bugs` loaded."""
    bugs = table.hub.crew.plugins["test_isolation"].instance
    assert isinstance(bugs, Bugs)
    return bugs.wrong


def texts(player: Player) -> list[str]:
    return [m.text for m in player.saw if isinstance(m, (Notice, Chat))]


@pytest.mark.parametrize("which", BUGS)
def test_a_bug_costs_its_sender_one_line_and_nobody_else_anything(table: Table, which: str, caplog: Any) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/who")
    told = ann.types(f"/bug {which}", id=1)
    assert [m.type for m in told] == ["error", "ack"] and ann.error == "internal"
    assert "plugin test_isolation: /bug raised" in caplog.text
    assert table.state("test_isolation") == Kept()
    assert texts(bob) == ["In lobby: ann: 0; bob: 0"]
    bob.types("still here")
    assert texts(ann)[-1:] == ["still here"]


@pytest.mark.parametrize(
    ("line", "who"), [("/bug raise", "eve"), ("/convert x", "ann"), ("/work raise", "ann"), ("/work exit", "ann")]
)
def test_predicates_converters_and_jobs_are_no_exception(table: Table, line: str, who: str, caplog: Any) -> None:
    player = table.player(who)
    told = player.types(line, id=1)
    assert [m.type for m in told] == ["error", "ack"] and player.error == "internal"
    assert "plugin test_isolation" in caplog.text


@pytest.mark.parametrize("how", ["then-raise", "then-exit"])
def test_the_second_step_of_a_job_says_nothing_when_it_raises(table: Table, how: str, caplog: Any) -> None:
    assert [m.type for m in table.ann.types(f"/work {how}", id=1)] == ["error", "ack"]
    assert "the second step of a job raised" in caplog.text


def test_the_job_of_a_hook_speaks_for_whom_and_where_it_was_asked_for(
    table: Table, wrong: dict[str, Callable[..., Any]]
) -> None:
    bob = table.bob
    wrong["on_join"] = lambda ctx: ctx.job(int, lambda ctx, result: ctx.say(f"{ctx.name} is in {ctx.room}"))
    assert "ann is in lobby" in texts(table.ann) and "ann is in lobby" in texts(bob)
    bob.types("/who")
    table.ann.types("/room den")
    assert "ann is in den" in texts(table.ann) and len(texts(bob)) == 1


def test_a_job_keeps_nothing_of_a_room_that_has_ended(table: Table, wrong: dict[str, Callable[..., Any]]) -> None:
    table.ann.types("/room den")
    wrong["on_leave"] = lambda ctx: ctx.job(int, lambda ctx, result: setattr(ctx, "state", Kept(7)))
    table.ann.types("/room lobby")
    assert not [key for key in table.records if "den" in key]
    table.bob.types("/room den")
    table.ann.types("/room den")
    table.ann.types("/room lobby")
    assert table.state("test_isolation", "den") == Kept(7)


@pytest.mark.parametrize("how", ["say", "keep"])
def test_a_job_that_speaks_through_the_first_context_is_told_that_it_is_over(
    table: Table, how: str, caplog: Any
) -> None:
    assert [m.type for m in table.ann.types(f"/late {how}", id=1)] == ["error", "ack"]
    assert "this call is over" in caplog.text
    assert table.state("test_isolation") == Kept()


def test_completion_that_raises_offers_nothing(table: Table, caplog: Any) -> None:
    assert table.ann.completes("/convert a") == []
    assert "plugin test_isolation: completion of /convert raised" in caplog.text


def test_what_is_said_fits_a_message_and_every_terminal(table: Table) -> None:
    table.ann.types("/echo long")
    assert [len(text) for text in texts(table.ann)] == [16_000]
    table.ann.types("/echo escapes")
    assert texts(table.ann) == ["a[2Jb\ncd"]


def test_a_change_that_raises_when_the_step_counts_spoils_no_step(table: Table, caplog: Any) -> None:
    table.ann.types("/change", id=1)
    assert texts(table.ann) == ["changed"]
    assert table.ann.saw[-1].type == "ack"
    assert "plugin test_isolation: what it does when a step counts raised" in caplog.text


@pytest.mark.parametrize("bug", [boom, leave, lambda ctx, text: 3])
@pytest.mark.parametrize("hook", ["on_chat", "on_text"])
def test_a_hook_that_spoils_lines_is_switched_off(
    table: Table, wrong: dict[str, Callable[..., Any]], hook: str, bug: Callable[..., Any], caplog: Any
) -> None:
    ann = table.ann
    wrong[hook] = bug
    for _ in range(3):
        ann.types("hello")
        assert ann.error == "internal"
    ann.types("hello")
    assert texts(ann) == ["hello"]
    assert f"{hook} switched off" in table.host.types("/plugins")[0].text
    assert "/me is switched off" not in str(ann.types("/me waves"))


def test_a_filter_that_leaves_nothing_withholds(table: Table, wrong: dict[str, Callable[..., Any]]) -> None:
    wrong["on_chat"] = lambda ctx, text: "\x07"
    table.ann.types("hello")
    assert table.ann.error == "forbidden"


def test_a_line_may_be_claimed_without_its_slash(table: Table, wrong: dict[str, Callable[..., Any]]) -> None:
    wrong["on_text"] = lambda ctx, text: "who"
    table.ann.types("hello")
    assert texts(table.ann) == ["In lobby: ann: 0"]


@pytest.mark.parametrize("bug", [boom, leave, lambda ctx: ctx.fail("no"), lambda ctx: ctx.seat(ctx.name)])
@pytest.mark.parametrize("hook", ["on_join", "on_away", "on_event"])
def test_people_come_play_and_go_whatever_a_hook_does(
    table: Table, wrong: dict[str, Callable[..., Any]], hook: str, bug: Callable[..., Any], caplog: Any
) -> None:
    wrong[hook] = bug
    ann, bob = table.ann, table.bob
    bob.drops()
    bob = bob.comes_back()
    ann.types("/secret banana")
    bob.types("/guess b")
    assert bob.error is None and bob.board is not None and bob.board.cells[0] == "b"


class Choosy(Plugin):
    """Hears of two kinds of events only."""

    hears = ("guess", "round_over")

    def setup(self, services: Any) -> None:
        self.heard: list[str] = []

    def on_event(self, ctx: Context, kind: str, data: dict[str, Any]) -> None:
        self.heard.append(kind)


def test_a_plugin_may_say_of_what_it_wants_to_hear() -> None:
    table = Table(Choosy)
    table.ann.types("/secret banana")
    for what in ("b", "banana"):
        table.bob.types(f"/guess {what}")
    choosy = next(p.instance for p in table.hub.crew.plugins.values() if isinstance(p.instance, Choosy))
    assert choosy.heard == ["guess", "guess", "round_over"]


def test_playing_that_raises_is_no_round(table: Table, wrong: dict[str, Callable[..., Any]], caplog: Any) -> None:
    wrong["playing"] = boom
    table.ann.types("/bug raise")
    table.ann.types("/secret banana")
    assert table.ann.error is None
    assert table.bob.types("/guess b") and table.bob.error is None


@pytest.mark.parametrize("bug", [boom, leave, lambda ctx: ctx.seat("ann"), lambda ctx: ctx.enter("ann")])
def test_a_wake_that_goes_wrong_takes_no_other_with_it(
    table: Table, wrong: dict[str, Callable[..., Any]], bug: Callable[..., Any], caplog: Any
) -> None:
    wrong["on_tick"] = bug
    table.ann.types("/wakeme")
    table.ann.types("/who")
    table.passes(6)
    assert texts(table.ann) == ["In lobby: ann: 0"]
    assert "plugin test_isolation: on_tick" in caplog.text or "a hook wished to" in caplog.text
