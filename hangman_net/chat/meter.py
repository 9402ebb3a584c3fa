"""How fast a person may send lines: three allowances, and a count of refusals.

It knows rates and the server's clock; it must not know what a line says.
"""

from __future__ import annotations

from hangman_net.chat.commands import Rate
from hangman_net.limits import NONE, Limits

LATE = 0.05
"""Seconds that a loop may be late with the lines before, which is not the sender's doing."""


class Meter:
    """The allowances of one person, each as the moment when it will be whole again (generic cell rate algorithm).

    It belongs to the seat, so that a reconnect does not fill it.
    """

    __slots__ = ("chat", "command", "guess", "refused")

    def __init__(self) -> None:
        self.chat = self.guess = self.command = self.refused = 0.0

    def take(self, kind: Rate, now: float, limits: Limits, waited: float = 0.0) -> float | None:
        """Seconds that a line of this kind has to wait (0: none), or None where that is more than it may wait.

        What it has `waited` already, behind lines that had to wait themselves, counts: else a flood that is read one
        line at a time would only ever be slowed.
        """
        if kind == "chat":
            rate, burst, whole = limits.chat_rate, limits.chat_burst, self.chat
        elif kind == "guess":
            rate, burst, whole = limits.guess_rate, limits.guess_burst, self.guess
        else:
            rate, burst, whole = limits.command_rate, limits.command_burst, self.command
        if rate == NONE or burst == NONE:
            return 0.0
        each = 1.0 / max(rate, 1e-6)
        whole = max(whole, now) + each
        wait = whole - now - max(burst, 1.0) * each
        if wait > 0.0 and waited + wait > limits.slowed + LATE:
            return None
        if kind == "chat":
            self.chat = whole
        elif kind == "guess":
            self.guess = whole
        else:
            self.command = whole
        return max(0.0, wait)

    def refuse(self, now: float, limits: Limits) -> bool:
        """Counts a refusal; True where there were too many in a minute, and the connection should end."""
        if limits.flood == NONE:
            return False
        each = 60.0 / max(limits.flood, 1.0)
        self.refused = max(self.refused, now) + each
        return self.refused - now > 60.0
