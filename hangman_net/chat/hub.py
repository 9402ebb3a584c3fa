"""The hub: everybody's lines go in, one at a time, and each comes out as a step that can be kept, applied or dropped.

It knows sessions, the dispatch of a line and the plugins; it must not know sockets, bytes, the disk or hangman.
"""

from __future__ import annotations

import hashlib
import heapq
import logging
import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec

from hangman_net.chat.commands import Registry
from hangman_net.chat.context import Context
from hangman_net.chat.crew import TRUSTED, Crew
from hangman_net.chat.dispatch import Dispatcher
from hangman_net.chat.errors import Forbidden, Refusal
from hangman_net.chat.meter import Meter
from hangman_net.chat.moves import Moves
from hangman_net.chat.records import SeatRecord
from hangman_net.chat.step import ACT, ASK, TO_ROOM, TO_SEAT, LogEvent, Sink, Step
from hangman_net.chat.world import LOBBY, Busy, Room, Seat, Session, World
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.messages import (
    VERSION,
    Ack,
    Board,
    Complete,
    Completions,
    Error,
    Hello,
    Line,
    MemberChange,
    Role,
    Welcome,
)
from hangman_net.text import safe_line

log = logging.getLogger("hangman_net")

HOLD, OWNER, PUPPET = "hold", "owner", "puppet"
"""Deadlines of chat itself, beside the wakes of plugins."""

SWITCHED_OFF_AFTER = 3
"""Errors of one command in a row that switch it off until it is reloaded."""


