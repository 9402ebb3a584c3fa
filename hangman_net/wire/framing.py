"""Cuts a byte stream into frames: a 4-byte unsigned big-endian length N, then N bytes of payload.

It knows lengths and bytes; it must not know JSON, messages or sockets.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

from msgspec import Struct

HEADER: Final = 4
"""Bytes in front of every payload (contract section 2)."""


class NeedData(Enum):
    """The type of `NEED_DATA`, an enum of one so that `is NEED_DATA` narrows it away."""

    NEED_DATA = "need data"


NEED_DATA: Final = NeedData.NEED_DATA
"""There is nothing more to take until `receive_data` was given more."""


class Fatal(Struct, frozen=True):
    """The stream can no longer be followed: say `bye` with `reason` and close.

    `head` is the four bytes that were judged: those of another protocol (`GET `, `SSH-`) can be told by them.
    """

    reason: Literal["too_big", "protocol"]
    text: str
    head: bytes = b""


def frame(payload: bytes) -> bytes:
    """`payload` with its length in front.

    Raises `OverflowError` for a payload of 4 GiB or more.
    """
    return len(payload).to_bytes(HEADER, "big") + payload


class Framer:
    """Payloads out of bytes, however those were cut.

    A length out of range is judged by its four bytes alone. While nothing is half read, no byte is kept.
    `limit` is the largest length taken, in bytes; a change counts from the next frame on.
    """

    __slots__ = ("_at", "_data", "_fatal", "limit")

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._data: bytes | bytearray = b""  # what was received and not yet taken, from `_at` on
        self._at = 0
        self._fatal: Fatal | None = None

    @property
    def empty(self) -> bool:
        """Whether all that was received has been taken."""
        return not self._data

    @property
    def mid_frame(self) -> bool:
        """Once `next_payload` gave `NEED_DATA`: whether a frame is begun and not finished."""
        return bool(self._data)

    def receive_data(self, data: bytes | memoryview) -> None:
        """Take what came from the stream; a view is copied, so its buffer may be used again at once."""
        if self._fatal is not None:
            return
        if not self._data:
            self._data = data if isinstance(data, bytes) else bytes(data)
            return
        if not isinstance(self._data, bytearray):
            # From its second piece on a frame grows in place: a byte at a time must not cost the square of its size.
            self._data = bytearray(self._data)
        self._data += data

    def next_payload(self) -> bytes | NeedData | Fatal:
        """The next whole payload; after `Fatal` it is `Fatal` for ever."""
        data, at = self._data, self._at
        begin = at + HEADER
        size = int.from_bytes(data[at:begin], "big")
        end = begin + size
        if begin < end <= len(data) and size <= self.limit:  # a whole frame, as nearly always
            if end == len(data):
                self._data, self._at = b"", 0
            else:
                self._at = end
            return bytes(data[begin:end])
        if self._fatal is not None:
            return self._fatal
        if begin <= len(data) and not 0 < size <= self.limit:
            return self._fail(size, bytes(data[at:begin]))
        if at:
            self._data, self._at = data[at:], 0
        return NEED_DATA

    def _fail(self, size: int, head: bytes) -> Fatal:
        if size:
            text = f"A frame of {size:,} bytes is above the limit of {self.limit:,}."
            self._fatal = Fatal("too_big", text, head)
        else:
            self._fatal = Fatal("protocol", "A frame of no bytes holds no message.", head)
        self._data, self._at = b"", 0
        return self._fatal
