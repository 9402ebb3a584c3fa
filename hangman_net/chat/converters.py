"""How a typed word becomes a value: for each type that a parameter may have, and for what people type in a chat.

It knows words, bounds and choices; it must not know signatures, nor how a line falls into words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Protocol, TypeAlias, get_args, get_origin

import msgspec
from msgspec import Struct

from hangman_net.chat.errors import PluginError
from hangman_net.messages import Completion
from hangman_net.text import nearest

ANY_WORD = "a word"
"""What is expected where every word will do."""


class Scope(Protocol):
    """What converters may ask of the one who types: names here, and rooms."""

    @property
    def name(self) -> str: ...
    @property
    def people(self) -> Sequence[str]: ...
    @property
    def rooms(self) -> Sequence[str]: ...


class Converter(Struct, frozen=True):
    """How a word becomes a value.

    Args:
        kind: its name in the catalogue, such as `player`.
        expected: what an error says was expected, such as `a player's name`.
        parse: from scope and word to the value; raises `ValueError` where it does not fit.
        complete: from scope and prefix to words that could stand there; None where nothing can be offered.
    """

    kind: str
    expected: str
    parse: Callable[[Any, str], Any]
    complete: Callable[[Any, str], Iterable[str | Completion]] | None = None
    choices: tuple[str, ...] = ()


class BadValue(ValueError):
    """Raised by a converter that knows better than `expected` what is wrong with the word."""


# --- by its type ----------------------------------------------------------------------------------------------


def converter_of(base: Any, extras: tuple[Any, ...], at: str) -> Converter:
    """The converter of a type with what `Annotated` put beside it. Raises `PluginError` that begins with `at`."""
    for extra in extras:
        if isinstance(extra, Converter):
            return extra
    if get_origin(base) is Literal:
        words = {str(choice).lower(): choice for choice in get_args(base)}
        return _choices(words)
    if isinstance(base, type) and issubclass(base, Enum):
        values = {str(member.value).lower(): member for member in base}
        return _choices({member.name.lower(): member for member in base}, values)
    if base is bool:
        return Converter("bool", "yes or no", _bool, None, ("yes", "no"))
    if base in (int, float, str):
        return _bounded(base, extras, at)
    raise PluginError(f"{at}: the type {base!r} is not one that a typed word can become")


def _choices(words: dict[str, Any], besides: Mapping[str, Any] = {}) -> Converter:
    """One of `words`, which are offered; one of those `besides` is understood, too."""
    understood = {**besides, **words}

    def parse(_: Any, word: str) -> Any:
        try:
            return understood[word.lower()]
        except KeyError:
            raise ValueError(word) from None

    return Converter("choice", "one of " + ", ".join(words), parse, None, tuple(words))


def _bool(_: Any, word: str) -> bool:
    lowered = word.lower()
    if lowered in ("yes", "y", "on", "true", "1"):
        return True
    if lowered in ("no", "n", "off", "false", "0"):
        return False
    raise ValueError(word)


def _bounded(base: type[int] | type[float] | type[str], extras: tuple[Any, ...], at: str) -> Converter:
    """A number or text within what `Annotated` says: anything with `ge`, `gt`, `le`, `lt`, a `range`, or lengths."""
    low, high = -math.inf, math.inf
    open_low = open_high = False
    shortest, longest, pattern = 0.0, math.inf, None
    for extra in extras:
        if isinstance(extra, range):
            if extra.step != 1 or not len(extra):
                raise PluginError(f"{at}: a range that bounds goes up by one")
            low, high = extra[0], extra[-1]
        if (value := getattr(extra, "ge", None)) is not None:
            low, open_low = value, False
        if (value := getattr(extra, "gt", None)) is not None:
            low, open_low = value, True
        if (value := getattr(extra, "le", None)) is not None:
            high, open_high = value, False
        if (value := getattr(extra, "lt", None)) is not None:
            high, open_high = value, True
        shortest = getattr(extra, "min_length", None) or shortest
        longest = getattr(extra, "max_length", None) or longest
        pattern = getattr(extra, "pattern", None) or pattern
    if base is str:
        matches = re.compile(pattern).search if pattern else None

        def text(_: Any, word: str) -> str:
            if not shortest <= len(word) <= longest or (matches is not None and not matches(word)):
                raise ValueError(word)
            return word

        return Converter("str", _expected_text(shortest, longest, pattern), text)

    whole = base is int

    def number(_: Any, word: str) -> float:
        if len(word) > 40 or "_" in word:
            raise ValueError(word)
        value = int(word) if whole else float(word)
        if not math.isfinite(value) or value < low or value > high:
            raise ValueError(word)
        if (open_low and value == low) or (open_high and value == high):
            raise ValueError(word)
        return value

    what = "a whole number" if whole else "a number"
    above, below = ("above" if open_low else "from"), ("below" if open_high else "to")
    if low > -math.inf and high < math.inf:
        what += f" {above} {low:g} {below} {high:g}"
    elif low > -math.inf:
        what += f", {'above' if open_low else 'at least'} {low:g}"
    elif high < math.inf:
        what += f", {'below' if open_high else 'at most'} {high:g}"
    return Converter("int" if whole else "float", what, number)


def _expected_text(shortest: float, longest: float, pattern: str | None) -> str:
    if shortest == longest:
        what = f"{longest:g} character{'' if longest == 1 else 's'}"
    elif shortest and longest < math.inf:
        what = f"{shortest:g} to {longest:g} characters"
    elif shortest:
        what = f"at least {shortest:g} characters"
    else:
        what = ANY_WORD if longest == math.inf else f"at most {longest:g} characters"
    return what if pattern is None else f"{what} like {pattern}"


# --- of a chat ------------------------------------------------------------------------------------------------


def _person(scope: Scope, word: str) -> str:
    lowered = word.lower()
    for name in scope.people:
        if name.lower() == lowered:
            return name
    hint = nearest(word, scope.people)
    raise BadValue(f"nobody here is called {word[:40]!r}" + (f" (did you mean {hint}?)" if hint else ""))


_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PARTS = re.compile(r"(\d{1,6})([smhdw]?)")


def _duration(_: Any, word: str) -> float:
    end, total = 0, 0
    for part in _PARTS.finditer(word.lower()):
        if part.start() != end:
            raise ValueError(word)
        end = part.end()
        total += int(part[1]) * _UNITS[part[2] or "s"]
    if not total or end != len(word):
        raise ValueError(word)
    return float(total)


Player: TypeAlias = Annotated[str, Converter("player", "a player's name", _person, lambda scope, _: scope.people)]
"""Somebody in this room; the handler gets the name as it is written there."""

AnyName: TypeAlias = Annotated[str, Converter("player", "a name", lambda _, word: word, lambda scope, _: scope.people)]
"""A name that need not be in this room."""

RoomName: TypeAlias = Annotated[str, Converter("room", "a room", lambda _, word: word, lambda scope, _: scope.rooms)]
"""A room, there or not."""

Duration: TypeAlias = Annotated[float, Converter("duration", "a time such as 30s, 10m, 2h, 1d", _duration)]
"""Seconds, typed as 90, 30s, 10m, 1h30m or 7d."""

Meta = msgspec.Meta
