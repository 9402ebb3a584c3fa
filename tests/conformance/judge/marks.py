"""Which sentences of the contract a case holds; the sentences stand in `sentences.txt`, each with its id.

It knows ids and sentences; it must not know a server.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SENTENCES = Path(__file__).parents[1] / "sentences.txt"


def sentences() -> dict[str, str]:
    """Every sentence of the contract by its id, in the contract's order."""
    found = {}
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            number, text = line.split(" ", 1)
            found[number] = text
    return found


KNOWN = sentences()


def holds(*ids: str) -> pytest.MarkDecorator:
    """Marks a case with the sentences that it holds. Raises `ValueError` for an id that no sentence has."""
    for one in ids:
        if one not in KNOWN:
            raise ValueError(f"no sentence of the contract has the id {one}")
    return pytest.mark.holds(*ids)
