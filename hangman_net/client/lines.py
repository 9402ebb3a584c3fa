"""Line mode's words: what an event changed, as lines of plain text for pipes, dumb terminals and screen readers.

It knows what reads well aloud, and that nothing may be told by colour alone; it must not know streams or sockets.
"""

from __future__ import annotations

from msgspec.structs import replace

from hangman_net import messages as m
from hangman_net.client.events import Event
from hangman_net.client.model import Entry, Kind, Model
from hangman_net.client.moves import found

_SPOKEN = {" ": "space", "-": "hyphen", "'": "apostrophe", "’": "apostrophe"}
"""Cells that a screen reader would pass over in silence."""

_MARKS = {Kind.NOTICE: "--", Kind.COMING: "--", Kind.CLIENT: "--", Kind.ERROR: "!"}


def lines(before: Model, event: Event, after: Model, *, art: bool = False) -> list[str]:
    """The lines that tell of `event`, which turned the model `before` into `after`.

    `art` adds the picture to a board whenever it has changed or was asked for. All text comes out of `after`, where
    it was made safe.
    """
    news = after.last - before.last
    told = [line for entry in after.entries[-news:] for line in _entry(entry)] if news else []
    match event:
        case m.Welcome() if not before.server:
            told.append(f"-- You are {after.name}{_in_brackets(_role(after.role))} in {after.room}.")
        case m.Commands():
            told.append("-- The commands have changed; /help lists them.")
        case m.Roster():
            told.append(_roster(after))
        case m.MemberChange(name=name, was=was):
            told += _standing(before.member(was or name), after.member(name))
        case m.Board():
            told += _board(before.board, after, art=art)
        case m.Bye(reason="stopping"):
            told.append("-- The server stops.")
        case _:
            pass
    return told


# --- talk -----------------------------------------------------------------------------------------------------------


def _entry(entry: Entry) -> list[str]:
    text = "\n".join(entry.lines)
    earlier = "(earlier) " if entry.replay else ""
    match entry.kind:
        case Kind.CHAT:
            return [f"{earlier}<{entry.who}> {text}"]
        case Kind.ACTION:
            return [f"{earlier}* {entry.who} {text}"]
        case Kind.PRIVATE:
            return [f"{earlier}[{entry.who} -> {entry.to}] {text}"]
        case Kind.SUMMARY | Kind.RULE | Kind.MOVE:  # told by the board and the roster, which have them too
            return []
        case _:
            return [f"{_MARKS[entry.kind]} {line}" for line in entry.lines]


# --- people ---------------------------------------------------------------------------------------------------------


def _roster(model: Model) -> str:
    people = [member.name + _in_brackets(*_tags(model, member)) for member in model.members]
    if model.total > len(people):
        people.append(f"{model.total - len(people)} more")
    return f"-- In {model.room}: {', '.join(people) or 'nobody'}."


def _tags(model: Model, member: m.RosterEntry) -> tuple[str, ...]:
    return (
        "you" if member.name == model.name else "",
        _role(member.role),
        "" if member.seated else "watching",
        "" if member.connected else "away",
        _count(member.score, "point") if member.score else "",
    )


def _standing(old: m.RosterEntry | None, new: m.RosterEntry | None) -> list[str]:
    """What changed of a person beside coming, going and name, which the model tells."""
    if old is None or new is None:
        return []
    told = []
    if new.score != old.score:
        told.append(f"-- {new.name} has {_count(new.score, 'point')} ({new.score - old.score:+}).")
    if new.role != old.role:
        told.append(f"-- {new.name} is {_role(new.role) or 'no longer ' + _role(old.role)} now.")
    return told


def _role(role: m.Role) -> str:
    return "" if role == "member" else role


# --- the game -------------------------------------------------------------------------------------------------------


def _board(old: m.Board, model: Model, *, art: bool) -> list[str]:
    board = model.board
    new_round = board.round != old.round
    told = []
    if board.status == "playing" and (new_round or old.status != "playing"):
        what = ", ".join(filter(None, (board.mode, board.wordlist)))
        told.append(f"-- Round {board.round}: {what}.")
    told.append(_word(board, model.name))
    if _over(board) and (new_round or not _over(old)):
        told += _end(board)
    unchanged = replace(old, seconds=None) == replace(board, seconds=None)  # asked for: a change would show
    if art and board.art and (unchanged or new_round or board.art != old.art):
        told += [line.rstrip() for line in board.art.split("\n")]
    return told


def _word(board: m.Board, me: str) -> str:
    """The board in one line (contract section 1): `Word: blank a blank, 5 lives left, missed z`."""
    if not board.cells:
        return board.caption or "-- No round is running; /new starts one."
    word = ("blank" if cell is None else _SPOKEN.get(cell, cell) for cell in board.cells)
    facts = [
        f"Word: {' '.join(word)}",
        f"{_count(board.lives, 'life', 'lives')} left",
    ]
    if board.missed:
        facts.append(f"missed {' '.join(board.missed)}")
    if board.words_missed:
        facts.append(f"not the word {' nor '.join(board.words_missed)}")
    if board.status != "playing":
        facts.append(board.status)
    elif board.turn is not None:
        facts.append("your turn" if board.turn == me else f"{board.turn}'s turn")
    if board.status == "playing" and board.seconds is not None:
        facts.append(f"{_count(round(board.seconds), 'second')} left")
    if board.setter is not None:
        facts.append(f"word by {board.setter}")
    if board.hint:
        facts.append(f"hint {board.hint}")
    facts += [_rival(player) for player in board.players if player.name != me]
    return ", ".join(facts)


def _rival(player: m.PlayerBoard) -> str:
    place = "" if player.place is None else f"place {player.place} with "
    return f"{player.name} {place}{player.found} found and {_count(player.lives, 'life', 'lives')}"


def _over(board: m.Board) -> bool:
    return board.status not in ("idle", "playing") and board.secret is not None


def _end(board: m.Board) -> list[str]:
    """The end of a round: how it went, the word, and who found what."""
    told = [f"-- Round {board.round} {board.status}. The word was {board.secret}."]
    told += [f"-- {finder} found {' '.join(letters)}." for finder, letters in found(board).items()]
    return told


# --- small words ----------------------------------------------------------------------------------------------------


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _in_brackets(*tags: str) -> str:
    inside = ", ".join(filter(None, tags))
    return f" ({inside})" if inside else ""
