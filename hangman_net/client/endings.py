"""How a connection can end, each with its exit code and the one line that says what to do next.

It knows the words of a client's command line; it must not know sockets or tasks.
"""

from __future__ import annotations

import socket
import ssl
from typing import Final

from hangman_net.client.events import Closed
from hangman_net.messages import Bye, ByeReason, Error
from hangman_net.text import safe_line

FAILED: Final = 1
USAGE: Final = 2
NO_SERVER: Final = 69
INTERRUPTED: Final = 130
"""Exit codes of the command line (contract section 1); `NO_SERVER` is EX_UNAVAILABLE of sysexits.h."""

_FAREWELLS: dict[ByeReason, tuple[str, str]] = {
    "kicked": ("You were kicked out", "You may join again."),
    "banned": ("You are banned from this server", "Ask its host."),
    "replaced": ("Another client has taken this seat", "Go on there, or join under another --name."),
    "too_big": ("The server was sent more than it takes", "Update hangman-net."),
    "protocol": ("The server could not read what it was sent", "Update hangman-net."),
    "timeout": ("The server waited too long for this client", "Join again."),
    "slow": ("This client could not keep up with the server", "Join again."),
    "limit": ("Too many lines in too short a time", "Wait a minute and join again."),
    "full": ("The server is full", "Try again later."),
}
"""What happened, and what to do next; `quit` and `stopping` are how things should end."""

_ADVICE = {
    "name_taken": "Choose another name with --name.",
    "name_invalid": "Choose another with --name, or --room.",
    "bad_version": "Update hangman-net.",
    "full": "Try again later.",
}


def farewell(bye: Bye) -> Closed:
    """The server said good-bye, perhaps with words of its own."""
    if bye.reason not in _FAREWELLS:
        return Closed()
    happened, advice = _FAREWELLS[bye.reason]
    said = f" ({_quoted(bye.text)})" if bye.text else ""
    return Closed(f"{happened}{said}. {advice}", FAILED)


def turned_away(error: Error) -> Closed:
    """The hello was refused."""
    advice = _ADVICE.get(error.code, "Ask the server's host.")
    return Closed(f"{_quoted(error.text)}. {advice}", USAGE if error.code == "name_invalid" else FAILED)


def not_understood(server: str, text: str) -> Closed:
    """What came is not what a server of this protocol says."""
    return Closed(f"{server} is no hangman-net server, or one too new ({_quoted(text)}). Join another.", FAILED)


def no_server(server: str, error: OSError | EOFError) -> Closed:
    """There never was a connection, or nobody who says welcome at its other end."""
    if isinstance(error, ssl.SSLError):
        advice = "Name its certificate with --ca, or join without TLS."
        return Closed(f"No trusted connection to {server}: {why(error)}. {advice}", FAILED)
    advice = "Start one with 'hangman-net serve', or join another HOST:PORT."
    return Closed(f"No server at {server}: {why(error)}. {advice}", NO_SERVER)


def lost(server: str, error: OSError | EOFError) -> Closed:
    """The connection was cut, and trying again did not help."""
    return Closed(f"The connection to {server} is lost: {why(error)}. Join again.", FAILED)


def why(error: OSError | EOFError) -> str:
    """What cut or prevented a connection, in a few words that go on a sentence."""
    match error:
        case EOFError():
            return "the server closed it"
        case ConnectionRefusedError():
            return "nothing listens there"
        case socket.gaierror():
            return "there is no such host"
        case TimeoutError():
            return "it does not answer"
        case ssl.SSLCertVerificationError():
            return error.verify_message
        case _:
            return (error.strerror or str(error) or type(error).__name__).rstrip(".")


def _quoted(text: str) -> str:
    """What a server wrote, safe to show and short enough for a line."""
    return safe_line(text[:300]).rstrip(". ")
