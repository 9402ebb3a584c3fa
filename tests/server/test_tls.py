"""The game's port over TLS: the same game, the same limits, and words in the clear for who does not encrypt."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from judge import Closed, Launched, Launcher, Peer
from judge.peer import encode, frame

from hangman_net.server.tls import Certificate, CertificateError

Pem = tuple[Path, Path]
Encrypted = Callable[..., Launched]


@pytest.fixture
def pem(tmp_path: Path, certify: Callable[[Path], Pem]) -> Pem:
    return certify(tmp_path)


@pytest.fixture(scope="module")
def shared(
    launcher: Launcher, tmp_path_factory: pytest.TempPathFactory, certify: Callable[[Path], Pem]
) -> Iterator[tuple[Launched, Path]]:
    """A server for all cases that leave it as it was, and whom to trust there."""
    cert, key = certify(tmp_path_factory.mktemp("shared"))
    words = ("--no-console", "--limit", "all=none", "--tls-cert", str(cert), "--tls-key", str(key))
    server = launcher.serve(*words)
    yield server, cert
    launcher.end(server)


@pytest.fixture
def encrypted(serve: Callable[..., Launched], pem: Pem) -> Encrypted:
    """A server that speaks TLS only."""

    def start(*options: str, **how: object) -> Launched:
        files = ("--tls-cert", str(pem[0]), "--tls-key", str(pem[1]))
        return serve(*files, *options, canaries=False, **how)

    return start


def wrapped(server: Launched, ca: Path, **how: object) -> Peer:
    """A connection that has shaken hands, with somebody whom `ca` vouches for."""
    peer = server.peer(**how)
    peer.sock = ssl.create_default_context(cafile=ca).wrap_socket(peer.sock, server_hostname="localhost")
    return peer


def test_a_round_is_played_and_chat_of_any_length_arrives(shared: tuple[Launched, Path]) -> None:
    server, ca = shared
    ann, bob = wrapped(server, ca), wrapped(server, ca)
    ann.hello("ann")
    bob.hello("bob")
    assert ann.say("/new").ok
    for letter in "etaoinshrdlucmfywgpbvkxjqz":
        if ann.board()["status"] != "playing":
            break
        ann.say(f"/guess {letter}")
        ann.barrier()
    assert ann.board()["secret"]
    for start in range(60, 1_060, 50):  # more than a record at once, both ways
        ann.send(*({"type": "line", "text": "x" * 490, "id": number} for number in range(start, start + 50)))
        ann.wait("ack", id=start + 49)
        assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == ["x" * 490] * 50
    assert ann.say("/q", 2_000).ok
    assert ann.bye() == "quit"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
def test_where_the_cipher_text_is_cut_never_matters(shared: tuple[Launched, Path], size: int) -> None:
    server, ca = shared
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context(cafile=ca).wrap_bio(incoming, outgoing, server_hostname="localhost")
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def push() -> None:
        data = outgoing.read()
        for at in range(0, len(data), size):
            raw.sendall(data[at : at + size])

    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            push()
            incoming.write(raw.recv(65_536))
    tls.write(encode({"type": "hello", "version": 1}) + encode({"type": "ping", "id": 7}))
    push()
    got = b""
    while b'"pong"' not in got:
        try:
            got += tls.read(65_536)
        except ssl.SSLWantReadError:
            incoming.write(raw.recv(65_536))
    assert got.index(b'"welcome"') < got.index(b'"board"') < got.index(b'"pong"')
    raw.close()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"hangman-net join tls://127.0.0.1:"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", b"hangman-net join tls://127.0.0.1:"),
        (encode({"type": "hello", "version": 1}), b"hangman-net join tls://127.0.0.1:"),
        (b"\x16\x03\x01\x00\x05hello", b""),
        (bytes(range(32, 127)) * 40, b"hangman-net join tls://127.0.0.1:"),
    ],
    ids=["http", "ssh", "in the clear", "bad handshake", "noise"],
)
def test_who_does_not_encrypt_is_told_how(shared: tuple[Launched, Path], said: bytes, answer: bytes) -> None:
    server, ca = shared
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        sock.sendall(said)
        got = b""
        with suppress(ConnectionResetError):
            while data := sock.recv(4_096):
                got += data
    assert answer in got
    wrapped(server, ca).hello()


def test_a_client_in_the_clear_is_told_by_a_bye(shared: tuple[Launched, Path]) -> None:
    peer = shared[0].peer()
    peer.send({"type": "hello", "version": 1})
    assert "tls://" in peer.closed()[-1]["text"]


def test_a_handshake_has_the_deadline_of_a_hello(encrypted: Encrypted) -> None:
    server = encrypted(limits={"hello": 0.4})
    for begun in (b"", b"\x16\x03\x01\x02\x00"):
        peer = server.peer()
        peer.send_bytes(begun)
        began = time.monotonic()
        with suppress(ConnectionResetError):
            while peer.sock.recv(4_096):
                continue
        assert 0.2 < time.monotonic() - began < 3.5


def test_limits_are_told_over_tls_too(encrypted: Encrypted, pem: Pem) -> None:
    server = encrypted(limits={"connections": 2, "frame_time": 0.4})
    stay, late = wrapped(server, pem[0]), wrapped(server, pem[0])
    stay.hello()
    late.hello()
    assert wrapped(server, pem[0]).bye() == "full"
    late.send_bytes(frame(b"{}")[:3])
    assert late.bye() == "timeout"
    stay.send_bytes((16_385).to_bytes(4, "big"))
    assert stay.bye() == "too_big"


def test_who_was_told_bye_and_closes_with_a_line_still_waiting_holds_up_nobody(encrypted: Encrypted, pem: Pem) -> None:
    """The end of what is encrypted is read again and again: it must never be asked for in a loop."""
    server = encrypted(limits={"chat_burst": 1, "chat_rate": 1})
    ann, bob = wrapped(server, pem[0]), wrapped(server, pem[0])
    bob.hello("bob")
    ann.hello("ann")
    ann.send(*({"type": "line", "text": "hello", "id": n} for n in (1, 2)))
    ann.wait("ack", id=1)
    wrapped(server, pem[0]).hello(token=ann.token)
    assert ann.wait("bye")["reason"] == "replaced"
    assert isinstance(ann.sock, ssl.SSLSocket)
    ann.sock.unwrap()
    bob.barrier()


@pytest.mark.parametrize("limit", ["backlog", "backlog_time"])
def test_who_does_not_read_goes_with_a_word_and_every_frame_is_whole(
    encrypted: Encrypted, pem: Pem, limit: str
) -> None:
    server = encrypted(limits={"all": "none", "backlog_time": 5 if limit == "backlog" else 0.5})
    slow, talker = wrapped(server, pem[0], receive_buffer=4_096), wrapped(server, pem[0])
    slow.hello(None, "talk")
    talker.hello(None, "talk")
    number = 0
    while not any(m["type"] == "member" and m["connected"] is False for m in talker.seen):
        number += 1
        if limit == "backlog" or number < 400:
            talker.say("x" * 490, number)
        else:
            talker.barrier()
    said = []
    with pytest.raises(Closed):
        while True:
            said.append(slow.read())
    assert said[-1]["type"] == "bye"
    assert said[-1]["reason"] == "slow"
    assert f"(limit {limit})" in said[-1]["text"]


def test_a_new_certificate_is_taken_on_sighup_and_a_bad_one_is_not(
    encrypted: Encrypted, pem: Pem, tmp_path: Path, certify: Callable[[Path], Pem]
) -> None:
    server = encrypted("--log", "-")
    first = wrapped(server, pem[0])
    first.hello("first")
    (tmp_path / "new").mkdir()
    new = certify(tmp_path / "new")
    for fresh, old in zip(new, pem, strict=True):
        old.write_bytes(fresh.read_bytes())
    server.process.send_signal(signal.SIGHUP)
    server.err.until("daily: reloaded")
    wrapped(server, new[0]).hello("second")
    pem[1].write_text("no key")
    server.process.send_signal(signal.SIGHUP)
    server.err.until("the old certificate goes on")
    wrapped(server, new[0]).hello("third")
    assert first.say("still here").ok


def test_join_verifies_whom_it_joins(shared: tuple[Launched, Path], launcher: Launcher) -> None:
    port = shared[0].port
    words = ("--plain", "--name", "ann")
    known = launcher.run("join", f"tls://localhost:{port}", "--ca", str(shared[1]), *words, stdin="hello\n")
    assert (known.returncode, "<ann> hello" in known.stdout) == (0, True)
    stranger = launcher.run("join", f"tls://localhost:{port}", *words)
    assert (stranger.returncode, stranger.stderr.count("\n")) == (1, 1)
    assert "No trusted connection" in stranger.stderr
    clear = launcher.run("join", f"localhost:{port}", *words)
    assert (clear.returncode, "tls://" in clear.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["--tls-cert", "CERT"], "--tls-key"),
        (["--tls-key", "KEY"], "--tls-cert"),
        (["--tls-cert", "CERT", "--tls-key", "nothing.pem"], "nothing.pem cannot be read"),
        (["--tls-cert", "KEY", "--tls-key", "CERT"], "--tls-cert"),
    ],
)
def test_files_that_will_not_do_are_said_in_a_line(launcher: Launcher, pem: Pem, words: list[str], say: str) -> None:
    files = {"CERT": str(pem[0]), "KEY": str(pem[1])}
    ended = launcher.run("serve", "--memory", "--port", "0", *[files.get(word, word) for word in words])
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert say in ended.stderr


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["localhost", "--ca", "CERT"], "tls://"),
        (["tls://localhost", "--ca", "KEY"], "--ca"),
        (["tls://localhost", "--ca", "nothing.pem"], "nothing.pem"),
        (["tls://"], "no address"),
    ],
)
def test_so_is_an_authority_that_will_not_do(launcher: Launcher, pem: Pem, words: list[str], say: str) -> None:
    files = {"CERT": str(pem[0]), "KEY": str(pem[1])}
    ended = launcher.run("join", *[files.get(word, word) for word in words])
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert say in ended.stderr


def test_a_certificate_is_taken_whole_or_not_at_all(pem: Pem) -> None:
    certificate = Certificate(*pem)
    pem[1].write_text("no key")
    with pytest.raises(CertificateError):
        certificate.reload()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        sock, shaken = certificate.wrap(ours), threading.Event()

        def shake() -> None:
            context = ssl.create_default_context(cafile=pem[0])
            with context.wrap_socket(theirs, server_hostname="localhost"):
                shaken.wait(5)

        shaking = threading.Thread(target=shake)
        shaking.start()
        buffer, until = bytearray(10), time.monotonic() + 5
        while not sock.open and time.monotonic() < until:
            sock.fetch()
            with pytest.raises(BlockingIOError):
                sock.recv_into(buffer, 10)
        shaken.set()
        shaking.join()
        assert sock.open
