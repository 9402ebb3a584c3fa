"""Builds the C programs and puts servers through workloads, interleaved, each run alone on its core.

It knows processes and rounds; it must not know what the figures mean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.servers import LOAD_CPU, SERVERS, Place, Running, Server, pin, running
from benchmarks.workloads import Run, Workload

WORD = "jazz"
"""The only word of the list that games are played with: the load generator knows it."""

LAGS = "lags.json"
"""What `slow_disk.py` leaves behind: how late its loop came, in milliseconds."""

RUN_WITHIN = 240


def build(place: Place) -> None:
    """Compiles the load generator and the floor. Raises `CalledProcessError`; the compiler says why."""
    place.built.mkdir(parents=True, exist_ok=True)
    for source in sorted((Path(__file__).parent / "c").glob("*.c")):
        target = place.built / source.stem
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", str(target), str(source)], check=True)
    (place.scratch / "bench.txt").write_text(f"#: level = hard\n{WORD}\n")


def interleaved(
    workloads: Sequence[Workload], servers: Iterable[str], place: Place, *, rounds: int, secs: float
) -> Iterator[Run]:
    """Every round, every workload, every server in turn, so that a busy minute of the machine hits them all alike."""
    chosen = [SERVERS[name] for name in servers if SERVERS[name].found(place)]
    for round in range(rounds):
        for workload in workloads:
            for server in chosen:
                if not workload.suits(server):
                    continue
                try:
                    with running(server, place) as process:
                        found = load(workload, server, process, place, secs=secs)
                except RuntimeError as error:
                    found = {"error": str(error)}
                if (lags := place.scratch / LAGS).exists():
                    found |= json.loads(lags.read_text())
                    lags.unlink()
                found |= {"server": server.name, "workload": workload.name, "round": round}
                _say(found)
                yield found


def load(workload: Workload, server: Server, process: Running, place: Place, *, secs: float) -> Run:
    """One run of the load generator against a server that runs."""
    command = [
        *(*pin(LOAD_CPU), str(place.built / "load")),
        *("--proto", server.proto, "--port", str(process.port), "--pid", str(process.pid)),
        *("--at-once", str(server.at_once), "--secs", str(secs if workload.secs is None else workload.secs)),
        *workload.arguments(plays=server.plays),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_WITHIN)
    except subprocess.TimeoutExpired:
        return {"error": f"not over in {RUN_WITHIN} s"}
    if not done.stdout:
        return {"error": done.stderr[-300:].strip()}
    found: Run = json.loads(done.stdout)
    if done.returncode:
        found["error"] = (
            f"lost {found['lost']}, gaps {found['gaps']}, repeats {found['repeats']}, bad {found['bad']}; "
            + done.stderr[-300:].strip()
        )
    return found


def _say(run: Run) -> None:
    what = run.get("error") or f"{run['rate']:,} a second, {run['cpu_us']:.2f} µs"
    print(f"  {run['round']} {run['workload']:16} {run['server']:14} {what}", file=sys.stderr, flush=True)
