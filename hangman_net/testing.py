"""A table for tests of plugins: made-up players, a clock and chance in hand, and what each of them saw.

It knows the hub and a store in memory; it must not know sockets or a loop. The pytest fixture `table` is one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, TypeVar, cast

from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import Plugin, Services, check
from hangman_net.chat.restore import restore
from hangman_net.chat.step import Step
from hangman_net.chat.world import LOBBY, Busy, Room, Session
from hangman_net.library import Library
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.loader import Candidate, find, load_all, plugin_class
from hangman_net.messages import (
    Board,
    Bye,
    ByeReason,
    Chat,
    Complete,
    Completions,
    Error,
    Hello,
    Line,
    Message,
    Notice,
    ServerMessage,
)
from hangman_net.store.port import Commit, Event

M = TypeVar("M", bound=Message)

UNLIMITED = DEFAULTS.with_options(["all=none"])
"""Limits of a table unless it is given others: tests type faster than people."""

RESTLESS = 10_000
"""Steps of computer players in a row after which a test is told that they never end."""


class Player(Session):
    """A made-up player: `types` types as them, `saw` is what they were told since."""

    __slots__ = ("_name", "_table", "bye", "saw", "token")

    def __init__(self, table: Table, name: str) -> None:
        super().__init__("203.0.113.1")
        self._table = table
        self._name = name
        self.saw: list[ServerMessage] = []
        self.bye: Bye | None = None
        self.token: str | None = None

    @property
    def name(self) -> str:
        """The name they have now."""
        return self.seat.name if self.seat is not None else self._name

    def types(self, text: str, *, id: int | None = None) -> list[ServerMessage]:
        """Types a line; gives what they were told because of it, which `saw` holds too."""
        self.saw = []
        self._table.run(lambda: self._table.hub.line(self, Line(text, id)))
        return self.saw

    def completes(self, text: str) -> list[str]:
        """What could stand in place of the last word of `text`."""
        before, self.saw = self.saw, []
        self._table.run(lambda: self._table.hub.complete(self, Complete(1, text)))
        answer, self.saw = self.saw, before
        return [item.text for message in answer if isinstance(message, Completions) for item in message.items]

    def drops(self) -> None:
        """The connection goes, without a word."""
        self._table.run(lambda: self._table.hub.dropped(self))

    def comes_back(self) -> Player:
        """The same person with a new connection on the same seat; `table.NAME` is that one from now on."""
        return self._table.sits(self._name, token=self.token)

    def seen(self, kind: type[M]) -> list[M]:
        """What they saw of one kind of message, such as `Board`."""
        return [message for message in self.saw if isinstance(message, kind)]

    @property
    def texts(self) -> list[str]:
        """The words of all notices, chat lines and errors they saw."""
        return [message.text for message in self.saw if isinstance(message, (Notice, Chat, Error))]

    @property
    def error(self) -> str | None:
        """The code of the last error they saw, or None."""
        errors = self.seen(Error)
        return errors[-1].code if errors else None

    @property
    def board(self) -> Board | None:
        """The last board they saw since."""
        boards = self.seen(Board)
        return boards[-1] if boards else None


class Table:
    """A server without sockets, loop or disk, with the built-in commands; every line is carried out at once.

    `table.ann` is a player called ann, seated in the lobby when first named.

    Args:
        plugins: classes, modules, or paths of files, loaded beside the built-in ones.
        words: lists to play with, as `--words` names them.
        limits: the limits in force; those of rate and count are lifted unless given.
        seed: of all chance.
        host: the name of the player who is the host.
    """

    def __init__(
        self,
        *plugins: type[Plugin] | ModuleType | str | Path,
        words: Iterable[str] = (),
        limits: Limits = UNLIMITED,
        seed: int = 1,
        host: str = "host",
    ) -> None:
        self._now = 0.0
        self._day = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
        self._players: dict[str, Player] = {}
        self._host = host
        self._words = tuple(words)
        self._limits = limits
        self._plugins: list[Candidate] = []
        self.random = Random(seed)
        self._tokens = Random(seed)
        self.records: dict[str, bytes] = {}
        self.events: list[Event] = []
        self._done: dict[str, list[int]] = {}
        self.library = Library.choose(self._words)
        self._start()
        for plugin in plugins:
            self.load(plugin)

    def _start(self) -> None:
        self.hub = Hub(
            sink=_Lists(),
            limits=self._limits,
            clock=lambda: self._now,
            posix=lambda: self._day.timestamp(),
            chance=self.random,
            token=lambda: f"{self._tokens.getrandbits(128):032x}",
            host_token="the host's token",
            host_seated=True,
            version="hangman_net/test",
        )
        self.services = Services(words=self.library, random=self.random, secrets=self.random)
        candidates = [*find(entry_points=False), *self._plugins]
        if said := load_all(self.hub, self.services, candidates):
            raise AssertionError("; ".join(said))

    # --- plugins ------------------------------------------------------------------------------------------------

    def load(self, plugin: type[Plugin] | ModuleType | str | Path, name: str | None = None) -> None:
        """Loads a plugin: its class, its module, or its file. Raises `PluginError` where a server would refuse it."""
        if isinstance(plugin, (str, Path)):
            candidate = next(c for c in find([str(plugin)], entry_points=False) if c.origin == str(plugin))
        else:
            cls = plugin if inspect.isclass(plugin) else plugin_class(plugin)
            origin = plugin.__module__ if inspect.isclass(plugin) else plugin.__name__
            called = name or origin.rpartition(".")[2]
            if name is None and called in self.hub.crew.plugins:
                called = cls.__name__.lower()  # a module of tests may define several
            candidate = Candidate(called, origin, lambda: cls, lambda: cls)
        loaded = check(
            candidate.load(),
            name=name or candidate.name,
            origin=candidate.origin,
            services=self.services,
            reload=candidate.reload,
        )
        self.hub.crew.load(loaded)
        self._plugins.append(candidate)

    # --- players ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Player:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.player(name)

    def player(self, name: str) -> Player:
        """The player of that name, seated in the lobby when first named."""
        known = self._players.get(name)
        return known if known is not None else self.sits(name)

    def sits(self, name: str, *, room: str = LOBBY, token: str | None = None) -> Player:
        """A player comes in; the welcome and what followed is in `saw`."""
        player = Player(self, name)
        token = "the host's token" if name == self._host else token
        self.run(lambda: self.hub.hello(player, Hello(1, name=name, room=room, token=token)))
        if player.seat is None:
            raise AssertionError(f"{name} was not welcomed: {player.texts}")
        player.token = next((m.token for m in player.saw if hasattr(m, "token")), None)
        self._players[name] = player
        return player

    def room(self, name: str = LOBBY) -> Room:
        """A room as it is."""
        room = self.hub.world.room(name)
        assert room is not None, f"there is no room {name}"
        return room

    def state(self, plugin: str, room: str = LOBBY) -> Any:
        """A plugin's record in a room."""
        slot = self.room(room).slots.get(plugin)
        return self.hub.crew.plugins[plugin].state.default if slot is None else slot.value

    # --- time ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The server's clock, in seconds."""
        return self._now

    def passes(self, seconds: float) -> None:
        """Time passes, and whatever was to happen in it happens at its moment."""
        until = self._now + seconds
        for _ in range(RESTLESS):
            due = self.hub.moments.next
            if due is None or due > until:
                self._advance(until)
                return
            self._advance(max(due, self._now))
            for make in self.hub.moments.due():
                self.run(make)
        raise AssertionError(f"there was something to do {RESTLESS:,} times in {seconds:g} s: does a wake call itself?")

    def _advance(self, now: float) -> None:
        self._day += timedelta(seconds=now - self._now)
        self._now = now

    def restarts(self) -> None:
        """The server is stopped and started again, on what it kept; everybody is away until they come back."""
        self._start()
        restored = restore(self.hub, self.records, self._done)
        for key, value in restored.puts.items():
            self._put(key, value)
        self._drain()

    # --- within -------------------------------------------------------------------------------------------------

    def run(self, make: Callable[[], Step | None]) -> None:
        """Carries out one step, its job included, and whatever follows from it."""
        self._carry_out(make)
        self._drain()

    def _carry_out(self, make: Callable[[], Step | None]) -> None:
        try:
            step = make()
        except Busy as busy:
            raise AssertionError("a table is never busy") from busy
        if step is not None:
            self._apply(step)
            if step.job is not None:
                self._work(step)

    def _work(self, step: Step) -> None:
        assert step.job is not None
        result, error = None, None
        try:
            result = step.job.work()
        except BaseException as raised:  # as in the thread of a server
            error = raised
        self._apply(self.hub.finish_job(step, result, error))
        self.hub.job_ended(step)

    def _drain(self) -> None:
        for _ in range(RESTLESS):
            if not self.hub.puppets.later:
                return
            self._carry_out(self.hub.puppets.later.popleft())
        raise AssertionError(f"computer players did {RESTLESS:,} things in a row: do they answer what they cause?")

    def _apply(self, step: Step) -> None:
        if step.keeps:
            for slot, (record, data) in step.replaced.items():
                if slot.codec.decode(data) != record:
                    raise AssertionError(f"{slot.key} does not come back from JSON as it was: {record}")
            self.hub.begin(step)
            events = tuple(Event(e.room, e.who, e.kind, e.data, e.at) for e in step.events or ())
            commit = Commit(step.now, step.to_keep(), events, () if step.done is None else (step.done,))
            for key, value in commit.puts:
                self._put(key, value)
            for seat, line_id, forget in commit.done:
                self._done[seat] = [i for i in [*self._done.get(seat, ()), line_id] if i > forget]
            self.events += commit.events
            self.hub.finish(step)
        self.hub.apply(step)

    def _put(self, key: str, value: bytes | None) -> None:
        if value is None:
            self.records.pop(key, None)
        else:
            self.records[key] = value


class _Lists:
    """The sink of a table: what a player is told is in their list."""

    def to(self, session: Session, message: Message) -> None:
        if isinstance(session, Player) and session.bye is None:
            session.saw.append(cast("ServerMessage", message))

    def to_room(self, room: Room, message: Message) -> None:
        for session in room.sessions:
            self.to(session, message)

    def bye(self, session: Session, reason: ByeReason, text: str | None = None) -> None:
        bye = Bye(reason, text)
        self.to(session, bye)
        if isinstance(session, Player):
            session.bye = bye


def plugins_of(module: ModuleType) -> Iterator[type[Plugin]]:
    """The plugins that a test module defines or imports, by themselves or with their module: the fixture loads them.

    The built-in ones and what they are made of are not among them: every table has those.
    """
    for value in vars(module).values():
        for found in vars(value).values() if inspect.ismodule(value) else (value,):
            if (
                inspect.isclass(found)
                and issubclass(found, Plugin)
                and found is not Plugin
                and not found.__module__.startswith("hangman_net.")
                and (found is value or found.__module__ == value.__name__)
            ):
                yield found
