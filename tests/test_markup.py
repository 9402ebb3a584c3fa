"""Nothing that reads markup ever sees what users wrote: what could do so is not there at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "hangman_net"
MODULES = sorted(PACKAGE.rglob("*.py"))

CLASSES = {"ANSI", "HTML", "PygmentsTokens", "Template", "Formatter"}
"""What reads markup in prompt_toolkit and in the standard library; ruff's list in pyproject.toml bans the imports."""

OURS = {"game/art.py": "self.says"}
"""`str.format` on a text of our own, by module: the sentence of a picture, from our own data."""


def readers(source: str) -> Iterator[str]:
    """Each place in a module where a text would be read for fields, tags or escapes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(names=names, module="prompt_toolkit" | "prompt_toolkit.formatted_text" | "string"):
                yield from (f"import of {alias.name}" for alias in names if alias.name in CLASSES)
            case ast.Attribute(value=ast.Name(id="prompt_toolkit" | "formatted_text" | "string"), attr=attr):
                if attr in CLASSES:
                    yield f"use of {attr}"
            case ast.Call(func=ast.Attribute(value=text, attr="format" | "format_map" as name)):
                if not isinstance(text, ast.Constant) and ast.unparse(text) != "msgspec.json":
                    yield f"{ast.unparse(text)}.{name}"
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str()) | ast.JoinedStr() as text):
                yield f"{ast.unparse(text)} %"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log")), args=[ast.JoinedStr(), *_]):
                yield "a text that was put together, as the format of a log line"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_reads_markup(path: Path) -> None:
    ours = OURS.get(path.relative_to(PACKAGE).as_posix(), "")
    assert [
        found for found in readers(path.read_text(encoding="utf-8")) if not ours or not found.startswith(ours)
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "from prompt_toolkit import HTML",
        "from prompt_toolkit.formatted_text import ANSI",
        "import prompt_toolkit\nprompt_toolkit.ANSI(text)",
        "text.format(name=1)",
        "text.format_map(all)",
        "f'{text} %s' % name",
        "'%s' % name",
        "from string import Template",
        "log.info(f'{text}', name)",
    ],
)
def test_the_rule_bites(source: str) -> None:
    assert list(readers(source))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.js")), ids=lambda p: p.name)
def test_the_page_makes_no_markup_of_texts(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function")
    assert [way for way in ways if way in script] == []
