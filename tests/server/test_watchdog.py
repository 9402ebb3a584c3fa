"""What a plugin may hold up: it is named while it does, and it cannot keep the server from stopping."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched

from hangman_net.server.watchdog import Watchdog

Serve = Callable[..., Launched]

HOLD = '''
import time
from hangman_net import Context, Plugin, command

class Hold(Plugin):
    """It does not come back."""

    @command(summary="Hold the loop")
    def hold(self, ctx: Context, seconds: float = 3600.0) -> None:
        """Hold the loop for so many seconds."""
        wait_for_it(seconds)

    @command(summary="Spin for ever")
    def spin(self, ctx: Context) -> None:
        """Spin for ever."""
        while True:
            pass

    @command(summary="Keep a thread")
    def job(self, ctx: Context) -> None:
        """Keep a thread for ever."""
        ctx.job(lambda: time.sleep(3600), lambda ctx, result: None)

    def on_chat(self, ctx: Context, text: str) -> str | None:
        if text == "hook":
            wait_for_it(3600)
        return None


def wait_for_it(seconds: float) -> None:
    time.sleep(seconds)
'''


@pytest.fixture
def holding(serve: Serve, tmp_path: Path) -> Launched:
    path = tmp_path / "holder.py"
    path.write_text(HOLD)
    return serve("--plugin", str(path), "--log", "-", limits={"watchdog": 0.1}, canaries=False)


@pytest.mark.parametrize(("line", "name"), [("/hold", "/hold"), ("/spin", "/spin"), ("hook", "on_chat")])
def test_who_holds_the_loop_is_named_meanwhile_and_cannot_keep_it(holding: Launched, line: str, name: str) -> None:
    peer = holding.join()
    peer.send({"type": "line", "text": line})
    told = json.loads(holding.err.until("holds the loop"))
    assert (told["text"], told["plugin"]) == (f"plugin holder: {name} holds the loop", "holder")
    assert "holder.py" in told["stack"]
    assert ("in wait_for_it" in told["stack"]) is (line != "/spin")
    began = time.monotonic()
    holding.process.send_signal(signal.SIGTERM)
    assert holding.wait() == 0
    assert time.monotonic() - began < 6
    assert holding.err.text.count('holds the loop"') == 1


def test_one_that_comes_back_is_named_once_and_its_time_is_told(holding: Launched) -> None:
    peer = holding.join()
    for _ in range(2):
        assert peer.say("/hold 0.5").ok
    holding.join().barrier()
    named = [line for line in holding.err.all if "holds the loop" in line]
    told = [line for line in holding.err.all if "held the loop for 0.5" in line]
    assert (len(named), len(told)) == (2, 2)


def test_a_job_without_end_keeps_neither_the_loop_nor_the_server(holding: Launched) -> None:
    peer = holding.join()
    peer.send({"type": "line", "text": "/job"})
    assert holding.join().say("hello").ok
    began = time.monotonic()
    holding.process.send_signal(signal.SIGTERM)
    assert holding.wait() == 0
    assert time.monotonic() - began < 6
    assert peer.bye() == "stopping"


def test_nor_does_it_when_the_host_says_so(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "holder.py"
    path.write_text(HOLD)
    server = serve("--plugin", str(path), console=True, canaries=False)
    holder, other = server.join(), server.join()
    holder.send({"type": "line", "text": "/job"})
    assert other.say("hello").ok
    server.type("/q")
    assert other.bye() == "stopping"
    assert server.wait() == 0


# --- by itself --------------------------------------------------------------------------------------------------


def test_only_what_is_still_there_at_the_second_look_is_named(caplog: pytest.LogCaptureFixture) -> None:
    looks = threading.Semaphore(0)
    commands, held = ["/x", "/x"], ("b", "on_tick")
    alike = [("a", command) for command in commands]  # and yet two calls
    calls = iter([*alike, None, held, held, held])

    def running() -> tuple[str, str] | None:
        looks.release()
        return next(calls, None)

    with caplog.at_level(logging.ERROR, "hangman_net"):
        logging.getLogger("hangman_net").addHandler(caplog.handler)
        watchdog = Watchdog(running, 0.01)
        for _ in range(8):
            assert looks.acquire(timeout=5)
        watchdog.close()
        logging.getLogger("hangman_net").removeHandler(caplog.handler)
    assert {record.getMessage() for record in caplog.records} == {"plugin b: on_tick holds the loop"}


def test_a_limit_that_was_lifted_starts_no_thread() -> None:
    before = threading.active_count()
    Watchdog(lambda: None, float("inf")).close()
    assert threading.active_count() == before
