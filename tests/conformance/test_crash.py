"""Crash and restart: what was acked is there after a power cut, what was not is whole or not at all."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Launcher, Peer, holds
from judge.peer import Closed, encode

Restart = Callable[..., Launched]


@pytest.fixture
def kept(serve: Callable[..., Launched], lists: list[str], tmp_path: Path) -> Callable[..., Launched]:
    """Starts a server over one data folder, again and again."""

    def start(*options: str, **how: object) -> Launched:
        return serve(
            "--no-console", "--limit", "all=none", "--data", str(tmp_path / "data"), *lists, *options, memory=False
        )

    return start


def mask(peer: Peer) -> str:
    """The cells of the last board."""
    return "".join("_" if cell is None else cell for cell in peer.board()["cells"])


@pytest.mark.parametrize("how", ["kill", "stop"])
@holds("2.33", "2.43", "2.21", "1.18")
def test_a_round_goes_on_after_a_restart(kept: Restart, how: str) -> None:
    server = kept()
    ann, bob = server.join("Ann", "table"), server.join("Bob", "table")
    ann.types("/new fruit", "/guess a", "/guess z")
    bob.types("/guess n")
    getattr(server, how)()
    again = kept()
    back = again.peer()
    welcome = back.hello(token=ann.token)[0]
    assert (welcome["name"], welcome["room"], welcome["resumed"]) == ("Ann", "table", True)
    assert welcome["last_id"] >= 3
    assert (mask(back), back.board()["missed"], back.board()["lives"], back.board()["status"]) == (
        "_anana", ["z"], 5, "playing",
    )  # fmt: skip
    assert back.say("/guess b").ok
    assert back.board()["status"] == "won"


@holds("2.43", "2.42", "2.33")
def test_a_line_sent_again_after_a_restart_counts_once(kept: Restart) -> None:
    server = kept()
    ann = server.join("Ann", "table")
    ann.types("/new fruit", "/guess z", "/guess x")
    server.kill()
    again = kept()
    back = again.peer()
    back.hello(token=ann.token)
    for number, text in ((1, "/new fruit"), (2, "/guess z"), (3, "/guess x")):
        back.send({"type": "line", "text": text, "id": number})
        assert back.reply(number).ok
    assert back.barrier() == []
    assert (back.board()["missed"], back.board()["lives"]) == (["z", "x"], 4)


@holds("2.33")
def test_every_acked_guess_is_there_however_the_server_dies(kept: Restart) -> None:
    """The server is killed amid a stream of lines; each ack that arrived is a promise."""
    server = kept()
    ann = server.join("Ann", "table")
    ann.types("/new english")
    letters = "zqxjkvwybgpfmucdlhrsnoiate"
    ann.send_bytes(
        b"".join(encode({"type": "line", "text": f"/guess {c}", "id": n}) for n, c in enumerate(letters, 10))
    )
    ann.wait("ack")
    ann.wait("ack")
    server.kill()
    try:
        while True:
            ann.read()
    except (Closed, OSError):
        pass
    acked = {m["id"] for m in ann.seen if m["type"] == "ack" and m["ok"] and m["id"] >= 10}
    assert len(acked) >= 2
    again = kept()
    back = again.peer()
    back.hello(token=ann.token)
    board = back.board()
    found = {cell for cell in board["cells"] if cell}
    for number in acked:
        letter = letters[number - 10]
        assert letter in board["missed"] or letter in found, letter
    shown = [m for m in ann.seen if m["type"] == "board"][-1]
    assert set(shown["missed"]) <= set(board["missed"]), "what was shown to anyone was kept first"


@holds("2.22", "2.28", "2.33")
def test_scores_last(kept: Restart) -> None:
    server = kept()
    ann = server.join("Ann", "table")
    ann.types("/new fruit", "/guess banana")
    score = [m["score"] for m in ann.seen if m["type"] == "member"][-1]
    server.kill()
    again = kept()
    back = again.peer()
    got = back.hello(token=ann.token)
    assert {m["name"]: m["score"] for m in got[1]["members"]}["Ann"] == score > 0
    assert str(score) in back.types("/score")[0].text
    assert "Ann" in back.types("/top")[0].text


@holds("2.48", "2.45")
def test_a_setters_word_is_still_theirs_alone(kept: Restart, tmp_path: Path) -> None:
    server = kept()
    ann, bob = server.join("Ann", "table"), server.join("Bob", "table")
    ann.types("/secret quokka | an animal")
    bob.types("/guess k")
    server.kill()
    again = kept()
    setter, guesser = again.peer(), again.peer()
    setter.hello(token=ann.token)
    guesser.hello(token=bob.token)
    assert setter.board()["secret"] == "quokka"
    assert guesser.board()["secret"] is None
    assert b"quokka" not in guesser.raw
    assert not setter.say("it is a quokka").ok
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, f"{path.name} may be read by others"


@holds("2.18", "2.22")
def test_names_are_held_over_a_restart(kept: Restart) -> None:
    server = kept()
    server.join("Ann", "table")
    server.kill()
    again = kept()
    assert again.peer().refused(name="Ann", room="table") == "name_taken"


@holds("2.18")
def test_a_name_on_its_way_to_the_disk_is_taken(kept: Restart) -> None:
    """Fifty ask for one name in the same turn of a server that keeps it on disk first: one gets it."""
    server = kept()
    peers = [server.peer() for _ in range(50)]
    for number, peer in enumerate(peers):
        peer.send({"type": "hello", "version": 1, "name": "Onlyone", "room": f"room-{number}"})
    first = [peer.read() for peer in peers]
    assert [m["type"] for m in first].count("welcome") == 1
    assert {m["code"] for m in first if m["type"] == "error"} == {"name_taken"}


@holds("2.43", "2.45")
def test_rounds_go_on_rising_over_a_restart(kept: Restart) -> None:
    server = kept()
    ann = server.join("Ann", "table")
    ann.types("/new fruit", "/guess banana", "/new fruit", "/stop")
    number = ann.board()["round"]
    server.stop()
    again = kept()
    back = again.peer()
    back.hello(token=ann.token)
    back.types("/new fruit")
    assert back.board()["round"] == number + 1


@holds("2.39")
def test_who_owned_a_room_owns_it(kept: Restart) -> None:
    server = kept()
    ann = server.join("Ann", "table")
    assert ann.welcome["role"] == "owner"
    server.kill()
    back = kept().peer()
    assert back.hello(token=ann.token)[0]["role"] == "owner"


@holds("1.18")
def test_memory_keeps_nothing(serve: Callable[..., Launched], tmp_path: Path) -> None:
    server = serve("--no-console", cwd=tmp_path)
    ann = server.join("Ann")
    server.stop()
    again = serve("--no-console", cwd=tmp_path)
    back = again.peer()
    assert back.hello("Ann", token=ann.token)[0]["resumed"] is False
    assert list(tmp_path.iterdir()) == []


@holds("1.25", "1.26")
def test_a_data_folder_that_cannot_be_used(launcher: Launcher, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    for data in (str(file), str(file / "below"), "/proc/nowhere"):
        done = launcher.run("serve", "--port", "0", "--no-console", "--data", data)
        assert done.returncode == 2, data
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert done.stdout == ""


@holds("1.25", "1.26")
def test_two_servers_never_share_a_data_folder(kept: Restart, launcher: Launcher, tmp_path: Path) -> None:
    server = kept()
    done = launcher.run("serve", "--port", "0", "--no-console", "--data", str(tmp_path / "data"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert server.join().say("still here").ok


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut"])
@holds("1.25", "1.26")
def test_a_damaged_database_is_one_line_or_a_start(
    kept: Restart, launcher: Launcher, tmp_path: Path, damage: str
) -> None:
    """Never a traceback, and never a server that starts and forgets without a word."""
    server = kept()
    server.join("Ann", "table").types("/new fruit")
    server.stop()
    files = [p for p in (tmp_path / "data").rglob("*") if p.is_file() and p.read_bytes()[:6] == b"SQLite"]
    for path in files:
        data = path.read_bytes()
        path.write_bytes({"garbage": b"\xff" * len(data), "empty": b"", "cut": data[: len(data) // 2]}[damage])
    if not files:
        return
    process = launcher.spawn([*launcher.command, "--port", "0", "--no-console", "--data", str(tmp_path / "data")])
    assert process.stdout is not None and process.stderr is not None
    first = process.stdout.readline()
    if not first:
        said = process.stderr.read()
        assert process.wait(10) == 2
        assert len(said.strip().splitlines()) == 1, said
    process.kill()
    process.wait(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in said


@holds("2.33")
def test_what_is_kept_is_whole(kept: Restart, launcher: Launcher, tmp_path: Path) -> None:
    """After ten kills in a row amid rounds the database passes its own check."""
    token = None
    for number in range(5):
        server = kept()
        ann = server.peer()
        ann.hello("Ann" if token is None else None, "table", **({} if token is None else {"token": token}))
        token = ann.token
        ann.last_id += 1000 * (number + 1)
        ann.say("/stop")
        ann.types("/new english")
        ann.send(*({"type": "line", "text": f"/guess {c}", "id": ann.last_id + n} for n, c in enumerate("etaoin", 1)))
        ann.wait("ack")
        server.kill()
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file() and path.read_bytes()[:6] == b"SQLite":
            with sqlite3.connect(path) as database:
                assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
            database.close()
