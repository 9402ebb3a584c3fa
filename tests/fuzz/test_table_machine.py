"""Any sequence of what people do at a table, drops and restarts among it, keeps the laws of the game.

Four people, two rooms, the pure hub: no loop, no socket, no disk. After every step all who look on agree on the
board, the mask fits the word, nobody has more misses than lives, scores are what the log says, and a line sent again
has no second effect.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hangman_net.messages import Ack, Board, Chat
from hangman_net.testing import Player, Table

NAMES = ["ann", "bob", "carl", "dora"]
WORDS = {"fruit": ["banana", "cherry", "quince"], "phrases": ["rock and roll", "that's life"]}
LINES = [
    "/new fruit", "/new phrases", "/new fruit mode=race", "/new fruit mode=turns", "/new fruit mode=evil",
    "/new fruit lives=2", "/secret quokka | an animal", "/hint", "/stop", "/again", "/skip", "/spectate", "/play",
    "/guess banana", "/guess cherry", "/guess quokka", "/guess rock and roll", "/guess nonsense", "/who", "/score",
    "/room two", "/room lobby", "hello", "quokka", "banana", "/me waves", "/giveup", "/board", "/config lives 4",
]  # fmt: skip
LETTERS = "abcdehinorqtuky'"

names = st.sampled_from(NAMES)

_folder = Path(tempfile.mkdtemp(prefix="hangman-words-"))
for _name, _words in WORDS.items():
    (_folder / f"{_name}.txt").write_text("\n".join(_words) + "\n")


class TableMachine(RuleBasedStateMachine):
    """Rules are what people do; the invariants stand below."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(words=[str(_folder / f"{name}.txt") for name in WORDS])
        self.ids: dict[str, int] = {}
        self.boards: dict[Player, Board] = {}
        self.last: dict[str, tuple[str, int]] = {}
        self.kept: dict[str, set[int]] = {name: set() for name in NAMES}

    @initialize()
    def come(self) -> None:
        for name in NAMES:
            self.table.sits(name)
        self._look()

    def _here(self, name: str) -> Player | None:
        player = self.table.player(name)
        return player if player.seat is not None and player.seat.session is player else None

    def _look(self) -> None:
        """Takes in what everybody was told."""
        for name in NAMES:
            player = self.table._players.get(name)
            if player is None:
                continue
            for message in player.saw:
                if isinstance(message, Board):
                    self.boards[player] = message
            player.saw = []

    @rule(name=names, text=st.sampled_from(LINES) | st.sampled_from(LETTERS).map(lambda c: f"/guess {c}"))
    def types(self, name: str, text: str) -> None:
        player = self._here(name)
        if player is None:
            return
        self._look()
        number = self.ids[name] = self.ids.get(name, 0) + 1
        before = len(self.table.events), dict(self.table.records)
        said = list(player.types(text, id=number))
        if before != (len(self.table.events), self.table.records):
            self.kept[name].add(number)
        assert [m.id for m in said if isinstance(m, Ack)] == [number]
        assert isinstance(said[-1], Ack)
        if said[-1].ok:
            self.last[name] = (text, number)
        self._withheld(name, said)
        self._look()

    def _withheld(self, name: str, said: Sequence[object]) -> None:
        """What the setter says holds no word that is still secret."""
        for message in said:
            if isinstance(message, Chat) and not message.replay and message.name == name:
                board = self.boards.get(self.table.player(name))
                if board is not None and board.status == "playing" and board.setter == name and board.secret:
                    assert board.secret not in message.text

    @rule(name=names)
    def types_again(self, name: str) -> None:
        """The same line with the same id: the same ack, and nothing else for anybody."""
        player = self._here(name)
        if player is None or name not in self.last:
            return
        self._look()
        text, number = self.last[name]
        before = (dict(self.table.records), len(self.table.events))
        said = player.types(text, id=number)
        assert said == [Ack(number, True)]
        assert (dict(self.table.records), len(self.table.events)) == before
        assert all(not self.table.player(other).saw for other in NAMES if other != name)

    @rule(name=names)
    def drops(self, name: str) -> None:
        player = self._here(name)
        if player is not None:
            player.drops()
            self._look()

    @rule(name=names)
    def comes_back(self, name: str) -> None:
        self.table.player(name).comes_back()
        self._look()

    @precondition(lambda self: self.table.now < 10_000)
    @rule(seconds=st.sampled_from([1.0, 31.0, 130.0, 700.0]))
    def passes(self, seconds: float) -> None:
        self.table.passes(seconds)
        self._look()

    @rule()
    def restarts(self) -> None:
        """Everybody comes back to what was there."""
        before = {name: self.boards.get(player) for name in NAMES if (player := self._here(name)) is not None}
        self.table.restarts()
        # what changed nothing that is kept is remembered over no restart
        self.last = {name: line for name, line in self.last.items() if line[1] in self.kept[name]}
        for name in before:
            self.table.player(name).comes_back()
        self._look()
        for name, board in before.items():
            after = self.boards[self.table.player(name)]
            if board is not None and board.status == "playing":
                assert (after.cells, after.missed, after.lives) == (board.cells, board.missed, board.lives), name

    # --- laws ---------------------------------------------------------------------------------------------------

    @invariant()
    def viewers_agree(self) -> None:
        for room in self.table.hub.world.rooms.values():
            seen = [
                self.boards[session]
                for session in room.sessions
                if isinstance(session, Player) and session in self.boards and session.seat is not None
            ]
            shared = [b for b in seen if b.mode != "race" and b.status == "playing"]
            assert len({(b.round, b.cells, b.missed, b.words_missed, b.lives, b.turn) for b in shared}) <= 1
            numbers = {b.round for b in seen if b.status == "playing"}
            assert len(numbers) <= 1

    @invariant()
    def the_mask_fits(self) -> None:
        for board in self.boards.values():
            assert 0 <= board.lives <= max(board.max_lives, board.lives)
            assert len(board.cells) == len(board.found_by)
            assert not set(board.missed) & {cell for cell in board.cells if cell}
            if board.mode != "evil" and board.status in ("playing", "won", "lost"):
                assert len(board.missed) + len(board.words_missed) <= board.max_lives - board.lives
            if board.secret is not None:
                assert len(board.secret) == len(board.cells)
                for shown, letter in zip(board.cells, board.secret, strict=True):
                    assert shown in (None, letter)
                    assert not (shown is None and not letter.isalpha())
                assert not {c for c in board.missed if c in board.secret}

    @invariant()
    def secrets_are_kept(self) -> None:
        for player, board in self.boards.items():
            if board.status == "playing" and board.setter != player.name:
                assert board.secret is None

    @invariant()
    def scores_are_what_the_log_says(self) -> None:
        paid: Counter[tuple[str, str]] = Counter()
        for event in self.table.events:
            if event.kind == "round_over":
                data = json.loads(event.data)
                for name, points in data.get("points", {}).items():
                    paid[(event.room, name)] += points
        for seat in self.table.hub.world.seats.values():
            for room, score in seat.record.scores.items():
                assert score == paid[(room, seat.record.name)], (room, seat.record.name)


TestTable = TableMachine.TestCase
