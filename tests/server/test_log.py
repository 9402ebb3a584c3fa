"""The log from outside: who came, why they went, what hosts did; one line an event, and never a secret."""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from judge import Launched, Launcher
from judge.peer import encode

from hangman_net.server.log import JsonLines, set_up

Serve = Callable[..., Launched]
Json = dict[str, Any]

BOOM = '''
from hangman_net import Context, Plugin, Rest, command

class Boom(Plugin):
    """It fails."""

    @command(summary="Fail")
    def boom(self, ctx: Context, text: Rest = "") -> None:
        """Fail with what was typed."""
        raise ValueError(text)
'''

HOSTILE = 'x\\n{"level": "forged"}\\u2028\\u0085 %s {0} \x1b[2J'


def events(server: Launched) -> list[Json]:
    """Every line of the log, each of which is one JSON object."""
    lines = [line for line in server.err.text.splitlines() if line.startswith("{")]
    found = [json.loads(line) for line in lines]
    assert all(isinstance(event, dict) and {"time", "level", "text"} <= set(event) for event in found)
    return found


def of(found: list[Json], text: str) -> list[Json]:
    return [event for event in found if event["text"] == text]


def test_a_visit_is_told_from_coming_to_going(serve: Serve) -> None:
    server = serve("--log", "-", canaries=False)
    peer = server.join("Ann", "den")
    number = of(events(server), "welcome")[-1]["connection"]
    peer.types("/nick Anna")
    peer.say("/q")
    assert peer.bye() == "quit"
    peer.close()
    server.err.until('"closed"')
    mine = [(e["text"], e.get("who"), e.get("room")) for e in events(server) if e.get("connection") == number]
    assert mine == [
        ("connected", None, None),
        ("welcome", "Ann", "den"),
        ("bye", "Anna", "den"),
        ("closed", "Anna", "den"),
    ]
    assert of(events(server), "bye")[0]["reason"] == "quit"
    assert of(events(server), "connected")[0]["address"] == "127.0.0.1"


def test_a_refused_hello_is_told_with_its_reason(serve: Serve) -> None:
    server = serve("--log", "-", canaries=False)
    server.join("Taken")
    reasons = []
    for reason, hello in [
        ("name_invalid", {"name": "1st"}),
        ("name_taken", {"name": "Taken"}),
        ("name_invalid", {"name": HOSTILE}),
        ("bad_version", {"version": 9}),
    ]:
        assert server.peer().refused(**hello) == reason
        reasons.append(reason)
    server.join("Last")
    assert [event["reason"] for event in of(events(server), "refused")] == reasons
    assert "forged" not in {event["level"] for event in events(server)}


def test_who_is_cut_is_told_with_the_limit(serve: Serve) -> None:
    server = serve("--log", "-", limits={"hello": 0.5, "frame_time": 0.2}, canaries=False)
    texts = []
    for limit, does in {
        "hello": b"",
        "frame_time": b"\0\0\1\0{",
        "bad_frames": b"\0\0\0\1x" * 12,
        "hello_tries": encode({"type": "hello", "version": 1, "name": ""}) * 6,
    }.items():
        peer = server.peer()
        peer.send_bytes(does)
        texts.append(peer.closed()[-1]["text"])
        assert f"(limit {limit})" in texts[-1]
    server.join("Last")
    assert [event["why"] for event in of(events(server), "bye")] == texts


