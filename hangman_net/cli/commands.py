"""Every command of `hangman-net` with its options and help.

It knows the words of the command line; what a command does is imported when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from hangman_net import __version__
from hangman_net.cli.options import Commands, PlayByDefault, combined, config_option, fail, option

F = TypeVar("F", bound=Callable[..., Any])
EPILOG = (
    "An option --some-option may also be set as HANGMAN_SOME_OPTION in the environment (1 or 0 for a switch, commas "
    "between repeated values) or as some-option in the config file; flags win, then the environment, then the file."
)


hosting_options = combined(
    option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Listen on this address."),
    option("--lan", is_flag=True, help="Listen on all interfaces, and print the addresses to join."),
    option("--port", type=click.IntRange(0, 65_535), metavar="PORT", help="Listen on this port (0: any free one)."),
    option("--words", multiple=True, metavar="NAME|FILE", help="A word list to play with; repeatable."),
    option("--words-dir", multiple=True, type=click.Path(), metavar="DIR", help="A folder of word lists, watched."),
    option("--data", type=click.Path(), metavar="DIR", help="Keep games, scores and seats in this folder."),
    option("--memory", is_flag=True, help="Keep nothing."),
    option("--seed", type=int, metavar="N", help="Choose words repeatably: for tests and demos only."),
    option("--plugin", multiple=True, metavar="MODULE|FILE", help="Load this plugin; repeatable."),
    option("--plugins-dir", multiple=True, type=click.Path(), metavar="DIR", help="Load every plugin in this folder."),
    option("--no-console", is_flag=True, help="Never read standard input."),
    option("--limit", multiple=True, metavar="NAME=VALUE", help="Set a limit; repeatable. See 'serve --limits'."),
    option("--password", metavar="WORD", help="Let in only who knows this word."),
    option("--tls-cert", type=click.Path(), metavar="FILE", help="Encrypt, with this certificate chain (PEM)."),
    option("--tls-key", type=click.Path(), metavar="FILE", help="The key of that certificate (PEM)."),
    option(
        "--scripts", multiple=True, metavar="SCRIPT", help="Scripts of names, such as Cyrillic; Latin unless given."
    ),
    option("--web", metavar="[HOST:]PORT", help="Let people play in a browser, at this port (0: any free one)."),
    option("--web-url", metavar="URL", help="The page's address for others, where a proxy stands before it."),
    option("--ssh", metavar="[HOST:]PORT", help="Let people play by ssh, at this port (0: any free one)."),
    option("--log", metavar="FILE", help="Write a log as JSON lines there ('-': standard error)."),
)
person_options = combined(
    option("--name", metavar="NAME", help="Your name."),
    option("--room", metavar="ROOM", help="The room to go to; made if it is not there."),
    option("--plain", is_flag=True, help="Line mode: one event a line, for pipes and screen readers."),
    option("--art", is_flag=True, help="Print the picture in line mode."),
    option("--json", "as_json", is_flag=True, help="Print each message of the server as one JSON object a line."),
    option("--no-bell", is_flag=True, help="Do not ring the bell."),
    option("--timestamps", is_flag=True, help="Show when each line was said."),
)


@click.group(cls=PlayByDefault, epilog=EPILOG)
@click.version_option(__version__, prog_name="hangman-net", message="%(prog)s %(version)s")
def hangman_net() -> None:
    """Networked hangman and chat. Without a command: play at once; others can join."""


@hangman_net.later(config_option, hosting_options, person_options, epilog=EPILOG)
def play(**options: Any) -> int:
    """Host a game and sit down at it: a round starts at once."""
    from hangman_net.cli.serving import run_play

    return run_play(options)


@hangman_net.later(
    config_option,
    hosting_options,
    option("--name", metavar="NAME", help="The host's name."),
    option("--limits", is_flag=True, help="Print every limit with its value and reason, and end."),
    epilog=EPILOG,
)
def serve(**options: Any) -> int:
    """Host games. On a terminal this is also the host's console: see what players say, answer, and type commands.

    Without a terminal it reads the host's lines from standard input when there are any, and prints what players say,
    a line each. The first line it then prints is 'listening on HOST:PORT'.
    """
    from hangman_net.cli.serving import limits_of, run_serve

    if options.pop("limits"):
        click.echo(limits_of(options["limit"]).table())
        return 0
    return run_serve(options)


@hangman_net.later(
    config_option,
    click.argument("address", default="localhost", metavar="[[tls://|ws://|wss://]HOST[:PORT]]"),
    person_options,
    option("--password", metavar="WORD", help="The word that the server wants."),
    option("--token", metavar="TOKEN", help="Take the seat of this token (a host's token makes you host)."),
    option("--ca", type=click.Path(), metavar="FILE", help="Trust this authority (PEM) at tls://, not the system's."),
    epilog=EPILOG,
)
def join(address: str, **options: Any) -> int:
    """Join a game: by default at localhost:4264. One that encrypts is joined by tls://HOST:PORT, one whose
    page for browsers is all that can be reached by ws://HOST:PORT (or wss://).
    """
    from hangman_net.cli.joining import run_join

    return run_join(address, options)


@hangman_net.later(config_option, option("--seed", type=int, metavar="N", help="Another game than the usual one."))
def demo(seed: int | None) -> int:
    """Watch a whole game: a server, scripted players, a real socket. Needs no keyboard and ends by itself."""
    from hangman_net.demo import run_demo

    return run_demo(seed)


# --- word lists -------------------------------------------------------------------------------------------------


@click.group(cls=Commands, no_args_is_help=False)
def words() -> None:
    """Word lists: list, check, show, rate, import."""


hangman_net.add_command(words)

words_dir = option("--words-dir", multiple=True, type=click.Path(), metavar="DIR", help="A folder of word lists.")


@words.later(config_option, words_dir, name="list")
def words_list(words_dir: Sequence[str]) -> None:
    """List the word lists there are."""
    from hangman_net import wordtools
    from hangman_net.library import Library

    click.echo(wordtools.list_text(Library.choose((), [_folder(d) for d in words_dir])))


@words.later(config_option, click.argument("files", nargs=-1, required=True, metavar="FILE..."), name="check")
def words_check(files: Sequence[str]) -> int:
    """Check word lists and name every bad line by its number. Exit code 0: all good, 1: bad lines, 2: no such file."""
    from hangman_net import wordtools

    text, code = wordtools.check([Path(file) for file in files])
    click.echo(text)
    if code == wordtools.MISSING:
        fail(f"there is no file {', '.join(file for file in files if not Path(file).exists())}; name another", code)
    return code


@words.later(config_option, words_dir, click.argument("name"), name="show")
def words_show(name: str, words_dir: Sequence[str]) -> None:
    """Print one list, by its name or its file."""
    from hangman_net import wordtools
    from hangman_net.library import Library, ListRefused, UnknownList

    library = Library.choose((name,), [_folder(d) for d in words_dir])
    try:
        click.echo(wordtools.show(library, library.default))
    except (UnknownList, ListRefused) as error:
        fail(f"{error}; 'hangman-net words list' lists them")


@words.later(config_option, click.argument("file"), name="rate")
def words_rate(file: str) -> None:
    """Print each word of a list with its difficulty. That is the misses it costs a good solver."""
    from hangman_net import wordtools
    from hangman_net.library import ListRefused

    try:
        click.echo(wordtools.rate(Path(file)))
    except ListRefused as error:
        fail(f"{error}; name another, or see what 'hangman-net words check' says")


@words.later(
    config_option,
    click.argument("file"),
    click.argument("out", required=False),
    option("--language", default="", metavar="TAG", help="Its language, such as fr."),
    option("--title", default="", metavar="TEXT", help="The new list's title."),
    option("--alphabet", default="", metavar="LETTERS", help="The new list's letters."),
    option("--fold", default="", metavar="PAIRS", help="Letters that count as others, such as é=e."),
    option("--source", default="", metavar="TEXT", help="Where the words are from."),
    option("--word", metavar="COLUMN", help="The column of a table (CSV) that holds the words."),
    option("--hint", metavar="COLUMN", help="The column of a table that holds the hints."),
    option("--encoding", default="utf-8", show_default=True, help="How the file is encoded."),
    option("--shortest", default=3, show_default=True, help="Fewest letters of a word."),
    option("--longest", default=30, show_default=True, help="Most letters of a word."),
    option("--letters", default="", metavar="LETTERS", help="Take only words of these letters."),
    option("--no-capitals", is_flag=True, help="Leave out words with capitals."),
    option("--no-phrases", is_flag=True, help="Leave out phrases."),
    name="import",
)
def words_import(file: str, out: str | None, **options: Any) -> None:
    """Make a word list of a dictionary, a KDE vocabulary or a table.

    FILE is plain text, .kvtml or .csv; the list goes into OUT, or is printed.
    """
    from hangman_net import wordtools
    from hangman_net.importer import Filters, ImportRefused

    filters = Filters(
        shortest=options.pop("shortest"),
        longest=options.pop("longest"),
        letters=options.pop("letters"),
        capitals=not options.pop("no_capitals"),
        phrases=not options.pop("no_phrases"),
    )
    if out is not None and Path(out).exists():
        fail(f"{out} is there already; name a new file")
    try:
        made = wordtools.import_file(Path(file), filters=filters, **options)
    except ImportRefused as error:
        fail(str(error))
    if out is None:
        click.echo(made.text, nl=False)
    else:
        try:
            Path(out).write_text(made.text, encoding="utf-8")
        except OSError as error:
            fail(f"{out} cannot be written: {error.strerror}; name another file")
    click.echo(wordtools.summary(made), err=True)


@words.later(config_option, click.argument("file"), name="grade")
def words_grade(file: str) -> None:
    """Print a list with each word's level in it. It is easy, medium or hard, by the word's difficulty."""
    from hangman_net import wordtools
    from hangman_net.library import ListRefused

    try:
        click.echo(wordtools.grade(Path(file)), nl=False)
    except ListRefused as error:
        fail(f"{error}; name another, or see what 'hangman-net words check' says")


def _folder(path: str) -> Path:
    if not Path(path).is_dir():
        fail(f"there is no folder {path}; name another with --words-dir")
    return Path(path)


# --- what was kept ----------------------------------------------------------------------------------------------


@click.group(cls=Commands, no_args_is_help=False)
def data() -> None:
    """What a server keeps: check it, back it up, export it."""


hangman_net.add_command(data)

data_option = option("--data", type=click.Path(), metavar="DIR", help="The data folder of a server.")


@data.later(config_option, data_option, name="check")
def data_check(data: str | None) -> None:
    """Read all that is kept, and say whether it is whole."""
    from hangman_net.cli.serving import data_folder
    from hangman_net.store import tools

    text, code = tools.check(data_folder(data))
    if code:
        fail(text, code)
    click.echo(text)


@data.later(config_option, data_option, click.argument("file"), name="backup")
def data_backup(file: str, data: str | None) -> None:
    """Copy all that is kept into FILE. It is as of one moment, and the server may go on."""
    from hangman_net.cli.serving import data_folder
    from hangman_net.store import tools

    text, code = tools.backup(data_folder(data), Path(file))
    if code:
        fail(text, code)
    click.echo(text)


@data.later(config_option, data_option, name="export")
def data_export(data: str | None) -> None:
    """Print all that is kept as lines of JSON."""
    from hangman_net.cli.serving import data_folder
    from hangman_net.store import tools
    from hangman_net.store.port import StoreError

    try:
        for line in tools.export(data_folder(data)):
            click.echo(line)
    except StoreError as error:
        fail(str(error))


@hangman_net.later(
    config_option, data_option, click.argument("room"), click.argument("round", required=False, type=click.IntRange(1))
)
def replay(room: str, round: int | None, data: str | None) -> int:
    """Print a round of ROOM as it went. ROUND is its number; without it, the last one that is over."""
    from hangman_net import replay as log
    from hangman_net.cli.serving import data_folder

    text, code = log.replay(data_folder(data), room, round)
    if code:
        fail(text, code)
    click.echo(text)
    return code
