"""Addresses as they are written, and this machine's own as it and others reach it."""

from __future__ import annotations

import pytest

from hangman_net.server.addresses import best, from_elsewhere, nearest, shown


@pytest.mark.parametrize(
    ("host", "text"), [("127.0.0.1", "127.0.0.1:4264"), ("::1", "[::1]:4264"), ("here.local", "here.local:4264")]
)
def test_shown(host: str, text: str) -> None:
    assert shown(host, 4264) == text


@pytest.mark.parametrize(
    ("host", "near"),
    [("", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.1.2.3", "10.1.2.3"), ("::1", "::1")],
)
def test_this_machine_reaches_itself_by_loopback_where_it_listens_everywhere(host: str, near: str) -> None:
    assert nearest(host) == near


def test_others_reach_it_by_no_address_of_its_own() -> None:
    found = from_elsewhere()
    assert found
    assert len(set(found)) == len(found)
    assert not [address for address in found if address.startswith(("127.", "::1", "fe80", "0.0.0.0"))]


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_the_best_of_all_interfaces_is_the_one_that_leads_out(host: str) -> None:
    assert best(host) == from_elsewhere()[0]


def test_the_best_of_one_interface_is_that_one() -> None:
    assert best("192.168.1.5") == "192.168.1.5"
