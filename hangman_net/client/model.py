"""What a person at a client knows, as one frozen model, and `update`, which folds each event into the next one.

It knows the server's messages and the events of a connection; it must not know sockets, terminals or how it is painted.
"""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client.clean import clean
from hangman_net.client.events import Closed, Connecting, Event, Lost, Remark
from hangman_net.client.moves import moves

NO_BOARD = m.Board()

SCROLLBACK = 2_000
"""Entries kept: hours of talk, and less memory than one picture of it."""


REPLAYED = 100
"""Lines of talk that are recognised when the server replays them after a loss: twice what it keeps by default."""


class Connection(Enum):
    """Where the way to the server stands."""

    CONNECTING = "connecting"
    ONLINE = "online"
    LOST = "lost"
    CLOSED = "closed"


class Kind(Enum):
    """What an entry of the scrollback is."""

    CHAT = "chat"
    ACTION = "action"
    PRIVATE = "private"
    NOTICE = "notice"
    ERROR = "error"
    MOVE = "move"  # what a guess did to the board
    COMING = "coming"  # who comes, goes, is away, is called otherwise
    CLIENT = "client"  # said by this client, not by the server
    SUMMARY = "summary"  # a round is over
    RULE = "rule"  # a line across, with a title


class Entry(Struct, frozen=True):
    """One entry of the scrollback, safe to show: `lines` are free of control characters.

    `who` speaks; where the kind is `COMING` it is who the line is about, and the line begins with that name.
    `number` rises by one; `at` is POSIX seconds; `board` and `points` (what each earned) belong to a summary.
    """

    number: int
    kind: Kind
    at: float
    lines: tuple[str, ...] = ()
    who: str = ""
    to: str | None = None
    mine: bool = False
    names_me: bool = False
    replay: bool = False
    board: m.Board | None = None
    points: tuple[tuple[str, int], ...] = ()


class Model(Struct, frozen=True):
    """Everything that the faces paint.

    `mark` is the number of the last entry that was read, None while the newest are in sight. `bells` rises with each
    thing worth a bell. `retry_at` and `board_at` are POSIX seconds on the clock that `update` is given. `known` is the
    talk of before the connection was lost, which the server will replay. `seen_round` is the round seen playing last,
    `scores_then` the scores when it was first seen, `summary` the number of the entry that sums it up.
    """

    connection: Connection = Connection.CONNECTING
    attempt: int = 1
    retry_at: float | None = None
    reason: str | None = None
    name: str = ""
    room: str = ""
    role: m.Role = "member"
    server: str = ""
    commands: tuple[m.CommandInfo, ...] = ()
    members: tuple[m.RosterEntry, ...] = ()
    total: int = 0
    board: m.Board = NO_BOARD
    board_at: float = 0.0
    entries: tuple[Entry, ...] = ()
    mark: int | None = None
    bells: int = 0
    completions: m.Completions | None = None
    seen_round: int | None = None
    scores_then: tuple[tuple[str, int], ...] = ()
    summary: int | None = None
    known: tuple[Entry, ...] = ()

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 before the first."""
        return self.entries[-1].number if self.entries else 0

    @property
    def unread(self) -> int:
        """How many entries came since the person scrolled up."""
        return 0 if self.mark is None else self.last - self.mark

    @property
    def phase(self) -> m.Phase:
        """The phase by which commands are offered: `playing`, or `idle` for any other status."""
        return "playing" if self.board.status == "playing" else "idle"

    @property
    def my_turn(self) -> bool:
        """Does the game wait for this person?"""
        return bool(self.name) and self.board.status == "playing" and self.board.turn == self.name

    def seconds_left(self, now: float) -> float | None:
        """Seconds left of the turn or round, or to set the next word, at `now`; None where no clock runs."""
        if self.board.seconds is None or self.board.status not in ("idle", "playing"):
            return None
        return max(0.0, self.board.seconds - (now - self.board_at))

    def retry_in(self, now: float) -> float | None:
        """Seconds until the link tries again, or None where it does not wait."""
        return None if self.retry_at is None else max(0.0, self.retry_at - now)

    def member(self, name: str) -> m.RosterEntry | None:
        """The roster's entry of that name."""
        return next((member for member in self.members if member.name == name), None)


