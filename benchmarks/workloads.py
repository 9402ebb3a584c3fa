"""What the servers are asked to do, what is read off each run, and what is to be reached.

It knows the load generator's options and the targets; it must not know how servers are started or runs are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from benchmarks.servers import Server

Run: TypeAlias = dict[str, Any]
"""What load.c printed, with `server`, `workload` and `round` besides."""

Reading: TypeAlias = Literal["cpu_us", "cpu_line_us", "a_core", "rate", "in_a_core", "p99_us", "kib", "lag_ms"]

UNITS: dict[Reading, str] = {
    "cpu_us": "µs of CPU a delivery",
    "cpu_line_us": "µs of CPU a line",
    "p99_us": "µs, 99th percentile",
    "kib": "KiB a player",
    "a_core": "a second on one core",
    "rate": "a second",
    "in_a_core": "come in a second on one core",
    "lag_ms": "ms of CPU that the loop comes late, 99th percentile",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What our server has to reach: a reading, against the floor's in the same round (`ratio`) or by itself."""

    server: str
    reading: Reading
    bound: float
    ratio: bool = False

    @property
    def most(self) -> bool:
        """Whether `bound` is a highest or a lowest value."""
        return self.reading not in ("a_core", "rate", "in_a_core")


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload: its options for the load generator, who is put through it, and what is to be reached."""

    name: str
    title: str
    options: str
    reading: Reading
    targets: tuple[Target, ...] = ()
    servers: tuple[str, ...] = ()
    """The only servers of interest; none named: all."""

    secs: float | None = None

    def suits(self, server: Server) -> bool:
        """Whether this server is to be put through it: `ours` on a disk only where that is the question."""
        if self.servers:
            return server.name in self.servers
        if server.name.startswith("ours-"):
            return any(target.server == server.name for target in self.targets)
        return server.plays or server.echoes or "games" not in self.options

    def arguments(self, *, plays: bool) -> list[str]:
        """The load generator's options; who plays no game is sent echoes instead."""
        return (self.options if plays else self.options.replace("--mode games", "--mode echo")).split()


def read(run: Run, reading: Reading) -> float:
    """One reading of a run. What a core does in a second is told by what it costs: others may be at work on it."""
    if reading == "a_core":
        return 1e6 / float(run["cpu_us"])
    if reading == "in_a_core":
        return 1e6 / float(run["in_cpu_us"])
    if reading == "kib":
        return float(run["kib_idle"] - run["kib_before"]) / int(run["conns"])
    if reading == "cpu_line_us":
        return float(run["cpu_us"]) * int(run["deliveries"]) / max(1, int(run["lines"]))
    return float(run[reading])


def _fan_out(name: str, title: str, options: str, bound: float) -> Workload:
    return Workload(name, title, options, "cpu_us", (Target("ours", "cpu_us", bound, ratio=True),))


def _crowd(players: int) -> Workload:
    targets = (Target("ours", "kib", 4.0), Target("ours", "in_a_core", 5_000))
    title = f"{players:,} idle players in rooms of 10"
    return Workload(f"idle-{players}", title, f"--conns {players} --members 10", "kib", targets, secs=0)


LOAD = (
    _fan_out("room-1000", "one room of 1,000", "--conns 1000 --members 1000 --senders 8 --window 2", 1.25),
    _fan_out("room-100", "one room of 100", "--conns 100 --members 100 --senders 8 --window 2", 1.4),
    _fan_out("rooms-of-4", "250 rooms of 4, all talking", "--conns 1000 --members 4 --senders 4", 2.2),
    Workload(
        "games",
        "50 players, each alone: a line, its board and its ack",
        "--conns 50 --mode games --filler 0",
        "cpu_us",
        (
            Target("ours", "cpu_us", 5.0, ratio=True),
            Target("ours", "a_core", 20_000),
            Target("ours-disk", "cpu_us", 8.0, ratio=True),
        ),
    ),
    Workload(
        "games-slow-disk",
        "200 players, each alone, on a disk that takes 5 ms",
        "--conns 200 --mode games --filler 0",
        "a_core",
        (Target("ours-slow-disk", "a_core", 8_000), Target("ours-slow-disk", "lag_ms", 5.0)),
        servers=("ours-slow-disk",),
    ),
    Workload(
        "steady",
        "one room of 100 at 200 lines a second",
        "--conns 100 --members 100 --senders 8 --rate 200",
        "p99_us",
        (Target("ours", "p99_us", 2.0, ratio=True),),
    ),
    _crowd(1_000),
    _crowd(5_000),
    _crowd(10_000),
)

DEAF = tuple(
    Workload(name, title, f"{options} --senders 8 --window 2 --filler 400", "rate", servers=("ours",))
    for name, title, options in (
        ("hearing", "97 members, all read", "--conns 97 --members 97"),
        ("deaf", "100 members, 3 never read", "--conns 100 --members 100 --deaf 3"),
    )
)
"""The reader who never reads costs the others nothing: same rate, none lost, memory flat."""

OTHER_ROOMS = (1, 10, 100, 1_000)
ROOM_SIZES = (2, 4, 10, 30, 100, 300, 1_000)

GROWTH = (
    *(
        Workload(
            f"others-{rooms}",
            f"a line in a room of 10, {rooms:,} other rooms of 10",
            f"--conns {10 * rooms + 10} --members 10 --talking 1 --senders 10 --window 1",
            "cpu_line_us",
            servers=("floor", "ours"),
        )
        for rooms in OTHER_ROOMS
    ),
    *(
        Workload(
            f"size-{size}",
            f"a delivery in a room of {size:,}",
            f"--conns {size} --members {size} --senders 8 --window 2",
            "cpu_us",
            servers=("floor", "ours"),
        )
        for size in ROOM_SIZES
    ),
)
"""How cost grows: with other rooms it must not, with a room's size a delivery's must fall."""
