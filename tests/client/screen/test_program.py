"""The installed program at a terminal of its own: it joins, completes, plays, loses its server, comes back, leaves."""

from __future__ import annotations

import importlib.util
import signal
import socket
import struct
import sys
import termios
import threading
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from hangman_net import messages as m


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("screens", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["screens"] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


screens = _load(Path(__file__).parents[3] / "docs" / "screens.py")


@pytest.fixture
def run(tmp_path):
    """`run("join", ...)` starts the program at a terminal of 80 x 24 cells."""
    started = []

    def start(*words):
        started.append(screens.Terminal(list(words), columns=80, rows=24, home=tmp_path))
        return started[-1]

    yield start
    for terminal in started:
        terminal.child.close(force=True)


@pytest.fixture
def join(run):
    """`join(port, name)` sits down at a server."""
    return lambda port, name: run("join", f"localhost:{port}", "--name", name)


def as_it_was(terminal) -> bool:
    """Lines are echoed and edited again, and the last word is on the screen that was there before."""
    *_, local, _, _, _ = termios.tcgetattr(terminal.child.child_fd)
    return local & termios.ECHO and local & termios.ICANON


def left(terminal) -> int:
    """The exit code of a program that ends now and leaves the terminal as it was."""
    terminal.wait(until=lambda: not terminal.child.isalive())
    assert as_it_was(terminal)
    return terminal.end()


def test_a_game_from_joining_to_leaving(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console", "--seed", "11") as (port, _):
        ann = join(port, "ann")
        ann.wait("ann you")
        ann.keys("/ne\t animals\r")
        ann.wait("Round 1", "lives")
        ann.keys("/gu\t e\r")
        ann.wait("_ e _ _ _ _ _ e")
        ann.keys("half a li")
        ann.wait("> half a li")
        ann.resize(40, 12)
        ann.wait("♥6/6", "> half a li")
        ann.resize(100, 30)
        ann.wait("6 of 6", "> half a li")
        ann.keys("ne\r")
        ann.wait("> ann: half a line")
        ann.keys("/q\r")
        assert left(ann) == 0


def test_a_server_that_goes_and_comes_back(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, server):
        ann = join(port, "ann")
        ann.wait("ann you")
        server.kill()
        ann.wait("connection lost, again in 0:")
        ann.keys("half a li")
        ann.wait("> half a li")
        with screens.serving(tmp_path, "--memory", "--no-console", port=port):
            ann.wait("Connected again", "> half a li")
            ann.keys("ne\r")
            ann.wait("> ann: half a line")


def test_leaving_while_nothing_answers(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, server):
        ann, bob = join(port, "ann"), join(port, "bob")
        ann.wait("ann you")
        bob.wait("bob you")
        server.kill()
        ann.wait("connection lost")
        bob.wait("connection lost")
        ann.keys("/q\r")
        assert left(ann) == 0
        bob.keys("\x03")
        assert left(bob) == 130


def test_a_terminated_client_leaves_the_terminal_as_it_was(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, _):
        ann = join(port, "ann")
        ann.wait("ann you")
        ann.child.kill(signal.SIGTERM)
        assert left(ann) == 128 + signal.SIGTERM


def test_history_is_kept_for_the_next_time(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, _):
        ann = join(port, "ann")
        ann.wait("ann you")
        ann.keys("good morning\r/secret banana\r/q\r")
        assert left(ann) == 0
        ann = join(port, "ann")
        ann.wait("ann you")
        ann.keys("\x1b[A\x1b[A\x1b[A")
        ann.wait("> good morning")
    kept = [path.read_text() for path in tmp_path.rglob("history")]
    assert kept == ["good morning\n/q\n"]


def test_a_server_that_stops_is_said(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, _):
        ann = join(port, "ann")
        ann.wait("ann you")
    ann.wait("hangman-net: The server has stopped.")
    assert left(ann) == 0


def test_a_second_client_on_the_seat_ends_the_first_with_a_word(join, tmp_path):
    with screens.serving(tmp_path, "--memory", "--no-console") as (port, _):
        first = join(port, "ann")
        first.wait("ann you")
        second = join(port, "ann")
        second.wait("ann you")
        first.wait("hangman-net: Another client has taken this seat")
        assert left(first) == 1


@pytest.fixture
def hostile():
    """`hostile(first, again)` listens, and sends to whoever comes `first`, then `again` for ever; gives the port."""
    listening = []

    def listen(first, again=b""):
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def talk():
            try:
                peer, _ = server.accept()
                with peer:
                    peer.sendall(first)
                    while again:
                        peer.sendall(again)
                    peer.recv(1)
                    peer.recv(1_000)
            except OSError:
                return  # the client left, or the test is over

        threading.Thread(target=talk, daemon=True).start()
        return server.getsockname()[1]

    yield listen
    for server in listening:
        server.close()


def frame(message):
    payload = msgspec.json.encode(message)
    return struct.pack(">I", len(payload)) + payload


def test_a_frame_of_four_gigabytes_is_left_with_one_line(join, hostile):
    ann = join(hostile(b"\xff\xff\xff\xff" + b"x" * 1_000), "ann")
    assert left(ann) == 1
    assert sum("hangman-net:" in line for line in ann.lines) == 1
    assert "Traceback" not in ann.text


def test_a_server_that_never_stops_talking_does_not_hold_anybody(join, hostile, room):
    flood = b"".join(frame(m.Chat("eve", f"\x1b]0;owned\x07 {number}", "lobby")) for number in range(400))
    ann = join(hostile(frame(room.welcome), flood), "ann")
    ann.wait("eve: ")
    ann.keys("\x03")
    assert left(ann) == 130
    assert ann.screen.title == ""


def test_playing_alone_needs_nothing_else(run):
    ann = run("play", "--memory", "--port", "0", "--name", "ann")
    ann.wait("ann you, host", "Round 1", "lives")
    ann.child.kill(signal.SIGTERM)
    assert left(ann) == 0


def test_a_host_is_told_the_way_in_and_leaves_by_ctrl_c(run):
    host = run("serve", "--memory", "--port", "0")
    host.wait("host you, host", "join from this machine", "127.0.0.1:")
    host.keys("\x03")
    assert left(host) == 130


def test_the_hosts_console_is_the_same_client(run, join):
    host = run("serve", "--memory", "--port", "0")
    host.wait("listening on")
    port = next(line.rpartition(":")[2] for line in host.lines if "listening on" in line)
    host.wait("host you, host")
    ann = join(port, "ann")
    host.wait("ann comes in")
    ann.keys("good morning\r")
    host.wait("ann: good morning")
    host.keys("/sa\t welcome, all\r")
    ann.wait("welcome, all")
    host.keys("/q\r")
    assert left(host) == 0
    ann.wait("hangman-net: The server has stopped.")
    assert left(ann) == 0
