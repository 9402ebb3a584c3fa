"""What somebody sees of a round: the one door through which a secret could leave.

It knows who may see what; it must not know messages, nor who is connected.
"""

from __future__ import annotations

from unicodedata import category, normalize

from msgspec import Struct

from hangman_net.game.alphabet import NotALetter
from hangman_net.game.art import Art
from hangman_net.game.modes import Mode
from hangman_net.game.round import Puzzle, Round, Sheet, Status


class Progress(Struct, frozen=True):
    """How far one player is: the cells they see, their lives, their rank once they have one."""

    name: str
    found: int
    lives: int
    place: int | None


class Seen(Struct, frozen=True):
    """A round as one kind of viewer sees it; `seconds` are left of the turn or the round, or None."""

    round: int
    status: Status
    mode: str
    cells: tuple[str | None, ...]
    found_by: tuple[str | None, ...]
    missed: tuple[str, ...]
    words_missed: tuple[str, ...]
    lives: int
    max_lives: int
    art: str
    caption: str
    turn: str | None
    setter: str | None
    seconds: float | None
    hint: str | None
    wordlist: str | None
    players: tuple[Progress, ...]
    secret: str | None


def see(round: Round, mode: Mode, viewer: str | None, art: Art, now: float) -> Seen:
    """The round as `viewer` sees it; None is everybody who has no view of their own.

    The word is in it only when the round is over for everyone, and for its setter.
    """
    over = round.termination is not None
    puzzle, sheet, shown = round.puzzle, round.sheet, None
    status: Status = round.status
    if mode.own_sheets and viewer is not None and (player := round.player(viewer)) is not None:
        if player.sheet is not None:
            sheet, shown = player.sheet, player.sheet.shown(puzzle)
        if status != "stopped" and (over or sheet.done or player.gone):
            status = "won" if sheet.solved else "lost"
    shown = shown or round.shown
    lives, most = sheet.lives, round.settings.lives
    picture, told = art.frame(most - lives, most)
    deadline = round.deadline if round.paused is None else None
    return Seen(
        round.number,
        status,
        mode.name,
        shown.cells,
        shown.found_by,
        sheet.missed,
        sheet.words,
        lives,
        most,
        picture,
        _caption(status, shown.spoken, sheet, told),
        round.turn,
        round.setter,
        None if deadline is None else max(0.0, deadline - now),
        puzzle.hint if round.hinted else None,
        puzzle.wordlist,
        _progress(round) if mode.own_sheets else (),
        puzzle.text if over or (viewer is not None and viewer == round.setter) else None,
    )


def knows(round: Round, mode: Mode, who: str) -> bool:
    """Whether `who` knows the word before everyone does: its setter, and in a race who found it."""
    if round.termination is not None:
        return False
    if who == round.setter:
        return True
    player = round.player(who) if mode.own_sheets else None
    return player is not None and player.sheet is not None and player.sheet.solved


def gives_away(puzzle: Puzzle, text: str) -> bool:
    """Whether `text` holds the word, in any case and with spaces, signs or marks between its letters."""
    alphabet = puzzle.alphabet
    keys = []
    for cell in alphabet.cells(text):
        try:
            key = alphabet.key(cell)
        except NotALetter:
            continue
        if key is not None:
            keys.append(key)
    return "".join(puzzle.letters) in "".join(keys) or _bare(puzzle.text) in _bare(text)


def _bare(text: str) -> str:
    """Letters alone, without case and accents, whatever the alphabet."""
    return "".join(char for char in normalize("NFKD", text).casefold() if category(char).startswith("L"))


def _progress(round: Round) -> tuple[Progress, ...]:
    puzzle = round.puzzle
    whole = len(puzzle.cells)
    return tuple(
        Progress(p.name, whole - p.sheet.hidden(puzzle), p.sheet.lives, p.place or None)
        for p in round.players
        if p.sheet is not None
    )


def _caption(status: Status, spoken: tuple[str, ...], sheet: Sheet, picture: str) -> str:
    """The board in one line of words, as a screen reader is to hear it (contract, section 1)."""
    lives = sheet.lives
    ended = "" if status == "playing" else f"{status}, "
    line = f"Word: {' '.join(spoken)}, {ended}{lives} {'life' if lives == 1 else 'lives'} left"
    if sheet.missed:
        line += f", missed {' '.join(sheet.missed)}"
    if sheet.words:
        line += f", not {', not '.join(sheet.words)}"
    return f"{line}; {picture}" if picture else line
