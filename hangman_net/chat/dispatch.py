"""A command's line, from what was typed to the handler: parsed once, looked up once, every precondition checked once.

It knows commands and who may call them when; it must not know what a handler does.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator

from msgspec.structs import replace

from hangman_net.chat.commands import RANKS, Command
from hangman_net.chat.context import Context
from hangman_net.chat.crew import Crew
from hangman_net.chat.errors import Forbidden, OnCooldown, UnknownCommand, WrongPhase
from hangman_net.chat.params import parse_args
from hangman_net.chat.scene import House
from hangman_net.chat.step import Step
from hangman_net.chat.world import Room, Seat
from hangman_net.messages import Completion
from hangman_net.text import nearest

log = logging.getLogger("hangman_net")

_WHO = {"seated": "those who play; /play sits you down", "owner": "the room's owner", "host": "the host"}

COOLDOWNS_KEPT = 1_000
"""Cooldowns of rooms and of the server that are kept before those that are over are thrown away."""


class Dispatcher:
    """Calls commands and completes them."""

    def __init__(self, house: House, crew: Crew) -> None:
        self.house = house
        self.crew = crew
        self._shared: dict[str, float] = {}  # cooldowns of rooms and of the server: until when

    def dispatch(self, step: Step, seat: Seat, room: Room, text: str) -> None:
        """Carries out a line that begins with a slash. Raises `Refusal`, or `Busy`."""
        word, _, rest = text[1:].partition(" ")
        crew = self.crew
        command = crew.registry.find(word)
        if command is None:
            near = nearest(word, crew.registry.names(seat.rank))
            hint = f"did you mean /{near}?" if near else "/help lists the commands."
            raise UnknownCommand(f"There is no command /{word[:40]}; {hint}")
        self._check(step, seat, room, command)
        ctx = Context(self.house, step, crew.plugins[command.plugin], seat, room, command.power)
        began = time.monotonic()
        try:
            crew.attempt(command.plugin, f"/{command.name}", _carry_out, command, ctx, rest)
        finally:
            if (took := time.monotonic() - began) > self.house.world.limits.watchdog:
                log.warning("plugin %s: /%s held the loop for %.2f s", command.plugin, command.name, took)
        if command.power >= RANKS["owner"]:
            self._audit(step, seat, room, command)
        if command.cooldowns:
            self._start_cooldowns(step, seat, room, command)
        if command.one_at_a_time and step.job is not None:
            step.job = replace(step.job, mark=command.name)

    @staticmethod
    def _audit(step: Step, seat: Seat, room: Room, command: Command) -> None:
        """What hosts and owners did stands in the log, with what the command itself says happened."""
        facts = {} if seat.session is None else seat.session.facts()
        facts |= {"who": seat.name, "room": room.name}
        for event in step.events or ():
            if event.kind == command.name:
                facts["data"] = event.data.decode()
        step.act(lambda: log.info("/%s", command.name, extra=facts))

    def _check(self, step: Step, seat: Seat, room: Room, command: Command) -> None:
        """Every precondition that the record declares, in one place."""
        if command.rank > seat.rank:
            raise Forbidden(f"/{command.name} is for {_WHO[command.role]}.")
        if command.phase != "any" and (playing := self.crew.playing(room)) != (command.phase == "playing"):
            what = "a round runs; /stop ends it" if playing else "no round runs; /new begins one"
            raise WrongPhase(f"/{command.name}: {what}.", playing=playing)
        if command.cooldowns:
            uses = self._uses(seat, room, command)
            left = max(until.get(key, 0.0) - step.now for _, until, key in uses)
            if left > 0:
                raise OnCooldown(f"/{command.name} again in {math.ceil(left)} s.", left=left)
        if command.one_at_a_time and command.name in room.running:
            text = f"/{command.name} is under way here already."
            raise WrongPhase(text, playing=True) if command.phase == "idle" else OnCooldown(text, left=0.0)

    def _uses(self, seat: Seat, room: Room, command: Command) -> Iterator[tuple[float, dict[str, float], str]]:
        """Seconds, and where it is kept until when the command is cooling down."""
        if seat.cooldowns is None:
            seat.cooldowns = {}
        for cooldown in command.cooldowns:
            if cooldown.per == "person":
                yield cooldown.seconds, seat.cooldowns, command.name
            elif cooldown.per == "room":
                yield cooldown.seconds, self._shared, f"{command.name} {room.key}"
            else:
                yield cooldown.seconds, self._shared, command.name

    def _start_cooldowns(self, step: Step, seat: Seat, room: Room, command: Command) -> None:
        def start() -> None:
            if len(self._shared) > COOLDOWNS_KEPT:
                self._shared = {key: until for key, until in self._shared.items() if until > step.now}
            for seconds, until, key in self._uses(seat, room, command):
                until[key] = step.now + seconds

        def take_back() -> None:
            for _, until, key in self._uses(seat, room, command):
                until.pop(key, None)

        step.act(start)
        if step.job is not None:
            step.job = replace(step.job, refused=take_back)

    # --- completion ---------------------------------------------------------------------------------------------

    def completions(self, step: Step, seat: Seat, text: str) -> list[Completion]:
        """What could stand in place of the last word of `text`."""
        room, rank = seat.room, seat.rank
        if not text.startswith("/") or text.startswith("//"):
            prefix = text.rpartition(" ")[2].lower()
            names = [other.name for other in room.members.values() if prefix and other.name.lower().startswith(prefix)]
            return [Completion(name) for name in names[:100]]
        word, space, rest = text[1:].partition(" ")
        registry = self.crew.registry
        if not space:
            phases = ("any", "playing" if self.crew.playing(room) else "idle")
            return [
                Completion(f"/{name}", command.summary)
                for command in registry.visible(rank)
                if command.phase in phases
                for name in (command.name, *command.aliases)
                if name.startswith(word.lower())
            ]
        command = registry.find(word)
        if command is None or command.rank > rank or command.hidden:
            return []
        ctx = Context(self.house, step, self.crew.plugins[command.plugin], seat, room, 0)
        return self.crew.call(command.plugin, f"completion of /{command.name}", command.complete, rest, ctx)


def _carry_out(command: Command, ctx: Context, rest: str) -> None:
    """All of a command that its plugin wrote: predicates, converters, handler."""
    for predicate in command.checks:
        predicate(ctx)
    args, named = parse_args(command.params, rest, ctx, command.usage)
    command.handler(ctx, *args, **named)
