"""Flow: lines over their rate, lines in flight, readers who do not read, and who is not to notice."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest
from judge import Closed, Json, Launched, Peer, holds
from judge.peer import encode, kinds


def lines(count: int, text: str = "line {}") -> list[Json]:
    """Lines with ids from 1."""
    return [{"type": "line", "text": text.format(n), "id": n} for n in range(1, count + 1)]


@holds("2.11", "2.33")
def test_a_burst_of_eight_is_no_flood(stock: Launched, room: str) -> None:
    """Issue 8: chat burst 8 then 1.5 a second."""
    peer = stock.join(None, room)
    began = time.monotonic()
    peer.send(*lines(8))
    got = peer.until("ack", id=8)
    assert time.monotonic() - began < 0.5
    assert [m["ok"] for m in got if m["type"] == "ack"] == [True] * 8


@holds("2.11", "2.12", "2.34", "2.50")
def test_a_line_over_its_rate_is_slowed_in_order_and_then_refused(stock: Launched, room: str) -> None:
    """Every line is acked, in order; `rate_limited` ones too, with an error of their own before it."""
    peer, other = stock.join(None, room), stock.join(None, room)
    peer.send(*lines(14))
    got = peer.until("ack", id=14)
    acks = [(m["id"], m["ok"]) for m in got if m["type"] == "ack"]
    assert [number for number, _ in acks] == list(range(1, 15))
    refused = [number for number, ok in acks if not ok]
    errors = {m["id"]: m["code"] for m in got if m["type"] == "error"}
    assert errors == dict.fromkeys(refused, "rate_limited")
    said = [m["text"] for m in other.barrier() if m["type"] == "chat"]
    assert said == [f"line {number}" for number, ok in acks if ok]


@holds("2.12", "2.44")
def test_a_rate_limited_line_may_be_sent_again(serve: Callable[..., Launched]) -> None:
    limits = ("chat_burst=1", "chat_rate=1", "slowed=0", "flood=none")
    server = serve("--no-console", *(word for limit in limits for word in ("--limit", limit)), canaries=True)
    peer = server.join()
    assert peer.say("one", 1).ok
    refused = peer.say("two", 2)
    assert (refused.ok, refused.code) == (False, "rate_limited")
    for _ in range(200):
        reply = peer.say("two", 2)
        if reply.ok:
            break
        assert reply.code == "rate_limited"
        time.sleep(0.02)  # the load of the case itself: a client that tries again
    assert [m["text"] for m in peer.seen if m["type"] == "chat"] == ["one", "two"]


@holds("2.37")
def test_who_goes_on_is_cut_with_limit(serve: Callable[..., Launched]) -> None:
    server = serve(
        "--no-console", "--limit", "chat_rate=0.1", "--limit", "flood=10", "--limit", "slowed=0", canaries=True
    )
    peer, other = server.join("Flood"), server.join()
    for message in lines(60):
        try:
            peer.send(message)
        except OSError:
            break
    got = peer.closed()
    assert got[-1] == {**got[-1], "type": "bye", "reason": "limit"}
    assert other.wait("member", name="Flood", connected=False)


@holds("2.11")
def test_pings_are_answered_in_order_behind_a_slowed_line(stock: Launched, room: str) -> None:
    peer = stock.join(None, room)
    peer.send(*lines(10), {"type": "ping", "id": 77})
    got = peer.until("pong", id=77)
    assert [m["id"] for m in got if m["type"] == "ack"] == list(range(1, 11))


@holds("2.11")
def test_a_slowed_person_slows_nobody_else(stock: Launched, room: str) -> None:
    slow, quick = stock.join(None, room), stock.join(None, room)
    slow.send(*lines(12))
    began = time.monotonic()
    assert quick.say("hello").ok
    assert time.monotonic() - began < 0.5
    slow.until("ack", id=12)


@holds("2.22", "2.50")
def test_a_reconnect_fills_no_allowance(serve: Callable[..., Launched]) -> None:
    """Issue 8: rate buckets survive a reconnect."""
    server = serve(
        "--no-console", "--limit", "chat_burst=2", "--limit", "chat_rate=0.1", "--limit", "slowed=0", canaries=True
    )
    ann = server.join("Ann")
    ann.types("one", "two")
    assert ann.say("three").code == "rate_limited"
    back = server.peer()
    back.hello(token=ann.token)
    assert back.say("three again").code == "rate_limited"


@holds("2.11", "2.12")
def test_thousands_of_lines_in_flight_are_all_answered(table: Launched, room: str) -> None:
    """Sixteen in flight, then the server stops reading; nothing is lost by it."""
    peer, other = table.join(None, room), table.join(None, room)
    data = b"".join(encode(m) for m in lines(3_000, "/who"))
    peer.sock.settimeout(20)
    sender = socket.socket.dup(peer.sock)
    import threading

    thread = threading.Thread(target=sender.sendall, args=(data,))
    thread.start()
    acks = 0
    while acks < 3_000:
        message = peer.read()
        if message["type"] == "ack":
            acks += 1
            assert message == {"type": "ack", "id": acks, "ok": True}
    thread.join()
    sender.close()
    assert other.say("still here").ok


# --- who does not read ------------------------------------------------------------------------------------------


def stalled(server: Launched, room: str) -> Peer:
    """A member who reads nothing, with a receive buffer as small as it gets."""
    peer = server.peer(receive_buffer=2_048)
    peer.hello(None, room)
    return peer


@holds("2.37", "2.41")
def test_a_reader_who_does_not_read_goes_and_nobody_waits_for_it(table: Launched, room: str) -> None:
    ann, slow = table.join(None, room), stalled(table, room)
    text = "😀" * 400
    gone = False
    for _ in range(3_000):
        reply = ann.say(text)
        assert reply.ok
        told = [m for m in reply.messages if m["type"] == "member" and m["name"] == slow.name and not m["connected"]]
        if told:
            gone = True
            assert told[0]["left"] is False
            break
    assert gone, "five megabytes were said, and the stalled reader is still there"
    got = slow.closed()
    if got and got[-1]["type"] == "bye":
        assert got[-1]["reason"] == "slow"


@holds("2.37")
def test_the_backlog_of_a_slow_reader_is_bounded(table: Launched, room: str) -> None:
    """256 KiB each: fifty of them together cost far less than what was said."""
    ann = table.join(None, room)
    slow = [stalled(table, room) for _ in range(50)]
    before = table.memory()
    text = "x" * 500
    for _ in range(3_000):
        ann.say(text)
    ann.barrier()
    grown = table.memory() - before
    assert grown < 60 * 2**20, f"{grown / 2**20:.0f} MiB"
    assert len([m for m in ann.seen if m["type"] == "member" and not m["connected"]]) == len(slow)


@holds("2.37")
def test_five_seconds_without_reading_are_too_long(table: Launched, room: str) -> None:
    """Not much is owed, but for too long: the deadline alone cuts it."""
    ann, slow = table.join(None, room), stalled(table, room)
    for _ in range(500):
        ann.say("y" * 450)
    assert not [m for m in ann.seen if m["type"] == "member" and not m["connected"]], "not by the amount"
    began = time.monotonic()
    ann.wait("member", name=slow.name, connected=False)
    assert time.monotonic() - began < 9


@holds("2.41")
def test_a_reader_who_is_slow_but_reads_stays(table: Launched, room: str) -> None:
    ann, slow = table.join(None, room), stalled(table, room)
    for number in range(300):
        text = f"{number} " + "z" * 300
        ann.say(text)
        if number % 10 == 9:
            slow.wait("chat", text=text)
    texts = [m["text"].split()[0] for m in slow.seen if m["type"] == "chat"]
    assert texts == [str(n) for n in range(300)]


@holds("2.41")
def test_who_is_silent_is_asked_for_nothing(table: Launched, room: str) -> None:
    """Not one byte comes to who only listens where nothing happens."""
    peer = table.join(None, room)
    peer.barrier()
    peer.sock.settimeout(3)
    with pytest.raises(TimeoutError):
        peer.read()
    peer.sock.settimeout(10)
    assert peer.say("still here").ok


@holds("2.11")
def test_a_client_that_only_sends_stops_nobody(table: Launched, room: str) -> None:
    """Ten thousand pings of which no answer is read: it is the sender's loss."""
    flood, ann = table.peer(receive_buffer=2_048), table.join(None, room)
    flood.hello(None, room)
    data = b"".join(encode({"type": "ping", "id": n}) for n in range(1, 1_001))
    flood.sock.settimeout(0.5)
    try:
        for _ in range(60):
            flood.send_bytes(data)
            assert ann.say("not noticed").ok
    except (TimeoutError, ConnectionError):
        pass
    assert ann.say("still here").ok


