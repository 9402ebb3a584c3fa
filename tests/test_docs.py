"""The docs are held to the code: what they show runs, and what the code has they name."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, get_args

import pytest

from hangman_net import Context, Plugin, messages
from hangman_net.chat.commands import command
from hangman_net.chat.scene import Scene
from hangman_net.limits import DEFAULTS
from hangman_net.testing import Player, Table

DOCS = Path(__file__).parent.parent / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def public(cls: type) -> set[str]:
    return {name for name in vars(cls) if not name.startswith("_")}


def test_the_plugin_of_the_first_five_minutes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, test = blocks(read("plugins.md"), "python")[:2]
    path = tmp_path / "dice.py"
    path.write_text(code)
    table = Table(path)
    module = sys.modules[type(table.hub.crew.plugins["dice"].instance).__module__]
    monkeypatch.setitem(sys.modules, "dice", module)
    names: dict[str, Any] = {}
    exec(test, names)
    names["test_everybody_sees_a_roll"](table)


@pytest.mark.parametrize(
    "name", sorted(public(Scene) | public(Context) | {hook for hook in public(Plugin) if hook != "name"})
)
def test_everything_of_the_seam_is_in_its_page(name: str) -> None:
    assert f"`{name}" in read("plugins.md") or f"{name}`" in read("plugins.md") or f", `{name}" in read("plugins.md")


def test_every_option_of_a_command_is_in_its_page() -> None:
    page = read("plugins.md")
    for name in command.__kwdefaults__ or {}:
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("name", sorted((public(Player) - {"bye", "token", "name"}) | {"state", "passes", "restarts"}))
def test_the_test_kit_is_in_its_page(name: str) -> None:
    assert re.search(rf"\.{name}\b", read("plugins.md"))


# --- the protocol -----------------------------------------------------------------------------------------------


def message_types() -> list[Any]:
    return [*get_args(messages.ClientMessage), *get_args(messages.ServerMessage)]


@pytest.mark.parametrize("message", message_types(), ids=lambda m: m.__struct_config__.tag)
def test_every_message_and_field_is_in_the_protocol(message: Any) -> None:
    page = read("protocol.md")
    tag = message.__struct_config__.tag
    section = re.search(rf"^### `{tag}`\n(.*?)(?=^##)", page + "\n##", flags=re.DOTALL | re.MULTILINE)
    assert section, tag
    table = re.search(r"^\| field \|.*?(?=\n\n)", section[1], flags=re.DOTALL | re.MULTILINE)
    assert table, tag
    named = set(re.findall(r"^\| `(\w+)`", table[0], flags=re.MULTILINE))
    assert named == set(message.__struct_fields__)


@pytest.mark.parametrize("kind", ["ErrorCode", "ByeReason", "Role", "Status", "Phase"])
def test_every_code_is_in_the_protocol(kind: str) -> None:
    page = read("protocol.md")
    for word in get_args(getattr(messages, kind)):
        assert f"`{word}`" in page, word


def test_every_limit_is_in_the_docs() -> None:
    page = read("limits.md")
    for name, _, _ in DEFAULTS:
        assert f"| `{name}` |" in page, name


# --- commands ---------------------------------------------------------------------------------------------------


def test_the_pages_that_come_from_the_code_are_up_to_date() -> None:
    """`python docs/reference.py` writes them."""
    spec = spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None and spec.loader is not None
    reference = module_from_spec(spec)
    spec.loader.exec_module(reference)
    for name, text in reference.pages().items():
        assert read(name) == text, name


def test_no_command_lacks_usage_summary_help_or_completion(table: Table) -> None:
    host = table.host
    for item in table.hub.registry.commands:
        assert item.summary and item.usage.startswith(f"/{item.name}") and item.description
        if item.hidden:
            continue
        assert item.usage in "\n".join(host.types(f"/help {item.name}")[0].text.splitlines()[:1])
        for alias in item.aliases:
            assert host.types(f"/help {alias}")[0].text.startswith(item.usage)
        for param in item.params:
            offers = bool(param.converter.choices) or param.converter.complete is not None
            assert offers or param.converter.kind in ("int", "float", "str", "duration", "rest"), param.name
