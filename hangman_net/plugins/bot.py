"""Somebody to play with: `/bot` seats a computer player, who plays through the same door as anybody.

It knows boards as a player sees them, and when to type; it must not know rounds, nor ever a secret that it did not set.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import Board, Context, Doc, Plugin, Services, command
from hangman_net.game.bot import Brain, Sight, Skill
from hangman_net.game.wordlist import WordList, draw
from hangman_net.plugins.hangman_words import ListName, in_memory, puzzle_of, wordlist

NAME = "robot"

PATIENCE = {"turns": 1.5, "race": 3.0}
OTHERWISE = 4.0
"""Seconds a computer player leaves to the others after every change, by mode: it plays along, it does not take over."""

PAUSE = 6.0
"""Seconds after a round before the next word is set: time to read how it ended."""

TRIES = 3
"""Words that were refused in a row before it says so: a list in other letters than the room's has none that will do."""

MAX_BRAINS = 8
"""Lists that are kept ready to think with: a large one takes some 30 MB."""

MAX_VOCABULARY = 20_000
"""Words of a list that is read for its language: a dictionary would take seconds, and teach little more."""


class Robot(Struct, frozen=True, omit_defaults=True):
    """A room's computer player: how well it guesses, or (`setter`) which list it sets words from and how far it is.

    `tries` counts the words that it has said since a round ran last.
    """

    name: str = ""
    skill: Literal["easy", "medium", "hard", "setter"] = "medium"
    wordlist: str = ""
    seed: int = 0
    taken: int = 0
    tries: int = 0


