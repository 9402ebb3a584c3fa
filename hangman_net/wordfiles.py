"""Files that hold word lists: which may be read, and how, without ever waiting for one.

It knows paths and bytes; it must not know which lists are in use, nor rooms or rounds.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from hangman_net.game.words import MAX_BYTES, Parsed, Problem, parse

_OPEN = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # those that this system has
    _OPEN |= getattr(os, _flag, 0)


def bundled() -> Path:
    """The folder of the lists that come with the package: inside it, or beside it where it runs from its sources."""
    package = Path(__file__).parent
    inside = package / "wordlists"
    return inside if inside.is_dir() else package.parent / "wordlists"


def read_file(path: Path, folder: Path | None = None, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most `most` bytes; with `folder`, of one that really lies in that folder.

    Never waits for a pipe or a device. Raises `FileNotFoundError` where there is none, `OSError` where it may not be
    read, and `ValueError` with the reason where it is nothing to be read.
    """
    try:
        real = path.resolve(strict=True)
    except RuntimeError as error:  # Python 3.11 and 3.12 on a link that leads to itself
        raise ValueError("it is a link to itself") from error
    if folder is not None and not real.is_relative_to(folder.resolve()):
        raise ValueError("it is a link out of its folder")
    _check(real.stat(), most)  # before it is opened: to open a device may already do something
    descriptor = os.open(real, _OPEN)
    try:
        _check(os.fstat(descriptor), most)
        parts: list[bytes] = []
        size = 0
        while part := os.read(descriptor, 1 << 20):
            parts.append(part)
            size += len(part)
            if size > most:
                raise ValueError(f"it is over {most // 1_000_000} MB")
    finally:
        os.close(descriptor)
    return b"".join(parts)


def parse_file(path: Path, folder: Path | None = None, pause: Callable[[], None] = lambda: None) -> Parsed:
    """The list in a file; one that cannot be read has that as its only problem. Raises `FileNotFoundError`."""
    try:
        data = read_file(path, folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        return Parsed(None, (Problem(0, f"it cannot be read ({error.strerror})"),))
    except ValueError as error:
        return Parsed(None, (Problem(0, str(error)),))
    return parse(stem(path), data, pause)


def stem(path: Path) -> str:
    """The name of the list in a file: the file's name without `.txt`."""
    return normalize("NFC", path.name.removesuffix(".txt"))


def _check(found: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no regular file")
    if found.st_size > most:
        raise ValueError(f"it is over {most // 1_000_000} MB")
