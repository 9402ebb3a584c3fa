"""A command as one record, from which parsing, usage, help, completion and the catalogue all come.

It knows the record and the registry of all of them; it must not know who calls or what a handler does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from msgspec import Struct

from hangman_net.chat.converters import Scope
from hangman_net.chat.errors import PluginError
from hangman_net.chat.params import Param, complete_args, schema, usage_of
from hangman_net.messages import Catalogue, CommandInfo, Completion, Phase

Needs: TypeAlias = Literal["member", "seated", "owner", "host"]
Per: TypeAlias = Literal["person", "room", "server"]
Rate: TypeAlias = Literal["chat", "guess", "command"]
Check: TypeAlias = Callable[[Any], None]
"""A predicate of one's own: is given the context, and refuses by raising (`ctx.fail`)."""

RANKS: Mapping[str, int] = {"member": 0, "seated": 1, "owner": 2, "host": 3}
"""Roles in order: who may do what an owner may may do what a seated member may."""

F = TypeVar("F", bound=Callable[..., Any])


class Cooldown(Struct, frozen=True):
    """So many seconds must pass between two uses, counted for each person, for the room or for the server."""

    seconds: float
    per: Per = "person"


class Spec(Struct, frozen=True, kw_only=True):
    """What `@command(...)` was told, kept on the method until the plugin is loaded."""

    summary: str
    name: str | None = None
    aliases: tuple[str, ...] = ()
    role: Needs = "member"
    phase: Phase = "any"
    cooldowns: tuple[Cooldown, ...] = ()
    hidden: bool = False
    checks: tuple[Check, ...] = ()
    rate: Rate = "command"
    one_at_a_time: bool = False
    acts: Needs | None = None


def command(
    *,
    summary: str,
    name: str | None = None,
    aliases: Iterable[str] = (),
    role: Needs = "member",
    phase: Phase = "any",
    cooldown: float | Cooldown | Iterable[Cooldown] = 0.0,
    hidden: bool = False,
    check: Check | Iterable[Check] = (),
    rate: Rate = "command",
    one_at_a_time: bool = False,
    acts: Needs | None = None,
) -> Callable[[F], F]:
    """Makes a method of a `Plugin` a command; its signature is the schema of the arguments.

    Args:
        summary: one line for `/help` and the catalogue.
        name: the command's name without the slash; the method's name unless given.
        aliases: further names, without the slash.
        role: who may: everybody (`member`), who plays (`seated`), the room's `owner`, the `host`; at least that.
        phase: when: `any`, only while no round runs (`idle`), only in a round (`playing`).
        cooldown: seconds for each person, or `Cooldown(seconds, per="room")` and `per="server"`, or several.
        hidden: in no help and no catalogue.
        check: predicates of one's own, called with the context; they refuse with `ctx.fail`.
        rate: whose allowance a line of it uses up.
        one_at_a_time: while a job of it runs in a room, a second use there is refused.
        acts: what it may do to others where that is more than `role`: a vote of members acts as the `owner`.
    """
    cooldowns: tuple[Cooldown, ...]
    if isinstance(cooldown, Cooldown):
        cooldowns = (cooldown,)
    elif isinstance(cooldown, (int, float)):
        cooldowns = (Cooldown(float(cooldown)),) if cooldown else ()
    else:
        cooldowns = tuple(cooldown)
    spec = Spec(
        summary=summary,
        name=name,
        aliases=(aliases,) if isinstance(aliases, str) else tuple(aliases),
        role=role,
        phase=phase,
        cooldowns=cooldowns,
        hidden=hidden,
        checks=(check,) if callable(check) else tuple(check),
        rate=rate,
        one_at_a_time=one_at_a_time,
        acts=acts,
    )

    def mark(method: F) -> F:
        method.__dict__["__command__"] = spec
        return method

    return mark


class Command(Struct, frozen=True, kw_only=True):
    """One command, whole: who may call it when, with which arguments, and what is called."""

    name: str
    plugin: str
    handler: Callable[..., Any]
    aliases: tuple[str, ...]
    summary: str
    description: str
    rank: int
    power: int
    role: Needs
    phase: Phase
    cooldowns: tuple[Cooldown, ...]
    hidden: bool
    checks: tuple[Check, ...]
    rate: Rate
    one_at_a_time: bool
    params: tuple[Param, ...]
    usage: str
    info: CommandInfo

    def complete(self, text: str, scope: Scope) -> list[Completion]:
        """What could stand in place of the last word of `text`, the line behind the command's name."""
        return complete_args(self.params, text, scope)


