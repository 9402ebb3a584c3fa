"""The soak in its short form: nothing lost, nothing wrong."""

from __future__ import annotations

import asyncio

from judge import Launched
from soak import soak


def test_a_short_soak_loses_nothing(server: Launched) -> None:
    report = asyncio.run(soak(server, seconds=6.0, clients=60, rooms=8, seed=7))
    assert report.wrong == []
    assert report.sent == len(report.acks) > 100
    assert report.resumed > 0
