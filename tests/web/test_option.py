"""The doors on the command line: addresses, what is printed, and what is said where an extra is not installed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hangman_net.cli import main
from hangman_net.cli.serving import door_of


def run(*args: str) -> subprocess.CompletedProcess[str]:
    """The program, with nothing on its standard input."""
    code = "import sys; from hangman_net.cli import main; main(sys.argv[1:])"
    return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, input="", timeout=30)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, None),
        ("8080", (None, 8080)),
        ("0", (None, 0)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:8080", ("::1", 8080)),
        ("here.local:1", ("here.local", 1)),
    ],
)
def test_addresses(value: str | None, place: tuple[str | None, int] | None) -> None:
    assert door_of("web", value) == place


@pytest.mark.parametrize("value", ["", "x", ":80", "here:", "-1", "65536", "80 ", "１"])
@pytest.mark.parametrize("name", ["web", "ssh"])
def test_what_is_no_address_ends_it_in_one_line(name: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", f"--{name}", value])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"--{name}" in error


@pytest.mark.parametrize("url", ["", "play.example.org", "ftp://play.example.org", "https://", "http://[bad"])
def test_a_page_that_no_browser_could_open_ends_it_in_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--memory", "--web", "0", "--web-url", url])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--web-url" in error


@pytest.mark.parametrize("host", ["ä..b", "ä" * 80])
def test_a_host_of_no_possible_name_ends_it_in_one_line(host: str) -> None:
    for door in ("web", "ssh"):
        done = run("serve", "--memory", "--port", "0", f"--{door}", f"{host}:0", "--no-console")
        assert (done.returncode, done.stderr) == (
            2,
            f"hangman-net: --{door} {host}: there is no such address; name another.\n",
        )


def test_a_link_to_the_page_is_no_websocket(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["join", "ws://localhost:1/#lobby"])
    assert ended.value.code == 2
    assert "#" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "module"), [("web", "websockets"), ("web", "segno"), ("ssh", "asyncssh")])
def test_a_missing_extra_is_named(
    name: str, module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--memory", f"--{name}", "0"])
    assert ended.value.code == 2
    assert f"pip install 'hangman-net[{name}]'" in capsys.readouterr().err


def test_nothing_of_the_doors_is_imported_unless_asked_for() -> None:
    code = """
import asyncio, sys
from hangman_net.cli.serving import settings_of
from hangman_net.hosting import Server, Settings

async def serve():
    server = Server(Settings(port=0))
    await server.start()
    await server.stop()

asyncio.run(serve())
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("websockets", "segno", "asyncssh")
              or name.startswith(("hangman_net.web", "hangman_net.ssh"))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "\n"


def test_both_doors_are_announced_behind_the_first_line(tmp_path: Path) -> None:
    args = ("serve", "--port", "0", "--web", "0", "--ssh", "0", "--data", str(tmp_path), "--no-console")
    code = "import sys; from hangman_net.cli import main; main(sys.argv[1:])"
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout as out:
        first, page, ssh = (out.readline() for _ in range(3))
        os.kill(process.pid, signal.SIGTERM)
    assert first.startswith("listening on 127.0.0.1:")
    assert page.startswith("play in a browser: http://127.0.0.1:")
    assert ssh.startswith("play by ssh: ssh -p ")
    assert "SHA256:" in ssh
    assert process.returncode == 0


def test_a_busy_port_names_its_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        for name in ("web", "ssh"):
            done = run("serve", "--port", "0", f"--{name}", str(port), "--data", str(tmp_path))
            assert done.returncode == 2
            assert done.stderr == (
                f"hangman-net: port {port} is busy; choose another with --{name}, or any free one with --{name} 0.\n"
            )
