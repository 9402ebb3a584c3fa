"""What a handler speaks through: it collects sayings and changes, which take effect together or not at all.

It knows this plugin's records and what can be asked of the hub; it must not carry anything out by itself.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from msgspec import Struct

from hangman_net.chat.commands import RANKS
from hangman_net.chat.errors import Refusal
from hangman_net.chat.records import encode, person_key, state_key
from hangman_net.chat.scene import Scene
from hangman_net.chat.speech import fit_board, fit_text
from hangman_net.chat.step import Job, LogEvent
from hangman_net.chat.world import Seat, Slot
from hangman_net.messages import Board, Error, ErrorCode, Notice

log = logging.getLogger("hangman_net")


class Viewer(Struct, frozen=True):
    """For whom a board is made: somebody seated with a view of their own (`name`), or everybody else (None)."""

    name: str | None
    seated: bool


EVERYBODY = Viewer(None, False)


class Context(Scene, eq=False):
    """One call of a handler or hook. What it says and replaces counts when the call has returned.

    A verb that touches others is refused unless the command's own role covers it.
    """

    _power: int

    # --- speaking -----------------------------------------------------------------------------------------------

    def reply(self, text: str) -> None:
        """Tells the one who typed; in a tick, the room."""
        if self._seat is None:
            self.say(text)
        else:
            self._step.to_seat(self._seat, Notice(fit_text(text)))

    def say(self, text: str) -> None:
        """Tells everyone in the room."""
        self._step.to_room(self._room, Notice(fit_text(text), self._room.name))

    def tell(self, name: str, text: str) -> bool:
        """Tells the person of that name, in whatever room; False where there is none."""
        notice, seat = Notice(fit_text(text)), self._house.world.person(name)
        if seat is not None:
            self._step.to_seat(seat, notice)
        return seat is not None

    def warn(self, text: str, code: ErrorCode = "usage") -> None:
        """Shows the one who typed an `error`, though the line is carried out."""
        if self._seat is not None:
            refusal = Refusal(text, code)
            self._step.to_seat(self._seat, Error(refusal.code, fit_text(refusal.text), self._step.line_id))

    def fail(self, text: str, code: ErrorCode = "usage") -> NoReturn:
        """Refuses the line: an error to its sender alone, nothing said and nothing changed, no cooldown started."""
        raise Refusal(text, code)

    def show(
        self, view: Callable[[Viewer], Board], *, apart: Iterable[str] | None = None, to: str | None = None
    ) -> None:
        """Shows a board to everyone here: `view(viewer)` is called once for each kind of viewer.

        Args:
            view: makes the board that a viewer sees.
            apart: the names that see something of their own; everybody else shares one board. Without it everybody
                seated is apart and the spectators share one.
            to: shows it to this person alone.
        """
        if to is not None:
            if (one := self._named(to)) is not None:
                self._step.ask("show_one", one, fit_board(view(self._viewer(one))))
            return
        members = self._room.members.values()
        if apart is None:
            own = [seat for seat in members if seat.record.seated]
        else:
            own = [seat for name in apart if (seat := self._present(name)) is not None]
        shared = fit_board(view(EVERYBODY))
        if own or [seat for seat in members if seat.record.puppet is not None]:
            theirs = {seat: fit_board(view(self._viewer(seat))) for seat in own}
            self._step.ask("show_all", self._room, shared, theirs)
        else:
            self._step.to_room(self._room, shared)

    def chat(self, text: str, *, to: str | None = None, action: bool = False) -> None:
        """Says `text` as the person: to the room, or privately `to` somebody anywhere; filters hear it first."""
        if self._seat is not None:
            text = self.said(text)
            other = None if to is None else self._house.world.person(to)
            if other is not None and other.room is not self._seat.room:
                text = self._house.filtered(self._step, self._seat, other.room, text)
            self._step.ask("chat", self._seat, text, to, action)

    def said(self, text: str) -> str:
        """What who typed gives others to read, as the plugins' `on_chat` leave it; one that withholds it refuses."""
        text = fit_text(text)
        return self._house.filtered(self._step, self._seat, self._seat.room, text) if self._seat and text else text

    # --- records ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> Any:
        """This plugin's record in this room; replaced, never edited."""
        return self._step.value(self._state_slot())

    @state.setter
    def state(self, record: Any) -> None:
        self._replace(self._state_slot(), record)

    @property
    def person(self) -> Any:
        """This plugin's record for who typed, wherever they are."""
        return self._person(self._typist())

    @person.setter
    def person(self, record: Any) -> None:
        self._replace(self._person_slot(self._typist()), record)

    @property
    def server(self) -> Any:
        """This plugin's record for the whole server."""
        return self._step.value(self._house.world.slots[self._plugin.name])

    @server.setter
    def server(self, record: Any) -> None:
        self._replace(self._house.world.slots[self._plugin.name], record)

    def person_of(self, name: str) -> Any:
        """This plugin's record for somebody of this server, or None where nobody holds that name."""
        seat = self._named(name)
        return None if seat is None else self._person(seat)

    def set_person(self, name: str, record: Any) -> bool:
        """Replaces `person_of(name)`; False where nobody holds that name."""
        seat = self._named(name)
        if seat is not None:
            self._replace(self._person_slot(seat), record)
        return seat is not None

    def everyone(self) -> Iterator[tuple[str, Any]]:
        """Name and this plugin's record of all, here or gone, of whom it keeps one. Long: not for every line."""
        for seat in self._house.world.seats.values():
            if seat.slots is not None and (slot := seat.slots.get(self._plugin.name)) is not None:
                yield seat.name, slot.value

    def award(self, name: str, points: int) -> None:
        """Adds to somebody's score in this room; the roster tells it."""
        if type(points) is not int:
            raise TypeError(f"points are an int, not {type(points).__name__}")
        if (seat := self._room.find(name)) is not None and points:
            self._step.ask("award", seat, self._room, points)

    # --- later --------------------------------------------------------------------------------------------------

    def event(self, kind: str, /, **data: Any) -> None:
        """Writes into the log of events who did what; other plugins hear it by `on_event`."""
        if not isinstance(kind, str):
            raise TypeError(f"an event's kind is a str, not {type(kind).__name__}")
        event = LogEvent(self._room.name, self.name, kind, encode(data), self._house.posix())
        self._house.note(self._step, event, data)

    def wake(self, seconds: float | None, key: str = "") -> None:
        """Calls `on_tick(ctx, key)` of this plugin in this room `seconds` from now; None calls it off.

        There is one wake a key: a later one takes the place of an earlier one. It lasts over a restart.
        """
        if not isinstance(key, str) or (seconds is not None and not math.isfinite(seconds)):
            raise ValueError(f"a wake is so many seconds from now, with a str as its key: not {seconds!r}, {key!r}")
        name = self._plugin.name
        at = (self._room, name)
        due = (self._step.wakes or {}).get(at)
        if due is None:
            due = self._room.wakes.get(name, {})
        if seconds is None:
            if key not in due:
                return
            due = {k: v for k, v in due.items() if k != key}
        else:
            due = {**due, key: self._step.now + max(0.0, seconds)}
        self._step.wakes = {**(self._step.wakes or {}), at: due}

    def job(self, work: Callable[[], Any], then: Callable[[Any, Any], None]) -> None:
        """`work()` runs in a thread on plain data, then `then(ctx, result)` is a second step; the line's ack waits.

        What `work` raises refuses the line: a `Refusal` (what `ctx.fail` raises) with its text, else `internal`.
        """
        if self._step.job is not None:
            raise RuntimeError("one job a line")
        self._step.job = Job(work, then, self._plugin.name, self._seat, self._room)

    # --- what the built-in commands need besides ----------------------------------------------------------------

    def rename(self, name: str) -> None:
        """Gives who typed another name. The line is refused where it cannot be had."""
        self._step.ask("rename", self._typist(), self.said(name))

    def move(self, room: str, invite: str | None = None) -> None:
        """Takes who typed into another room, which is made if it is not there."""
        self._step.ask("move", self._typist(), room, invite)

    def seat(self, name: str | None = None) -> None:
        """Who typed plays from now on (or, from an owner's command, somebody else)."""
        self._step.ask("seat", self._subject(name), True)

    def unseat(self, name: str | None = None) -> None:
        """Who typed only looks on from now on."""
        self._step.ask("seat", self._subject(name), False)

    def leave(self) -> None:
        """Who typed gives up seat and name, and their connection ends with `quit`."""
        self._step.ask("quit", self._typist())

    def ignore(self, name: str, on: bool) -> None:
        """Who typed does not want to read a person any more, or again."""
        self._step.ask("ignore", self._typist(), self._anyone(name), on)

    def kick(self, name: str, reason: str = "") -> None:
        """Ends a person's connection and gives up their seat. For commands of `owner` and above, or after a vote."""
        self._covered("owner")
        self._step.ask("kick", self._here(name), reason)

    def mute(self, name: str, seconds: float | None) -> None:
        """A person cannot chat here for so long; None unmutes."""
        self._covered("owner")
        self._step.ask("mute", self._here(name), self._room, seconds)

    def lock(self, on: bool) -> None:
        """Nobody new may come into the room."""
        self._covered("owner")
        self._step.ask("change_room", self._room, {"locked": on})

    def invite_word(self, word: str | None) -> None:
        """The room is private and opens by this word; None opens it to all."""
        self._covered("owner")
        if word is not None:
            self.said(word)  # everybody here may ask for it
        self._step.ask("change_room", self._room, {"invite": word})

    def give_room(self, name: str) -> None:
        """Makes somebody here the room's owner."""
        self._covered("owner")
        self._step.ask("own", self._room, self._here(name))

    def ban(self, who: str, seconds: float | None, reason: str = "") -> None:
        """Keeps a name or an address out, for so many seconds or (None) for good; who is here goes."""
        self._covered("host")
        self._step.ask("ban", who, seconds, reason, self.name)

    def unban(self, who: str) -> None:
        """Lets a name or an address in again."""
        self._covered("host")
        self._step.ask("unban", who)

    def announce(self, text: str) -> None:
        """Tells everyone on the server."""
        self._covered("host")
        self._step.ask("announce", fit_text(text))

    def when_applied(self, change: Callable[[], None]) -> None:
        """Calls `change` in the moment in which this step counts; never, if it is refused or cannot be kept."""
        plugin = self._plugin.name

        def changed() -> None:
            try:
                change()
            except Exception:  # the step counts all the same: it is kept, and told in part
                log.exception("plugin %s: what it does when a step counts raised", plugin)

        self._step.act(changed)

    def reload(self, plugin: str) -> None:
        """Takes a plugin's new code, whole or not at all."""
        self._covered("host")
        self._step.ask("reload", plugin)

    def enter(self, name: str) -> None:
        """Seats a computer player of this plugin here; `on_board` is called with every board it is shown."""
        self._step.ask("enter", self._room, name, self._plugin.name)

    def dismiss(self, name: str) -> None:
        """Sends a computer player of this plugin away."""
        self._step.ask("dismiss", self._puppet(name))

    def types(self, name: str, text: str) -> None:
        """A computer player of this plugin types a line; it is parsed, checked and limited like any."""
        self._step.ask("types", self._puppet(name), fit_text(text))

    def board_of(self, name: str) -> Board | None:
        """The board that a computer player of this plugin was shown last."""
        return self._puppet(name).board

    # --- within -------------------------------------------------------------------------------------------------

    def _state_slot(self) -> Slot:
        plugin, slots = self._plugin, self._room.slots
        if (slot := slots.get(plugin.name)) is None:
            slot = slots[plugin.name] = Slot(state_key(self._room.name, plugin.name), plugin.state)
        return slot

    def _person(self, seat: Seat) -> Any:
        """The person's record; one who has none yet costs nothing for being asked about."""
        slot = None if seat.slots is None else seat.slots.get(self._plugin.name)
        return self._plugin.person.default if slot is None else self._step.value(slot)

    def _person_slot(self, seat: Seat) -> Slot:
        plugin = self._plugin
        if seat.slots is None:
            seat.slots = {}
        if (slot := seat.slots.get(plugin.name)) is None:
            slot = seat.slots[plugin.name] = Slot(person_key(seat.id, plugin.name), plugin.person)
        return slot

    def _replace(self, slot: Slot, record: Any) -> None:
        if type(record) is not slot.codec.type:
            raise TypeError(f"{slot.key}: expected {slot.codec.type.__name__}, got {type(record).__name__}")
        self._step.replace(slot, record)

    def _typist(self) -> Seat:
        if self._seat is None:
            raise RuntimeError("nobody typed this")
        return self._seat

    def _named(self, name: str) -> Seat | None:
        if self._seat is not None and name == self.name:
            return self._seat
        return self._room.find(name) or self._house.world.person(name)

    def _viewer(self, seat: Seat) -> Viewer:
        record = self._step.record(seat)
        return Viewer(record.name, record.seated)

    def _present(self, name: str) -> Seat | None:
        """The person of that name in the room, or who is just coming into it."""
        if (seat := self._seat) is not None and name == self.name and self._step.record(seat).room == self.room:
            return seat
        return self._room.find(name)

    def _here(self, name: str) -> Seat:
        if (seat := self._room.find(name)) is None:
            raise Refusal(f"Nobody here is called {name[:40]}.")
        return seat

    def _anyone(self, name: str) -> Seat:
        if (seat := self._house.world.person(name)) is None:
            raise Refusal(f"Nobody is called {name[:40]}.")
        return seat

    def _subject(self, name: str | None) -> Seat:
        if name is None or name == self.name:
            return self._typist()
        if self._seat is not None:
            self._covered("owner")
        return self._here(name)

    def _puppet(self, name: str) -> Seat:
        seat = self._room.find(name)
        if seat is None or seat.record.puppet != self._plugin.name:
            raise Refusal(f"{name[:40]} is no computer player here.")
        return seat

    def _covered(self, role: str) -> None:
        if self._power < RANKS[role]:
            raise PermissionError(f"plugin {self._plugin.name}: this needs a command for role {role!r}")
