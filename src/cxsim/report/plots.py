"""The figures of a comparison, and the small intervals that stand in the summary's table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from cxsim.calendars.constants import WEEK, WEEKS_PER_YEAR
from cxsim.compare import Comparison
from cxsim.measures.breakdowns import ALL
from cxsim.report.figures import (
    Figure,
    by_year,
    change_by_measure,
    cost_against_loyalty,
    effort_ledger,
    failure_sources,
)
from cxsim.report.text.failure import LITTLE, called
from cxsim.report.text.words import signed
from cxsim.report.text.years import spans_years
from cxsim.study import Results

NARROW = 4.3
"""Inches: width of the summary's figure."""


def plot(comparison: Comparison) -> dict[str, Figure]:
    """The figures `change` by measure, cost against `loyalty`, `effort` by reason and cause, and where `failure`
    demand surfaced, where there is any; none without scenarios.

    Of a study longer than a year `years` too.

    Of a study of several points, the first one is plotted.
    """
    return {name: make() for name, make in plots(comparison).items()}


def plots(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """What makes each of the figures of `plot`, so that one that cannot be made keeps back no other."""
    results = comparison.results
    table = at_first_point(results, comparison.table)
    if table.empty:
        return {}
    titles, confidence = _titles(results), results.settings.confidence
    where = at_first_point(results, comparison.where)
    failures = at_first_point(results, results.failure_demand)
    caused = failures[(failures["measure"] == "contacts_per_week") & (failures["department"] != ALL)]
    made: dict[str, Callable[[], Figure]] = {"years": lambda: _years(comparison)} if spans_years(results) else {}
    made["change"] = lambda: change_by_measure(table, where, titles, confidence=confidence)
    made["loyalty"] = lambda: cost_against_loyalty(table, titles, _currency(results), confidence=confidence)
    made["effort"] = lambda: _effort(comparison, table)
    if len(caused) and caused.loc[(caused["kind"] == ALL) & (caused["reason"] == ALL), "value"].max() >= LITTLE:
        made["failure"] = lambda: failure_sources(failures, titles, called, confidence=confidence)
    return made


def summary_figure(comparison: Comparison) -> Figure | None:
    """The one figure of the summary: where effort comes from; of several scenarios, cost against loyalty."""
    results = comparison.results
    table = at_first_point(results, comparison.table)
    if table.empty:
        return None
    if len(results.scenarios) > 1:
        confidence = results.settings.confidence
        return cost_against_loyalty(table, _titles(results), _currency(results), width=NARROW, confidence=confidence)
    return _effort(comparison, table, most=2, named=1, width=NARROW)


def _effort(comparison: Comparison, table: pd.DataFrame, **how: Any) -> Figure:
    results = comparison.results
    effort, by_reason, where = (
        at_first_point(results, frame) for frame in (results.effort, results.reasons, comparison.where)
    )
    reasons = {name: reason.title or name.replace("_", " ") for name, reason in results.organisation.reasons.items()}
    confidence = results.settings.confidence
    return effort_ledger(effort, by_reason, table, where, _titles(results), reasons, confidence=confidence, **how)


def _years(comparison: Comparison) -> Figure:
    results = comparison.results
    weeks, years = at_first_point(results, results.weeks), at_first_point(results, results.years)
    weeks = weeks[weeks["team"] == ALL]
    phases = next((s.phases for s in results.scenarios if s.phases), ())
    began = [(p.title, p.starts / WEEK / WEEKS_PER_YEAR) for p in phases if p.starts < results.settings.weeks * WEEK]
    last = years[years["year"] == years["year"].max()].set_index(["scenario", "measure"])["difference"]
    titles = _titles(results)
    texts = [
        f"{title}: {signed(last[name, 'nps_relationship'], decimals=1)} points of NPS, "
        f"{signed(last[name, 'favourable'], decimals=1)} of secure and favourable"
        for name, title in titles.items()
    ]
    finding = f"{'; '.join(texts)} at the end of year {years['year'].max()}"
    confidence = results.settings.confidence
    return by_year(weeks, years, titles, began, _currency(results), finding, confidence=confidence)


def _titles(results: Results) -> dict[str, str]:
    return {s.name: s.title for s in results.scenarios}


def _currency(results: Results) -> str:
    return results.organisation.economics.currency


def at_first_point(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the study's first point."""
    for key, value in results.points[0].items():
        table = table[table[key] == value]
    return table


MARKS = {
    "better": "M-4,-5 L5,0 L-4,5 Z",
    "worse": "M4,-5 L-5,0 L4,5 Z",
    "undecided": "M-4,0 A4,4 0 1,0 4,0 A4,4 0 1,0 -4,0 Z",
}
SQUARE = "M-3.5,-3.5 H3.5 V3.5 H-3.5 Z"
REACH = 100.0
MIDDLE = 30.0


def place(value: float) -> float:
    """Where a difference stands on the summary's small axis, -100 to 100; +-30 is the smallest worthwhile one.

    Linear inside, logarithmic beyond: 30 times the smallest worthwhile difference is at the end.
    """
    size = abs(value)
    beyond = MIDDLE + (REACH - MIDDLE) * math.log(size) / math.log(30.0) if size > 1.0 else MIDDLE * size
    return math.copysign(min(beyond, REACH), value)


def interval(row: Any, larger: float = 1.0) -> Markup:
    """A row of the comparison as a small picture: band, zero, interval and mark; better is to the right.

    larger: how many times larger the mark is than its axis, for where there is little room.
    """
    if not (row.worthwhile > 0.0 and math.isfinite(row.difference)):
        return Markup("")
    sign = -1.0 if row.direction == "lower" else 1.0
    low, at, high = (place(sign * value / row.worthwhile) for value in (row.low, row.difference, row.high))
    left, right = min(low, high), max(low, high)
    mark = MARKS.get(row.verdict, SQUARE)
    return Markup(
        '<svg class="interval {verdict}" viewBox="-108 -{h:g} 216 {hh:g}" role="img" aria-label="{verdict}">'
        '<rect x="-{m:g}" y="-{h:g}" width="{w:g}" height="{hh:g}"/>'
        '<line x1="0" x2="0" y1="-{h:g}" y2="{h:g}" class="zero"/>'
        '<line x1="{left:.1f}" x2="{right:.1f}" y1="0" y2="0"/>'
        '<path d="{mark}" transform="translate({at:.1f} 0) scale({larger:g})"/></svg>'
    ).format(
        verdict=row.verdict, m=MIDDLE, w=2 * MIDDLE, h=8 * larger, hh=16 * larger,
        left=left, right=right, mark=mark, at=at, larger=larger,
    )  # fmt: skip
