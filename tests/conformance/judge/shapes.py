"""What every server message must look like by the contract's tables; more fields are welcome.

It knows names and types of fields; it must not know when a message is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from judge.peer import Json

Test: TypeAlias = Callable[[Any], bool]

ROLES = {"host", "owner", "member"}
CODES = {
    "bad_json", "bad_utf8", "bad_message", "hello_required", "bad_version", "name_invalid", "name_taken",
    "unknown_command", "usage", "forbidden", "no_round", "round_running", "not_your_turn", "already_guessed",
    "invalid_guess", "unknown_wordlist", "too_long", "rate_limited", "full", "storage", "internal",
}  # fmt: skip
REASONS = {
    "quit", "kicked", "banned", "stopping", "replaced", "too_big", "protocol", "timeout", "slow", "limit", "full",
}  # fmt: skip


def text(value: Any) -> bool:
    """A string."""
    return isinstance(value, str)


def whole(value: Any) -> bool:
    """An integer that is no bool."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: Any) -> bool:
    """Any JSON number."""
    return whole(value) or isinstance(value, float)


def flag(value: Any) -> bool:
    """A bool."""
    return isinstance(value, bool)


def one_of(words: Iterable[str]) -> Test:
    """One of some words."""
    known = frozenset(words)
    return lambda value: value in known


def maybe(test: Test) -> Test:
    """That, or null."""
    return lambda value: value is None or test(value)


def list_of(test: Test) -> Test:
    """A list of those."""
    return lambda value: isinstance(value, list) and all(map(test, value))


def shaped(**fields: Test) -> Test:
    """An object with those fields."""
    return lambda value: isinstance(value, dict) and all(k in value and test(value[k]) for k, test in fields.items())


COMMAND = shaped(
    name=lambda v: text(v) and not v.startswith("/"),
    aliases=list_of(lambda v: text(v) and not v.startswith("/")),
    usage=text,
    summary=text,
    args=list_of(lambda v: isinstance(v, dict)),
    phase=one_of(("any", "idle", "playing")),
)
MEMBER: dict[str, Test] = {
    "name": text,
    "role": one_of(ROLES),
    "seated": flag,
    "connected": flag,
    "score": whole,
}
NEEDED: dict[str, dict[str, Test]] = {
    "welcome": {
        "version": lambda v: v == 1,
        "name": text,
        "room": text,
        "role": one_of(ROLES),
        "token": text,
        "server": lambda v: text(v) and "/" in v,
        "resumed": flag,
        "last_id": whole,
        "commands": list_of(COMMAND),
    },
    "commands": {"commands": list_of(COMMAND)},
    "roster": {"room": text, "total": whole, "members": list_of(shaped(**MEMBER))},
    "member": {"room": text, **MEMBER, "left": flag, "was": maybe(text)},
    "chat": {"name": text, "text": text, "room": text},
    "notice": {"text": text},
    "board": {
        "round": whole,
        "status": one_of(("idle", "playing", "won", "lost", "stopped")),
        "mode": text,
        "cells": list_of(maybe(text)),
        "found_by": list_of(maybe(text)),
        "missed": list_of(text),
        "words_missed": list_of(text),
        "lives": whole,
        "max_lives": whole,
        "art": text,
        "caption": lambda v: text(v) and "\n" not in v,
        "turn": maybe(text),
        "setter": maybe(text),
        "seconds": maybe(number),
        "hint": maybe(text),
        "wordlist": maybe(text),
        "players": list_of(shaped(name=text, found=whole, lives=whole, place=maybe(whole))),
        "secret": maybe(text),
    },
    "error": {"code": one_of(CODES), "text": lambda v: text(v) and bool(v)},
    "ack": {"id": whole, "ok": flag},
    "completions": {"id": whole, "items": list_of(shaped(text=text, help=text))},
    "pong": {},
    "bye": {"reason": one_of(REASONS)},
}
OPTIONAL: dict[str, dict[str, Test]] = {
    "chat": {"to": maybe(text), "action": maybe(flag), "replay": maybe(flag)},
    "notice": {"room": maybe(text)},
    "error": {"id": maybe(whole)},
    "pong": {"id": maybe(whole)},
}


def wrong(message: Json) -> str | None:
    """What is wrong with a message, or None; a type that the contract does not know is an addition."""
    kind = message["type"]
    for name, test in NEEDED.get(kind, {}).items():
        if name not in message:
            return f"{kind} without {name}"
        if not test(message[name]):
            return f"{kind}.{name} is {message[name]!r}"
    for name, test in OPTIONAL.get(kind, {}).items():
        if name in message and not test(message[name]):
            return f"{kind}.{name} is {message[name]!r}"
    if kind == "board" and len(message["cells"]) != len(message["found_by"]):
        return "found_by does not stand beside cells"
    if kind == "roster" and len(message["members"]) > min(200, message["total"]):
        return "more members than total, or than 200"
    return None
