"""The effort ledger by reason and cause, in the baseline and under each scenario."""

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

from cxsim.compare.where import NAMED, REASON, certain, relieved
from cxsim.measures.breakdowns import ALL
from cxsim.probability.intervals import BETTER, IDENTICAL, NEGLIGIBLE, WORSE
from cxsim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Plot,
    framed,
    quoted,
    rows_of,
    styled,
)
from cxsim.report.text.words import share, signed

SOURCES: dict[str, tuple[tuple[str, ...], str]] = {
    "waiting, trying again": (("wait", "redial"), BLUE),
    "status enquiries": (("chaser",), ORANGE),
    "coming back, complaining": (("repeat", "complaint"), SKY),
    "being sent around": (("transfer", "information", "channel_switch", "missed_call", "generic"), PURPLE),
    "broken promises": (("late", "broken_promise"), GREEN),
    "never being helped": (("unresolved",), VERMILLION),
}
"""Entries of the effort ledger, gathered into few enough to tell apart."""


@styled
def effort_ledger(
    effort: pd.DataFrame,
    by_reason: pd.DataFrame,
    table: pd.DataFrame,
    where: pd.DataFrame,
    titles: Mapping[str, str],
    reasons: Mapping[str, str],
    most: int = 5,
    named: int = NAMED + 1,
    width: float = WIDTH,
    confidence: float = 0.95,
) -> Figure:
    """Where customers' effort comes from, by reason and cause, in the baseline and under each scenario.

    effort, by_reason: a study's tables `effort` and `reasons`; table, where: the comparison's; titles: of the
    scenarios, by name; reasons: titles by name; most: reasons plotted, those whose effort changes most;
    named: reasons of each scenario plotted in any case, as its finding names them; width: inches.
    """
    names = [name for name in titles if name in set(effort["scenario"])]
    worlds = ["baseline", *names]
    bars, cases = _per_case(effort, worlds), _cases(by_reason)
    changes = _changes(table, where)
    chosen = _chosen(where, cases, most, named)
    shown = [ALL, *(name for name in chosen if name in bars.columns.get_level_values("reason"))]
    figure = Plot(figsize=(width, width))
    ax = figure.subplots()
    far = max(float(bars[reason].loc[world].sum()) for reason in shown for world in worlds) or 1.0
    ticks, y = {}, 0.0
    for reason in shown:
        ax.text(-0.012 * far, y - 0.72, *_heading(reason, reasons, cases), ha="left", va="center", fontsize=8.5)
        ax.texts[-1].set_fontweight("bold")
        for world in worlds:
            row = changes.get((world, reason))
            _bar(ax, y, bars[reason].loc[world], row, _own_half(by_reason, reason) if world == "baseline" else 0.0, far)
            ticks[y] = "baseline" if world == "baseline" else short_title(titles[world], width)
            y += 1.0
        y += 1.0
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.set_ylim(y - 1.2, -1.2)
    ax.set_xlim(0.0, far * 1.22)
    ax.xaxis.set_major_locator(MaxNLocator(8 if width > 6 else 4))
    ax.tick_params(axis="y", length=0, labelsize=8.0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("effort, SD per case")
    keys = [Patch(color=colour, label=source) for source, (_, colour) in SOURCES.items()]
    note = (
        "Next to the bars: effort in the baseline, and the change against it, in bold where it is better or worse. "
        f"Whiskers: {100 * confidence:g} % intervals; those of the changes are simultaneous."
    )
    inside = 0.5 + len(shown) * (0.24 + 0.2 * len(worlds))
    framed(figure, _moved(where, changes, bars, names, titles), note, inside, keys, 3 if width > 6 else 2)
    return figure


def _heading(reason: str, reasons: Mapping[str, str], cases: Mapping[str, float]) -> tuple[str]:
    if reason == ALL:
        return ("All cases",)
    return (f"{reasons.get(reason, reason)}, {share(100.0 * cases.get(reason, 0.0) / cases[ALL])} of cases",)


def _per_case(effort: pd.DataFrame, worlds: Sequence[str]) -> pd.DataFrame:
    """Effort per case of each reason, and of all: a row for each world, columns (reason, source)."""
    rows = effort[(effort["segment"] == ALL) & effort["scenario"].isin(worlds) & (effort["measure"] == "effort")]
    source = {cause: name for name, (causes, _) in SOURCES.items() for cause in causes}
    cells = rows.assign(source=rows["cause"].map(source)).pivot_table(
        index="scenario", columns=["reason", "source"], values="value", aggfunc="sum"
    )
    return cells.reindex(list(worlds)).fillna(0.0).sort_index(axis=1)


def _cases(by_reason: pd.DataFrame) -> dict[str, float]:
    """The baseline's cases a week by reason."""
    rows = by_reason[(by_reason["segment"] == ALL) & (by_reason["scenario"] == "baseline")]
    rows = rows[rows["measure"] == "cases_per_week"]
    return {str(r.reason): float(r.value) for r in rows_of(rows)}


def _own_half(by_reason: pd.DataFrame, reason: str) -> float:
    """Half the interval of the baseline's effort with a reason, by itself; 0 where there is none."""
    rows = by_reason[(by_reason["segment"] == ALL) & (by_reason["scenario"] == "baseline")]
    rows = rows[(rows["measure"] == "effort") & (rows["reason"] == reason)]
    return float(rows["half_width"].iloc[0]) if len(rows) and np.isfinite(rows["half_width"].iloc[0]) else 0.0


def _changes(table: pd.DataFrame, where: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """The change of effort by (world, reason)."""
    found = {(str(r.scenario), ALL): r for r in rows_of(table[table["measure"] == "effort"])}
    rows = where[(where["measure"] == "effort") & (where["kind"] == REASON)]
    return found | {(str(r.scenario), str(r.name)): r for r in rows_of(rows)}


def _chosen(where: pd.DataFrame, cases: Mapping[str, float], most: int, named: int) -> list[str]:
    """Reasons that are plotted: first the largest significant changes of effort, then the largest over all cases."""
    sure = [str(next(iter(found.values())).name) for found in relieved(where, {}, most, named)]
    rows = where[(where["measure"] == "effort") & (where["kind"] == REASON)]
    weight = {str(r.name): abs(float(r.difference)) * cases.get(str(r.name), 0.0) for r in rows_of(rows)}
    return list(dict.fromkeys([*sure, *sorted(weight, key=lambda name: -weight[name])]))[: max(most, len(sure))]


def _bar(ax: Axes, y: float, cells: pd.Series[float], row: Any, own: float, far: float) -> None:
    """One world's stacked bar for a reason. row: its change, None for the baseline; own: half its own interval."""
    left = 0.0
    for source, (_, colour) in SOURCES.items():
        wide = float(cells.get(source, 0.0))
        ax.barh(y, wide, 0.78, left=left, color=colour, edgecolor="white", linewidth=0.4,
                alpha=0.62 if row is None else 1.0)  # fmt: skip
        left += wide
    half = own if row is None else float(row.half_width)
    half = half if np.isfinite(half) else 0.0
    ax.plot([max(0.0, left - half), min(left + half, 1.1 * far)], [y, y], color=BLACK, linewidth=1.0)
    ax.text(
        min(left + half, 1.1 * far) + 0.012 * far, y, f"{left:.3f}" if row is None else signed(row.difference, "SD"),
        va="center", fontsize=7.5, color=GREY if row is None else BLACK,
        fontweight="bold" if row is not None and row.verdict in (BETTER, WORSE) else "normal",
    )  # fmt: skip


def short_title(title: str, width: float) -> str:
    """A title in one line: there is no room for two next to a bar."""
    return textwrap.shorten(title.replace("-", "\u2011"), 32 if width > 6 else 26, placeholder=" …")


def _moved(
    where: pd.DataFrame,
    changes: Mapping[tuple[str, str], Any],
    bars: pd.DataFrame,
    names: Sequence[str],
    titles: Mapping[str, str],
) -> str:
    """Whose effort changes significantly, by how much; of one scenario also from which source, and over all cases."""
    rows = certain(where[(where["measure"] == "effort") & (where["kind"] == REASON)])
    rows = rows[rows["scenario"].isin(names)]
    if rows.empty:
        sure = [n for n in names if changes[(n, ALL)].verdict in (BETTER, WORSE)]
        if not sure:
            return _nothing([changes[(n, ALL)] for n in names])
        return "; ".join(f"{titles[n]}: {_percent(changes[(n, ALL)])} effort" for n in sure)
    by_size = sorted(rows_of(rows), key=lambda row: float(row.difference))
    low, high = by_size[0], by_size[-1]
    if len(names) == 1:
        row = low if abs(low.difference) >= abs(high.difference) else high
        whole = changes[(names[0], ALL)]
        cells: Any = (bars[row.name].loc[names[0]] - bars[row.name].loc["baseline"]).abs()
        return f"“{row.title}”: {_percent(row)} effort, above all from {cells.idxmax()}; {_over_all(whole)}"
    texts = [
        f"{words}: “{row.title}” with {quoted(titles[str(row.scenario)])}, {_percent(row)} effort"
        for words, row, there in (
            ("most relief", low, low.difference < 0.0), ("most harm", high, high.difference > 0.0)
        ) if there
    ]  # fmt: skip
    text = "; ".join(texts)
    return text[:1].upper() + text[1:]


def _over_all(row: Any) -> str:
    """What is known of effort over all cases."""
    if row.verdict in (BETTER, WORSE):
        return f"{_percent(row)} over all cases"
    return "negligible over all cases" if row.verdict in (NEGLIGIBLE, IDENTICAL) else "over all cases undecided"


def _nothing(over_all: Sequence[Any]) -> str:
    """What is known where no effort is better or worse."""
    if all(row.verdict in (NEGLIGIBLE, IDENTICAL) for row in over_all):
        return "Negligible change of customers' effort over all cases"
    if all(row.low > 0.0 or row.high < 0.0 for row in over_all):
        return "Customers' effort changes significantly; practical significance undecided"
    return "No significant change of customers' effort"


def _percent(row: Any) -> str:
    by = 100.0 * float(row.difference) / float(row.baseline)
    return f"{abs(by):.2g}\u00a0% {'less' if by < 0.0 else 'more'}"
