"""The allowances of a person: bursts, slowing, refusal, and the end of a flood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net.chat.commands import Rate
from hangman_net.chat.meter import LATE, Meter
from hangman_net.limits import DEFAULTS

LIFTED = DEFAULTS.with_options(["all=none"])
KINDS: list[tuple[Rate, float, float]] = [("chat", 8, 1.5), ("guess", 8, 3.0), ("command", 8, 2.0)]


@pytest.mark.parametrize(("kind", "burst", "rate"), KINDS)
def test_a_burst_passes_then_lines_are_slowed_then_refused(kind: Rate, burst: int, rate: float) -> None:
    """All at once, and each waits behind the one before it."""
    meter, late, answers = Meter(), 0.0, []
    for _ in range(burst + 10):
        wait = meter.take(kind, late, DEFAULTS, waited=late)
        answers.append(wait)
        late += wait or 0.0
    slowed = int(DEFAULTS.slowed * rate)
    assert answers[:burst] == [0.0] * burst
    assert answers[burst : burst + slowed] == [pytest.approx(1 / rate)] * slowed
    assert answers[burst + slowed :] == [None] * (10 - slowed)
    assert late <= DEFAULTS.slowed + LATE


@pytest.mark.parametrize(("kind", "burst", "rate"), KINDS)
def test_who_waits_for_each_answer_is_only_ever_slowed(kind: Rate, burst: int, rate: float) -> None:
    meter, now = Meter(), 0.0
    for _ in range(200):
        wait = meter.take(kind, now, DEFAULTS)
        assert wait is not None
        now += wait
    assert now == pytest.approx((200 - burst) / rate)


def test_kinds_have_allowances_of_their_own() -> None:
    meter = Meter()
    while meter.take("chat", 0.0, DEFAULTS, waited=10.0) is not None:
        continue
    assert meter.take("guess", 0.0, DEFAULTS) == 0.0
    assert meter.take("command", 0.0, DEFAULTS) == 0.0


def test_lines_that_are_refused_cost_no_allowance() -> None:
    meter = Meter()
    for _ in range(1_000):
        meter.take("chat", 0.0, DEFAULTS, waited=2.0)
    assert meter.take("chat", 1.0, DEFAULTS) == 0.0


def test_thirty_refusals_in_a_minute_are_enough() -> None:
    meter = Meter()
    assert [meter.refuse(0.0, DEFAULTS) for _ in range(31)] == [False] * 30 + [True]
    steady = Meter()
    assert not any(steady.refuse(2.0 * number, DEFAULTS) for number in range(1_000))


def test_limits_that_were_lifted_hold_nobody() -> None:
    meter = Meter()
    assert [meter.take("chat", 0.0, LIFTED) for _ in range(1_000)] == [0.0] * 1_000
    assert not any(meter.refuse(0.0, LIFTED) for _ in range(1_000))


@given(st.lists(st.floats(0, 5), max_size=60), st.sampled_from(KINDS))
def test_in_no_time_does_more_pass_than_burst_and_rate_allow(
    pauses: list[float], kind: tuple[Rate, float, float]
) -> None:
    name, burst, rate = kind
    meter, now, passed = Meter(), 0.0, []
    for pause in pauses:
        now += pause
        wait = meter.take(name, now, DEFAULTS)
        if wait is not None:
            passed.append(now + wait)
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + rate * (passed[last] - begin) + 1e-6