def update(model: Model, event: Event, at: float) -> Model:
    """The model after an event that came `at` (POSIX seconds). Pure; what the server sent is made safe here."""
    match event:
        case Connecting(attempt):
            return replace(model, connection=Connection.CONNECTING, attempt=attempt, retry_at=None)
        case Lost(reason, retry_in):
            if model.connection is Connection.ONLINE:
                talk = [entry for entry in model.entries[-2 * REPLAYED :] if entry.kind in (Kind.CHAT, Kind.ACTION)]
                model = replace(model, known=tuple(talk[-REPLAYED:]))
                model = _say(model, Kind.CLIENT, at, (f"Connection lost: {reason}. Trying again.",))
            return replace(model, connection=Connection.LOST, reason=reason, retry_at=at + retry_in)
        case Closed(reason):
            reason = reason or model.reason  # the server's good-bye says more than none
            return replace(model, connection=Connection.CLOSED, reason=reason, retry_at=None)
        case Remark(text):
            return _say(model, Kind.CLIENT, at, tuple(text.split("\n")))
        case _:
            return _received(model, clean(event), at)


def read_all(model: Model) -> Model:
    """The person sees the newest entries (again): nothing is unread."""
    return model if model.mark is None else replace(model, mark=None)


def read_so_far(model: Model) -> Model:
    """The person scrolls up: what comes from now on is unread."""
    return model if model.mark is not None else replace(model, mark=model.last)


def _received(model: Model, message: m.ServerMessage, at: float) -> Model:
    match message:
        case m.Welcome():
            return _welcomed(model, message, at)
        case m.Commands(commands):
            return replace(model, commands=commands)
        case m.Roster(room, total, members):
            return _came_in(model, room, total, members, at)
        case m.MemberChange():
            return _member_changed(model, message, at)
        case m.Chat():
            return _said(model, message, at)
        case m.Notice(text):
            return _say(model, Kind.NOTICE, at, tuple(text.split("\n")))
        case m.Error(_, text):
            return _say(model, Kind.ERROR, at, tuple(text.split("\n")))
        case m.Board():
            return _board_came(model, message, at)
        case m.Completions():
            return replace(model, completions=message)
        case m.Bye(reason):
            return replace(model, reason=reason)
        case _:
            return model


def _welcomed(model: Model, welcome: m.Welcome, at: float) -> Model:
    if model.server:
        back = "Connected again." if welcome.resumed else f"Connected again, as {welcome.name} and a newcomer."
        model = _say(model, Kind.CLIENT, at, (back,))
    return replace(
        model,
        connection=Connection.ONLINE,
        retry_at=None,
        reason=None,
        name=welcome.name,
        room=welcome.room,
        role=welcome.role,
        server=welcome.server,
        commands=welcome.commands,
    )


def _came_in(model: Model, room: str, total: int, members: tuple[m.RosterEntry, ...], at: float) -> Model:
    me = next((member for member in members if member.name == model.name), None)
    moved = replace(model, room=room, total=total, members=members, role=me.role if me else model.role)
    if room == model.room and model.members:
        return moved
    moved = replace(moved, board=NO_BOARD, seen_round=None, summary=None, known=())
    return _say(moved, Kind.RULE, at, (f"{room}, {total} here",))


