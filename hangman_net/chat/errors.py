"""The ways a line can be refused, as errors that carry plain values.

It knows codes and texts; it must not know who sent the line or who will be told.
"""

from __future__ import annotations

from typing import get_args

from hangman_net.messages import ErrorCode

CODES = frozenset(get_args(ErrorCode))


class Refusal(Exception):
    """A line that costs nothing and changes nothing; its sender is told `code` and `text`."""

    code: ErrorCode = "usage"

    def __init__(self, text: str, code: ErrorCode | None = None) -> None:
        super().__init__(text)
        if not isinstance(text, str) or (code is not None and code not in CODES):
            raise TypeError(f"a refusal is a text and a code of the protocol, not {text!r}, {code!r}")
        self.text = text
        if code is not None:
            self.code = code


class UsageError(Refusal):
    """The arguments do not fit: which one, what was expected, and the usage."""

    code: ErrorCode = "usage"


class UnknownCommand(Refusal):
    """No command of that name; the text names the nearest."""

    code: ErrorCode = "unknown_command"


class Forbidden(Refusal):
    """The person's role does not allow it."""

    code: ErrorCode = "forbidden"


class WrongPhase(Refusal):
    """The command wants a round, or none."""

    def __init__(self, text: str, *, playing: bool) -> None:
        super().__init__(text, "round_running" if playing else "no_round")


class OnCooldown(Refusal):
    """The command was used a moment ago; `left` is in seconds."""

    code: ErrorCode = "rate_limited"

    def __init__(self, text: str, *, left: float) -> None:
        super().__init__(text)
        self.left = left


class PluginCrash(Exception):
    """A plugin raised where it was called: `what` of it did. The cause is what it raised; the log has it already."""

    def __init__(self, plugin: str, what: str) -> None:
        super().__init__(f"plugin {plugin}: {what} raised")
        self.plugin = plugin
        self.what = what


class PluginError(ValueError):
    """A plugin that cannot be loaded; the text names it and says why."""
