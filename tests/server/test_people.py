"""Names, bans and voices from outside: one of many gets a name, and what was decided outlives a restart."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Peer
from judge.peer import encode

Serve = Callable[..., Launched]


def kept(serve: Serve, data: Path, *options: str) -> tuple[Launched, Peer]:
    """A server that keeps what happens, and its host."""
    server = serve("--data", str(data), *options, memory=False, canaries=False)
    return server, server.join("host", token=(data / "host-token").read_text().strip())


def at(server: Launched, address: str) -> Peer:
    """A connection from one of this machine's other addresses."""
    peer = server.peer()
    peer.sock.close()
    peer.sock = socket.create_connection(server.address, timeout=10, source_address=(address, 0))
    return peer


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "disk"])
def test_a_hundred_ask_for_one_name_and_one_gets_it(serve: Serve, tmp_path: Path, memory: bool) -> None:
    server = serve(*([] if memory else ["--data", str(tmp_path / "data")]), memory=memory)
    peers = [server.peer() for _ in range(100)]
    for number, peer in enumerate(peers):
        same = ("Wren", "WREN", "wren", "Wrén", "vvren")[number % 5]
        peer.send_bytes(encode({"type": "hello", "version": 1, "name": same, "room": f"room-{number % 7}"}))
    answers = [peer.read() for peer in peers]
    assert [m["type"] for m in answers].count("welcome") == 1
    assert {m["code"] for m in answers if m["type"] == "error"} == {"name_taken"}
    winner = next(peer for peer, answer in zip(peers, answers, strict=True) if answer["type"] == "welcome")
    for peer in peers:
        if peer is not winner:
            peer.close()
    winner.barrier()
    assert winner.say("/nick Wren-2").ok
    assert server.join("Wren").name == "Wren"


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "disk"])
def test_a_hundred_take_one_name_by_nick_and_one_gets_it(serve: Serve, tmp_path: Path, memory: bool) -> None:
    server = serve(*([] if memory else ["--data", str(tmp_path / "data")]), memory=memory)
    peers = [server.join() for _ in range(40)]
    for peer in peers:
        peer.send({"type": "line", "text": "/nick Wren", "id": 1})
    replies = [peer.reply(1) for peer in peers]
    assert [reply.ok for reply in replies].count(True) == 1
    assert {reply.code for reply in replies if not reply.ok} == {"name_taken"}


@pytest.mark.parametrize(
    ("scripts", "welcome", "refused"),
    [
        ((), ("José", "Zoë-9", "Łukasz"), ("Ольга", "李小龙")),
        (("Cyrillic",), ("Ольга",), ("Ann",)),
        (("Latin", "Cyrillic", "Han"), ("Ольга", "李小龙", "Ann"), ("Olьga", "Аdmin", "Ann李")),
    ],
)
def test_scripts_of_names_are_an_option(
    serve: Serve, scripts: tuple[str, ...], welcome: tuple[str, ...], refused: tuple[str, ...]
) -> None:
    server = serve(*(word for script in scripts for word in ("--scripts", script)), canaries=False)
    for name in welcome:
        assert server.join(name).name == name
    for name in refused:
        assert server.peer().refused(name=name) == "name_invalid"


def test_a_host_may_have_a_latin_name_whatever_the_scripts(serve: Serve, tmp_path: Path) -> None:
    _, host = kept(serve, tmp_path / "data", "--scripts", "Cyrillic")
    assert (host.name, host.welcome["role"]) == ("host", "host")


def test_look_alikes_of_two_scripts_are_one_name(serve: Serve) -> None:
    server = serve("--scripts", "Latin", "--scripts", "Cyrillic", canaries=False)
    server.join("Cop")
    assert server.peer().refused(name="Сор") == "name_taken"  # the same in Cyrillic letters


def test_bans_by_name_seat_and_address_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    server, host = kept(serve, tmp_path)
    bob, cat = server.join("Bob"), at(server, "127.0.0.9")
    cat.hello("Cat")
    host.types("/ban Bob 2h", "/ban 127.0.0.9")
    assert (bob.bye(), cat.bye()) == ("banned", "banned")
    for _ in range(2):
        assert server.peer().refused(name="Bob") == "forbidden"
        assert server.peer().refused(name="B0B") == "forbidden"
        assert server.peer().refused(name="Bert", token=bob.token) == "forbidden"
        assert at(server, "127.0.0.9").refused(name="Carl") == "forbidden"
        server.join().barrier()
        assert server.stop() == 0
        server, host = kept(serve, tmp_path)
    assert host.say("/unban Nobody").code == "usage"
    host.types("/unban bob", "/unban 127.0.0.9")
    server.join("Bob")
    at(server, "127.0.0.9").hello("Cat")


