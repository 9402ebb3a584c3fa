"""What holds around every case: no secret before its time, no token for other eyes.

It knows what peers were sent; it must not know what the case was about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from judge.peer import Peer
from judge.shapes import wrong

if TYPE_CHECKING:
    from judge.server import Launched

SERVERS_OWN = {"board", "notice", "error", "completions", "commands", "roster", "member", "ack", "pong", "welcome"}
"""What the server says by itself. `chat` is what people say, who may guess a word aloud."""


def words_of(lists: Mapping[str, str]) -> dict[str, list[str]]:
    """The words of word lists given as text."""
    return {
        name: [line.partition("|")[0].strip() for line in text.splitlines() if line and not line.startswith("#")]
        for name, text in lists.items()
    }


def no_secret(peers: Iterable[Peer], lists: Mapping[str, str]) -> None:
    """No peer was told the word of a round that it saw running, by list."""
    known = words_of(lists)
    for peer in peers:
        words: list[str] = []
        name = None
        for message in peer.seen:
            if message["type"] == "welcome" or (message["type"] == "member" and message["was"] == name):
                name = message["name"]
            if message["type"] == "board":
                playing = message["status"] == "playing" and message["setter"] != name
                words = [w for w in known.get(message["wordlist"] or "", ()) if playing and len(w) > 2]
                if playing:
                    assert message["secret"] is None, message
            if message["type"] in SERVERS_OWN:
                said = json.dumps({k: v for k, v in message.items() if k != "words_missed"}, ensure_ascii=False)
                for word in words:
                    assert word.casefold() not in said.casefold(), f"{name} was told {word!r}: {said}"


def well_formed(peers: Iterable[Peer]) -> None:
    """Every message that was sent has the fields that the contract names, of their types."""
    for peer in peers:
        for message in peer.seen:
            assert (what := wrong(message)) is None, what


def no_token_of_others(peers: Iterable[Peer], server: Launched) -> None:
    """Nobody was sent another one's token, and the server printed none."""
    peers = [peer for peer in peers if peer.welcome]
    said = server.out.text + server.err.text
    tokens = {peer.token for peer in peers}
    for token in tokens:
        assert token not in said, "the server printed a token"
    for peer in peers:
        for token in tokens - {m["token"] for m in peer.seen if m["type"] == "welcome"}:
            assert token.encode() not in peer.raw, f"{peer.name} was sent another one's token"
