"""Many years at a glance: loyalty, churn and cost of baseline and scenarios, with the phases of a programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.report.figures.loyalty import COLOURS
from cxsim.report.figures.style import GREY, WIDTH, Plot, framed, styled

DASHES = ("-", "--", "-.", ":")
PANELS = (
    ("nps_relationship", "relationship NPS,\npoints"),
    ("favourable", "secure and\nfavourable, %"),
    ("churn", "churn,\n% a year"),
)
"""Measures plotted week by week, and their axes."""


@styled
def by_year(
    weeks: pd.DataFrame,
    years: pd.DataFrame,
    titles: Mapping[str, str],
    phases: Sequence[tuple[str, float]],
    currency: str,
    finding: str,
    baseline: str = "baseline",
    confidence: float = 0.95,
) -> Figure:
    """Loyalty and churn week by week, cost year by year.

    weeks, years: a study's tables, of one point; titles: of the scenarios, by name; phases: title and year of start,
    in years after time 0; finding: the title.
    """
    figure = Plot(figsize=(WIDTH, WIDTH))
    axes = figure.subplots(len(PANELS) + 1, 1, sharex=True)
    looks = {baseline: (GREY, "-")}
    looks |= {n: (COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]) for k, n in enumerate(titles)}
    for ax, (measure, label) in zip(axes, PANELS, strict=False):
        for name, (colour, dash) in looks.items():
            _weekly(ax, _rows(weeks, name, measure), colour, dash, name != baseline)
        ax.set_ylabel(label)
        ax.yaxis.set_major_locator(MaxNLocator(4))
    for name, (colour, dash) in looks.items():
        rows = _rows(years, name, "total_cost")
        edges = np.append(rows["year"].to_numpy() - 1.0, rows["year"].max())
        axes[-1].stairs(rows["value"].to_numpy() / 1000.0, edges, baseline=None, color=colour, linestyle=dash, lw=1.6)
    axes[-1].set_ylabel(f"cost, thousand\n{currency} a week")
    axes[-1].yaxis.set_major_locator(MaxNLocator(4))
    axes[-1].set_xlabel("years after time 0")
    axes[-1].set_xlim(0.0, float(years["year"].max()))
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=14))
    for number, (_, at) in enumerate(phases, 1):
        for ax in axes:
            ax.axvline(at, color=GREY, linewidth=0.7, linestyle=(0, (2, 2)), zorder=0)
        axes[0].annotate(
            str(number), (at, 1.0), xycoords=("data", "axes fraction"), xytext=(2, 1), textcoords="offset points",
            fontsize=8.0, fontweight="bold", color=GREY, va="bottom", annotation_clip=False,
        )  # fmt: skip
    named = "; ".join(f"{number} {title}" for number, (title, _) in enumerate(phases, 1))
    note = (
        f"Bands: {100 * confidence:g} % intervals of the difference from the baseline, week by week. Cost: service and "
        "scenario, in prices of the price year."
    ) + (f" Phases begin at the dotted lines: {named}." if named else "")
    keys = [Line2D([], [], color=GREY, lw=1.6, label="baseline")]
    keys += [Line2D([], [], color=looks[n][0], ls=looks[n][1], lw=1.6, label=t) for n, t in titles.items()]
    framed(figure, finding, note, 1.25 * (len(PANELS) + 1) + 0.35, keys, across=3)
    return figure


def _rows(table: pd.DataFrame, scenario: str, measure: str) -> pd.DataFrame:
    return table[(table["scenario"] == scenario) & (table["measure"] == measure)]


def _weekly(ax: Axes, rows: pd.DataFrame, colour: str, dash: str, banded: bool) -> None:
    at: Any = (rows["week"].to_numpy() + 1.0) / WEEKS_PER_YEAR
    value, half = rows["value"].to_numpy(), rows["difference_half_width"].to_numpy()
    ax.plot(at, value, color=colour, linestyle=dash, linewidth=1.3)
    if banded and np.isfinite(half).all():
        ax.fill_between(at, value - half, value + half, color=colour, alpha=0.25, linewidth=0)
