"""The page's files as HTTP answers, with the headers that keep strangers' scripts out.

It knows files, paths and headers; it must not know sockets, WebSocket or what the page does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parent / "page"

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only this server's own files, and a WebSocket to it; no inline script or style, no frame around the page."""

SAFETY: Final = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)

_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; `tag` changes with its content."""

    kind: str
    body: bytes
    tag: str


class Site:
    """The files of the page, read once: a path is only ever looked up, never opened."""

    def __init__(self, folder: Path = PAGE) -> None:
        self._files: dict[str, File] = {}
        for path in folder.iterdir():
            if path.suffix in TYPES:
                body = path.read_bytes()
                tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                self._files["/" + path.name] = File(TYPES[path.suffix], body, tag)
        self._files["/"] = self._files.pop("/index.html")

    def answer(self, method: str, path: str, known: str | None = None) -> bytes:
        """The response to a request; `known` is the tag of what the browser has already."""
        if method not in ("GET", "HEAD"):
            return plain(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.", ("Allow", "GET, HEAD"))
        path = path.partition("?")[0]
        if path == "/healthz":
            return plain(HTTPStatus.OK, "ok")
        file = self._files.get(path)
        if file is None:
            return plain(HTTPStatus.NOT_FOUND, "There is nothing here; the game is at /.")
        # Asked anew each time and answered in no bytes: after an update nobody plays with half of the old page.
        headers = (("ETag", file.tag), ("Cache-Control", "no-cache"))
        if known is not None and file.tag in known:
            return response(HTTPStatus.NOT_MODIFIED, b"", *headers)
        whole = response(HTTPStatus.OK, file.body, ("Content-Type", file.kind), *headers)
        return whole if method == "GET" else whole[: len(whole) - len(file.body)]


def plain(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> bytes:
    """A response of one line of text."""
    return response(status, f"{text}\n".encode(), ("Content-Type", _TEXT), ("Cache-Control", "no-store"), *headers)


def response(status: HTTPStatus, body: bytes, *headers: tuple[str, str]) -> bytes:
    """A whole response, after which the connection closes."""
    size = () if status is HTTPStatus.NOT_MODIFIED else (("Content-Length", str(len(body))),)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in (*size, ("Connection", "close"), *headers, *SAFETY)]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
