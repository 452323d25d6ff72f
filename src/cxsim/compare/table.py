"""Scenario against baseline, replication by replication: one row per scenario and measure, with a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.catalogue import HEADLINES, MEASURES
from cxsim.measures.measure import Measure
from cxsim.native.records import Floats
from cxsim.probability.intervals import difference, mean_of, variance_ratio, verdict
from cxsim.probability.settling import more_replications
from cxsim.probability.simultaneous import Family
from cxsim.probability.unknown import NOTHING, truth_of
from cxsim.scenario import BASELINE
from cxsim.study import Results
from cxsim.study.pairs import Found, by_measure, headline_family, noise_of, rows_with

__all__ = [
    "COLUMNS",
    "Family",
    "Found",
    "by_measure",
    "cells",
    "changes_of",
    "family_of",
    "points_of",
    "rows_with",
    "smallest_worthwhile",
    "table_of",
]

COLUMNS = (
    "scenario",
    "measure",
    "title",
    "unit",
    "basis",
    "direction",
    "headline",
    "baseline",
    "baseline_half_width",
    "value",
    "value_half_width",
    "difference",
    "low",
    "high",
    "half_width",
    "worthwhile",
    "verdict",
    "more_replications",
    "mean_low",
    "mean_high",
    "p_higher",
    "p_negligible",
    "p_lower",
    "variance_ratio",
    "variance_ratio_low",
    "variance_ratio_high",
)
"""Columns of a comparison's table, after those of the point.

mean_low, mean_high: the interval of the mean, which `low` and `high` are too unless numbers are drawn (`study.vary`).
Then those are of one unknown truth, and p_higher, p_negligible and p_lower the probabilities that it is at least the
smallest worthwhile difference above, within, and below.
"""


def family_of(results: Results, label: Mapping[str, Any] | None = None) -> Family:
    """The family declared in advance, every scenario on every headline measure; at the first point, or at another."""
    found = by_measure(results.measured, results.points[0] if label is None else label)
    return headline_family(found, [s.name for s in results.scenarios], results.settings.confidence)


def table_of(results: Results) -> pd.DataFrame:
    """Every measure of every scenario against the baseline; headline measures first.

    Differences are scenario - baseline, paired by replication.  `low` and `high` bound them at the confidence of the
    study for all headline measures of all scenarios at once (max-t); other measures are given intervals widened alike,
    and are there to explain, not to decide.  Where numbers are drawn they are of one unknown truth: how far draws lie
    apart, less the noise of the simulation.
    """
    confidence = results.settings.confidence
    order = [*HEADLINES, *(m for m in MEASURES if not m.headline)]
    rows: list[dict[str, Any]] = []
    keys = list(results.points[0])
    for label in results.points:
        found = by_measure(results.measured, label)
        family = headline_family(found, [s.name for s in results.scenarios], confidence)
        noise = noise_of(results.measured, label)
        for scenario in results.scenarios:
            if (scenario.name, order[0].name) not in found:
                continue
            for measure in order:
                rows.append({**label, **_row(results, found, noise, scenario.name, measure, family.effective)})
    return pd.DataFrame(rows, columns=[*keys, *COLUMNS])


def changes_of(results: Results, scenario: str, label: Mapping[str, Any], measure: str) -> Floats:
    """[replication] a scenario's measure minus the baseline's, in the order of the replications."""
    found = by_measure(rows_with(results.measured, {"measure": measure}), label)
    return found[scenario, measure] - found[BASELINE.name, measure]


def _row(
    results: Results, found: Found, noise: Found, scenario: str, measure: Measure, family: float
) -> dict[str, Any]:
    before = found[(BASELINE.name, measure.name)]
    after = found[(scenario, measure.name)]
    confidence = results.settings.confidence
    own, other = mean_of(before, confidence), mean_of(after, confidence)
    of_mean = difference(after, before, confidence, family)
    worthwhile = smallest_worthwhile(results, measure, found)
    d, truth = of_mean, NOTHING
    if results.settings.vary != "nothing" and not of_mean.identical:
        unknown = np.full(len(after), np.nan)
        by_chance = noise.get((scenario, measure.name), unknown)
        truth = truth_of(after - before, by_chance, results.settings.runs_per_draw, worthwhile, confidence, family)
        half = 0.5 * (truth.high - truth.low)
        d = of_mean._replace(half_width=half, low=truth.low, high=truth.high)
    ratio = variance_ratio(after, before, confidence)
    return {
        "scenario": scenario,
        "measure": measure.name,
        "title": measure.title,
        "unit": measure.unit.replace("money", results.organisation.economics.currency),
        "basis": measure.basis,
        "direction": measure.better,
        "headline": measure.headline,
        "baseline": own.value,
        "baseline_half_width": own.half_width,
        "value": other.value,
        "value_half_width": other.half_width,
        "difference": d.mean,
        "low": d.low,
        "high": d.high,
        "half_width": d.half_width,
        "worthwhile": worthwhile,
        "verdict": verdict(d, worthwhile, measure.better),
        "more_replications": more_replications(d, worthwhile, confidence, family) if d is of_mean else math.nan,
        "mean_low": of_mean.low,
        "mean_high": of_mean.high,
        "p_higher": truth.p_higher,
        "p_negligible": truth.p_negligible,
        "p_lower": truth.p_lower,
        "variance_ratio": ratio.value,
        "variance_ratio_low": ratio.low,
        "variance_ratio_high": ratio.high,
    }


def smallest_worthwhile(results: Results, measure: Measure, found: Found) -> float:
    """The study's own, else the assumed one; for money a share of the baseline's."""
    if measure.name in results.settings.worthwhile:
        return results.settings.worthwhile[measure.name]
    if not measure.relative_to:
        return measure.worthwhile
    base = float(np.nanmean(found[(BASELINE.name, measure.relative_to)]))
    return measure.worthwhile * abs(base) if math.isfinite(base) else math.nan


def cells(table: pd.DataFrame, scenario: str, label: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of one scenario at one point, by measure."""
    table = rows_with(table, {**label, "scenario": scenario})
    return {str(row.measure): row for row in table.itertuples(index=False)}


def points_of(results: Results) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each point with its words."""
    for label in results.points:
        yield ", ".join(f"{key} = {value}" for key, value in label.items()), label
