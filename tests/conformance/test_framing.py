"""Frames: lengths, cuts, and what is fatal."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from judge import Closed, Launched, Peer, holds
from judge.peer import encode, frame

HELLO = {"type": "hello", "version": 1}


def padded(message: dict[str, object], size: int) -> bytes:
    """A message as a frame whose payload is exactly `size` bytes, filled with white space that JSON skips."""
    plain = encode(message)[4:]
    return frame(plain + b" " * (size - len(plain)))


@holds("2.01", "2.02", "2.03")
def test_a_frame_is_a_length_and_a_json_object(table: Launched, room: str) -> None:
    peer = table.peer()
    peer.send_bytes(b"\x00\x00\x00\x1e" + b'{"type": "hello", "version":1}')
    assert peer.wait("board")["status"] == "idle"


@pytest.mark.parametrize("size", [1023, 1024])
@holds("2.04")
def test_the_longest_frame_before_welcome(table: Launched, size: int) -> None:
    peer = table.peer()
    peer.send_bytes(padded(HELLO, size))
    assert peer.read()["type"] == "welcome"


@pytest.mark.parametrize("size", [1025, 1026, 16_384, 16_385, 65_536, 2**24, 2**31 - 1, 2**31, 2**32 - 1])
@holds("2.04", "2.07", "2.37")
def test_too_long_before_welcome_is_judged_on_four_bytes(table: Launched, size: int) -> None:
    peer = table.peer()
    peer.send_bytes(struct.pack(">I", size))
    assert peer.bye() == "too_big"


@pytest.mark.parametrize("size", [1025, 16_383, 16_384])
@holds("2.04")
def test_the_longest_frame_after_welcome(table: Launched, room: str, size: int) -> None:
    peer = table.join(None, room)
    peer.send_bytes(padded({"type": "ping", "id": 7}, size))
    assert peer.read() == {"type": "pong", "id": 7}


@pytest.mark.parametrize("size", [16_385, 65_536, 2**24, 2**31 - 1, 2**31, 2**32 - 1])
@holds("2.04", "2.07", "2.37")
def test_too_long_after_welcome_is_judged_on_four_bytes(table: Launched, room: str, size: int) -> None:
    peer = table.join(None, room)
    peer.send_bytes(struct.pack(">I", size))
    assert peer.bye() == "too_big"


@holds("2.04")
def test_the_longer_frames_count_from_welcome_on_even_in_one_piece(table: Launched, room: str) -> None:
    """A `hello` and a long frame in one segment: the second comes after `welcome`, in order."""
    peer = table.peer()
    peer.send_bytes(encode(HELLO | {"room": room}) + padded({"type": "ping", "id": 3}, 2_000))
    assert peer.until("pong", id=3)[0]["type"] == "welcome"


@pytest.mark.parametrize("welcomed", [False, True])
@holds("2.07", "2.37")
def test_a_length_of_zero_is_protocol(table: Launched, room: str, welcomed: bool) -> None:
    peer = table.join(None, room) if welcomed else table.peer()
    peer.send_bytes(b"\0\0\0\0")
    assert peer.bye() == "protocol"


@pytest.mark.parametrize("first", [b"\0\0\0\0", b"\xff\xff\xff\xff"])
@holds("2.07")
def test_what_stands_before_a_fatal_length_is_answered_and_what_follows_is_not(
    table: Launched, room: str, first: bytes
) -> None:
    peer = table.join(None, room)
    peer.send_bytes(encode({"type": "ping", "id": 1}) + first + encode({"type": "ping", "id": 2}))
    got = peer.closed()
    assert [m["type"] for m in got] == ["pong", "bye"]


@holds("2.07", "2.37")
def test_bye_arrives_although_the_client_goes_on_sending(table: Launched, room: str) -> None:
    """Unread bytes on the server's side would turn its close into a reset that swallows the `bye`."""
    peer = table.join(None, room)
    peer.send_bytes(struct.pack(">I", 2**30) + b"x" * 200_000)
    assert peer.bye() == "too_big"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7])
@holds("2.06")
def test_where_frames_are_cut_never_matters(table: Launched, room: str, step: int) -> None:
    peer = table.peer()
    data = (
        encode(HELLO | {"room": room}) + encode({"type": "line", "text": "héllo ☃", "id": 1}) + encode({"type": "ping"})
    )
    for at in range(0, len(data), step):
        peer.send_bytes(data[at : at + step])
    got = peer.until("pong")
    assert [m["text"] for m in got if m["type"] == "chat"] == ["héllo ☃"]
    assert [m["ok"] for m in got if m["type"] == "ack"] == [True]


