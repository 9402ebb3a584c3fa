"""Every way a connection ends: its exit code, and one line that says what to do next."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import get_args

import pytest

from hangman_net.client import endings
from hangman_net.client.events import Closed
from hangman_net.messages import Bye, ByeReason, Error, ErrorCode

GOOD = {"quit", "stopping"}
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def is_one_line_with_advice(closed: Closed) -> bool:
    reason = closed.reason or ""
    return reason.isprintable() and reason.count(". ") >= 1 and reason.endswith(".")


@pytest.mark.parametrize("reason", get_args(ByeReason))
def test_every_bye_ends_well_or_says_what_to_do(reason: ByeReason) -> None:
    for text in (None, "Bad\x1b[2J\nluck."):
        closed = endings.farewell(Bye(reason, text))
        if reason in GOOD:
            assert closed == Closed(None, 0)
        else:
            assert closed.code == 1
            assert is_one_line_with_advice(closed)
            assert ("(Bad[2J luck)" in (closed.reason or "")) == (text is not None)


@pytest.mark.parametrize("code", get_args(ErrorCode))
def test_every_refused_hello_says_what_to_do(code: ErrorCode) -> None:
    closed = endings.turned_away(Error(code, "No way. " + "x" * 1_000))
    assert closed.code == (2 if code == "name_invalid" else 1)
    assert is_one_line_with_advice(closed)
    assert len(closed.reason or "") < 400


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (REFUSED, "nothing listens there"),
        (TimeoutError(), "it does not answer"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no such host"),
        (EOFError(), "the server closed it"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "Network is unreachable"),
        (ConnectionResetError(), "ConnectionResetError"),
        (OSError("odd."), "odd"),
    ],
)
def test_why_it_failed(error: OSError | EOFError, words: str) -> None:
    assert endings.why(error) == words
    for closed, code in ((endings.no_server("a:1", error), 69), (endings.lost("a:1", error), 1)):
        assert closed.code == code
        assert f"a:1: {words}. " in (closed.reason or "") or f"a:1 is lost: {words}. " in (closed.reason or "")
        assert is_one_line_with_advice(closed)


def test_no_trust_is_not_no_server() -> None:
    closed = endings.no_server("a:1", ssl.SSLError(1, "wrong version number"))
    assert closed.code == 1
    assert "--ca" in (closed.reason or "")
