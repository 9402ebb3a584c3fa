"""Line mode over a real socket and real pipes, against a server moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from hangman_net.client.link import Login
from hangman_net.client.plain import run_plain
from hangman_net.messages import Ack, Board, Bye, Chat, Error, Hello, Line, Notice, Roster, RosterEntry

ENTRY = Roster("lobby", 1, (RosterEntry("ann", "member", True, True, 0),)), Board()
ENTERED = ["-- You are ann in lobby.", "-- In lobby: ann (you).", "-- No round is running; /new starts one."]


class Run:
    """Line mode at work: what is typed goes into a pipe, what is printed into strings."""

    def __init__(self, port: int, *, terminal: bool = False, **options: Any) -> None:
        self.typed, stdin = pty.openpty() if terminal else os.pipe()[::-1]
        self.descriptors = [self.typed, stdin]
        self.stdout, self.stderr = options.pop("stdout", io.StringIO()), io.StringIO()
        self.task = asyncio.create_task(
            run_plain(
                Login(host="127.0.0.1", port=port, name="ann"),
                stdin=options.pop("stdin", stdin),
                stdout=self.stdout,
                stderr=self.stderr,
                **options,
            )
        )

    def types(self, text: str | bytes) -> None:
        os.write(self.typed, text.encode() if isinstance(text, str) else text)

    def ends_input(self) -> None:
        os.close(self.typed)
        self.descriptors.remove(self.typed)

    @property
    def lines(self) -> list[str]:
        return self.stdout.getvalue().splitlines()

    async def prints(self, line: str) -> None:
        """Let the loop turn until the line is there."""
        while line not in self.lines:
            await asyncio.sleep(0)


@pytest.fixture
async def run(server: Any) -> AsyncIterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(**options: Any) -> Run:
        runs.append(Run(options.pop("port", server.port), **options))
        return runs[-1]

    yield start
    for each in runs:
        each.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await each.task
        for descriptor in reversed(each.descriptors):
            with contextlib.suppress(OSError):
                os.close(descriptor)


async def enters(server: Any, **welcome: Any) -> Any:
    peer = await server.peer()
    await peer.welcomes(**welcome)
    peer.says(*ENTRY)
    return peer


async def test_what_comes_is_printed_a_line_each(server: Any, run: Any) -> None:
    ann = run()
    peer = await enters(server)
    peer.says(Chat("bob", "hello", "lobby"), Error("no_round", "No round is running."), Bye("quit"))
    assert await ann.task == 0
    assert ann.lines == [*ENTERED, "<bob> hello", "! No round is running."]
    assert ann.stderr.getvalue() == ""


async def test_at_the_end_of_input_it_waits_for_every_ack_and_leaves(server: Any, run: Any) -> None:
    ann = run()
    ann.types("one\n\n  \ntwo\r\nthree, without an end")
    ann.ends_input()
    peer = await enters(server)
    for number, text in enumerate(("one", "two", "three, without an end"), 1):
        assert await peer.hears() == Line(text, number)  # each only after the one before has its ack
        peer.says(Notice(f"got {text}"), Ack(number, True))
    assert await peer.hears() == Line("/q")
    peer.says(Bye("quit"))
    assert await ann.task == 0
    assert ann.lines == [*ENTERED, "-- got one", "-- got two", "-- got three, without an end"]


async def test_without_any_input_it_looks_round_and_leaves(server: Any, run: Any) -> None:
    ann = run()
    ann.ends_input()
    peer = await enters(server)
    assert await peer.serves() == [Line("/q")]
    assert await ann.task == 0
    assert ann.lines == ENTERED


async def test_what_nothing_is_typed_into_stays_until_the_server_ends_it(server: Any, run: Any) -> None:
    host = run(stdin=None, remarks=["join by: hangman-net join here"])
    host.types("hello\n/q\n")
    host.ends_input()
    peer = await enters(server)
    await host.prints(ENTERED[-1])
    peer.says(Bye("stopping"))
    assert await host.task == 0
    assert await peer.serves() == []
    assert host.lines == ["-- join by: hangman-net join here", *ENTERED, "-- The server stops."]


async def test_a_console_stays_after_the_end_of_input(server: Any, run: Any) -> None:
    host = run(stay=True)
    host.types("hello\n")
    host.ends_input()
    peer = await enters(server)
    assert await peer.hears() == Line("hello", 1)
    peer.says(Ack(1, True), Chat("bob", "still there?", "lobby"))
    await host.prints("<bob> still there?")
    peer.says(Bye("stopping"))
    assert await host.task == 0


async def test_at_a_terminal_lines_do_not_wait_for_acks(server: Any, run: Any) -> None:
    ann = run(terminal=True)
    ann.types("one\ntwo\n/q\n")
    peer = await enters(server)
    assert [await peer.hears() for _ in range(3)] == [Line("one", 1), Line("two", 2), Line("/q", 3)]
    peer.says(Bye("quit"))
    assert await ann.task == 0


async def test_a_server_that_goes_away_while_nobody_types_is_noticed(
    server: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hangman_net.client.link.PAUSES", (0.0,))
    ann = run()
    await enters(server)
    await ann.prints(ENTERED[-1])
    server.stops()
    assert await ann.task == 1
    assert ann.lines[-1].startswith("-- Connection lost: ")
    assert ann.stderr.getvalue() == (
        f"hangman-net: The connection to 127.0.0.1:{server.port} is lost: nothing listens there. Join again.\n"
    )


async def test_a_short_loss_costs_nothing(server: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hangman_net.client.link.PAUSES", (0.0,))
    ann = run()
    peer = await enters(server)
    ann.types("one\ntwo\n")
    assert await peer.hears() == Line("one", 1)
    peer.cuts()
    peer = await enters(server, resumed=True, last_id=1)
    assert await peer.hears() == Line("one", 1)
    peer.says(Ack(1, True))
    assert await peer.hears() == Line("two", 2)
    assert "-- Connected again." in ann.lines


@pytest.mark.parametrize(
    ("last", "code", "line"),
    [
        (Bye("stopping"), 0, ""),
        (Bye("kicked"), 1, "hangman-net: You were kicked out. You may join again.\n"),
        (
            Bye("replaced"),
            1,
            "hangman-net: Another client has taken this seat. Go on there, or join under another --name.\n",
        ),
    ],
)
async def test_how_it_ends_is_an_exit_code_and_one_line(server: Any, run: Any, last: Bye, code: int, line: str) -> None:
    ann = run()
    (await enters(server)).says(last)
    assert await ann.task == code
    assert ann.stderr.getvalue() == line


async def test_no_server_there(server: Any, run: Any) -> None:
    server.stops()
    ann = run()
    assert await ann.task == 69
    assert ann.stdout.getvalue() == ""
    assert ann.stderr.getvalue().count("\n") == 1


async def test_a_name_that_is_taken(server: Any, run: Any) -> None:
    ann = run()
    peer = await server.peer()
    assert await peer.hears() == Hello(1, name="ann")
    peer.says(Error("name_taken", "The name ann is taken."))
    assert await ann.task == 1
    assert ann.stderr.getvalue() == "hangman-net: The name ann is taken. Choose another name with --name.\n"


async def test_json_is_the_servers_messages_and_nothing_else(server: Any, run: Any) -> None:
    ann = run(json=True)
    peer = await enters(server)
    nasty = "é \x9b2J \u202e \U0001f600 \x1b[2J"
    peer.says(Chat("bob", nasty, "lobby"), Error("full", "No.", 4), Bye("stopping"))
    assert await ann.task == 0
    messages = [json.loads(line) for line in ann.stdout.getvalue().split("\n")[:-1]]
    assert [message["type"] for message in messages] == ["welcome", "roster", "board", "chat", "error", "bye"]
    assert messages[3] == {"type": "chat", "name": "bob", "text": nasty, "room": "lobby"}
    assert messages[4] == {"type": "error", "code": "full", "text": "No.", "id": 4}
    assert ann.stdout.getvalue().replace("\n", "").isprintable()


async def test_the_picture_is_printed_where_it_is_asked_for(server: Any, run: Any) -> None:
    board = Board(round=1, status="playing", cells=("a", None), lives=5, max_lives=6, art="  O\n /|\\")
    for art, picture in ((False, []), (True, ["  O", " /|\\"])):
        ann = run(art=art)
        (await enters(server)).says(board, Bye("quit"))
        assert await ann.task == 0
        assert ann.lines == [*ENTERED, "-- Round 1: coop.", "Word: a blank, 5 lives left", *picture]


async def test_a_line_that_no_server_takes_is_refused_here(server: Any, run: Any) -> None:
    ann = run()
    ann.types(b"a\0b\n" + b"x" * 17_000 + b"\n")
    ann.types(b"y" * 40_000 + b"\nfine \xff\n")
    peer = await enters(server)
    assert await peer.hears() == Line("fine \ufffd", 1)
    assert ann.stderr.getvalue().splitlines() == [
        "hangman-net: That line holds a NUL character; nothing was sent.",
        "hangman-net: That line is too long; nothing was sent.",
        "hangman-net: That line is too long; nothing was sent.",
    ]


class Closed(io.StringIO):
    """A standard output that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


