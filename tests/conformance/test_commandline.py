"""The command line: output, exit codes, options from three places, consoles, ports."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Launcher, Peer, holds

Serve = Callable[..., Launched]

HANG = 4264


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Holds a failed call to one line on standard error, and gives it."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def shared(launcher: Launcher, lists: list[str]) -> Launched:
    """A server for calls of `join`."""
    return launcher.serve("--no-console", "--limit", "all=none", *lists)


def at(server: Launched) -> str:
    """The address of a server, for `join`."""
    host, port = server.address
    return f"{host}:{port}"


# --- listening --------------------------------------------------------------------------------------------------


@holds("1.24", "1.17")
def test_the_first_line_names_the_real_port(serve: Serve) -> None:
    server = serve("--no-console")
    assert re.fullmatch(r"listening on 127\.0\.0\.1:[1-9]\d*", server.first)
    assert server.join().welcome["version"] == 1


@holds("1.24", "1.17")
def test_ipv6(serve: Serve) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return  # a machine without IPv6 says nothing about this sentence
    server = serve("--no-console", "--host", "::1")
    assert re.fullmatch(r"listening on \[::1\]:[1-9]\d*", server.first)
    assert server.join().welcome["version"] == 1


@holds("1.17", "1.24")
def test_an_own_port(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    assert serve("--no-console", port=free).port == free


@holds("1.17", "1.03")
def test_only_this_machine_unless_lan_is_said(serve: Serve) -> None:
    server = serve("--no-console")
    assert server.address[0] == "127.0.0.1"


@holds("1.17", "1.03")
def test_lan_listens_on_all_interfaces_and_says_where(serve: Serve) -> None:
    server = serve("--no-console", "--lan")
    assert server.first.startswith("listening on ")
    line = server.out.next()
    assert line is not None and str(server.port) in line
    assert server.join().welcome["version"] == 1


@holds("1.23", "1.25", "1.26")
def test_serve_takes_no_other_port_than_the_one_that_was_asked_for(launcher: Launcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        busy.listen()
        port = str(busy.getsockname()[1])
        line = one_line(launcher.run("serve", "--memory", "--no-console", "--port", port), 2)
        assert port in line and "--port" in line


@holds("1.25", "1.26")
@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "70000"),
        ("serve", "--port", "-1"),
        ("serve", "--port", "x"),
        ("serve", "--nonsense"),
        ("nonsense",),
        ("serve", "too", "many"),
        ("serve", "--host", "no such host"),
        ("serve", "--host", "ä..b"),
        ("serve", "--host", "192.0.2.7", "--port", "0"),
        ("serve", "--words", "nosuchlist", "--port", "0"),
        ("serve", "--words", "/nonexistent/list.txt", "--port", "0"),
        ("serve", "--words-dir", "/nonexistent", "--port", "0"),
        ("serve", "--plugins-dir", "/nonexistent", "--port", "0"),
        ("serve", "--limit", "nonsense=1"),
        ("serve", "--limit", "frame"),
        ("serve", "--limit", "frame=many"),
        ("serve", "--limit", "frame=-1"),
        ("serve", "--seed", "x"),
        ("serve", "--config", "/nonexistent.toml"),
        ("serve", "--name", "a b"),
        ("play", "--name", "1bad"),
        ("play", "--room", "a b"),
        ("join", "localhost:0"),
        ("join", "localhost:99999"),
        ("join", "localhost:x"),
        ("join", "a", "b"),
        ("words",),
        ("words", "nonsense"),
        ("words", "check"),
        ("words", "check", "/nonexistent.txt"),
        ("words", "show", "nosuchlist"),
        ("words", "rate", "/nonexistent.txt"),
    ],
    ids=lambda words: " ".join(words),
)
def test_what_the_call_says_wrong_is_two_and_one_line(launcher: Launcher, words: tuple[str, ...]) -> None:
    if words[0] == "serve" and "--port" not in words:
        words = (*words, "--port", "0")
    if words[0] == "serve":
        words = (*words, "--memory", "--no-console")
    done = launcher.run(*words, timeout=20)
    if words == ("words",):
        assert done.returncode in (0, 2)  # its help
    else:
        one_line(done, 2)


@holds("1.22")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("play",),
        ("serve",),
        ("join",),
        ("demo",),
        ("words",),
        ("words", "list"),
        ("words", "check"),
        ("words", "show"),
    ],
    ids=lambda words: " ".join(words) or "bare",
)
def test_every_command_has_help(launcher: Launcher, words: tuple[str, ...]) -> None:
    done = launcher.run(*words, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage" in done.stdout or "usage" in done.stdout


@holds("1.22")
def test_version(launcher: Launcher) -> None:
    done = launcher.run("--version")
    assert done.returncode == 0
    assert re.search(r"\d+\.\d+", done.stdout)


@holds("1.20")
def test_limits_are_printed_with_their_values(launcher: Launcher) -> None:
    done = launcher.run("serve", "--limits")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"16[, ]?384", done.stdout)
    changed = launcher.run("serve", "--limits", "--limit", "rooms=7", "--limit", "seats=none")
    assert re.search(r"rooms\W+7\b", changed.stdout)
    assert re.search(r"seats\W+none", changed.stdout)


# --- stopping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@holds("1.25", "2.37")
def test_a_signal_stops_it_within_five_seconds(serve: Serve, number: signal.Signals) -> None:
    server = serve("--no-console")
    peer = server.join()
    began = time.monotonic()
    server.process.send_signal(number)
    assert peer.bye() == "stopping"
    peer.close()
    code = server.wait()
    assert time.monotonic() - began < 5
    assert code == (0 if number == signal.SIGTERM else 130)


@holds("1.12", "2.37", "1.06", "1.25")
def test_q_at_the_console_stops_it_for_everyone(serve: Serve) -> None:
    server = serve(stdin=True)
    peer, other = server.join("Ann"), server.join("Bob", "elsewhere")
    server.type("/q")
    assert (peer.bye(), other.bye()) == ("stopping", "stopping")
    assert server.wait() == 0


@holds("1.06")
def test_it_keeps_serving_after_the_end_of_its_input(serve: Serve) -> None:
    server = serve(stdin=True)
    ann = server.join("Ann")
    server.type("before the end")
    ann.wait("chat", text="before the end")
    assert server.process.stdin is not None
    server.process.stdin.close()
    assert ann.say("still there?").ok
    server.out.until("still there?")
    assert server.process.poll() is None


@holds("1.06")
def test_with_no_input_at_all_it_serves(serve: Serve) -> None:
    server = serve()
    ann = server.join("Ann")
    ann.types("anybody?")
    server.out.until("anybody?")
    assert ann.say("again").ok


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the stream")
@holds("1.06", "1.24")
def test_with_its_input_closed_it_serves(launcher: Launcher) -> None:
    closed = Launcher(["sh", "-c", 'exec "$0" "$@" <&-', *launcher.command], launcher.home)
    server = closed.serve()
    try:
        assert server.join("Ann").say("anybody?").ok
        server.out.until("anybody?")
    finally:
        closed.end(server)


@holds("1.19")
def test_no_console_never_reads_its_input(serve: Serve) -> None:
    server = serve("--no-console", stdin=True)
    ann = server.join("Ann")
    assert server.process.stdin is not None
    server.process.stdin.write("hello\n/q\n")
    server.process.stdin.flush()
    ann.barrier()
    roster = next(m for m in server.join().seen if m["type"] == "roster")
    assert "host" not in {m["name"] for m in roster["members"]}
    assert "hello" not in [m.get("text") for m in ann.barrier()]


# --- the console of serve ---------------------------------------------------------------------------------------


@holds("1.06", "2.40", "2.39", "1.04")
def test_the_console_prints_what_players_say_and_sends_what_the_host_types(serve: Serve) -> None:
    server = serve(stdin=True)
    ann = server.join("Ann")
    server.type("welcome, Ann")
    chat = ann.wait("chat", text="welcome, Ann")
    assert (chat["name"], chat["room"]) == ("host", "lobby")
    ann.types("thank you")
    assert "Ann" in server.out.until("thank you")
    roster = next(m for m in server.join("Bob").seen if m["type"] == "roster")
    host = next(m for m in roster["members"] if m["name"] == "host")
    assert (host["role"], host["seated"], host["connected"]) == ("host", False, True)


@holds("2.40", "1.17")
def test_the_host_has_the_name_that_was_asked_for(serve: Serve) -> None:
    server = serve("--name", "Teacher", stdin=True)
    ann = server.join("Ann")
    server.type("good morning")
    assert ann.wait("chat", text="good morning")["name"] == "Teacher"


@holds("3.01", "2.40", "3.08", "1.07")
def test_what_the_host_may(serve: Serve, lists: list[str]) -> None:
    server = serve(*lists, stdin=True)
    ann, bob = server.join("Ann"), server.join("Bob")
    server.type("/say a word to all")
    assert "a word to all" in ann.wait("notice", lambda m: "a word to all" in m["text"])["text"]
    ann.types("/new fruit")
    server.type("/stop")
    assert ann.wait("board", status="stopped")["secret"] == "banana"
    server.type("/kick Bob")
    assert bob.bye() == "kicked"
    server.type("/ban Ann")
    assert ann.bye() == "banned"
    ann.close()
    back = server.peer()
    assert back.refused(name="Ann") == "forbidden"
    server.type("/unban Ann")
    for _ in range(100):
        back = server.peer()
        back.send({"type": "hello", "version": 1, "name": "Ann"})
        if back.read()["type"] == "welcome":
            return
        back.close()
    raise AssertionError("/unban let nobody in")


@holds("2.40", "2.39")
def test_the_host_sits_down_by_play(serve: Serve) -> None:
    server = serve(stdin=True)
    ann = server.join("Ann")
    server.type("/play")
    assert ann.wait("member", name="host", seated=True)["role"] == "host"


@holds("1.06")
def test_a_console_line_that_is_wrong_is_said_there(serve: Serve) -> None:
    server = serve(stdin=True)
    ann = server.join("Ann")
    server.type("/hepl")
    server.out.until("/help")
    assert ann.say("still here").ok


# --- options from three places ----------------------------------------------------------------------------------


@holds("1.16")
def test_options_from_the_environment(serve: Serve, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text("banana\n")
    env = {
        "HANGMAN_PORT": "0",
        "HANGMAN_MEMORY": "1",
        "HANGMAN_NO_CONSOLE": "1",
        "HANGMAN_LIMIT": "rooms=2,seats=5",
        "HANGMAN_WORDS": f"{tmp_path}/two.txt,{tmp_path}/one.txt",
        "HANGMAN_LAN": "0",
    }
    server = serve(env=env, port=None, memory=False)
    peer = server.join(None, "x")
    peer.types("/new")
    assert peer.board()["wordlist"] == "two"
    assert peer.say("/room third").code == "full"


@holds("1.16")
def test_options_from_a_file_and_who_wins(serve: Serve, tmp_path: Path) -> None:
    config = tmp_path / "hangman.toml"
    config.write_text('port = 0\nmemory = true\nno-console = true\nlimit = ["rooms=2", "seats=1"]\nname = "Filed"\n')
    server = serve("--config", str(config), port=None, memory=False)
    assert server.join(None, "x").say("/room third").code == "full"
    env = {"HANGMAN_LIMIT": "rooms=3", "HANGMAN_CONFIG": str(config)}
    by_env = serve("--config", str(config), port=None, memory=False, env=env)
    assert by_env.join(None, "x").say("/room third").ok, "the environment wins over the file"
    by_flag = serve("--config", str(config), "--limit", "rooms=2", port=None, memory=False, env=env)
    assert by_flag.join(None, "x").say("/room third").code == "full", "flags win over both"


@holds("1.16", "1.18")
@pytest.mark.parametrize(
    ("flags", "env", "text"),
    [
        (["--memory"], {}, "data = '/nonexistent/data'"),
        (["--memory"], {"HANGMAN_DATA": "/nonexistent/data"}, ""),
        ([], {"HANGMAN_MEMORY": "1"}, "data = '/nonexistent/data'"),
        (["--memory", "--host", "127.0.0.1"], {"HANGMAN_HOST": "192.0.2.7"}, "lan = false"),
        (["--memory", "--lan"], {"HANGMAN_HOST": "192.0.2.7"}, ""),
        (["--memory", "--lan"], {}, "host = '192.0.2.7'"),
    ],
)
def test_of_two_that_exclude_each_other_the_nearer_wins(
    serve: Serve, tmp_path: Path, flags: list[str], env: dict[str, str], text: str
) -> None:
    config = tmp_path / "hangman.toml"
    config.write_text(text)
    server = serve("--no-console", *flags, env={"HANGMAN_CONFIG": str(config), **env}, memory=False)
    assert server.join("Ann").welcome["role"] == "member"


@holds("1.16")
def test_the_default_config_file(launcher: Launcher, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "hangman-net").mkdir()
    (tmp_path / "hangman-net" / "config.toml").write_text('limit = ["rooms=2"]\n')
    server = serve("--no-console", env={"XDG_CONFIG_HOME": str(tmp_path)})
    assert server.join(None, "x").say("/room third").code == "full"


@pytest.mark.parametrize(
    "text", ["nonsense = 1\n", "prot = 0\n", "[serve]\nport = 0\n", "port = \n", "port = 'x'\n", "\xff"]
)
@holds("1.16", "1.25", "1.26")
def test_an_unknown_key_or_a_broken_file_is_an_error(launcher: Launcher, tmp_path: Path, text: str) -> None:
    config = tmp_path / "hangman.toml"
    config.write_bytes(text.encode("latin-1"))
    one_line(launcher.run("serve", "--config", str(config), "--memory", "--no-console"), 2)


@holds("1.16", "1.25")
def test_keys_of_other_commands_are_known_in_the_file(launcher: Launcher, tmp_path: Path) -> None:
    """One file serves every command."""
    config = tmp_path / "hangman.toml"
    config.write_text('plain = true\nroom = "x"\nport = 4264\n')
    assert launcher.run("words", "list", "--config", str(config)).returncode == 0


@pytest.mark.parametrize("value", ["x", "70000"])
@holds("1.16", "1.25", "1.26")
def test_a_bad_value_in_the_environment(launcher: Launcher, value: str) -> None:
    one_line(launcher.run("serve", "--memory", "--no-console", env={"HANGMAN_PORT": value}), 2)


@holds("1.18")
def test_a_seed_repeats_the_choice_of_words(serve: Serve) -> None:
    drawn = []
    for seed in ("7", "7", "8"):
        server = serve("--no-console", "--seed", seed, "--words", "english")
        peer = server.join()
        words = []
        for _ in range(3):
            peer.types("/new", "/stop")
            words.append(peer.board()["secret"])
        drawn.append(words)
    assert drawn[0] == drawn[1] != drawn[2]


# --- join -------------------------------------------------------------------------------------------------------


@holds("1.25", "1.26", "1.08")
def test_no_server_there(launcher: Launcher) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        line = one_line(launcher.run("join", f"127.0.0.1:{port}"), 69)
    assert "serve" in line or "play" in line or str(port) in line


@holds("1.13", "1.21", "1.08", "1.25", "1.12")
def test_join_sends_its_input_and_leaves_when_it_is_acked(launcher: Launcher, shared: Launched) -> None:
    ann = shared.join("Witness", "joined")
    done = launcher.run("join", at(shared), "--name", "Pipe", "--room", "joined", stdin="one\ntwo\n/me waves\n")
    assert (done.returncode, done.stderr) == (0, "")
    said = [m for m in ann.barrier() if m["type"] == "chat"]
    assert [(m["name"], m["text"]) for m in said] == [("Pipe", "one"), ("Pipe", "two"), ("Pipe", "waves")]
    assert [m["left"] for m in ann.seen if m["type"] == "member" and m["name"] == "Pipe"][-1] is True
    assert "one" in done.stdout


@holds("1.12", "1.25")
def test_q_ends_the_client_alone(launcher: Launcher, shared: Launched) -> None:
    done = launcher.run("join", at(shared), "--name", "Quitter", stdin="/q\nnever said\n")
    assert done.returncode == 0
    assert shared.join().say("still here").ok


@holds("1.21")
def test_json_prints_each_message_as_a_line(launcher: Launcher, shared: Launched) -> None:
    done = launcher.run("join", at(shared), "--json", "--room", "json", stdin="hello\n/new fruit\ne\n/stop\n")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [m["type"] for m in messages]
    assert kinds[0] == "welcome"
    assert {"roster", "board", "chat", "notice"} <= set(kinds)
    assert kinds[-1] == "bye" or "bye" in kinds


@holds("1.21")
def test_plain_tells_the_board_in_one_line_of_words(launcher: Launcher, shared: Launched) -> None:
    text = "/new feline\no\nz\n/stop\n"
    done = launcher.run("join", at(shared), "--plain", "--room", "plainly", stdin=text)
    lines = done.stdout.splitlines()
    assert any("Word: o blank blank blank o blank, 5 lives left, missed z" in line for line in lines), lines
    assert "+--" not in done.stdout
    drawn = launcher.run("join", at(shared), "--plain", "--art", "--room", "drawn", stdin=text)
    assert "+--" in drawn.stdout or "|" in drawn.stdout
    piped = launcher.run("join", at(shared), "--room", "piped", stdin=text)
    assert len(piped.stdout.splitlines()) > len(lines), "where it is no terminal, then with the picture"


@holds("1.25", "1.26")
@pytest.mark.parametrize("name", ["1bad", "a b", "x" * 30])
def test_join_with_a_name_that_is_none(launcher: Launcher, shared: Launched, name: str) -> None:
    done = launcher.run("join", at(shared), "--name", name)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr and done.stderr.strip()


@holds("1.25")
def test_a_kick_is_one_and_the_servers_stop_is_zero(launcher: Launcher, serve: Serve) -> None:
    server = serve(stdin=True)
    kicked = launcher.spawn([*launcher.program, "join", at(server), "--name", "Kicked"], stdin=True)
    staying = launcher.spawn([*launcher.program, "join", at(server), "--name", "Staying"], stdin=True)
    watcher = server.join()
    present = {m["name"] for m in watcher.seen[1]["members"]}
    while not {"Kicked", "Staying"} <= present:
        present.add(watcher.wait("member")["name"])
    server.type("/kick Kicked")
    assert kicked.wait(10) == 1
    server.type("/q")
    assert staying.wait(10) == 0
    for process in (kicked, staying):
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()


@holds("1.25")
def test_ctrl_c_is_130(launcher: Launcher, shared: Launched) -> None:
    watcher = shared.join(None, "ctrlc")
    process = launcher.spawn([*launcher.program, "join", at(shared), "--room", "ctrlc"], stdin=True)
    watcher.wait("member", connected=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


# --- play and demo ----------------------------------------------------------------------------------------------


@holds("1.01", "1.02", "1.13", "1.15", "1.25", "2.40")
@pytest.mark.parametrize("command", [(), ("play",)], ids=["bare", "play"])
def test_play_begins_a_round_at_once(launcher: Launcher, command: tuple[str, ...], lists: list[str]) -> None:
    done = launcher.run(*command, "--memory", "--port", "0", "--json", *lists, stdin="/guess z\n/guess banana\n")
    assert done.returncode == 0, done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    boards = [m for m in messages if m["type"] == "board"]
    assert {"playing", "won"} <= {m["status"] for m in boards}
    assert boards[-1]["missed"] == ["z"]
    welcome = next(m for m in messages if m["type"] == "welcome")
    assert welcome["role"] == "host"
    roster = next(m for m in messages if m["type"] == "roster")
    assert [m["seated"] for m in roster["members"] if m["name"] == welcome["name"]] == [True]


@holds("1.02", "1.03", "1.12", "2.37")
def test_others_can_join_who_plays(launcher: Launcher, lists: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = launcher.spawn([*launcher.program, "play", "--memory", "--port", str(port), "--json", *lists], stdin=True)
    assert process.stdout is not None and process.stdin is not None and process.stderr is not None
    for line in process.stdout:
        if line.startswith("{") and json.loads(line).get("status") == "playing":
            break
    peer = Peer("127.0.0.1", port)
    peer.hello("Guest")
    assert peer.board()["status"] == "playing"
    process.stdin.write("/q\n")
    process.stdin.close()
    assert peer.bye() == "stopping"
    assert process.wait(10) == 0
    peer.close()
    process.stdout.close()
    process.stderr.close()


@holds("1.02", "1.03", "1.19")
def test_play_without_a_console_never_reads_its_input(launcher: Launcher, lists: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["play", "--no-console", "--memory", "--port", str(port), *lists]
    process = launcher.spawn([*launcher.program, *words], stdin=True)
    assert process.stdout is not None and process.stdin is not None and process.stderr is not None
    process.stdin.write("/guess z\n/q\n")
    process.stdin.close()
    for line in process.stdout:
        if line.startswith("Word: "):
            break
    peer = Peer("127.0.0.1", port)
    peer.hello("Guest")
    assert peer.board()["missed"] == []
    assert peer.say("still there?").ok
    process.send_signal(signal.SIGTERM)
    assert peer.bye() == "stopping"
    assert process.wait(10) == 0
    assert process.stderr.read() == ""
    peer.close()
    process.stdout.close()
    process.stderr.close()


@holds("1.23")
def test_play_takes_any_port_where_the_usual_one_is_busy(launcher: Launcher) -> None:
    try:
        busy = socket.create_server(("127.0.0.1", HANG))
    except OSError:
        busy = None  # somebody has it already, which is as good
    try:
        done = launcher.run("play", "--memory", "--plain", stdin="/q\n")
        assert done.returncode == 0, done.stderr
    finally:
        if busy is not None:
            busy.close()


@holds("1.10")
def test_demo(launcher: Launcher) -> None:
    began = time.monotonic()
    done = launcher.run("demo")
    assert time.monotonic() - began < 20
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 10


@holds("1.26")
def test_a_reader_of_the_output_who_leaves_is_no_traceback(launcher: Launcher) -> None:
    words = " ".join([*launcher.program, "words", "show", "english"])
    done = subprocess.run(
        ["bash", "-c", f"{words} | head -1"], env=launcher.environment(), capture_output=True, text=True, timeout=20
    )
    assert "Traceback" not in done.stderr
