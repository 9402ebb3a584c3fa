"""Options that come from flags, the environment or a file, in that order; the same rule for every command.

It knows click and TOML; it must not know what an option is for.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from hangman_net.folders import own_folder

if TYPE_CHECKING:  # a module that only a shell's completion needs
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


class Option(click.Option):
    """`--some-option`, `HANGMAN_SOME_OPTION` and `some-option = …` in the config file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = max((opt for opt in self.opts if opt.startswith("--")), key=len).removeprefix("--")
        self.envvar = "HANGMAN_" + self.key.upper().replace("-", "_")
        self.show_envvar = False

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


def combined(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one, in their order."""

    def put(command: F) -> F:
        for one in reversed(options):
            command = one(command)
        return command

    return put


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
        why = error.strerror if isinstance(error, OSError) else error
        fail(f"the config file {path} cannot be read: {why}; mend it, or name another with --config")
    known = {option.key: option for option in _options_of(ctx.find_root().command, ctx)}
    ctx.default_map = {}
    for key, found in table.items():
        if (option := known.get(key)) is None or option.name is None:
            from hangman_net.text import nearest

            near = nearest(key, known)
            hint = f"did you mean {near}?" if near else "its keys are the options without the dashes in front"
            fail(f"{path}: there is no option {key!r}; {hint}")
        ctx.default_map[option.name] = _checked(path, option, found)


def _options_of(command: click.Command, ctx: click.Context) -> Iterator[Option]:
    """The options of a command and of all below it: one file serves them all."""
    yield from (param for param in command.params if isinstance(param, Option))
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            if (below := command.get_command(ctx, name)) is not None:
                yield from _options_of(below, ctx)


def _checked(path: Path, option: Option, value: Any) -> Any:
    """The value as the same words on the command line would give it; a switch may also be true or false."""
    if isinstance(value, list) and not option.multiple:
        fail(f"{path}: {option.key} takes one value")
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, (dict, list)) or (isinstance(one, bool) and not option.is_flag):
            fail(f"{path}: {option.key} = {one!r} is not a value of it; write a text or a number")
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


_NEAREST_FIRST = (
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
    ParameterSource.DEFAULT,
    None,
)
"""Where a value may come from: flags win, then the environment, then the file."""


def overrides(one: str, other: str, why: str) -> bool:
    """Whether the option `one` of the command that runs was said nearer than `other`, which it excludes.

    Ends the program with `why` where both were said in the same place.
    """
    ctx = click.get_current_context()
    near, far = (_NEAREST_FIRST.index(ctx.get_parameter_source(name)) for name in (one, other))
    return near < far if near != far else fail(f"{why}: give one of them")


class Commands(click.Group):
    """A group whose commands are made when they are asked for: a call wants one of them, and each takes its time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._makers: dict[str, Callable[[], click.Command]] = {}

    def later(self, *options: Callable[[F], F], name: str | None = None, **about: Any) -> Callable[[F], F]:
        """Like `command`, with options and arguments as `options`, in their order."""

        def put(function: F) -> F:
            def make() -> click.Command:
                return click.command(called, click.Command, **about)(combined(*options)(function))

            called = name or function.__name__
            self._makers[called] = make
            return function

        return put

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in alphabetical order."""
        return sorted({*self._makers, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; for a name that is none all are made, so that the nearest can be told."""
        for name in [cmd_name] if cmd_name in self._makers else [*self._makers]:
            if name not in self.commands:
                self.add_command(self._makers[name](), name)
        return super().get_command(ctx, cmd_name)


class PlayByDefault(Commands):
    """Without a command it is `play`, with that command's options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version", "-h"}
        completing = ctx.resilient_parsing  # then the word that is typed now is not among them: it may be a command
        if (not args and not completing) or (args and args[0].startswith("-") and args[0] not in own):
            args = ["play", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and the options of `play`, which may stand without it."""
        items = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and (play := self.get_command(ctx, "play")) is not None:
            known = {item.value for item in items}
            items += [item for item in play.shell_complete(ctx, incomplete) if item.value not in known]
        return items


class Failure(click.ClickException):
    """Ends the program with one line that says what to do next."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def fail(message: str, code: int = 2) -> NoReturn:
    """Ends the program with one line on standard error."""
    raise Failure(message, code)


FULL = (errno.ENOSPC, errno.EFBIG, errno.EIO)
"""What a file says that takes no more of what is printed."""


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Runs the program and gives its exit code; whatever is wrong is one line on standard error."""
    try:
        code = command.main(args=None if args is None else list(args), prog_name="hangman-net", standalone_mode=False)
        sys.stdout.flush()  # while it is still ours to say what is wrong with that
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
        _print_nowhere()
        return 1
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL and error.filename is None:
            _print_nowhere()
            return _told(f"standard output: {error.strerror}; make room, or let it go elsewhere.", 1)
        if isinstance(error, PermissionError) and error.filename is not None:
            return _told(f"{error.filename}: {error.strerror}; name another, or be somebody who may.", 2)
        return _told(_sentence(f"{type(error).__name__}: {error}; {_trace_kept()}"), 1)
    return code if isinstance(code, int) else 0


def _print_nowhere() -> None:
    """What was printed and nobody takes is dropped; else Python would complain of it at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


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
    return line if line.endswith((".", "?", "!", "?)")) else line + "."
