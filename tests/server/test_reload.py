"""SIGHUP: lists, plugins and certificates anew, each whole or not at all, and nobody is disturbed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched

Serve = Callable[..., Launched]

COUNT = '''
from hangman_net import Context, Plugin, command

class Count(Plugin):
    """It says which code it is."""

    @command(summary="Say which")
    def which(self, ctx: Context) -> None:
        """Say which."""
        ctx.reply("code {0}")
'''


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "counting.py"
    path.write_text(COUNT.replace("{0}", "one"))
    return path


def hang_up(server: Launched, until: str) -> None:
    server.process.send_signal(signal.SIGHUP)
    server.err.until(until)


def test_new_code_is_taken_and_bad_code_is_not(serve: Serve, plugin: Path) -> None:
    server = serve("--plugin", str(plugin), "--log", "-")
    ann = server.join()
    assert "code one" in ann.say("/which").text
    plugin.write_text(COUNT.replace("{0}", "two"))
    hang_up(server, "plugin counting: reloaded")
    assert "code two" in ann.say("/which").text
    for bad in ("syntax error", COUNT.replace("summary=", "colour="), COUNT.replace("def which", "def guess")):
        plugin.write_text(bad)
        hang_up(server, "counting was not reloaded, the old code goes on")
        assert "code two" in ann.say("/which").text
    plugin.unlink()
    hang_up(server, "counting was not reloaded, the old code goes on")
    assert "code two" in ann.say("/which").text
    assert ann.say("/new").ok  # all built-in ones were read again as well


def test_a_round_goes_on_in_new_code(serve: Serve, tmp_path: Path) -> None:
    words = tmp_path / "own.txt"
    words.write_text("pizzazz\n")
    server = serve("--words", str(words), "--log", "-")
    ann = server.join()
    ann.types("/new", "/guess z")
    hang_up(server, "plugin hangman: reloaded")
    reply = ann.say("/guess a")
    assert reply.of("board")[-1]["cells"] == [None, None, "z", "z", "a", "z", "z"]


def test_lists_are_looked_at_at_once(serve: Serve, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "mine.txt").write_text("zebra\n")
    server = serve("--words-dir", str(lists), "--log", "-")
    ann = server.join()
    (lists / "yours.txt").write_text("quagga\n")
    hang_up(server, "word list yours: found")
    assert ann.say("/new yours").ok


def test_hanging_up_again_and_again_disturbs_nobody(serve: Serve, plugin: Path) -> None:
    server = serve("--plugin", str(plugin), "--log", "-")
    ann = server.join()
    for number in range(5):
        server.process.send_signal(signal.SIGHUP)
        assert ann.say(f"line {number}").ok
    until = time.monotonic() + 10
    while server.err.text.count("reloading") < 2 and time.monotonic() < until:  # those in between are one
        ann.barrier()
    assert ann.say("/which").ok
