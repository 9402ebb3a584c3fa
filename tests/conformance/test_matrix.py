"""The matrix is what the cases say, and every sentence of the contract has a case or a reason."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from judge.marks import KNOWN

PATH = Path(__file__).with_name("matrix.py")
SPEC = importlib.util.spec_from_file_location("conformance_matrix", PATH)
assert SPEC is not None and SPEC.loader is not None
matrix = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(matrix)


def test_the_page_is_what_the_cases_say() -> None:
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.page(KNOWN), "run: python tests/conformance/matrix.py"


def test_every_sentence_has_a_case_or_a_reason() -> None:
    held = {one for _file, _name, ids in matrix.cases() for one in ids}
    assert held | set(matrix.NOT_FROM_OUTSIDE) == set(KNOWN)


def test_there_are_at_least_150_cases() -> None:
    assert len(list(matrix.cases())) >= 150
