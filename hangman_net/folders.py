"""Where this program keeps its settings, its games and what a person's client remembers.

It knows the platform's folders; it must not know what is kept in them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["config", "data", "state"]

_NAME = "hangman-net"
_XDG: dict[Kind, tuple[str, str]] = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""The variable that names such a folder, and where it lies in one's home without it (XDG Base Directory 0.8)."""


def own_folder(kind: Kind) -> Path:
    """This program's folder of that kind, there or not; no other program's."""
    home = os.environ.get("HOME", "")
    if sys.platform == "linux" and home.startswith("/"):  # as platformdirs says, whose import is slow
        variable, below = _XDG[kind]
        named = os.environ.get(variable, "")
        return Path(named) / _NAME if named.startswith("/") else Path(home) / below / _NAME
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(_NAME, appauthor=False)
    return {"config": dirs.user_config_path, "data": dirs.user_data_path, "state": dirs.user_state_path}[kind]
