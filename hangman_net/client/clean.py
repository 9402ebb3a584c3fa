"""Makes each text of a server's message safe to show, once more: a server may be hostile or just old.

It knows which fields of a message are shown; it must not know how or where.
"""

from __future__ import annotations

from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.text import safe_line

LINE_CHARS = 2_000
"""Of one line: four times what a person may send; the rest of a longer one is not shown."""

LINES = 200
"""Of one notice: the help of a server with very many plugins."""

ART_LINES = 40
ART_CHARS = 80
"""Of a picture: more than any pane shows."""

CELLS = 200
"""Of a word, and entries of each list beside it: longer than any word or phrase that is played."""

SHORT = 40
"""Characters of a name, a room, a list or a letter: twice what the server lets people choose."""


def clean(message: m.ServerMessage) -> m.ServerMessage:
    """The same message with every text that is shown free of control characters and bounded; lines stay lines."""
    match message:
        case m.Chat():
            return replace(
                message,
                name=_short(message.name),
                text=_line(message.text),
                room=_short(message.room),
                to=_maybe(message.to),
            )
        case m.Notice():
            return replace(message, text=_block(message.text), room=_maybe(message.room))
        case m.Error():
            return replace(message, text=_block(message.text))
        case m.Board():
            return _board(message)
        case m.MemberChange():
            return replace(message, name=_short(message.name), room=_short(message.room), was=_maybe(message.was))
        case m.Roster():
            members = tuple(replace(member, name=_short(member.name)) for member in message.members[:CELLS])
            return replace(message, room=_short(message.room), members=members)
        case m.Welcome():
            return replace(
                message,
                name=_short(message.name),
                room=_short(message.room),
                server=_short(message.server),
                commands=_catalogue(message.commands),
            )
        case m.Commands():
            return replace(message, commands=_catalogue(message.commands))
        case m.Completions():
            items = tuple(m.Completion(_line(item.text), _line(item.help)) for item in message.items[:CELLS])
            return replace(message, items=items)
        case m.Bye():
            return replace(message, text=None if message.text is None else _line(message.text))
        case _:
            return message


def _board(board: m.Board) -> m.Board:
    art = "\n".join(safe_line(line[:ART_CHARS]) for line in board.art.split("\n")[:ART_LINES])
    players = tuple(replace(player, name=_short(player.name)) for player in board.players[:CELLS])
    return replace(
        board,
        mode=_short(board.mode),
        cells=tuple(_maybe(cell) for cell in board.cells[:CELLS]),
        found_by=tuple(_maybe(name) for name in board.found_by[:CELLS]),
        missed=tuple(_short(letter) for letter in board.missed[:CELLS]),
        words_missed=tuple(_line(word) for word in board.words_missed[:CELLS]),
        art=art,
        caption=_line(board.caption),
        turn=_maybe(board.turn),
        setter=_maybe(board.setter),
        hint=None if board.hint is None else _line(board.hint),
        wordlist=_maybe(board.wordlist),
        players=players,
        secret=None if board.secret is None else _line(board.secret),
    )


def _catalogue(commands: tuple[m.CommandInfo, ...]) -> tuple[m.CommandInfo, ...]:
    return tuple(
        replace(
            command,
            name=_short(command.name),
            aliases=tuple(_short(alias) for alias in command.aliases),
            usage=_line(command.usage),
            summary=_line(command.summary),
            args=tuple(_arg(arg) for arg in command.args),
        )
        for command in commands
    )


def _arg(arg: m.Arg) -> m.Arg:
    return replace(
        arg,
        name=_short(arg.name),
        kind=_short(arg.kind),
        help=_line(arg.help),
        default=None if arg.default is None else _line(arg.default),
        choices=tuple(_line(choice) for choice in arg.choices),
    )


def _block(text: str) -> str:
    """Several lines stay several lines."""
    return "\n".join(_line(line) for line in text.split("\n", LINES)[:LINES])


def _line(text: str) -> str:
    return safe_line(text[:LINE_CHARS])


def _short(text: str) -> str:
    return safe_line(text[:SHORT])


def _maybe(text: str | None) -> str | None:
    return None if text is None else _short(text)
