"""Completes a half-typed line from the server's catalogue, and says what is wrong with it before it is sent.

It knows catalogue entries and the words of a line; it must not know the network: what only the server can complete it
names, and the caller asks.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from msgspec import Struct

from hangman_net import messages as m
from hangman_net.text import nearest

_WORD = re.compile(r"\S+")


class Item(Struct, frozen=True):
    """A text that may stand in place of the word being typed, with a word of help."""

    text: str
    help: str = ""


class Offer(Struct, frozen=True):
    """What fits at the cursor: `items` may stand in place of `text[start:]`; with `ask` the server knows more."""

    start: int
    items: tuple[Item, ...] = ()
    ask: bool = False


class Usage(Struct, frozen=True):
    """What to show beside a half-typed line: the usage of its command, or with `wrong` why it will be refused."""

    text: str
    wrong: bool = False


def offer(text: str, commands: Iterable[m.CommandInfo], phase: m.Phase, people: Iterable[str] = ()) -> Offer:
    """What could stand in place of the last word of `text`, the line up to the cursor.

    Commands are offered whose phase is `any` or `phase`, and the `people` here where a player is wanted; chat, and a
    line that starts with `//`, has no completion.
    """
    if not text.startswith("/") or text.startswith("//"):
        return Offer(len(text))
    head, _, rest = text[1:].partition(" ")
    if head == text[1:]:
        return Offer(0, _commands(head, commands, phase))
    command = find(head, commands)
    if command is None or not command.args:
        return Offer(len(text))
    words = _WORD.findall(rest)
    last = "" if not rest or rest[-1].isspace() else words.pop()
    return _argument(command, words, last, len(text) - len(last), tuple(people))


def merge(found: Offer, answer: Iterable[m.Completion]) -> Offer:
    """The offer with what the server answered to it, each text once."""
    known = {item.text for item in found.items}
    more = tuple(Item(item.text, item.help) for item in answer if item.text not in known)
    return Offer(found.start, found.items + more, ask=False)


def tab(text: str, found: Offer) -> str:
    """The line after Tab: what all items have in common is filled in; no blank is added, people type their own."""
    if not found.items:
        return text
    texts = [item.text for item in found.items]
    typed = text[found.start :]
    first, *others = texts
    if not others:
        return text[: found.start] + first
    common = 0
    while all(common < len(t) and t[: common + 1].casefold() == first[: common + 1].casefold() for t in texts):
        common += 1
    return text[: found.start] + first[:common] if common > len(typed) else text


def find(head: str, commands: Iterable[m.CommandInfo]) -> m.CommandInfo | None:
    """The command of that name or alias, read without case and without the slash."""
    wanted = head.casefold()
    for command in commands:
        if command.name.casefold() == wanted or any(alias.casefold() == wanted for alias in command.aliases):
            return command
    return None


def check(text: str, commands: Iterable[m.CommandInfo], phase: m.Phase) -> Usage | None:
    """What to show beside the line: nothing for chat, else its command's usage or what is wrong with it so far.

    It never holds a line back: the server has the last word, and a plugin may read more than the catalogue says.
    """
    if not text.startswith("/") or text.startswith("//") or text == "/":
        return None
    commands = tuple(commands)
    head, blank, rest = text[1:].partition(" ")
    command = find(head, commands)
    if command is None:
        if not blank and _commands(head, commands, phase):
            return None
        near = nearest(head, [name for known in commands for name in (known.name, *known.aliases)])
        return Usage(f"no command /{head}" + (f": do you mean /{near}?" if near else ""), wrong=True)
    if command.phase not in ("any", phase):
        when = "while a round runs" if command.phase == "playing" else "between rounds"
        return Usage(f"/{command.name} works {when}", wrong=True)
    reason = _misfit(command, _WORD.findall(rest), finished=rest.endswith(" "))
    usage = command.usage or f"/{command.name}"
    return Usage(f"{reason}: {usage}", wrong=True) if reason else Usage(f"{usage}  {command.summary}")


def _commands(head: str, commands: Iterable[m.CommandInfo], phase: m.Phase) -> tuple[Item, ...]:
    wanted = head.casefold()
    fitting = [command for command in commands if command.phase in ("any", phase)]
    by_name = [Item(f"/{c.name}", c.summary) for c in fitting if c.name.casefold().startswith(wanted)]
    named = {item.text for item in by_name}
    by_alias = [
        Item(f"/{alias}", c.summary)
        for c in fitting
        for alias in c.aliases
        if wanted and f"/{c.name}" not in named and alias.casefold().startswith(wanted)
    ]
    return tuple(sorted(by_name, key=lambda item: item.text) + by_alias)


def _argument(command: m.CommandInfo, before: list[str], last: str, start: int, people: tuple[str, ...]) -> Offer:
    keys = {arg.name: arg for arg in command.args if arg.kind != "rest"}
    key, equals, value = last.partition("=")
    if equals and key in keys:
        return Offer(start, _choices(keys[key], value, people, before=f"{key}="), ask=keys[key].dynamic)
    given = {word.partition("=")[0] for word in before if "=" in word} & keys.keys()
    places = _places(command, given)
    for word in before:
        if word.partition("=")[0] not in given and places and places[0].kind != "rest":
            given.add(places.pop(0).name)
    here = Offer(start)
    if places:
        here = Offer(start, _choices(places[0], last, people), places[0].dynamic)
        given.add(places[0].name)
        if places[0].kind == "rest":
            return here
    optional = [arg for arg in keys.values() if not arg.required and arg.name not in given]
    named = tuple(Item(f"{arg.name}=", arg.help) for arg in optional if arg.name.startswith(last))
    return Offer(start, here.items + named, here.ask)


def _places(command: m.CommandInfo, given: Container[str]) -> list[m.Arg]:
    """The parameters that a word without `key=` may fill; the usage writes `key=` before those that it may not."""
    return [arg for arg in command.args if arg.name not in given and f"{arg.name}=" not in command.usage]


def _choices(arg: m.Arg, typed: str, people: tuple[str, ...], *, before: str = "") -> tuple[Item, ...]:
    wanted = typed.casefold()
    choices = arg.choices or (people if arg.kind == "player" else ())
    return tuple(Item(before + choice, arg.help) for choice in choices if choice.casefold().startswith(wanted))


def _misfit(command: m.CommandInfo, words: list[str], *, finished: bool) -> str | None:
    """Why these arguments cannot be right, or None; the word being typed is judged by what it can still become."""
    if any('"' in word or "'" in word for word in words):
        return None  # a quoted argument is the server's to cut
    placed: list[str] = []
    for position, word in enumerate(words):
        key, equals, value = word.partition("=")
        named = next((arg for arg in command.args if arg.name == key and arg.kind != "rest"), None)
        typing = position == len(words) - 1 and not finished
        if not equals or named is None:
            placed.append(word)
        elif reason := _wrong_value(named, value, typing=typing):
            return reason
    given = {word.partition("=")[0] for word in words if "=" in word}
    free = _places(command, given)
    if not any(arg.kind == "rest" for arg in free) and len(placed) > len(free):
        return "too many words"
    for position, (arg, word) in enumerate(zip(free, placed, strict=False)):
        if arg.kind == "rest":
            break
        if reason := _wrong_value(arg, word, typing=position == len(placed) - 1 and not finished):
            return reason
    return None


def _wrong_value(arg: m.Arg, value: str, *, typing: bool) -> str | None:
    if arg.kind == "int" and not re.fullmatch(r"[+-]?\d*" if typing else r"[+-]?\d+", value):
        return f"{arg.name.upper()} is a whole number"
    if arg.kind == "choice" and not arg.dynamic:
        wanted = value.casefold()
        fits = [c for c in arg.choices if (c.casefold().startswith(wanted) if typing else c.casefold() == wanted)]
        if not fits:
            return f"{arg.name.upper()} is one of {', '.join(arg.choices)}"
    return None
