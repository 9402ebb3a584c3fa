"""The seam: what a plugin is, what it may answer, and how one is checked when it is loaded.

It knows the shape of a plugin; it must not know where one is found (`loader`) nor what any of them does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from random import Random
from typing import Any, ClassVar, Protocol

from msgspec import Struct

from hangman_net.chat.commands import Command, Spec, build
from hangman_net.chat.context import Context
from hangman_net.chat.errors import PluginError
from hangman_net.chat.params import refuse_unless_plain
from hangman_net.chat.records import NOTHING, Codec, RecordError
from hangman_net.messages import Board
from hangman_net.text import nearest


class Words(Protocol):
    """The word lists that a server has; `load`, `load_all` and `lexicon` read files and belong into a job."""

    @property
    def default(self) -> str:
        """The name of a room's first list."""

    def names(self) -> tuple[str, ...]:
        """Every list's name, in alphabetical order."""

    def find(self, name: str) -> str | None:
        """How the list called `name`, in any case, is really called; None if there is none."""

    def info(self, name: str) -> Any:
        """What is told of a list in memory, else None. Raises as `get`."""

    def get(self, name: str) -> Any:
        """The list if it is in memory, else None. Raises `LookupError` for none, `ValueError` for one of no use."""

    def load(self, name: str) -> Any:
        """The list, read if it was not yet. Raises as `get`."""

    def load_all(self) -> Any:
        """Reads what was not read yet; gives what is refused."""

    def lexicon(self, name: str) -> Any:
        """The list by the shape of its words, for solvers. Raises as `get`."""

    def lend(self, wordlist: Any) -> None:
        """Puts a list that is no file beside the others, by its exact name; one of no words takes it away."""

    def is_lent(self, name: str) -> bool:
        """Whether a list of exactly that name is lent."""


class Services(Struct, frozen=True):
    """What a plugin is given once, when it is loaded.

    `random` is chance for all that is no secret, `secrets` draws secret words; tests put seeded ones there.
    """

    words: Words
    random: Random
    secrets: Random


class Plugin:
    """Subclass it, one in a module; its commands are the methods marked by `@command`.

    `State`, `PersonState` and `ServerState` name frozen dataclasses or msgspec Structs that can be made without
    arguments: this plugin's record in a room, for a person, for the whole server.
    """

    State: ClassVar[type[Any] | None] = None
    PersonState: ClassVar[type[Any] | None] = None
    ServerState: ClassVar[type[Any] | None] = None

    topics: ClassVar[Mapping[str, str]] = {}
    """What `/help TOPIC` tells, by topic in lower case: some lines of text each."""

    offers: ClassVar[tuple[Any, ...]] = ()
    """Values for other plugins, found by their type: a mode or a set of pictures for hangman, for one."""

    hears: ClassVar[Collection[str] | None] = None
    """The kinds of events that `on_event` is called for; None: all."""

    name: str = ""
    """Given when it is loaded: the entry point's name, or the module's or file's last part."""

    def setup(self, services: Services) -> None:
        """Called once, when the plugin is loaded."""

    def playing(self, state: Any) -> bool:
        """Whether a room whose record of this plugin is `state` is in a round; commands' `phase` asks it."""
        return False

    def on_join(self, ctx: Context) -> None:
        """`ctx.name` has come into the room."""

    def on_leave(self, ctx: Context) -> None:
        """`ctx.name` leaves the room for good: their seat is given up, or they go to another room."""

    def on_away(self, ctx: Context) -> None:
        """`ctx.name`'s connection went; seat and name are held for a while."""

    def on_back(self, ctx: Context) -> None:
        """`ctx.name` has come back to the seat they held."""

    def on_seat(self, ctx: Context) -> None:
        """`ctx.name` plays from now on, or only looks on (`ctx.seated`)."""

    def on_rename(self, ctx: Context, was: str) -> None:
        """`ctx.name` was called `was` until now."""

    def on_tick(self, ctx: Context, key: str) -> None:
        """A `ctx.wake(seconds, key)` of this plugin in this room has come."""

    def on_text(self, ctx: Context, text: str) -> str | None:
        """A line that is no command may be claimed by returning the command line that it stands for."""
        return None

    def on_chat(self, ctx: Context, text: str) -> str | None:
        """Chat, `/me`, `/msg` or a new name, before anybody sees it: a new text, or None to leave it as it is.

        `ctx.fail(...)` withholds it.
        """
        return None

    def on_event(self, ctx: Context, kind: str, data: dict[str, Any]) -> None:
        """Something was written into the log of events in this step, by any plugin."""

    def on_board(self, ctx: Context, board: Board) -> None:
        """A computer player of this plugin, `ctx.name`, was shown a board."""


