"""Deadlines on the server's clock: wakes of plugins, seats that are held, owners who are away; one heap for all.

It knows when something is due and what it then comes to; it must not know a loop or a timer.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from hangman_net.chat.bans import address_key, is_local
from hangman_net.chat.crew import Crew
from hangman_net.chat.moves import Moves
from hangman_net.chat.step import Step
from hangman_net.chat.world import Room, Seat, World

ADDRESSES_KEPT = 1_000
"""Addresses whose left seats are known before those are forgotten whose seats are taken again, or gone."""

Moment: TypeAlias = Callable[[], Step | None]
"""What is to be done when a deadline has come: a step, or None where it no longer stands. May raise `Busy`."""


class Moments:
    """What happens by the clock. `resolve` finishes a step whose hooks asked for something."""

    def __init__(
        self, world: World, moves: Moves, crew: Crew, *, clock: Callable[[], float], resolve: Callable[[Step], None]
    ) -> None:
        self.world = world
        self.moves = moves
        self.crew = crew
        self.clock = clock
        self.resolve = resolve
        self._heap: list[tuple[float, int, Moment]] = []
        self._left: dict[str, list[tuple[Seat, float]]] = {}  # by address: seats left from there, and when
        self._order = 0

    @property
    def next(self) -> float | None:
        """When `due` has something, by the server's clock."""
        return self._heap[0][0] if self._heap else None

    def due(self) -> list[Moment]:
        """Everything whose moment has come, in order."""
        now, found = self.clock(), []
        while self._heap and self._heap[0][0] <= now:
            found.append(heapq.heappop(self._heap)[2])
        return found

    def _at(self, due: float, moment: Moment) -> None:
        if due < math.inf:
            self._order += 1
            heapq.heappush(self._heap, (due, self._order, moment))

    # --- seats --------------------------------------------------------------------------------------------------

    def hold(self, seat: Seat, hold: float | None = None) -> None:
        """The seat of somebody who has just gone away is held for so many seconds (None: as the limits say)."""
        away = self.clock() if seat.away is None else seat.away
        self._at(away + (self._hold(seat.room) if hold is None else hold), partial(self._expire, seat))
        if seat.room.record.owner == seat.id:
            self._at(away + self.world.limits.owner_away, partial(self._owner_away, seat))

    def left(self, seat: Seat, address: str) -> None:
        """Somebody at `address` has just gone away: it holds no more seats than it may have connections.

        Else one address could fill a room, or all of them, by coming and going. Those longest away pay for it.
        """
        limits = self.world.limits
        if len(self._left) > ADDRESSES_KEPT:
            self._left = {key: held for key, held in self._left.items() if any(self._still(*one) for one in held)}
        key = address_key(address)
        held = [one for one in self._left.get(key, ()) if self._still(*one)]
        if seat.away is not None:
            held.append((seat, seat.away))
        self._left[key] = held
        most = limits.local_connections if is_local(address) else limits.address_connections
        if len(held) > most:
            for one in held[: len(held) - int(most)]:
                self._at(self.clock(), partial(self._expire, *one))

    def _still(self, seat: Seat, away: float) -> bool:
        return self._gone(seat) and seat.away == away

    def _hold(self, room: Room) -> float:
        limits = self.world.limits
        return limits.seat_hold_playing if self.crew.playing(room) else limits.seat_hold

    def _gone(self, seat: Seat) -> bool:
        return not seat.connected and seat.away is not None and seat.record.held

    def _expire(self, seat: Seat, early: float | None = None) -> Step | None:
        """Whoever did not come back gives up their seat, unless a round runs that holds it for longer.

        Who is away since `early` gives it up in any case.
        """
        if not self._gone(seat) or seat.away is None:
            return None
        step = Step(self.clock(), None, seat.room)
        step.touch(seat.room)
        if seat.away != early and (until := seat.away + self._hold(seat.room)) > step.now:
            self._at(until, partial(self._expire, seat))
            return None
        self.moves.release(step, seat)
        self.resolve(step)
        return step

    def _owner_away(self, seat: Seat) -> Step | None:
        """A room whose owner is away for long goes to somebody else."""
        step = Step(self.clock(), None, seat.room)
        if not self._gone(seat) or seat.away is None or seat.room.record.owner != seat.id:
            return None
        if seat.away + self.world.limits.owner_away > step.now:
            return None
        step.touch(seat.room)
        self.moves.pass_on(step, seat.room)
        return step

    # --- wakes --------------------------------------------------------------------------------------------------

    def set_wakes(self, room: Room, plugin: str, wakes: dict[str, float]) -> None:
        """These are the plugin's wakes in the room from now on: when each is due, by its key."""
        before = room.wakes.get(plugin, {})
        for key, due in wakes.items():
            if before.get(key) != due:
                self._at(due, partial(self._tick, room, plugin, key, due))
        if wakes:
            room.wakes[plugin] = wakes
        else:
            room.wakes.pop(plugin, None)

    def _tick(self, room: Room, name: str, key: str, due: float) -> Step | None:
        plugin = self.crew.plugins.get(name)
        wakes = room.wakes.get(name, {})
        if plugin is None or wakes.get(key) != due or self.world.rooms.get(room.key) is not room:
            return None  # called off, or put off
        step = Step(self.clock(), None, room)
        step.touch(room)
        step.wakes = {(room, name): {k: v for k, v in wakes.items() if k != key}}
        self.crew.hook_one(plugin, "on_tick", step, None, room, key)
        self.resolve(step)
        left = (step.wakes or {}).get((room, name), {})  # nothing where the room has ended
        if left.get(key) == due:  # set for this very moment again: `set_wakes` sees no change
            step.act(lambda: self._at(due, partial(self._tick, room, name, key, due)))
        return step
