"""Computer players: seats that a plugin plays, through the same door as anybody.

It knows how one sits down, types and is shown a board; it must not know how it thinks.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from hangman_net.chat.crew import Crew
from hangman_net.chat.errors import Refusal
from hangman_net.chat.gate import seat_id
from hangman_net.chat.moves import Moves
from hangman_net.chat.records import SeatRecord
from hangman_net.chat.step import Step
from hangman_net.chat.world import Room, Seat, World
from hangman_net.messages import Board

log = logging.getLogger("hangman_net")


class Puppets:
    """All computer players of a server. What follows from something they see or type is a step of its own, in `later`.

    `line(step, seat, text)` carries out a typed line; `resolve` finishes a step.
    """

    def __init__(
        self,
        world: World,
        moves: Moves,
        crew: Crew,
        *,
        clock: Callable[[], float],
        token: Callable[[], str],
        line: Callable[[Step, Seat, str], None],
        resolve: Callable[[Step], None],
    ) -> None:
        self.world = world
        self.moves = moves
        self.crew = crew
        self.clock = clock
        self.token = token
        self.line = line
        self.resolve = resolve
        self.later: deque[Callable[[], Step | None]] = deque()

    def _here(self, seat: Seat) -> bool:
        return self.world.names.get(seat.key) is seat

    def do_enter(self, step: Step, room: Room, name: str, plugin: str) -> None:
        if not self.moves.seat_free(room):
            raise Refusal("Every seat is taken.", "full")
        name = self.moves.name(step, name)
        record = SeatRecord(name, room.name, self.moves.day(), seated=True, puppet=plugin, came=step.now)
        seat = Seat(seat_id(self.token()), record, room)
        step.replace_seat(seat, record)
        step.act(lambda: self.moves.register(seat))
        self.moves.enter(step, seat, room, None)

    def do_dismiss(self, step: Step, seat: Seat) -> None:
        self.moves.release(step, seat)

    def do_types(self, step: Step, seat: Seat, text: str) -> None:
        step.act(lambda: self.later.append(lambda: self._typed(seat, text)))

    def _typed(self, seat: Seat, text: str) -> Step | None:
        if not self._here(seat):
            return None
        step = Step(self.clock(), seat)
        step.touch(seat.room)
        step.room = seat.room
        try:
            self.line(step, seat, text)
            self.resolve(step)
        except Refusal as refusal:
            log.debug("computer player %s: %s", seat.name, refusal.text)
            return None
        return step

    def shown(self, seat: Seat, board: Board) -> None:
        """A computer player was shown a board: its plugin is told."""
        seat.board = board
        self.later.append(lambda: self._told(seat, board))

    def _told(self, seat: Seat, board: Board) -> Step | None:
        plugin = self.crew.plugins.get(seat.record.puppet or "")
        if plugin is None or not self._here(seat):
            return None
        step = Step(self.clock(), None, seat.room)
        step.touch(seat.room)
        self.crew.hook_one(plugin, "on_board", step, seat, seat.room, board)
        self.resolve(step)
        return step

    def restored(self, seat: Seat) -> None:
        """It is back after a restart: the plugins show it the board again."""

        def back() -> Step | None:
            step = Step(self.clock(), None, seat.room)
            step.touch(seat.room)
            self.crew.hook("on_back", step, seat, seat.room)
            self.resolve(step)
            return step

        self.later.append(back)
