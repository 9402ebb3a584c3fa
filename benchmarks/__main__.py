"""`python -m benchmarks`: builds, runs everything interleaved, prints tables, keeps figures, draws curves.

It knows the parts of a whole measurement; it must not know how any of them is made.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, Report, compared, figure_table, machine, ratio_table
from benchmarks.run import build, interleaved
from benchmarks.servers import SERVERS, Place
from benchmarks.workloads import DEAF, GROWTH, LOAD, Run

PARTS = ("load", "deaf", "growth", "starts", "game")
ROOT = Path(__file__).resolve().parent.parent


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the server, its floor and peers."
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}, or the name of a workload; all")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, medians are told (3)")
    parser.add_argument("--secs", type=float, default=2.0, help="seconds of a run (2)")
    parser.add_argument("--servers", default=",".join(SERVERS), help="commas between; those not installed are skipped")
    parser.add_argument("--at", metavar="COMMIT", help="measure that commit's server, not the working tree's")
    parser.add_argument("--before", metavar="COMMIT", help="measure that commit's server too, in the same rounds")
    parser.add_argument(
        "--kept", type=Path, nargs="+", metavar="FILE", help="measure nothing: tell what was kept there"
    )
    parser.add_argument("--json", type=Path, help="keep figures and runs there")
    parser.add_argument("--compare", type=Path, help="what an earlier run kept")
    parser.add_argument("--publish", action="store_true", help="renew the figures and curves in docs/")
    given = parser.parse_args()
    known = {*PARTS, *(w.name for w in (*LOAD, *DEAF, *GROWTH))}
    if unknown := [part for part in given.parts if part not in known]:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(sorted(known))}")
    if unknown := [name for name in given.servers.split(",") if name not in SERVERS]:
        parser.error(f"there is no server {unknown[0]!r}; there are {', '.join(SERVERS)}")
    return given


def tree_of(commit: str, folder: Path) -> Path:
    """The tree of a commit, written to a new folder. Raises `CalledProcessError` where there is no such commit."""
    folder.mkdir()
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def commit_of(commit: str | None) -> str:
    """The short name of a commit; without one, of the working tree, with `-dirty` where files differ."""
    described = ["describe", "--always", *([commit] if commit else ["--dirty"])]
    return subprocess.run(["git", "-C", str(ROOT), *described], capture_output=True, text=True).stdout.strip()


def measured(given: argparse.Namespace) -> Report:
    """Measures what was asked for."""
    others: list[Figure] = []
    runs: list[Run] = []
    commit = commit_of(given.at)

    def wants(part: str, *names: str) -> bool:
        return not given.parts or bool({part, *names} & set(given.parts))

    with tempfile.TemporaryDirectory(prefix="hangman-bench-") as scratch:
        tree = tree_of(commit, Path(scratch) / "tree") if given.at else ROOT
        before = tree_of(given.before, Path(scratch) / "before") if given.before else None
        place = Place(ROOT / "build" / "benchmarks", Path(scratch), tree, before)
        build(place)
        for part, workloads in (("load", LOAD), ("deaf", DEAF), ("growth", GROWTH)):
            chosen = [w for w in workloads if wants(part, w.name)]
            runs += interleaved(chosen, given.servers.split(","), place, rounds=given.rounds, secs=given.secs)
        if wants("starts"):
            from benchmarks.starts import starts

            others += starts(place, rounds=5 * given.rounds)
        if wants("game"):
            from benchmarks.game import game

            others += game(place)
    return Report(commit, f"{datetime.now(UTC):%Y-%m-%d}", machine(), runs, others)


def main() -> int:
    """Measures, or takes what was kept, and tells. Gives 1 where a run was wrong (not where it was merely slow)."""
    given = options()
    report = Report.load(given.kept) if given.kept else measured(given)
    print(ratio_table(report.runs, LOAD), "", figure_table(report.figures()), sep="\n")
    if given.compare:
        print("", compared(Report.load([given.compare]), report), sep="\n")
    if given.json:
        report.keep(given.json)
    if given.publish:
        from benchmarks.publish import publish

        publish(ROOT / "docs", report)
    print(*report.wrong(), sep="\n", file=sys.stderr)
    return bool(report.wrong())


if __name__ == "__main__":
    sys.exit(main())
