"""How the game is shown: the side pane of gallows, word, misses and players, and a finished round's summary.

It knows boards and rosters; it must not know the talk, widgets or any terminal library.
"""

from __future__ import annotations

from zlib import crc32

from hangman_net import messages as m
from hangman_net.client.model import Entry, Model
from hangman_net.client.moves import found
from hangman_net.client.rows import Fragment, Row, cells, clip, fill, plain, row_cells, rule, spread, steady, wrap
from hangman_net.text import graphemes

NAME_STYLES = 10
"""Colours for names: the style `class:name.N` with N below it."""

LABEL = 7
"""Cells of the labels before lives, misses and the like."""

ROSTER = 4
"""Rows that the roster is given before the picture: its rule and three people."""

CROWD = 6
"""Rows that the roster is given before blank rows."""


# --- words for things -----------------------------------------------------------------------------------------------


def name_style(name: str) -> str:
    """The style of a name: the same for everyone who sees it, whatever its case."""
    return f"class:name class:name.{crc32(name.casefold().encode()) % NAME_STYLES}"


def clock(seconds: float) -> str:
    """Seconds as `m:ss`, a begun second counting whole, so that 0:00 is over."""
    whole = -int(-seconds // 1)
    return f"{whole // 60}:{whole % 60:02}"


def outcome(board: m.Board) -> str:
    """The status in a word for people."""
    return {"idle": "no round", "playing": "playing", "won": "won", "lost": "lost", "stopped": "stopped"}[board.status]


def hearts(board: m.Board) -> Row:
    """Lives left of all, as hearts where there are not too many and as a number."""
    number = f"{board.lives} of {board.max_lives}"
    if not 0 < board.max_lives <= 15:
        return (("class:lives", number),)
    left = max(0, min(board.lives, board.max_lives))
    return (
        ("class:lives", "♥" * left),
        ("class:quiet", "·" * (board.max_lives - left)),
        ("class:value", f" {number}"),
    )


def word(board: m.Board, me: str, gap: str = " ") -> Row:
    """The word, `_` where hidden, a letter in the colour of who found it; once it is over, what nobody found too."""
    rest: list[str | None] = [None] * len(board.cells)
    if board.secret is not None and board.status not in ("idle", "playing"):
        letters = list(graphemes(board.secret))
        rest = [*letters] if len(letters) == len(board.cells) else rest
    row: list[Fragment] = []
    for place, cell in enumerate(board.cells):
        finder = board.found_by[place] if place < len(board.found_by) else None
        if place:
            row.append(("", gap))
        if cell is not None:
            own = " class:me" if finder == me else ""
            style = name_style(finder) + own if finder else "class:shown"
            row.append((f"class:letter {style}", steady(cell)))
        elif (letter := rest[place]) is not None:
            row.append(("class:letter class:unfound", steady(letter)))
        else:
            row.append(("class:letter class:hidden", "_"))
    return tuple(row)


# --- beside the talk -----------------------------------------------------------------------------------------------


def side_rows(model: Model, columns: int, rows: int, now: float) -> list[Row]:
    """The whole side pane in at most `rows` rows of `columns` cells.

    Where space is short, a crowd is shortened first, then blank rows go, then all but three people, then the picture.
    """
    inner = columns - 2
    title = [title_row(model.board, inner)]
    art = art_rows(model.board, inner)
    word = word_rows(model.board, model.name, inner)
    facts = fact_rows(model, inner, now)
    people = 1 + len(model.members) if model.members else 0
    if len(title) + len(art) + len(word) + len(facts) + min(people, ROSTER) > rows:
        art = []
    blocks = [title, art, word, facts]
    spare = max(0, rows - sum(map(len, blocks)) - min(people, CROWD))
    gaps = [number for number in (3, 2, 1) if blocks[number]][:spare]  # above the lives and the word before all else
    board: list[Row] = []
    for number, block in enumerate(blocks):
        board += [()] * (number in gaps) + [(("", " "), *row) if row else () for row in block]
    board = board[:rows] + [()] * (spare > len(gaps))
    return [clip(row, columns) for row in board + roster_rows(model, columns, rows - len(board))]


def title_row(board: m.Board, columns: int) -> Row:
    """Which round of what, and how it ended if it did."""
    if board.status == "idle":
        return (("class:title", steady(f"Next round · {board.mode}") if board.setter else "No round yet"),)
    parts = [f"Round {board.round}", board.mode] + ([board.wordlist] if board.wordlist else [])
    over: Row = () if board.status == "playing" else ((f"class:{board.status}", outcome(board).upper()),)
    while len(parts) > 1 and cells(steady(" · ".join(parts))) + 1 + row_cells(over) > columns:
        parts.pop()
    return spread((("class:title", steady(" · ".join(parts))),), over, columns)


def art_rows(board: m.Board, columns: int) -> list[Row]:
    """The gallows as sent, clipped, in the middle of the pane."""
    lines = [steady(line.rstrip()) for line in board.art.split("\n")] if board.art else []
    while lines and not lines[-1]:
        lines.pop()
    left = " " * max(0, (columns - max(map(cells, lines), default=0)) // 2)
    style = "class:art" if board.status in ("idle", "playing") else f"class:art class:{board.status}"
    return [clip((("", left), (style, line)), columns) for line in lines]


def fact_rows(model: Model, columns: int, now: float) -> list[Row]:
    """Lives, misses, hint, turn and setter: what one needs to play beside the word."""
    board = model.board
    if not board.cells:
        return _next_round(model, columns, now)
    rows = _fact("lives", hearts(board), columns)
    if board.missed:
        rows += _fact("missed", (("class:missed", steady(" ".join(board.missed))),), columns)
    if board.words_missed:
        rows += _fact("words", (("class:missed", steady(", ".join(board.words_missed))),), columns)
    if board.hint:
        rows += _fact("hint", (("class:hint", steady(board.hint)),), columns)
    if board.setter:
        whose = "you" if board.setter == model.name else steady(board.setter)
        rows += _fact("set by", ((name_style(board.setter), whose),), columns)
    if board.status == "playing":
        rows += _turn(model, columns, now)
    return rows


def _next_round(model: Model, columns: int, now: float) -> list[Row]:
    """What a table without a round waits for: somebody's word, or that somebody begins one."""
    waits = next_word(model)
    if waits is None:
        return [(("class:quiet", "/new starts one"),)]
    left = model.seconds_left(now)
    timer = _fact("time", (("class:timer", clock(left)),), columns) if left is not None else []
    return [*wrap((("", waits),), columns), *timer]


def next_word(model: Model) -> str | None:
    """Whose word the next round waits for, or None where it waits for nobody's."""
    board = model.board
    if board.status != "idle" or board.setter is None:
        return None
    mine = board.setter == model.name
    return "you set the next word: /secret WORD" if mine else f"{steady(board.setter)} sets the next word"


def word_rows(board: m.Board, me: str, columns: int) -> list[Row]:
    """The word in the middle, letters apart."""
    return [_centred(row, columns) for row in _word_rows(board, me, columns)]


def _word_rows(board: m.Board, me: str, columns: int) -> list[Row]:
    """The word, letters apart; a row is broken at a blank of the phrase, or else between letters."""
    spaced = word(board, me)
    rows: list[list[Fragment]] = [[]]
    used = 0
    blank = 0  # fragments of the present row up to its last blank of the phrase
    for number in range(0, len(spaced), 2):
        letter = spaced[number]
        size = cells(letter[1])
        if used and used + 1 + size > columns:
            carried = rows[-1][blank:] if blank else []
            if blank:
                del rows[-1][blank - 1 :]
            rows.append(carried)
            used, blank = row_cells(tuple(carried)), 0
        if used:
            rows[-1].append(("", " "))
            used += 1
        rows[-1].append(letter)
        used += size
        if letter[1] == " ":
            blank = len(rows[-1]) + 1
    return [tuple(row) for row in rows if row]


def _turn(model: Model, columns: int, now: float) -> list[Row]:
    left = model.seconds_left(now)
    timer: Row = () if left is None else (("class:timer", f"  {clock(left)}"),)
    if model.my_turn:
        return [(("class:my-turn", "> your turn"), *timer)]
    if model.board.turn:
        return _fact("turn", ((name_style(model.board.turn), steady(model.board.turn)), *timer), columns)
    return _fact("time", (("class:timer", clock(left)),), columns) if left is not None else []


def _fact(label: str, value: Row, columns: int) -> list[Row]:
    return wrap((("class:label", f"{label:<{LABEL}}"), *value), columns, LABEL)


def _centred(row: Row, columns: int) -> Row:
    return (("", " " * max(0, (columns - row_cells(row)) // 2)), *row)


# --- who is here ----------------------------------------------------------------------------------------------------


def roster_rows(model: Model, columns: int, rows: int) -> list[Row]:
    """Oneself, whose turn it is, then all others by score, with who hosts, is away or watches; at most `rows` rows.

    Where not everybody fits, the last row says how many more there are.
    """
    if not model.members or rows < 1:
        return []
    playing = sum(member.seated for member in model.members)
    watching = model.total - playing
    title = f"{playing} playing" + (f", {watching} watching" if watching > 0 else "")
    boards = {player.name: player for player in model.board.players}
    turn = model.board.turn if model.board.status == "playing" else None
    ordered = sorted(
        model.members,
        key=lambda one: (
            one.name != model.name,
            one.name != turn,
            not one.seated,
            not one.connected,
            -one.score,
            one.name.casefold(),
        ),
    )
    shown = len(ordered) if len(ordered) < rows and model.total <= len(ordered) else max(0, rows - 2)
    made = [rule(title, columns)]
    made += [_person(model, member, boards.get(member.name), columns) for member in ordered[:shown]]
    more = max(model.total, len(ordered)) - min(shown, len(ordered))
    return [*made, (("class:quiet", f"  and {more} more"),)][:rows] if more else made


def _person(model: Model, member: m.RosterEntry, own: m.PlayerBoard | None, columns: int) -> Row:
    me = member.name == model.name
    turn = model.board.status == "playing" and model.board.turn == member.name
    tags = [tag for tag, holds in _tags(model, member, me=me) if holds]
    style = name_style(member.name) if member.connected else "class:away"
    left: list[Fragment] = [
        ("class:turn", "> " if turn else "  "),
        (style + (" class:me" if me else ""), steady(member.name)),
    ]
    if tags:
        left.append(("class:quiet", f" {', '.join(tags)}"))
    score = f"{member.score} " if member.score or member.seated else ""
    if own is not None:
        place = f"#{own.place} " if own.place is not None else ""
        score = f"{place}{own.found} found ♥{own.lives} "
    return spread(tuple(left), (("class:score", score),) if score else (), columns)


def _tags(model: Model, member: m.RosterEntry, *, me: bool) -> tuple[tuple[str, bool], ...]:
    return (
        ("you", me),
        (member.role, member.role != "member"),
        ("setter", model.board.setter == member.name and model.board.status == "playing"),
        ("away", not member.connected),
        ("watching", not member.seated),
    )


# --- the end of a round ---------------------------------------------------------------------------------------------


def summary_rows(entry: Entry, board: m.Board, columns: int, me: str) -> list[Row]:
    """A finished round as something worth looking at: picture, word, who found what, the misses, the points."""
    style = f"class:{board.status}"
    art = [steady(line.rstrip()) for line in board.art.split("\n")] if board.art else []
    art_columns = max(map(cells, art), default=0)
    inner = columns - 2
    rows: list[Row] = [rule(f"Round {board.round} {outcome(board)}", columns, style)]
    if art and art_columns + 22 <= inner:
        room = inner - art_columns - 3
        text = _fact_lines(entry, board, me, room)
        above = max(0, (len(art) - len(text)) // 2)
        text = [()] * above + text
        for number in range(max(len(art), len(text))):
            left: Row = (("class:art", art[number]),) if number < len(art) else ()
            right = text[number] if number < len(text) else ()
            rows.append((("", "  "), *fill(left, art_columns), ("", "   "), *right))
    else:
        rows += [clip((("", "  "), ("class:art", line)), columns) for line in art]
        rows += [(("", "  "), *part) for part in _fact_lines(entry, board, me, inner)]
    rows.append(rule("", columns, style))
    return rows


def _fact_lines(entry: Entry, board: m.Board, me: str, columns: int) -> list[Row]:
    """What there is to say of a finished round, the word first, in rows of at most `columns` cells."""
    shown = _word_rows(board, me, columns) if board.cells else [(("class:letter", steady(board.secret or "")),)]
    return [part for fact in (*shown, *_facts(entry, board, me)) for part in wrap(fact, columns, 2)]


def _facts(entry: Entry, board: m.Board, me: str) -> list[Row]:
    facts: list[Row] = []
    if board.secret and plain(word(board, me, gap="")) != steady(board.secret):
        facts.append((("class:quiet", "the word was "), ("class:letter", steady(board.secret))))
    for finder, letters in found(board).items():
        own = " class:me" if finder == me else ""
        facts.append(
            (
                (name_style(finder) + own, "you" if finder == me else steady(finder)),
                ("", " found "),
                ("", " ".join(map(steady, letters))),
            )
        )
    missed = [*board.missed, *board.words_missed]
    if missed:
        facts.append((("class:quiet", "missed "), ("class:missed", steady(" ".join(missed)))))
    if board.setter:
        facts.append((("class:quiet", "set by "), (name_style(board.setter), steady(board.setter))))
    if entry.points:
        row: list[Fragment] = [("class:quiet", "points ")]
        for number, (name, gain) in enumerate(entry.points[:8]):
            row += [("", ", ")] * (number > 0) + [(name_style(name), steady(name)), ("class:points", f" {gain:+}")]
        facts.append(tuple(row))
    return facts
