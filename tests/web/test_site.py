"""The page's files: what is served, with which headers, and that a path is only ever a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hangman_net.web.site import PAGE, POLICY, Site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    yield Site()


def parts(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize(
    ("path", "kind", "holds"),
    [
        ("/", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/?from=a%20friend", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/main.js", "text/javascript; charset=utf-8", b"new Link("),
        ("/style.css", "text/css; charset=utf-8", b"prefers-color-scheme"),
        ("/icon.svg", "image/svg+xml", b"<svg"),
        ("/healthz", "text/plain; charset=utf-8", b"ok\n"),
    ],
)
def test_what_is_there(site: Site, path: str, kind: str, holds: bytes) -> None:
    status, headers, body = parts(site.answer("GET", path))
    assert status == 200
    assert headers["Content-Type"] == kind
    assert headers["Content-Length"] == str(len(body))
    assert holds in body


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/../site.py",
        "/%2e%2e/site.py",
        "//etc/passwd",
        "/page",
        "",
        "*",
        "http://other/",
        "/main.js/",
        "/\0",
    ],
)
def test_nothing_else_is(site: Site, path: str) -> None:
    status, _, body = parts(site.answer("GET", path))
    assert status == 404
    assert b"def " not in body


@pytest.mark.parametrize("path", ["/", "/main.js", "/healthz", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_every_answer_keeps_strangers_out(site: Site, method: str, path: str) -> None:
    _, headers, _ = parts(site.answer(method, path))
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Connection"] == "close"


def test_the_policy_lets_nothing_in_from_elsewhere_nor_inline() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "connect-src", "img-src")} == {"'self'"}
    assert rules["frame-ancestors"] == "'none'"


def test_head_is_get_without_the_body(site: Site) -> None:
    got, head = parts(site.answer("GET", "/")), parts(site.answer("HEAD", "/"))
    assert head == (got[0], got[1], b"")


def test_what_the_browser_has_is_not_sent_again(site: Site) -> None:
    _, headers, _ = parts(site.answer("GET", "/main.js"))
    status, _, body = parts(site.answer("GET", "/main.js", f'"other", W/{headers["ETag"]}'))
    assert (status, body) == (304, b"")
    assert parts(site.answer("GET", "/main.js", '"other"'))[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "get"])
def test_only_reading_is_answered(site: Site, method: str) -> None:
    status, headers, _ = parts(site.answer(method, "/"))
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


# --- the files themselves -------------------------------------------------------------------------------------------

FILES = sorted(path for path in PAGE.iterdir() if path.suffix in (".html", ".js", ".css", ".svg"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_page_asks_nobody_else_for_anything(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|url\(|@import|//[a-z]+\.[a-z]", text)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_no_text_ever_becomes_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc", text)


def test_the_html_has_no_inline_script_style_or_handler() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", html)
