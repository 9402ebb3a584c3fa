"""The door from outside: deadlines, turns and slow readers, while a pair of canaries elsewhere notices nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Closed, Launched, Launcher, Peer
from judge.peer import encode, frame

Serve = Callable[..., Launched]

HELLO = encode({"type": "hello", "version": 1})


ESTABLISHED, KEEP_ALIVE = "01", "02"  # in /proc/net/tcp


def reason(messages: list[dict[str, object]]) -> object:
    """Why the server closed, by its last word."""
    return messages[-1].get("reason") if messages else None


@pytest.fixture
def hasty(serve: Serve) -> Launched:
    """A server with short deadlines."""
    return serve(limits={"hello": 0.4, "frame_time": 0.6, "backlog_time": 0.6})


@pytest.mark.parametrize("begun", [b"", HELLO[:7], encode({"type": "ping"}), encode({"type": "line", "text": "x"})])
def test_who_does_not_say_hello_in_time_is_sent_off(hasty: Launched, begun: bytes) -> None:
    """Whatever else they say: only a hello counts."""
    peer = hasty.peer()
    began = time.monotonic()
    peer.send_bytes(begun)
    last = peer.closed()[-1]
    assert (last["reason"], "limit hello" in last["text"]) == ("timeout", True)
    assert 0.3 < time.monotonic() - began < 2


def test_a_begun_frame_has_one_deadline_however_often_a_byte_comes(hasty: Launched) -> None:
    peer = hasty.join()
    peer.sock.settimeout(0.02)
    began, ping = time.monotonic(), frame(b'{"type":"ping","padding":"' + b"x" * 1_000 + b'"}')
    last: list[dict[str, object]] = []
    for byte in ping:
        peer.send_bytes(bytes([byte]))
        try:
            last = [peer.read()]
            break
        except TimeoutError:
            continue
    assert reason(last) == "timeout"
    assert "limit frame_time" in str(last[0]["text"])
    assert 0.5 < time.monotonic() - began < 2


def test_a_whole_frame_ends_the_deadline_of_a_begun_one(hasty: Launched) -> None:
    peer = hasty.join()
    ping = encode({"type": "ping"})
    until = time.monotonic() + 1.0
    at = 0
    while time.monotonic() < until:  # never between two frames when a byte is due, never long in one
        peer.send_bytes(ping[at : at + 7])
        at = (at + 7) % len(ping) if at + 7 < len(ping) else 0
        peer.sock.settimeout(0.02)
        try:
            assert peer.read()["type"] == "pong"
        except TimeoutError:
            continue


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "disk"])
def test_who_sends_no_more_is_answered_before_the_end(serve: Serve, tmp_path: Path, memory: bool) -> None:
    """As by `printf ... | nc -N`: all that was sent before the end of sending, lines that are slowed included."""
    options = [] if memory else ["--data", str(tmp_path / "data")]
    peer = serve(*options, memory=memory, limits={"command_burst": 1, "command_rate": 20}).peer()
    lines = [{"type": "line", "text": text, "id": n} for n, text in enumerate(("hi", "/new", "/guess a", "/who"), 1)]
    peer.send_bytes(b"".join(map(encode, [{"type": "hello", "version": 1}, *lines, {"type": "ping", "id": 9}])))
    peer.sock.shutdown(socket.SHUT_WR)
    told = rest(peer)
    assert [m["type"] for m in told if m["type"] != "board"][:2] == ["welcome", "roster"]
    assert [m["id"] for m in told if m["type"] in ("ack", "pong")] == [1, 2, 3, 4, 9]


def test_who_sends_no_more_is_told_the_end_of_what_fills_the_kernel(serve: Serve) -> None:
    peer = stalled(serve(limits={"all": "none"}), "talk")
    peer.send_bytes(b"".join(encode({"type": "line", "text": "x" * 490, "id": n}) for n in range(1, 201)))
    peer.sock.shutdown(socket.SHUT_WR)
    assert [m["id"] for m in rest(peer) if m["type"] == "ack"] == list(range(1, 201))


@pytest.mark.parametrize("begun", [b"", HELLO[:7], HELLO])
def test_who_sends_no_more_and_waits_for_nothing_goes_at_once(serve: Serve, begun: bytes) -> None:
    peer = serve().peer()
    began = time.monotonic()
    peer.send_bytes(begun)
    peer.sock.shutdown(socket.SHUT_WR)
    rest(peer)
    assert time.monotonic() - began < 1


def stalled(server: Launched, room: str) -> Peer:
    """Somebody who came in and does not read; the kernel takes little for them."""
    peer = server.peer(receive_buffer=4_096)
    peer.hello(None, room)
    return peer


def rest(peer: Peer) -> list[dict[str, object]]:
    """All that still comes, every frame of it whole."""
    got: list[dict[str, object]] = []
    try:
        while True:
            got.append(peer.read())
    except Closed:
        return got


def test_who_does_not_read_goes_with_a_word_and_nobody_waits(serve: Serve) -> None:
    server = serve(limits={"all": "none"})
    peer, talker = stalled(server, "talk"), server.join(None, "talk")
    text = "x" * 490
    last = 0
    while not any(m["type"] == "member" and m["connected"] is False for m in talker.seen):
        last += 1
        talker.say(text, last)
    assert last * len(text) > 262_144 / 2
    assert reason(rest(peer)) == "slow"


def test_nothing_taken_for_some_seconds_is_as_bad_as_a_long_backlog(serve: Serve) -> None:
    server = serve(limits={"backlog_time": 0.5, "all": "none"})
    peer, talker = stalled(server, "talk"), server.join(None, "talk")
    for number in range(1, 500):  # more than the kernels' buffers and less than the backlog
        talker.say("x" * 490, number)
    assert talker.wait("member", connected=False)["left"] is False
    said = rest(peer)
    assert reason(said) == "slow"
    assert "backlog_time" in str(said[-1]["text"])


def test_lines_in_flight_are_bounded_by_reading_no_further(serve: Serve) -> None:
    server = serve(limits={"chat_burst": 1, "chat_rate": 0.01, "slowed": 100})
    peer, other = server.join(None, "talk"), server.join(None, "talk")
    line = encode({"type": "line", "text": "x" * 490})
    peer.sock.setblocking(False)
    sent, quiet = 0, time.monotonic()
    while time.monotonic() < quiet + 0.5:  # until the kernels' buffers are full: nobody reads at the other end
        try:
            sent += peer.sock.send(line * 100)
            quiet = time.monotonic()
        except BlockingIOError:
            continue
        assert sent < 2**26, "the server reads on and on"
    assert other.say("hello").ok


@pytest.mark.parametrize(
    "message", [{"type": "ping"}, {"type": "complete", "id": 1, "text": "/"}], ids=["ping", "complete"]
)
def test_who_asks_without_end_gets_all_answers_and_only_their_turn(serve: Serve, message: dict[str, object]) -> None:
    """What is not limited by a rate is bounded by turns: others are served in between."""
    server = serve()
    peer, count = server.join(), 2_000
    sending = threading.Thread(target=peer.send_bytes, args=(encode(message) * count,))
    sending.start()
    for _ in range(count):
        peer.wait("pong" if message["type"] == "ping" else "completions")
    sending.join()
    assert server.canaries is not None
    assert server.canaries.p99() < 0.25


def test_a_full_server_says_so_at_once_and_does_not_spin(serve: Serve) -> None:
    server = serve(limits={"connections": 12})
    stay = [server.peer() for _ in range(10)]
    for peer in stay:
        peer.hello()
    for _ in range(50):
        began = time.monotonic()
        assert server.peer().bye() == "full"
        assert time.monotonic() - began < 1
    for peer in stay:
        peer.barrier()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel does not tell")
def test_sockets_are_watched_by_the_kernel_and_not_by_us(serve: Serve) -> None:
    """Dead peers are found by TCP keep-alive: no timer and no byte of the server's for one who is idle."""
    server = serve(canaries=False)
    peer = server.join()
    peer.sock.settimeout(0.7)
    with pytest.raises(TimeoutError):
        peer.read()
    here = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), 'little'):08X}:{server.port:04X}"
    table = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    timers = {line[5].partition(":")[0] for line in table if line[1] == here and line[3] == ESTABLISHED}
    assert timers == {KEEP_ALIVE}


def test_those_who_are_refused_cannot_use_up_the_files_either(launcher: Launcher) -> None:
    """They stay and do not read: the first of them are waited for, the others are not."""
    small = Launcher(["sh", "-c", 'ulimit -n 110 && exec "$0" "$@"', *launcher.command], launcher.home)
    server = small.serve("--no-console", "--limit", "all=none", canaries=True)
    try:
        crowd = []
        for _ in range(300):
            began = time.monotonic()
            crowd.append(server.peer())
            assert time.monotonic() - began < 1
        assert {peer.read()["type"] for peer in crowd[-50:]} == {"bye"}
        assert server.canaries is not None
        server.canaries.turn()
        assert "cannot accept" not in server.err.text
        for peer in crowd:
            peer.close()
        server.settle()
        assert server.join().say("place again").ok
    finally:
        small.end(server)
