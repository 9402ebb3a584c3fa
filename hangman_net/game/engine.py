"""What a guess, a hint, the clock and people's coming and going do to a round: rounds in, rounds out.

It knows the rules that hold in every mode and asks the mode for the rest; it must not know clocks, rooms or chance of
its own. `docs/rules.md` says where each rule comes from.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hangman_net.game.alphabet import NotALetter
from hangman_net.game.errors import GuessError, IllegalGuess, InvalidGuess, RoundOver
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import Mode
from hangman_net.game.round import Puzzle, Round, Sheet, Termination
from hangman_net.game.settings import Settings

MAX_GUESS = 400
"""Characters looked at: twice the longest word."""

ABANDONED_AFTER = 600.0
"""Seconds that a round waits for somebody to come back."""

EARLY = 0.001
"""Seconds that a wake may come too early: now + (due - now) is not always due."""

Kind: TypeAlias = Literal["hit", "miss", "repeat", "solved", "wrong", "hint", "bought"]


class Move(Struct, frozen=True):
    """What a guess or a hint came to: the round after it, how the guess is told (a letter, a word, or the hint's
    text), and how many cells it showed."""

    round: Round
    kind: Kind
    guess: str
    shown: int = 0


def begin(
    mode: Mode,
    number: int,
    puzzle: Puzzle,
    settings: Settings,
    players: Sequence[str],
    *,
    now: float,
    starter: str | None = None,
    setter: str | None = None,
) -> Round:
    """A round at its start.

    Args:
        number: rising within a room.
        players: who is seated and here, in their order; the setter among them is left out.
        now: seconds of the server's clock.
        starter: who began it, and may stop it.
        setter: whose word it is, where a player set it.
    """
    round = Round(
        number=number,
        puzzle=replace(puzzle, hint=None) if mode.from_list else puzzle,  # a hint would bind the word it is for
        settings=replace(settings, mode=mode.name),
        sheet=Sheet(settings.lives),
        starter=starter,
        setter=setter,
    )
    return mode.begin(round, tuple(name for name in players if name != setter), now)


def guess(round: Round, mode: Mode, who: str, text: str, now: float, shelf: Shelf | None = None) -> Move:
    """The round after `who` guessed a letter or a whole word.

    `shelf` is given to modes that are `from_list`. Raises `InvalidGuess`, `IllegalGuess` or `RoundOver`, and the round
    is what it was.
    """
    sheet = _sheet(round, mode, who)
    if len(text) > MAX_GUESS:
        raise InvalidGuess(f"No word here has more than {MAX_GUESS // 2} letters.")
    letter = round.puzzle.alphabet.letter(text)
    if letter is not None:
        return _guess_letter(round, mode, who, sheet, letter, now, shelf)
    return _guess_word(round, mode, who, sheet, text, now, shelf)


def may_guess(round: Round, mode: Mode, who: str) -> bool:
    """Whether a guess by `who` would be looked at now."""
    try:
        _sheet(round, mode, who)
    except GuessError:
        return False
    return True


def hint(round: Round, mode: Mode, who: str, now: float, chance: random.Random) -> Move:
    """The round after `who` asked for a hint: the word's own, where it has one not shown yet, else a letter for a life.

    Raises a `GuessError` where they may not guess, or no letter can be bought: with the last life, or the last letter.
    """
    sheet = _sheet(round, mode, who)
    puzzle = round.puzzle
    if puzzle.hint is not None and not round.hinted:
        return Move(replace(round, hinted=True), "hint", puzzle.hint)
    if not mode.sells:
        raise IllegalGuess(f"In mode {mode.name} no letters are for sale.")
    if sheet.lives <= 1:
        raise IllegalGuess("A letter costs a life, and this is the last one.")
    hidden = [letter for letter in puzzle.places if letter not in sheet.found]
    if len(hidden) == 1:
        raise IllegalGuess("Only one letter is missing: nobody sells that one.")
    letter = chance.choice(hidden)
    bought = replace(sheet, lives=sheet.lives - 1, found=(*sheet.found, letter), found_by=(*sheet.found_by, None))
    return Move(mode.played(round, who, bought, True, now), "bought", letter, len(puzzle.places[letter]))


def reveal(round: Round, sheet: Sheet, letter: str) -> Sheet:
    """`sheet` with a letter of the word shown that nobody found: for modes that give letters away."""
    if letter in sheet.found or letter not in round.puzzle.places:
        return sheet
    found = (*sheet.found, letter)
    return replace(sheet, found=found, found_by=(*sheet.found_by, None), solved=len(found) == len(round.puzzle.places))


def give_up(round: Round, mode: Mode, who: str) -> Round:
    """The round when `who` has given up their own part of it; raises a `GuessError` where there is none."""
    _sheet(round, mode, who)
    return mode.give_up(round, who)


def stop(round: Round) -> Round:
    """The round, ended by somebody who may."""
    return round if round.termination is not None else round.ended(Termination.STOPPED)


def tick(round: Round, mode: Mode, now: float) -> Round:
    """The round when the clock says `now`: a turn passes, time is up, nobody came back, or nothing is due."""
    due = due_at(round)
    if due is None or now < due - EARLY:
        return round
    return round.ended(Termination.ABANDONED) if round.paused is not None else mode.expired(round, now)


def due_at(round: Round) -> float | None:
    """When `tick` has something to do next, by the server's clock."""
    if round.termination is not None:
        return None
    return round.deadline if round.paused is None else round.paused + ABANDONED_AFTER


