"""How far each headline measure moves, in smallest worthwhile differences."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from cxsim.compare.where import relieved
from cxsim.measures.catalogue import BY_NAME
from cxsim.measures.measure import HEADLINE
from cxsim.probability.intervals import BETTER, WORSE
from cxsim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PALE,
    VERMILLION,
    WIDTH,
    Plot,
    farthest,
    framed,
    quoted,
    rows_of,
    styled,
    unit_of,
)
from cxsim.report.text.words import listing, number, share, signed

VERDICTS: dict[str, tuple[str, str, str]] = {
    "better": (GREEN, ">", "better"),
    "worse": (VERMILLION, "<", "worse"),
    "negligible": (GREY, "s", "negligible"),
    "identical": (GREY, "|", "identical"),
    "undecided": (BLACK, "o", "undecided"),
    "more": (BLUE, ">", "more"),
    "less": (BLUE, "<", "less"),
}
"""Colour, marker and words of each verdict."""


@styled
def change_by_measure(
    table: pd.DataFrame,
    where: pd.DataFrame,
    titles: Mapping[str, str],
    across: int = 3,
    confidence: float = 0.95,
) -> Figure:
    """How far each headline measure moves under each scenario, in smallest worthwhile differences.

    table, where: a comparison's; titles: of the scenarios, by name, in their order; across: panels side by side.
    Measures share an axis because each is divided by what would matter; better is to the right whichever way it
    counts.  Below the measures is the effort of the reasons that are significantly affected.
    """
    rows = table[table["measure"].isin(HEADLINE) & (table["worthwhile"] > 0) & table["scenario"].isin(titles)]
    by_reason = _by_reason(where, list(titles))
    plotted = {*rows["measure"], *by_reason["measure"]}
    measures = [name for name in (*HEADLINE, *by_reason["measure"].unique()) if name in plotted]
    rows = pd.concat([rows, by_reason], ignore_index=True) if len(by_reason) else rows
    names = [name for name in titles if name in set(rows["scenario"])]
    panels = [names[i : i + across] for i in range(0, len(names), across)]
    alone = len(names) == 1
    inside = 0.2 + len(panels) * (0.27 * len(measures) + (0.45 if alone else 0.85))
    figure = Plot(figsize=(WIDTH, WIDTH))
    axes = figure.subplots(len(panels), max(map(len, panels), default=1), sharex=True, sharey=True, squeeze=False)
    places = _places(rows)
    far = farthest(places[["low", "high", "at"]], 3.0)
    for ax, name in zip(axes.flat, names, strict=False):
        _panel(ax, places[places["scenario"] == name], measures, far, alone)
        if not alone:
            ax.set_title(textwrap.fill(titles[name], 26), fontweight="bold", fontsize=8.5)
    for ax in list(axes.flat)[len(names) :]:
        ax.set_axis_off()
    for ax in axes[-1]:
        ax.set_xlabel("←  worse     better  →")
    keys = [
        Line2D([], [], color=colour, marker=marker, linestyle="none", label=words, markersize=6,
               markerfacecolor="white" if verdict == "undecided" else colour)
        for verdict, (colour, marker, words) in VERDICTS.items() if verdict in set(places["verdict"])
    ]  # fmt: skip
    note = (
        f"Change against the baseline with simultaneous {100 * confidence:g} % intervals. One unit is the smallest "
        "worthwhile difference of that measure; inside the grey band a change is negligible."
    )
    headline = places[places["measure"].isin(HEADLINE)]
    finding = _found(headline, titles, _lead(where, names))
    framed(figure, finding, note + (SQUEEZED if far > SQUEEZED_FROM else ""), inside, keys)
    return figure


def _by_reason(where: pd.DataFrame, names: Sequence[str], most: int = 4) -> pd.DataFrame:
    """The effort of reasons that are significantly affected, as rows of a comparison."""
    rows = [row for found in relieved(where, {}, most) for name in names for row in [found.get(name)] if row]
    frame = pd.DataFrame(rows, columns=where.columns)
    titles = [f"effort, “{row.title}” ({share(row.share)})" for row in rows]
    return frame.assign(measure="effort of " + frame["name"].astype(str), title=titles)


SQUEEZED_FROM = 8.0
SQUEEZED = " Beyond one unit the axis is logarithmic."


def _places(rows: pd.DataFrame) -> pd.DataFrame:
    """The differences in smallest worthwhile ones, better upwards."""
    sign = rows["direction"].map({"higher": 1.0, "lower": -1.0, "neither": 1.0}).to_numpy(dtype=float)
    scaled = {
        name: sign * rows[column].to_numpy(dtype=float) / rows["worthwhile"].to_numpy(dtype=float)
        for name, column in (("at", "difference"), ("one", "low"), ("other", "high"))
    }
    low, high = np.minimum(scaled["one"], scaled["other"]), np.maximum(scaled["one"], scaled["other"])
    return rows.assign(at=scaled["at"], low=low, high=high)


def _panel(ax: Axes, rows: pd.DataFrame, measures: Sequence[str], far: float, alone: bool) -> None:
    ax.axvspan(-1.0, 1.0, color=PALE, linewidth=0)
    ax.axvline(0.0, color=GREY, linewidth=0.6)
    if far > SQUEEZED_FROM:
        ax.set_xscale("symlog", linthresh=1.0, linscale=0.7)
        steps = (1.0, 3.0) if alone else (1.0,)
        decades = [x * 10.0**k for k in range(6) for x in steps if x * 10.0**k <= far * 1.3]
        ticks = [-x for x in decades[::-1]] + [0.0] + decades
        ax.set_xticks(ticks, [f"{x:g}".replace("-", "−") for x in ticks])
        ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(-far * (1.6 if far > SQUEEZED_FROM else 1.1), far * (1.6 if far > SQUEEZED_FROM else 1.1))
    words = []
    for row in rows_of(rows):
        y = measures.index(str(row.measure))
        colour, marker, _ = VERDICTS[str(row.verdict)]
        ends = np.clip([row.low, row.high], -10.0 * far, 10.0 * far)
        ax.plot(ends, [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        face = "white" if row.verdict == "undecided" else colour
        ax.plot([row.at], [y], marker=marker, color=colour, markerfacecolor=face, markersize=6)
        levels = f"{number(row.baseline, row.unit)} → {number(row.value, row.unit)}"
        m = BY_NAME.get(str(row.measure))  # none: the effort of a reason
        text = levels if m is None or m.level else signed(row.difference, row.unit)
        words.append((y, f"{text} {unit_of(row.unit)}".rstrip()))
    titles = dict(zip(rows["measure"], rows["title"], strict=True))
    labels = [textwrap.fill(str(titles.get(name, name)), 34) for name in measures]
    place = ax.get_subplotspec()
    if place is None or place.is_first_col():
        ax.set_yticks(range(len(measures)), labels)
    ax.set_ylim(len(measures) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    if alone:
        second = ax.secondary_yaxis("right")
        second.set_yticks([y for y, _ in words], [text for _, text in words])
        second.tick_params(axis="y", length=0, labelsize=8.0)
        second.spines["right"].set_visible(False)


def _lead(where: pd.DataFrame, names: Sequence[str]) -> str:
    """Of one scenario the reason with the largest significant change of effort."""
    found = relieved(where, {}, 1, 1) if len(names) == 1 else []
    if not found or names[0] not in found[0] or found[0][names[0]].verdict not in (BETTER, WORSE):
        return "over all cases "
    row = found[0][names[0]]
    return f"{'less' if row.difference < 0.0 else 'more'} effort with “{row.title}”; over all cases "


def _found(places: pd.DataFrame, titles: Mapping[str, str], before: str) -> str:
    """How many measures get better and worse, in words; of several scenarios those at the ends.

    before: words that come first where there is one scenario.
    """
    n = places["measure"].nunique()
    counts = {
        name: {v: int(((places["scenario"] == name) & (places["verdict"] == v)).sum()) for v in VERDICTS}
        for name in titles if name in set(places["scenario"])
    }  # fmt: skip
    if len(counts) == 1:
        ((name, count),) = counts.items()
        words = [f"{count[v]} {v}" for v in ("better", "worse", "undecided") if count[v]]
        return f"{titles[name]}: {before}{listing(words) if words else 'none moves'}, of {n} measures"
    best = max(counts, key=lambda name: counts[name]["better"] - counts[name]["worse"], default="")
    worst = max(counts, key=lambda name: counts[name]["worse"] - counts[name]["better"], default="")
    if not best or counts[best]["better"] == 0:
        text = "No scenario makes any measure better over all cases"
    else:
        text = f"{titles[best]} does most good over all cases: {counts[best]['better']} of {n} measures better"
        text += f", {counts[best]['worse']} worse" if counts[best]["worse"] else ""
    if worst and worst != best and counts[worst]["worse"] > counts[worst]["better"]:
        text += f"; {quoted(titles[worst])} does harm: {counts[worst]['worse']} worse"
    return text
