"""The tokens by which a person takes the same seat again, kept per server and name in a file for its owner's eyes.

It knows a file; it must not know connections, nor what a token opens.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from hangman_net.folders import own_folder

FILE: Final = "tokens.json"
MOST: Final = 200
"""Tokens kept; past it the ones longest unused go. Servers on free ports come and go by the hundred."""


class _Token(msgspec.Struct, frozen=True):
    server: str
    name: str
    token: str


class Tokens:
    """The tokens in one file, read anew each time: several clients share it.

    A file that cannot be read or written costs the comfort of coming back, not the game: it counts as empty.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file; by default it lies in the platform's state folder."""
        self._path = path

    @property
    def path(self) -> Path:
        """The file that the tokens are in."""
        if self._path is None:
            self._path = own_folder("state") / FILE
        return self._path

    def get(self, server: str, name: str) -> str | None:
        """The token for `name` (in any case) at `server` (`host:port`), or None."""
        wanted = server, name.casefold()
        return next((kept.token for kept in self._read() if (kept.server, kept.name) == wanted), None)

    def put(self, server: str, name: str, token: str) -> None:
        """Keep `token` for `name` at `server`, in place of an earlier one."""
        self._write([*self._others(server, name), _Token(server, name.casefold(), token)][-MOST:])

    def forget(self, server: str, name: str) -> None:
        """Keep no token for `name` at `server`."""
        self._write(self._others(server, name))

    def _others(self, server: str, name: str) -> list[_Token]:
        gone = server, name.casefold()
        return [kept for kept in self._read() if (kept.server, kept.name) != gone]

    def _read(self) -> list[_Token]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=list[_Token])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return []

    def _write(self, tokens: list[_Token]) -> None:
        data = msgspec.json.format(msgspec.json.encode(tokens))
        fresh = self.path.with_name(f"{FILE}.{os.urandom(8).hex()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                fresh.replace(self.path)  # whole or not at all, whoever reads meanwhile
            except OSError:
                fresh.unlink(missing_ok=True)
        except OSError:
            return
