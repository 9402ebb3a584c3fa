"""The WebSocket wire by itself: any cutting, fragments, limits, and what is no WebSocket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from websockets.frames import Close, Frame, Opcode

from hangman_net.limits import DEFAULTS, NONE, Limits
from hangman_net.messages import Ack, Notice, Ping, Pong
from hangman_net.web.wire import FAREWELL, WebWire, size_at, texts
from hangman_net.wire.codec import Refused, encode
from hangman_net.wire.framing import NEED_DATA, Fatal

from .conftest import HANDSHAKE, said


def ping(number: int) -> str:
    return json.dumps({"type": "ping", "id": number})


def opened(limits: Limits = DEFAULTS, *, welcomed: bool = True) -> WebWire:
    """A wire behind its handshake."""
    wire = WebWire(limits)
    wire.receive_data(HANDSHAKE)
    ok, response = wire.accept()
    assert ok
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in response  # RFC 6455, section 1.3
    if welcomed:
        wire.opened()
    return wire


def events(wire: WebWire, *pieces: bytes) -> list[Any]:
    """Everything that comes of these bytes."""
    found: list[Any] = []
    for piece in pieces:
        wire.receive_data(piece)
        while (event := wire.next_event()) is not NEED_DATA:
            found.append(event)
            if isinstance(event, Fatal):
                return found
    return found


def test_nothing_happens_before_the_request_is_whole() -> None:
    wire = WebWire(DEFAULTS)
    wire.receive_data(HANDSHAKE[:-1])
    assert wire.request is None
    assert not wire.broken
    assert wire.next_event() is NEED_DATA
    wire.receive_data(HANDSHAKE[-1:])
    assert wire.request is not None
    assert wire.request.path == "/ws"


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01 TLS\r\n\r\n", b"GET /\r\n\r\n", b"x" * 20_000 + b"\r\n", b"\0" * 9 + b"\n"]
)
def test_what_is_no_request_is_seen_as_broken(junk: bytes) -> None:
    wire = WebWire(DEFAULTS)
    wire.receive_data(junk)
    assert wire.broken


def test_an_upgrade_without_a_key_is_answered_by_http() -> None:
    wire = WebWire(DEFAULTS)
    wire.receive_data(b"GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    ok, response = wire.accept()
    assert not ok
    assert response.startswith(b"HTTP/1.1 400 ")


def test_text_messages_are_the_contracts_messages() -> None:
    assert events(opened(), said(ping(7))) == [Ping(7)]


@given(st.lists(st.integers(0, 140), max_size=8), st.data())
def test_any_cutting_gives_the_same_messages(sizes: list[int], data: st.DataObject) -> None:
    """The law of every framing, with messages of all three header lengths, whole and in fragments."""
    stream = b""
    expected: list[Any] = []
    for number, size in enumerate(sizes, 1):
        payload = ping(number) + " " * (size * 100)
        cut = data.draw(st.integers(0, len(payload)))
        if data.draw(st.booleans()):
            stream += said(payload)
        else:
            middle = said(b"are you there", Opcode.PING) if data.draw(st.booleans()) else b""
            stream += said(payload[:cut], fin=False) + middle + said(payload[cut:], Opcode.CONT)
        expected.append(Ping(number))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    wire = opened()
    assert events(wire, *pieces) == expected
    assert not wire.mid_frame


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (said("{"), "bad_json"),
        (said(b'"\xff"'), "bad_utf8"),
        (said('{"type":"nothing"}'), "bad_message"),
        (said("[]"), "bad_message"),
    ],
)
def test_a_payload_that_will_not_do_is_refused_and_the_next_is_read(frame: bytes, code: str) -> None:
    refused, after = events(opened(), frame + said(ping(1)))
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert after == Ping(1)


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (said("x" * 16_385), "too_big"),
        (said("x" * 16_000, fin=False) + said("x" * 385, Opcode.CONT), "too_big"),
        (said(b"\x00\x01", Opcode.BINARY), "protocol"),
        (said(b""), "protocol"),
        (b"\x81\x02{}", "protocol"),  # not masked
        (b"\xf1\x82abcdef", "protocol"),  # reserved bits
        (b"GET / HTTP/1.1\r\n", "protocol"),
        (said("x", Opcode.CONT), "protocol"),
        (said(b"", Opcode.PING) * 40, "protocol"),  # each costs as much as a line, and no turn of the loop counts them
        (said("{", fin=False) + said("", Opcode.CONT, fin=False) * 40, "protocol"),
    ],
)
def test_what_cannot_be_followed_is_fatal_behind_what_could(frames: bytes, reason: str) -> None:
    first, fatal = events(opened(), said(ping(1)) + frames)
    assert first == Ping(1)
    assert isinstance(fatal, Fatal)
    assert fatal.reason == reason


def test_many_small_messages_and_some_pings_at_once_are_no_flood() -> None:
    told = events(opened(), said(b"", Opcode.PING) * 16 + said('{"type":"ping"}') * 100)
    assert told == [Ping()] * 100


def test_before_the_welcome_only_a_hello_fits() -> None:
    fits, big = said(ping(1) + " " * 900), said(ping(1) + " " * 1_100)
    wire = opened(welcomed=False)
    assert events(wire, fits) == [Ping(1)]
    (fatal,) = events(wire, big)
    assert isinstance(fatal, Fatal)
    assert fatal.reason == "too_big"
    wire = opened(welcomed=False)
    wire.opened()
    assert events(wire, big) == [Ping(1)]


def test_a_size_that_was_lifted_has_no_end() -> None:
    wire = opened(replace(DEFAULTS, frame=NONE))
    assert events(wire, said(ping(1) + " " * 100_000)) == [Ping(1)]


@pytest.mark.parametrize("size", [1, 125, 126, 65_535, 65_536])
def test_a_begun_frame_shows_until_it_is_finished(size: int) -> None:
    wire = opened(replace(DEFAULTS, frame=NONE))
    frame = said(b" " * size)
    for part in (frame[:1], frame[1:5], frame[5:-1]):
        wire.receive_data(part)
        assert wire.next_event() is NEED_DATA
        assert wire.mid_frame
    wire.receive_data(frame[-1:])
    assert isinstance(wire.next_event(), Refused)
    assert not wire.mid_frame


def test_a_message_in_pieces_is_begun_until_its_last() -> None:
    wire = opened()
    events(wire, said(ping(1)[:5], fin=False))
    assert wire.mid_frame
    assert events(wire, said(ping(1)[5:], Opcode.CONT)) == [Ping(1)]
    assert not wire.mid_frame


def test_pings_and_a_close_are_answered_by_the_protocol() -> None:
    wire = opened()
    assert events(wire, said(b"there?", Opcode.PING)) == []
    assert wire.replies() == Frame(Opcode.PONG, b"there?").serialize(mask=False)
    assert not wire.left
    assert events(wire, said(Close(1001, "").serialize(), Opcode.CLOSE)) == []
    assert wire.left
    assert wire.replies() == Frame(Opcode.CLOSE, Close(1001, "").serialize()).serialize(mask=False)


@given(st.lists(st.text(max_size=9) | st.sampled_from(["x" * 200, "y" * 70_000]), max_size=5))
def test_frames_become_text_messages_and_each_says_its_size(said_texts: list[str]) -> None:
    said_texts = [text.encode("utf-8", "replace").decode() for text in said_texts]
    messages = [*map(Notice, said_texts), Ack(1, True), Pong()]
    out = texts(b"".join(map(encode, messages)))
    expected = [Frame(Opcode.TEXT, encode(message)[4:]).serialize(mask=False) for message in messages]
    assert out == b"".join(expected)
    at = 0
    for frame in expected:
        assert size_at(out, at) == len(frame)
        at += len(frame)


def test_the_farewell_is_a_close_frame() -> None:
    assert size_at(FAREWELL, 0) == len(FAREWELL) == 4