def _member_changed(model: Model, change: m.MemberChange, at: float) -> Model:
    if change.room != model.room:
        return model
    old_name = change.was or change.name
    old = model.member(old_name)
    entry = m.RosterEntry(change.name, change.role, change.seated, change.connected, change.score)
    said: str | None = None
    if change.left:
        members = tuple(member for member in model.members if member.name != old_name)
        total = max(len(members), model.total - 1)
        said = f"{old_name} leaves" if old_name != model.name else None
    elif old is None:
        members, total = (*model.members, entry), model.total + 1
        said = f"{change.name} comes in" if change.name != model.name else None
    else:
        members = tuple(entry if member is old else member for member in model.members)
        total = model.total
        if change.name != old_name:
            said = f"{old_name} is now {change.name}"
        elif old.connected and not change.connected:
            said = f"{change.name} is away"
        elif change.connected and not old.connected:
            said = f"{change.name} is back"
        elif old.seated != change.seated:
            said = f"{change.name} plays" if change.seated else f"{change.name} watches"
    is_me = old_name == model.name
    model = replace(
        model,
        members=members,
        total=total,
        name=change.name if is_me else model.name,
        role=change.role if is_me else model.role,
    )
    if said:
        model = _say(model, Kind.COMING, at, (said,), who=old_name)
    return _with_points(model)


def _said(model: Model, chat: m.Chat, at: float) -> Model:
    if chat.replay:
        for place, entry in enumerate(model.known):
            if (entry.who, entry.lines) == (chat.name, (chat.text,)):
                return replace(model, known=model.known[place + 1 :])
    mine = chat.name == model.name
    names_me = not mine and not chat.replay and (chat.to is not None or _names(chat.text, model.name))
    kind = Kind.PRIVATE if chat.to is not None else Kind.ACTION if chat.action else Kind.CHAT
    model = _say(
        model,
        kind,
        at,
        (chat.text,),
        who=chat.name,
        to=chat.to,
        mine=mine,
        names_me=names_me,
        replay=chat.replay,
    )
    return _rung(model) if names_me else model


def _board_came(model: Model, board: m.Board, at: float) -> Model:
    was_my_turn = model.my_turn and model.board.round == board.round
    over = board.status not in ("idle", "playing") and board.secret is not None
    witnessed = model.seen_round == board.round
    if witnessed and (move := moves(model.board, board)) is not None:
        model = _say(model, Kind.MOVE, at, (move,))
    model = replace(model, board=board, board_at=at)
    if board.status == "playing" and not witnessed:
        model = replace(model, seen_round=board.round, scores_then=_scores(model), summary=None)
    if over and witnessed and model.summary is None:
        model = _say(model, Kind.SUMMARY, at, (), board=board)
        model = _with_points(replace(model, summary=model.last))
    return _rung(model) if model.my_turn and not was_my_turn else model


def _with_points(model: Model) -> Model:
    """Write into the newest summary what each has earned since its round began: scores may come after the board."""
    if model.summary is None or model.board.status == "playing":
        return model
    then = dict(model.scores_then)
    earned = [(member.name, member.score - then.get(member.name, 0)) for member in model.members]
    points = tuple(sorted(((name, gain) for name, gain in earned if gain), key=lambda pair: (-pair[1], pair[0])))
    entries = tuple(
        replace(entry, points=points) if entry.number == model.summary and entry.points != points else entry
        for entry in model.entries
    )
    return replace(model, entries=entries)


def _scores(model: Model) -> tuple[tuple[str, int], ...]:
    return tuple((member.name, member.score) for member in model.members)


def _names(text: str, name: str) -> bool:
    """Does the text name this person, as a whole word, in any case?"""
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _rung(model: Model) -> Model:
    return replace(model, bells=model.bells + 1)


def _say(
    model: Model,
    kind: Kind,
    at: float,
    lines: tuple[str, ...],
    *,
    who: str = "",
    to: str | None = None,
    mine: bool = False,
    names_me: bool = False,
    replay: bool = False,
    board: m.Board | None = None,
) -> Model:
    entry = Entry(model.last + 1, kind, at, lines, who, to, mine, names_me, replay, board)
    return replace(model, entries=(*model.entries[-(SCROLLBACK - 1) :], entry))
