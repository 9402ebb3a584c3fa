"""What the talk, the toolbar and the help show: pure functions from the model and a size to rows of styled text.

It knows what belongs where in which style's name; it must not know colours, widgets, or how rows reach a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.client.board import clock, name_style, next_word, outcome, summary_rows, word
from hangman_net.client.model import Connection, Entry, Kind, Model
from hangman_net.client.rows import Fragment, Row, clip, fill, row_cells, rule, spread, steady, wrap

FOLD = 60
"""Columns below which the side pane folds into the toolbar."""

_MARKS = {
    Kind.ACTION: "*",
    Kind.NOTICE: "-",
    Kind.ERROR: "!",
    Kind.CLIENT: "#",
}
"""What stands in the two cells before an entry, for eyes that see no colours; beside `>` one's own, `@` to oneself."""

_STYLES = {
    Kind.ACTION: "class:action",
    Kind.NOTICE: "class:notice",
    Kind.ERROR: "class:error",
    Kind.MOVE: "class:quiet",
    Kind.COMING: "class:quiet",
    Kind.CLIENT: "class:client",
    Kind.PRIVATE: "class:private",
}

_TOGETHER = {
    "comes in": "come in",
    "leaves": "leave",
    "is away": "are away",
    "is back": "are back",
    "plays": "play",
    "watches": "watch",
}
"""What somebody does, and what several do."""

_UNDOES = {
    "comes in": "leaves",
    "leaves": "comes in",
    "is away": "is back",
    "is back": "is away",
    "plays": "watches",
    "watches": "plays",
}
"""What somebody does, and what is over with it."""

NAMED = 15
"""Names at most of those who do the same: half a class; more of them would push the talk out of a small screen."""


class Layout(Struct, frozen=True):
    """Where things go on a screen of `columns` x `rows` cells; `side` is 0 where the side pane is folded away."""

    columns: int
    rows: int
    side: int
    toolbar: int

    @property
    def airy(self) -> bool:
        """Is there room for a rule above the input?"""
        return self.rows >= 16


