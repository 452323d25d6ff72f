"""Cumulative cash: what a scenario has brought by each week, with all it costs, against the baseline.

Nothing is extrapolated: the curve is of the weeks that were simulated, and ends with those whose cases are seen to
their end.  Payback is read off it, so that what turns later is not paid back by a rate of the first weeks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.probability.intervals import means_of
from cxsim.study import Results

CASH = ("scenario", "week", "net_benefit", "half_width", "cumulative", "cumulative_half_width")
"""Columns after those of the point; money, of the week and up to its end, each interval by itself."""


class Payback(NamedTuple):
    """What cumulative cash shows; weeks are counted from 1, NaN where there is none."""

    weeks: int
    """How many weeks the curve has."""
    total: float
    """At its end."""
    half_width: float
    lowest: float
    """Of the curve; below zero where something has to be earned back."""
    ahead: float
    """The first week from which on the sum stays above zero to the end."""
    soonest: float
    """The same of the upper bounds, each week by itself."""
    latest: float
    """The same of the lower bounds."""
    behind: float
    """The first week from which on the sum stays below zero, where it was significantly above it before."""


def cash_of(results: Results) -> pd.DataFrame:
    """One row for each point, scenario and week."""
    parts = []
    for (p, scenario), weekly in results.trajectories.items():
        if "net_benefit" not in weekly:
            continue
        values = weekly["net_benefit"]
        values = values[:, ~np.isnan(values).all(axis=0)]
        confidence = results.settings.confidence
        each, known = means_of(values, confidence)
        total, total_known = means_of(np.cumsum(values, axis=1), confidence)
        weeks = np.arange(1, values.shape[1] + 1)
        columns: dict[str, Any] = {key: [value] * len(weeks) for key, value in results.points[p].items()}
        numbers = zip(CASH, ([scenario] * len(weeks), weeks, each, known, total, total_known), strict=True)
        parts.append(pd.DataFrame({**columns, **dict(numbers)}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*results.points[0], *CASH])


def payback_of(cash: pd.DataFrame, scenario: str, label: Mapping[str, Any]) -> Payback | None:
    """What the curve of a scenario shows; None where there is none."""
    rows = rows_with(cash, {**label, "scenario": scenario})
    if rows.empty:
        return None
    total, known = rows["cumulative"].to_numpy(), rows["cumulative_half_width"].to_numpy()
    ahead = _from(total > 0.0)
    behind = _from(total < 0.0) if (total - known > 0.0).any() else math.nan
    lowest = float(min(0.0, total.min()))
    bounds = _from(total + known > 0.0), _from(total - known > 0.0)
    return Payback(len(total), float(total[-1]), float(known[-1]), lowest, ahead, *bounds, behind)


def _from(above: Any) -> float:
    """The first week, from 1, from which on something holds to the end; NaN if it does not at the end."""
    if not above[-1]:
        return math.nan
    failing = np.nonzero(~above)[0]
    return float(failing[-1] + 2) if len(failing) else 1.0
