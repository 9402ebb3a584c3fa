"""Which pages may open a WebSocket here: those of this server, and whoever is no browser."""

from __future__ import annotations

import pytest

from hangman_net.web.door import origin_of, same_origin


@pytest.mark.parametrize(
    ("origins", "hosts", "may"),
    [
        ([], ["here:80"], True),
        (["http://here:80"], ["here:80"], True),
        (["https://here"], ["HERE"], True),
        (["http://here:80"], ["here"], False),
        (["http://here.evil"], ["here"], False),
        (["http://here", "http://evil"], ["here"], False),
        (["http://here"], [], False),
        (["http://a"], ["b"], False),
        (["null"], ["null"], False),
    ],
)
def test_origins(origins: list[str], hosts: list[str], may: bool) -> None:
    assert same_origin(origins, hosts) is may


def test_the_origin_of_a_page_has_no_path() -> None:
    assert origin_of("https://Play.Example:8443/hangman/") == "https://play.example:8443"
    assert same_origin(["https://play.example"], ["inside:8080"], {origin_of("https://play.example")})
