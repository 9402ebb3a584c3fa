"""What the tests of chat share: tables with a plugin of the test's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hangman_net import Plugin
from hangman_net.chat.plugin import LoadedPlugin, Services, check
from hangman_net.testing import Table


@pytest.fixture
def loaded(table: Table) -> Callable[[type[Plugin]], LoadedPlugin]:
    """Checks a plugin as the loader does, without putting it into a hub."""

    def checked(cls: type[Plugin], name: str = "mine", services: Services = table.services) -> LoadedPlugin:
        return check(cls, name=name, origin="test", services=services)

    return checked
