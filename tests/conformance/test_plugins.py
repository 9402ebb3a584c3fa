"""Plugins as their authors write them, loaded into a server and used from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Launcher, Peer, holds

Serve = Callable[..., Launched]

DICE = '''
from dataclasses import dataclass, replace
from typing import Literal
from hangman_net import Context, Plugin, command

@dataclass(frozen=True)
class Rolls:
    count: int = 0

class Dice(Plugin):
    """Dice for the table."""

    State = Rolls

    @command(summary="Roll a die", aliases=("dice",), cooldown=2.0)
    def roll(self, ctx: Context, sides: int = 6, how: Literal["open", "secret"] = "open") -> None:
        """Roll a die with SIDES sides; secret shows it to you alone."""
        ctx.state = replace(ctx.state, count=ctx.state.count + 1)
        text = f"{ctx.name} rolls {ctx.random.randint(1, sides)}"
        ctx.reply(text) if how == "secret" else ctx.say(text)
'''

TOOLS = '''
from dataclasses import dataclass, replace
from enum import Enum
from hangman_net import Board, Context, Plugin, command

@dataclass(frozen=True)
class Count:
    count: int = 0

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

class Tools(Plugin):
    """What the cases need."""

    State = Count
    PersonState = Count
    ServerState = Count

    @command(summary="Count in the room, for the person and for the server")
    def count(self, ctx: Context) -> None:
        ctx.state = replace(ctx.state, count=ctx.state.count + 1)
        ctx.person = replace(ctx.person, count=ctx.person.count + 1)
        ctx.server = replace(ctx.server, count=ctx.server.count + 1)
        ctx.reply(f"counts {ctx.state.count} {ctx.person.count} {ctx.server.count}")

    @command(summary="Say something and raise")
    def crash(self, ctx: Context) -> None:
        ctx.say("never seen")
        ctx.state = replace(ctx.state, count=1000)
        raise RuntimeError("on purpose")

    @command(summary="Say something and fail", cooldown=100.0)
    def refuse(self, ctx: Context) -> None:
        ctx.say("never seen")
        ctx.state = replace(ctx.state, count=1000)
        ctx.fail("not today")

    @command(summary="Echo a text and a colour")
    def echo(self, ctx: Context, text: str, colour: Colour = Colour.RED, times: int = 1) -> None:
        ctx.reply(f"{text}|{colour.value}|{times}")

    @command(summary="Only for the host", role="host")
    def hosts(self, ctx: Context) -> None:
        ctx.reply("host")

    @command(summary="Only for owners", role="owner")
    def owners(self, ctx: Context) -> None:
        ctx.reply("owner")

    @command(summary="Only for players", role="seated")
    def players(self, ctx: Context) -> None:
        ctx.reply("seated")

    @command(summary="Only in a round", phase="playing")
    def inround(self, ctx: Context) -> None:
        ctx.reply("playing")

    @command(summary="Only between rounds", phase="idle")
    def between(self, ctx: Context) -> None:
        ctx.reply("idle")

    @command(summary="Not listed", hidden=True)
    def lurk(self, ctx: Context) -> None:
        ctx.reply("hidden")

    @command(summary="Whisper")
    def whisper(self, ctx: Context, name: str) -> None:
        ctx.tell(name, f"psst from {ctx.name}")

    @command(summary="Ring later")
    def ring(self, ctx: Context) -> None:
        ctx.wake(0.05, "bell")

    @command(summary="Work in a thread")
    def work(self, ctx: Context, bad: bool = False) -> None:
        ctx.say("working")
        ctx.job((lambda: 1 // 0) if bad else (lambda: 6 * 7), then)

    @command(summary="Show a board")
    def picture(self, ctx: Context) -> None:
        ctx.show(lambda viewer: Board(caption=f"for {viewer.name}"))

    @command(summary="Where and with whom")
    def where(self, ctx: Context) -> None:
        names = ",".join(sorted(m.name for m in ctx.members))
        ctx.reply(f"{ctx.name}/{ctx.role}/{ctx.room}/{names}/{ctx.now >= 0}/{ctx.today.year > 2000}")

    def on_tick(self, ctx: Context, key: str) -> None:
        ctx.say(f"ding {key}")

    def on_join(self, ctx: Context) -> None:
        if ctx.room != "canary":
            ctx.say(f"hail {ctx.name}")

    def on_leave(self, ctx: Context) -> None:
        ctx.say(f"farewell {ctx.name}")

    def on_chat(self, ctx: Context, text: str) -> str | None:
        if "swear" in text:
            ctx.fail("mind your tongue")
        return text.replace("colour", "color") if "colour" in text else None


def then(ctx: Context, result: int) -> None:
    ctx.state = replace(ctx.state, count=result)
    ctx.say(f"worked out {result}")
'''


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two plugins."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "dice.py").write_text(DICE)
    (folder / "tools.py").write_text(TOOLS)
    return folder


@pytest.fixture(scope="module")
def hosted(launcher: Launcher, plugins: Path, lists: list[str]) -> Launched:
    """A server with them, for cases that need no own."""
    options = ("--no-console", "--limit", "all=none", "--plugins-dir", str(plugins), *lists)
    server = launcher.serve(*options, canaries=True)
    server.raises = True  # on purpose: the log has the trace, the players have not
    return server


def counted(peer: Peer) -> list[int]:
    """What `/count` answers: of the room, of the person, of the server."""
    notice = next(m for m in peer.types("/count")[0].of("notice") if m["text"].startswith("counts "))
    return [int(word) for word in notice["text"].split()[1:]]


def names(peer: Peer) -> set[str]:
    """The catalogue's names, as last told."""
    told = next(m for m in reversed(peer.seen) if m["type"] in ("welcome", "commands"))
    return {entry["name"] for entry in told["commands"]}


