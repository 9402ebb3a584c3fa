"""hangman_net: a chat over length-prefixed frames, commands as plugins, and hangman to play.

The public names are imported on first use, so that `import hangman_net` by itself loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from hangman_net.chat.commands import Cooldown, command
    from hangman_net.chat.context import Context, Viewer
    from hangman_net.chat.converters import AnyName, BadValue, Converter, Duration, Meta, Player, RoomName
    from hangman_net.chat.errors import Refusal
    from hangman_net.chat.params import REST, Doc, Rest
    from hangman_net.chat.plugin import Plugin, Services
    from hangman_net.chat.scene import Member
    from hangman_net.chat.vote import Ballot
    from hangman_net.client.connect import connect
    from hangman_net.messages import Board, Completion, PlayerBoard

_HOMES = {
    "hangman_net.chat.commands": ("Cooldown", "command"),
    "hangman_net.chat.context": ("Context", "Viewer"),
    "hangman_net.chat.converters": ("AnyName", "BadValue", "Converter", "Duration", "Meta", "Player", "RoomName"),
    "hangman_net.chat.errors": ("Refusal",),
    "hangman_net.chat.params": ("REST", "Doc", "Rest"),
    "hangman_net.chat.plugin": ("Plugin", "Services"),
    "hangman_net.chat.scene": ("Member",),
    "hangman_net.chat.vote": ("Ballot",),
    "hangman_net.client.connect": ("connect",),
    "hangman_net.messages": ("Board", "Completion", "PlayerBoard"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "REST",
    "AnyName",
    "BadValue",
    "Ballot",
    "Board",
    "Completion",
    "Context",
    "Converter",
    "Cooldown",
    "Doc",
    "Duration",
    "Member",
    "Meta",
    "Player",
    "PlayerBoard",
    "Plugin",
    "Refusal",
    "Rest",
    "RoomName",
    "Services",
    "Viewer",
    "command",
    "connect",
]


def __getattr__(name: str) -> Any:
    if (home := _HOME_OF.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
