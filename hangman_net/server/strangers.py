"""Clients of other protocols on the game's own port: told in their own words what this is.

It knows how four bytes look at the beginning of HTTP, TLS and SSH; it must not know sockets or frames.
"""

from __future__ import annotations

from typing import Final

_HTTP: Final = frozenset({b"GET ", b"HEAD", b"POST", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"TRAC", b"PRI "})
_TLS_HANDSHAKE: Final = b"\x16\x03"
_TLS_NO_SUCH_PROTOCOL: Final = b"\x15\x03\x01\x00\x02\x02\x46"
"""A fatal TLS alert, protocol_version (RFC 8446, section 6.2)."""


def answer(head: bytes, how: str) -> tuple[str, bytes] | None:
    """What a stranger speaks, by the first four bytes of it, and what to answer; None where they are nothing known.

    `how` says in one line of ASCII how one gets to the game.
    """
    if head in _HTTP:
        text = f"This port speaks hangman_net, not HTTP. {how}\n".encode("ascii", "replace")
        lines = (
            "HTTP/1.1 400 Bad Request",
            "Content-Type: text/plain; charset=us-ascii",
            f"Content-Length: {len(text)}",
            "Connection: close",
            "",
            "",
        )
        return "HTTP", "\r\n".join(lines).encode() + text
    if head == b"SSH-":
        # RFC 4253, section 4.2: a server may say lines of text before its version
        return "SSH", f"This port speaks hangman_net, not SSH. {how}\r\n".encode("ascii", "replace")
    if head.startswith(_TLS_HANDSHAKE):
        return "TLS", _TLS_NO_SUCH_PROTOCOL
    return None
