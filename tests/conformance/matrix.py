"""Writes `docs/conformance.md`: the contract's sentences, and the cases that hold each.

It knows the marks in the files of cases; it runs none of them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "conformance.md"

SECTIONS = {
    "1": "Command line",
    "2": "Frames",
    "3": "Commands every server has",
    "4": "Rules where nothing else was asked for",
    "5": "A word list file",
    "6": "A command plugin",
    "7": "A client in Python",
}

HEAD = """# Conformance

<!-- Made by `python tests/conformance/matrix.py` from the cases; a test holds it to them. -->

`tests/conformance/` judges a server by its contract alone, over raw sockets and its command line. Any server can be
judged by it:

    pytest tests/conformance --server "hangman-net serve"

Around every case on a shared server two canary players ping from a room of their own (p99 of their answers within
100 ms), open files go back to what they were, no word of a running round and no other one's token stands in any byte
that a player was sent, and at the end memory has not grown and no trace stands in the log. Where `--server` is ours,
`test_bites.py` breaks one promise at a time (`mutants.py`) and shows that a named case fails.

`HANGMAN_CANARY_MS` sets another bound for the canaries where the machine is busy with other things.

## Beyond the cases

Short forms run with the tests; these are the long ones.

{long_forms}

A crash that one of them finds becomes a case. What the long forms last gave stands in [reliability.md](reliability.md).

## The matrix
"""

LONG_FORMS = {
    "python tests/fuzz/fuzz.py --executions 1000000": (
        "a million mutated frames, word lists and typed lines: whole against byte by byte, only documented answers"
    ),
    "HYPOTHESIS_PROFILE=long pytest tests/fuzz --timeout 0": (
        "any sequence of what people do, drops, resumes and kills: over the pure hub and over live sockets"
    ),
    "pytest tests/chaos/test_chaos.py": (
        "whole games through a proxy that delays, slices, throttles, swallows, half-closes and resets"
    ),
    "python tests/chaos/soak.py --minutes 60": "a soak: 500 clients in 60 rooms who play, stall and flap",
}
"""Commands, and what each does."""

NOT_FROM_OUTSIDE = {
    "1.05": "terminals are driven by `tests/client/screen` and `tests/cli`",
    "1.09": "the default port is one of this machine's: a case may not rely on it being free",
    "1.14": "a heading",
    "3.05": "the full screen is held by `tests/client/screen`",
}
"""Sentences that say nothing which a case from outside could hold, and where they are held."""


def cases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """File, name and sentence ids of every case that is marked, in order."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                ids = tuple(
                    argument.value
                    for mark in node.decorator_list
                    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "holds"
                    for argument in mark.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                )
                if ids:
                    yield path.name, node.name, ids


def page(sentences: dict[str, str]) -> str:
    """The whole page."""
    held: dict[str, list[str]] = {}
    count = 0
    for file, name, ids in cases():
        count += 1
        for one in ids:
            held.setdefault(one, []).append(f"`{file.removeprefix('test_').removesuffix('.py')}::{name[5:]}`")
    bare = [one for one in sentences if one not in held and one not in NOT_FROM_OUTSIDE]
    table = ["| what | command |", "|---|---|", *(f"| {what} | `{command}` |" for command, what in LONG_FORMS.items())]
    lines = [
        HEAD.replace("{long_forms}", "\n".join(table)),
        f"{count} case functions hold {len(held)} of {len(sentences)} sentences.",
        "",
    ]
    lines.append("Sentences without a case: " + (", ".join(bare) if bare else "none") + ".")
    section = ""
    for number, text in sentences.items():
        if number.partition(".")[0] != section:
            section = number.partition(".")[0]
            lines += ["", f"### {section}. {SECTIONS[section]}", "", "| id | sentence | cases |", "|---|---|---|"]
        where = ", ".join(held.get(number, ())) or f"none: {NOT_FROM_OUTSIDE.get(number, '**no case**')}"
        lines.append(f"| {number} | {_cell(text)} | {where} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    from judge.marks import sentences

    PAGE.write_text(page(sentences()), encoding="utf-8")
