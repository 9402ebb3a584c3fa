"""What an owner does with the data folder of a server that runs or does not: check it, back it up, export it.

It knows the file of `store.sqlite` and prints; it must not change what is kept, nor know what records mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hangman_net.store.port import StoreError
from hangman_net.store.sqlite import FILE, copy_to, damage, read, read_events


def check(folder: Path) -> tuple[str, int]:
    """Reads all of the data in `folder`; gives what there is to say, in a line or a few, and an exit status.

    The status is 0 where all is well, 1 where the file is damaged, 2 where there is none.
    """
    path = folder / FILE
    if not path.is_file():
        return f"{path}: there is no such file; give --data the folder of a server", 2
    if wrong := damage(path):
        return f"{path}: {wrong}", 1
    try:
        kept = read(path)
        events = Counter(event.kind for _, event in read_events(path))
    except StoreError as error:
        return str(error), 1
    kinds = Counter(key.split("/", 1)[0] for key in kept.records)
    lines = [
        f"{path}: no damage found; {path.stat().st_size:,} bytes, {kept.now:,.0f} seconds served",
        *(f"{count:9,} records {kind}/..." for kind, count in sorted(kinds.items())),
        f"{sum(map(len, kept.done.values())):9,} lines done, of {len(kept.done):,} seats",
        *(f"{count:9,} events {kind}" for kind, count in sorted(events.items())),
    ]
    return "\n".join(lines), 0


def backup(folder: Path, copy: Path) -> tuple[str, int]:
    """Copies the data in `folder` to the new file `copy`, as it is at one moment; gives a line and an exit status.

    The server may go on meanwhile. The copy, called `hangman.db` in an empty folder, is a data folder.
    """
    path = folder / FILE
    if not path.is_file():
        return f"{path}: there is no such file; give --data the folder of a server", 2
    if copy.exists():
        return f"{copy} is there already; name a new file", 2
    if wrong := damage(path):
        return f"{path}: {wrong}", 1
    try:
        copy_to(path, copy)
    except StoreError as error:
        return str(error), 1
    return f"{copy}: {copy.stat().st_size:,} bytes; restore it as {FILE} in an empty data folder", 0


def export(folder: Path) -> Iterator[str]:
    """All that is kept in `folder` as lines of JSON, one for the clock and for each record, seat and event.

    Records and events are JSON themselves and stand as they are. Raises `StoreError`.
    """
    path = folder / FILE
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file; give --data the folder of a server")
    kept = read(path)
    yield _json({"now": kept.now})
    for key, value in sorted(kept.records.items()):
        yield _json({"key": key, "value": msgspec.Raw(value)})
    for seat, lines in sorted(kept.done.items()):
        yield _json({"seat": seat, "done": lines})
    for number, event in read_events(path):
        data = msgspec.Raw(event.data)
        yield _json(
            {"event": number, "room": event.room, "who": event.who, "kind": event.kind, "at": event.at, "data": data}
        )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
