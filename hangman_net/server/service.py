"""Hub, store and outbox put to work together: each message becomes a step, is kept, applied and delivered, in order.

It knows the order of things and who waits for what; it must not know sockets, bytes on the wire or the game.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

from hangman_net.chat.hub import Hub
from hangman_net.chat.step import Step
from hangman_net.chat.world import Busy, Seat
from hangman_net.messages import Ack, Complete, Error, Hello, Line, Ping, Pong
from hangman_net.server.outbox import Mailbox, Outbox
from hangman_net.store.port import Commit, Event, Store, StoreError
from hangman_net.wire.codec import Refused

log = logging.getLogger("hangman_net")

RETRY = 1.0
"""Seconds until a step of the server's own, such as a turn that ran out, is tried again on a disk that failed."""

JOB_THREADS = "hangman-job"
"""How the names of the threads that plugins' jobs run in begin."""

Incoming: TypeAlias = Hello | Line | Complete | Ping | Refused
Make: TypeAlias = Callable[[], Step | None]
Outcome: TypeAlias = tuple[Any, BaseException | None]


class Client(Mailbox):
    """A connection as the service serves it: one message at a time, the next ones wait in order."""

    __slots__ = ("active", "bad", "identity", "inside", "queue")

    def __init__(self, address: str = "", identity: str | None = None) -> None:
        super().__init__(address)
        self.identity = identity
        self.active = False  # a message of it is under way
        self.inside = False  # its hello was accepted
        self.queue: deque[tuple[Incoming, float]] | None = None  # those behind it, and when each came
        self.bad: deque[float] | None = None  # when the bad frames of the last minute came

    def welcomed(self) -> None:
        """Its `hello` was accepted."""

    def ready(self) -> None:
        """The queue is empty again: the door may read on."""


