"""The crew: the plugins that are loaded, their commands and hooks, changed whole or not at all.

It knows how plugins are told of things and how new code takes the place of old; it must not know what they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from hangman_net.chat.commands import Registry
from hangman_net.chat.context import Context
from hangman_net.chat.errors import PluginCrash, PluginError, Refusal
from hangman_net.chat.plugin import LoadedPlugin, Plugin, Services, check
from hangman_net.chat.records import Codec, RecordError, encode, server_key
from hangman_net.chat.scene import House
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
        self.running: tuple[str, str] | None = None
        """What of a plugin holds the loop now, for a watchdog: the plugin and what of it, a new tuple each call."""

        self._hooks: dict[str, tuple[LoadedPlugin, ...]] = {}
        self._failures: dict[str, int] = {}  # crashes in a row, by plugin and what of it crashed

    def load(self, plugin: LoadedPlugin) -> None:
        """Adds a plugin. Raises `PluginError` where a name of it is taken; then nothing has changed."""
        if plugin.name in self.plugins:
            raise PluginError(f"plugin {plugin.name}: {self.plugins[plugin.name].origin} has that name already")
        self._install({**self.plugins, plugin.name: plugin})
        self.house.world.slots.setdefault(plugin.name, Slot(server_key(plugin.name), plugin.server))

    def _install(self, plugins: dict[str, LoadedPlugin]) -> None:
        registry = _registry(plugins)  # which may refuse them
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
        off: dict[str, list[str]] = {}
        for mark, count in self._failures.items():
            if count >= SWITCHED_OFF_AFTER:
                plugin, _, what = mark.partition("/")
                off.setdefault(plugin, []).append(what)
        loaded = [
            (p.name, p.origin, f"{', '.join(off[p.name])} switched off" if p.name in off else "loaded")
            for p in self.plugins.values()
        ]
        return [*loaded, *((name, "", why) for name, why in self.refused)]

    # --- failures -----------------------------------------------------------------------------------------------

    def call(self, plugin: str, what: str, function: Callable[..., R], *args: Any, **named: Any) -> R:
        """Calls into a plugin: one that does not come back can be named, and one that raises is.

        Raises `PluginCrash` for whatever it raises, be it `exit()`; `Refusal` and `Busy` pass.
        """
        outer, self.running = self.running, (plugin, what)
        try:
            return function(*args, **named)
        except (Refusal, Busy, PluginCrash):
            raise
        except BaseException as error:  # `KeyboardInterrupt` too: a signal is heard elsewhere, and raises nothing here
            crash = PluginCrash(plugin, what)
            log.exception("%s", crash)
            raise crash from error
        finally:
            self.running = outer

    def attempt(self, plugin: str, what: str, function: Callable[..., R], *args: Any) -> R:
        """Like `call`, for what a line depends on; three crashes in a row switch it off. Raises `Refusal` then."""
        if self.is_off(plugin, what):
            text = f"{_named(plugin, what)} is switched off after errors; the host can /reload {plugin}."
            raise Refusal(text, "internal")
        try:
            result = self.call(plugin, what, function, *args)
        except PluginCrash as crash:
            mark = f"{plugin}/{what}"
            if crash.plugin == plugin:  # or a filter of somebody else's, whose fault this is not
                self._failures[mark] = self._failures.get(mark, 0) + 1
            text = f"{_named(plugin, what)} went wrong on the server's side; nothing was changed."
            raise Refusal(text, "internal") from crash
        if self._failures:
            self._failures.pop(f"{plugin}/{what}", None)
        return result

    def is_off(self, plugin: str, what: str) -> bool:
        """Whether it raised too often, and is not called any more until the plugin is reloaded."""
        return bool(self._failures) and self._failures.get(f"{plugin}/{what}", 0) >= SWITCHED_OFF_AFTER

    # --- hooks --------------------------------------------------------------------------------------------------

    def answers(self, hook: str) -> bool:
        """Whether any plugin answers it."""
        return hook in self._hooks

    def hearers(self, kind: str) -> list[LoadedPlugin]:
        """The plugins that want to hear of events of that kind."""
        listening = self._hooks.get("on_event", ())
        return [plugin for plugin in listening if plugin.instance.hears is None or kind in plugin.instance.hears]

    def hook(self, hook: str, step: Step, seat: Seat | None, room: Room, *args: Any) -> None:
        """Tells every plugin that answers `hook`; what one that raises has said and replaced is dropped."""
        for plugin in self._hooks.get(hook, ()):
            self.hook_one(plugin, hook, step, seat, room, *args)

    def hook_one(self, plugin: LoadedPlugin, hook: str, step: Step, seat: Seat | None, room: Room, *args: Any) -> None:
        """Tells one plugin."""
        kept = step.mark()
        try:
            ctx = Context(self.house, step, plugin, seat, room, TRUSTED)
            self.call(plugin.name, hook, getattr(plugin.instance, hook), ctx, *args)
            step.only_wish(kept)
        except PluginCrash:
            step.back_to(kept)
        except Refusal as refusal:
            step.back_to(kept)
            log.warning("plugin %s: %s: %s", plugin.name, hook, refusal.text)

    def playing(self, room: Room) -> bool:
        """Whether a round runs there, by what the plugins keep of the room."""
        for plugin in self._hooks.get("playing", ()):
            slot = room.slots.get(plugin.name)
            if slot is None:
                continue
            try:
                if self.call(plugin.name, "playing", plugin.instance.playing, slot.value):
                    return True
            except PluginCrash:
                pass  # the log has it
        return False

    def claimed(self, step: Step, seat: Seat, room: Room, text: str) -> str | None:
        """The command line that a plugin takes a line for that is no command."""
        for plugin in self._hooks.get("on_text", ()):
            if (line := self._asked(plugin, "on_text", step, seat, room, text)) is not None:
                return line
        return None

    def filtered(self, step: Step, seat: Seat, room: Room, text: str) -> str:
        """`text`, which is to be read in `room`, as the plugins' `on_chat` leave it; they may refuse it."""
        for plugin in self._hooks.get("on_chat", ()):
            said = self._asked(plugin, "on_chat", step, seat, room, text)
            if said is not None and said != text:
                text = safe_line(said[: int(min(self.house.world.limits.chat_bytes, 10_000))]).strip()
                if not text:
                    raise Refusal("Nothing of that is left to be said here.", "forbidden")
        return text

    def _asked(self, plugin: LoadedPlugin, hook: str, step: Step, seat: Seat, room: Room, text: str) -> str | None:
        """What a plugin makes of a line; one that is switched off has nothing to say to it."""
        if self.is_off(plugin.name, hook):
            return None
        ctx = Context(self.house, step, plugin, seat, room, 0)
        return self.attempt(plugin.name, hook, _text_of, getattr(plugin.instance, hook), ctx, text)

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
            except (Exception, SystemExit) as error:
                raise _kept_old(name, error) from error

        def then(ctx: Context, fresh: LoadedPlugin) -> None:
            self._swap(fresh, ctx.when_applied)
            if step.seat is not None:
                ctx.reply(f"{name} was reloaded.")

        step.job = Job(work, then, name, step.seat, self.house.world.lobby)

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
            catalogues = {rank: self.registry.catalogue(rank) for rank in range(4)}
            again = {rank: Commands(now) for rank, now in catalogues.items() if now != before[rank]}
            for seat in self.house.world.held():
                if seat.session is not None and seat.session.rank in again:
                    self.house.sink.to(seat.session, again[seat.session.rank])

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


def _named(plugin: str, what: str) -> str:
    return what if what.startswith("/") else f"{what} of {plugin}"


def _text_of(hook: Callable[[Context, str], str | None], ctx: Context, text: str) -> str | None:
    said = hook(ctx, text)
    if said is None or isinstance(said, str):
        return said
    raise TypeError(f"expected text or None, got {type(said).__name__}")


def _kept_old(name: str, error: BaseException) -> Refusal:
    why = error if isinstance(error, (PluginError, RecordError)) else f"{type(error).__name__}: {error}"
    return Refusal(f"{name} was not reloaded, the old code goes on: {why}")


def _converted(slot: Slot, codec: Codec[Any]) -> Any:
    if slot.pending is not None:
        raise Busy(slot.pending)
    return codec.decode(encode(slot.value))
