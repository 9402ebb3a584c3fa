"""Cuts a byte stream into frames: a 4-byte unsigned big-endian length N, then N bytes of payload.

It knows lengths and bytes; it must not know JSON, messages or sockets.
"""

from __future__ import annotations

import struct
from enum import Enum
from typing import Final, Literal

from msgspec import Struct

_LENGTH = struct.Struct("!I")
HEADER: Final = _LENGTH.size
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
    `mid_frame` says, once `next_payload` gave `NEED_DATA`, that a frame is begun and not finished.
    """

    __slots__ = ("_at", "_data", "_fatal", "limit", "mid_frame")

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.mid_frame = False
        self._data: bytes | bytearray = b""  # what was received and not yet taken, from `_at` on
        self._at = 0
        self._fatal: Fatal | None = None

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

    @property
    def empty(self) -> bool:
        """Whether all that was received has been taken."""
        return not self._data

    def next_payload(self) -> bytes | NeedData | Fatal:
        """The next whole payload; after `Fatal` it is `Fatal` for ever."""
        data, at = self._data, self._at
        begin = at + HEADER
        if begin <= len(data):
            (size,) = _LENGTH.unpack_from(data, at)
            if not 0 < size <= self.limit:
                return self._fail(size, bytes(data[at:begin]))
            end = begin + size
            if end <= len(data):
                self.mid_frame = False
                if end == len(data):
                    self._data, self._at = b"", 0
                else:
                    self._at = end
                payload = data[begin:end]
                return payload if isinstance(payload, bytes) else bytes(payload)
        elif self._fatal is not None:  # then there is no data any more
            return self._fatal
        if at:
            self._data, self._at = data[at:], 0
        self.mid_frame = bool(self._data)
        return NEED_DATA

    def _fail(self, size: int, head: bytes) -> Fatal:
        if size:
            text = f"A frame of {size:,} bytes is above the limit of {self.limit:,}."
            self._fatal = Fatal("too_big", text, head)
        else:
            self._fatal = Fatal("protocol", "A frame of no bytes holds no message.", head)
        self._data, self._at, self.mid_frame = b"", 0, False
        return self._fatal
