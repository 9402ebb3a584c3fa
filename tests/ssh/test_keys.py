"""The host's key is made once and for its owner's eyes; a visitor's key is a token that nobody else can make."""

from __future__ import annotations

import stat
from pathlib import Path

import asyncssh
import pytest

from hangman_net.ssh.keys import HOST_KEY, HostKeyError, host_key


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"
    first = host_key(folder)
    assert first.key.get_algorithm() == "ssh-ed25519"
    assert first.fingerprint.startswith("SHA256:")
    assert stat.S_IMODE((folder / HOST_KEY).stat().st_mode) == 0o600
    assert host_key(folder) == first


def test_without_a_folder_it_is_another_each_time() -> None:
    assert host_key(None).fingerprint != host_key(None).fingerprint


def test_a_visitor_is_known_again_by_this_server_alone(tmp_path: Path) -> None:
    here, there = host_key(tmp_path), host_key(None)
    ann, bob = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    public = asyncssh.import_public_key(ann.export_public_key())
    assert here.identity(ann) == here.identity(public) == host_key(tmp_path).identity(ann)
    assert len({here.identity(ann), here.identity(bob), there.identity(ann)}) == 3
    assert ann.get_fingerprint() not in here.identity(ann)


def test_nothing_secret_shows() -> None:
    host = host_key(None)
    assert "PRIVATE" not in repr(host)
    assert host.secret.decode().split("\n")[1] not in repr(host)


@pytest.mark.parametrize("holds", [b"", b"no key at all\n", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_what_is_no_key_is_said_and_left_alone(tmp_path: Path, holds: bytes) -> None:
    (tmp_path / HOST_KEY).write_bytes(holds)
    with pytest.raises(HostKeyError, match="holds no ssh key"):
        host_key(tmp_path)
    assert (tmp_path / HOST_KEY).read_bytes() == holds


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HostKeyError, match="cannot be read or made"):
        host_key(tmp_path / "file")
