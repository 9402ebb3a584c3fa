"""Writes `commands.md` and `limits.md` from the code: `python docs/reference.py`. A test holds them to it.

It knows records and tables; it must not know more of a command or a limit than its record says.
"""

from __future__ import annotations

from pathlib import Path

from hangman_net.chat.commands import Command, Registry
from hangman_net.limits import DEFAULTS
from hangman_net.testing import Table

HERE = Path(__file__).parent
MADE = "<!-- made by docs/reference.py: change the code, not this page -->"
WHEN = {"any": "any time", "idle": "no round", "playing": "in a round"}


def commands_md(registry: Registry) -> str:
    """Every command with its usage, who may use it when, and what it does."""
    lines = [
        MADE,
        "# Commands",
        "",
        "Names are read without case. An argument is given by place or as `key=value`; a quoted one may hold spaces.",
        "A line that starts with `//` is chat that starts with one slash. `/help COMMAND` tells the same in the game.",
    ]
    plugins = dict.fromkeys(command.plugin for command in registry.commands)
    for plugin in plugins:
        lines += ["", f"## {plugin}"]
        for command in registry.commands:
            if command.plugin == plugin and not command.hidden:
                lines += ["", *_command(command)]
    return "\n".join(lines) + "\n"


def _command(command: Command) -> list[str]:
    also = "".join(f", `/{alias}`" for alias in command.aliases)
    who = {"member": "everybody", "seated": "those who play", "owner": "the owner", "host": "the host"}[command.role]
    marks = [who, WHEN[command.phase]]
    marks += [f"again after {cooldown.seconds:g} s ({cooldown.per})" for cooldown in command.cooldowns]
    lines = [f"### `{command.usage}`{also}", "", f"{'; '.join(marks)}", "", command.description]
    return [*lines, *(f"- `{param.name}`: {param.about}" for param in command.params)]


def limits_md() -> str:
    """Every limit with its default and its reason."""
    lines = [
        MADE,
        "# Limits",
        "",
        "`--limit NAME=VALUE` sets one (`none` lifts it), `all=none` lifts those of rate and count; `limit = […]` in",
        "the config file is the same. `hangman-net serve --limits` prints them as they are in force.",
        "",
        "| name | default | unit | kind | reason |",
        "|---|---|---|---|---|",
    ]
    for name, about, value in DEFAULTS:
        lines.append(f"| `{name}` | {value:g} | {about.unit} | {about.kind} | {about.reason} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Each page's name and text."""
    return {"commands.md": commands_md(Table().hub.registry), "limits.md": limits_md()}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
