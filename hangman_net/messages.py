"""The vocabulary of the wire: every message of contract section 2 as a frozen struct that both ends speak.

It knows fields and their types; it must not know frames, sockets, rooms or the game.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Raw, Struct
from msgspec.json import encode

VERSION = 1
"""The protocol's version: the only one a `hello` may name."""

MAX_ID = 2**53
"""Ids stay below it: the largest integer that every JSON reader keeps exact."""

LineId: TypeAlias = Annotated[int, Meta(ge=1, lt=MAX_ID)]
AnyId: TypeAlias = Annotated[int, Meta(gt=-MAX_ID, lt=MAX_ID)]

Role: TypeAlias = Literal["host", "owner", "member"]
Phase: TypeAlias = Literal["any", "idle", "playing"]
Status: TypeAlias = Literal["idle", "playing", "won", "lost", "stopped"]
ErrorCode: TypeAlias = Literal[
    "bad_json",
    "bad_utf8",
    "bad_message",
    "hello_required",
    "bad_version",
    "name_invalid",
    "name_taken",
    "unknown_command",
    "usage",
    "forbidden",
    "no_round",
    "round_running",
    "not_your_turn",
    "already_guessed",
    "invalid_guess",
    "unknown_wordlist",
    "too_long",
    "rate_limited",
    "full",
    "storage",
    "internal",
]
ByeReason: TypeAlias = Literal[
    "quit",
    "kicked",
    "banned",
    "stopping",
    "replaced",
    "too_big",
    "protocol",
    "timeout",
    "slow",
    "limit",
    "full",
]


class _Message(Struct, frozen=True, tag_field="type"):
    """What all messages share: `type`, as on the wire."""

    @property
    def type(self) -> str:
        """The message's `type` on the wire, such as `board`."""
        return str(self.__struct_config__.tag)


# --- client to server -------------------------------------------------------------------------------------------


class Hello(_Message, frozen=True, tag="hello", omit_defaults=True):
    """Opens a session, or takes an earlier seat again with its `token`."""

    version: int
    name: str | None = None
    room: str | None = None
    token: str | None = None
    invite: str | None = None
    password: str | None = None


class Line(_Message, frozen=True, tag="line", omit_defaults=True):
    """What a person typed: chat, or a command that starts with a slash."""

    text: str
    id: LineId | None = None


class Complete(_Message, frozen=True, tag="complete"):
    """Asks what could stand in place of the last word of `text`."""

    id: AnyId
    text: str


class Ping(_Message, frozen=True, tag="ping", omit_defaults=True):
    """Asks for a `pong`, which comes after all that was caused before it."""

    id: AnyId | None = None


ClientMessage: TypeAlias = Hello | Line | Complete | Ping


# --- server to client -------------------------------------------------------------------------------------------


class Arg(Struct, frozen=True, omit_defaults=True):
    """One parameter of a command: enough to complete it and to write its usage.

    `kind` names the converter (`int`, `str`, `choice`, `rest`, `player`, `room`, `wordlist`, ...);
    `choices` are the fixed ones; `dynamic` says that `complete` gives the rest.
    """

    name: str
    kind: str
    required: bool
    help: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    dynamic: bool = False


class CommandInfo(Struct, frozen=True):
    """A catalogue entry: `name` and `aliases` stand without the slash."""

    name: str
    aliases: tuple[str, ...]
    usage: str
    summary: str
    args: tuple[Arg, ...]
    phase: Phase


class Catalogue(tuple[CommandInfo, ...]):
    """Commands that are told to many: their JSON is made once, and is most of every `welcome`."""

    @cached_property
    def json(self) -> Raw:
        """All of them, to stand in a message in their place."""
        return Raw(encode(tuple(self)))


class Welcome(_Message, frozen=True, tag="welcome"):
    """The session is open: who one is, the token to come back with, and the commands of one's role."""

    version: int
    name: str
    room: str
    role: Role
    token: str
    server: str
    resumed: bool
    last_id: int
    commands: tuple[CommandInfo, ...]


class Commands(_Message, frozen=True, tag="commands"):
    """The whole catalogue again, to those for whom it changed."""

    commands: tuple[CommandInfo, ...]


class RosterEntry(Struct, frozen=True):
    """One person of a room."""

    name: str
    role: Role
    seated: bool
    connected: bool
    score: int


class Roster(_Message, frozen=True, tag="roster"):
    """Who is here, told to whoever comes in; `members` holds at most 200 of `total`."""

    room: str
    total: int
    members: tuple[RosterEntry, ...]


class MemberChange(_Message, frozen=True, tag="member"):
    """One roster entry changed; `was` is the old name on a rename."""

    room: str
    name: str
    role: Role
    seated: bool
    connected: bool
    score: int
    left: bool
    was: str | None


class Chat(_Message, frozen=True, tag="chat", omit_defaults=True):
    """What somebody said: to the room, or with `to` to one person."""

    name: str
    text: str
    room: str
    to: str | None = None
    action: bool = False
    replay: bool = False


class Notice(_Message, frozen=True, tag="notice", omit_defaults=True):
    """The system speaks."""

    text: str
    room: str | None = None


class PlayerBoard(Struct, frozen=True):
    """How far one player is, in modes where each has an own board; `place` is the rank once they have one."""

    name: str
    found: int
    lives: int
    place: int | None = None


class Board(_Message, frozen=True, tag="board", kw_only=True):
    """What one kind of viewer sees of the game. `cells` holds a string a shown letter and None a hidden one."""

    round: int = 0
    status: Status = "idle"
    mode: str = "coop"
    cells: tuple[str | None, ...] = ()
    found_by: tuple[str | None, ...] = ()
    missed: tuple[str, ...] = ()
    words_missed: tuple[str, ...] = ()
    lives: int = 0
    max_lives: int = 0
    art: str = ""
    caption: str = ""
    turn: str | None = None
    setter: str | None = None
    seconds: float | None = None
    hint: str | None = None
    wordlist: str | None = None
    players: tuple[PlayerBoard, ...] = ()
    secret: str | None = None


class Error(_Message, frozen=True, tag="error", omit_defaults=True):
    """A frame or line was refused; it cost nothing and changed nothing."""

    code: ErrorCode
    text: str
    id: int | None = None


class Ack(_Message, frozen=True, tag="ack"):
    """The last thing that a line with an id causes for its sender."""

    id: int
    ok: bool


class Completion(Struct, frozen=True):
    """A text that could stand in place of the last word, with a word of help."""

    text: str
    help: str = ""


class Completions(_Message, frozen=True, tag="completions"):
    """Answers `complete`."""

    id: int
    items: tuple[Completion, ...]


class Pong(_Message, frozen=True, tag="pong", omit_defaults=True):
    """Answers `ping` with its id."""

    id: int | None = None


class Bye(_Message, frozen=True, tag="bye", omit_defaults=True):
    """The last message before the server closes."""

    reason: ByeReason
    text: str | None = None


ServerMessage: TypeAlias = (
    Welcome | Commands | Roster | MemberChange | Chat | Notice | Board | Error | Ack | Completions | Pong | Bye
)
Message: TypeAlias = ClientMessage | ServerMessage
