"""What could go wrong, in words: the spread of what a scenario brings where numbers are drawn, and who stops when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.table import changes_of
from cxsim.measures.catalogue import HEADLINES
from cxsim.probability.unknown import truths_of
from cxsim.report.text.words import SHORT, half, listing, signed
from cxsim.scenario import Scenario
from cxsim.study import Results
from cxsim.study.pairs import noise_of

LOW, HIGH = 0.1, 0.9
NAMED = 3
"""Numbers named that most decide what comes of it."""
COVERED = {
    "nothing": "Intervals reflect sampling error, not uncertain assumptions; see the list of assumptions and their "
    "ranges.",
    "scenario": "Each draw takes the scenarios' numbers anew within their ranges. Intervals are of one unknown truth: "
    "they cover chance and not knowing these numbers, not what is assumed of the organisation, and do not shrink with "
    "more draws.",
    "everything": "Each draw takes every number that has a range anew. Intervals are of one unknown truth: they cover "
    "chance and not knowing these numbers, and do not shrink with more draws; numbers without a range, and the form of "
    "the model, are taken as they are.",
}
"""What intervals reflect, by what is drawn."""
CLEAR = 0.3
"""Rank correlation from which on a number is named."""


def chances(results: Results, rows: Mapping[str, Any]) -> str:
    """Where numbers are drawn: how probable it is that each headline measure is better, negligible or worse."""
    if results.settings.vary == "nothing":
        return ""
    found = []
    for m in HEADLINES:
        row = rows[m.name]
        if math.isnan(row.p_higher):
            continue
        better, worse = (row.p_lower, row.p_higher) if row.direction == "lower" else (row.p_higher, row.p_lower)
        shares = " / ".join(_percent(p) for p in (better, row.p_negligible, worse))
        found.append(f"{SHORT[m.name]} {shares}")
    if not found:
        return ""
    own = rows["net_benefit_running"]
    mean = f"{signed(0.5 * (own.mean_low + own.mean_high))} ± {half(0.5 * (own.mean_high - own.mean_low))}"
    return (
        f"Probability that the truth is better by a worthwhile amount / negligible / worse, %: {'; '.join(found)}. "
        f"Means over draws are known better than the truth: net benefit at run-rate {mean} {own.unit}."
    )


def _percent(p: float) -> str:
    """Of 20,000 samples: never 0 or 100, which nobody knows."""
    return "<1" if p < 0.01 else ">99" if p > 0.99 else f"{100.0 * p:.0f}"


def risk(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How a scenario turned out over the draws: net benefit of all weeks, losses, pilots that failed."""
    if results.settings.vary == "nothing" or results.replications < 2:
        return ""
    gains = gain(results, scenario.name, label)
    currency, weeks, n = results.organisation.economics.currency, results.settings.weeks, len(gains)
    if n < 2 or np.isnan(gains).any():
        return ""
    noise = noise_of(results.measured, label).get((scenario.name, "net_benefit"), np.full(n, np.nan)) * weeks**2
    truths, _ = truths_of(gains, noise, results.settings.runs_per_draw)
    mean, low, high = (signed(float(x)) for x in (gains.mean(), *np.quantile(truths, [LOW, HIGH])))
    text = (
        f"{scenario.title}, over {n} draws of the uncertain numbers, the noise of the simulation taken out: net "
        f"benefit of all {weeks} weeks {mean} {currency} on average, with a probability of one in ten below {low}, of "
        f"one in ten above {high}, and of {_percent(float(np.mean(truths > 0.0)))} % above 0."
    )
    failed = results.stopped.get(scenario.name)
    if failed is not None:
        text += f" The pilot failed and was stopped in {failed} of {results.replications} replications."
    deciding = decides(results.draws, gains)
    if deciding:
        named = listing([f"{name} ({signed(r, decimals=1)})" for name, r in deciding])
        text += f" What decides most (rank correlation): {named}."
    return text


def gain(results: Results, scenario: str, label: Mapping[str, Any], measure: str = "net_benefit") -> Any:
    """[replication] net benefit over all weeks against the baseline with the same numbers."""
    return changes_of(results, scenario, label, measure) * results.settings.weeks


def decides(draws: pd.DataFrame, outcome: Any) -> list[tuple[str, float]]:
    """The drawn numbers whose ranks go most with those of an outcome, by replication, the strongest first."""
    if draws.empty or len(outcome) < 8:
        return []
    ranks = _ranks(outcome)
    found = []
    for name, rows in draws.groupby("assumption"):
        values = rows["value"].to_numpy()
        if np.ptp(values) > 0.0:
            found.append((str(name).removeprefix("scenario: "), float(np.corrcoef(_ranks(values), ranks)[0, 1])))
    found.sort(key=lambda pair: -abs(pair[1]))
    least = max(CLEAR, 2.0 / np.sqrt(len(outcome)))
    return [pair for pair in found[:NAMED] if abs(pair[1]) > least]


def _ranks(values: Any) -> Any:
    return np.argsort(np.argsort(values)).astype(np.float64)