def layout(columns: int, rows: int) -> Layout:
    """The layout of a screen of that size."""
    if columns < FOLD:
        return Layout(columns, rows, side=0, toolbar=2)
    return Layout(columns, rows, side=max(26, min(38, columns * 3 // 8)), toolbar=1)


# --- the talk -------------------------------------------------------------------------------------------------------


def entry_rows(entry: Entry, columns: int, me: str, *, timestamps: bool = False) -> list[Row]:
    """An entry of the scrollback as rows of at most `columns` cells."""
    stamp: Row = ()
    if timestamps:
        shown = "     " if entry.replay else time.strftime("%H:%M", time.localtime(entry.at))
        stamp = (("class:stamp", shown + " "),)
    if entry.kind is Kind.SUMMARY and entry.board is not None:
        return summary_rows(entry, entry.board, columns, me)
    if entry.kind is Kind.RULE:
        return [rule(entry.lines[0] if entry.lines else "", columns)]
    style = _STYLES.get(entry.kind, "")
    if entry.replay:
        style += " class:replay"
    if entry.names_me:
        style += " class:names-me"
    mark = "@" if entry.names_me else ">" if entry.mine else _MARKS.get(entry.kind, " ")
    head: Row = (*stamp, (f"class:gutter {style.replace('class:replay', '')}".strip(), f"{mark} "))
    hang = row_cells(head)
    rows: list[Row] = []
    for number, line in enumerate(entry.lines):
        start: Row = (*head, *_speaker(entry)) if number == 0 else (("", " " * hang),)
        deeper = 0 if entry.kind in (Kind.NOTICE, Kind.ERROR, Kind.CLIENT) and len(entry.lines) == 1 else 2
        rows += wrap((*start, (style.strip(), steady(line))), columns, hang + deeper)
    return rows


def merged(run: Sequence[Entry]) -> Entry:
    """Those who come and go one after the other, as one entry: a class that comes in is not thirty lines.

    Each is named once for what they do, and not for what they have undone since.
    """
    doing: dict[str, dict[str, None]] = {}  # names in the order of what they did last
    for entry in run:
        what = entry.lines[0][len(entry.who) + 1 :]
        for over in (what, _UNDOES.get(what, what)):
            doing.get(over, {}).pop(entry.who, None)
        doing.setdefault(what, {})[entry.who] = None
    parts = [_doing(list(names), what) for what, names in doing.items() if names]
    return replace(run[-1], lines=("; ".join(parts),))


def _doing(names: list[str], what: str) -> str:
    if len(names) == 1 or what not in _TOGETHER:
        return ", ".join(f"{name} {what}" for name in names)
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return f"{', '.join(names[:-1])} and {names[-1]} {_TOGETHER[what]}"


def _speaker(entry: Entry) -> Row:
    if not entry.who or entry.kind is Kind.COMING:
        return ()
    style = name_style(entry.who) + (" class:me" if entry.mine else "")
    who = steady(entry.who)
    match entry.kind:
        case Kind.ACTION:
            return ((style, who), ("", " "))
        case Kind.PRIVATE:
            to = f" to {steady(entry.to or '')}" if entry.mine else " to you"
            return ((style, who), ("class:private", f"{to}: "))
        case _:
            return ((style, who), ("class:quiet", ": "))


def unread_row(unread: int, columns: int) -> Row:
    """What stands at the foot of the talk while the person has scrolled up."""
    news = "1 new line" if unread == 1 else f"{unread} new lines"
    return rule(
        f"{news if unread else 'scrolled up'}, End goes down", columns, "class:unread" if unread else "class:rule"
    )


# --- the toolbar ----------------------------------------------------------------------------------------------------


def toolbar_rows(model: Model, size: Layout, now: float, *, waiting: int = 0, bell: bool = True) -> list[Row]:
    """The status at the foot: where one is, as whom, how the game stands, and the connection; a row of word if folded.

    `waiting` counts the lines that were sent and have no answer yet.
    """
    rows: list[Row] = []
    if size.toolbar > 1:
        rows.append(fill(_game_row(model, size.columns), size.columns, "class:board"))
    style = "class:toolbar"
    if model.connection is not Connection.ONLINE:
        style = "class:toolbar class:offline"
    right: Row = ((style, _state(model, now, waiting, bell, size) + " "),)
    left: list[Fragment] = [(style, " ")]
    parts = _status(model, now, folded=size.side == 0)
    for number, (part_style, text) in enumerate(parts):
        left += [(style, " · ")] * (number > 0) + [(f"{style} {part_style}".strip(), text)]
    rows.append(spread(tuple(left), right, size.columns, style))
    return rows


def _status(model: Model, now: float, *, folded: bool) -> list[Fragment]:
    if not model.name:
        return [("", "hangman")]
    if folded and model.connection is Connection.LOST:
        return [("", "connection lost")]
    role = f" ({model.role})" if model.role != "member" and not folded else ""
    parts: list[Fragment] = [("class:place", steady(model.room)), ("", steady(model.name) + role)]
    board = model.board
    if board.status == "playing":
        left = model.seconds_left(now)
        timer = "" if left is None else f" {clock(left)}"
        if model.my_turn:
            parts.insert(0, ("class:my-turn", f"your turn{timer}"))
        elif board.turn:
            parts.append(("", f"{steady(board.turn)}'s turn{timer}"))
        elif timer:
            parts.append(("", timer.strip()))
        if not folded:
            parts.append(("", steady(board.mode)))
            parts.append(("", f"♥ {board.lives}/{board.max_lives}"))
    elif (left := model.seconds_left(now)) is not None:
        parts.append(("", clock(left)))
    elif not folded:
        parts.append(("", outcome(board)))
    return parts


def _state(model: Model, now: float, waiting: int, bell: bool, size: Layout) -> str:
    wait = model.retry_in(now)
    match model.connection:
        case Connection.ONLINE:
            unsure = f"{waiting} on the way · " if waiting > 1 else ""
            return unsure + ("" if bell else "bell off · ") + ("F1 help" if size.columns >= 40 else "F1")
        case Connection.LOST if wait is not None:
            short = f"again in {clock(wait)}"
            kept = "" if not waiting else "1 line waits, " if waiting == 1 else f"{waiting} lines wait, "
            return short if size.side == 0 else f"connection lost, {kept}{short}, /q leaves"
        case Connection.CLOSED:
            return "closed"
        case _:
            return "connecting" if model.attempt < 2 else f"connecting, try {model.attempt}"


def _game_row(model: Model, columns: int) -> Row:
    """The board in one row, for screens without a side pane: word, lives, misses."""
    board = model.board
    if not board.cells:
        return (("class:quiet", f" {next_word(model) or 'no round: /new starts one'}"),)
    lives: Row = (("class:lives", f"♥{board.lives}/{board.max_lives} "),)
    gap = " " if 2 * len(board.cells) < columns - 12 else ""
    left: Row = (("", " "), *word(board, model.name, gap))
    missed = steady("".join(board.missed))
    room = columns - row_cells(left) - row_cells(lives) - 3
    if missed and room > 1:
        lives = (*clip((("class:missed", missed),), room), ("", " "), *lives)
    return spread(left, lives, columns)


# --- help -----------------------------------------------------------------------------------------------------------

KEYS = (
    ("Enter", "send the line; a single letter is a guess"),
    ("Tab, Shift-Tab", "complete, go through what is offered"),
    ("→", "take the grey rest of an earlier line"),
    ("↑ ↓", "earlier lines"),
    ("PgUp PgDn End", "read back, and down again"),
    ("F1 or ?", "this help, on an empty line; Esc closes it"),
    ("F2", "times beside what is said"),
    ("F3", "bell on or off"),
    ("F4", "picture and players instead of the talk, on a narrow screen"),
    ("/q or Ctrl-C", "leave, at any time"),
)


def help_rows(model: Model, columns: int) -> list[Row]:
    """The catalogue and the keys: what F1 shows."""
    rows: list[Row] = [rule("Commands", columns)]
    for command in model.commands:
        usage = steady(command.usage or f"/{command.name}")
        also = f"  also {' '.join(f'/{steady(alias)}' for alias in command.aliases)}" if command.aliases else ""
        rows += wrap((("class:key", f" {usage}"), ("class:quiet", also)), columns, 4)
        when = {"any": "", "playing": " (while a round runs)", "idle": " (between rounds)"}[command.phase]
        if command.summary or when:
            rows += wrap((("", "    "), ("", steady(command.summary)), ("class:quiet", when)), columns, 4)
    rows.append(rule("Keys", columns))
    for key, meaning in KEYS:
        rows += wrap((("class:key", f" {key:<15}"), ("", meaning)), columns, 4)
    return rows