@holds("2.06")
def test_many_frames_in_one_piece(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send(*({"type": "ping", "id": n} for n in range(1, 2001)))
    assert [peer.read()["id"] for _ in range(2000)] == list(range(1, 2001))


@holds("2.06")
def test_a_cut_inside_a_character(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    data = encode({"type": "line", "text": "😀", "id": 1})
    at = data.index("😀".encode()) + 2
    peer.send_bytes(data[:at])
    peer.send_bytes(data[at:])
    assert [m["text"] for m in peer.until("ack") if m["type"] == "chat"] == ["😀"]


@holds("2.08", "2.09")
def test_ten_bad_payloads_are_borne_and_the_eleventh_is_not(stock: Launched, room: str) -> None:
    peer = stock.join(None, room)
    for _ in range(10):
        peer.send_payload(b"{")
        assert peer.read()["code"] == "bad_json"
    assert peer.barrier() == []
    peer.send_payload(b"{")
    assert peer.bye() == "protocol"


@holds("2.09", "1.20")
def test_all_none_lifts_no_rule_of_the_frames(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send_bytes(frame(b"{") * 11)
    assert peer.bye() == "protocol"


@holds("2.09")
def test_bad_payloads_of_every_kind_count_together(stock: Launched, room: str) -> None:
    peer = stock.join(None, room)
    for payload in [b"\xff", b"{", b"[]", b'{"type":"none"}'] * 5:
        peer.send_payload(payload)
    got = peer.closed()
    assert got[-1]["type"] == "bye"
    assert got[-1]["reason"] == "protocol"
    assert len(got) <= 12


@holds("2.09", "2.17")
def test_bad_payloads_before_hello_count_too(stock: Launched) -> None:
    peer = stock.peer()
    for _ in range(11):
        peer.send_payload(b"nonsense")
    got = peer.closed()
    assert got[-1] == {**got[-1], "type": "bye", "reason": "protocol"}


@holds("2.05", "2.27")
def test_no_frame_of_the_server_is_longer_than_promised(table: Launched, room: str) -> None:
    """The longest things a server says: a roster of long names, and replayed chat. `Peer` holds every frame to it."""
    for number in range(60):
        table.join(f"Ñandú-{number:03}-{'w' * 10}", room)
    peer = table.join(None, room)
    peer.types("/help", "/who")
    assert len(next(m for m in peer.seen if m["type"] == "roster")["members"]) == 61


@holds("2.37")
def test_a_frame_begun_and_not_finished_is_no_reason_to_wait_for_others(table: Launched, room: str) -> None:
    slow, quick = table.join(None, room), table.join(None, room)
    slow.send_bytes(b"\x00\x00")
    assert quick.say("hello").ok
    slow.send_bytes(encode({"type": "ping", "id": 5})[2:])
    assert slow.wait("pong")["id"] == 5


@holds("2.37")
def test_half_a_frame_and_then_the_end(table: Launched, room: str) -> None:
    peer, other = table.join("gone", room), table.join(None, room)
    peer.send_bytes(b"\x00\x00\x01")
    peer.close()
    assert other.wait("member", name="gone")["connected"] is False


@holds("2.37")
def test_a_hello_that_never_comes_is_timeout(serve: Callable[..., Launched]) -> None:
    server = serve("--limit", "hello=0.3", canaries=True)
    peer = server.peer()
    assert peer.bye() == "timeout"


@holds("2.37")
def test_a_begun_frame_has_its_time_in_total(serve: Callable[..., Launched]) -> None:
    """A byte now and then does not buy more time: the deadline is of the frame, not of the byte."""
    server = serve("--limit", "frame_time=1", canaries=True)
    peer = server.join()
    peer.sock.settimeout(0.2)
    data = encode({"type": "line", "text": "x" * 200})
    ended = False
    for at in range(25):
        try:
            peer.send_bytes(data[at : at + 1])
            peer.read()
        except TimeoutError:
            continue
        except (Closed, OSError):
            ended = True
            break
    assert ended, "five seconds of dripping bytes"
    assert peer.seen[-1] == {**peer.seen[-1], "type": "bye", "reason": "timeout"}


@pytest.mark.parametrize("end", ["close", "reset"])
@holds("2.22")
def test_an_end_of_any_kind_leaves_the_seat(table: Launched, room: str, end: str) -> None:
    peer, other = table.join(f"e-{room}", room), table.join(None, room)
    getattr(peer, end)()
    gone = other.wait("member", name=f"e-{room}")
    assert (gone["left"], gone["connected"]) == (False, False)


@holds("2.11")
def test_half_closed_by_the_client_is_answered_first(table: Launched, room: str) -> None:
    """What was sent before the client's end of sending is carried out, for others at least."""
    import socket

    peer, other = table.join("half", room), table.join(None, room)
    peer.send({"type": "line", "text": "last words", "id": 1})
    peer.sock.shutdown(socket.SHUT_WR)
    assert other.wait("chat", name="half")["text"] == "last words"


def test_the_client_of_the_cases_reads_frames(table: Launched) -> None:
    """The judge itself: a peer that says nothing is told nothing."""
    peer = Peer(*table.address, timeout=0.2)
    with pytest.raises(TimeoutError):
        peer.read()
    peer.close()
