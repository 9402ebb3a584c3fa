"""The crew: the plugins that are loaded, their commands and hooks, changed whole or not at all.

It knows how plugins are told of things and how new code takes the place of old; it must not know what they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from hangman_net.chat.commands import Command, Registry
from hangman_net.chat.context import Context, House
from hangman_net.chat.errors import PluginError, Refusal
from hangman_net.chat.plugin import LoadedPlugin, Plugin, Services, check
from hangman_net.chat.records import Codec, RecordError, encode, server_key
from hangman_net.chat.step import Job, Step
from hangman_net.chat.world import Busy, Room, Seat, Slot
from hangman_net.messages import Commands
from hangman_net.text import safe_line

log = logging.getLogger("hangman_net")

R = TypeVar("R")

SWITCHED_OFF_AFTER = 3
"""Errors of one command in a row that switch it off until it is reloaded."""

TRUSTED = 3
"""What hooks may do: a plugin is the server's own code, and nobody typed anything."""


class Crew:
    """All plugins of a server."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.registry = Registry()
        self.plugins: dict[str, LoadedPlugin] = {}
        self.refused: list[tuple[str, str]] = []  # those that were not loaded: name and why
        self.offers: Sequence[Any] = ()  # of all of them, to each other
        self.services: Services | None = None
        self.running: tuple[int, str, str] | None = None
        """What of a plugin holds the loop now, for a watchdog: a number new with each call, the plugin, what of it."""

        self._calls = 0
        self._hooks: dict[str, tuple[LoadedPlugin, ...]] = {}
        self._failures: dict[str, int] = {}  # errors in a row, by plugin/command

    def load(self, plugin: LoadedPlugin) -> None:
        """Adds a plugin. Raises `PluginError` where a name of it is taken; then nothing has changed."""
        if plugin.name in self.plugins:
            raise PluginError(f"plugin {plugin.name}: {self.plugins[plugin.name].origin} has that name already")
        self._install({**self.plugins, plugin.name: plugin})
        self.house.world.slots.setdefault(plugin.name, Slot(server_key(plugin.name), plugin.server))

    def _install(self, plugins: dict[str, LoadedPlugin]) -> None:
        registry = _registry(plugins)
        self.registry, self.plugins = registry, plugins
        self.offers = tuple(value for plugin in plugins.values() for value in plugin.instance.offers)
        self._hooks = {}
        for plugin in plugins.values():
            for hook in plugin.hooks:
                self._hooks[hook] = (*self._hooks.get(hook, ()), plugin)

    @property
    def topics(self) -> dict[str, str]:
        """What the plugins have to say to `/help TOPIC`."""
        return {word: text for plugin in self.plugins.values() for word, text in plugin.instance.topics.items()}

    def report(self) -> list[tuple[str, str, str]]:
        """Name, origin and state of every plugin."""
        off = {mark.partition("/")[0] for mark, count in self._failures.items() if count >= SWITCHED_OFF_AFTER}
        loaded = [
            (p.name, p.origin, "a command is switched off" if p.name in off else "loaded")
            for p in self.plugins.values()
        ]
        return [*loaded, *((name, "", why) for name, why in self.refused)]

    # --- failures -----------------------------------------------------------------------------------------------

    def refuse_if_off(self, command: Command) -> None:
        """Raises `Refusal` for a command that went wrong too often."""
        if self._failures and self._failures.get(_mark(command), 0) >= SWITCHED_OFF_AFTER:
            advice = f"the host can /reload {command.plugin}"
            raise Refusal(f"/{command.name} is switched off after errors; {advice}.", "internal")

    def went_wrong(self, command: Command) -> None:
        """A handler raised: the log has the trace."""
        count = self._failures[_mark(command)] = self._failures.get(_mark(command), 0) + 1
        log.exception("plugin %s: /%s raised (%d in a row)", command.plugin, command.name, count)

    def went_well(self, command: Command) -> None:
        """A handler returned."""
        if self._failures:
            self._failures.pop(_mark(command), None)

    # --- hooks --------------------------------------------------------------------------------------------------

    def answers(self, hook: str) -> bool:
        """Whether any plugin answers it."""
        return hook in self._hooks

    def hook(self, hook: str, step: Step, seat: Seat | None, room: Room, *args: Any) -> None:
        """Tells every plugin that answers `hook`; what one that raises has said and replaced is dropped."""
        for plugin in self._hooks.get(hook, ()):
            self.hook_one(plugin, hook, step, seat, room, *args)

    def call(self, plugin: str, what: str, function: Callable[..., R], *args: Any, **named: Any) -> R:
        """Calls into a plugin, so that one that does not come back can be named."""
        outer, self._calls = self.running, self._calls + 1
        self.running = (self._calls, plugin, what)
        try:
            return function(*args, **named)
        finally:
            self.running = outer

    def hook_one(self, plugin: LoadedPlugin, hook: str, step: Step, seat: Seat | None, room: Room, *args: Any) -> None:
        """Tells one plugin."""
        kept = step.mark()
        try:
            ctx = Context(self.house, step, plugin, seat, room, TRUSTED)
            self.call(plugin.name, hook, getattr(plugin.instance, hook), ctx, *args)
        except Busy:
            raise
        except Exception:
            step.back_to(kept)
            log.exception("plugin %s: %s raised", plugin.name, hook)

    def playing(self, room: Room) -> bool:
        """Whether a round runs there, by what the plugins keep of the room."""
        for plugin in self._hooks.get("playing", ()):
            slot = room.slots.get(plugin.name)
            if slot is not None and plugin.instance.playing(slot.value):
                return True
        return False

    def claimed(self, step: Step, seat: Seat, room: Room, text: str) -> str | None:
        """The command line that a plugin takes a line for that is no command."""
        for plugin in self._hooks.get("on_text", ()):
            ctx = Context(self.house, step, plugin, seat, room, 0)
            line: str | None = self.call(plugin.name, "on_text", plugin.instance.on_text, ctx, text)
            if line is not None:
                return line
        return None

    def filtered(self, step: Step, seat: Seat, room: Room, text: str) -> str:
        """`text`, which is to be read in `room`, as the plugins' `on_chat` leave it; they may refuse it."""
        for plugin in self._hooks.get("on_chat", ()):
            ctx = Context(self.house, step, plugin, seat, room, 0)
            said = self.call(plugin.name, "on_chat", plugin.instance.on_chat, ctx, text)
            if said is not None and said != text:
                text = safe_line(str(said)[: int(min(self.house.world.limits.chat_bytes, 10_000))])
        return text

    # --- new code -----------------------------------------------------------------------------------------------

    def reloadable(self) -> list[str]:
        """The plugins whose code can be read again."""
        return [name for name, plugin in self.plugins.items() if plugin.reload is not None]

    def do_reload(self, step: Step, name: str) -> None:
        """Imports a plugin's new code in a job; then registry and records are swapped in one step, or nothing is."""
        plugin, services = self.plugins.get(name), self.services
        if plugin is None or plugin.reload is None or services is None:
            known = ", ".join(self.reloadable()) or "none"
            raise Refusal(f"There is no plugin {name[:40]} that can be reloaded; there are: {known}.")
        load, origin = plugin.reload, plugin.origin

        def work() -> LoadedPlugin:
            try:
                cls: type[Plugin] = load()
                return check(cls, name=name, origin=origin, services=services, reload=load)
            except Exception as error:
                raise _kept_old(name, error) from error

        def then(ctx: Context, fresh: LoadedPlugin) -> None:
            self._swap(fresh, ctx.when_applied)
            if step.seat is not None:
                ctx.reply(f"{name} was reloaded.")

        step.job = Job(work, then, name)

    def _swap(self, fresh: LoadedPlugin, when_applied: Callable[[Callable[[], None]], None]) -> None:
        plugins = {**self.plugins, fresh.name: fresh}
        try:
            _registry(plugins)
            moved = [(slot, codec, _converted(slot, codec)) for slot, codec in self._slots_of(fresh)]
        except (PluginError, RecordError) as error:
            raise _kept_old(fresh.name, error) from error

        def swap() -> None:
            log.info("plugin %s: reloaded", fresh.name, extra={"plugin": fresh.name})
            before = {rank: self.registry.catalogue(rank) for rank in range(4)}
            self._install(plugins)
            for slot, codec, value in moved:
                slot.codec, slot.value = codec, value
            self._failures = {k: v for k, v in self._failures.items() if not k.startswith(fresh.name + "/")}
            changed = {rank for rank in range(4) if self.registry.catalogue(rank) != before[rank]}
            for seat in self.house.world.held():
                if seat.session is not None and seat.session.rank in changed:
                    self.house.sink.to(seat.session, Commands(self.registry.catalogue(seat.session.rank)))

        when_applied(swap)

    def _slots_of(self, plugin: LoadedPlugin) -> Iterator[tuple[Slot, Codec[Any]]]:
        world, name = self.house.world, plugin.name
        for room in world.rooms.values():
            if (slot := room.slots.get(name)) is not None:
                yield slot, plugin.state
        for seat in world.seats.values():
            if seat.slots is not None and (slot := seat.slots.get(name)) is not None:
                yield slot, plugin.person
        if (slot := world.slots.get(name)) is not None:
            yield slot, plugin.server


def _registry(plugins: dict[str, LoadedPlugin]) -> Registry:
    return Registry(command for plugin in plugins.values() for command in plugin.commands)


def _mark(command: Command) -> str:
    return f"{command.plugin}/{command.name}"


def _kept_old(name: str, error: Exception) -> Refusal:
    return Refusal(f"{name} was not reloaded, the old code goes on: {error}")


def _converted(slot: Slot, codec: Codec[Any]) -> Any:
    if slot.pending is not None:
        raise Busy(slot.pending)
    return codec.decode(encode(slot.value))
