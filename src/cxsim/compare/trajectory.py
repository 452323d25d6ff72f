"""How far a result reaches: whether a measure has settled by the end of a study, still moves, or has turned.

A change works through slow stocks (relationships, proficiency, staffing, the customer base), so what is found within
a few weeks may be gone after a year.  For each measure the paired weekly differences after the last change are looked
at, replication by replication: a straight line through their last two thirds gives the drift.  *Settled* is shown, not
assumed: the whole interval of a further year's drift is smaller than what is worthwhile, or than a part of the change
itself (two one-sided tests, as for equivalence: Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.compare.table import by_measure, smallest_worthwhile
from cxsim.measures.catalogue import BY_NAME, HEADLINES
from cxsim.native.records import Floats
from cxsim.probability.intervals import Mean, mean_of
from cxsim.scenario import Scenario
from cxsim.study import Results
from cxsim.study.settled import has_run_rate, settled_within

SETTLED, MOVING, TURNED, SHORT = "settled", "still moving", "turned", "too short to tell"
"""What is so of a measure beyond the weeks of a study; `SHORT` is also where the change is still under way."""
TOLERATED = 0.25
"""Part of a change by which it may drift in a further year and still be called settled."""
LEAST_WEEKS = 6
"""Weeks through which a line is laid, at least."""
LONGEST = 520
"""Weeks beyond which no horizon is recommended."""
STOCKS: dict[str, float] = {"secure": 0.5, "customers_end": 10.0, "share_of_wallet": 0.2, "proficiency": 0.05}
"""Slow stocks, and by how much a year they may drift before what they drive is no longer called settled."""
DRIVEN: dict[str, tuple[str, ...]] = {
    "nps_relationship": ("secure",),
    "net_benefit_running": ("secure", "customers_end", "share_of_wallet", "proficiency"),
    **dict.fromkeys(("wait", "abandonment", "effort", "fcr", "end_to_end", "running_cost"), ("proficiency",)),
}
"""The stocks that drive a headline measure."""
TRAJECTORY = (
    *("scenario", "measure", "title", "unit", "first_week", "last_week", "state", "drift", "half_width", "worthwhile"),
    *("weeks_wanted", "driver", "before", "before_half_width", "after", "after_half_width"),
)
"""Columns after those of the point.  drift: of the paired difference, per week, with its own half-width;
weeks_wanted: a horizon that should tell, NaN where none is needed; before, after: the mean difference
of the weeks in which the change is under way, and of those after."""


class Drift(NamedTuple):
    """How a measure moves at the end of a study."""

    state: str
    per_week: float
    half_width: float
    horizon: float
    """Weeks of run-rate that should tell; NaN where none are needed, inf where more would not."""


def trajectories_of(results: Results) -> pd.DataFrame:
    """One row for each point, scenario and headline measure that has weekly values."""
    rows: list[dict[str, Any]] = []
    for p, label in enumerate(results.points):
        found = by_measure(results.measured, label)
        for scenario in results.scenarios:
            weekly = results.trajectories.get((p, scenario.name), {})
            moving = {m: drift_of(weekly, results, scenario, m, STOCKS[m]) for m in STOCKS if m in weekly}
            for measure in HEADLINES:
                if measure.name in weekly:
                    worthwhile = smallest_worthwhile(results, measure, found)
                    row = _row(weekly, results, scenario, measure.name, worthwhile, moving)
                    rows.append({**label, **row})
    return pd.DataFrame(rows, columns=[*results.points[0], *TRAJECTORY])


def first_week(results: Results, scenario: Scenario) -> int | None:
    """The first week of a scenario's run-rate; None where the study has no such weeks."""
    week = settled_within(results.organisation, scenario, results.settings)
    return week if has_run_rate(week, results.settings) else None


