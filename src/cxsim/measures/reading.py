"""A finished run as measures read it: which weeks count, and what held in each of them.

Warm-up is a filter here: a tally holds all weeks, a reading looks at some.  Case measures look at the cases opened
early enough to be followed to their end, everything else at the whole period.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.calendars.constants import WEEK
from cxsim.measures.bound import bound_by_standard
from cxsim.native.records import Floats, Ints
from cxsim.organisation import Organisation
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.plan.names import Names
from cxsim.state.plan.tables import Plan
from cxsim.state.tally import CaseColumn, Tally


class Spending(NamedTuple):
    """A scenario's own costs, in the organisation's currency."""

    once: float = 0.0
    """Within the horizon."""
    total: float = 0.0
    """Within the horizon, one-off and running."""
    per_week: float = 0.0
    """Of what still runs at the horizon."""
    by_week: tuple[float, ...] = ()
    """Of each measured week, one-off and running; empty: the total, evenly."""


NOTHING = Spending()


@dataclass(frozen=True)
class Reading:
    """A tally with all that is needed to read it."""

    tally: Tally
    names: Names
    timeline: Sequence[tuple[float, Plan]]
    """Plans by the minute they start; the first one holds from the beginning."""
    organisation: Organisation
    """As it is at the horizon: economics, kinds of reasons."""
    weeks: int
    warm_up_weeks: int
    follow_up_weeks: int = 0
    """Weeks at the end whose cases are not looked at, because their end is not seen."""
    spending: Spending = NOTHING
    settled: int | None = 0
    """The first measured week of the run-rate, after which nothing changes any more; None: no such weeks are left."""

    like: Floats | None = None
    """[week, reason, segment, CaseColumn and causes] of the baseline's cohort: measures per case are of its mix."""

    @property
    def period(self) -> slice:
        """Rows of the measured weeks."""
        return slice(self.warm_up_weeks, self.warm_up_weeks + self.weeks)

    @property
    def cohort(self) -> slice:
        """Rows of the weeks whose cases are looked at."""
        return slice(self.warm_up_weeks, self.warm_up_weeks + self.cohort_weeks)

    @property
    def cohort_weeks(self) -> int:
        """How many weeks of cases are looked at."""
        return self.weeks - self.follow_up_weeks

    @cached_property
    def cases(self) -> Floats:
        """[reason, segment, CaseColumn and causes] of the cohort, for measures per case, of the baseline's mix."""
        own: Floats = self.tally.case_sums[self.cohort].sum(axis=0)
        return own if self.like is None else standardised(own, self.like.sum(axis=0))

    @cached_property
    def weekly_cases(self) -> Floats:
        """[week, reason, segment, CaseColumn and causes] of the cohort, each week of that week's mix."""
        own: Floats = self.tally.case_sums[self.cohort]
        return own if self.like is None else standardised(own, self.like)

    @cached_property
    def held(self) -> Floats:
        """[week, plan] share of each measured week under each plan of the timeline."""
        starts = [max(0.0, at) for at, _ in self.timeline]
        starts[0] = 0.0
        ends = [*starts[1:], math.inf]
        monday = WEEK * np.arange(self.weeks)
        return np.stack(
            [
                np.clip(np.minimum(end, monday + WEEK) - np.maximum(start, monday), 0.0, WEEK) / WEEK
                for start, end in zip(starts, ends, strict=True)
            ],
            axis=1,
        )

    def weekly(self, pick: Callable[[Plan], Any]) -> Floats:
        """[week, ...] what `pick` takes from the plan, averaged over the time each plan held in the week."""
        values = np.stack([np.asarray(pick(plan), dtype=np.float64) for _, plan in self.timeline])
        return np.tensordot(self.held, values, axes=1)

    @cached_property
    def bound(self) -> NDArray[np.bool_]:
        """[week, step] whether the standard of the step's team binds it for most of the week."""
        found: NDArray[np.bool_] = self.weekly(bound_by_standard) > 0.5
        return found

    @cached_property
    def team_of_step(self) -> Ints:
        """[week, step] team that does the step for most of the week, -1 for none."""
        teams = np.stack([plan.steps["team"] for _, plan in self.timeline])
        chosen: Ints = teams[self.held.argmax(axis=1)]
        return chosen

    @cached_property
    def customers(self) -> Floats:
        """[segment] customers, mean over the measured weeks."""
        counts: Floats = self.tally.loyalty_sums[self.period][..., LoyaltyColumn.WEEKS].sum(axis=0) / self.weeks
        return counts

    def by_team(self, steps: Floats) -> Floats:
        """[week, team, ...] from [week, step, ...]: sums over the steps of each team."""
        teams = len(self.names.teams)
        which = self.team_of_step[:, :, None] == np.arange(teams)
        sums: Floats = np.einsum("wst,ws...->wt...", which.astype(np.float64), steps)
        return sums


def standardised(own: Floats, like: Floats) -> Floats:
    """Sums of cases as if there were as many of each kind as in another world: a change of mix is no change of service.

    Both [..., CaseColumn and causes].  Kinds that only `own` has are left out; of those that only `like` has, its sums
    stand.  Kinds are reason × segment; a case's channel is an outcome and does not weigh.
    """
    opened, wanted = own[..., CaseColumn.OPENED], like[..., CaseColumn.OPENED]
    if (opened == wanted).all():
        return own
    gone = (opened == 0.0) & (wanted > 0.0)
    factor = np.divide(wanted, opened, out=np.zeros_like(wanted), where=opened > 0.0)
    found: Floats = own * factor[..., None]
    found[gone] = like[gone]
    return found


def ratio(a: Any, b: Any) -> Any:
    """a / b; NaN where b is 0 (nothing to divide by)."""
    return np.divide(a, np.where(np.equal(b, 0.0), np.nan, b))


def quantile_of_bins(counts: Any, edges: Any, q: float) -> float:
    """Quantile of log-binned counts, interpolated inside its bin on the log scale; NaN if there are none.

    counts: bin 0 holds the zeros; edges: upper edge of each bin.  The bins are 3.7 % wide.
    """
    total = float(np.sum(counts))
    if total == 0.0:
        return math.nan
    wanted = q * total
    upto = np.cumsum(counts)
    k = int(np.searchsorted(upto, wanted))
    if k == 0:
        return 0.0
    inside = (wanted - float(upto[k - 1])) / float(counts[k])
    low, high = float(edges[k - 1]), float(edges[k])
    if low <= 0.0:
        return inside * high
    return float(low * (high / low) ** inside)