def test_what_hosts_and_owners_did_is_told_and_kept(serve: Serve, launcher: Launcher, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = serve("--log", "-", "--data", str(data), memory=False, canaries=False)
    host = server.join("host", token=(data / "host-token").read_text().strip())
    bob, cat = server.join("bob"), server.join("cat")
    host.types("/mute bob 1h", "/kick bob too loud", "/ban cat 2d", "/unban cat", "/lock", "/say so there")
    assert (bob.bye(), cat.bye()) == ("kicked", "banned")
    server.err.until('"/say"')
    told = {event["text"]: json.loads(event["data"]) for event in events(server) if event["text"].startswith("/")}
    assert told == {
        "/mute": {"name": "bob", "seconds": 3_600.0},
        "/kick": {"name": "bob", "reason": "too loud"},
        "/ban": {"name": "cat", "seconds": 172_800.0, "reason": ""},
        "/unban": {"name": "cat"},
        "/lock": {"on": True},
        "/say": {"text": "so there"},
    }
    assert all(event["who"] == "host" for event in events(server) if event["text"].startswith("/"))
    assert server.stop() == 0
    kept = [json.loads(line) for line in launcher.run("data", "export", "--data", str(data)).stdout.splitlines()]
    done = [line["kind"] for line in kept if line.get("who") == "host"]
    assert done == ["mute", "kick", "ban", "unban", "lock", "say"]


def test_what_a_plugin_did_is_one_line_whatever_was_typed(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "boom.py"
    path.write_text(BOOM)
    server = serve("--log", "-", "--plugin", str(path), canaries=False)
    server.raises = True
    ann = server.join("Ann")
    assert ann.say(f"/boom {HOSTILE}").code == "internal"
    line = server.err.until("/boom raised")
    assert "forged" in json.loads(line)["trace"]
    assert {event["level"] for event in events(server)} == {"info", "error"}


def test_no_secret_token_password_or_invitation_is_ever_told(serve: Serve, tmp_path: Path) -> None:
    data, words = tmp_path / "data", tmp_path / "own.txt"
    words.write_text("quixotry\n")
    options = ("--log", "-", "--data", str(data), "--words", str(words), "--password", "sesame-77")
    server = serve(*options, memory=False, canaries=False)
    token = (data / "host-token").read_text().strip()
    host = server.join(token=token)
    ann = server.join("Ann", password="sesame-77")
    wrong = server.peer()
    assert wrong.refused(name="Eve", password="sesame-78") == "forbidden"
    assert server.peer().refused(name="Eve", token="0123456789abcdef", password="nope-55") == "forbidden"
    ann.types("/new", "/guess z")
    host.types("/room den")
    host.types("/private hush-99")
    assert ann.say("/room den hush-99").ok
    assert ann.say("/room den wrong-44").code is not None
    ann.types("/room lobby")
    ann.types("/stop", "/secret abracadabra | a spell")
    assert server.stop() == 0
    said = server.out.text + server.err.text
    secrets = (
        "quixotry",
        "abracadabra",
        token,
        ann.token,
        "sesame",
        "0123456789abcdef",
        "nope-55",
        "hush-99",
        "wrong-44",
    )
    assert [word for word in secrets if word in said] == []


def test_other_protocols_are_told_once(serve: Serve) -> None:
    server = serve("--log", "-", canaries=False)
    for _ in range(3):
        for said in (b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x02\x00\x01"):
            with socket.create_connection(server.address, timeout=10) as sock:
                sock.sendall(said)
                while sock.recv(4_096):
                    continue
    server.join().barrier()
    told = [event["text"] for event in events(server) if "speaks" in event["text"]]
    assert sorted(text.split()[2] for text in told) == ["HTTP", "SSH", "TLS"]


def test_a_file_that_is_moved_away_is_begun_anew(serve: Serve, tmp_path: Path) -> None:
    """As logrotate does; a file that cannot be written is said before anything starts."""
    path = tmp_path / "log"
    server = serve("--log", str(path), canaries=False)
    server.join("Ann").barrier()
    assert '"who": "Ann"' in path.read_text()
    path.rename(tmp_path / "log.1")
    server.join("Bob").barrier()
    assert ('"who": "Bob"' in path.read_text(), '"who": "Ann"' in path.read_text()) == (True, False)


def test_a_file_that_cannot_be_written_is_said_in_a_line(launcher: Launcher, tmp_path: Path) -> None:
    ended = launcher.run("serve", "--memory", "--port", "0", "--log", str(tmp_path / "no" / "log"))
    assert (ended.returncode, ended.stderr.count("\n"), "--log" in ended.stderr) == (2, 1, True)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "\x1b]0;x\x07", "\u2028\u2029\x85", "\ud800", "%s %d", "{x}", "日本"]
)
def test_a_record_is_one_line_of_ascii(text: str) -> None:
    record = logging.LogRecord("hangman_net", logging.INFO, "f", 1, "%s", (text,), None)
    record.who = text
    line = JsonLines().format(record)
    assert line.isascii() and line.isprintable()
    assert (json.loads(line)["text"], json.loads(line)["who"]) == (text, text)


class Full(io.StringIO):
    """A file on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_on_a_full_disk_leaves_no_traces_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("hangman_net")
    for name in ("propagate", "level"):
        monkeypatch.setattr(log, name, getattr(log, name))
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(logging, "raiseExceptions", True)
    set_up("-", quiet=False)
    (handler,) = log.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(Full())
    log.warning("a line")
    assert capfd.readouterr().err == ""
