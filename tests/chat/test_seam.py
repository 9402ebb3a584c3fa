"""The seam: preconditions, records, jobs, wakes, hooks, and what a plugin that goes wrong costs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hangman_net import Context, Cooldown, Member, Plugin, Refusal, Viewer, command
from hangman_net.chat.errors import PluginError
from hangman_net.chat.plugin import LoadedPlugin
from hangman_net.messages import Ack, Board, Commands, Error, MemberChange, Notice
from hangman_net.testing import Table


@dataclass(frozen=True)
class Count:
    count: int = 0


@dataclass(frozen=True)
class Purse:
    coins: int = 3


def only_with_coins(ctx: Context) -> None:
    if not ctx.person.coins:
        ctx.fail("You have no coins.")


class Probe(Plugin):
    """One command for each thing a context can do."""

    State = Count
    PersonState = Purse
    ServerState = Count

    def setup(self, services: Any) -> None:
        self.heard: list[Any] = []

    def playing(self, state: Count) -> bool:
        return state.count == 42

    def on_event(self, ctx: Context, kind: str, data: dict[str, Any]) -> None:
        if kind == "bump":
            ctx.server = Count(ctx.server.count + data["by"])

    def on_tick(self, ctx: Context, key: str) -> None:
        ctx.say(f"tick {key} at {ctx.now:g}")

    def on_chat(self, ctx: Context, text: str) -> str | None:
        if "swear" in text:
            ctx.fail("Not here.", "forbidden")
        return text.replace("darn", "d--n") if "darn" in text else None

    def on_rename(self, ctx: Context, was: str) -> None:
        ctx.say(f"{was} is {ctx.name}")

    @command(summary="Count", phase="idle")
    def bump(self, ctx: Context, by: int = 1) -> None:
        ctx.state = replace(ctx.state, count=ctx.state.count + by)
        ctx.person = Purse(ctx.person.coins - 1)
        ctx.event("bump", by=by)
        ctx.say(f"{ctx.state.count} {ctx.person.coins} {ctx.server.count}")

    @command(summary="Only in a round", phase="playing")
    def inround(self, ctx: Context) -> None:
        ctx.state = Count()

    @command(summary="Fail late")
    def faillate(self, ctx: Context) -> None:
        ctx.state = Count(7)
        ctx.say("never said")
        ctx.award(ctx.name, 5)
        ctx.fail("No.")

    @command(summary="Raise", cooldown=30)
    def crash(self, ctx: Context, really: bool = True) -> None:
        ctx.state = Count(7)
        ctx.say("never said")
        if really:
            raise RuntimeError("bug")

    @command(summary="Pay", check=only_with_coins, cooldown=[2.0 and Cooldown(2.0), Cooldown(10, per="room")])
    def pay(self, ctx: Context) -> None:
        ctx.reply("paid")

    @command(summary="For owners", role="owner")
    def own(self, ctx: Context) -> None:
        ctx.reply("yes")

    @command(summary="Not listed", hidden=True)
    def secretly(self, ctx: Context) -> None:
        ctx.kick(ctx.name)

    @command(summary="Work", one_at_a_time=True)
    def work(self, ctx: Context, wrong: bool = False) -> None:
        ctx.reply("begun")
        name = ctx.name

        def work() -> str:
            if wrong:
                raise Refusal("The work went wrong.")
            return name.upper()

        ctx.job(work, lambda ctx, result: ctx.say(f"done by {result}"))

    @command(summary="Look up", cooldown=(Cooldown(3), Cooldown(2, per="room")))
    def look(self, ctx: Context, word: str) -> None:
        def then(ctx: Context, found: str) -> None:
            if found == "nothing":
                ctx.fail("There is nothing.")
            ctx.reply(found)

        ctx.job(word.lower, then)

    @command(summary="Wake")
    def wakeme(self, ctx: Context, seconds: float, key: str = "") -> None:
        ctx.wake(seconds if seconds >= 0 else None, key)

    @command(summary="Show")
    def show(self, ctx: Context) -> None:
        def view(viewer: Viewer) -> Board:
            return Board(caption=viewer.name or "everybody")

        ctx.show(view)
        ctx.show(view, apart=["bob"])
        ctx.show(view, to="cyd")

    @command(summary="Edit in place")
    def edit(self, ctx: Context) -> None:
        ctx.state = Purse()

    @command(summary="Tell")
    def telling(self, ctx: Context, name: str) -> None:
        ctx.reply(str(ctx.tell(name, "psst")))


@pytest.fixture
def table() -> Table:
    """A table with the probe alone: the other plugins here are there to be refused."""
    made = Table()
    made.load(Probe)
    return made


def texts(messages: list[Any]) -> list[str]:
    return [m.text for m in messages if hasattr(m, "text")]


def test_records_are_replaced_and_last(table: Table) -> None:
    assert texts(table.ann.types("/bump")) == ["1 2 1"]
    assert texts(table.bob.types("/bump by=2")) == ["3 2 3"]
    assert table.records["room/lobby/test_seam"] == b'{"count":3}'
    assert table.records[f"person/{table.ann.seat.id}/test_seam"] == b'{"coins":2}'
    assert table.records["server/test_seam"] == b'{"count":3}'
    assert [(e.kind, e.who, e.data) for e in table.events] == [
        ("bump", "ann", b'{"by":1}'),
        ("bump", "bob", b'{"by":2}'),
    ]
    table.restarts()
    ann = table.ann.comes_back()
    assert texts(ann.types("/bump")) == ["4 1 4"]


def test_a_record_that_no_longer_fits_is_set_aside(table: Table) -> None:
    table.ann.types("/bump")
    table.records["room/lobby/test_seam"] = b'{"count":"many"}'
    table.restarts()
    assert table.state("test_seam") == Count()
    assert table.records["aside/room/lobby/test_seam"] == b'{"count":"many"}'
    assert "room/lobby/test_seam" not in table.records
    table.ann.comes_back().types("/bump")
    table.records["room/lobby/test_seam"] = b'{"count":null}'
    table.restarts()
    assert table.records["aside/room/lobby/test_seam"] == b'{"count":"many"}'
    assert table.records["aside/room/lobby/test_seam+"] == b'{"count":null}'


def test_records_of_a_plugin_that_is_not_loaded_stay_untouched(table: Table) -> None:
    table.records |= {"room/lobby/gone": b"{}", "person/x/gone": b"1", "server/gone": b"2"}
    kept = dict(table.records)
    table.restarts()
    assert table.records == kept
    assert set(table.hub.unread) == {"room/lobby/gone", "person/x/gone", "server/gone"}


@pytest.mark.parametrize("line", ["/faillate", "/crash", "/edit"])
def test_what_is_refused_or_raises_says_and_changes_nothing(table: Table, line: str, caplog: Any) -> None:
    bob = table.bob
    bob.types("/who")
    told = table.ann.types(line, id=3)
    assert [m.type for m in told] == ["error", "ack"]
    assert told[-1] == Ack(3, False)
    assert table.state("test_seam") == Count()
    assert not [m for m in bob.saw if isinstance(m, Notice) and "never" in m.text]
    if line != "/faillate":
        assert told[0].code == "internal"
        assert "plugin test_seam" in caplog.text


def test_three_errors_in_a_row_switch_a_command_off(table: Table, caplog: Any) -> None:
    for _ in range(3):
        assert "went wrong" in table.ann.types("/crash")[0].text
    off = table.ann.types("/crash no")[0]
    assert off.code == "internal" and "switched off" in off.text
    assert "switched off" in table.host.types("/plugins")[0].text
    table.host.types("/reload test_seam")
    assert texts(table.ann.types("/crash no")) == ["never said"]


def test_a_cooldown_starts_only_when_the_line_was_carried_out(table: Table, caplog: Any) -> None:
    assert table.ann.types("/crash")[0].code == "internal"
    assert texts(table.ann.types("/crash no")) == ["never said"]
    again = table.ann.types("/crash no")[0]
    assert (again.code, again.text) == ("rate_limited", "/crash again in 30 s.")
    assert texts(table.bob.types("/crash no")) == ["never said"]
    table.passes(30)
    assert texts(table.ann.types("/crash no")) == ["never said"]


def test_a_job_that_refuses_its_line_takes_the_cooldown_back(table: Table) -> None:
    assert texts(table.ann.types("/look nothing")) == ["There is nothing."]
    assert texts(table.bob.types("/look it")) == ["it"]
    assert table.ann.types("/look it")[0].text == "/look again in 2 s."
    table.passes(2)
    assert texts(table.ann.types("/look it")) == ["it"]
    table.passes(2)
    assert table.ann.types("/look it")[0].text == "/look again in 1 s."


def test_cooldowns_of_person_and_room_and_a_predicate_of_ones_own(table: Table) -> None:
    assert texts(table.ann.types("/pay")) == ["paid"]
    assert table.bob.types("/pay")[0].text == "/pay again in 10 s."
    table.passes(10)
    assert texts(table.bob.types("/pay")) == ["paid"]
    for _ in range(3):
        table.cyd.types("/bump")
    table.passes(20)
    assert table.cyd.types("/pay")[0].text == "You have no coins."


def test_roles_and_phases_are_checked_before_the_arguments(table: Table) -> None:
    assert table.ann.types("/own too many words")[0].code == "forbidden"
    assert texts(table.host.types("/own")) == ["yes"]
    assert table.ann.types("/inround x")[0].code == "no_round"
    assert table.ann.types("/bump 42") and table.ann.types("/bump x")[0].code == "round_running"
    assert table.ann.types("/inround")[:1] == []
    assert table.ann.types("/bump x")[0].code == "usage"


def test_what_a_role_may_not_is_in_neither_help_nor_catalogue_nor_completion(table: Table) -> None:
    names = {c.name for c in table.ann.saw[0].commands}
    assert "bump" in names and not names & {"own", "secretly", "kick"}
    assert "/own" not in table.ann.types("/help")[0].text
    assert table.ann.types("/help own")[0].code == "unknown_command"
    assert table.ann.types("/help secretly")[0].code == "unknown_command"
    assert table.ann.completes("/ow") == []
    assert table.host.completes("/ow") == ["/own"]
    assert "/bump" in table.ann.completes("/b")
    table.ann.types("/bump 42")
    assert "/bump" not in table.ann.completes("/b")
    assert "/inround" in table.ann.completes("/in")


def test_a_verb_that_the_role_does_not_cover_is_refused(table: Table, caplog: Any) -> None:
    assert table.ann.types("/secretly")[0].code == "internal"
    assert "PermissionError" in caplog.text
    assert table.ann.bye is None


def test_a_job_answers_in_a_second_step_and_the_ack_waits(table: Table) -> None:
    told = table.ann.types("/work", id=1)
    assert texts(told) == ["begun", "done by ANN"]
    assert told[-1] == Ack(1, True)
    told = table.ann.types("/work yes", id=2)
    assert [m.type for m in told] == ["notice", "error", "ack"]
    assert told[1].text == "The work went wrong."
    assert told[-1] == Ack(2, False)


def test_wakes_come_in_their_order_are_put_off_and_called_off_and_last(table: Table) -> None:
    ann = table.ann
    ann.types("/wakeme 5 a")
    ann.types("/wakeme 3 b")
    ann.types("/wakeme 4 c")
    ann.types("/wakeme 20 a")
    ann.types("/wakeme -1 b")
    table.passes(10)
    assert texts(ann.saw) == ["tick c at 4"]
    table.restarts()
    ann = ann.comes_back()
    table.passes(9)
    assert "tick a at 20" not in texts(ann.saw)
    table.passes(2)
    assert texts(ann.saw)[-1] == "tick a at 20"
    assert "wake/lobby/test_seam" not in table.records


def test_a_board_is_made_once_for_each_kind_of_viewer(table: Table) -> None:
    ann, bob, cyd = table.ann, table.bob, table.cyd
    cyd.types("/spectate")
    bob.types("/who")
    ann.types("/show")
    assert [b.caption for b in ann.seen(Board)] == ["ann", "everybody"]
    assert [b.caption for b in bob.seen(Board)] == ["bob", "bob"]
    assert [b.caption for b in cyd.seen(Board)] == ["everybody", "everybody", "cyd"]


def test_chat_actions_private_lines_and_names_pass_the_filter(table: Table) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/who")
    assert texts(ann.types("darn it")) == ["d--n it"]
    assert texts(bob.saw)[-1] == "d--n it"
    for line in ("swear", "/me swears", "/msg bob swear", "/nick swear"):
        refusal = ann.types(line)[0]
        assert isinstance(refusal, Error) and refusal.code == "forbidden"
    assert ann.name == "ann"
    assert "ann is annika" in texts(ann.types("/nick annika"))


def test_tell_reaches_any_room(table: Table) -> None:
    table.bob.types("/room den")
    assert texts(table.ann.types("/telling BOB")) == ["True"]
    assert texts(table.bob.saw)[-1] == "psst"
    assert texts(table.ann.types("/telling nobody")) == ["False"]


def test_an_unknown_command_is_answered_with_the_nearest_name(table: Table) -> None:
    answer = table.ann.types("/gess e")[0]
    assert answer.code == "unknown_command" and "/guess" in answer.text
    assert table.ann.types("/")[0].code == "unknown_command"
    assert table.ann.types("/BUMP")[0].text == "1 2 1"


# --- loading and reloading --------------------------------------------------------------------------------------


class NotFrozen(Plugin):
    @dataclass
    class State:
        x: int = 0


class NeedsArguments(Plugin):
    @dataclass(frozen=True)
    class State:
        x: int


class NotJson(Plugin):
    @dataclass(frozen=True)
    class State:
        x: object = object()


class Changes(Plugin):
    @dataclass(frozen=True)
    class State:
        x: Any = (1, 2)


class NoSummary(Plugin):
    @command(summary=" ")
    def x(self, ctx: Context) -> None: ...


class BadAlias(Plugin):
    @command(summary="x", aliases=["a b"])
    def x(self, ctx: Context) -> None: ...


class BadSetup(Plugin):
    def setup(self, services: Any) -> None:
        raise OSError("no disk")


@pytest.mark.parametrize("cls", [NotFrozen, NeedsArguments, NotJson, Changes, NoSummary, BadAlias, BadSetup])
def test_a_bad_plugin_is_refused_when_it_is_loaded(
    loaded: Callable[[type[Plugin]], LoadedPlugin], cls: type[Plugin]
) -> None:
    with pytest.raises(PluginError, match="plugin mine"):
        loaded(cls)


def handler(self: Any, ctx: Context) -> None: ...


async def later(self: Any, ctx: Context) -> None: ...


@command(summary="x")
async def slow(self: Any, ctx: Context) -> None: ...


@command(summary="x")
def bit_by_bit(self: Any, ctx: Context) -> Any:
    yield


def marked(**options: Any) -> Any:
    """A handler of its own with these options."""

    def x(self: Any, ctx: Context) -> None: ...

    return command(**{"summary": "x", **options})(x)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"x": slow}, "/slow: a plain def"),
        ({"x": bit_by_bit}, "/bit-by-bit: a plain def"),
        ({"on_join": later}, "on_join: a plain def"),
        ({"on_tick": handler}, r"on_tick is called with \(ctx, key\)"),
        ({"setup": lambda self: None}, r"setup is called with \(services\)"),
        ({"on_joined": handler}, "nothing calls on_joined; did you mean on_join?"),
        ({"offers": 3}, "offers is a tuple"),
        ({"hears": "bump"}, "hears is a tuple"),
        ({"topics": "rules"}, "topics a mapping"),
        ({"x": marked(summary=3)}, "needs a summary"),
        ({"x": marked(role="god")}, "role is one of member, seated, owner, host, not 'god'"),
        ({"x": marked(acts="god")}, "acts is one of"),
        ({"x": marked(phase="night")}, "phase is one of any, idle, playing"),
        ({"x": marked(rate="fast")}, "rate is one of"),
        ({"x": marked(cooldown="3")}, "cooldown is seconds or a Cooldown, not '3'"),
        ({"x": marked(cooldown=-1)}, "cooldown is seconds"),
        ({"x": marked(cooldown=Cooldown(1, per="day"))}, "per is one of person, room, server"),
        ({"x": marked(check=["seated"])}, "check is a function"),
    ],
)
def test_what_would_go_wrong_when_it_is_called_is_refused_when_it_is_loaded(
    loaded: Callable[[type[Plugin]], LoadedPlugin], attributes: dict[str, Any], said: str
) -> None:
    with pytest.raises(PluginError, match="plugin mine: .*" + said):
        loaded(type("Mine", (Plugin,), attributes))


def test_names_are_written_as_they_are_typed(loaded: Callable[[type[Plugin]], LoadedPlugin]) -> None:
    plugin = loaded(type("Mine", (Plugin,), {"x": marked(name="Roll_Again", aliases=["Once_more", "r2"])}))
    info = plugin.commands[0].info
    assert (info.name, info.aliases, info.usage) == ("roll-again", ("once-more", "r2"), "/roll-again")


class Thief(Plugin):
    @command(summary="x", aliases=("g",))
    def take(self, ctx: Context) -> None: ...


def test_a_name_that_another_plugin_has_is_refused_naming_both() -> None:
    table = Table()
    with pytest.raises(PluginError, match=r"plugin test_seam.*/g.*plugin hangman"):
        table.load(Thief)
    assert table.ann.types("/take")[0].code == "unknown_command"


DICE = """
from dataclasses import dataclass
from hangman_net import Context, Plugin, command

