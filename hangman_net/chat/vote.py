"""A vote of those who play: half of them, rounded up, one vote a person.

It knows how votes are counted; it must not know what is voted on.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from hangman_net.chat.context import Member


class Ballot(Struct, frozen=True):
    """One question and who has said yes to it; a record of a plugin may hold it."""

    about: str = ""
    voters: tuple[str, ...] = ()

    def cast(self, about: str, voter: str) -> Ballot:
        """This ballot with a further vote; another question begins a new one."""
        if about != self.about:
            return Ballot(about, (voter,))
        return self if voter in self.voters else Ballot(about, (*self.voters, voter))

    def count(self, members: Iterable[Member]) -> tuple[int, int]:
        """Votes that count and votes that it takes: only those seated and connected now vote, and computers do not."""
        voters = [m.name for m in members if m.seated and m.connected and not m.puppet]
        return sum(name in self.voters for name in voters), max(1, (len(voters) + 1) // 2)