def _row(
    weekly: Mapping[str, Floats],
    results: Results,
    scenario: Scenario,
    measure: str,
    worthwhile: float,
    stocks: Mapping[str, Drift],
) -> dict[str, Any]:
    first = first_week(results, scenario)
    values = weekly[measure]
    drift = drift_of(weekly, results, scenario, measure, worthwhile)
    driver = ""
    if drift.state == SETTLED:
        driver = next((s for s in DRIVEN.get(measure, ()) if s in stocks and stocks[s].state == MOVING), "")
        drift = drift._replace(state=MOVING) if driver else drift
    confidence = results.settings.confidence
    begun = results.settings.weeks if first is None else first
    during, later = (_mean_over(values[:, weeks], confidence) for weeks in (slice(0, begun), slice(begun, None)))
    m = BY_NAME[measure]
    return {
        "scenario": scenario.name,
        "measure": measure,
        "title": m.title,
        "unit": m.unit.replace("money", results.organisation.economics.currency),
        "first_week": math.nan if first is None else first,
        "last_week": _last_week(values),
        "state": drift.state,
        "drift": drift.per_week,
        "half_width": drift.half_width,
        "worthwhile": worthwhile,
        "weeks_wanted": drift.horizon,
        "driver": driver,
        "before": during.value,
        "before_half_width": during.half_width,
        "after": later.value,
        "after_half_width": later.half_width,
    }


def _last_week(values: Floats) -> int:
    """How many weeks have values."""
    there = np.nonzero(~np.isnan(values).all(axis=0))[0]
    return int(there[-1]) + 1 if len(there) else 0


def _mean_over(values: Floats, confidence: float) -> Mean:
    """Mean over some weeks, with its interval over the replications."""
    if values.shape[1] == 0:
        return mean_of([], confidence)
    there = ~np.isnan(values)
    counts = there.sum(axis=1)
    sums = np.where(there, values, 0.0).sum(axis=1)
    return mean_of(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0), confidence)


def drift_of(
    weekly: Mapping[str, Floats], results: Results, scenario: Scenario, measure: str, worthwhile: float
) -> Drift:
    """The drift of a measure's paired differences over the last two thirds of a scenario's run-rate weeks."""
    first = first_week(results, scenario)
    if first is None:
        return Drift(SHORT, math.nan, math.nan, math.inf)
    values = weekly[measure]
    after = values[:, first : _last_week(values)]
    found = drift(after, worthwhile, results.settings.confidence)
    if math.isfinite(found.horizon):
        total = first + found.horizon + results.settings.follow_up
        return found._replace(horizon=total if total <= LONGEST else math.inf)
    return found


def drift(values: Floats, worthwhile: float, confidence: float = 0.95) -> Drift:
    """What becomes of paired differences, and how sure that is.

    values: [replication, week] after the last change, NaN where a week has none.  worthwhile: the smallest worthwhile
    difference, above 0.
    """
    replications, weeks = values.shape
    half, last = weeks // 2, 2 * weeks // 3
    if last < LEAST_WEEKS or replications < 2:
        return Drift(SHORT, math.nan, math.nan, math.nan if replications < 2 else 1.5 * LEAST_WEEKS)
    if not np.nan_to_num(values).any():
        return Drift(SETTLED, 0.0, 0.0, math.nan)
    early, late = (_mean_over(part, confidence) for part in (values[:, :half], values[:, -(half + 1) // 2 :]))
    slopes = mean_of(_slopes(values[:, -last:]), confidence)
    if math.isnan(slopes.half_width):
        return Drift(SHORT, math.nan, math.nan, math.inf)
    tolerated = max(worthwhile, TOLERATED * abs(late.value))
    if early.value * late.value < 0.0 and all(abs(m.value) > m.half_width for m in (early, late)):
        return Drift(TURNED, slopes.value, slopes.half_width, math.nan)
    if WEEKS_PER_YEAR * (abs(slopes.value) + slopes.half_width) <= tolerated:
        return Drift(SETTLED, slopes.value, slopes.half_width, math.nan)
    if abs(slopes.value) > slopes.half_width:
        return Drift(MOVING, slopes.value, slopes.half_width, math.nan)
    # The half-width of a slope falls with the weeks to the power of 1.5; half of what is tolerated leaves room for a
    # slope that is not zero by chance.
    times = (2.0 * WEEKS_PER_YEAR * slopes.half_width / tolerated) ** (2.0 / 3.0)
    return Drift(SHORT, slopes.value, slopes.half_width, math.ceil(max(1.1, times) * weeks))


def _slopes(values: Floats) -> Floats:
    """[replication] least-squares slope per week; NaN where fewer than three weeks have values."""
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    week = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(there, week - (np.where(there, week, 0.0).sum(axis=1) / n)[:, None], 0.0)
        slope: Floats = (centred * np.where(there, values, 0.0)).sum(axis=1) / (centred**2).sum(axis=1)
    return np.where(n >= 3, slope, np.nan)
