"""Every limit of the server: its name, its default and the reason beside it.

It knows numbers and how `--limit NAME=VALUE` sets them; it must not know who is held to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Kind = Literal["rate", "count", "size", "deadline"]
"""`all=none` lifts the first two; sizes and deadlines stay, they are what keeps the server alive."""

NONE = math.inf
"""A limit that was lifted: every comparison with it holds."""


class LimitError(ValueError):
    """A `--limit` that cannot be used; its text says what to write instead."""


class About(Struct, frozen=True):
    """What stands beside a limit's name and default."""

    kind: Kind
    unit: str
    reason: str


_abouts: list[About] = []


def _limit(default: float, kind: Kind, unit: str, reason: str) -> float:
    _abouts.append(About(kind, unit, reason))
    return default


class Limits(Struct, frozen=True, kw_only=True):
    """All limits in force; a value of `math.inf` is a limit that was lifted."""

    # frames
    frame: float = _limit(
        16_384, "size", "bytes", "a line of 2,000 bytes, escaped six-fold, fits; a flood of frames does not"
    )
    frame_hello: float = _limit(1_024, "size", "bytes", "who has not said hello has nothing long to say")
    frame_out: float = _limit(
        65_536, "size", "bytes", "a client may refuse more; the longest message, a roster, stays below"
    )
    bad_frames: float = _limit(10, "size", "a minute", "a client that errs may go on, one that fuzzes may not")
    hello: float = _limit(5, "deadline", "seconds", "a connection that never says hello holds a file and a place")
    hello_tries: float = _limit(5, "size", "hellos", "a taken name deserves another try, a guessed token does not")
    frame_time: float = _limit(
        10, "deadline", "seconds", "a begun frame, in total: a byte now and then does not re-arm it"
    )
    # lines
    chat_chars: float = _limit(500, "size", "characters", "one screen line or three; a book goes elsewhere")
    chat_bytes: float = _limit(2_000, "size", "bytes", "500 characters of four bytes each")
    chat_burst: float = _limit(8, "rate", "lines", "a quick exchange is not a flood")
    chat_rate: float = _limit(1.5, "rate", "lines a second", "faster than people type for long")
    guess_burst: float = _limit(8, "rate", "lines", "the end of a word is guessed in one breath")
    guess_rate: float = _limit(3, "rate", "lines a second", "a race between quick typists")
    command_burst: float = _limit(8, "rate", "lines", "setting up a table takes some commands")
    command_rate: float = _limit(2, "rate", "lines a second", "faster than people type for long")
    slowed: float = _limit(2, "deadline", "seconds", "a line over its rate waits so long at most, then it is refused")
    flood: float = _limit(30, "rate", "refused lines", "who goes on after so many refusals in a minute is cut")
    in_flight: float = _limit(16, "size", "lines", "past it the server stops reading that connection")
    # readers
    backlog: float = _limit(262_144, "size", "bytes", "owed to a reader who does not read; past it the reader goes")
    backlog_time: float = _limit(5, "deadline", "seconds", "so long may anything be owed without a byte being taken")
    send_buffer: float = _limit(65_536, "size", "bytes", "SO_SNDBUF: else the kernel hides 3.9 MB of backlog from us")
    # connections
    connections: float = _limit(1_000, "count", "connections", "what a small machine serves well")
    address_connections: float = _limit(40, "count", "connections", "from one address (IPv6: one /64)")
    address_rate: float = _limit(60, "rate", "connections a minute", "from one address that is not local")
    local_connections: float = _limit(
        200, "count", "connections", "from a loopback or private address: a class sits behind one"
    )
    screens: float = _limit(64, "count", "connections", "by ssh: a screen costs 8 ms for each line that it shows")
    address_screens: float = _limit(4, "count", "connections", "by ssh from one address: a person and some friends")
    bad_names: float = _limit(30, "rate", "refused hellos a minute", "from one address: guessing names or tokens")
    bad_names_pause: float = _limit(300, "deadline", "seconds", "so long is such an address refused")
    # people and rooms
    name_chars: float = _limit(20, "size", "characters", "fits the roster's column")
    room_chars: float = _limit(20, "size", "characters", "fits the toolbar")
    rooms: float = _limit(200, "count", "rooms", "a room costs memory and a record")
    owned_rooms: float = _limit(3, "count", "rooms", "owned by one person")
    seats: float = _limit(64, "count", "seats", "players a room: turns that come round")
    spectators: float = _limit(200, "count", "spectators", "a room, beyond its seats")
    seat_hold: float = _limit(120, "deadline", "seconds", "a dropped person keeps seat and name")
    seat_hold_playing: float = _limit(600, "deadline", "seconds", "the same while a round runs")
    token_days: float = _limit(30, "deadline", "days", "a token that was not used for so long is forgotten")
    owner_away: float = _limit(60, "deadline", "seconds", "then a room's ownership passes on")
    history: float = _limit(50, "size", "lines", "chat replayed to whoever comes in")
    acks: float = _limit(
        64, "size", "lines", "a session's lines that may be sent again without being carried out twice"
    )
    roster: float = _limit(200, "size", "members", "the most worth showing, so that a roster fits a frame")
    watchdog: float = _limit(0.25, "deadline", "seconds", "a handler that holds the loop longer is named in the log")

    def with_options(self, options: Iterable[str]) -> Limits:
        """These limits changed by `NAME=VALUE` options, in their order.

        `none` lifts a limit, `all=none` those of rate and count.
        Raises `LimitError` for a name that does not exist or a value that is no number above or equal to 0.
        """
        changed: dict[str, float] = {}
        for option in options:
            name, equals, value = option.partition("=")
            name, value = name.strip().replace("-", "_"), value.strip().lower()
            if not equals:
                raise LimitError(f"--limit {option!r}: write NAME=VALUE; 'serve --limits' lists the names")
            if name == "all":
                if value != "none":
                    raise LimitError(f"--limit {option!r}: 'all' can only be 'none'")
                changed |= {name: NONE for name, about in ABOUT.items() if about.kind in ("rate", "count")}
                continue
            if name not in ABOUT:
                raise LimitError(f"--limit {option!r}: there is no limit {name!r}; 'serve --limits' lists them")
            changed[name] = _value(option, value)
        return replace(self, **changed)

    def __iter__(self) -> Iterator[tuple[str, About, float]]:
        """Each limit's name, what stands beside it, and its value."""
        for name, about in ABOUT.items():
            yield name, about, getattr(self, name)

    def table(self) -> str:
        """What `serve --limits` prints: a line a limit, its value, unit, kind and reason."""
        return "\n".join(
            f"{name} = {_number(value)}  ({about.unit}, {about.kind}): {about.reason}" for name, about, value in self
        )


ABOUT: Mapping[str, About] = dict(zip(Limits.__struct_fields__, _abouts, strict=True))


def _value(option: str, value: str) -> float:
    if value == "none":
        return NONE
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise LimitError(f"--limit {option!r}: the value is a number, 0 or more, or 'none'")
    return int(number) if number.is_integer() else number


def _number(value: float) -> str:
    return "none" if value == NONE else f"{value:g}" if isinstance(value, float) else str(value)


DEFAULTS = Limits()
