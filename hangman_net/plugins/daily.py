"""The word of the day: the same for everybody on a server, one try each, played privately beside any round.

It knows days, streaks and what a try may tell; it must not know rooms, points or rankings.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import Context, Doc, Plugin, Rest, Services, command
from hangman_net.game import engine
from hangman_net.game.art import Art, Part
from hangman_net.game.errors import GuessError
from hangman_net.game.modes import COOP
from hangman_net.game.round import Puzzle, Round, Sheet, Termination
from hangman_net.game.settings import Settings
from hangman_net.game.view import see
from hangman_net.game.wordlist import WordList, draw
from hangman_net.plugins.hangman_words import wordlist

RULES = Settings()
"""The same for all, whatever a room has set: results are compared."""

PETALS = (("a", "first"), ("b", "second"), ("c", "third"), ("d", "fourth"), ("e", "fifth"), ("f", "last"))

DAISY = Art(
    name="daisy",
    drawing=r"""
  o o
 o @ o
  o o
   |
 \_|_/"""[1:],
    plan=r"""
  a b
 f . c
  e d
   .
 ....."""[1:],
    parts=tuple(Part(code, f"the {nth} petal", rank) for rank, (code, nth) in enumerate(PETALS, 1)),
    fades=True,
    says="{part} has fallen",
)
"""A petal for each life: small, since it stands in the talk, and nobody hangs."""

ME = "you"
"""Who guesses on one's own sheet: a name could change."""

HIT, MISS = "🟩", "⬛"


class Today(Struct, frozen=True, omit_defaults=True):
    """The day's word, once anybody has asked for it: it stays the same though its list be edited.

    `secret` (128 random bits, hex) chooses the words of all days; `day` counts as `date.toordinal` does, in UTC.
    """

    secret: str = ""
    day: int = 0
    puzzle: Puzzle | None = None


class Try(Struct, frozen=True, omit_defaults=True):
    """Somebody's last try, and how they did before.

    `marks` has `+` for each guess that was right and `-` for each that was not, in their order. `streak` words were
    found day after day up to the day `found`, `best` at most; `tries` counts those that were finished.
    """

    day: int = 0
    sheet: Sheet = Sheet(RULES.lives)
    marks: str = ""
    found: int = 0
    streak: int = 0
    best: int = 0
    tries: int = 0
    finds: int = 0

    def on(self, day: int) -> Try:
        """This record as a day finds it: the try of another day is put away, a streak that was let go is over."""
        if self.day == day:
            return self
        streak = self.streak if self.found == day - 1 else 0
        return replace(self, day=day, sheet=Sheet(RULES.lives), marks="", streak=streak)

    def guessed(self, sheet: Sheet, right: bool) -> Try:
        """This record after a guess."""
        now = replace(self, sheet=sheet, marks=self.marks + ("+" if right else "-"))
        if not sheet.done:
            return now
        now = replace(now, tries=self.tries + 1, streak=self.streak + 1 if sheet.solved else 0)
        if not sheet.solved:
            return now
        return replace(now, found=self.day, finds=self.finds + 1, best=max(self.best, now.streak))

    def round(self, puzzle: Puzzle) -> Round:
        """The try as a round that `engine` can play."""
        over = Termination.SOLVED if self.sheet.solved else Termination.LIVES if self.sheet.lives <= 0 else None
        return Round(number=self.day, puzzle=puzzle, settings=RULES, sheet=self.sheet, termination=over)

    def result(self) -> str:
        """A finished try to show around: right and wrong guesses in their order, and no letter of any."""
        squares = "".join(HIT if mark == "+" else MISS for mark in self.marks)
        misses = RULES.lives - self.sheet.lives
        missed = "no miss" if not misses else "1 miss" if misses == 1 else f"{misses} misses"
        end = f"found with {missed}" if self.sheet.solved else "not found"
        row = f", {self.streak} days in a row" if self.streak > 1 else ""
        return f"word of the day {date.fromordinal(self.day)}: {squares} {end}{row}"