class Bot(Plugin):
    """Computer players, one a room."""

    State = Robot

    def setup(self, services: Services) -> None:
        self.lists = services.words
        self.secrets = services.secrets
        self._brains: dict[str, Brain] = {}  # by the list's digest, or the default list's language for words of players
        self._said: dict[str, tuple[int, frozenset[str]]] = {}  # by name: the round, and what it said there

    @command(summary="Play with the computer", role="seated")
    def bot(
        self,
        ctx: Context,
        skill: Annotated[
            Literal["easy", "medium", "hard", "setter", "off"], Doc("easy|medium|hard|setter|off", "how it plays")
        ] = "medium",
        words: Annotated[ListName | None, Doc("WORDLIST", "with setter: the list that it sets words from")] = None,
    ) -> None:
        """Seat a computer player, who guesses with you; easy and medium make mistakes, hard has read the list.

        As setter it does not guess but sets you words, one after another. /bot off sends it away.
        """
        robot: Robot = ctx.state
        here = bool(robot.name) and ctx.member(robot.name) is not None
        if skill == "off":
            if not here:
                ctx.fail("No computer plays here.")
            self._dismiss(ctx, robot)
            ctx.say(f"{ctx.name} sent {robot.name} away.")
            return
        name = robot.name if here else self._free_name(ctx)
        seed = self.secrets.getrandbits(62) if skill == "setter" else 0
        ctx.state = Robot(name, skill, (words or "") if skill == "setter" else "", seed)
        if not here:
            ctx.enter(name)
        ctx.say(f"{name} sets words now." if skill == "setter" else f"{name} plays along ({skill}).")
        ctx.wake(PAUSE if skill == "setter" else OTHERWISE, name)

    # --- what happens around it ---------------------------------------------------------------------------------

    def on_leave(self, ctx: Context) -> None:
        """Without people a computer player has nobody to play with, and would keep the room for ever: it goes after."""
        robot: Robot = ctx.state
        if robot.name and not any(not m.puppet and m.name != ctx.name for m in ctx.members):
            ctx.wake(0, robot.name)

    def on_board(self, ctx: Context, board: Board) -> None:
        """Every change of the round starts its patience anew."""
        robot: Robot = ctx.state
        if ctx.name == robot.name and any(not member.puppet for member in ctx.members):
            ctx.wake(_patience(robot, board), robot.name)
            if robot.tries and board.status == "playing":
                ctx.state = replace(robot, tries=0)

    def on_tick(self, ctx: Context, key: str) -> None:
        robot: Robot = ctx.state
        if key != robot.name or ctx.member(key) is None:
            return
        people = [member for member in ctx.members if not member.puppet]
        if not people:
            self._dismiss(ctx, robot)
            return
        if not any(member.seated and member.connected for member in people):
            return  # whoever comes back is shown the board, and so is the robot
        board = ctx.board_of(key)
        if robot.skill == "setter":
            if board is None or board.status != "playing":
                self._set_word(ctx, robot)
        elif board is not None and board.status == "playing":
            self._guess(ctx, robot.name, robot.skill, board)

    def _dismiss(self, ctx: Context, robot: Robot) -> None:
        ctx.wake(None, robot.name)
        ctx.state = Robot()
        if ctx.member(robot.name) is not None:
            ctx.dismiss(robot.name)

    @staticmethod
    def _free_name(ctx: Context) -> str:
        number = 1
        while ctx.where(name := NAME if number == 1 else f"{NAME}-{number}") is not None:
            number += 1
        return name

    # --- guessing -----------------------------------------------------------------------------------------------

    def _guess(self, ctx: Context, name: str, skill: Skill, board: Board) -> None:
        brain = self._brains.get(self._subject(board))
        if brain is None or not brain.is_prepared(board.cells):
            ctx.job(partial(self._think, board), lambda ctx, _: self._speak(ctx, name, skill))
        else:
            self._speak(ctx, name, skill)

    def _speak(self, ctx: Context, name: str, skill: Skill) -> None:
        """Types a guess at the board as it is by now, if it can be thought about."""
        if ctx.member(name) is None or (board := ctx.board_of(name)) is None or board.status != "playing":
            return
        brain = self._brains.get(self._subject(board))
        if brain is None or not brain.is_prepared(board.cells):
            return
        number, said = self._said.get(name, (0, frozenset()))
        if number != board.round:
            said = frozenset()
        guess = brain.guess(Sight(board.cells, board.missed, board.words_missed, said), skill, ctx.random)
        if guess is None:
            return
        # A refused guess changes no board: what was said is not said twice.
        self._said = dict([*self._said.items(), (name, (board.round, said | {guess}))][-1_000:])
        ctx.types(name, f"/guess {guess}")
        ctx.wake(_patience(ctx.state, board), name)

    def _subject(self, board: Board) -> str:
        """What a board is thought about with: its list's content, or the language that players set words in."""
        listed = in_memory(self.lists, board.wordlist)
        return f"words in {self.lists.default}" if listed is None else listed.digest

    def _think(self, board: Board) -> None:
        """Learns what is to be known for a board: reads lists and builds indexes, so it belongs into a job."""
        listed = in_memory(self.lists, board.wordlist)
        subject = self._subject(board)
        brain = self._brains.get(subject)
        if brain is None:
            base = listed or self.lists.load(self.lists.default)
            lexicon = None if listed is None else self.lists.lexicon(listed.name)
            brain = Brain(base.alphabet, _vocabulary(self.lists, base), lexicon)
        brain.prepare(board.cells)
        self._brains = dict([*self._brains.items(), (subject, brain)][-MAX_BRAINS:])

    # --- setting words ------------------------------------------------------------------------------------------

    def _set_word(self, ctx: Context, robot: Robot) -> None:
        name = robot.wordlist or self.lists.default
        if in_memory(self.lists, name) is None:
            ctx.job(partial(wordlist, self.lists, name, read=True), lambda ctx, _: self._say_word(ctx, name))
        else:
            self._say_word(ctx, name)

    def _say_word(self, ctx: Context, name: str) -> None:
        robot: Robot = ctx.state
        listed = in_memory(self.lists, name)
        if listed is None or robot.skill != "setter" or ctx.member(robot.name) is None:
            return
        if robot.tries >= TRIES:
            ctx.state = replace(robot, tries=0)
            ctx.say(
                f"{robot.name} finds no word in {name} that can be set here; /config words {name} takes its letters."
            )
            return
        word = puzzle_of(listed, draw(robot.seed, robot.taken, len(listed.words)))
        ctx.state = replace(robot, taken=robot.taken + 1, tries=robot.tries + 1)
        ctx.types(robot.name, f"/secret {word.text} | {word.hint}" if word.hint else f"/secret {word.text}")
        ctx.wake(PAUSE, robot.name)  # should it be refused; a round that begins calls it off


def _patience(robot: Robot, board: Board) -> float | None:
    """Seconds until it is to do something, or None if it is not its move."""
    if robot.skill == "setter":
        waits = board.status == "idle" and board.setter is not None  # for a word of somebody whose turn it is
        return None if waits or board.status == "playing" else PAUSE
    if board.status != "playing" or board.setter == robot.name or board.turn not in (None, robot.name):
        return None
    return PATIENCE.get(board.mode, OTHERWISE)


def _vocabulary(lists: Any, listed: WordList) -> list[str]:
    """The words of all lists in the list's language, its own included."""
    lists.load_all()
    words = list(listed.texts()) if len(listed.words) <= MAX_VOCABULARY else []
    for name in lists.names():
        other = in_memory(lists, name)
        if other is not None and other.language == listed.language and len(other.words) <= MAX_VOCABULARY:
            words += other.texts()
    return words
