"""The hub: everybody's lines go in, one at a time, and each comes out as a step that can be kept, applied or dropped.

It knows sessions, the dispatch of a line and the plugins; it must not know sockets, bytes, the disk or hangman.
"""

from __future__ import annotations

import logging
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hangman_net.chat.commands import Registry
from hangman_net.chat.context import Context
from hangman_net.chat.crew import TRUSTED, Crew
from hangman_net.chat.dispatch import Dispatcher
from hangman_net.chat.errors import PluginCrash, Refusal
from hangman_net.chat.gate import Gate
from hangman_net.chat.meter import Meter
from hangman_net.chat.moments import Moments
from hangman_net.chat.moves import Moves
from hangman_net.chat.puppets import Puppets
from hangman_net.chat.speech import fit_text
from hangman_net.chat.step import ACT, ASK, TO_ROOM, TO_SESSION, WISH, LogEvent, Sink, Step
from hangman_net.chat.verbs import Verbs
from hangman_net.chat.world import Busy, Room, Seat, Session, World
from hangman_net.limits import DEFAULTS, Limits
from hangman_net.messages import (
    Ack,
    Complete,
    Completions,
    Error,
    Hello,
    Line,
)
from hangman_net.text import safe_line

log = logging.getLogger("hangman_net")

WENT_WRONG = "That went wrong on the server's side; nothing was changed."
BROKE_OFF = "That went wrong on the server's side before it was done."