class Daily(Plugin):
    """`/daily` and `/share`."""

    PersonState = Try
    ServerState = Today

    def setup(self, services: Services) -> None:
        self.words = services.words
        self.secrets = services.secrets

    @command(summary="Play the word of the day, alone", rate="guess")
    def daily(
        self,
        ctx: Context,
        guess: Annotated[Rest | None, Doc("LETTER|WORD", "your guess; without one you see how you stand")] = None,
    ) -> None:
        """The same word for everybody on this server, a new one each day at midnight UTC, one try each.

        Nobody else sees what you guess, and no room's round minds. /share tells the room how it went, not the word.
        """
        today: Today = ctx.server
        if today.puzzle is not None and today.day == ctx.today.toordinal():
            self._play(ctx, today.puzzle, guess)
            return
        name = self.words.default
        listed = wordlist(self.words, name)
        if listed is not None:
            self._play(ctx, self._chosen(ctx, listed), guess)
            return
        read = partial(wordlist, self.words, name, read=True)
        ctx.job(read, lambda ctx, listed: self._play(ctx, self._chosen(ctx, listed), guess))

    @command(summary="Tell the room how your word of the day went", cooldown=30.0)
    def share(self, ctx: Context) -> None:
        """Tell the room which of your guesses were right, and none of their letters."""
        mine: Try = ctx.person
        if mine.day != ctx.today.toordinal() or not mine.sheet.done:
            ctx.fail("You have not finished the word of the day yet: /daily.", "no_round")
        ctx.say(f"{ctx.name}, {mine.result()}")

    def _chosen(self, ctx: Context, listed: WordList) -> Puzzle:
        """Today's word; each pass through the list has every word once, in an order that only the server knows."""
        today, day = ctx.server, ctx.today.toordinal()
        if today.puzzle is not None and today.day == day:  # chosen while the list was read
            puzzle: Puzzle = today.puzzle
            return puzzle
        secret = today.secret or f"{self.secrets.getrandbits(128):032x}"
        word = listed.words[draw(int(secret, 16), day, len(listed.words))]
        puzzle = Puzzle(word.text, listed.alphabet.spec, None, listed.name, listed.digest)
        ctx.server = Today(secret, day, puzzle)
        return puzzle

    def _play(self, ctx: Context, puzzle: Puzzle, guess: str | None) -> None:
        mine: Try = ctx.person.on(ctx.today.toordinal())
        if guess is not None:
            if mine.sheet.done:
                ctx.fail(f"You have had the word of the day; the next one comes in {_left(ctx.today)}.", "no_round")
            try:
                move = engine.guess(mine.round(puzzle), COOP, ME, guess, ctx.now)
            except GuessError as error:
                ctx.fail(str(error), error.code)
            mine = mine.guessed(move.round.sheet, move.kind in ("hit", "solved"))
            ctx.person = mine
            if mine.sheet.done:
                day = date.fromordinal(mine.day).isoformat()
                ctx.event("daily", day=day, found=mine.sheet.solved, marks=mine.marks)
        ctx.reply("\n".join(_told(mine, puzzle, ctx.today, picture=guess is None)))


def _told(mine: Try, puzzle: Puzzle, now: datetime, *, picture: bool) -> list[str]:
    """One's own board as lines of text; the picture stands only where it was asked for, and at the end."""
    seen = see(mine.round(puzzle), COOP, None, DAISY, 0.0)
    board = [" ".join(cell or "_" for cell in seen.cells), seen.caption]
    head = [f"The word of the day, {date.fromordinal(mine.day)} ({puzzle.wordlist}):", seen.art]
    if seen.secret is None:
        asked = [*head, *board, "Guess by /daily LETTER or /daily WORD; nobody else sees it."]
        return asked if picture else board
    return [
        *head,
        *board,
        f"The word was {seen.secret}. {mine.finds} of {mine.tries} found, {mine.streak} in a row, {mine.best} at best.",
        f"/share tells the room: {mine.result()}",
        f"The next word comes in {_left(now)}.",
    ]


def _left(now: datetime) -> str:
    """How long it is until midnight UTC, to the minute and never 0."""
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    hours, minutes = divmod(-((now - midnight) // timedelta(minutes=1)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
