"""The host's plugins: `/plugins` and `/reload`.

It knows that commands come from plugins; it must not know where they are found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from hangman_net import Context, Converter, Plugin, command


def _names(scope: Any, _: str) -> Iterable[str]:
    return [name for name, _origin, _state in scope.plugins]


PluginName = Annotated[str, Converter("plugin", "a plugin's name", lambda _, word: word, _names)]


class Admin(Plugin):
    """What the host may do with the commands themselves."""

    @command(summary="List the plugins", role="host")
    def plugins(self, ctx: Context) -> None:
        """Every plugin: its name, whether it is loaded or why not, and where it comes from."""
        ctx.reply(
            "\n".join(f"{name}: {state}{f' ({origin})' if origin else ''}" for name, origin, state in ctx.plugins)
        )

    @command(summary="Take a plugin's new code", role="host")
    def reload(self, ctx: Context, plugin: PluginName) -> None:
        """Take the new code of a plugin whole, its records included, or not at all."""
        ctx.event("reload", plugin=plugin)
        ctx.reload(plugin)