def attend(round: Round, mode: Mode, seated: Mapping[str, bool], now: float) -> Round:
    """The round when people came or went: `seated` are those who play, in their order, and whether each is here."""
    if round.termination is not None:
        return round
    if round.setter is not None:
        seated = {name: here for name, here in seated.items() if name != round.setter}
    return mode.attend(round, seated, now)


def spoke(round: Round, mode: Mode, who: str, now: float) -> Round:
    """The round when `who` said something: who had let turns lapse is back."""
    return round if round.termination is not None else mode.spoke(round, who, now)


def _sheet(round: Round, mode: Mode, who: str) -> Sheet:
    if round.termination is not None:
        raise RoundOver("The round is over.")
    if who == round.setter:
        raise IllegalGuess("You set this word: the others guess it.")
    return mode.admit(round, who)


def _guess_letter(
    round: Round, mode: Mode, who: str, sheet: Sheet, letter: str, now: float, shelf: Shelf | None
) -> Move:
    if letter in sheet.found or letter in sheet.missed:
        if not round.settings.strict:
            raise IllegalGuess(f"{letter} was tried already.", "already_guessed")
        return Move(mode.played(round, who, replace(sheet, lives=sheet.lives - 1), False, now), "repeat", letter)
    mode.allow(round, sheet, letter)
    round = _answered(round, mode.answer(round.puzzle, sheet, letter, (), shelf))
    count = len(round.puzzle.places.get(letter, ()))
    if count:
        found = (*sheet.found, letter)
        solved = len(found) == len(round.puzzle.places)
        sheet = replace(
            sheet, found=found, found_by=(*sheet.found_by, who), solved=solved, solver=who if solved else None
        )
        return Move(mode.played(round, who, sheet, True, now), "solved" if solved else "hit", letter, count)
    sheet = replace(sheet, lives=sheet.lives - 1, missed=(*sheet.missed, letter), missed_by=(*sheet.missed_by, who))
    return Move(mode.played(round, who, sheet, False, now), "miss", letter)


def _guess_word(round: Round, mode: Mode, who: str, sheet: Sheet, text: str, now: float, shelf: Shelf | None) -> Move:
    word = _letters(round.puzzle, text)
    _refuse_impossible(round.puzzle, sheet, word)
    told = _told(round.puzzle, word)
    if told in sheet.words:
        raise IllegalGuess(f"{told} was tried already.", "already_guessed")
    mode.allow(round, sheet, None)
    round = _answered(round, mode.answer(round.puzzle, sheet, None, word, shelf))
    if word == round.puzzle.letters:
        blanks = sheet.hidden(round.puzzle)
        sheet = replace(sheet, solved=True, solver=who, blanks=blanks)
        return Move(mode.played(round, who, sheet, True, now), "solved", told, blanks)
    sheet = replace(sheet, lives=sheet.lives - 1, words=(*sheet.words, told), words_by=(*sheet.words_by, who))
    return Move(mode.played(round, who, sheet, False, now), "wrong", told)


def _answered(round: Round, puzzle: Puzzle) -> Round:
    return round if puzzle is round.puzzle else replace(round, puzzle=puzzle)


def _letters(puzzle: Puzzle, text: str) -> tuple[str, ...]:
    """The letters of a guessed word; what is always shown may be typed or left out, but digits are not typed wrong."""
    try:
        word = tuple(key for key in puzzle.alphabet.keys(text) if key is not None)
    except NotALetter as error:
        raise InvalidGuess(f"{error.cell!r} is not a letter here.") from None
    if not word:
        raise InvalidGuess("Guess a letter or the whole word.")
    typed = _digits(text)
    if typed and typed != (shown := _digits("".join(puzzle.cells))):
        raise InvalidGuess(f"Its digits are {' '.join(shown)}." if shown else "There is no digit in it.")
    return word


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _refuse_impossible(puzzle: Puzzle, sheet: Sheet, word: tuple[str, ...]) -> None:
    """Raises `InvalidGuess` where what is shown and missed says that `word` cannot be right."""
    letters = puzzle.letters
    if len(word) != len(letters):
        raise InvalidGuess(f"The word has {len(letters)} letters, not {len(word)}.")
    for place, (typed, right) in enumerate(zip(word, letters, strict=True), start=1):
        if typed in sheet.missed:
            raise InvalidGuess(f"There is no {typed} in it.")
        if right in sheet.found and typed != right:
            raise InvalidGuess(f"Letter {place} is {right}.")
        if typed in sheet.found and typed != right:
            raise InvalidGuess(f"Every {typed} is shown already, and letter {place} is none.")


def _told(puzzle: Puzzle, word: tuple[str, ...]) -> str:
    """The guessed word in the shape of the puzzle, as everybody is told it."""
    letters = iter(word)
    return "".join(cell if key is None else next(letters) for cell, key in zip(puzzle.cells, puzzle.keys, strict=True))
