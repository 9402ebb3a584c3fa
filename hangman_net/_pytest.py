"""The pytest fixture `table`, there once the package is installed; the test kit is imported when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hangman_net.testing import Table


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """A fresh `hangman_net.testing.Table`, with the plugins that the test's module defines or imports."""
    from hangman_net.testing import Table, plugins_of

    return Table(*dict.fromkeys(plugins_of(request.module)))
