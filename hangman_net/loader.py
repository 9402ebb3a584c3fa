"""Where plugins are found: entry points, `--plugin`, `--plugins-dir`, the built-in ones, and nowhere else.

It knows modules and files; it must not know what a plugin does. Nothing is imported from a folder that was not named.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from hangman_net.chat.errors import PluginError
from hangman_net.chat.hub import Hub
from hangman_net.chat.plugin import Plugin, Services, check

BUILTIN = ("hangman", "words", "bot", "chat", "table", "scores", "daily", "moderation", "admin")
"""Modules of `hangman_net.plugins`, in the order in which help lists them."""

GROUP = "hangman_net.plugins"
"""The group of entry points that a package announces its plugins in."""

_fresh = itertools.count(1)


class Candidate(Struct, frozen=True):
    """A plugin that was named: `load` imports it, `reload` imports it anew under a module name not used before."""

    name: str
    origin: str
    load: Callable[[], type[Plugin]]
    reload: Callable[[], type[Plugin]] | None = None


def find(
    plugins: Iterable[str] = (), folders: Iterable[Path] = (), *, entry_points: bool = True
) -> Iterator[Candidate]:
    """Every plugin that was named, the built-in ones first. Raises `PluginError` for a folder that is none."""
    for name in BUILTIN:
        yield _module(f"hangman_net.plugins.{name}")
    if entry_points:
        yield from _announced()
    for named in plugins:
        yield _file(Path(named)) if named.endswith(".py") or "/" in named else _module(named)
    for folder in folders:
        if not folder.is_dir():
            raise PluginError(f"{folder} is no folder of plugins")
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith("_"):
                yield _file(path)


def load_all(hub: Hub, services: Services, candidates: Iterable[Candidate]) -> Sequence[str]:
    """Loads each candidate into the hub and gives what is to be said of those that were refused.

    Whatever is wrong with one, the others are loaded and the server starts.
    """
    hub.crew.services = services
    said: list[str] = []
    for candidate in candidates:
        try:
            cls = candidate.load()
            plugin = check(
                cls, name=candidate.name, origin=candidate.origin, services=services, reload=candidate.reload
            )
            hub.crew.load(plugin)
        except PluginError as error:
            why = str(error)
        except (Exception, SystemExit) as error:
            why = f"plugin {candidate.name}: cannot be imported: {type(error).__name__}: {error}"
        else:
            continue
        why = " ".join(why.split())
        said.append(f"{why} (from {candidate.origin})")
        hub.crew.refused.append((candidate.name, why))
    return said


def plugin_class(module: ModuleType, name: str | None = None) -> type[Plugin]:
    """The one subclass of `Plugin` that a module defines. Raises `PluginError`, in which it is called `name`."""
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Plugin)
        and value is not Plugin
        and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        names = ", ".join(cls.__name__ for cls in found) or "none"
        called = name or (module.__name__ if module.__file__ is None else Path(module.__file__).stem)
        raise PluginError(f"plugin {called}: a module holds one subclass of Plugin, this one: {names}")
    return found[0]


def _announced() -> Iterator[Candidate]:
    if not any(map(_may_announce, sys.meta_path)):
        return
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        yield _module(point.module, name=point.name, attribute=point.attr)


def _may_announce(finder: object) -> bool:
    """Whether a finder of modules may know an entry point of ours; only then is `importlib.metadata` imported.

    That would be a tenth of each start, and hardly any installation announces a plugin. In doubt the answer is yes.
    """
    if finder is PathFinder:
        return any(map(_may_hold_entry_points, sys.path))
    return hasattr(finder, "find_distributions")


def _may_hold_entry_points(folder: str) -> bool:
    """Whether the metadata of a package that is installed there names the group."""
    try:
        with os.scandir(folder or ".") as entries:
            infos = [entry.path for entry in entries if entry.name.lower().endswith(("dist-info", "egg-info"))]
    except NotADirectoryError:
        return True  # packed
    except OSError:
        return False
    for info in infos:
        with suppress(OSError):
            if GROUP.encode() in Path(info, "entry_points.txt").read_bytes():
                return True
    return False


def _module(dotted: str, *, name: str | None = None, attribute: str | None = None) -> Candidate:
    def chosen(module: ModuleType) -> type[Plugin]:
        if not attribute:
            return plugin_class(module, name)
        cls = getattr(module, attribute, None)
        if not (inspect.isclass(cls) and issubclass(cls, Plugin)):
            raise PluginError(f"plugin {name}: {dotted}:{attribute} is no subclass of Plugin")
        return cls

    def again() -> type[Plugin]:
        importlib.invalidate_caches()
        spec = importlib.util.find_spec(dotted)
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            raise PluginError(f"{dotted} has no source file to read again")
        return chosen(_anew(Path(spec.origin), package=spec.parent or ""))

    return Candidate(name or dotted.rpartition(".")[2], dotted, lambda: chosen(importlib.import_module(dotted)), again)


def _file(path: Path) -> Candidate:
    def load() -> type[Plugin]:
        if not path.is_file():
            raise PluginError(f"plugin {path.stem}: there is no file {path}")
        return plugin_class(_anew(path))

    return Candidate(path.stem, str(path), load, load)


class _Uncached(SourceFileLoader):
    """Reads the source itself: a file edited twice within a second is not taken from a stale cache."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError(f"{path} is not cached")


def _anew(path: Path, package: str = "") -> ModuleType:
    """Runs a source file as a module of a name not used before, so that the old code is left as it is."""
    name = f"{package}{'.' if package else ''}_hangman_plugin_{next(_fresh)}_{path.stem}"
    loader = _Uncached(name, str(path))
    spec = ModuleSpec(name, loader, origin=str(path))
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # annotations are looked up through it
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
