"""Tokens in a file: whose they are, who may read them, and what a broken file costs."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from hangman_net.client.tokens import MOST, Tokens


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "state" / "tokens.json")


def test_a_token_is_kept_for_a_server_and_a_name(tokens: Tokens) -> None:
    tokens.put("a:1", "ann", "1")
    tokens.put("a:1", "bob", "2")
    tokens.put("b:1", "ann", "3")
    assert [tokens.get(*key) for key in (("a:1", "ann"), ("a:1", "bob"), ("b:1", "ann"), ("b:1", "bob"))] == [
        "1",
        "2",
        "3",
        None,
    ]


def test_a_name_is_known_in_any_case_and_its_token_replaced(tokens: Tokens) -> None:
    tokens.put("a:1", "Ann", "1")
    tokens.put("a:1", "ANN", "2")
    assert tokens.get("a:1", "ann") == "2"
    tokens.forget("a:1", "aNN")
    assert tokens.get("a:1", "Ann") is None


def test_other_clients_share_the_file(tokens: Tokens) -> None:
    tokens.put("a:1", "ann", "1")
    Tokens(tokens.path).put("a:1", "bob", "2")
    assert (tokens.get("a:1", "ann"), tokens.get("a:1", "bob")) == ("1", "2")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_its_owner_may_read_the_file(tokens: Tokens) -> None:
    tokens.put("a:1", "ann", "1")
    tokens.path.chmod(0o644)
    tokens.put("a:1", "bob", "2")
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(tokens.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in tokens.path.parent.iterdir()] == ["tokens.json"]


@pytest.mark.parametrize("data", [b"", b"{", b"5", b"\xff", b'[{"server":1}]', b"[" * 5_000])
def test_a_broken_file_counts_as_empty(tokens: Tokens, data: bytes) -> None:
    tokens.path.parent.mkdir()
    tokens.path.write_bytes(data)
    assert tokens.get("a:1", "ann") is None
    tokens.put("a:1", "ann", "1")
    assert tokens.get("a:1", "ann") == "1"


def test_a_folder_that_cannot_be_made_costs_nothing_but_the_token(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tokens = Tokens(tmp_path / "file" / "tokens.json")
    tokens.put("a:1", "ann", "1")
    tokens.forget("a:1", "ann")
    assert tokens.get("a:1", "ann") is None


def test_the_longest_unused_go_first(tokens: Tokens) -> None:
    for port in range(MOST):
        tokens.put(f"a:{port}", "ann", str(port))
    tokens.put("a:0", "ann", "again")
    tokens.put("b:1", "ann", "new")
    assert [tokens.get(f"a:{port}", "ann") for port in (0, 1, 2)] == ["again", None, "2"]


def test_by_default_it_lies_in_the_state_folder_of_the_platform() -> None:
    path = Tokens().path
    assert path.name == "tokens.json"
    assert "hangman-net" in path.parts
