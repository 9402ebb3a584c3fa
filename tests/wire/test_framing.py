"""Frames out of bytes: each case whole, byte by byte, and with bytes behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net.wire.framing import NEED_DATA, Fatal, Framer, NeedData, frame

LIMIT = 1_024


def drain(framer: Framer) -> list[bytes | Fatal]:
    taken: list[bytes | Fatal] = []
    while not isinstance(item := framer.next_payload(), NeedData):
        taken.append(item)
        if isinstance(item, Fatal):
            break
    return taken


def feed(framer: Framer, pieces: list[bytes]) -> list[bytes | Fatal]:
    taken: list[bytes | Fatal] = []
    for piece in pieces:
        framer.receive_data(piece)
        taken += drain(framer)
    return taken


def one_by_one(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


@pytest.mark.parametrize(
    ("payload", "framed"),
    [
        (b"{", b"\0\0\0\1{"),
        (b"ab" * 150, b"\0\0\1\x2c" + b"ab" * 150),
        (b"x" * LIMIT, b"\0\0\4\0" + b"x" * LIMIT),
    ],
    ids=["one byte", "two digits of length", "at the limit"],
)
def test_a_frame_is_its_length_in_four_big_endian_bytes_and_its_payload(payload: bytes, framed: bytes) -> None:
    assert frame(payload) == framed
    assert feed(Framer(LIMIT), [framed]) == [payload]
    assert feed(Framer(LIMIT), one_by_one(framed)) == [payload]
    assert feed(Framer(LIMIT), [framed + b"\0\0"]) == [payload]
    assert feed(Framer(LIMIT), [framed + framed]) == [payload, payload]


@pytest.mark.parametrize(
    ("head", "reason", "text"),
    [
        (b"\0\0\0\0", "protocol", "A frame of no bytes holds no message."),
        (b"\0\0\4\1", "too_big", "A frame of 1,025 bytes is above the limit of 1,024."),
        (b"\xff\xff\xff\xff", "too_big", "A frame of 4,294,967,295 bytes is above the limit of 1,024."),
        (b"GET ", "too_big", "A frame of 1,195,725,856 bytes is above the limit of 1,024."),
    ],
)
def test_a_length_out_of_range_is_fatal_by_its_four_bytes_alone(head: bytes, reason: str, text: str) -> None:
    for pieces in ([head], one_by_one(head), [head + b"more"], [frame(b"{}") + head], [frame(b"{}")[:5], b"}" + head]):
        framer = Framer(LIMIT)
        *before, fatal = feed(framer, pieces)
        assert isinstance(fatal, Fatal)
        assert (fatal.reason, fatal.text, fatal.head) == (reason, text, head)
        assert before in ([], [b"{}"])


def test_three_bytes_of_a_length_are_not_yet_judged() -> None:
    framer = Framer(LIMIT)
    assert feed(framer, [b"\xff\xff\xff"]) == []
    assert framer.mid_frame


def test_after_fatal_nothing_more_comes_and_nothing_is_kept() -> None:
    framer = Framer(LIMIT)
    (fatal,) = feed(framer, [b"\0\0\0\0"])
    framer.receive_data(frame(b"{}") * 1_000)
    assert framer.next_payload() is fatal
    assert not framer.mid_frame


def test_mid_frame_says_whether_a_frame_is_begun_and_not_finished() -> None:
    framer = Framer(LIMIT)
    seen = []
    for piece in (b"", b"\0", b"\0\0\2", b"{", b"}", b"\0\0\0\2{}\0", b"\0\0\1x"):
        framer.receive_data(piece)
        drain(framer)
        seen.append(framer.mid_frame)
    assert seen == [False, True, True, True, False, True, False]


def test_frames_may_wait_inside_while_more_is_received() -> None:
    framer = Framer(LIMIT)
    framer.receive_data(frame(b"1") + frame(b"2") + b"\0\0")
    assert framer.next_payload() == b"1"
    framer.receive_data(b"\0\1" + b"3")
    assert drain(framer) == [b"2", b"3"]


def test_a_view_may_be_overwritten_as_soon_as_it_was_taken() -> None:
    framer = Framer(LIMIT)
    buffer = bytearray(frame(b"first") + frame(b"second"))
    with memoryview(buffer) as view:
        framer.receive_data(view[:12])
        framer.receive_data(view[12:])
    buffer[:] = bytes(len(buffer))
    assert drain(framer) == [b"first", b"second"]


def test_a_changed_limit_counts_from_the_next_frame_on() -> None:
    framer = Framer(4)
    framer.receive_data(frame(b"1234") + frame(b"12345"))
    assert framer.next_payload() == b"1234"
    framer.limit = 5
    assert framer.next_payload() == b"12345"
    assert framer.next_payload() is NEED_DATA


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.data())
def test_where_the_stream_is_cut_never_matters(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(frame, payloads))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    framer = Framer(LIMIT)
    assert feed(framer, pieces) == payloads
    assert not framer.mid_frame