class Service:
    """Serves clients of every door.

    Args:
        hub: all of chat.
        store: where its steps are kept.
        outbox: the hub's sink.
        loop: the loop that everything here runs on.
    """

    def __init__(self, hub: Hub, store: Store, outbox: Outbox, loop: asyncio.AbstractEventLoop) -> None:
        self.hub = hub
        self.store = store
        self.outbox = outbox
        self.limits = hub.limits
        self._loop = loop
        self._threads = ThreadPoolExecutor(4, JOB_THREADS)
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._armed_for: float | None = None  # the hub's next deadline, as the timer knows it
        self._deadlines: list[tuple[float, int, Callable[[], None]]] = []  # by time.monotonic()
        self._order = 0
        self._puppets_called = False
        self.stopping = False
        self.host_line: str | None = None  # typed for the host when they first come in

    # --- messages -----------------------------------------------------------------------------------------------

    def receive(self, client: Client, message: Incoming) -> bool:
        """Takes a message of a client, at once or behind those before it. False where it should read no further now."""
        if client.active:
            if client.queue is None:
                client.queue = deque()
            client.queue.append((message, time.monotonic()))
            return len(client.queue) + 1 < self.limits.in_flight
        self._serve(client, message)
        return True

    def idle(self, client: Client) -> bool:
        """Whether all that a client sent is dealt with; where it is not, its `ready` is called when it is."""
        if client.active and client.queue is None:
            client.queue = deque()
        return not client.active

    def closed(self, client: Client) -> None:
        """The connection is gone; what it still had queued is dropped."""
        client.closed = True
        client.queue = None
        if client.seat is not None and not self.stopping:
            self._run(None, partial(self.hub.dropped, client))

    def _serve(self, client: Client, message: Incoming, came: float | None = None) -> None:
        """Serves a message; one that had to stand in line says when it `came`."""
        if client.ending or client.closed:
            return
        if isinstance(message, Line) and client.seat is not None:
            hub = self.hub
            wait = hub.wait(client, message.text, 0.0 if came is None else time.monotonic() - came)
            if wait == 0.0:
                self._run(client, partial(hub.line, client, message))
            elif wait is None:
                self._run(client, partial(hub.too_fast, client, message))
            else:
                client.active = True
                self.at(time.monotonic() + wait, partial(self._again, client, partial(hub.line, client, message)))
        elif isinstance(message, Refused):
            self._refused(client, message)
        elif isinstance(message, Hello):
            if client.seat is not None:
                self._refused(client, Refused("bad_message", "hello was said already"))
            else:
                self._run(client, partial(self.hub.hello, client, message, client.identity))
        elif client.seat is None:
            line_id = message.id if isinstance(message, Line) else None
            self.outbox.to(client, Error("hello_required", "Say hello first.", line_id))
            if line_id is not None:
                self.outbox.to(client, Ack(line_id, False))
        elif isinstance(message, Ping):
            self.outbox.to(client, Pong(message.id))
        elif isinstance(message, Complete):
            self._run(client, partial(self.hub.complete, client, message))

    def _refused(self, client: Client, refused: Refused) -> None:
        """A payload that will not do costs an error; too many of them in a minute cost the connection."""
        self.outbox.to(client, Error(refused.code, refused.text))
        now = time.monotonic()
        bad = client.bad = client.bad or deque()
        bad.append(now)
        while bad[0] <= now - 60.0:
            bad.popleft()
        if len(bad) > self.limits.bad_frames:
            self.outbox.bye(client, "protocol", "too many frames that could not be read (limit bad_frames)")

    def reload(self, plugin: str) -> None:
        """Takes a plugin's new code, when it is its turn."""
        self._run(None, partial(self.hub.reload, plugin))

    # --- steps --------------------------------------------------------------------------------------------------

    def _run(self, client: Client | None, make: Make, after: Callable[[], None] | None = None) -> None:
        try:
            step = make()
        except Busy as busy:
            if client is not None:
                client.active = True
            busy.waiters.append(partial(self._again, client, make, after))
            return
        except Exception:
            # what is due next, and what else this client sent, must not pay for it
            log.exception("a step could not be made")
            step = None
        if step is None:
            self._over(client, after)
        elif step.keeps:
            if client is not None:
                client.active = True
            self.store.submit(self._commit(step), partial(self._kept, client, step, make, after))
            if not step.told:  # a memory has kept it already
                self.hub.begin(step)
        else:
            self.hub.apply(step)
            self._applied(client, step, after)

    def _again(self, client: Client | None, make: Make, after: Callable[[], None] | None = None) -> None:
        if client is not None and (client.closed or client.ending) and after is None:
            return  # a line that had to wait is not carried out for who was sent away meanwhile
        self._run(client, make, after)

    def _commit(self, step: Step) -> Commit:
        events = tuple([Event(e.room, e.who, e.kind, e.data, e.at) for e in step.events]) if step.events else ()
        return Commit(step.now, step.to_keep(), events, () if step.done is None else (step.done,))

    def _kept(
        self,
        client: Client | None,
        step: Step,
        make: Make,
        after: Callable[[], None] | None,
        error: StoreError | None,
    ) -> None:
        step.told = True
        waiting = self.hub.finish(step) if step.begun else []
        if error is None:
            self.hub.apply(step)
            self._applied(client, step, after)
        else:
            log.error("not kept: %s", error)
            waiting += self.hub.job_ended(step)
            if client is None:
                # nobody typed it: a turn that ran out, somebody who went. It happens as soon as the disk lets it
                self.at(time.monotonic() + RETRY, partial(self._run, None, make, after))
            else:
                self.hub.apply(self.hub.storage_failed(client, step))
                self._over(client, after)
        for again in waiting:
            again()

    def _applied(self, client: Client | None, step: Step, after: Callable[[], None] | None) -> None:
        if step.job is not None and (after is None):
            if client is not None:
                client.active = True
            future = self._loop.run_in_executor(self._threads, _outcome, step.job.work)
            future.add_done_callback(partial(self._worked, client, step))
        else:
            self._over(client, after)
        if self.hub.puppets.later or self.hub.moments.next != self._armed_for:
            self.wake()

    def _worked(self, client: Client | None, step: Step, future: asyncio.Future[Outcome]) -> None:
        if self.stopping:  # nobody is left to be told, and one that was not begun has come to nothing
            return
        result, error = future.result()

        def ended() -> None:
            for again in self.hub.job_ended(step):
                again()

        self._run(client, partial(self.hub.finish_job, step, result, error), ended)

    def _over(self, client: Client | None, after: Callable[[], None] | None) -> None:
        """A message is dealt with: the client's next one is served."""
        if after is not None:
            after()
        if client is None:
            return
        client.active = False
        if client.closed:
            if client.seat is not None and client.seat.session is client:
                self._run(None, partial(self.hub.dropped, client))
            return
        if client.seat is not None and not client.inside:
            self._came_in(client, client.seat)
        if client.queue is None:
            return
        while client.queue and not client.active:
            self._serve(client, *client.queue.popleft())
        if not client.queue and not client.active:
            client.queue = None
            client.ready()

    def _came_in(self, client: Client, seat: Seat) -> None:
        """A hello was accepted; for the host that may be what the first line of all waits for."""
        client.inside = True
        client.welcomed()
        if self.host_line is not None and seat.host:
            text, self.host_line = self.host_line, None
            if not self.hub.crew.playing(seat.room):
                self._run(client, partial(self.hub.line, client, Line(text)))

    # --- deadlines ----------------------------------------------------------------------------------------------

    def at(self, due: float, call: Callable[[], None]) -> None:
        """Calls `call` at `due`, by time.monotonic(): one timer for all of them."""
        self._order += 1
        heapq.heappush(self._deadlines, (due, self._order, call))
        self._rearm()

    def _rearm(self) -> None:
        due = self._deadlines[0][0] if self._deadlines else None
        self._armed_for = hub_due = self.hub.moments.next
        if hub_due is not None:
            soon = time.monotonic() + max(0.0, hub_due - self.hub.clock())
            due = soon if due is None else min(due, soon)
        if due is None:
            return
        if self._timer is not None:
            if self._timer_at <= due + 0.0005:
                return
            self._timer.cancel()
        self._timer_at = due
        self._timer = self._loop.call_later(max(0.0, due - time.monotonic()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = time.monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            heapq.heappop(self._deadlines)[2]()
        for make in self.hub.moments.due():
            self._run(None, make)
        self._rearm()

    def wake(self) -> None:
        """Sets the timer for what was restored, and sees that computer players have their turn of the loop."""
        if self.hub.puppets.later and not self._puppets_called:
            self._puppets_called = True
            self._loop.call_soon(self._puppets_turn)
        self._rearm()

    def _puppets_turn(self) -> None:
        """What they saw and typed until now; what follows from it comes when others had their turn."""
        self._puppets_called = False
        later = self.hub.puppets.later
        for _ in range(len(later)):
            self._run(None, later.popleft())

    # --- the end ------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Keeps what was submitted; nothing is served any more."""
        self.stopping = True
        if self._timer is not None:
            self._timer.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self.store.close)


def _outcome(work: Callable[[], Any]) -> Outcome:
    """What a job comes to, as plain data: not every exception can be set on a future (`StopIteration` cannot)."""
    try:
        return work(), None
    except BaseException as error:
        return None, error
