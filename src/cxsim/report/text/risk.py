"""What could go wrong, in words: the spread of what a scenario brings where numbers are drawn, and who stops when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.table import changes_of
from cxsim.report.text.words import listing, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

LOW, HIGH = 0.1, 0.9
NAMED = 3
"""Numbers named that most decide what comes of it."""
COVERED = {
    "nothing": "Intervals reflect sampling error, not uncertain assumptions; see the list of assumptions and their "
    "ranges.",
    "scenario": "Each replication draws the scenarios' numbers anew within their ranges: intervals reflect "
    "sampling error and the uncertainty of these, not what is assumed of the organisation.",
    "everything": "Each replication draws every number that has a range anew: intervals reflect sampling error and "
    "the uncertainty of these; numbers without a range, and the form of the model, are taken as they are.",
}
"""What intervals reflect, by what is drawn."""
CLEAR = 0.3
"""Rank correlation from which on a number is named."""


def risk(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How a scenario turned out over the draws: net benefit of all weeks, losses, pilots that failed."""
    if results.settings.vary == "nothing" or results.replications < 2:
        return ""
    gains = gain(results, scenario.name, label)
    currency, weeks, n = results.organisation.economics.currency, results.settings.weeks, len(gains)
    lost = int((gains < 0.0).sum())
    mean, low, high = (signed(float(x)) for x in (gains.mean(), *np.quantile(gains, [LOW, HIGH])))
    text = (
        f"{scenario.title}, over {n} draws of the uncertain numbers: net benefit of all {weeks} weeks {mean} "
        f"{currency} on average, in one of ten below {low} and in one of ten above {high}, the worst "
        f"{signed(float(gains.min()))}; paid back within them in {n - lost} of {n}."
    )
    failed = results.stopped.get(scenario.name)
    if failed is not None:
        text += f" The pilot failed and was stopped in {failed} of {n}."
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
