"""Figures: what came out, what was to be reached, and how that compares with an earlier commit.

It knows medians, ratios and tables; it must not know how a figure was measured.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.servers import FLOOR, SERVERS
from benchmarks.workloads import LOAD, UNITS, Reading, Run, Target, Workload, read


class Figure(Struct, frozen=True):
    """One number and its bound: at most that, or at least where `most` is False; without a bound it is only told."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    most: bool = True

    @property
    def reached(self) -> bool:
        return self.bound is None or (self.value <= self.bound if self.most else self.value >= self.bound)


def median(runs: Iterable[Run], reading: Reading) -> float | None:
    """The median of one reading over runs that were right."""
    values = [read(run, reading) for run in runs if "error" not in run]
    return statistics.median(values) if values else None


def ratio(runs: Sequence[Run], workload: str, server: str, reading: Reading) -> float | None:
    """The median over rounds of a server's reading to the floor's in the same round."""
    floors = {run["round"]: run for run in of(runs, workload, FLOOR)}
    found = [
        read(run, reading) / read(floors[run["round"]], reading)
        for run in of(runs, workload, server)
        if run["round"] in floors and read(floors[run["round"]], reading)
    ]
    return statistics.median(found) if found else None


def of(runs: Iterable[Run], workload: str, server: str) -> list[Run]:
    """The runs of one server in one workload that were right."""
    return [r for r in runs if r["workload"] == workload and r["server"] == server and "error" not in r]


def reached(runs: Sequence[Run], workloads: Iterable[Workload]) -> list[Figure]:
    """What our server was to reach in these workloads."""
    figures = []
    for workload in workloads:
        for target in workload.targets:
            value = _value(runs, workload, target)
            if value is not None:
                server = (
                    "" if target.server == "ours" else f" ({target.server.removeprefix('ours-').replace('-', ' ')})"
                )
                unit = "times the floor" if target.ratio else UNITS[target.reading]
                figures.append(Figure(f"{workload.title}{server}", value, unit, target.bound, target.most))
    return figures


def _value(runs: Sequence[Run], workload: Workload, target: Target) -> float | None:
    if target.ratio:
        return ratio(runs, workload.name, target.server, target.reading)
    return median(of(runs, workload.name, target.server), target.reading)


def deaf(runs: Sequence[Run]) -> list[Figure]:
    """What readers who never read cost those who do."""
    hearing, cost = (median(of(runs, name, "ours"), "rate") for name in ("hearing", "deaf"))
    grown = [(r["kib_after"] - r["kib_idle"]) / 1024 for r in of(runs, "deaf", "ours")]
    if hearing is None or cost is None:
        return []
    return [
        Figure("rate of 97 readers while 3 never read", cost / hearing, "times that without them", 0.9, most=False),
        Figure("memory that 3 who never read cost", statistics.median(grown), "MiB", 2.0),
    ]


def growth(runs: Sequence[Run]) -> list[Figure]:
    """How a line's cost grows with rooms that have nothing to do with it, and a delivery's with its room."""
    alone = median(of(runs, "others-1", "ours"), "cpu_line_us")
    crowded = median(of(runs, "others-1000", "ours"), "cpu_line_us")
    small, large = (median(of(runs, f"size-{size}", "ours"), "cpu_us") for size in (10, 1_000))
    figures = []
    if alone and crowded:
        figures.append(Figure("a line with 1,000 other rooms", crowded / alone, "times with 1", 1.2))
    if small and large:
        figures.append(Figure("a delivery in a room of 1,000", large / small, "times in a room of 10", 1.0))
    return figures


# --- tables -----------------------------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure_table(figures: Iterable[Figure]) -> str:
    """Measured, to reach, and whether that was."""
    return table(
        ("what", "measured", "to reach", ""),
        [
            (
                f.name,
                f"{number(f.value)} {f.unit}",
                _bound(f),
                "" if f.bound is None else "yes" if f.reached else "**no**",
            )
            for f in figures
        ],
    )


def _bound(figure: Figure) -> str:
    return "" if figure.bound is None else f"{'≤' if figure.most else '≥'} {number(figure.bound)}"


def ratio_table(runs: Sequence[Run], workloads: Iterable[Workload]) -> str:
    """A line a server, a column a workload: its reading, and in brackets the ratio to the floor in the same round."""
    shown = [w for w in workloads if any(r["workload"] == w.name for r in runs)]
    names = [name for name in SERVERS if any(r["server"] == name for r in runs)]

    def cell(workload: Workload, server: str) -> str:
        value = median(of(runs, workload.name, server), workload.reading)
        against = ratio(runs, workload.name, server, workload.reading)
        if value is None:
            return "wrong" if any(r["workload"] == workload.name and r["server"] == server for r in runs) else ""
        return number(value) + (f" ({against:.2f})" if against is not None and server != FLOOR else "")

    heads = [f"{w.title}; {UNITS[w.reading]}" for w in shown]
    return table(("server", *heads), [(name, *(cell(w, name) for w in shown)) for name in names])


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


# --- keeping and comparing --------------------------------------------------------------------------------------


def machine() -> str:
    """What this was measured on, in a few words."""
    return f"{os.cpu_count()} cores {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


class Report(Struct):
    """What one measurement kept: every run, and the figures that come from no run of the load generator."""

    commit: str
    when: str
    machine: str
    runs: list[Run]
    others: list[Figure]

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Report:
        """Reports that were kept, as one: the first one's words, everybody's runs."""
        reports = [msgspec.json.decode(path.read_bytes(), type=cls) for path in paths]
        runs = [run | {"round": (n, run["round"])} for n, report in enumerate(reports) for run in report.runs]
        others = {(f.name, f.unit): f for report in reports for f in report.others}
        return cls(reports[0].commit, reports[0].when, reports[0].machine, runs, list(others.values()))

    def keep(self, path: Path) -> None:
        """Writes it as JSON."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")

    def figures(self) -> list[Figure]:
        """All figures, in their order."""
        return [*reached(self.runs, LOAD), *deaf(self.runs), *growth(self.runs), *self.others]

    def wrong(self) -> list[str]:
        """The runs in which something did not come, or not right."""
        return [f"{run['workload']}, {run['server']}: {run['error']}" for run in self.runs if "error" in run]

    def heading(self) -> str:
        """When, what and where."""
        return f"{self.when}, commit {self.commit}, {self.machine}"


def compared(before: Report, now: Report) -> str:
    """The figures of two reports beside each other."""
    old = {(f.name, f.unit): f.value for f in before.figures()}

    def change(was: float, now: float) -> str:
        return f"{100 * (now / was - 1):+.0f} %" if was else ""

    return table(
        ("what", f"at {before.commit}", f"at {now.commit}", "change"),
        [
            (f.name, number(was), f"{number(f.value)} {f.unit}", change(was, f.value))
            for f in now.figures()
            if (was := old.get((f.name, f.unit))) is not None
        ],
    )
