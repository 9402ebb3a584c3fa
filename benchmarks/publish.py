"""The figures as `docs/performance.md` tells them, and the curves as a picture.

It knows a page with marks and how lines are drawn; it must not know how anything was measured.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Report, figure_table, median, number, of, ratio_table
from benchmarks.workloads import LOAD, OTHER_ROOMS, ROOM_SIZES, Reading, Run

PAGE = "performance.md"
PICTURE = "performance.svg"
COLOURS = {"ours": "#0b6e99", "floor": "#8a8a8a"}

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with logarithmic axes: a title, what is on the axis below, and a line a server."""

    title: str
    below: str
    lines: Mapping[str, Points]


def publish(docs: Path, report: Report) -> None:
    """Renews what stands between the marks of the page, and draws the curves. Parts that were not run are left."""
    page = docs / PAGE
    text = page.read_text()
    if figures := report.figures():
        text = renewed(text, "figures", f"{report.heading()}\n\n{figure_table(figures)}")
    if report.runs:
        text = renewed(text, "servers", f"{report.heading()}\n\n{ratio_table(report.runs, LOAD)}")
    page.write_text(text)
    if charts := [chart for chart in curves(report.runs) if all(chart.lines.values())]:
        (docs / PICTURE).write_text(picture(charts))


def renewed(text: str, name: str, inside: str) -> str:
    """`text` with what stands between `<!-- name -->` and `<!-- /name -->` replaced."""
    marked = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return marked.sub(lambda marks: f"{marks[1]}{inside}\n{marks[2]}", text)


def curves(runs: Sequence[Run]) -> list[Chart]:
    """How cost grows, for us and for the floor."""

    def line(server: str, names: Mapping[int, str], reading: Reading) -> Points:
        found = ((at, median(of(runs, name, server), reading)) for at, name in names.items())
        return [(at, value) for at, value in found if value]

    others = {rooms: f"others-{rooms}" for rooms in OTHER_ROOMS}
    sizes = {size: f"size-{size}" for size in ROOM_SIZES}
    crowds = {players: f"idle-{players}" for players in (1_000, 5_000, 10_000)}

    def chart(title: str, below: str, names: Mapping[int, str], reading: Reading) -> Chart:
        return Chart(title, below, {server: line(server, names, reading) for server in COLOURS})

    return [
        chart("µs of CPU a line in a room of 10", "other rooms of 10", others, "cpu_line_us"),
        chart("µs of CPU a delivery", "members of the room", sizes, "cpu_us"),
        chart("come in a second on one core", "players", crowds, "in_a_core"),
        chart("KiB an idle player", "players", crowds, "kib"),
    ]


# --- drawing ----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, EDGE = 340, 240, 46


def picture(charts: Sequence[Chart]) -> str:
    """The charts beside each other, two in a row, as SVG."""
    rows = math.ceil(len(charts) / 2)
    drawn = [
        f'<g transform="translate({WIDTH * (n % 2)},{HEIGHT * (n // 2)})">{_chart(chart)}</g>'
        for n, chart in enumerate(charts)
    ]
    size = f'width="{2 * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {2 * WIDTH} {rows * HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *drawn, "</svg>", ""])


def _chart(chart: Chart) -> str:
    points = [point for line in chart.lines.values() for point in line]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low = 10 ** math.floor(math.log10(min(y for _, y in points)))
    high = 10 ** math.ceil(math.log10(max(y for _, y in points) * 1.01))

    def across(x: float) -> float:
        return EDGE + (WIDTH - EDGE - 50) * math.log(x / left) / math.log(right / left)

    def up(y: float) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * math.log(y / low) / math.log(high / low)

    parts = [f'<text x="{EDGE}" y="24" font-weight="bold">{chart.title}</text>']
    parts.append(f'<text x="{WIDTH - 50}" y="{HEIGHT - 12}" text-anchor="end">{chart.below}</text>')
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        y = up(10.0**power)
        parts.append(f'<path d="M{EDGE} {y:.1f}H{WIDTH - 50}" stroke="#ddd"/>')
        parts.append(f'<text x="{EDGE - 4}" y="{y + 4:.1f}" text-anchor="end">{_short(10.0**power)}</text>')
    for x in sorted({x for x, _ in points}):
        parts.append(f'<text x="{across(x):.1f}" y="{HEIGHT - EDGE + 16}" text-anchor="middle">{_short(x)}</text>')
    for server, line in chart.lines.items():
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[server]}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="2.5" fill="{COLOURS[server]}">'
            f"<title>{server}: {number(y)} at {x:,g}</title></circle>"
            for x, y in line
        ]
        x, y = line[-1]
        beside = up(y) - 3 if server == "ours" else up(y) + 11  # where the lines meet, their names do not
        parts.append(f'<text x="{across(x) + 6:.1f}" y="{beside:.1f}" fill="{COLOURS[server]}">{server}</text>')
    return "".join(parts)


def _short(value: float) -> str:
    return f"{value / 1_000:g}k" if value >= 1_000 else f"{value:g}"
