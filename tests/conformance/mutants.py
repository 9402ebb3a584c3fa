"""Our server with one promise broken, to show that the suite bites: `python mutants.py NAME serve …`.

It knows where each promise is kept and how to break it there; it must not know the cases that notice.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

from hangman_net.chat.hub import Hub
from hangman_net.chat.world import World
from hangman_net.cli import main
from hangman_net.game import engine, view
from hangman_net.messages import ClientMessage
from hangman_net.plugins.hangman_rounds import Rounds
from hangman_net.server.edge import Connection
from hangman_net.store.sqlite import SqliteStore
from hangman_net.wire import connection
from hangman_net.wire.codec import Refused


def acks_early() -> None:
    """A store that says a commit is safe before it is: what it holds back a power cut takes."""
    held: list[tuple[SqliteStore, Any]] = []
    submit, close = SqliteStore.submit, SqliteStore.close

    def early(self: SqliteStore, commit: Any, then: Callable[[Any], None]) -> None:
        held.append((self, commit))
        then(None)

    def late(self: SqliteStore) -> None:
        for store, commit in held:
            submit(store, commit, lambda _error: None)
        close(self)

    _put(SqliteStore, submit=early, close=late)


def rearms_deadlines() -> None:
    """The deadline of a begun frame counts from its last byte instead of its first."""
    readable = Connection.readable

    def rearmed(self: Connection) -> None:
        readable(self)
        if self.begun:
            self.begun = time.monotonic()

    _put(Connection, readable=rearmed)


def waits_for_slow_readers() -> None:
    """No bound on what is owed to a reader who does not read."""
    _put(Connection, too_slow=lambda self: None)


def reads_lenient_json() -> None:
    """Python's own reader, which takes NaN and lone surrogates, behind a forgiving decoder."""

    def lenient(payload: bytes) -> ClientMessage | Refused:
        try:
            value = json.loads(payload.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            return Refused("bad_json", "no JSON")
        try:
            message: ClientMessage = msgspec.convert(value, ClientMessage)
        except msgspec.ValidationError:
            return Refused("bad_message", "no message")
        return message

    _put(connection, decode_client=lenient)


def tells_who_resumes() -> None:
    """Who comes back is shown the board with the word on it."""
    on_back, see = Rounds.on_back, view.see
    telling = [False]

    def back(self: Rounds, ctx: Any) -> None:
        telling[0] = True
        try:
            on_back(self, ctx)
        finally:
            telling[0] = False

    def seen(round: Any, *args: Any) -> Any:
        made = see(round, *args)
        return msgspec.structs.replace(made, secret=round.puzzle.text) if telling[0] else made

    _put(Rounds, on_back=back)
    _put(view, see=seen)


def claims_names_late() -> None:
    """A name that is on its way to the disk is free for whoever asks meanwhile."""
    _put(World, free=lambda self, claim: None)


def keeps_the_turn() -> None:
    """The turn stays with its holder when they leave."""
    attend = engine.attend

    def stays(round: Any, *args: Any) -> Any:
        made = attend(round, *args)
        return msgspec.structs.replace(made, turn=round.turn) if made.turn != round.turn else made

    _put(engine, attend=stays)


def forgets_ids() -> None:
    """A line that is sent again is carried out again."""
    _put(Hub, _known=lambda self, seat, line_id: None)


MUTANTS = {
    mutant.__name__.replace("_", "-"): mutant
    for mutant in (
        acks_early,
        rearms_deadlines,
        waits_for_slow_readers,
        reads_lenient_json,
        tells_who_resumes,
        claims_names_late,
        keeps_the_turn,
        forgets_ids,
    )
}


def _put(where: Any, **broken: Any) -> None:
    for name, value in broken.items():
        if not hasattr(where, name):
            raise LookupError(f"{where} has no {name} to break any more")
        setattr(where, name, value)


if __name__ == "__main__":
    MUTANTS[sys.argv[1]]()
    main(sys.argv[2:])
