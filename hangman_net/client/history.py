"""The lines a person typed before, kept in a file for their eyes only, with nothing secret among them.

It knows a file and which lines may be in it; it must not know the screen, nor how lines are edited.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from hangman_net.client.completion import find
from hangman_net.folders import own_folder
from hangman_net.messages import CommandInfo
from hangman_net.text import safe_line

LINES = 1_000
"""Kept: weeks of play, and read in a millisecond."""

SECRETIVE = frozenset({"secret", "msg"})
"""Commands whose lines are for nobody's eyes: a word to guess, a private message."""


def default_path() -> Path:
    """The history's file in the platform's state folder."""
    return own_folder("state") / "history"


def keepable(line: str, commands: Iterable[CommandInfo]) -> bool:
    """May this line be kept? Not the secretive ones, nor a command nobody knows: it may be a secret one mistyped."""
    stripped = line.strip()
    if not stripped:
        return False
    if not stripped.startswith("/") or stripped.startswith("//"):
        return True
    command = find(stripped[1:].partition(" ")[0], commands)
    return command is not None and command.name not in SECRETIVE


class History:
    """Lines typed, oldest first, in memory and, where there is a `path`, in a file of mode 0600.

    A file that cannot be read or written costs the memory of earlier sessions, not the game.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.lines: list[str] = []
        self._path = path
        if path is None:
            return
        try:
            kept = path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return
        self.lines = [safe_line(line) for line in kept[-LINES:]]
        if len(kept) > 2 * LINES:
            self._rewrite()

    def add(self, line: str, commands: Iterable[CommandInfo]) -> None:
        """Remember a line that was sent, unless it is secretive or the same as the last one."""
        line = safe_line(line).strip()
        if not keepable(line, commands) or self.lines[-1:] == [line]:
            return
        self.lines.append(line)
        del self.lines[:-LINES]
        self._write(line + "\n", os.O_APPEND)

    def ghost(self, typed: str) -> str:
        """What the newest line that begins with `typed` has beyond it; empty where there is none."""
        if not typed.strip():
            return ""
        return next((line[len(typed) :] for line in reversed(self.lines) if line.startswith(typed)), "")

    def _rewrite(self) -> None:
        self._write("".join(f"{line}\n" for line in self.lines), os.O_TRUNC)

    def _write(self, text: str, how: int) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | how, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
        except OSError:
            self._path = None  # said once is enough: the lines stay in memory


class Recall:
    """Going back and forth through the history with ↑ and ↓, among lines that begin like the half-typed one."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._typed = ""
        self._at: int | None = None

    def reset(self) -> None:
        """A new line begins, or this one was edited."""
        self._at = None

    def back(self, typed: str) -> str:
        """The line before, or `typed` where there is none."""
        lines = self._history.lines
        if self._at is None:
            self._typed, self._at = typed, len(lines)
        for at in range(self._at - 1, -1, -1):
            if lines[at].startswith(self._typed) and lines[at] != typed:
                self._at = at
                return lines[at]
        return typed

    def forth(self, typed: str) -> str:
        """The line after, and at the end what was half typed."""
        if self._at is None:
            return typed
        lines = self._history.lines
        for at in range(self._at + 1, len(lines)):
            if lines[at].startswith(self._typed) and lines[at] != typed:
                self._at = at
                return lines[at]
        self._at = None
        return self._typed