def build(plugin: str, method: Callable[..., Any], spec: Spec) -> Command:
    """The command that a bound method and its mark make. Raises `PluginError` with the reason."""
    name, *aliases = [_name(plugin, word) for word in (spec.name or getattr(method, "__name__", ""), *spec.aliases)]
    where = f"plugin {plugin}: /{name}"
    _check_spec(spec, where)
    params = schema(method, where)
    usage = usage_of(name, params)
    return Command(
        name=name,
        plugin=plugin,
        handler=method,
        aliases=tuple(aliases),
        summary=spec.summary,
        description=_text(method.__doc__) or spec.summary,
        rank=RANKS[spec.role],
        power=RANKS[spec.acts or spec.role],
        role=spec.role,
        phase=spec.phase,
        cooldowns=spec.cooldowns,
        hidden=spec.hidden,
        checks=spec.checks,
        rate=spec.rate,
        one_at_a_time=spec.one_at_a_time,
        params=params,
        usage=usage,
        info=CommandInfo(
            name=name,
            aliases=tuple(aliases),
            usage=usage,
            summary=spec.summary,
            args=tuple(p.info for p in params),
            phase=spec.phase,
        ),
    )


def _name(plugin: str, word: Any) -> str:
    """A name as it is typed: `Roll_again` is `/roll-again`. Raises `PluginError` for what cannot be one."""
    name = str(word).lower().rstrip("_").replace("_", "-")
    if not name.isascii() or not name.replace("-", "").isalnum():
        raise PluginError(f"plugin {plugin}: {word!r} cannot be a command's name (a-z, 0-9 and -)")
    return name


def _check_spec(spec: Spec, where: str) -> None:
    """Raises `PluginError` for an option that would go wrong only when the command is called."""
    if not isinstance(spec.summary, str) or not spec.summary.strip():
        raise PluginError(f"{where}: a command needs a summary")
    choices: list[tuple[str, object, Iterable[str]]] = [
        ("role", spec.role, RANKS),
        ("acts", spec.acts or spec.role, RANKS),
        ("phase", spec.phase, get_args(Phase)),
        ("rate", spec.rate, get_args(Rate)),
    ]
    for cooldown in spec.cooldowns:
        seconds = cooldown.seconds if isinstance(cooldown, Cooldown) else None
        if not isinstance(seconds, (int, float)) or not seconds >= 0:
            raise PluginError(f"{where}: cooldown is seconds or a Cooldown, not {cooldown!r}")
        choices.append(("a cooldown's per", cooldown.per, get_args(Per)))
    for option, value, allowed in choices:
        if value not in tuple(allowed):
            raise PluginError(f"{where}: {option} is one of {', '.join(allowed)}, not {value!r}")
    if not all(callable(check) for check in spec.checks):
        raise PluginError(f"{where}: check is a function or several, called with the context")


def _text(doc: str | None) -> str:
    return "\n".join(line.strip() for line in (doc or "").strip().splitlines())


class Registry:
    """All commands by every name, and the catalogue of each rank; a new one is made for each change."""

    __slots__ = ("_by_name", "_catalogues", "commands")

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self.commands: tuple[Command, ...] = ()
        self._by_name: dict[str, Command] = {}
        self._catalogues: dict[int, Catalogue] = {}
        for item in commands:
            self.commands += (item,)
            for word in (item.name, *item.aliases):
                if (other := self._by_name.get(word)) is not None:
                    raise PluginError(f"plugin {item.plugin}: /{word} is a command of plugin {other.plugin} already")
                self._by_name[word] = item

    def find(self, word: str) -> Command | None:
        """The command of that name or alias, read without case."""
        return self._by_name.get(word) or self._by_name.get(word.lower())

    def names(self, rank: int) -> list[str]:
        """Every name and alias that somebody of this rank is shown."""
        return [word for word, item in self._by_name.items() if item.rank <= rank and not item.hidden]

    def visible(self, rank: int) -> list[Command]:
        """The commands that somebody of this rank is shown, in the order they were registered."""
        return [item for item in self.commands if item.rank <= rank and not item.hidden]

    def catalogue(self, rank: int) -> Catalogue:
        """What `welcome` and `commands` tell somebody of this rank; made once for each."""
        if (made := self._catalogues.get(rank)) is None:
            made = self._catalogues[rank] = Catalogue(item.info for item in self.visible(rank))
        return made