@holds("6.02", "6.01", "6.13")
def test_the_dice_of_the_contract(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(f"A{room}", room), hosted.join(None, room)
    assert "roll" in names(ann)
    assert f"A{room} rolls 1" in ann.types("/roll 1")[0].text
    assert any("rolls 1" in m.get("text", "") for m in bob.barrier())
    limited = ann.say("/dice 6 secret")
    assert (limited.ok, limited.code) == (False, "rate_limited")
    reply = bob.types("/dice 1 secret")[0]
    assert "rolls 1" in reply.text
    assert not any("rolls" in m.get("text", "") for m in ann.barrier())


@holds("6.03", "6.04")
def test_the_catalogue_comes_from_the_signature(hosted: Launched, room: str) -> None:
    entry = next(e for e in hosted.join(None, room).welcome["commands"] if e["name"] == "roll")
    assert entry["summary"] == "Roll a die"
    assert entry["aliases"] == ["dice"]
    assert [a["name"] for a in entry["args"]] == ["sides", "how"]
    assert "open" in str(entry["args"][1]) and "secret" in str(entry["args"][1])
    assert entry["usage"].startswith("/roll")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/echo hello", "hello|red|1"),
        ('/echo "two words" blue', "two words|blue|1"),
        ("/echo hello times=3", "hello|red|3"),
        ("/echo times=3 text=hi colour=blue", "hi|blue|3"),
        ('/echo text="a b"', "a b|red|1"),
        ("/ECHO Hello RED", "Hello|red|1"),
    ],
)
@holds("6.03", "6.05", "3.02")
def test_arguments(hosted: Launched, room: str, text: str, answer: str) -> None:
    assert answer in hosted.join(None, room).types(text)[0].text


@pytest.mark.parametrize(
    "text",
    [
        "/echo",
        "/echo a green",
        "/echo a red x",
        "/echo a red 1 more",
        "/echo a nokey=1",
        "/echo a times=x",
    ],
)
@holds("6.03", "6.05", "2.50", "2.34")
def test_arguments_that_do_not_fit(hosted: Launched, room: str, text: str) -> None:
    reply = hosted.join(None, room).say(text)
    assert (reply.ok, reply.code) == (False, "usage")
    assert "/echo" in reply.text


@holds("6.04", "2.35")
def test_completion_and_help_come_from_the_signature(hosted: Launched, room: str) -> None:
    peer = hosted.join(None, room)
    peer.send({"type": "complete", "id": 1, "text": "/roll 6 se"})
    assert "secret" in [item["text"] for item in peer.wait("completions")["items"]]
    text = peer.types("/help roll")[0].text
    assert "/roll" in text and "secret shows it to you alone" in text
    assert "/roll" in peer.types("/help")[0].text


