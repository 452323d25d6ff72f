"""How far a result reaches: whether a measure has settled by the end of a study, still moves, or has turned.

A change works through slow stocks (relationships, proficiency, staffing, the customer base), so what is found within
a few weeks may be gone after a year.  For each measure the paired weekly differences after the last change are looked
at, replication by replication: a straight line gives the drift, through their later half or, where no bend is
significant, through all of them (which is more precise by a factor of about three).  *Settled* is shown, not assumed:
the whole interval of a further year's drift is smaller than what is worthwhile, or than a part of the change itself
(two one-sided tests, as for equivalence: Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657), after half a year in
which nothing was changed.  What drifts significantly, if by so little that it matters within three years only, moves.
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
HALVES = 16
"""Weeks from which on the later half is looked at by itself."""
SPAN = 26
"""Weeks after the last change without which nothing is called settled for a year."""
FAR = 3.0
"""Years ahead within which a significant drift must not come to what is tolerated."""
STRICT = 5.0
"""A movement, and a bend, is looked at in some thirty curves of each study: its error is so many times smaller."""
LONGEST = 520
"""Weeks beyond which no horizon is recommended."""
STOCKS: dict[str, float] = {
    "secure": 0.5,
    "churn": 0.1,
    "customers_end": 10.0,
    "share_of_wallet": 0.2,
    "proficiency": 0.05,
    "attrition": 2.0,
    "people": 0.5,
    "backlog": 5.0,
}
"""Slow stocks, and by how much a year they may drift before what they drive is no longer called settled: relationships,
customers, what people know, how engaged they are (it shows in who leaves), how many there are, and work that waits."""
STAFF = ("proficiency", "people", "attrition")
DRIVEN: dict[str, tuple[str, ...]] = {
    "nps_relationship": ("secure",),
    "net_benefit_running": ("secure", "churn", "customers_end", "share_of_wallet", *STAFF),
    **dict.fromkeys(("effort", "ces", "fcr", "contacts_per_case", "failure_demand"), ("proficiency",)),
    **dict.fromkeys(("wait", "abandonment", "running_cost"), STAFF),
    **dict.fromkeys(("end_to_end", "promise_breaches"), ("backlog", "people", "proficiency")),
    "nps_transactional": ("secure", "proficiency"),
}
"""The stocks that drive a headline measure."""
TRAJECTORY = (
    *("scenario", "measure", "title", "unit", "first_week", "last_week", "state", "drift", "half_width", "worthwhile"),
    *("weeks_wanted", "driver", "at_end", "before", "before_half_width", "after", "after_half_width"),
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
    at_end: float = math.nan
    """The change in the last quarter of the weeks."""


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
        "at_end": drift.at_end,
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
    half = weeks // 2
    if weeks < LEAST_WEEKS or replications < 2:
        return Drift(SHORT, math.nan, math.nan, math.nan if replications < 2 else float(SPAN))
    if not np.nan_to_num(values).any():
        return Drift(SETTLED, 0.0, 0.0, math.nan, 0.0)
    early, late = (_mean_over(part, confidence) for part in (values[:, :half], values[:, -(half + 1) // 2 :]))
    slopes, moves = _slope_of(values, confidence)
    if math.isnan(slopes.half_width):
        return Drift(SHORT, math.nan, math.nan, math.inf)
    tolerated = max(worthwhile, TOLERATED * abs(late.value))
    found = Drift(SHORT, slopes.value, slopes.half_width, math.nan, late.value)
    if early.value * late.value < 0.0 and all(abs(m.value) > m.half_width for m in (early, late)):
        return found._replace(state=TURNED)
    ahead = WEEKS_PER_YEAR * (abs(slopes.value) + slopes.half_width)
    if moves and max(ahead, FAR * WEEKS_PER_YEAR * abs(slopes.value)) > tolerated:
        return found._replace(state=MOVING)
    if ahead <= tolerated and weeks >= SPAN:
        return found._replace(state=SETTLED)
    # The half-width of a slope falls with the weeks to the power of 1.5; half of what is tolerated leaves room for a
    # slope that is not zero by chance.
    times = (2.0 * WEEKS_PER_YEAR * slopes.half_width / tolerated) ** (2.0 / 3.0)
    return found._replace(horizon=max(math.ceil(max(1.1, times) * weeks), SPAN))


def _slope_of(values: Floats, confidence: float) -> tuple[Mean, bool]:
    """The slope per week at the end, and whether it is significant."""
    strict = 1.0 - (1.0 - confidence) / STRICT
    weeks = values.shape[1]
    found = [_slopes(values)]
    if weeks >= HALVES:
        early, late = _slopes(values[:, : weeks // 2]), _slopes(values[:, weeks // 2 :])
        bend = mean_of(late - early, strict)
        found = [late] if abs(bend.value) > bend.half_width else [late, found[0]]
    slopes = min(found, key=lambda x: mean_of(x, confidence).half_width)
    known = mean_of(slopes, strict)
    return mean_of(slopes, confidence), abs(known.value) > known.half_width


def _slopes(values: Floats) -> Floats:
    """[replication] least-squares slope per week; NaN where fewer than three weeks have values."""
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    week = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(there, week - (np.where(there, week, 0.0).sum(axis=1) / n)[:, None], 0.0)
        slope: Floats = (centred * np.where(there, values, 0.0)).sum(axis=1) / (centred**2).sum(axis=1)
    return np.where(n >= 3, slope, np.nan)
