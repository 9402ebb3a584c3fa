"""A vote of those who play: half of them, rounded up, one vote a person.

It knows how votes are counted; it must not know what is voted on.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from hangman_net.chat.scene import Member


class Ballot(Struct, frozen=True, omit_defaults=True):
    """What a room votes on, and who has said yes to each; a record of a plugin may hold it."""

    votes: dict[str, tuple[str, ...]] = {}

    def cast(self, about: str, voter: str) -> Ballot:
        """This ballot with a further vote; a second one of the same person changes nothing."""
        voters = self.votes.get(about, ())
        return self if voter in voters else Ballot({**self.votes, about: (*voters, voter)})

    def count(self, about: str, members: Iterable[Member]) -> tuple[int, int]:
        """Votes that count and votes that it takes: only those seated and connected now vote, and computers do not."""
        present = [m.name for m in members if m.seated and m.connected and not m.puppet]
        return sum(name in self.votes.get(about, ()) for name in present), max(1, (len(present) + 1) // 2)

    def renamed(self, was: str, name: str) -> Ballot:
        """This ballot with `was` called `name`, whether they vote or are voted on."""
        return Ballot(
            {
                name if about == was else about: tuple(name if who == was else who for who in voters)
                for about, voters in self.votes.items()
            }
        )

    def without(self, name: str) -> Ballot:
        """This ballot after `name` has left: they neither vote nor are voted on."""
        return Ballot(
            {
                about: tuple(who for who in voters if who != name)
                for about, voters in self.votes.items()
                if about != name
            }
        )
