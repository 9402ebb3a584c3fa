"""The server's own key, made once, and what a visitor's key says of who they are.

It knows key files and fingerprints; it must not know connections or seats.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncssh

HOST_KEY: Final = "ssh-host-key"
"""The file in the data folder, for its owner's eyes only."""

_PURPOSE: Final = b"hangman_net seat of an ssh key: "


@dataclass(frozen=True, slots=True)
class HostKey:
    """The key by which visitors know the server again."""

    key: asyncssh.SSHKey
    secret: bytes = field(repr=False)  # its private part

    @property
    def fingerprint(self) -> str:
        """As `ssh` shows it: `SHA256:` and 43 characters."""
        return self.key.get_fingerprint()

    def identity(self, visitor: asyncssh.SSHKey) -> str:
        """The lasting token of whoever holds this key.

        Public keys and their fingerprints are known to the world, and a token opens its seat at every door: so it is
        a fingerprint that only this server can have sealed.
        """
        return hmac.digest(self.secret, _PURPOSE + visitor.public_data, hashlib.sha256).hex()


class HostKeyError(Exception):
    """The host's key cannot be had; the text says why and what to do."""


def host_key(folder: Path | None) -> HostKey:
    """The key kept in `folder`, made there if there is none; without a folder one for this run alone.

    Raises `HostKeyError` where it cannot be read or written, or the file holds no key.
    """
    if folder is None:
        return _of(_made())
    path = folder / HOST_KEY
    try:
        return _kept(path)
    except OSError as error:
        raise HostKeyError(f"the ssh key {path} cannot be read or made: {error.strerror}") from error
    except asyncssh.KeyImportError as error:
        raise HostKeyError(f"{path} holds no ssh key: move it away, and another is made") from error


def _kept(path: Path) -> HostKey:
    try:
        return _of(path.read_bytes())
    except FileNotFoundError:
        pass
    data = _made()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return _of(data)


def _made() -> bytes:
    return asyncssh.generate_private_key("ssh-ed25519", comment="hangman_net").export_private_key()


def _of(data: bytes) -> HostKey:
    return HostKey(asyncssh.import_private_key(data), data)
