"""Other protocols are known by their first four bytes, and answered in a way that they read."""

from __future__ import annotations

import pytest

from hangman_net.server.strangers import answer

HOW = "Join by: hangman-net join here:4264"


@pytest.mark.parametrize("request_", [b"GET / HTTP/1.1", b"POST /x", b"HEAD / H", b"OPTIONS *", b"PRI * HTTP/2.0"])
def test_http_is_answered_by_http(request_: bytes) -> None:
    known = answer(request_[:4], HOW)
    assert known is not None
    protocol, words = known
    head, _, body = words.partition(b"\r\n\r\n")
    assert protocol == "HTTP"
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.count(b"\n") == 1
    assert HOW.encode() in body


def test_ssh_is_told_in_a_line_before_any_version() -> None:
    known = answer(b"SSH-", HOW)
    assert known is not None
    assert known[0] == "SSH"
    assert known[1].endswith(b"\r\n")
    assert not known[1].startswith(b"SSH-")


@pytest.mark.parametrize("version", [0, 1, 3])
def test_tls_gets_an_alert(version: int) -> None:
    known = answer(bytes((0x16, 3, version, 2)), HOW)
    assert known == ("TLS", b"\x15\x03\x01\x00\x02\x02\x46")


@pytest.mark.parametrize("head", [b"", b"\0\0\0\0", b"\xff\xff\xff\xff", b"GETX", b"get ", b'{"ty', b"ssh-"])
def test_all_else_is_nobody_known(head: bytes) -> None:
    assert answer(head, HOW) is None


def test_the_advice_is_ascii_whatever_it_says() -> None:
    known = answer(b"GET ", "Join at höst")
    assert known is not None
    assert b"h?st" in known[1]
