"""The ssh port: lets visitors in up to a number, and has their screens drawn by a thread of its own.

It knows places, threads and how they begin and end; it must not know what ssh or a screen looks like inside.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import asyncssh

from hangman_net.chat.bans import address_key
from hangman_net.messages import ClientMessage, Hello
from hangman_net.server.admission import Admission
from hangman_net.server.listening import Listener
from hangman_net.server.service import Service
from hangman_net.ssh.keys import HostKey
from hangman_net.ssh.seat import Seat, Visitor
from hangman_net.ssh.visit import Visit

log = logging.getLogger("hangman_net")

LOGIN_WITHIN: Final = 60.0
"""Seconds to come in: a person may be asked about the host's key, or for a passphrase, before ssh goes on."""


class SshDoor(Listener):
    """Listens and counts on the server's loop; ssh and screens run on a loop in a thread.

    A screen costs milliseconds for each line it shows: there they make each other wait, and not the game. (What
    prompt_toolkit does to a process's signals it does in its main thread only, too.)
    """

    def __init__(
        self, service: Service, admission: Admission, loop: asyncio.AbstractEventLoop, *, host: HostKey
    ) -> None:
        super().__init__(service, admission, loop)
        self.seats: set[Seat] = set()
        self._host = host
        self._visits: dict[Visit, asyncssh.SSHServerConnection | None] = {}  # touched on the loop of the screens only
        self._by_address: dict[str, int] = {}
        self._screens = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._screens.run_forever, name="ssh screens", daemon=True)

    # --- on the server's loop ---------------------------------------------------------------------------------------

    def listen(self, host: str, port: int) -> list[tuple[str, int]]:
        try:
            bound = super().listen(host, port)
        except OSError:
            self._screens.close()
            raise
        self._thread.start()
        return bound

    def take(self, sock: socket.socket, address: str) -> None:
        key = address_key(address)
        screens = self._by_address.get(key, 0)
        visitor = Visitor(address=address, number=self.admission.came(address))
        log.info("connected", extra=_facts(visitor))
        refusal = self.admission.refusal(address)
        if refusal is None and screens >= self.limits.address_screens:
            refusal = "full", "too many connections by ssh from your address (limit address_screens)"
        if refusal is None and sum(self._by_address.values()) >= self.limits.screens:
            refusal = "full", "too many connections by ssh (limit screens)"
        if refusal is not None:
            with suppress(OSError):  # lines before the version are allowed (RFC 4253, section 4.2)
                sock.send(f"{refusal[1]}\r\n".encode("ascii"))
            sock.close()
            self.admission.went(address)
            log.info("closed", extra=_facts(visitor) | {"reason": refusal[0]})
            return
        self._by_address[key] = screens + 1
        self._screens.call_soon_threadsafe(self._receive, sock, visitor)

    def _left(self, visitor: Visitor) -> None:
        """A connection is closed, however far it had come."""
        log.info("closed", extra=_facts(visitor))
        self.admission.went(visitor.address)
        key = address_key(visitor.address)
        self._by_address[key] -= 1
        if not self._by_address[key]:
            del self._by_address[key]

    def sits_down(self, seat: Seat, hello: Hello) -> None:
        self.seats.add(seat)
        if self.service.stopping:
            self.service.outbox.bye(seat, "stopping", "the server stops")
        else:
            self.service.receive(seat, hello)

    def hears(self, seat: Seat, message: ClientMessage) -> bool:
        return self.service.receive(seat, message)

    def sees_off(self, seat: Seat, why: str) -> None:
        self.service.outbox.bye(seat, "limit", why)

    def gets_up(self, seat: Seat) -> None:
        if seat in self.seats:
            self.seats.discard(seat)
            self.service.closed(seat)

    async def close(self, *, within: float = 3.0) -> None:
        self.close_listeners()
        if not self._thread.is_alive():
            return
        for seat in list(self.seats):
            self.service.outbox.bye(seat, "stopping", "the server stops")
        self.service.outbox.flush()
        self.to_screens(self._cut_idle)
        until = time.monotonic() + within
        while self._by_address and time.monotonic() < until:  # each hangs up when it has read how it ended
            await asyncio.sleep(0.02)
        shutdown = asyncio.run_coroutine_threadsafe(self._shut(), self._screens)
        await asyncio.wrap_future(shutdown)
        self._screens.call_soon_threadsafe(self._screens.stop)
        await asyncio.to_thread(self._thread.join)
        self._screens.close()
        for seat in list(self.seats):
            self.gets_up(seat)

    # --- between the two --------------------------------------------------------------------------------------------

    def to_server(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the server's loop is closed: nobody is left to tell
            self.loop.call_soon_threadsafe(call)

    def to_screens(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):
            self._screens.call_soon_threadsafe(call)

    # --- on the loop of the screens ---------------------------------------------------------------------------------

    def _receive(self, sock: socket.socket, visitor: Visitor) -> None:
        task = self._screens.create_task(self._serve(sock, visitor))
        task.add_done_callback(lambda _: self.to_server(partial(self._left, visitor)))

    async def _serve(self, sock: socket.socket, visitor: Visitor) -> None:
        visit = Visit(self, self._host, self.limits, sock, visitor)
        self._visits[visit] = None
        try:
            connection = await asyncssh.run_server(
                sock,
                config=None,
                server_factory=lambda: visit,
                server_host_keys=[self._host.key],
                server_version="hangman_net",
                public_key_auth=True,
                kbdint_auth=True,
                password_auth=False,
                host_based_auth=False,
                gss_kex=False,
                gss_auth=False,
                allow_pty=True,
                line_editor=False,
                agent_forwarding=False,
                x11_forwarding=False,
                allow_scp=False,
                compression_algs=None,
                login_timeout=LOGIN_WITHIN,
                connect_timeout=LOGIN_WITHIN,
            )
            self._visits[visit] = connection
            await connection.wait_closed()
        except (OSError, asyncssh.Error, TimeoutError):
            pass  # it never became a session
        finally:
            self._visits.pop(visit, None)
            sock.close()

    def _cut_idle(self) -> None:
        for visit in list(self._visits):
            if visit.idle:
                visit.cut()

    async def _shut(self) -> None:
        for visit in list(self._visits):
            visit.cut()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)


def _facts(visitor: Visitor) -> dict[str, object]:
    return {"connection": visitor.number, "address": visitor.address}
