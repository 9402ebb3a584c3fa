"""Both ends without a socket: each case whole, byte by byte, and with bytes behind it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net.limits import DEFAULTS, Limits
from hangman_net.messages import Ack, ClientMessage, Hello, Line, Notice, Ping, ServerMessage
from hangman_net.wire import NEED_DATA, ClientWire, Fatal, NeedData, Refused, ServerWire, encode

Event = ClientMessage | ServerMessage | Refused | Fatal


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


def events(wire: ServerWire | ClientWire, *pieces: bytes) -> list[Event]:
    taken: list[Event] = []
    for piece in pieces:
        wire.receive_data(piece)
        while not isinstance(event := wire.next_event(), NeedData):
            taken.append(event)
            if isinstance(event, Fatal):
                return taken
    return taken


def short(event: Event) -> object:
    """An event without its words, to compare by."""
    match event:
        case Refused(code, _):
            return code
        case Fatal(reason, _, _):
            return reason
        case _:
            return event


SERVER_CASES: list[tuple[bytes, object]] = [
    (encode(Hello(version=1, name="ann")), Hello(version=1, name="ann")),
    (encode(Ping(id=1)), Ping(id=1)),
    (framed(b'{"type":"line","text":"\xff"}'), "bad_utf8"),
    (framed(b"{"), "bad_json"),
    (framed(b"{}"), "bad_message"),
    (framed(b" " * 1_024), "bad_json"),
    (b"\0\0\0\0", "protocol"),
    (b"\0\0\4\1", "too_big"),
    (b"\xff\xff\xff\xff", "too_big"),
    (b"\x16\x03\x01\x02", "too_big"),
]


@pytest.mark.parametrize(("data", "expected"), SERVER_CASES)
def test_what_a_server_reads(data: bytes, expected: object) -> None:
    for pieces in ([data], [data[i : i + 1] for i in range(len(data))]):
        wire = ServerWire(DEFAULTS)
        assert [short(e) for e in events(wire, *pieces)] == [expected]
        assert not wire.mid_frame
    behind = [] if expected in ("protocol", "too_big") else [Ping()]
    assert [short(e) for e in events(ServerWire(DEFAULTS), data + encode(Ping()))] == [expected, *behind]


def test_the_larger_limit_counts_from_the_frame_after_opened() -> None:
    long = encode(Line(text="x" * 2_000))
    wire = ServerWire(DEFAULTS)
    wire.receive_data(encode(Hello(version=1)) + long)
    assert wire.next_event() == Hello(version=1)
    wire.opened()
    assert wire.next_event() == Line(text="x" * 2_000)
    assert [short(e) for e in events(ServerWire(DEFAULTS), long)] == ["too_big"]


@pytest.mark.parametrize(("size", "expected"), [(16_384, "bad_json"), (16_385, "too_big")])
def test_the_limit_of_an_open_connection(size: int, expected: str) -> None:
    wire = ServerWire(DEFAULTS)
    wire.opened()
    assert [short(e) for e in events(wire, framed(b" " * size))] == [expected]


def test_the_limits_are_those_given() -> None:
    wire = ServerWire(Limits(frame_hello=28, frame=29))
    assert events(wire, encode(Hello(version=1))) == [Hello(version=1)]
    wire.opened()
    assert [short(e) for e in events(wire, framed(b" " * 29), framed(b" " * 30))] == ["bad_json", "too_big"]


def test_fatal_stays_fatal() -> None:
    wire = ServerWire(DEFAULTS)
    (fatal,) = events(wire, b"\0\0\0\0")
    wire.receive_data(encode(Ping()))
    assert wire.next_event() is fatal
    assert not wire.mid_frame


def test_a_client_skips_what_a_newer_server_says() -> None:
    data = framed(b'{"type":"weather"}') + encode(Notice("a")) + framed(b'{"type":"tide","high":5}')
    assert events(ClientWire(DEFAULTS), data) == [Notice("a")]
    assert events(ClientWire(DEFAULTS), *(data[i : i + 1] for i in range(len(data)))) == [Notice("a")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xff\xff\xff", "too_big"),
        (b"HTTP", "too_big"),
        ((65_537).to_bytes(4, "big"), "too_big"),
        (b"\0\0\0\0", "protocol"),
        (framed(b'{"type":"ack","id":[],"ok":1}'), "bad_message"),
        (framed(b" " * 65_536), "bad_json"),
    ],
)
def test_a_hostile_server_gets_a_clean_end(data: bytes, expected: str) -> None:
    assert [short(e) for e in events(ClientWire(DEFAULTS), data)] == [expected]


def test_an_idle_connection_holds_no_bytes() -> None:
    wire = ServerWire(DEFAULTS)
    wire.opened()
    events(wire, encode(Line(text="x" * 10_000)) + encode(Ping())[:6], encode(Ping())[6:])
    assert wire.next_event() is NEED_DATA
    held = [getattr(wire, name) for name in wire.__slots__]
    held += [getattr(part, name) for part in held for name in getattr(part, "__slots__", ())]
    assert not hasattr(wire, "__dict__")
    assert sum(map(sys.getsizeof, held)) < 400


@given(st.lists(st.sampled_from(SERVER_CASES), max_size=6), st.data())
def test_where_the_stream_is_cut_never_matters(cases: list[tuple[bytes, object]], data: st.DataObject) -> None:
    stream = b"".join(case[0] for case in cases)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert events(ServerWire(DEFAULTS), *pieces) == events(ServerWire(DEFAULTS), stream)


@given(st.binary(max_size=300))
def test_no_stream_raises(data: bytes) -> None:
    for wire in (ServerWire(DEFAULTS), ClientWire(DEFAULTS)):
        assert events(wire, data) == events(type(wire)(DEFAULTS), *(data[i : i + 1] for i in range(len(data))))


def test_an_ack_is_read() -> None:
    assert events(ClientWire(DEFAULTS), encode(Ack(5, ok=False))) == [Ack(5, ok=False)]