async def test_when_nobody_reads_what_is_printed_it_leaves(server: Any, run: Any) -> None:
    ann = run(stdout=Closed())
    peer = await enters(server)
    assert await ann.task == 1
    assert await peer.hears() is None


async def test_a_narrow_encoding_shows_what_it_can(server: Any, run: Any) -> None:
    raw = io.BytesIO()
    ann = run(stdout=io.TextIOWrapper(raw, encoding="ascii"))
    (await enters(server)).says(Chat("José", "hi", "lobby"), Bye("quit"))
    assert await ann.task == 0
    assert raw.getvalue().endswith(b"<Jos?> hi\n")


async def test_interrupted_it_says_good_bye(server: Any, run: Any) -> None:
    ann = run()
    peer = await enters(server)
    await ann.prints(ENTERED[-1])
    ann.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ann.task
    assert await peer.serves() == [Line("/q")]


async def test_a_process_ends_while_its_standard_input_is_idle(server: Any) -> None:
    script = """
        import asyncio, sys
        from hangman_net.client.link import Login
        from hangman_net.client.plain import run_plain
        login = Login(host="127.0.0.1", port=int(sys.argv[1]))
        # no debug of the loop: it tells of each step that a busy machine made slow
        sys.exit(asyncio.run(run_plain(login, stdin=0, stdout=sys.stdout, stderr=sys.stderr), debug=False))
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "dev", "-c", textwrap.dedent(script), str(server.port)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    (await enters(server)).says(Bye("kicked"))
    assert process.stdout is not None
    assert process.stderr is not None
    printed, errors = await process.stdout.read(), await process.stderr.read()
    assert await process.wait() == 1
    assert printed.decode().splitlines() == ENTERED
    assert errors == b"hangman-net: You were kicked out. You may join again.\n"
    assert process.stdin is not None
    process.stdin.close()
