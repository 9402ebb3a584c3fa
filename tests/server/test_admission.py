"""Who may come in: places in all, by address, and a rate, counted over all doors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hangman_net.limits import DEFAULTS, Limits
from hangman_net.server.admission import Admission

FAR, FAR_TOO, NEAR = "9.9.9.9", "8.8.8.8", "192.168.1.7"


def crowd(limits: Limits, address: str, count: int) -> Admission:
    admission = Admission(limits, clock=lambda: 0.0)
    for _ in range(count):
        admission.came(address)
    return admission


@pytest.mark.parametrize(
    ("limits", "address", "most"),
    [
        (replace(DEFAULTS, address_connections=3), FAR, 3),
        (replace(DEFAULTS, local_connections=4), NEAR, 4),
        (replace(DEFAULTS, local_connections=4), "127.0.0.1", 4),
        (replace(DEFAULTS, connections=2), FAR, 2),
        (replace(DEFAULTS, address_connections=2), "2620:fe::1", 2),
    ],
)
def test_so_many_and_no_more(limits: Limits, address: str, most: int) -> None:
    admission = crowd(limits, address, most)
    assert admission.crowded(address) is None
    admission.came(address)
    refusal = admission.refusal(address)
    assert refusal is not None
    assert refusal[0] == "full"
    admission.went(address)
    assert admission.crowded(address) is None


def test_others_have_places_of_their_own_but_a_network_of_ipv6_counts_as_one() -> None:
    admission = crowd(replace(DEFAULTS, address_connections=1), FAR, 2)
    assert admission.crowded(FAR)
    admission.came(FAR_TOO)
    assert admission.crowded(FAR_TOO) is None
    admission.came("2620:fe::1")
    admission.came("2620:fe::2")
    assert admission.crowded("2620:fe::2")


def test_a_rate_holds_for_strangers_only_and_recovers() -> None:
    now = 0.0
    admission = Admission(replace(DEFAULTS, address_rate=3), clock=lambda: now)
    assert [admission.refusal(FAR) is None for _ in range(4)] == [True, True, True, False]
    assert all(admission.refusal(NEAR) is None for _ in range(100))
    assert admission.refusal(FAR_TOO) is None
    now = 20.0
    assert admission.refusal(FAR) is None
    assert admission.refusal(FAR) == ("limit", "too many new connections from your address; wait a minute")


def test_looking_at_a_page_costs_nothing_of_the_rate() -> None:
    admission = Admission(replace(DEFAULTS, address_rate=1), clock=lambda: 0.0)
    assert all(admission.crowded(FAR) is None for _ in range(10))
    assert admission.refusal(FAR) is None


def test_lifted_limits_hold_nobody_back() -> None:
    admission = crowd(DEFAULTS.with_options(["all=none"]), FAR, 500)
    assert admission.refusal(FAR) is None


def test_who_left_long_ago_is_forgotten() -> None:
    now = 0.0
    admission = Admission(DEFAULTS, clock=lambda: now)
    for number in range(10_500):
        admission.refusal(f"198.{number // 65_536}.{number // 256 % 256}.{number % 256}")
    now = 120.0
    admission.refusal(FAR)
    assert len(admission._arrivals) == 1