@holds("2.37", "1.12")
def test_stopping_waits_for_no_stalled_reader(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "all=none")
    ann, _slow = server.join(None, "x"), stalled(server, "x")
    for _ in range(200):
        ann.say("w" * 400)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    assert ann.bye() == "stopping"


@holds("2.08", "2.37")
@pytest.mark.parametrize("protocol", ["http", "ssh", "tls", "telnet"])
def test_other_protocols_are_sent_away(table: Launched, protocol: str) -> None:
    """Issue 8: wrong protocols are recognised, answered in their own words where one line can, and closed."""
    words = {
        "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "ssh": b"SSH-2.0-OpenSSH_9.6\r\n",
        "tls": bytes.fromhex("16030100c8010000c40303") + bytes(32),
        "telnet": b"\xff\xfb\x1f\xff\xfb\x20",
    }[protocol]
    peer = table.peer()
    peer.send_bytes(words)
    data = b""
    while chunk := _chunk(peer):
        data += chunk
    if protocol == "http":
        assert data.startswith(b"HTTP/1.1 4")
        assert b"hangman" in data.lower()


def _chunk(peer: Peer) -> bytes:
    try:
        return peer.sock.recv(4_096)
    except ConnectionError:
        return b""


@holds("2.33", "2.34")
def test_every_line_of_a_flood_is_acked_once(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "flood=none", "--limit", "slowed=0", canaries=True)
    peer = server.join()
    peer.send(*lines(400))
    got = peer.until("ack", id=400)
    assert [m["id"] for m in got if m["type"] == "ack"] == list(range(1, 401))
    assert kinds(got).count("error") == [m["ok"] for m in got if m["type"] == "ack"].count(False) > 300


def test_the_judge_sees_a_close(table: Launched) -> None:
    """The judge itself: a peer that is cut raises, rather than waiting."""
    peer = table.peer()
    peer.send_bytes(b"\0\0\0\0")
    with pytest.raises(Closed):
        for _ in range(3):
            peer.read()
