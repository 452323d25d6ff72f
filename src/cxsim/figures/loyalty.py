"""Cost against loyalty: what is bought at what price, with both intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from cxsim.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    farthest,
    framed,
    listed,
    number,
    quoted,
    styled,
)


@styled
def cost_against_loyalty(
    table: pd.DataFrame,
    titles: Mapping[str, str],
    currency: str,
    cost: str = "total_cost",
    loyalty: str = "nps_relationship",
) -> Figure:
    """Each scenario as a cross: what it changes in weekly cost and in loyalty, with both intervals.

    table: a comparison's; titles: of the scenarios, by name.
    """
    two = {m: table[table["measure"] == m].set_index("scenario") for m in (cost, loyalty)}
    names = [name for name in titles if all(name in rows.index for rows in two.values())]
    figure = Figure(figsize=(WIDTH, 4.6))
    ax = figure.subplots()
    reach = {}
    for m, rows in two.items():
        edge = float(rows["worthwhile"].iloc[0]) if len(rows) else 1.0
        reach[m] = (edge, 1.28 * farthest(rows.loc[names, ["low", "high", "difference"]], 1.5 * edge))
    (edge_x, far_x), (edge_y, far_y) = reach[cost], reach[loyalty]
    ax.set_xlim(-far_x, far_x)
    ax.set_ylim(-far_y, far_y)
    ax.add_patch(Rectangle((-edge_x, -edge_y), 2 * edge_x, 2 * edge_y, color=PALE, linewidth=0))
    ax.axhline(0.0, color=GREY, linewidth=0.6)
    ax.axvline(0.0, color=GREY, linewidth=0.6)
    for x, y, words in (
        (0.01, 0.985, "cheaper and better"), (0.99, 0.985, "dearer, but better"),
        (0.01, 0.015, "cheaper, but worse"), (0.99, 0.015, "dearer and worse"),
    ):  # fmt: skip
        ax.text(x, y, words, transform=ax.transAxes, color=GREY, style="italic", fontsize=9.0,
                ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top")  # fmt: skip
    colours = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY]
    markers = ["o", "s", "D", "^", "v", "P"]
    taken: list[Bbox] = []
    points = []
    for k, name in enumerate(names):
        x, y = two[cost].loc[name], two[loyalty].loc[name]
        colour, marker = colours[k % len(colours)], markers[k % len(markers)]
        ax.errorbar(
            [x["difference"]], [y["difference"]],
            xerr=[[min(x["half_width"], 10.0 * far_x)]], yerr=[[min(y["half_width"], 10.0 * far_y)]],
            color=colour, marker=marker, markersize=6, elinewidth=1.4, capsize=2.5,
        )  # fmt: skip
        points.append((name, x, y, colour))
    ax.set_xlabel(f"change in total cost, {currency} a week")
    ax.set_ylabel("change in relationship NPS, points")
    ax.xaxis.set_major_formatter(lambda v, _: number(v) if v else "0")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", "−") if v else "0")
    note = (
        "Crosses: 95 % intervals that hold together. Today is where the lines meet; in the grey box both changes are "
        "too small to matter. Cost within the horizon, one-off costs included. Loyalty moves over years, the horizon "
        "is shorter."
    )
    framed(figure, _traded(points, titles), note)
    figure.draw_without_rendering()
    for _, x, y, _ in points:
        taken += [
            _box(ax, (x["low"], y["difference"]), (x["high"], y["difference"])),
            _box(ax, (x["difference"], y["low"]), (x["difference"], y["high"])),
        ]
    for name, x, y, colour in points:
        _label(ax, textwrap.fill(titles[name], 24), (x["difference"], y["difference"]), colour, taken)
    return figure


def _box(ax: Axes, one: tuple[float, float], other: tuple[float, float]) -> Bbox:
    (x0, y0), (x1, y1) = ax.transData.transform([one, other])
    return Bbox([[min(x0, x1) - 3, min(y0, y1) - 3], [max(x0, x1) + 3, max(y0, y1) + 3]])


def _label(ax: Axes, text: str, at: tuple[float, float], colour: str, taken: list[Bbox]) -> None:
    """Write beside a point, at the first place where nothing else is."""
    inside = ax.get_window_extent()
    offsets = [
        (sx * d, sy * d) for d in (7, 14, 26, 42, 60, 84) for sx, sy in
        ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.6), (0, -1.6))
    ]  # fmt: skip
    best: Any = None
    for dx, dy in offsets:
        label = ax.annotate(
            text, at, (dx, dy), textcoords="offset points", color=colour, fontweight="bold", fontsize=8.5,
            ha="left" if dx > 0 else "right" if dx < 0 else "center", va="bottom" if dy > 0 else "top",
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5} if abs(dx) + abs(dy) > 40 else None,
        )  # fmt: skip
        box = label.get_window_extent()
        fits = inside.x0 < box.x0 and box.x1 < inside.x1 and inside.y0 < box.y0 and box.y1 < inside.y1
        if fits and not any(box.overlaps(other) for other in taken):
            best = box
            break
        label.remove()
    if best is None:
        label = ax.annotate(text, at, (7, 7), textcoords="offset points", color=colour, fontweight="bold")
        best = label.get_window_extent()
    taken.append(best)


COST_WORDS = {"better": "cheaper", "worse": "dearer", "undecided": "cost undecided"}
LOYALTY_WORDS = {"better": "customers more loyal", "worse": "customers less loyal", "undecided": "loyalty undecided"}


def _traded(points: Sequence[Any], titles: Mapping[str, str]) -> str:
    """What is bought at what price, in words."""
    if len(points) == 1:
        name, x, y, _ = points[0]
        cost = COST_WORDS.get(str(x["verdict"]), "costs about the same")
        loyalty = LOYALTY_WORDS.get(str(y["verdict"]), "loyalty about the same")
        return f"{titles[name]}: {cost}, {loyalty}"
    said = []
    for k, words in ((2, "more loyal customers"), (1, "lower cost")):
        found = [quoted(titles[point[0]]) for point in points if point[k]["verdict"] == "better"]
        none = f"no scenario brings {words} for sure"
        said.append(f"{words}: {listed(found)}" if found else none)
    text = "; ".join(said)
    return text[:1].upper() + text[1:]
