"""The service at work: what plugins do by themselves takes its turn beside people, and goes wrong by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

import hangman_net
from hangman_net.chat.step import Job, Step
from hangman_net.hosting import Server, Settings
from hangman_net.server.service import Client
from hangman_net.wire.codec import Refused

RESTLESS = """
from asyncio import CancelledError
from hangman_net import Board, Context, Plugin, command

class Restless(Plugin):
    @command(summary="Seat one who answers what it causes")
    def rest(self, ctx: Context) -> None:
        ctx.enter("robbie")

    @command(summary="Wake twice")
    def ring(self, ctx: Context) -> None:
        ctx.wake(0.01, "first")
        ctx.wake(0.02, "second")

    @command(summary="Work that ends at once")
    def work(self, ctx: Context, raised: str) -> None:
        def work() -> None:
            raise {"stop": StopIteration, "cancel": CancelledError, "exit": SystemExit}[raised]

        ctx.job(work, lambda ctx, result: ctx.say("never said"))

    def on_board(self, ctx: Context, board: Board) -> None:
        ctx.types(ctx.name, "/board")

    def on_tick(self, ctx: Context, key: str) -> None:
        ctx.say(key)
        if key == "first":
            ctx.seat("ann")
            raise RuntimeError("a bug")
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "restless.py").write_text(RESTLESS)
    server = Server(Settings(port=0, plugins=[str(tmp_path / "restless.py")]))
    await server.start()
    yield server
    await server.stop()


async def test_a_computer_player_that_never_rests_leaves_others_their_turn(server: Server) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, name="ann") as ann:
        assert (await ann.send("/rest")).ok
        assert (await asyncio.wait_for(ann.send("hello"), 10)).ok


async def test_a_wake_that_goes_wrong_takes_no_other_with_it(server: Server) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, name="ann") as ann:
        assert (await ann.send("/ring")).ok
        async for message in ann:
            if getattr(message, "text", None) == "second":
                break


@pytest.mark.parametrize("raised", ["stop", "cancel", "exit"])
async def test_a_job_is_answered_whatever_it_raises(server: Server, raised: str) -> None:
    async with hangman_net.connect("127.0.0.1", server.port, name="ann") as ann:
        reply = await asyncio.wait_for(ann.send(f"/work {raised}"), 10)
        assert reply.error is not None and reply.error.code == "internal"
        assert (await ann.send("hello")).ok


async def test_jobs_that_a_stop_overtakes_end_without_a_word(server: Server) -> None:
    raised = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
    release = Event()
    job = Job(release.wait, print, "restless", None, server.hub.world.lobby)
    for _ in range(6):  # more than there are threads
        server.service._run(None, partial(Step, 0.0, job=job))
    await server.stop()
    release.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not raised


async def test_a_step_that_cannot_be_made_takes_no_deadline_with_it(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    moments = server.hub.moments
    moments._at(server.hub.clock(), broken)
    async with hangman_net.connect("127.0.0.1", server.port, name="ann") as ann:
        assert (await ann.send("/ring")).ok
        async for message in ann:
            if getattr(message, "text", None) == "second":
                break
    assert "a step could not be made" in caplog.text


class Unread(Client):
    """A client to whom nothing is sent."""

    def write(self, frames: bytes) -> None:
        pass

    def end(self) -> None:
        pass


@pytest.mark.parametrize(
    ("times", "ended"),
    [
        ([0.0] * 10, False),
        ([0.0] * 11, True),
        ([5.9 * n for n in range(11)], True),
        ([0.0] * 10 + [59.0], True),
        ([0.0] * 10 + [60.0] * 10, False),
        ([0.0] + [30.0] * 9 + [61.0, 62.0], True),
    ],
)
async def test_more_than_ten_bad_frames_in_a_minute_are_too_many(
    server: Server, monkeypatch: pytest.MonkeyPatch, times: list[float], ended: bool
) -> None:
    client = Unread()
    for seconds in times:
        assert not client.ending
        monkeypatch.setattr("hangman_net.server.service.time", SimpleNamespace(monotonic=lambda now=seconds: now))
        server.service.receive(client, Refused("bad_json", "no JSON"))
    monkeypatch.undo()
    assert client.ending == ended