@dataclass(frozen=True)
class Rolls:
    count: {kind} = {default}

class Dice(Plugin):
    State = Rolls

    @command(summary="Roll", aliases={aliases})
    def roll(self, ctx: Context) -> None:
        ctx.state = Rolls(ctx.state.count + {one})
        ctx.say(f"{word} {{ctx.state.count}}")
"""


def write_dice(path: Path, **parts: str) -> None:
    defaults = {"kind": "int", "default": "0", "aliases": "()", "one": "1", "word": "old"}
    path.write_text(DICE.format(**{**defaults, **parts}))


def test_new_code_is_taken_whole_its_records_included(tmp_path: Path) -> None:
    path = tmp_path / "dice.py"
    write_dice(path)
    table = Table(path)
    ann, host = table.ann, table.host
    assert texts(ann.types("/roll")) == ["old 1"]
    write_dice(path, word="new", kind="float", aliases="('die',)")
    ann.types("/who")
    assert "was reloaded" in host.types("/reload dice")[-1].text
    assert any("die" in c.aliases for m in ann.seen(Commands) for c in m.commands)
    assert texts(ann.types("/die")) == ["new 2.0"]


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "str", "default": "''", "one": "'x'"},
        {"aliases": "('guess',)"},
        {"default": "["},
        {"kind": "object", "default": "object()"},
    ],
)
def test_new_code_that_will_not_do_changes_nothing(tmp_path: Path, parts: dict[str, str]) -> None:
    path = tmp_path / "dice.py"
    write_dice(path)
    table = Table(path)
    table.ann.types("/roll")
    write_dice(path, word="new", **parts)
    refusal = table.host.types("/reload dice")[-1]
    assert isinstance(refusal, Error) and "the old code goes on" in refusal.text
    assert texts(table.ann.types("/roll")) == ["old 2"]


def test_a_plugin_that_is_not_there_cannot_be_reloaded(table: Table) -> None:
    assert "test_seam" in table.host.types("/reload nothing")[0].text
    assert table.ann.types("/reload test_seam")[0].code == "forbidden"


class Robot(Plugin):
    """A computer player that guesses what it has not tried."""

    @command(summary="Seat a robot")
    def robot(self, ctx: Context, name: str = "robbie") -> None:
        ctx.enter(name)

    @command(summary="Send it away")
    def unrobot(self, ctx: Context) -> None:
        ctx.dismiss("robbie")

    def on_board(self, ctx: Context, board: Board) -> None:
        if board.status == "playing":
            letter = next(c for c in "abcdefghijklmnopqrstuvwxyz" if c not in board.cells and c not in board.missed)
            ctx.types(ctx.name, f"/guess {letter}")


def test_a_computer_player_plays_through_the_same_door() -> None:
    table = Table()
    table.load(Robot)
    ann = table.ann
    ann.types("/robot")
    assert [m.name for m in ann.seen(type(ann.saw[0]))][:1] == ["robbie"]
    ann.types("/secret cabbage")
    assert [b.status for b in ann.seen(Board)][-1] in ("won", "lost")
    assert "robbie (computer): " in ann.types("/who")[0].text
    table.restarts()
    ann = table.ann.comes_back()
    assert next(m for m in ann.saw if m.type == "roster").members[-1].connected
    ann.types("/unrobot")
    assert len(table.room().members) == 1


def test_members_tell_who_is_here(table: Table) -> None:
    ann = table.ann
    assert ann.seat is not None
    table.bob.types("/spectate")
    table.bob.drops()
    ctx_members: list[Member] = []

    class Peek(Plugin):
        @command(summary="x")
        def peek(self, ctx: Context) -> None:
            ctx_members.extend(ctx.members)
            ctx.reply(f"{ctx.room} {ctx.role} {ctx.rank} {ctx.seated} {ctx.owner}")

    table.load(Peek, name="peek")
    assert texts(ann.types("/peek")) == ["lobby member 1 True None"]
    assert ctx_members == [
        Member("ann", "member", True, True, 0),
        Member("bob", "member", False, False, 0),
    ]


def test_an_owner_gives_the_room_away(table: Table) -> None:
    class Gift(Plugin):
        @command(summary="Give the room away", role="owner")
        def gift(self, ctx: Context, name: str) -> None:
            ctx.give_room(name)

    table.load(Gift, name="gift")
    ann, bob = table.sits("ann", room="den"), table.sits("bob", room="den")
    assert [m.code for m in bob.types("/gift bob") if isinstance(m, Error)] == ["forbidden"]
    ann.types("/gift nobody")
    assert ann.error == "usage"
    ann.types("/gift bob")
    assert ann.texts[-1] == "bob owns den now."
    assert {(m.name, m.role) for m in bob.seen(MemberChange)} == {("ann", "member"), ("bob", "owner")}
    assert [any(c.name == "gift" for c in p.seen(Commands)[-1].commands) for p in (ann, bob)] == [False, True]
    ann.types("/gift ann")
    assert ann.error == "forbidden"
    table.restarts()
    assert table.sits("bob", token=bob.token).seat.role == "owner"


def test_a_handler_that_holds_the_loop_is_named(table: Table, caplog: Any) -> None:
    table.hub.world.limits = table.hub.world.limits.with_options(["watchdog=0"])
    with caplog.at_level(logging.WARNING):
        table.ann.types("/bump")
    assert "plugin test_seam: /bump held the loop" in caplog.text
