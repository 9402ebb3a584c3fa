"""What lasts, as small frozen records, and how each becomes bytes and comes back.

It knows the records of chat itself, their keys, and codecs for a plugin's; it must not know where bytes are kept.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

R = TypeVar("R")


class RecordError(ValueError):
    """A record type that cannot be kept, or kept bytes that no longer fit it; the text says why."""


class RoomRecord(Struct, frozen=True, omit_defaults=True):
    """A room that lasts: who owns it (a seat's id), the word that opens it, and whether newcomers may enter."""

    name: str
    owner: str | None = None
    invite: str | None = None
    locked: bool = False


class SeatRecord(Struct, frozen=True, omit_defaults=True):
    """A person: held seat or not, the room and name they have, and what their token carries.

    `used` is the day (POSIX days, UTC) of the last hello, `came` the server's clock when they came into the room;
    `scores` are points by room, `mutes` until when nobody reads them there; both of the last rooms only.
    `puppet` names the plugin that plays this seat.
    """

    name: str
    room: str
    used: int
    seated: bool = False
    held: bool = True
    scores: dict[str, int] = {}
    puppet: str | None = None
    ignores: tuple[str, ...] = ()
    mutes: dict[str, float] = {}
    came: float = 0.0


class BanRecord(Struct, frozen=True, omit_defaults=True):
    """Who may not come in: a name's key, a seat's id or an address; `until` in POSIX seconds (UTC), None for good."""

    name: str
    key: str | None = None
    seat: str | None = None
    address: str | None = None
    until: float | None = None
    by: str = ""


ROOM = "chat/room/"
SEAT = "chat/seat/"
BAN = "chat/ban/"
ASIDE = "aside/"


def state_key(room: str, plugin: str) -> str:
    """Key of a plugin's record in a room."""
    return f"room/{room}/{plugin}"


def wake_key(room: str, plugin: str) -> str:
    """Key of the wakes a plugin asked for in a room."""
    return f"wake/{room}/{plugin}"


def person_key(seat: str, plugin: str) -> str:
    """Key of a plugin's record for a person."""
    return f"person/{seat}/{plugin}"


def server_key(plugin: str) -> str:
    """Key of a plugin's record for the whole server."""
    return f"server/{plugin}"


encode = msgspec.json.Encoder().encode
"""Any record as JSON bytes."""


class Codec(Generic[R]):
    """One record type: its default, and its way from bytes.

    Raises `RecordError` where the type cannot be made without arguments or does not come back equal from JSON.
    """

    __slots__ = ("_decode", "default", "type")

    def __init__(self, record: type[R]) -> None:
        self.type = record
        if not frozen(record):
            raise RecordError(f"{record.__name__} must be a frozen dataclass or a frozen msgspec.Struct")
        try:
            self.default: R = record()
            self._decode = msgspec.json.Decoder(record).decode
            back = self._decode(encode(self.default))
        except Exception as error:
            raise RecordError(f"{record.__name__} cannot be kept: {error}") from error
        if back != self.default or type(back) is not record:
            raise RecordError(f"{record.__name__}() does not come back equal from JSON")

    def decode(self, data: bytes) -> R:
        """The record that `data` holds. Raises `RecordError` where it no longer fits."""
        try:
            return self._decode(data)
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            raise RecordError(f"a kept {self.type.__name__} no longer fits: {error}") from error


def frozen(record: type[Any]) -> bool:
    """Whether instances of this type can only be replaced, not edited."""
    if not isinstance(record, type):
        return False
    if issubclass(record, Struct):
        return bool(record.__struct_config__.frozen)
    params = getattr(record, "__dataclass_params__", None)
    return params is not None and bool(params.frozen)


class Nothing(Struct, frozen=True):
    """The record of a plugin that keeps none."""


NOTHING: Codec[Any] = Codec(Nothing)
