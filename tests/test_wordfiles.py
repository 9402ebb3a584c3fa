"""Files that may be read, and those that are refused before anybody waits for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hangman_net.wordfiles import bundled, parse_file, read_file, stem


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "ten.txt"
    path.write_bytes(b"a" * 10)
    assert read_file(path, most=10) == b"a" * 10
    with pytest.raises(ValueError, match="over"):
        read_file(path, most=9)


def test_a_file_that_grows_while_it_is_read_is_not_read_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "endless.txt"
    path.write_bytes(b"a")
    monkeypatch.setattr("hangman_net.wordfiles.os.read", lambda descriptor, size: b"a" * 100)
    with pytest.raises(ValueError, match="over"):
        read_file(path, most=1_000)


def test_a_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    inner, outer = tmp_path / "in" / "a.txt", tmp_path / "in" / "b.txt"
    inner.write_text("zebra")
    outer.symlink_to(tmp_path / "secret")
    assert read_file(inner, tmp_path / "in") == b"zebra"
    assert read_file(outer) == b"x"  # named by the host
    with pytest.raises(ValueError, match="out of its folder"):
        read_file(outer, tmp_path / "in")
    with pytest.raises(ValueError, match="out of its folder"):
        read_file(tmp_path / "in" / ".." / "secret", tmp_path / "in")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="no regular file"):
        read_file(tmp_path / "pipe")


def test_a_device_and_a_folder(tmp_path: Path) -> None:
    for path in (Path(os.devnull), tmp_path):
        with pytest.raises(ValueError, match="no regular file"):
            read_file(path)


def test_parsing_tells_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    parsed = parse_file(tmp_path)
    assert parsed.wordlist is None
    assert [problem.line for problem in parsed.problems] == [0]
    with pytest.raises(FileNotFoundError):
        parse_file(tmp_path / "nothing.txt")
    (tmp_path / "one.txt").write_text("zebra")
    found = parse_file(tmp_path / "one.txt").wordlist
    assert found is not None
    assert found.name == "one"


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/animals.txt", "animals"), ("words", "words"), ("a.b.txt", "a.b"), ("Fu\u0308nf.txt", "Fünf")],
)
def test_a_list_is_called_by_its_file(path: str, name: str) -> None:
    assert stem(Path(path)) == name


def test_the_package_has_lists() -> None:
    assert (bundled() / "english.txt").is_file()