class Hub:
    """All of chat. Every method that makes a `Step` changes nothing; `apply` makes it count.

    A caller gives each step that `keeps` to the store, and `apply`s it once it is safe. Where that takes time, the step
    stands between `begin` and `finish` meanwhile. A method that raises `Busy` is called again when its `waiters` are.

    Args:
        sink: where deliveries go.
        limits: those in force.
        clock: the server's own clock, in seconds.
        posix: the calendar, in seconds since 1970 (UTC).
        chance: for all that is no secret.
        token: 128 random bits as text, new at each call.
        host_token: who says hello with it is host.
        host_seated: whether the host plays from the start.
        password: what a `hello` must bring, if anything.
        scripts: of names, such as `Cyrillic`.
        guessed: told the address of each name or token that was not to be had; says whether those were too many.
        version: product and version, for `welcome`.
    """

    def __init__(
        self,
        *,
        sink: Sink,
        limits: Limits = DEFAULTS,
        clock: Callable[[], float],
        posix: Callable[[], float] = time.time,
        chance: Random,
        token: Callable[[], str],
        host_token: str | None = None,
        host_seated: bool = False,
        password: str | None = None,
        scripts: tuple[str, ...] = ("Latin",),
        guessed: Callable[[str], bool] = lambda _: False,
        version: str = "hangman_net",
    ) -> None:
        self.sink = sink
        self.limits = limits
        self.clock = clock
        self.posix = posix
        self.random = chance
        self.version = version
        self.links: Sequence[str] = ()  # where a browser joins, `%ROOM%` for the room
        self.world = World(limits)
        self.unread: dict[str, bytes] = {}  # kept records of plugins that are not loaded
        self.crew = Crew(self)
        self.dispatcher = Dispatcher(self, self.crew)
        self.moves = Moves(
            self.world,
            told=sink,
            hook=self.crew.hook,
            registry=lambda: self.crew.registry,
            posix=posix,
            scripts=scripts,
        )
        self.verbs = Verbs(self.moves, board=lambda seat, board: self.puppets.shown(seat, board))
        self.gate = Gate(
            self.world,
            self.moves,
            self.crew,
            sink=sink,
            token=token,
            host_token=host_token,
            host_seated=host_seated,
            password=password,
            guessed=guessed,
            version=version,
        )
        self.moments = Moments(self.world, self.moves, self.crew, clock=clock, resolve=self._resolve)
        self.puppets = Puppets(
            self.world,
            self.moves,
            self.crew,
            clock=clock,
            token=token,
            line=lambda step, seat, text: self._line(step, seat, seat.room, text),
            resolve=self._resolve,
        )

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

    def playing(self, room: Room) -> bool:
        """Whether a round runs there."""
        return self.crew.playing(room)

    def filtered(self, step: Step, seat: Seat, room: Room, text: str) -> str:
        """`text`, which is to be read in `room`, as the plugins' `on_chat` leave it; they may refuse it."""
        return self.crew.filtered(step, seat, room, text)

    # --- sessions -----------------------------------------------------------------------------------------------

    def hello(self, session: Session, hello: Hello, identity: str | None = None) -> Step:
        """A connection says who it is. `identity` is a lasting token that a door vouches for (an ssh key).

        The step's `ok` says whether it was welcomed.
        """
        step = Step(self.clock())
        try:
            self.gate.hello(step, session, hello, identity)
            self._resolve(step)
        except Refusal as refusal:
            self.gate.refused(step, session, refusal)
        return step

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
        step.act(lambda: self.moments.hold(seat))
        step.act(lambda: self.moments.left(seat, session.address))
        self._resolve(step)
        return step

    # --- lines --------------------------------------------------------------------------------------------------

    def wait(self, session: Session, text: str, waited: float = 0.0) -> float | None:
        """Seconds that this line has to wait for its allowance, or None where it is refused for its rate.

        It has `waited` for so many seconds behind the lines before it.
        """
        seat = session.seat
        assert seat is not None
        meter: Meter | None = seat.meters
        if meter is None:
            meter = seat.meters = Meter()
        if text.startswith("/") and not text.startswith("//"):
            known = self.crew.registry.find(text[1:].partition(" ")[0])
            kind = known.rate if known is not None else "command"
        else:
            kind = "guess" if len(text) <= 2 and self.crew.answers("on_text") else "chat"
        return meter.take(kind, self.clock(), self.limits, waited)

    def too_fast(self, session: Session, line: Line) -> Step:
        """A line that is refused for its rate; who goes on and on is cut."""
        seat = session.seat
        assert seat is not None
        step = Step(self.clock(), seat, seat.room)
        step.line_id = line.id
        self._refuse(step, session, Refusal("Too fast: this line was not carried out. Wait a moment.", "rate_limited"))
        if seat.meters is not None and seat.meters.refuse(step.now, self.limits):
            step.bye(session, "limit", "too many lines (limit flood)")
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
            if self.world.claims:
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
        except Exception:
            self._failed(step, session, "a line")
            return step
        if step.job is None:
            self._done(step, session)
        elif line.id is not None:
            self.world.claims[f"line:{seat.id}:{line.id}"] = []
        return step

    def _known(self, seat: Seat, line_id: int) -> bool | None:
        """True for a line carried out already, False for one too old to tell, None for a new one."""
        done = seat.done
        if not done or line_id > done[-1]:
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
        done = seat.done
        step.done = (seat.id, line_id, done[0] if done and len(done) >= self.limits.acks else 0)
        if session is not None:
            step.to(session, Ack(line_id, True))

    def _refuse(self, step: Step, session: Session | None, refusal: Refusal) -> None:
        step.clear()
        step.ok = False
        if session is not None:
            step.to(session, Error(refusal.code, fit_text(refusal.text), step.line_id))
            if step.line_id is not None:
                step.to(session, Ack(step.line_id, False))

    def _failed(self, step: Step, session: Session | None, what: str) -> None:
        log.exception("%s raised", what)
        self._refuse(step, session, Refusal(WENT_WRONG, "internal"))

    def _line(self, step: Step, seat: Seat, room: Room, raw: str) -> None:
        limits = self.limits
        if raw.isascii() and raw.isprintable():
            text, size = raw, len(raw)
        else:
            text = self._made_safe(raw)
            size = len(text.encode())
        if len(raw) > limits.chat_chars or len(text) > limits.chat_chars or size > limits.chat_bytes:
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
                self.dispatcher.dispatch(step, seat, room, "/" + claimed.removeprefix("/"))
                return
        self.verbs.do_chat(step, seat, self.filtered(step, seat, room, text), None, False)

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
        except PluginCrash:
            items = []
        except Exception:
            log.exception("completion raised")
            items = []
        step.to(session, Completions(ask.id, tuple(items)))
        return step

    # --- plugins' own moments -----------------------------------------------------------------------------------

    def note(self, step: Step, event: LogEvent, data: dict[str, Any]) -> None:
        """Keeps an event with the step and tells the plugins of it."""
        step.events = [event] if step.events is None else [*step.events, event]
        hearers = self.crew.hearers(event.kind)
        if hearers and step.room is not None:
            room = step.room if event.room == step.room.name else self.world.room(event.room) or step.room
            for plugin in hearers:
                self.crew.hook_one(plugin, "on_event", step, step.seat, room, event.kind, data)

    def reload(self, plugin: str) -> Step:
        """Takes a plugin's new code, as `/reload` does, though nobody typed that; the log says what came of it."""
        step = Step(self.clock(), None, self.world.lobby)
        self.crew.do_reload(step, plugin)
        return step

    # --- jobs ---------------------------------------------------------------------------------------------------

    def finish_job(self, step: Step, result: Any, error: BaseException | None) -> Step:
        """The second step of a line, with what its job came to. Raises `Busy` like `line`."""
        job, seat = step.job, step.seat
        assert job is not None
        then = Step(self.clock(), seat, job.room)
        then.touch(job.room)
        then.line_id = step.line_id
        session = None if seat is None else seat.session
        plugin = self.crew.plugins.get(job.plugin)
        try:
            if isinstance(error, Refusal):
                raise error
            if error is not None:
                log.error("plugin %s: a job raised", job.plugin, exc_info=error)
                raise Refusal(BROKE_OFF, "internal")
            if plugin is not None and self.world.rooms.get(job.room.key) is job.room:  # else it ended with its records
                ctx = Context(self, then, plugin, job.seat, job.room, TRUSTED)
                self.crew.call(job.plugin, "the second step of a job", job.then, ctx, result)
                self._resolve(then)
                if then.job is not None:
                    raise RuntimeError("one job a line")
            self._done(then, session)
        except Refusal as refusal:
            if seat is None:
                log.error("%s", refusal.text, extra={"plugin": job.plugin})
            self._refuse(then, session, refusal)
        except PluginCrash:
            self._refuse(then, session, Refusal(BROKE_OFF, "internal"))
        except Exception:
            self._failed(then, session, f"plugin {job.plugin}: the second step of a job")
        if job.refused is not None and not then.ok:
            then.act(job.refused)
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
        """Carries out what handlers asked for, in order, until nothing is asked any more.

        What cannot be done refuses the line; what a hook only wished for is then not done, and the log says so.
        """
        for _ in range(64):
            if not step.asks:
                return
            pending, step.effects, step.asks = step.effects, [], False
            for effect in pending:
                if effect[0] < ASK:
                    step.effects.append(effect)
                else:
                    self._do(step, *effect)
        raise RuntimeError("plugins' hooks ask for more and more")

    def _do(self, step: Step, kind: int, verb: str, args: Any) -> None:
        before = step.mark() if kind == WISH else None
        doer = next(d for d in (self.verbs, self.puppets, self.crew) if hasattr(d, f"do_{verb}"))
        try:
            getattr(doer, f"do_{verb}")(step, *args)
        except Refusal as refusal:
            if before is None:
                raise
            step.back_to(before)
            log.warning("a hook wished to %s: %s", verb, refusal.text)

    def begin(self, step: Step) -> None:
        """The step goes to the disk: what it replaces is busy until `finish`."""
        step.begin(self.world)

    def finish(self, step: Step) -> list[Any]:
        """The step is back from the disk; those who waited for it, in order."""
        return step.end(self.world)

    def apply(self, step: Step) -> None:
        """Makes the step count, and says what it says, in order."""
        for slot, (record, _) in step.replaced.items():
            slot.value = record
        if step.seats:
            for seat, person in step.seats.items():
                seat.record = person
        if step.wakes:
            for (room, plugin), wakes in step.wakes.items():
                self.moments.set_wakes(room, plugin, wakes)
        sink = self.sink
        for kind, who, what in step.effects:
            if kind == TO_ROOM:
                sink.to_room(who, what)
            elif kind == TO_SESSION:
                sink.to(who, what)
            elif kind == ACT:
                who()
            elif who.session is not None:
                sink.to(who.session, what)
        if step.line_id is not None and step.seat is not None:
            self._remember(step.seat, step.line_id, step.done is not None)
        if step.job is not None and step.job.mark is not None and step.room is not None:
            step.room.running.add(step.job.mark)
        if step.byes:
            for session, reason, text in step.byes:
                sink.bye(session, reason, text)
        step.over()

    def _remember(self, seat: Seat, line_id: int, carried_out: bool) -> None:
        if line_id > seat.last_id:
            seat.last_id = line_id
        if not carried_out:
            return
        done = seat.done
        if done is None:
            done = seat.done = []
        insort(done, line_id)
        if len(done) > self.limits.acks:
            del done[0]

    def storage_failed(self, session: Session, step: Step) -> Step:
        """What is said instead of a step that could not be kept: `storage`, and nothing has changed."""
        told = Step(self.clock())
        told.line_id = step.line_id
        text = "The server cannot write to its disk just now: nothing was changed. Chat goes on; try again soon."
        self._refuse(told, session, Refusal(text, "storage"))
        return told
