"""A store under a test's hand: it fails or holds back the commits that the test names.

It knows the port and which commits are to go wrong; it must not know why anybody commits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, Event, Loaded, Store, StoreError, Then


class FaultyStore:
    """A `Store` in front of another one (default: a memory) that goes wrong as told.

    Commits are counted from 1 in `submitted`. Those in `fail` are not made and their `then` gets an error; from the
    first one in `hold` on, all wait in `held` until `release`, as they would for a slow disk. `broken = True` fails
    all of them until it is False again. `kept` lists what was made.
    """

    def __init__(self, inner: Store | None = None, *, fail: Collection[int] = (), hold: Collection[int] = ()) -> None:
        self.inner: Store = MemoryStore() if inner is None else inner
        self.fail = fail
        self.hold = hold
        self.broken = False
        self.submitted = 0
        self.held: deque[tuple[int, Commit, Then]] = deque()
        self.kept: list[Commit] = []

    def load(self) -> Loaded:
        """What the store behind has kept."""
        return self.inner.load()

    def submit(self, commit: Commit, then: Then) -> None:
        """Makes `commit`, fails it, or holds it back behind those that are held."""
        self.submitted += 1
        if self.held or self.submitted in self.hold:
            self.held.append((self.submitted, commit, then))
        else:
            self._settle(self.submitted, commit, then)

    def release(self, count: int | None = None) -> None:
        """Lets the first `count` of the held commits through, or all that are held now."""
        for _ in range(len(self.held) if count is None else count):
            self._settle(*self.held.popleft())

    def events(self, room: str | None = None, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The events that the store behind has kept."""
        return self.inner.events(room, after)

    def close(self) -> None:
        """Lets through what is held and closes the store behind."""
        self.release()
        self.inner.close()

    def _settle(self, number: int, commit: Commit, then: Then) -> None:
        if self.broken or number in self.fail:
            then(StoreError("nothing can be kept now: the test says so"))
        else:
            self.kept.append(commit)
            self.inner.submit(commit, then)
