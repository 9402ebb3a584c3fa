"""Finding plugins: files, folders, modules and entry points; what is wrong with one is said, and the others load."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, DistributionFinder, entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest

from hangman_net.chat.errors import PluginError
from hangman_net.loader import BUILTIN, Candidate, find, load_all
from hangman_net.testing import Table

PLUGIN = """
from hangman_net import Context, Plugin, command
{first}

class Mine(Plugin):
    @command(summary="Say it")
    def {name}(self, ctx: Context) -> None:
        ctx.reply({said!r})
"""


def write(path: Path, name: str = "hail", said: object = "hello", first: str = "") -> Path:
    path.write_text(PLUGIN.format(name=name, said=said, first=first))
    return path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that modules are imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def refused(table: Table, *named: str | Path) -> list[str]:
    """What is said when these are loaded beside what the table has."""
    candidates = list(find([str(one) for one in named], entry_points=False))[len(BUILTIN) :]
    return list(load_all(table.hub, table.services, candidates))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1", "plugin odd: a module holds one subclass of Plugin, this one: none"),
        (
            "from hangman_net import Plugin\nclass A(Plugin): ...\nclass B(Plugin): ...",
            "plugin odd: a module holds one subclass of Plugin, this one: A, B",
        ),
        ("def (", "plugin odd: cannot be imported: SyntaxError: invalid syntax"),
        ("import sys; sys.exit(3)", "plugin odd: cannot be imported: SystemExit: 3"),
        ("import nowhere_at_all", "plugin odd: cannot be imported: ModuleNotFoundError"),
        (PLUGIN.format(name="guess", said="", first=""), "plugin odd: /guess is a command of plugin hangman already"),
        ("from hangman_net import Plugin\nclass A(Plugin):\n    offers = 3", "plugin odd: offers is a tuple"),
    ],
)
def test_what_is_wrong_with_a_plugin_is_said_and_the_others_load(tmp_path: Path, source: str, said: str) -> None:
    odd, fine = tmp_path / "odd.py", write(tmp_path / "fine.py")
    odd.write_text(source)
    table = Table()
    told = refused(table, odd, fine)
    assert len(told) == 1 and told[0].startswith(said) and told[0].endswith(f"(from {odd})")
    table.ann.types("/hail")
    assert table.ann.texts == ["hello"]
    assert f"odd: {said}" in table.host.types("/plugins")[0].text


def test_a_name_that_is_taken_is_refused_naming_both(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = write(tmp_path / "mine.py"), write(tmp_path / "other" / "mine.py", name="bye")
    assert refused(Table(), first, second) == [f"plugin mine: {first} has that name already (from {second})"]


def test_a_folder_gives_its_files_and_nothing_hidden(tmp_path: Path) -> None:
    for name in ("b", "a", "_helper"):
        write(tmp_path / f"{name}.py")
    (tmp_path / "notes.txt").write_text("no plugin")
    found = list(find((), [tmp_path], entry_points=False))[len(BUILTIN) :]
    assert [candidate.name for candidate in found] == ["a", "b"]
    with pytest.raises(PluginError, match="is no folder"):
        list(find((), [tmp_path / "none"]))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone.py"
    assert refused(Table(), gone) == [f"plugin gone: there is no file {gone} (from {gone})"]


def test_a_module_of_a_package_is_found_by_its_name_and_reloads_beside_its_siblings(packages: Path) -> None:
    package = packages / "some_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "words.py").write_text("WORD = 'old'")
    write(package / "greeter.py", said="old", first="from .words import WORD")
    table = Table()
    assert refused(table, "some_package.greeter") == []
    assert table.ann.types("/hail")[0].text == "old"
    write(package / "greeter.py", said="new", first="from .words import WORD")
    assert table.host.types("/reload greeter")[-1].text == "greeter was reloaded."
    assert table.ann.types("/hail")[0].text == "new"


def test_a_package_itself_reloads_beside_what_it_holds(packages: Path) -> None:
    package = packages / "whole_package"
    package.mkdir()
    (package / "words.py").write_text("WORD = 'old'")
    write(package / "__init__.py", said="old", first="from .words import WORD")
    table = Table()
    assert refused(table, "whole_package") == []
    write(package / "__init__.py", said="new", first="from .words import WORD")
    assert table.host.types("/reload whole_package")[-1].text == "whole_package was reloaded."
    assert table.ann.types("/hail")[0].text == "new"


def test_new_code_that_wants_to_end_the_program_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py")
    table = Table(path)
    path.write_text("import sys; sys.exit(3)")
    assert table.host.types("/reload mine")[-1].text.endswith("the old code goes on: SystemExit: 3")
    assert table.ann.types("/hail")[0].text == "hello"


ANNOUNCED = "[hangman_net.plugins]\ngreeter = {value}\n"


@pytest.mark.parametrize("value", ["announced", "announced:Mine"])
def test_a_package_announces_its_plugin(packages: Path, value: str) -> None:
    write(packages / "announced.py")
    announce(packages, value)
    table = Table()
    assert list(load_all(table.hub, table.services, [announced()])) == []
    assert table.ann.types("/hail")[0].text == "hello"


def test_what_is_wrong_with_an_announced_plugin_is_said_of_its_own_name(packages: Path) -> None:
    (packages / "announced.py").write_text("")
    announce(packages, "announced")
    table = Table()
    told = load_all(table.hub, table.services, [announced()])
    assert told[0].startswith("plugin greeter: a module holds one subclass of Plugin, this one: none")


def announce(packages: Path, value: str) -> None:
    """Installs a package that announces `value` as `greeter`."""
    info = packages / "announcing-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: announcing\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ANNOUNCED.format(value=value))
    importlib.invalidate_caches()


def announced() -> Candidate:
    """What was found of it."""
    return next(candidate for candidate in find() if candidate.name == "greeter")


@pytest.mark.parametrize(
    "place",
    ["announcing-1.dist-info", "Announcing-1.DIST-INFO", "announcing.egg-info", "announcing.egg/EGG-INFO", "zip"],
)
def test_it_is_found_wherever_importlib_would(packages: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    text = ANNOUNCED.format(value="announced")
    if place == "zip":
        monkeypatch.syspath_prepend(str(packages / "packed.zip"))
        with ZipFile(packages / "packed.zip", "w") as packed:
            packed.writestr("announcing-1.dist-info/METADATA", "Name: announcing\nVersion: 1\n")
            packed.writestr("announcing-1.dist-info/entry_points.txt", text)
    else:
        info = packages / place
        info.mkdir(parents=True)
        (info / ("METADATA" if "dist" in place.lower() else "PKG-INFO")).write_text("Name: announcing\nVersion: 1\n")
        (info / "entry_points.txt").write_text(text)
        if ".egg/" in place:
            monkeypatch.syspath_prepend(str(info.parent))
    importlib.invalidate_caches()
    assert [point.value for point in entry_points(group="hangman_net.plugins")] == ["announced"]
    assert "greeter" in [candidate.name for candidate in find()]


def test_a_finder_of_its_own_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Announcing(Distribution):
        def read_text(self, filename: str) -> str | None:
            texts = {"METADATA": "Name: announcing", "entry_points.txt": ANNOUNCED.format(value="announced")}
            return texts.get(filename)

        def locate_file(self, path: str | os.PathLike[str]) -> Path:
            raise FileNotFoundError(path)

    class Finder(DistributionFinder):
        def find_spec(self, *_: object) -> None:
            return None

        def find_distributions(self, context: DistributionFinder.Context | None = None) -> list[Distribution]:
            return [Announcing()]

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert "greeter" in [candidate.name for candidate in find()]


def test_where_nothing_is_announced_the_start_does_not_wait_for_importlib_metadata() -> None:
    code = "import sys; from hangman_net.loader import find; list(find()); print('importlib.metadata' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
