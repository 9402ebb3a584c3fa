"""The three ways in which a guess is refused; a refused guess costs nothing and changes nothing.

It knows codes (those of the wire's `error`) and texts; it must not know rounds.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Code: TypeAlias = Literal["invalid_guess", "already_guessed", "not_your_turn", "forbidden", "no_round"]


class GuessError(ValueError):
    """A guess or hint that was refused; `code` says how, the text why."""

    code: Code

    def __init__(self, text: str, code: Code | None = None) -> None:
        super().__init__(text)
        if code is not None:
            self.code = code


class InvalidGuess(GuessError):
    """It is no letter of the alphabet, or a word that cannot be right."""

    code = "invalid_guess"


class IllegalGuess(GuessError):
    """It could be right, but not now, not from them, or not again."""

    code = "forbidden"


class RoundOver(GuessError):
    """There is nothing left to guess."""

    code = "no_round"
