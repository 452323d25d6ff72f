"""The effort ledger by reason and cause, today and under each scenario."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cxsim.compare.words import listing
from cxsim.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Drawing,
    framed,
    quoted,
    rows_of,
    styled,
)
from cxsim.measures import ALL

SOURCES: dict[str, tuple[tuple[str, ...], str]] = {
    "waiting, trying again": (("wait", "redial"), BLUE),
    "asking how far it is": (("chaser",), ORANGE),
    "coming back, complaining": (("repeat", "complaint"), SKY),
    "being sent around": (("transfer", "information", "channel_switch", "missed_call", "generic"), PURPLE),
    "broken promises": (("late",), GREEN),
    "never being helped": (("unresolved",), VERMILLION),
}
"""Entries of the effort ledger, gathered into few enough to tell apart."""


@styled
def effort_ledger(
    effort: pd.DataFrame,
    by_reason: pd.DataFrame,
    table: pd.DataFrame,
    titles: Mapping[str, str],
    reasons: Mapping[str, str],
    most: int = 6,
    width: float = WIDTH,
    confidence: float = 0.95,
) -> Figure:
    """Where customers' effort comes from, by reason and cause, today and under each scenario.

    effort, by_reason: a study's tables `effort` and `reasons`; table: the comparison's; titles: of the scenarios, by
    name; reasons: titles by name; most: reasons drawn by themselves; width: inches.
    """
    names = [name for name in titles if name in set(effort["scenario"])]
    worlds = ["baseline", *names]
    shares = _shares(effort, worlds)
    halves = _half_widths(by_reason)
    shown, rest = _chosen(shares, most if len(names) < 3 else most - 1)
    figure = Drawing(figsize=(width, 1.6 + (len(shown) + bool(rest)) * (0.2 + 0.21 * len(worlds))))
    ax = figure.subplots()
    bars: dict[str, Any] = {reason: shares[reason] for reason in shown}
    bars |= {"": shares[rest].T.groupby("source").sum().T} if rest else {}
    far = max(float(cells.sum(axis=1).max()) for cells in bars.values())
    ticks, y = {}, 0.0
    for reason, cells in bars.items():
        heading = reasons.get(reason, reason) if reason else f"{len(rest)} other reasons"
        ax.text(-0.012 * far, y - 0.72, heading, ha="left", va="center", fontweight="bold", fontsize=8.5)
        today = float(cells.loc["baseline"].sum())
        for world in worlds:
            half = halves.get((world, reason), 0.0)
            _bar(ax, y, cells.loc[world], today if world != "baseline" else None, half, far)
            ticks[y] = "today" if world == "baseline" else _short(titles[world], len(names))
            y += 1.0
        y += 1.0
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.set_ylim(y - 1.2, -1.2)
    ax.set_xlim(0.0, far * 1.18)
    ax.xaxis.set_major_locator(MaxNLocator(8 if width > 6 else 4))
    ax.tick_params(axis="y", length=0, labelsize=8.0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("effort, SD per case of all cases")
    keys = [Patch(color=colour, label=source) for source, (_, colour) in SOURCES.items()]
    note = (
        "All bars of one world add up to its mean effort. Beside them: today's effort, and the change against it. "
        f"Whiskers: {100 * confidence:g} % interval of today's effort and of each change, each by itself."
    )
    framed(figure, _moved(table, shares, names, titles, reasons), note, keys, 3 if width > 6 else 2)
    return figure


def _shares(effort: pd.DataFrame, worlds: Sequence[str]) -> pd.DataFrame:
    """Effort per case of all cases: a row for each world, columns (reason, source)."""
    whole = effort[(effort["segment"] == ALL) & effort["scenario"].isin(worlds)]
    every = whole[whole["reason"] == ALL].groupby(["scenario", "measure"])["value"].sum()
    cases = every.xs("effort_per_week", level="measure") / every.xs("effort", level="measure")
    rows = whole[(whole["reason"] != ALL) & (whole["measure"] == "effort_per_week")]
    source = {cause: name for name, (causes, _) in SOURCES.items() for cause in causes}
    rows = rows.assign(source=rows["cause"].map(source), share=rows["value"] / rows["scenario"].map(cases))
    cells = rows.pivot_table(index="scenario", columns=["reason", "source"], values="share", aggfunc="sum")
    return cells.reindex(list(worlds)).fillna(0.0).sort_index(axis=1)


def _chosen(shares: pd.DataFrame, most: int) -> tuple[list[str], list[str]]:
    """Reasons drawn by themselves, those where each scenario changes most among them; and the rest. Largest first."""
    sums = shares.T.groupby("reason").sum().T
    by_size = [str(n) for n in sums.max().sort_values(ascending=False, kind="stable").index]
    changes = (sums - sums.loc["baseline"]).abs().drop("baseline")
    moved = dict.fromkeys(str(changes.columns[k]) for k in changes.to_numpy().argmax(axis=1))
    shown = list(dict.fromkeys([*moved, *by_size]))[:most]
    return [n for n in by_size if n in shown], [n for n in by_size if n not in shown]


def _half_widths(by_reason: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Half the interval of today's effort, and of each world's change, by (world, reason); per case of all cases."""
    whole = by_reason[by_reason["segment"] == ALL]
    cases = {(r.scenario, r.reason): r.value for r in rows_of(whole[whole["measure"] == "cases_per_week"])}
    found = {}
    for r in rows_of(whole[whole["measure"] == "effort"]):
        half = r.half_width if r.scenario == "baseline" else r.difference_half_width
        share = cases.get((r.scenario, r.reason), 0.0) / cases[(r.scenario, ALL)]
        if np.isfinite(half):
            found[(str(r.scenario), str(r.reason))] = float(half) * share
    return found


