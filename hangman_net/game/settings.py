"""How a table plays: every setting with its default, its meaning and what it may be.

It knows values and how a person writes them; it must not know rooms, nor who may change what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game.wordlist import LEVELS, Level

MAX_LIVES = 15
"""As many as a picture has parts: a sixteenth miss could not be seen."""

Kind: TypeAlias = Literal["choice", "number", "switch", "list"]

ON = frozenset({"on", "yes", "true", "1"})
OFF = frozenset({"off", "no", "false", "0"})
ANY = frozenset({"any", "none", "-"})


class SettingError(ValueError):
    """A setting that does not exist or a value that it cannot take; the text says what it may be."""


class Settings(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A table's defaults, and what one round was begun with. Durations are in seconds of the server's clock."""

    mode: str = "coop"
    lives: int = 6
    words: str | None = None
    level: Level | None = None
    strict: bool = False
    bare: bool = True
    keep: bool = True
    turn: int = 30
    race: int = 300
    setter: int = 60
    limit: int = 0
    art: str = "gallows"


class Key(Struct, frozen=True):
    """One setting as people see it; `low` and `high` bound a number, `choices` the fixed words of a choice."""

    name: str
    kind: Kind
    help: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()


KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        Key("mode", "choice", "how a round is played"),
        Key("lives", "number", "misses until a round is lost", low=1, high=MAX_LIVES),
        Key("words", "list", "the word list that rounds draw from"),
        Key("level", "choice", "how hard the words are", choices=("any", *LEVELS)),
        Key("strict", "switch", "a letter tried again costs a life"),
        Key("bare", "switch", "a line of one letter is a guess"),
        Key("keep", "switch", "in turns, a hit keeps the turn"),
        Key("turn", "number", "seconds for one turn", low=5, high=600),
        Key("race", "number", "seconds for a race", low=10, high=3600),
        Key("setter", "number", "seconds to set a word in mode setter", low=10, high=600),
        Key("limit", "number", "seconds for a round in the other modes, 0 for none", low=0, high=3600),
        Key("art", "choice", "the picture"),
    )
}
"""Every setting, in the order in which `/config` lists them."""


def changed(settings: Settings, name: str, value: str, choices: Mapping[str, tuple[str, ...]]) -> Settings:
    """`settings` with the setting `name` set to what a person wrote.

    `choices` gives what `mode`, `art` and `words` may be now: plugins add to them, and lists come and go.
    Raises `SettingError` where there is no such setting or it cannot have this value.
    """
    key = KEYS.get(name)
    if key is None:
        raise SettingError(f"there is no setting {name!r}; there are {', '.join(KEYS)}")
    typed = value.strip().casefold()
    new: Any
    if key.kind == "switch":
        if typed not in ON | OFF:
            raise _wrong(key, value, choices)
        new = typed in ON
    elif key.kind == "number":
        # isdecimal alone would let other scripts' digits and endless numbers through.
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 6 and key.low <= int(typed) <= key.high):
            raise _wrong(key, value, choices)
        new = int(typed)
    else:
        known = {choice.casefold(): choice for choice in allowed(key, choices)}
        if typed in ANY and name in ("level", "words"):
            new = None
        elif typed in known:
            new = known[typed]
        else:
            raise _wrong(key, value, choices)
    return replace(settings, **{name: new})


def allowed(key: Key, choices: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words that `key` may be set to: its own fixed ones, else those of `choices`; none for a number."""
    if key.kind == "switch":
        return ("on", "off")
    return key.choices or choices.get(key.name, ())


def describe(key: Key, choices: Mapping[str, tuple[str, ...]]) -> str:
    """What `key` may be, in words: `1 to 15`, `on or off`, `coop, turns or race`."""
    if key.kind == "number":
        return f"{key.low} to {key.high}"
    words = allowed(key, choices)
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "a name")))


def shown(settings: Settings, key: Key) -> str:
    """The value of `key` as a person would write it."""
    value = getattr(settings, key.name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "any" if value is None else str(value)


def _wrong(key: Key, value: str, choices: Mapping[str, tuple[str, ...]]) -> SettingError:
    return SettingError(f"{key.name} cannot be {value!r}: it is {describe(key, choices)}")