HOOKS = (
    "on_join",
    "on_leave",
    "on_away",
    "on_back",
    "on_seat",
    "on_rename",
    "on_tick",
    "on_text",
    "on_chat",
    "on_event",
    "on_board",
    "playing",
)


class LoadedPlugin(Struct, frozen=True, kw_only=True):
    """A plugin that was checked: its commands, the types of its records, and the hooks it answers."""

    name: str
    origin: str
    instance: Plugin
    commands: tuple[Command, ...]
    state: Codec[Any]
    person: Codec[Any]
    server: Codec[Any]
    hooks: frozenset[str]
    reload: Callable[[], type[Plugin]] | None = None
    """Imports the new code and gives its class; None where it cannot be reloaded."""


def check(
    cls: type[Plugin],
    *,
    name: str,
    origin: str,
    services: Services,
    reload: Callable[[], type[Plugin]] | None = None,
) -> LoadedPlugin:
    """Makes the plugin and checks all of it. Raises `PluginError` that names it and says why."""
    try:
        instance = cls()
    except Exception as error:
        raise PluginError(f"plugin {name}: cannot be made: {type(error).__name__}: {error}") from error
    instance.name = name
    marked = dict(_marked(cls))
    commands = tuple(build(name, getattr(instance, method), spec) for method, spec in marked.items())
    codecs = {}
    for kind in ("State", "PersonState", "ServerState"):
        record = getattr(cls, kind)
        try:
            codecs[kind] = NOTHING if record is None else Codec(record)
        except RecordError as error:
            raise PluginError(f"plugin {name}: {kind}: {error}") from error
    _check_hooks(instance, marked, f"plugin {name}")
    try:
        instance.setup(services)
    except Exception as error:
        raise PluginError(f"plugin {name}: setup failed: {type(error).__name__}: {error}") from error
    if not isinstance(instance.offers, Sequence) or not isinstance(instance.topics, Mapping):
        raise PluginError(f"plugin {name}: offers is a tuple of values, topics a mapping of texts by topic")
    if isinstance(instance.hears, str) or not (instance.hears is None or isinstance(instance.hears, Collection)):
        raise PluginError(f"plugin {name}: hears is a tuple of kinds of events, or None for all of them")
    return LoadedPlugin(
        name=name,
        origin=origin,
        instance=instance,
        commands=commands,
        state=codecs["State"],
        person=codecs["PersonState"],
        server=codecs["ServerState"],
        hooks=frozenset(hook for hook in HOOKS if getattr(cls, hook) is not getattr(Plugin, hook)),
        reload=reload,
    )


def _check_hooks(instance: Plugin, commands: Collection[str], where: str) -> None:
    """Raises `PluginError` for a hook that could not be called, or would never be; `commands` are no hooks."""
    cls = type(instance)
    for hook in ("setup", *HOOKS):
        ours: Any = getattr(Plugin, hook)
        if getattr(cls, hook) is ours:
            continue  # not answered, as most are not
        method = getattr(instance, hook)
        refuse_unless_plain(method, f"{where}: {hook}")
        wanted = ours.__code__.co_varnames[1 : ours.__code__.co_argcount]
        try:
            inspect.signature(method).bind(*wanted)
        except TypeError:
            raise PluginError(f"{where}: {hook} is called with ({', '.join(wanted)})") from None
    for attribute in dir(cls):
        if attribute.startswith("on_") and attribute not in HOOKS and attribute not in commands:
            near = nearest(attribute, HOOKS)
            raise PluginError(f"{where}: nothing calls {attribute}" + (f"; did you mean {near}?" if near else ""))


def _marked(cls: type[Plugin]) -> Iterator[tuple[str, Spec]]:
    """The marked methods, in the order they were written, base classes first."""
    seen: dict[str, Spec | None] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            spec = getattr(value, "__command__", None)
            if isinstance(spec, Spec) or name in seen:
                seen[name] = spec
    for name, spec in seen.items():
        if spec is not None:
            yield name, spec
