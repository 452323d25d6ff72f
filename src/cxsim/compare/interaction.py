"""Whether scenarios work together: what they do at once, against the sum of what each does by itself."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pandas as pd

from cxsim.compare.table import Found, by_measure, smallest_worthwhile
from cxsim.measures.catalogue import HEADLINES
from cxsim.probability.intervals import difference, mean_of, verdict
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Results

INTERACTION = (
    "scenario", "parts", "measure", "title", "unit", "together", "sum_of_parts", "interaction", "low", "high",
    "half_width", "worthwhile", "verdict",
)  # fmt: skip
"""Columns, after those of the point: the changes to the baseline, and together minus the sum with its interval."""


def parts_of(results: Results, scenario: Scenario) -> tuple[str, ...]:
    """The scenarios it is made of, if it is nothing else and all of them were run with it."""
    names = {other.name: other for other in results.scenarios}
    parts = tuple(PurePath(name).stem for name in scenario.made_of)
    if len(parts) < 2 or any(part not in names for part in parts):
        return ()
    own = len(scenario.interventions) - sum(len(names[part].interventions) for part in parts)
    return () if own else parts


def interaction_of(results: Results) -> pd.DataFrame:
    """One row for each point, combined scenario and headline measure.

    The interaction is (together - baseline) - sum of (part - baseline), replication by replication.  `low` and `high`
    hold for all rows of a point at once (Bonferroni).  verdict: more or less than the sum by at least the smallest
    worthwhile difference, negligible, or undecided.
    """
    combined = [(s, parts) for s in results.scenarios if (parts := parts_of(results, s))]
    rows: list[dict[str, Any]] = []
    for label in results.points if combined else ():
        found = by_measure(results.measured, label)
        for scenario, parts in combined:
            for measure in HEADLINES if (scenario.name, HEADLINES[0].name) in found else ():
                rows.append({**label, **_row(results, found, scenario, parts, measure, len(combined))})
    return pd.DataFrame(rows, columns=[*results.points[0], *INTERACTION])


def _row(
    results: Results, found: Found, scenario: Scenario, parts: tuple[str, ...], measure: Any, combined: int
) -> dict[str, Any]:
    before = found[BASELINE.name, measure.name]
    together = found[scenario.name, measure.name] - before
    alone = sum(found[part, measure.name] - before for part in parts)
    confidence = results.settings.confidence
    d = difference(together, alone, confidence, combined * len(HEADLINES))
    worthwhile = smallest_worthwhile(results, measure, found)
    return {
        "scenario": scenario.name,
        "parts": " + ".join(parts),
        "measure": measure.name,
        "title": measure.title,
        "unit": measure.unit.replace("money", results.organisation.economics.currency),
        "together": mean_of(together, confidence).value,
        "sum_of_parts": mean_of(alone, confidence).value,
        "interaction": d.mean,
        "low": d.low,
        "high": d.high,
        "half_width": d.half_width,
        "worthwhile": worthwhile,
        "verdict": verdict(d, worthwhile, "neither"),
    }