def seat_id(token: str) -> str:
    """A seat's lasting id: the hash of its token, so that what is kept opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


class Hub:
    """All of chat. Every method that makes a `Step` changes nothing; `apply` makes it count.

    A caller gives each step that `keeps` to the store between `begin` and `finish`, and `apply`s it in between if it
    is safe. A method that raises `Busy` is called again when its `waiters` are.

    Args:
        clock: the server's own clock, in seconds.
        today: the calendar, in UTC.
        chance: for all that is no secret.
        token: 128 random bits as text, new at each call.
        host_token: who says hello with it is host.
        host_seated: whether the host plays from the start.
        password: what a `hello` must bring, if anything.
    """

    def __init__(
        self,
        *,
        sink: Sink,
        limits: Limits = DEFAULTS,
        clock: Callable[[], float],
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Random,
        token: Callable[[], str],
        host_token: str | None = None,
        host_seated: bool = False,
        password: str | None = None,
        scripts: tuple[str, ...] = ("Latin",),
        version: str = "hangman_net",
    ) -> None:
        self.sink = sink
        self.limits = limits
        self.clock = clock
        self.today = today
        self.random = chance
        self.token = token
        self.host_token = host_token
        self.host_seated = host_seated
        self.password = password
        self.version = version
        self.links: Sequence[str] = ()  # where a browser joins, `%ROOM%` for the room
        self.world = World(limits)
        self.unread: dict[str, bytes] = {}  # kept records of plugins that are not loaded
        self.later: deque[Callable[[], Step]] = deque()  # steps of the hub's own, for whoever drives it
        self.crew = Crew(self)
        self.dispatcher = Dispatcher(self, self.crew)
        self.moves = Moves(
            self.world,
            told=sink,
            hook=self.crew.hook,
            board=self._board,
            registry=lambda: self.crew.registry,
            today=lambda: self.today(),
            scripts=scripts,
        )
        self._guests = 1
        self._deadlines: list[tuple[float, int, str, str, str]] = []  # due, order, kind, where, key
        self._order = 0

    # --- what a context asks of the house -----------------------------------------------------------------------

    @property
    def registry(self) -> Registry:
        """The commands as they are now."""
        return self.crew.registry

    @property
    def offers(self) -> Sequence[Any]:
        """What the plugins offer each other."""
        return self.crew.offers

    @property
    def words(self) -> Any:
        """The word lists, where the server has any."""
        return None if self.crew.services is None else self.crew.services.words

    @property
    def topics(self) -> dict[str, str]:
        """What the plugins have to say to `/help TOPIC`."""
        return self.crew.topics

    def plugin_report(self) -> Sequence[tuple[str, str, str]]:
        """Name, origin and state of every plugin."""
        return self.crew.report()

    def filtered(self, step: Step, seat: Seat, text: str) -> str:
        """`text` as the plugins' `on_chat` leave it; they may refuse it."""
        return self.crew.filtered(step, seat, text)

    # --- sessions -----------------------------------------------------------------------------------------------

    def hello(self, session: Session, hello: Hello, identity: str | None = None) -> Step:
        """A connection says who it is. `identity` is a lasting token that a door vouches for (an ssh key).

        The step's `ok` says whether it was welcomed.
        """
        step = Step(self.clock())
        try:
            self._hello(step, session, hello, identity)
            self._resolve(step)
        except Refusal as refusal:
            step.clear()
            step.ok = False
            step.to(session, Error(refusal.code, refusal.text))
            session.tries += 1
            if session.tries > self.limits.hello_tries:
                step.bye(session, "protocol", "too many refused hellos")
        return step

    def _hello(self, step: Step, session: Session, hello: Hello, identity: str | None) -> None:
        if session.seat is not None:
            raise Refusal("You have said hello already.", "bad_message")
        if hello.version != VERSION:
            raise Refusal(f"This server speaks version {VERSION}, not {hello.version}.", "bad_version")
        token = identity or hello.token
        host = self.host_token is not None and token == self.host_token
        known = seat_id(token) if token and len(token) <= 200 else None
        if known is not None:
            self.world.free("seat:" + known)
        if not host:
            if self.password is not None and hello.password != self.password:
                raise Forbidden("This server wants a password.")
            if self.moves.banned(name=hello.name, seat=known, address=session.address):
                raise Forbidden("You are banned from this server.")
        seat = self.world.seats.get(known) if known is not None else None
        if seat is not None and seat.record.held and seat.record.puppet is None:
            self._resume(step, session, seat, token or "", host)
        else:
            if not host and (seat is None and identity is None):
                token = None
            self._sit(step, session, hello, seat, token or self.token(), host)

    def _resume(self, step: Step, session: Session, seat: Seat, token: str, host: bool) -> None:
        """The same seat again: its name and room count."""
        room = seat.room
        step.touch(room)
        step.room = room
        self._used(step, seat)
        old = seat.session

        def back() -> None:
            if old is not None:
                room.unhear(old)
                old.seat = None
            session.seat, seat.session, seat.away = seat, session, None
            seat.host = host
            session.rank = seat.rank
            room.hear(session)

        if old is not None:
            step.bye(old, "replaced", "this seat was taken by another connection of yours")
        else:
            role: Role = "host" if host else seat.role
            step.to_room(room, MemberChange(room.name, seat.name, role, seat.seated, True, seat.score, False, None))
        step.act(back)
        step.act(lambda: self.sink.to(session, self._welcome(seat, token, resumed=True)))
        self.moves.shown(step, seat, room)
        self.crew.hook("on_back", step, seat, room)

    def _sit(self, step: Step, session: Session, hello: Hello, old: Seat | None, token: str, host: bool) -> None:
        """A new seat, or one that was given up by somebody whose token is known."""
        new_id = seat_id(token)
        step.claim("seat:" + new_id)
        wanted = hello.name if hello.name is not None else old.name if old is not None else None
        if wanted is None:
            name, self._guests = self.moves.guest(step, self._guests)
        else:
            name = self.moves.name(step, wanted, host=host)
        room, _ = self.moves.room(step, hello.room or LOBBY, new_id)
        step.room = room
        self.moves.may_enter(room, old, hello.invite)
        seated = self.moves.seat_free(room) and (self.host_seated or not host)
        day = int(self.today().timestamp() // 86_400)
        if old is None:
            record = SeatRecord(name, room.name, day, seated=seated)
            seat = Seat(new_id, record, room)
        else:
            record = msgspec.structs.replace(
                old.record, name=name, room=room.name, used=day, seated=seated, held=True, muted=None
            )
            seat = old
        seat.host = host
        step.replace_seat(seat, record)

        def sit() -> None:
            seat.record, seat.room, seat.session, seat.away = record, room, session, None
            seat.key = self.moves.key(name)
            self.world.seats[seat.id] = seat
            self.world.names[seat.key] = seat
            session.seat = seat
            session.rank = seat.rank
            self.sink.to(session, self._welcome(seat, token, resumed=False))

        step.act(sit)
        self.moves.enter(step, seat, room, session)

    def _used(self, step: Step, seat: Seat) -> None:
        """A token that is used once a day is kept for another 30."""
        day = int(self.today().timestamp() // 86_400)
        if seat.record.used != day:
            step.replace_seat(seat, msgspec.structs.replace(seat.record, used=day))

    def _welcome(self, seat: Seat, token: str, *, resumed: bool) -> Welcome:
        return Welcome(
            version=VERSION,
            name=seat.name,
            room=seat.room.name,
            role=seat.role,
            token=token,
            server=self.version,
            resumed=resumed,
            last_id=seat.last_id,
            commands=self.registry.catalogue(seat.rank),
        )

    def dropped(self, session: Session) -> Step | None:
        """A connection went without a word. None where it held no seat any more."""
        seat = session.seat
        if seat is None or seat.session is not session:
            return None
        step = Step(self.clock(), seat, seat.room)
        step.touch(seat.room)
        room = seat.room
        step.act(lambda: room.unhear(session))
        self.moves.away(step, seat)
        playing = self.crew.playing(room)
        hold = self.limits.seat_hold_playing if playing else self.limits.seat_hold
        self._deadline(step, step.now + hold, HOLD, seat.id)
        if room.record.owner == seat.id:
            self._deadline(step, step.now + self.limits.owner_away, OWNER, seat.id)
        self._resolve(step)
        return step

    # --- lines --------------------------------------------------------------------------------------------------

    def wait(self, session: Session, text: str) -> float | None:
        """Seconds that this line has to wait for its allowance, or None where it is refused for its rate."""
        seat = session.seat
        assert seat is not None
        if seat.meters is None:
            seat.meters = Meter()
        if text.startswith("/") and not text.startswith("//"):
            word = text[1:].split(None, 1)
            known = self.registry.find(word[0]) if word else None
            kind = known.rate if known is not None else "command"
        else:
            kind = "guess" if len(text) <= 2 and self.crew.answers("on_text") else "chat"
        wait: float | None = seat.meters.take(kind, self.clock(), self.limits)
        return wait

    def too_fast(self, session: Session, line: Line) -> Step:
        """A line that is refused for its rate; who goes on and on is cut."""
        seat = session.seat
        assert seat is not None
        step = Step(self.clock(), seat, seat.room)
        step.line_id = line.id
        self._refuse(step, session, Refusal("Too fast: this line was not carried out. Wait a moment.", "rate_limited"))
        if seat.meters is not None and seat.meters.refuse(step.now, self.limits):
            step.bye(session, "limit", "too many lines")
        return step

    def line(self, session: Session, line: Line) -> Step:
        """A line of somebody with a seat: chat or a command, carried out once."""
        seat = session.seat
        assert seat is not None
        room = seat.room
        if room.waiters is not None:
            raise Busy(room.waiters)
        step = Step(self.clock(), seat, room)
        if line.id is not None:
            step.line_id = line.id
            self.world.free(f"line:{seat.id}:{line.id}")
            if (known := self._known(seat, line.id)) is not None:
                step.to(session, Ack(line.id, True) if known else Error("bad_message", "that id is too old", line.id))
                step.line_id = None
                return step
        try:
            self._line(step, seat, room, line.text)
            if step.asks:
                self._resolve(step)
        except Refusal as refusal:
            self._refuse(step, session, refusal)
            return step
        except Busy:
            raise
        except Exception:
            self._failed(step, session, "a line")
            return step
        if step.job is None:
            self._done(step, session)
        elif line.id is not None:
            self.world.claims[f"line:{seat.id}:{line.id}"] = deque()
        return step

    def _known(self, seat: Seat, line_id: int) -> bool | None:
        """True for a line carried out already, False for one too old to tell, None for a new one."""
        done = seat.done
        if not done:
            return None
        at = bisect_left(done, line_id)
        if at < len(done) and done[at] == line_id:
            return True
        return False if at == 0 and len(done) >= self.limits.acks else None

    def _done(self, step: Step, session: Session | None) -> None:
        """The line was carried out: its id is remembered, its ack is the last thing said."""
        seat, line_id = step.seat, step.line_id
        if seat is None or line_id is None:
            return
        done = seat.done or []
        forget = done[0] if len(done) >= self.limits.acks else 0
        step.done = (seat.id, line_id, forget)
        if session is not None:
            step.to(session, Ack(line_id, True))

    def _refuse(self, step: Step, session: Session | None, refusal: Refusal) -> None:
        step.clear()
        step.ok = False
        if session is not None:
            step.to(session, Error(refusal.code, refusal.text, step.line_id))
            if step.line_id is not None:
                step.to(session, Ack(step.line_id, False))

    def _failed(self, step: Step, session: Session | None, what: str) -> None:
        log.exception("%s raised", what)
        self._refuse(step, session, Refusal("That went wrong on the server's side; nothing was changed.", "internal"))

    def _line(self, step: Step, seat: Seat, room: Room, raw: str) -> None:
        limits = self.limits
        text = raw if raw.isascii() and raw.isprintable() else self._made_safe(raw)
        if len(raw) > limits.chat_chars or len(text.encode()) > limits.chat_bytes:
            raise Refusal(f"At most {limits.chat_chars:g} characters a line.", "too_long")
        text = text.strip()
        if text.startswith("/"):
            if text.startswith("//"):
                text = text[1:]
            else:
                self.dispatcher.dispatch(step, seat, room, text)
                return
        elif not text:
            return
        else:
            if (claimed := self.crew.claimed(step, seat, room, text)) is not None:
                self.dispatcher.dispatch(step, seat, room, claimed)
                return
        self.moves.do_chat(step, seat, self.filtered(step, seat, text), None, False)

    def _made_safe(self, raw: str) -> str:
        limit = self.limits.chat_chars
        return safe_line(raw) if len(raw) <= limit else ""

    # --- completion ---------------------------------------------------------------------------------------------

    def complete(self, session: Session, ask: Complete) -> Step:
        """What could stand in place of the last word of what is typed so far."""
        seat = session.seat
        assert seat is not None
        step = Step(self.clock(), seat, seat.room)
        try:
            items = self.dispatcher.completions(
                step, seat, safe_line(ask.text[: int(min(self.limits.chat_chars, 2_000))])
            )
        except Exception:
            log.exception("completion raised")
            items = []
        step.to(session, Completions(ask.id, tuple(items)))
        return step

    # --- plugins' own moments -----------------------------------------------------------------------------------

    def note(self, step: Step, event: LogEvent, data: dict[str, Any]) -> None:
        """Keeps an event with the step and tells the plugins of it."""
        step.events = [*(step.events or ()), event]
        if self.crew.answers("on_event") and step.room is not None:
            room = self.world.room(event.room) or step.room
            self.crew.hook("on_event", step, step.seat, room, event.kind, data)

    def _board(self, seat: Seat, board: Board) -> None:
        """A computer player was shown a board; its plugin is told in a step of its own."""
        seat.board = board
        name = seat.record.puppet or ""

        def tell() -> Step:
            step = Step(self.clock(), None, seat.room)
            step.touch(seat.room)
            plugin = self.crew.plugins.get(name)
            if plugin is not None and self.world.names.get(seat.key) is seat:
                self.crew.hook_one(plugin, "on_board", step, seat, seat.room, board)
                self._resolve(step)
            return step

        self.later.append(tell)

    # --- deadlines ----------------------------------------------------------------------------------------------

    def _deadline(self, step: Step, due: float, kind: str, where: str, key: str = "") -> None:
        if due < math.inf:
            step.act(lambda: self._push(due, kind, where, key))

    def _push(self, due: float, kind: str, where: str, key: str) -> None:
        self._order += 1
        heapq.heappush(self._deadlines, (due, self._order, kind, where, key))

    @property
    def next_deadline(self) -> float | None:
        """When `due` has something to do, by the server's clock."""
        return self._deadlines[0][0] if self._deadlines else None

    def due(self) -> list[Callable[[], Step | None]]:
        """The steps whose moment has come; each is called like `line` and may raise `Busy`."""
        now, steps = self.clock(), []
        while self._deadlines and self._deadlines[0][0] <= now:
            due, _, kind, where, key = heapq.heappop(self._deadlines)
            steps.append(self._moment(due, kind, where, key))
        return steps

    def _moment(self, due: float, kind: str, where: str, key: str) -> Callable[[], Step | None]:
        if kind == HOLD:
            return lambda: self._expire(where, due)
        if kind == OWNER:
            return lambda: self._owner_away(where)
        return lambda: self._tick(kind, where, key, due)

    def _expire(self, seat_id: str, due: float) -> Step | None:
        """The seat of somebody who did not come back is given up, unless a round began meanwhile."""
        seat = self.world.seats.get(seat_id)
        if seat is None or seat.connected or seat.away is None or not seat.record.held:
            return None
        step = Step(self.clock(), None, seat.room)
        step.touch(seat.room)
        hold = self.limits.seat_hold_playing if self.crew.playing(seat.room) else self.limits.seat_hold
        if (until := seat.away + hold) > step.now:
            self._deadline(step, until, HOLD, seat_id)
            return step
        self.moves.release(step, seat)
        self._resolve(step)
        return step

    def _owner_away(self, seat_id: str) -> Step | None:
        seat = self.world.seats.get(seat_id)
        if seat is None or seat.connected or seat.away is None or seat.room.record.owner != seat_id:
            return None
        step = Step(self.clock(), None, seat.room)
        step.touch(seat.room)
        if seat.away + self.limits.owner_away > step.now:
            return None
        self.moves.pass_on(step, seat.room, without=seat)
        return step

    def _tick(self, plugin_name: str, room_name: str, key: str, due: float) -> Step | None:
        room, plugin = self.world.room(room_name), self.crew.plugins.get(plugin_name)
        if room is None or plugin is None:
            return None
        step = Step(self.clock(), None, room)
        step.touch(room)
        wakes = room.wakes.get(plugin_name, {})
        if wakes.get(key) != due:  # called off, or put off
            return None
        step.wakes = {(room, plugin_name): {k: v for k, v in wakes.items() if k != key}}
        self.crew.hook_one(plugin, "on_tick", step, None, room, key)
        self._resolve(step)
        return step

    # --- jobs ---------------------------------------------------------------------------------------------------

    def finish_job(self, step: Step, result: Any, error: BaseException | None) -> Step:
        """The second step of a line, with what its job came to. Raises `Busy` like `line`."""
        job, seat, room = step.job, step.seat, step.room
        assert job is not None and room is not None
        if room.waiters is not None:
            raise Busy(room.waiters)
        then = Step(self.clock(), seat, room)
        then.line_id = step.line_id
        session = None if seat is None else seat.session
        plugin = self.crew.plugins.get(job.plugin)
        try:
            if isinstance(error, Refusal):
                raise error
            if error is not None:
                log.error("plugin %s: a job raised", job.plugin, exc_info=error)
                raise Refusal("That went wrong on the server's side; nothing was changed.", "internal")
            if plugin is not None:
                job.then(Context(self, then, plugin, seat, room, TRUSTED), result)
                self._resolve(then)
            self._done(then, session)
        except Refusal as refusal:
            self._refuse(then, session, refusal)
        except Busy:
            raise
        except Exception:
            self._failed(then, session, f"plugin {job.plugin}: the second step of a job")
        return then

    def job_ended(self, step: Step) -> list[Any]:
        """A job's line is over: who waited for the same line, or for the command to be free."""
        if step.job is not None and step.job.mark is not None and step.room is not None:
            step.room.running.discard(step.job.mark)
        if step.seat is None or step.line_id is None:
            return []
        return [*self.world.claims.pop(f"line:{step.seat.id}:{step.line_id}", ())]

    # --- making it count ----------------------------------------------------------------------------------------

    def _resolve(self, step: Step) -> None:
        """Carries out what handlers asked for, in order, until nothing is asked any more."""
        for _ in range(64):
            if not step.asks:
                return
            pending, step.effects, step.asks = step.effects, [], False
            for effect in pending:
                if effect[0] != ASK:
                    step.effects.append(effect)
                elif effect[1] == "reload":
                    self.crew.reload(step, *effect[2])
                elif effect[1] in ("enter", "dismiss", "types"):
                    getattr(self, f"_do_{effect[1]}")(step, *effect[2])
                else:
                    getattr(self.moves, f"do_{effect[1]}")(step, *effect[2])
        raise RuntimeError("plugins' hooks ask for more and more")

    def begin(self, step: Step) -> None:
        """The step goes to the disk: what it replaces is busy until `finish`."""
        step.begin(self.world)

    def finish(self, step: Step) -> list[Any]:
        """The step is back from the disk; those who waited for it, in order."""
        return step.end(self.world)

    def apply(self, step: Step) -> None:
        """Makes the step count, and says what it says, in order."""
        for slot, value in step.replaced.items():
            slot.value = value
        if step.seats:
            for seat, record in step.seats.items():
                seat.record = record
        if step.wakes:
            self._set_wakes(step.wakes)
        sink = self.sink
        for kind, who, what in step.effects:
            if kind == TO_ROOM:
                sink.to_room(who, what)
            elif kind == TO_SEAT:
                if who.session is not None:
                    sink.to(who.session, what)
            elif kind == ACT:
                who()
            else:
                sink.to(who, what)
        if step.done is not None and step.seat is not None:
            self._remember(step.seat, step.done[1])
        if step.job is not None and step.job.mark is not None and step.room is not None:
            step.room.running.add(step.job.mark)
        for session, reason, text in step.byes or ():
            sink.bye(session, reason, text)

    def _remember(self, seat: Seat, line_id: int) -> None:
        if seat.done is None:
            seat.done = []
        insort(seat.done, line_id)
        if len(seat.done) > self.limits.acks:
            del seat.done[0]
        seat.last_id = max(seat.last_id, line_id)

    def _set_wakes(self, wakes: dict[tuple[Room, str], dict[str, float]]) -> None:
        for (room, plugin), due in wakes.items():
            before = room.wakes.get(plugin, {})
            for key, at in due.items():
                if before.get(key) != at:
                    self._push(at, plugin, room.name, key)
            if due:
                room.wakes[plugin] = due
            else:
                room.wakes.pop(plugin, None)

    def storage_failed(self, step: Step) -> Step | None:
        """What is said instead of a step that could not be kept: `storage`, and nothing has changed."""
        if step.seat is None or step.seat.session is None:
            return None
        told = Step(self.clock(), step.seat, step.room)
        told.line_id = step.line_id
        text = "The server cannot write to its disk just now: nothing was changed. Chat goes on; try again soon."
        self._refuse(told, step.seat.session, Refusal(text, "storage"))
        return told

    # --- after a restart ----------------------------------------------------------------------------------------

    def restored_away(self, seat: Seat) -> None:
        """Everybody is away after a restart; seats are held as if the connection had gone just now."""
        seat.away = self.clock()
        hold = self.limits.seat_hold_playing if self.crew.playing(seat.room) else self.limits.seat_hold
        self._push(seat.away + min(hold, self.limits.seat_hold), HOLD, seat.id, "")
        if seat.room.record.owner == seat.id:
            self._push(seat.away + self.limits.owner_away, OWNER, seat.id, "")

    def restored_wakes(self, room: Room, plugin: str, wakes: dict[str, float]) -> None:
        """A plugin's wakes go on."""
        self._set_wakes({(room, plugin): wakes})

    def wake_puppet(self, seat: Seat) -> None:
        """A computer player is back after a restart: plugins show it the board again."""

        def back() -> Step:
            step = Step(self.clock(), None, seat.room)
            step.touch(seat.room)
            self.crew.hook("on_back", step, seat, seat.room)
            self._resolve(step)
            return step

        self.later.append(back)

    # --- verbs that are the hub's own ---------------------------------------------------------------------------

    def _do_enter(self, step: Step, room: Room, name: str, plugin: str) -> None:
        if not self.moves.seat_free(room):
            raise Refusal("Every seat is taken.", "full")
        name = self.moves.name(step, name)
        day = int(self.today().timestamp() // 86_400)
        record = SeatRecord(name, room.name, day, seated=True, puppet=plugin)
        seat = Seat(seat_id(self.token()), record, room)
        step.replace_seat(seat, record)

        def sit() -> None:
            self.world.seats[seat.id] = seat
            self.world.names[seat.key] = seat

        step.act(sit)
        self.moves.enter(step, seat, room, None)

    def _do_dismiss(self, step: Step, seat: Seat) -> None:
        self.moves.release(step, seat)

    def _do_types(self, step: Step, seat: Seat, text: str) -> None:
        def later() -> Step:
            if self.world.names.get(seat.key) is not seat:
                return Step(self.clock())
            room = seat.room
            if room.waiters is not None:
                raise Busy(room.waiters)
            typed = Step(self.clock(), seat, room)
            try:
                self._line(typed, seat, room, text)
                self._resolve(typed)
            except Refusal as refusal:
                log.debug("computer player %s: %s", seat.name, refusal.text)
                typed.clear()
            return typed

        step.act(lambda: self.later.append(later))
