"""Whether scenarios work together: what they do at once, against the sum of what each does by itself."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.table import smallest_worthwhile
from cxsim.measures.catalogue import HEADLINES
from cxsim.measures.measure import Measure
from cxsim.native.records import Floats
from cxsim.probability.intervals import difference, mean_of, verdict
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Results
from cxsim.study.pairs import Found, by_measure, family_of

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
    hold for all rows of a point at once (max-t).  verdict: more or less than the sum by at least the smallest
    worthwhile difference, negligible, or undecided.
    """
    combined = [(s, parts) for s in results.scenarios if (parts := parts_of(results, s))]
    confidence = results.settings.confidence
    rows: list[dict[str, Any]] = []
    for label in results.points if combined else ():
        found = by_measure(results.measured, label)
        here = [(s, parts, m) for s, parts in combined if (s.name, HEADLINES[0].name) in found for m in HEADLINES]
        changes = [_changes(found, *each) for each in here]
        family = family_of((together - alone for together, alone in changes), confidence).effective
        for each, (together, alone) in zip(here, changes, strict=True):
            rows.append({**label, **_row(results, found, each, together, alone, family)})
    return pd.DataFrame(rows, columns=[*results.points[0], *INTERACTION])


def _changes(found: Found, scenario: Scenario, parts: tuple[str, ...], measure: Measure) -> tuple[Floats, Floats]:
    """[replication] change against the baseline of all at once, and the sum of those of its parts."""
    before = found[BASELINE.name, measure.name]
    alone = np.sum([found[part, measure.name] - before for part in parts], axis=0)
    return found[scenario.name, measure.name] - before, alone


def _row(
    results: Results,
    found: Found,
    each: tuple[Scenario, tuple[str, ...], Measure],
    together: Floats,
    alone: Floats,
    family: float,
) -> dict[str, Any]:
    scenario, parts, measure = each
    confidence = results.settings.confidence
    d = difference(together, alone, confidence, family)
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
