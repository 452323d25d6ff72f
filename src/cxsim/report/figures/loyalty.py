"""Cost against loyalty: what is bought at what price, with both intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from cxsim.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Plot,
    farthest,
    framed,
    quoted,
    rows_of,
    settle,
    styled,
)
from cxsim.report.text.words import listing

COST, LOYALTY = "running_cost", "nps_relationship"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
MARKERS = ("o", "s", "D", "^", "v", "P")


@dataclass(frozen=True)
class Point:
    """A scenario's two changes, each a row of the comparison."""

    title: str
    cost: Any
    loyalty: Any
    colour: str
    marker: str


@styled
def cost_against_loyalty(
    table: pd.DataFrame,
    titles: Mapping[str, str],
    currency: str,
    width: float = WIDTH,
    confidence: float = 0.95,
) -> Figure:
    """Each scenario as a cross: what it changes in weekly cost and in loyalty, with both intervals.

    table: a comparison's; titles: of the scenarios, by name; width: inches.
    """
    x, y = ({str(r.scenario): r for r in rows_of(table[table["measure"] == m])} for m in (COST, LOYALTY))
    points = [
        Point(titles[name], x[name], y[name], COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)])
        for k, name in enumerate(n for n in titles if n in x and n in y)
    ]
    figure = Plot(figsize=(width, width))
    ax = figure.subplots()
    far = _ground(ax, [p.cost for p in points], [p.loyalty for p in points])
    for p in points:
        halves = [[[min(row.half_width, 10.0 * edge)]] for row, edge in zip((p.cost, p.loyalty), far, strict=True)]
        ax.errorbar(
            [p.cost.difference], [p.loyalty.difference], xerr=halves[0], yerr=halves[1],
            color=p.colour, marker=p.marker, markersize=6, elinewidth=1.4, capsize=2.5,
        )  # fmt: skip
    ax.set_xlabel(f"change in running cost, {currency} a week")
    ax.set_ylabel("change in relationship NPS,\npoints" if width < WIDTH else "change in relationship NPS, points")
    ax.xaxis.set_major_locator(MaxNLocator(8 if width > 6 else 4, symmetric=True))
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.6g}".replace("-", "−"))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", "−") if v else "0")
    corners = [
        ax.text(right, top, words, transform=ax.transAxes, color=GREY, style="italic", fontsize=9.0,
                ha="right" if right > 0.5 else "left", va="top" if top > 0.5 else "bottom")
        for right, top, words in (
            (0.01, 0.985, "cheaper and better"), (0.99, 0.985, "more expensive, but better"),
            (0.01, 0.015, "cheaper, but worse"), (0.99, 0.015, "more expensive and worse"),
        )
    ]  # fmt: skip
    note = (
        f"Crosses: simultaneous {100 * confidence:g} % intervals. The baseline is where the lines meet; grey: both "
        "changes are negligible. One-off costs are left out; loyalty moves over years."
    )
    framed(figure, _traded(points), note, max(0.54 * width, 2.2))
    settle(figure)  # nothing moves any more, so that labels stay where there is room
    taken = [corner.get_window_extent() for corner in corners]
    lines = [_box(ax, (-far[0], 0.0), (far[0], 0.0), 2), _box(ax, (0.0, -far[1]), (0.0, far[1]), 2)]
    taken += [box for p in points for box in _cross(ax, p)]
    for p in points:
        _label(ax, p, taken, lines)
    return figure


def _ground(ax: Axes, costs: Sequence[Any], loyalties: Sequence[Any]) -> tuple[float, float]:
    """Axes around the baseline, and the box of negligible changes; gives how far they reach."""
    edges, far = [], []
    for rows in (costs, loyalties):
        edge = float(rows[0].worthwhile) if rows and rows[0].worthwhile > 0.0 else 0.0
        edges.append(edge)
        far.append(1.28 * farthest([(r.low, r.high, r.difference) for r in rows], 1.5 * edge) or 1.0)
    ax.set_xlim(-far[0], far[0])
    ax.set_ylim(-far[1], far[1])
    ax.add_patch(Rectangle((-edges[0], -edges[1]), 2 * edges[0], 2 * edges[1], color=PALE, linewidth=0))
    ax.axhline(0.0, color=GREY, linewidth=0.6)
    ax.axvline(0.0, color=GREY, linewidth=0.6)
    return far[0], far[1]