def _bar(ax: Axes, y: float, cells: pd.Series[float], today: float | None, half: float, far: float) -> None:
    """One world's stacked bar for a reason; today: the baseline's length, None for the baseline itself."""
    left = 0.0
    for source, (_, colour) in SOURCES.items():
        wide = float(cells.get(source, 0.0))
        ax.barh(y, wide, 0.78, left=left, color=colour, edgecolor="white", linewidth=0.4,
                alpha=0.62 if today is None else 1.0)  # fmt: skip
        left += wide
    ax.plot([max(0.0, left - half), left + half], [y, y], color=BLACK, linewidth=1.0)
    said = f"{left:.3f}" if today is None else f"{left - today:+.3f}"
    said = "0.000" if float(said) == 0.0 else said.replace("-", "−")
    colour = GREY if today is None else BLACK
    ax.text(left + half + 0.012 * far, y, said, va="center", fontsize=7.5, color=colour)


def _short(title: str, among: int) -> str:
    return textwrap.shorten(title, 26, placeholder=" …") if among > 1 else textwrap.fill(title, 24)


def _moved(
    table: pd.DataFrame,
    shares: pd.DataFrame,
    names: Sequence[str],
    titles: Mapping[str, str],
    reasons: Mapping[str, str],
) -> str:
    """Who lowers effort by how much, in words, and where most of it changes."""
    rows = {str(r.scenario): r for r in rows_of(table[table["measure"] == "effort"])}
    sure = [n for n in names if n in rows and (float(rows[n].low) > 0.0 or float(rows[n].high) < 0.0)]
    if not sure:
        return "No sure change of customers' effort"
    change = {n: 100.0 * float(rows[n].difference) / float(rows[n].baseline) for n in sure}
    best = min(sure, key=lambda n: change[n])
    by = f"{abs(change[best]):.2g} % {'less' if change[best] < 0.0 else 'more'} effort"
    if len(names) > 1:
        harm = [quoted(titles[n]) for n in sure if n != best and change[n] > 0.0 > change[best]]
        return f"{titles[best]}: {by}" + (f"; more effort with {listing(harm)}" if harm else "")
    cells: Any = (shares.loc[best] - shares.loc["baseline"]).abs()
    reason, source = cells.idxmax()
    return f"{titles[best]}: {by}, most of the change in {reasons.get(reason, reason).lower()} ({source})"