def test_a_line_that_had_to_wait_is_not_carried_out_for_who_was_sent_away(serve: Serve) -> None:
    """Else one who is gone would make a room that nobody can leave, and nobody can end."""
    server = serve(limits={"command_burst": 1, "command_rate": 4})
    ann, bob = server.join("Ann", "den"), server.join("Bob", "den")
    bob.send(*({"type": "line", "text": text, "id": n} for n, text in enumerate(("/score", "/room ghosts"), 1)))
    bob.wait("ack", id=1)  # the second one is read by now, and waits for its allowance
    ann.types("/kick Bob")
    assert bob.bye() == "kicked"
    assert "ghosts" not in ann.say("/rooms").text


def test_a_line_that_had_to_wait_leaves_no_trace_in_the_log_where_its_seat_was_taken(serve: Serve) -> None:
    server = serve(limits={"chat_burst": 1, "chat_rate": 4})
    ann = server.join("Ann")
    ann.send(*({"type": "line", "text": "hello", "id": n} for n in (1, 2)))
    ann.wait("ack", id=1)
    again = server.peer()
    assert again.hello(token=ann.token)[0]["last_id"] == 1
    assert ann.bye() == "replaced"
    assert again.say("hello", 2).ok  # what was not acked is sent again


@pytest.mark.parametrize("who", ["1.2.3", "300.1.1.1", "::zz", "a.b"])
def test_what_is_no_address_cannot_be_banned(serve: Serve, tmp_path: Path, who: str) -> None:
    _, host = kept(serve, tmp_path)
    assert host.say(f"/ban {who}").code == "usage"


def test_a_ban_ends_by_itself(serve: Serve, tmp_path: Path) -> None:
    server, host = kept(serve, tmp_path)
    host.types("/ban Bob 1s")
    assert server.peer().refused(name="Bob") == "forbidden"
    until = time.monotonic() + 10
    answer = ""
    while answer != "welcome":  # somebody who tries again until it is over
        assert time.monotonic() < until, "Bob is still banned"
        peer = server.peer()
        peer.send({"type": "hello", "version": 1, "name": "Bob"})
        answer = str(peer.read()["type"])
        peer.close()


def test_mute_ignore_and_lock_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    server, host = kept(serve, tmp_path)
    ann, bob = server.join("Ann"), server.join("Bob")
    host.types("/mute Bob 1h")
    ann.types("/ignore host")
    server.join("Dora", "den").types("/lock")
    assert bob.say("hello").code == "forbidden"
    assert server.stop() == 0
    server, host = kept(serve, tmp_path)
    ann, bob = server.join(token=ann.token), server.join(token=bob.token)
    assert bob.say("hello").code == "forbidden"
    assert bob.say("/me waves").code == "forbidden"
    assert bob.say("/msg Ann psst").code == "forbidden"
    assert bob.say("/new").ok
    host.types("unheard")
    assert "unheard" not in [m["text"] for m in ann.barrier() if m["type"] == "chat"]
    assert server.peer().refused(name="Eve", room="den") == "forbidden"
    bob.say("/q")
    assert bob.bye() == "quit"
    bob = server.join("Bob", token=bob.token)
    assert bob.say("hello").code == "forbidden"  # leaving gives no voice back
    host.types("/unmute Bob")
    assert bob.say("hello").ok


def test_only_the_token_makes_a_host(serve: Serve, tmp_path: Path) -> None:
    server = serve("--data", str(tmp_path), memory=False)
    first = server.join("First")
    assert first.welcome["role"] == "member"
    assert first.say("/ban Canary-0").code in ("forbidden", "unknown_command")
    token = (tmp_path / "host-token").read_text().strip()
    assert server.join("x", token=token[:-1]).welcome["role"] == "member"
    assert server.join("x2", token=token.upper()).welcome["role"] == "member"
    assert server.join("y", token=token).welcome["role"] == "host"
    assert (tmp_path / "host-token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], True),
        (["--lan"], True),
        (["--host", "127.0.0.1"], False),
        (["--host", "localhost"], False),
        (["--lan", "--password", "sesame"], False),
    ],
)
def test_a_public_port_without_tls_or_password_is_said_in_a_line(serve: Serve, options: list[str], said: bool) -> None:
    server = serve(*options, canaries=False)
    server.join(password="sesame").barrier()
    assert ["--password" in line for line in server.err.all] == [True] * said
