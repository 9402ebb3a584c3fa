"""The walls of the house (docs/architecture.md), held by reading the imports of every module."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "hangman_net"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS: tuple[tuple[str, ...], ...] = (
    ("messages", "limits", "text", "folders", "game"),
    ("wire", "store", "chat", "library", "wordfiles", "grading", "importer"),
    ("server", "web", "ssh", "client", "plugins", "loader", "testing", "_pytest", "replay", "wordtools", ""),
    ("hosting", "demo", "cli", "__main__"),
)
"""Every part of the house, floor by floor; `""` is its face, the public names."""

MAY_IMPORT: dict[str, set[str]] = {
    # a part of the house: the other parts of it that it may import
    "messages": set(),
    "limits": set(),
    "text": set(),
    "folders": set(),
    "game": set(),
    "wire": {"messages", "limits"},
    "store": set(),
    "library": {"game", "grading", "wordfiles"},
    "wordfiles": {"game"},
    "grading": {"game", "wordfiles"},
    "importer": {"game"},
    "chat": {"messages", "limits", "text"},
    "server": {"chat", "wire", "messages", "limits", "text", "store"},
    "client": {"wire", "messages", "text", "limits", "folders"},
    "web": {"server", "wire", "messages", "limits"},
    "ssh": {"server", "chat", "client", "wire", "messages", "limits"},
    "plugins": {"game", ""},
    "": {"chat", "client", "messages"},
    "loader": {"chat"},
    "testing": {"chat", "library", "limits", "loader", "messages", "store"},
    "_pytest": {"testing"},
    "replay": {"store", "text"},
    "wordtools": {"game", "grading", "importer", "library", "wordfiles"},
    "hosting": {"", "chat", "library", "limits", "loader", "server", "ssh", "store", "web", "wordfiles"},
    "demo": {"client", "hosting", "messages"},
    "cli": {"", "client", "demo", "folders", "hosting", "importer", "library", "limits", "replay", "server"}
    | {"store", "text", "web", "wordtools"},
    "__main__": {"cli"},
}

ONLY_IN: dict[str, tuple[str, ...]] = {
    "asyncio": ("server", "client", "cli", "demo", "hosting", "web", "ssh", "store", "library"),
    "prompt_toolkit": ("client.screen", "ssh"),
    "sqlite3": ("store",),
    "click": ("cli",),
    "websockets": ("web", "client"),
    "asyncssh": ("ssh",),
    "socket": ("server", "client", "cli", "web", "ssh"),
}


def name_of(path: Path) -> str:
    """A module's name within the package, such as `chat.hub`; the face itself is empty."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    return module.partition(".")[0]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that is imported, absolutely, with its line; type-only imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            base = node.module or ""
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                known = (PACKAGE.parent / inner.replace(".", "/")).with_suffix(".py").exists() or (
                    PACKAGE.parent / inner.replace(".", "/")
                ).is_dir()
                yield (inner if base.startswith("hangman_net") and known else base), node.lineno


def ours(path: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports(path):
        if name == "hangman_net" or name.startswith("hangman_net."):
            yield name.removeprefix("hangman_net").removeprefix("."), line


def test_every_part_stands_on_a_floor_and_imports_from_none_above() -> None:
    floor_of = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
    assert {part_of(name_of(path)) for path in MODULES} == set(floor_of) == set(MAY_IMPORT)
    for part, others in MAY_IMPORT.items():
        assert all(floor_of[other] <= floor_of[part] for other in others), part


def test_every_room_is_on_the_plan() -> None:
    plan = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = plan.partition("```\n")[2].partition("```")[0].replace("/", " ").split()
    assert {part for floor in FLOORS for part in floor if part} <= set(drawing)
    for path in MODULES:
        assert re.search(rf"\b{path.stem}\b", plan), path
    for named in re.findall(r"`(\w+/[\w/]+\.py)`", plan):
        assert (PACKAGE / named).exists() or (PACKAGE.parent / named).exists(), named


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_part_imports_only_what_its_floor_allows(path: Path) -> None:
    part = part_of(name_of(path))
    allowed = MAY_IMPORT[part] | {part}
    wrong = [f"line {line}: {name}" for name, line in ours(path) if part_of(name) not in allowed]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_stays_behind_its_door(path: Path) -> None:
    module = name_of(path)
    for name, line in imports(path):
        homes = ONLY_IN.get(part_of(name))
        assert homes is None or any(module == home or module.startswith(home + ".") for home in homes), (
            f"{line}: {name}"
        )


def test_there_is_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        module = name_of(path)
        if module:  # the face hands out names of everybody, on first use
            graph[module] = {name for name, _ in ours(path) if name and name != module}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module in done or module not in graph:
            return
        for other in sorted(graph[module]):
            visit(other, (*trail, module))
        done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_knows(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, hangman_net; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"asyncio", "msgspec", "prompt_toolkit", "click", "sqlite3"}


TAKES_LONG = {
    *(
        "csv",
        "difflib",
        "email",
        "encodings.idna",
        "hashlib",
        "importlib.metadata",
        "json",
        "platformdirs",
        "prompt_toolkit",
    ),
    *("secrets", "sqlite3", "tempfile", "wcwidth"),
}
"""Modules that a start need not wait for: whoever needs one of them later imports it then."""


@pytest.mark.parametrize(
    "event, args", [("socket.bind", ("serve", "--memory")), ("socket.connect", ("join", "--plain"))]
)
def test_a_start_waits_for_nothing_that_it_does_not_need(event: str, args: tuple[str, ...], tmp_path: Path) -> None:
    code = f"""
import os, sys

def stop(event, args):
    if event == {event!r}:
        print(*sys.modules, flush=True)
        os._exit(0)

sys.addaudithook(stop)
from hangman_net.cli import main
main()
"""
    address = ("--port", "0") if args[0] == "serve" else ("127.0.0.1:9",)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code, *args, *address], capture_output=True, text=True, env=env)
    modules = set(done.stdout.split())
    assert "asyncio" in modules, done.stderr
    assert not modules & TAKES_LONG
    if args[0] == "join":
        assert not {name for name in modules if name.startswith(("hangman_net.chat", "hangman_net.server"))}
