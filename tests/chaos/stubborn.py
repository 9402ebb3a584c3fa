"""A player who stays: connects again with their token, and sends again what was not acked.

It knows the contract's rules of coming back; it must not know what happens to the network.
"""

from __future__ import annotations

from judge import Closed, Peer
from judge.peer import Json


class Stubborn:
    """One person over as many connections as it takes. `acks` is what each of their lines was answered with."""

    TRIES = 200

    def __init__(self, address: tuple[str, int], name: str, room: str) -> None:
        self._address = address
        self._hello: Json = {"type": "hello", "version": 1, "name": name, "room": room}
        self._peer: Peer | None = None
        self.name = name
        self.acks: list[tuple[str, bool]] = []
        self.connections = 0

    def types(self, text: str) -> bool:
        """Types a line until it is acked, however often that takes."""
        line = {"type": "line", "text": text, "id": len(self.acks) + 1}
        for _ in range(self.TRIES):
            try:
                peer = self._connected()
                peer.send(line)
                ok = bool(peer.wait("ack", id=line["id"])["ok"])
            except (Closed, OSError):
                self._lost()
                continue
            self.acks.append((text, ok))
            return ok
        raise AssertionError(f"{text} was not acked over {self.TRIES} connections")

    def _connected(self) -> Peer:
        if self._peer is None:
            self._peer = Peer(*self._address, timeout=5.0)
            self.connections += 1
            self._peer.send(self._hello)
            while (message := self._peer.read())["type"] != "board":
                if message["type"] == "welcome":
                    self._hello["token"] = message["token"]
                elif message["type"] == "error":
                    # the first welcome never arrived: the seat is there, and nobody has its token
                    self._hello["name"] += "x"
                    self._lost()
                    raise ConnectionError(message["code"])
        return self._peer

    def _lost(self) -> None:
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    def close(self) -> None:
        """Goes without a word."""
        self._lost()
