"""Several clients on live sockets: lines, resends, drops, resumes and kills of the server, in any order.

What was acked is there after a kill; a line has one effect however often it is sent; all who look on agree.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from judge import Launched, Launcher, Peer
from judge.peer import Json

NAMES = ["Ann", "Bob", "Cid"]
LINES = ["/new fruit", "/new fruit mode=race", "/guess banana", "/guess cabana", "/stop", "hello", "/secret quokka"]
LETTERS = "banxyzqk"
KILLS = 2


class LiveMachine(RuleBasedStateMachine):
    """Rules are what people and the power do."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="hangman-live-")
        home = Path(self._folder.name)
        (home / "fruit.txt").write_text("banana\n")
        self.launcher = Launcher(Launcher.words_of(None), home)
        self.kills = 0
        self.peers: dict[str, Peer | None] = {}
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, int] = dict.fromkeys(NAMES, 0)
        self.last: dict[str, tuple[str, int]] = {}

    def _start(self) -> Launched:
        home = self.launcher.home
        options = ("--no-console", "--limit", "all=none", "--words", str(home / "fruit.txt"), "--data", str(home / "d"))
        return self.launcher.serve(*options, memory=False)

    @initialize()
    def begin(self) -> None:
        self.server = self._start()
        for name in NAMES:
            peer = self.peers[name] = self.server.join(name, "table")
            self.tokens[name] = peer.token

    def teardown(self) -> None:
        if hasattr(self, "server"):
            self.launcher.end(self.server)
        self._folder.cleanup()

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(LINES) | st.sampled_from(LETTERS).map("/guess {}".format))
    def types(self, name: str, text: str) -> None:
        if (peer := self.peers[name]) is not None:
            self.ids[name] += 1
            if peer.say(text, self.ids[name]).ok:
                self.last[name] = (text, self.ids[name])

    @rule(name=st.sampled_from(NAMES))
    def types_again(self, name: str) -> None:
        peer = self.peers[name]
        if peer is None or name not in self.last or self._chat(name):
            return
        self._settle()
        text, number = self.last[name]
        before = {other: len(p.seen) for other, p in self.peers.items() if p is not None}
        reply = peer.say(text, number)
        assert (reply.ok, reply.messages) == (True, [])
        self._settle()
        for other, p in self.peers.items():
            if p is not None and other != name:
                assert [m for m in p.seen[before[other] :] if m["type"] != "pong"] == []

    def _chat(self, name: str) -> bool:
        """Chat is kept over no restart, and neither is its id."""
        return self.kills > 0 and not self.last[name][0].startswith("/")

    @rule(name=st.sampled_from(NAMES), rudely=st.booleans())
    def drops(self, name: str, rudely: bool) -> None:
        if (peer := self.peers[name]) is not None:
            (peer.reset if rudely else peer.close)()
            self.peers[name] = None

    @rule(name=st.sampled_from(NAMES))
    def comes_back(self, name: str) -> None:
        peer = self.server.peer()
        welcome = peer.hello(token=self.tokens[name])[0]
        assert (welcome["name"], welcome["resumed"], welcome["room"]) == (name, True, "table")
        old, self.peers[name] = self.peers[name], peer
        if old is not None:
            assert old.bye() == "replaced"
            old.close()

    @precondition(lambda self: self.kills < KILLS)
    @rule()
    def the_power_fails(self) -> None:
        self._settle()
        shown = {name: peer.board() for name, peer in self.peers.items() if peer is not None}
        self.kills += 1
        self.server.kill()
        self.launcher.end(self.server)
        self.server = self._start()
        self.peers = dict.fromkeys(NAMES)
        for name in NAMES:
            self.comes_back(name)
        for name, board in shown.items():
            peer = self.peers[name]
            assert peer is not None
            if board["status"] == "playing":
                assert _kept(peer.board()) == _kept(board)

    @invariant()
    def viewers_agree(self) -> None:
        self._settle()
        boards = [peer.board() for peer in self.peers.values() if peer is not None]
        playing = [b for b in boards if b["status"] == "playing" and b["mode"] != "race"]
        assert len({str(_kept(b) | {"setter": b["setter"]}) for b in playing}) <= 1
        for name, peer in self.peers.items():
            if peer is not None and (board := peer.board())["status"] == "playing" and board["setter"] != name:
                assert board["secret"] is None

    def _settle(self) -> None:
        for peer in self.peers.values():
            if peer is not None:
                peer.barrier()


def _kept(board: Json) -> Json:
    return {key: board[key] for key in ("round", "cells", "missed", "words_missed", "lives", "mode")}


TestLive = LiveMachine.TestCase
TestLive.settings = settings(TestLive.settings, max_examples=max(4, settings().max_examples // 10))
