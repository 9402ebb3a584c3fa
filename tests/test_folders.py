from __future__ import annotations

import pytest
from platformdirs import PlatformDirs

from hangman_net.folders import Kind, own_folder


@pytest.mark.parametrize("kind", ["config", "data", "state"])
@pytest.mark.parametrize("named", [None, "", "/elsewhere/there", "not/absolute", "~/there"])
@pytest.mark.parametrize("home", ["/home/ann", "/home/ann/", "/", "", "ann", None])
def test_it_is_where_platformdirs_says(
    kind: Kind, named: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in ((f"XDG_{kind.upper()}_HOME", named), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, value)
    dirs = PlatformDirs("hangman-net", appauthor=False)
    assert own_folder(kind) == getattr(dirs, f"user_{kind}_path")
