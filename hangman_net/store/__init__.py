"""What lasts: the port (`Store`, `Commit`, `Event`, `Loaded`), a memory behind it, and in `store.sqlite` a file.

It knows keys and bytes; it must not know what they mean. SQLite is loaded only with `store.sqlite`.
"""

from hangman_net.store.memory import MemoryStore
from hangman_net.store.port import Commit, Event, Loaded, Store, StoreError, Then

__all__ = ["Commit", "Event", "Loaded", "MemoryStore", "Store", "StoreError", "Then"]