def _cross(ax: Axes, p: Point) -> list[Bbox]:
    """Where a point's two lines are."""
    x, y = p.cost, p.loyalty
    return [
        _box(ax, (x.low, y.difference), (x.high, y.difference)),
        _box(ax, (x.difference, y.low), (x.difference, y.high)),
    ]


def _box(ax: Axes, one: tuple[float, float], other: tuple[float, float], room: float = 3.0) -> Bbox:
    (x0, y0), (x1, y1) = ax.transData.transform([one, other])
    return Bbox([[min(x0, x1) - room, min(y0, y1) - room], [max(x0, x1) + room, max(y0, y1) + room]])


def _label(ax: Axes, p: Point, taken: list[Bbox], lines: Sequence[Bbox]) -> None:
    """Write a title next to its point where it covers least: not the edge, other marks and words, at last the lines."""
    at = (p.cost.difference, p.loyalty.difference)
    x, y = ax.transData.transform(at)
    inside, dots = ax.get_window_extent(), ax.figure.dpi / 72.0
    found: list[tuple[float, int, str, float, float, Bbox]] = []
    for broken in (textwrap.fill(p.title, 24), textwrap.fill(p.title, 16)):
        label = ax.annotate(broken, at, (0, 0), textcoords="offset points", fontweight="bold", fontsize=8.5)
        width, height = label.get_window_extent().size
        label.remove()
        for dx, dy in OFFSETS:
            left = x + dx * dots - (0.0 if dx > 0 else width if dx < 0 else width / 2)
            low = y + dy * dots - (0.0 if dy > 0 else height if dy < 0 else height / 2)
            box = Bbox.from_bounds(left, low, width, height)
            outside = width * height - _shared(box, inside)
            covers = sum(_shared(box, other) for other in taken)
            crossed = sum(_shared(box, line) for line in lines)
            cost = 100.0 * outside + 10.0 * covers + 4.0 * crossed + 2.0 * (abs(dx) + abs(dy))
            found.append((cost, len(found), broken, dx, dy, box))
    _, _, broken, dx, dy, box = min(found)
    far = {"arrowstyle": "-", "color": p.colour, "linewidth": 0.5} if abs(dx) + abs(dy) > 40 else None
    ax.annotate(
        broken, at, (dx, dy), textcoords="offset points", color=p.colour, fontweight="bold", fontsize=8.5,
        ha="left" if dx > 0 else "right" if dx < 0 else "center",
        va="bottom" if dy > 0 else "top" if dy < 0 else "center", arrowprops=far,
    )  # fmt: skip
    taken.append(box)


OFFSETS = [
    (x * d, y * d)
    for d in (7.0, 11.0, 18.0, 28.0, 42.0, 60.0)
    for x, y in ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.6), (0, -1.6), (1.6, 0), (-1.6, 0))
]
"""Points from a mark to its words, the nearest first."""


def _shared(a: Bbox, b: Bbox) -> float:
    """Area that two boxes share."""
    both = Bbox.intersection(a, b)
    return float(both.width * both.height) if both is not None else 0.0


COST_WORDS = {"better": "cheaper", "worse": "more expensive", "undecided": "cost undecided"}
LOYALTY_WORDS = {"better": "customers more loyal", "worse": "customers less loyal", "undecided": "loyalty undecided"}


def _traded(points: Sequence[Point]) -> str:
    """What is bought at what price, in words."""
    if len(points) == 1:
        cost = COST_WORDS.get(str(points[0].cost.verdict), "costs about the same")
        loyalty = LOYALTY_WORDS.get(str(points[0].loyalty.verdict), "loyalty about the same")
        return f"{points[0].title}: {cost}, {loyalty}"
    found = {
        "more loyal customers": [quoted(p.title) for p in points if p.loyalty.verdict == "better"],
        "lower cost": [quoted(p.title) for p in points if p.cost.verdict == "better"],
    }
    less = [quoted(p.title) for p in points if p.loyalty.verdict == "worse"]
    harm = f"; less loyal: {listing(less)}" if less else ""
    if not any(found.values()):
        return f"No scenario raises loyalty or lowers cost by a worthwhile amount{harm}"
    text = "; ".join(f"{words}: {listing(who)}" if who else f"{words}: none" for words, who in found.items())
    return text[:1].upper() + text[1:] + harm
