"""Options that come from flags, the environment or a file, in that order; the same rule for every command.

It knows click and TOML; it must not know what an option is for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from hangman_net.folders import own_folder

F = TypeVar("F", bound=Callable[..., Any])

_known: dict[str, Option] = {}
"""Every option of every command by its key in a config file."""


class Option(click.Option):
    """`--some-option`, `HANGMAN_SOME_OPTION` and `some-option = …` in the config file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = max((opt for opt in self.opts if opt.startswith("--")), key=len).removeprefix("--")
        self.key = key
        self.envvar = "HANGMAN_" + key.upper().replace("-", "_")
        self.show_envvar = False
        _known.setdefault(key, self)

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Commas between repeated values; the words of a switch are those of click (1, 0, yes, no, …)."""
        text = self.resolve_envvar_value(ctx)
        if text is None:
            return None
        if self.multiple:
            return [part.strip() for part in text.split(",") if part.strip()]
        return text


def option(*names: str, **kwargs: Any) -> Callable[[F], F]:
    """Like `click.option`, with environment and file."""
    return click.option(*names, cls=Option, **kwargs)


def config_path() -> Path:
    """`config.toml` in the platform's config folder."""
    return own_folder("config") / "config.toml"


def _read_config(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    path = Path(value) if value is not None else config_path()
    try:
        with path.open("rb") as file:
            import tomllib  # only who has a file pays for the import

            table = tomllib.load(file)
    except FileNotFoundError:
        if value is not None:
            fail(f"there is no config file {path}; name another with --config")
        return
    except (OSError, ValueError) as error:
        fail(f"the config file {path} cannot be read: {error}")
    ctx.default_map = {key: _checked(path, name, found) for name, found in table.items() for key in [_key(path, name)]}


def _key(path: Path, name: str) -> str:
    if (known := _known.get(name)) is None or known.name is None:
        from hangman_net.text import nearest

        near = nearest(name, _known)
        hint = f"did you mean {near}?" if near else "its keys are the options without the dashes in front"
        fail(f"{path}: there is no option {name!r}; {hint}")
    return known.name


def _checked(path: Path, name: str, value: Any) -> Any:
    """The value as the same words on the command line would give it; a switch may also be true or false."""
    option = _known[name]
    if isinstance(value, list) and not option.multiple:
        fail(f"{path}: {name} takes one value")
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, (dict, list)) or (isinstance(one, bool) and not option.is_flag):
            fail(f"{path}: {name} = {one!r} is not a value of it; write a text or a number")
    words = [one if isinstance(one, bool) else str(one) for one in values]
    return words if option.multiple else words[0]


def config_option(command: F) -> F:
    """`--config FILE`, read before the other options."""
    made = click.option(
        "--config",
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        envvar="HANGMAN_CONFIG",
        callback=_read_config,
        help="Read options from this TOML file.",
    )
    return made(command)


class PlayByDefault(click.Group):
    """Without a command it is `play`, with that command's options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version", "-h"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["play", *args]
        return super().parse_args(ctx, args)


class Failure(click.ClickException):
    """Ends the program with one line that says what to do next."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def fail(message: str, code: int = 2) -> NoReturn:
    """Ends the program with one line on standard error."""
    raise Failure(message, code)


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Runs the program and gives its exit code; whatever is wrong is one line on standard error."""
    try:
        code = command.main(args=None if args is None else list(args), prog_name="hangman-net", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "hangman-net"
        return _told(f"{_sentence(error.format_message())} Try '{where} --help'.", 2)
    except Failure as error:
        return _told(_sentence(error.format_message()), error.code)
    except click.ClickException as error:
        return _told(_sentence(error.format_message()), error.exit_code)
    except BrokenPipeError:
        # nobody reads what is printed any more; what Python would still flush goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:
        return _told(_sentence(f"{type(error).__name__}: {error}; {_trace_kept()}"), 1)
    return code if isinstance(code, int) else 0


def _trace_kept() -> str:
    """Where to read how a failure of ours came about: one line is no place for it, and it is not to be lost."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile("w", prefix="hangman-net-", suffix=".txt", delete=False) as file:
            traceback.print_exc(file=file)
        return f"this should not happen; please report it with {file.name}"
    except OSError:
        return "this should not happen; please report it"


def _told(text: str, code: int) -> int:
    click.echo(f"hangman-net: {text}", err=True)
    return code


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if line.endswith((".", "?", "!", ")")) else line + "."
