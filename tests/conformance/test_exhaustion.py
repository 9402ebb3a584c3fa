"""Exhaustion: connections, files, rooms, seats and names, each up to its limit and one beyond."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Launcher, Peer, holds
from judge.peer import encode


@holds("2.37", "1.20")
def test_one_connection_too_many_is_full_at_once_and_there_is_place_again(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "connections=5", canaries=True)
    peers = [server.join() for _ in range(3)]
    began = time.monotonic()
    extra = server.peer()
    assert extra.bye() == "full"
    assert time.monotonic() - began < 1
    extra.close()
    peers[0].send({"type": "line", "text": "/q"})
    peers[0].bye()
    peers[0].close()
    assert server.canaries is not None
    server.canaries.turn()
    assert server.join().say("hello").ok


@holds("2.37")
def test_connections_of_one_address_are_counted(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "local_connections=4", canaries=True)
    server.join(), server.join()
    assert server.peer().bye() == "full"


@holds("2.37")
def test_two_hundred_of_one_local_address_come_in_and_no_more(stock: Launched) -> None:
    """Issue 8: loopback and private addresses 200 and no rate: a class sits behind one address."""
    hello = encode({"type": "hello", "version": 1, "room": "class"})
    peers = []
    for _ in range(196):
        peer = stock.peer()
        peer.send_bytes(hello)
        peers.append(peer)
    for peer in peers:
        peer.until("board")
    extra = [stock.peer() for _ in range(4)]
    assert "full" in [_first(peer) for peer in extra]


def _first(peer: Peer) -> str:
    peer.sock.settimeout(0.5)
    try:
        return str(peer.read().get("reason"))
    except TimeoutError:
        return "open"


@holds("2.37")
def test_fewer_files_than_connections(launcher: Launcher) -> None:
    """The file limit less 64 counts where it is the smaller: refused with `full`, without spinning."""
    command = ["sh", "-c", 'ulimit -n 100 && exec "$0" "$@"', *launcher.command]
    small = Launcher(command, launcher.home)
    server = small.serve("--no-console", "--limit", "all=none", canaries=True)
    try:
        peers = [server.peer() for _ in range(60)]
        for peer in peers[-5:]:
            assert peer.bye() == "full"
        used = _cpu(server)
        assert server.canaries is not None
        for _ in range(20):
            server.canaries.turn()
        assert _cpu(server) - used < 0.5, "it spins"
        for peer in peers:
            peer.close()
        server.settle()
        assert server.join().say("place again").ok
    finally:
        small.end(server)


def _cpu(server: Launched) -> float:
    """Seconds of processor time so far."""
    try:
        fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@holds("2.50", "2.18")
def test_rooms_are_counted(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "rooms=4", "--limit", "owned_rooms=none", canaries=True)
    one, two = server.join(None, "one"), server.join(None, "two")
    assert one.say("/room three").code == "full"
    peer = server.peer()
    assert peer.refused(room="three") == "full"
    assert peer.hello(None, "one")[0]["room"] == "one", "hello may be said again"
    two.send({"type": "line", "text": "/q"})
    two.bye()
    assert one.say("/room three").ok, "an empty room is a place again"


@holds("2.50", "2.39")
def test_seats_are_counted_and_who_has_none_looks_on(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "seats=2", canaries=True)
    first, second = server.join(None, "x"), server.join(None, "x")
    third = server.join("Third", "x")
    roster = next(m for m in third.seen if m["type"] == "roster")
    assert {m["name"]: m["seated"] for m in roster["members"]}["Third"] is False
    assert third.say("/play").code == "full"
    second.types("/spectate")
    assert third.say("/play").ok
    assert first.say("hello").ok


@holds("2.50")
def test_spectators_are_counted(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "seats=1", "--limit", "spectators=1", canaries=True)
    server.join(None, "x"), server.join(None, "x")
    assert server.peer().refused(room="x") == "full"


@holds("2.50")
def test_one_person_owns_no_more_rooms_than_allowed(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "owned_rooms=1", "--limit", "rooms=none", canaries=True)
    peer = server.join(None, "mine")
    reply = peer.say("/room another")
    assert reply.ok or reply.code == "full"


@holds("1.20")
def test_all_none_lifts_what_is_counted(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "all=none", canaries=True)
    peers = [server.peer() for _ in range(320)]
    hello = encode({"type": "hello", "version": 1, "room": "big"})
    for peer in peers:
        peer.send_bytes(hello)
    for peer in peers:
        peer.until("board")
    ann = peers[0]
    ann.send(*({"type": "line", "text": f"line {n}", "id": n} for n in range(1, 41)))
    got = ann.until("ack", id=40)
    assert all(m["ok"] for m in got if m["type"] == "ack")
    assert all(peer.say("/play").code != "full" for peer in peers[100:103])


@holds("1.20")
def test_all_none_leaves_sizes_deadlines_and_the_backlog(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "all=none", "--limit", "hello=0.4", canaries=True)
    idle = server.peer()
    assert idle.bye() == "timeout"
    peer = server.join()
    assert peer.say("x" * 501).code == "too_long"
    peer.send_bytes(b"\0\1\0\0")
    assert peer.bye() == "too_big"


@pytest.mark.parametrize("count", [300])
@holds("2.22")
def test_connections_that_come_and_go_leave_nothing(table: Launched, count: int) -> None:
    """`table` checks open files after the case."""
    for number in range(count):
        peer = table.peer()
        if number % 3 == 0:
            peer.send_bytes(b"\0\0")
        if number % 3 == 1:
            peer.send({"type": "hello", "version": 1, "room": "flaps"})
        (peer.reset if number % 2 else peer.close)()
    assert table.join().say("still here").ok


@holds("1.25", "1.26")
def test_a_full_disk_is_said_and_chat_goes_on(launcher: Launcher, tmp_path: Path) -> None:
    """A write that fails is `storage`: the game stays where it was."""
    limited = ["sh", "-c", 'ulimit -f 200 && exec "$0" "$@"', *launcher.command]
    small = Launcher(limited, launcher.home)
    try:
        server = small.serve("--no-console", "--limit", "all=none", "--data", str(tmp_path / "data"), memory=False)
    except (AssertionError, subprocess.TimeoutExpired):
        pytest.fail("it does not start with files of at most 100 KB")
    try:
        ann = server.join("Ann", "x")
        codes = set()
        for _ in range(3_000):
            reply = ann.say("/new")
            codes.add(reply.code)
            if reply.code == "storage":
                break
            codes.add(ann.say("/stop").code)
            if "storage" in codes:
                break
        assert "storage" in codes
        assert ann.say("chat goes on").ok
    finally:
        small.end(server)
