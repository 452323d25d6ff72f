"""Scenario against baseline, replication by replication: one row per scenario and measure, with a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.uncertainty import Truth, grouped, truth_of
from cxsim.measures.catalogue import HEADLINES, MEASURES
from cxsim.measures.measure import Measure
from cxsim.measures.undefined import why_undefined
from cxsim.native.records import Floats
from cxsim.probability.intervals import difference, mean_of, variance_ratio, verdict
from cxsim.probability.ratios import pseudo_values
from cxsim.probability.settling import more_replications
from cxsim.probability.simultaneous import effective_family
from cxsim.scenario import BASELINE
from cxsim.study import Results

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
    "variance_ratio",
    "variance_ratio_low",
    "variance_ratio_high",
    "p_better",
    "p_negligible",
    "p_worse",
    "mean_half_width",
    "undefined",
)
"""Columns of a comparison's table, after those of the point."""


Found = dict[tuple[str, str], Floats]
"""[replication] values by scenario and measure."""


@dataclass(frozen=True)
class Family:
    """Comparisons whose intervals are simultaneous."""

    size: int
    """Scenarios × headline measures."""
    confidence: float
    effective: float
    """So many comparisons after Bonferroni give the same intervals: fewer, as those that go together err together."""


def family_of(results: Results, label: Mapping[str, Any] | None = None) -> Family:
    """The family declared in advance: every scenario on every headline measure; effective at a point, the first."""
    found = by_measure(results.measured, results.points[0] if label is None else label)
    return _family(results, found)


def _family(results: Results, found: Found) -> Family:
    confidence = results.settings.confidence
    wanted = [(s.name, m.name) for s in results.scenarios for m in HEADLINES if (s.name, m.name) in found]
    size = max(1, len(results.scenarios)) * len(HEADLINES)
    if not wanted:
        return Family(size, confidence, float(size))
    changes = np.stack([found[key] - found[BASELINE.name, key[1]] for key in wanted], axis=1)
    return Family(size, confidence, effective_family(changes, confidence))


def table_of(results: Results) -> pd.DataFrame:
    """Every measure of every scenario against the baseline; headline measures first.

    Differences are scenario - baseline, paired by replication.  `low` and `high` bound them at the confidence of the
    study for all headline measures of all scenarios at once; other measures are given intervals of the same width, and
    are there to explain, not to decide.
    """
    order = [*HEADLINES, *(m for m in MEASURES if not m.headline)]
    rows: list[dict[str, Any]] = []
    keys = list(results.points[0])
    for label in results.points:
        found = by_measure(results.measured, label)
        family = _family(results, found)
        for scenario in results.scenarios:
            if (scenario.name, order[0].name) not in found:
                continue
            for measure in order:
                rows.append({**label, **_row(results, found, scenario.name, measure, family)})
    return pd.DataFrame(rows, columns=[*keys, *COLUMNS])


def rows_with(table: pd.DataFrame, wanted: Mapping[str, Any]) -> pd.DataFrame:
    """The rows that have these values in these columns."""
    for key, value in wanted.items():
        table = table[table[key] == value]
    return table


def changes_of(results: Results, scenario: str, label: Mapping[str, Any], measure: str) -> Floats:
    """[replication] a scenario's measure minus the baseline's, in the order of the replications."""
    found = by_measure(rows_with(results.measured, {"measure": measure}), label)
    return found[scenario, measure] - found[BASELINE.name, measure]


def by_measure(measured: pd.DataFrame, label: Mapping[str, Any]) -> Found:
    """The replications of one point by scenario and measure; of ratios the pseudo-values of the ratio of sums."""
    measured = rows_with(measured, label).sort_values("replication", kind="stable")
    groups = measured.groupby(["scenario", "measure"], sort=False)
    values = {(str(s), str(m)): group.to_numpy(dtype=np.float64) for (s, m), group in groups["value"]}
    if "divisor" not in measured:
        return values
    divisors = {(str(s), str(m)): group.to_numpy(dtype=np.float64) for (s, m), group in groups["divisor"]}
    return {key: pseudo_values(value, divisors[key]) for key, value in values.items()}


def _row(results: Results, found: Found, scenario: str, measure: Measure, family: Family) -> dict[str, Any]:
    before = found[(BASELINE.name, measure.name)]
    after = found[(scenario, measure.name)]
    own, other = mean_of(before, family.confidence), mean_of(after, family.confidence)
    d = difference(after, before, family.confidence, family.effective)
    worthwhile = smallest_worthwhile(results, measure, found)
    ratio = variance_ratio(after, before, family.confidence)
    truth = _truth(results, after - before, worthwhile)
    if truth is not None and not d.identical:
        d = d._replace(low=truth.low, high=truth.high, half_width=(truth.high - truth.low) / 2.0)
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
        "undefined": why_undefined(measure.name, before, after),
        # What the numbers leave open no replication settles.
        "more_replications": math.nan
        if truth is not None
        else more_replications(d, worthwhile, family.confidence, family.effective),
        "variance_ratio": ratio.value,
        "variance_ratio_low": ratio.low,
        "variance_ratio_high": ratio.high,
        **_probabilities(truth, measure.better),
    }


def _truth(results: Results, change: Floats, worthwhile: float) -> Truth | None:
    """Of a difference by replication, where numbers are drawn."""
    if results.settings.vary == "nothing":
        return None
    groups = grouped(change, np.array(results.finished), results.settings.runs_per_draw)
    return truth_of(groups, worthwhile, results.settings.confidence)


def _probabilities(truth: Truth | None, better: str) -> dict[str, float]:
    """That the truth is better, negligible or worse by what is worthwhile; of neither direction, that it is more."""
    if truth is None:
        return dict.fromkeys(("p_better", "p_negligible", "p_worse", "mean_half_width"), math.nan)
    up, down = (truth.below, truth.above) if better == "lower" else (truth.above, truth.below)
    rest = 1.0 - truth.above - truth.below
    return {"p_better": up, "p_negligible": rest, "p_worse": down, "mean_half_width": truth.mean_half_width}


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
