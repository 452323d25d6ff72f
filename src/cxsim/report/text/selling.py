"""Sales in words: how many, what they bring, what was promised too much, and how long the push lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.probability.intervals import Mean, mean_of
from cxsim.report.text.words import half, listing, number, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

REPORTED = ("sales", "sales_margin", "over_promises", "broken_promises", "sales_undone", "transfers_spared")
"""What is reported of selling, where it moves."""
SPAN = 4
"""Weeks at the beginning and at the end that are compared with each other."""


def sold(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """What a scenario makes of sales and of the promises that go with them; nothing where neither moves."""
    changes = [_moved(rows[name]) for name in REPORTED if _sure(rows[name])]
    if not changes:
        return ""
    return f"Sales, a week: {listing(changes)}.{_lasting(results, scenario, label)}"


def _sure(row: Any) -> bool:
    return bool(row.low > 0.0 or row.high < 0.0) and any(c in "123456789" for c in number(row.difference))


def _moved(row: Any) -> str:
    before, after = (number(x, "", row.value) for x in (row.baseline, row.value))
    by, known = signed(row.difference, "", row.value), half(row.half_width, "", row.value)
    unit = f" {row.unit.removesuffix('/week')}" if row.measure == "sales_margin" else ""
    return f"{row.title} {before} → {after}{unit} ({by} ± {known})"


def _lasting(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """Change of sales against the baseline in the first weeks after the last change, and in the last weeks."""
    rows = rows_with(results.weeks, {**label, "scenario": scenario.name, "measure": "sales", "team": ALL})
    more = rows.sort_values("week")["difference"].to_numpy()
    weekly = results.trajectories.get((results.points.index(dict(label)), scenario.name), {}).get("sales")
    begins = max(0, results.settled.get(scenario.name, 0) - 1)
    if len(more) < begins + 2 * SPAN:
        return ""
    spans = (slice(begins, begins + SPAN), slice(len(more) - SPAN, len(more)))
    first, last = (float(more[span].mean()) for span in spans)
    confidence = results.settings.confidence
    wide = ["", ""] if weekly is None else [_known(mean_of(weekly[:, s].mean(axis=1), confidence)) for s in spans]
    return (
        f" That is {signed(first, '', first)}{wide[0]} sales a week in weeks {begins + 1} to {begins + SPAN}, and "
        f"{signed(last, '', last)}{wide[1]} in the last {SPAN}."
    )


def _known(m: Mean) -> str:
    return f" ± {half(m.half_width, '', m.value)}" if m.n > 1 else ""
