"""Options from flags, the environment and a file: which wins, what each may hold, and one line for what may not be."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from hangman_net.cli.commands import hangman_net
from hangman_net.cli.options import Commands, config_option, option, overrides, run


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, Any]]]:
    """`call(args, env, toml)`: the exit code, and the options that the command was given."""
    monkeypatch.setattr("hangman_net.cli.options.config_path", lambda: tmp_path / "none.toml")

    def called(
        args: list[str] | None = None, env: dict[str, str] | None = None, toml: str = ""
    ) -> tuple[int, dict[str, Any]]:
        given: dict[str, Any] = {}

        @click.command()
        @config_option
        @option("--port", type=click.IntRange(0, 65_535))
        @option("--words", multiple=True)
        @option("--memory", is_flag=True)
        @option("--some-name")
        def command(**options: Any) -> None:
            given.update(options)

        (tmp_path / "c.toml").write_text(toml)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        return run(command, ["--config", str(tmp_path / "c.toml"), *(args or [])]), given

    return called


NOTHING = {"port": None, "words": (), "memory": False, "some_name": None}


@pytest.mark.parametrize(
    ("args", "env", "toml", "given"),
    [
        ([], {}, "", {}),
        ([], {}, "port = 5000", {"port": 5000}),
        ([], {"HANGMAN_PORT": "5001"}, "port = 5000", {"port": 5001}),
        (["--port", "5002"], {"HANGMAN_PORT": "5001"}, "port = 5000", {"port": 5002}),
        ([], {}, 'port = "5000"', {"port": 5000}),
        ([], {}, 'words = ["a", "b.txt"]', {"words": ("a", "b.txt")}),
        ([], {}, 'words = "a"', {"words": ("a",)}),
        ([], {"HANGMAN_WORDS": "a, b.txt,"}, "", {"words": ("a", "b.txt")}),
        (["--words", "c"], {"HANGMAN_WORDS": "a,b"}, 'words = ["d"]', {"words": ("c",)}),
        ([], {"HANGMAN_MEMORY": "1"}, "", {"memory": True}),
        ([], {"HANGMAN_MEMORY": "0"}, "memory = true", {"memory": False}),
        ([], {}, "memory = true", {"memory": True}),
        ([], {}, "memory = 1", {"memory": True}),
        ([], {}, 'memory = "no"', {"memory": False}),
        ([], {}, "some-name = 3", {"some_name": "3"}),
        ([], {"HANGMAN_SOME_NAME": "ann"}, "", {"some_name": "ann"}),
    ],
)
def test_flags_win_then_the_environment_then_the_file(
    call: Any, args: list[str], env: dict[str, str], toml: str, given: dict[str, Any]
) -> None:
    assert call(args, env, toml) == (0, NOTHING | given)


@pytest.mark.parametrize(
    ("env", "toml", "said"),
    [
        ({}, "prot = 1", "there is no option 'prot'; did you mean port?"),
        ({}, "some_name = 1", "did you mean some-name?"),
        ({}, "[serve]\nport = 1", "there is no option 'serve'"),
        ({}, "port = [1]", "port takes one value"),
        ({}, "port = true", "port = True is not a value of it"),
        ({}, "port = 1.5", "Invalid value for '--port'"),
        ({}, "port = {a = 1}", "is not a value of it"),
        ({}, "words = [[1]]", "is not a value of it"),
        ({}, "memory = 2", "Invalid value for '--memory'"),
        ({}, "port = [", "cannot be read"),
        ({}, "port = 70000", "Invalid value for '--port'"),
        ({"HANGMAN_PORT": "x"}, "", "Invalid value for '--port'"),
        ({"HANGMAN_MEMORY": "maybe"}, "", "Invalid value for '--memory'"),
    ],
)
def test_what_may_not_be_is_one_line(
    call: Any, env: dict[str, str], toml: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call([], env, toml)[0] == 2
    told = capsys.readouterr().err
    assert said in told and told.startswith("hangman-net: ") and told.count("\n") == 1


def test_a_config_file_that_was_named_has_to_be_there(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["--config", "nowhere.toml"])[0] == 2
    assert "there is no config file nowhere.toml" in capsys.readouterr().err


def test_only_the_command_that_is_called_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hangman_net.cli.options.config_path", lambda: tmp_path / "none.toml")
    made: list[str] = []
    given: list[str | None] = []

    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        made.append(function.__name__)
        return function

    program = Commands("program")

    @program.later(noted, config_option, option("--word"))
    def one(word: str | None) -> int:
        given.append(word)
        return 3

    @program.later(noted, option("--other-word"), name="other-one")
    def other(other_word: str | None) -> None:
        raise AssertionError

    assert program.list_commands(click.Context(program)) == ["one", "other-one"]
    assert run(program, ["one", "--word", "a"]) == 3
    assert (made, given) == (["one"], ["a"])
    (tmp_path / "c.toml").write_text('word = "b"\nother-word = "c"')  # one file serves all commands
    assert run(program, ["one", "--config", str(tmp_path / "c.toml")]) == 3
    assert (made, given) == (["one", "other"], ["a", "b"])


def test_a_command_that_is_none_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    program = Commands("program")

    @program.later()
    def serve() -> None:
        raise AssertionError

    assert run(program, ["serv"]) == 2
    assert "serve" in capsys.readouterr().err


def test_a_failure_of_ours_is_one_line_and_its_trace_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise RuntimeError("a bug\nof ours")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(command, []) == 1
    told = capsys.readouterr().err
    assert told.startswith("hangman-net: RuntimeError: a bug of ours; this should not happen")
    assert told.count("\n") == 1
    (kept,) = tmp_path.iterdir()
    assert str(kept) in told and "Traceback" in kept.read_text()


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 1)])
def test_an_end_that_was_wished_for_is_no_failure(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.dup2", lambda *_: None)

    @click.command()
    def command() -> None:
        raise raised

    assert run(command, []) == code
    assert not capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("args", "env", "toml", "wins"),
    [
        (["--one"], {"HANGMAN_OTHER": "x"}, "", True),
        (["--one"], {}, "other = 'x'", True),
        ([], {"HANGMAN_ONE": "1"}, "other = 'x'", True),
        (["--other", "x"], {"HANGMAN_ONE": "1"}, "", False),
        (["--other", "x"], {}, "one = true", False),
        ([], {"HANGMAN_OTHER": "x"}, "one = true", False),
        (["--one", "--other", "x"], {}, "", None),
        ([], {"HANGMAN_ONE": "1", "HANGMAN_OTHER": "x"}, "", None),
        ([], {}, "one = true\nother = 'x'", None),
        (["--one", "--other", "x"], {"HANGMAN_ONE": "0"}, "other = 'y'", None),
    ],
)
def test_of_two_that_exclude_each_other_the_nearer_counts(
    args: list[str],
    env: dict[str, str],
    toml: str,
    wins: bool | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found: list[bool] = []

    @click.command()
    @config_option
    @option("--one", is_flag=True)
    @option("--other")
    def command(one: bool, other: str) -> None:
        found.append(overrides("one", "other", "--one and --other exclude each other"))

    (tmp_path / "c.toml").write_text(toml)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    code = run(command, ["--config", str(tmp_path / "c.toml"), *args])
    told = capsys.readouterr().err
    if wins is None:
        assert (code, found) == (2, [])
        assert told == "hangman-net: --one and --other exclude each other: give one of them.\n"
    else:
        assert (code, found, told) == (0, [wins], "")


def test_a_full_disk_is_no_failure_of_ours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.dup2", lambda *_: None)

    @click.command()
    def command() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert run(command, []) == 1
    told = capsys.readouterr().err
    assert told == "hangman-net: standard output: No space left on device; make room, or let it go elsewhere.\n"


def test_a_file_that_is_closed_to_us_is_no_failure_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def command() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/their/hangman.db")

    assert run(command, []) == 2
    told = capsys.readouterr().err
    assert told == "hangman-net: /their/hangman.db: Permission denied; name another, or be somebody who may.\n"


@pytest.mark.parametrize("words", [("check",), ("backup", "copy.db"), ("export",)], ids=lambda words: words[0])
def test_what_cannot_be_done_with_data_is_one_line(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(hangman_net, ["data", *words, "--data", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    missing = tmp_path / "hangman.db"
    assert told == f"hangman-net: {missing}: there is no such file; give --data the folder of a server.\n"


def test_a_group_without_a_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(hangman_net, ["words"]) == 2
    assert capsys.readouterr().err == "hangman-net: Missing command. Try 'hangman-net words --help'.\n"


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ([], {"play", "serve", "words"}, {"--port"}),
        (["w"], {"words"}, {"play"}),
        (["--"], {"--version", "--port", "--plain"}, {"play"}),
        (["--port", "0", "--me"], {"--memory"}, {"--port"}),
        (["words", "ch"], {"check"}, {"show"}),
        (["serve", "--lim"], {"--limit", "--limits"}, {"--lan"}),
    ],
)
def test_a_shell_completes_commands_and_the_options_of_play_without_it(
    typed: list[str], offered: set[str], not_offered: set[str]
) -> None:
    complete = ShellComplete(hangman_net, {}, "hangman-net", "_HANGMAN_NET_COMPLETE")
    *before, incomplete = typed or [""]
    items = [item.value for item in complete.get_completions(before, incomplete)]
    assert offered <= set(items)
    assert not not_offered & set(items)
    assert len(items) == len(set(items))


@pytest.mark.parametrize("group", [[], ["words"], ["data"]])
def test_the_help_of_a_group_cuts_no_summary_off(group: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        hangman_net.main([*group, "--help"], terminal_width=80)
    commands = capsys.readouterr().out.partition("Commands:\n")[2]
    assert "check" in commands or "serve" in commands
    assert "..." not in commands