@holds("6.08", "6.16", "2.50", "2.51")
def test_a_handler_that_raises_costs_its_sender_an_error_and_nobody_anything(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(None, room), hosted.join(None, room)
    before = counted(ann)[0]
    bob.barrier()
    reply = ann.say("/crash")
    assert (reply.ok, reply.code) == (False, "internal")
    assert "on purpose" not in reply.text
    assert bob.barrier() == []
    assert counted(ann)[0] == before + 1
    assert bob.types("/count")


@holds("6.08", "6.09", "6.06", "2.51")
def test_fail_is_usage_and_starts_no_cooldown(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(None, room), hosted.join(None, room)
    for _ in range(2):
        reply = ann.say("/refuse")
        assert (reply.ok, reply.code) == (False, "usage")
        assert "not today" in reply.text
    assert "never seen" not in [m.get("text") for m in bob.barrier()]
    assert counted(ann)[0] == 1


@holds("6.09", "6.10")
def test_records_of_the_room_the_person_and_the_server(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(None, room), hosted.join(None, room)
    _, _, server = counted(ann)
    assert counted(bob) == [2, 1, server + 1]
    ann.types(f"/room {room}x")
    assert counted(ann) == [1, 2, server + 2]


@holds("6.06", "6.07")
def test_roles_and_phases(hosted: Launched, room: str) -> None:
    owner, member = hosted.join(None, room), hosted.join(None, room)
    assert {"owners", "players", "inround", "between"} <= names(owner)
    assert "hosts" not in names(owner) and "lurk" not in names(owner)
    assert not {"hosts", "owners", "lurk"} & names(member)
    assert member.say("/owners").code in ("forbidden", "unknown_command")
    assert owner.say("/hosts").code in ("forbidden", "unknown_command")
    assert owner.types("/owners", "/players", "/lurk", "/between")
    assert owner.say("/inround").code == "no_round"
    owner.types("/new fruit", "/inround")
    assert owner.say("/between").code == "round_running"
    owner.send({"type": "complete", "id": 4, "text": "/help inr"})
    member.types("/spectate")
    assert member.say("/players").code == "forbidden"
    assert "owners" not in member.types("/help")[0].text


@holds("6.09")
def test_what_a_context_knows(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(f"A{room}", room), hosted.join(f"B{room}", room)
    assert f"A{room}/owner/{room}/A{room},B{room}/True/True" in ann.types("/where")[0].text
    ann.types(f"/whisper B{room}")
    assert any(f"psst from A{room}" in m.get("text", "") for m in bob.barrier())


@holds("6.09", "6.11")
def test_wake_calls_on_tick(hosted: Launched, room: str) -> None:
    peer = hosted.join(None, room)
    peer.types("/ring")
    assert peer.wait("notice", lambda m: "ding bell" in m["text"])


@holds("6.09", "2.33")
def test_a_jobs_ack_waits_for_its_second_step(hosted: Launched, room: str) -> None:
    peer = hosted.join(None, room)
    reply = peer.types("/work")[0]
    texts = [m["text"] for m in reply.of("notice")]
    assert [t for t in texts if "work" in t][-1].endswith("worked out 42")
    assert counted(peer)[0] == 43
    assert peer.say("/work bad=yes").code == "internal"
    assert peer.say("still here").ok


@holds("6.11")
def test_hooks(hosted: Launched, room: str) -> None:
    ann = hosted.join(None, room)
    bob = hosted.join(f"B{room}", room)
    assert ann.wait("notice", lambda m: f"hail B{room}" in m["text"])
    assert ann.types("what colour is it")[0].of("chat")[0]["text"] == "what color is it"
    reply = ann.say("I swear")
    assert not reply.ok and "mind your tongue" in reply.text
    assert "I swear" not in [m.get("text") for m in bob.barrier()]
    bob.send({"type": "line", "text": "/q"})
    bob.bye()
    assert ann.wait("notice", lambda m: f"farewell B{room}" in m["text"])


@holds("6.13", "6.12")
def test_a_plugin_by_its_file(serve: Serve, plugins: Path) -> None:
    server = serve("--no-console", "--plugin", str(plugins / "dice.py"))
    peer = server.join()
    assert "roll" in names(peer)
    assert "count" not in names(peer)


@holds("6.13", "6.12")
def test_a_plugin_by_its_module(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "tabletop").mkdir()
    (tmp_path / "tabletop" / "__init__.py").write_text("")
    (tmp_path / "tabletop" / "dice.py").write_text(DICE)
    server = serve("--no-console", "--plugin", "tabletop.dice", env={"PYTHONPATH": str(tmp_path)})
    assert "rolls 1" in server.join().types("/roll 1")[0].text


@holds("6.13", "6.12")
def test_a_plugin_by_its_entry_point(serve: Serve, tmp_path: Path) -> None:
    """An installed package announces it: here one that is as good as installed."""
    (tmp_path / "some_dice.py").write_text(DICE)
    announced = tmp_path / "some_dice-1.0.dist-info"
    announced.mkdir()
    (announced / "METADATA").write_text("Metadata-Version: 2.1\nName: some-dice\nVersion: 1.0\n")
    (announced / "entry_points.txt").write_text("[hangman_net.plugins]\ncubes = some_dice:Dice\n")
    server = serve(env={"PYTHONPATH": str(tmp_path)}, stdin=True)
    assert "roll" in names(server.join())
    server.type("/plugins")
    assert "cubes" in server.out.until("cubes")


@holds("6.09")
def test_show_makes_a_board_for_each_kind_of_viewer(hosted: Launched, room: str) -> None:
    ann, bob = hosted.join(f"A{room}", room), hosted.join(f"B{room}", room)
    ann.types("/picture")
    bob.barrier()
    assert ann.board()["caption"] == f"for A{room}"
    assert bob.board()["caption"] == f"for B{room}"


@holds("6.14", "6.13")
def test_nothing_is_imported_from_a_folder_that_was_not_named(serve: Serve, plugins: Path, tmp_path: Path) -> None:
    (tmp_path / "dice.py").write_text(DICE)
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the working folder')")
    server = serve("--no-console", cwd=tmp_path)
    assert "roll" not in names(server.join())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("who", "@command(summary='x')\n    def who(self, ctx: Context) -> None: ..."),
        ("alias", "@command(summary='x', aliases=('g',))\n    def mine(self, ctx: Context) -> None: ..."),
        ("syntax", "def broken(:"),
        ("untyped", "@command(summary='x')\n    def mine(self, ctx, a): ..."),
        ("state", "State = dict"),
        ("raises", "raise RuntimeError('at import')"),
    ],
)
@holds("6.15", "6.10", "6.12")
def test_a_plugin_that_cannot_be_loaded_is_named_and_the_server_starts(
    serve: Serve, tmp_path: Path, name: str, code: str
) -> None:
    path = tmp_path / f"bad{name}.py"
    path.write_text(f"from hangman_net import Context, Plugin, command\n\nclass Bad(Plugin):\n    {code}\n")
    server = serve("--no-console", "--plugin", str(path))
    assert server.join().types("/who", "/help")
    server.kill()
    said = "\n".join(server.err.finish())
    server.out.finish()
    assert f"bad{name}" in said
    assert "Traceback" not in said
    if name == "who":
        assert "chat" in said or "who" in said, "naming both"


@holds("6.16", "2.26", "3.01")
def test_reload_takes_the_new_code_whole_or_not_at_all(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "dice.py"
    path.write_text(DICE)
    server = serve("--plugin", str(path), stdin=True)
    ann = server.join()
    ann.types("/roll 1")
    toss = "def toss(self, ctx: Context) -> None:\n        ctx.say(f'count {ctx.state.count}')"
    path.write_text(f"{DICE}\n    @command(summary='Toss a coin')\n    {toss}\n")
    server.type("/reload dice")
    assert "toss" in {e["name"] for e in ann.wait("commands")["commands"]}
    assert "count 1" in ann.types("/toss")[0].text, "records included"
    path.write_text("class Dice(")
    server.type("/reload dice")
    server.type("reloaded?")
    ann.wait("chat", text="reloaded?")
    assert ann.types("/toss"), "the old code goes on"
    assert "commands" not in [m["type"] for m in ann.barrier()]


@holds("6.01")
def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "asyncio msgspec click prompt_toolkit sqlite3"
    code = f"import sys, hangman_net; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@holds("7.01", "7.02")
def test_the_client_in_python(hosted: Launched, room: str) -> None:
    """The contract's own words, run by the interpreter that has the package."""
    code = f"""
import asyncio, hangman_net

async def main():
    async with hangman_net.connect("127.0.0.1", {hosted.port}, name="Pythonist", room="{room}") as client:
        reply = await client.send("/new fruit")
        assert reply.ok and reply.error is None, reply
        reply = await client.send("/guess ban")
        assert not reply.ok and reply.error.code == "invalid_guess", reply
        reply = await client.send("/guess banana")
        assert any(type(m).__name__ == "Board" and m.status == "won" for m in reply.messages), reply
        await client.send("over and out")
        async for message in client:
            if getattr(message, "text", None) == "over and out":
                break
        print("good")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "good", done.stderr


@holds("6.17")
def test_the_table_of_the_test_kit(tmp_path: Path) -> None:
    """A plugin's author's own test, run by pytest with nothing but the package installed."""
    (tmp_path / "dice.py").write_text(DICE)
    (tmp_path / "test_dice.py").write_text(
        "import dice\n\n"
        "def test_roll(table):\n"
        "    table.bob\n"
        "    table.ann.types('/roll 6')\n"
        "    for player in (table.ann, table.bob):\n"
        "        assert any('rolls' in getattr(m, 'text', '') for m in player.saw)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True, text=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
