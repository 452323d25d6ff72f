"""How many cases are expected: more than can be run are refused with their number, before anything hangs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cxsim.calendars.constants import DAY, YEAR
from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.customers import Reason, Shock
from cxsim.probability.moments import mean_of

MOST_A_YEAR = 1_000_000_000
MOST_ON_A_DAY = 20_000_000
"""Seven times the mean day of as many a year as can be run; as many open cases fill some ten gigabytes."""


def volume_faults(o: Organisation) -> Iterator[Problem]:
    """More cases than can be run: by the year, on the worst day of the calendar, or in a shock."""
    per_day = {name: cases_a_day(o, reason) for name, reason in o.reasons.items()}
    a_year = sum(per_day.values()) * YEAR / DAY
    if not a_year <= MOST_A_YEAR:
        yield Problem(("reasons",), f"{a_year:,.0f} cases a year; more than {MOST_A_YEAR:,} cannot be run")
        return
    ordinary = sum(per_day.values()) * worst_day(o)
    if not ordinary <= MOST_ON_A_DAY:
        what = "on a day of the busiest season, month's end and payday together"
        yield Problem(("demand",), f"{ordinary:,.0f} cases {what}; {_most('a smaller factor')}")
        return
    for i, shock in enumerate(o.demand.shocks):
        together = [s for s in o.demand.shocks if s.starts <= shock.starts < s.starts + s.lasts]
        days = min(1.0, shock.lasts / DAY)
        cases = sum(n * days * _factor(name, together) for name, n in per_day.items()) * worst_day(o)
        if not cases <= MOST_ON_A_DAY:
            path: Path = ("demand", "shocks", i, "factor")
            yield Problem(path, f"{cases:,.0f} cases are expected within a day of it; {_most('a smaller factor')}")


def _most(instead: str) -> str:
    return f"at most {MOST_ON_A_DAY:,} can be run: give {instead}"


def cases_a_day(o: Organisation, reason: Reason) -> float:
    """Cases of a reason on a mean day, what is added and prevented included."""
    total = 0.0
    for segment, rate in reason.cases.items():
        if segment in o.segments:
            total += rate * o.segments[segment].slots * DAY / YEAR
    for arrivals in reason.arrivals.values():
        if arrivals.rate is not None:
            total += arrivals.rate * DAY
        elif arrivals.interarrival is not None:
            gap = mean_of(arrivals.interarrival)
            total += DAY / gap if gap > 0.0 else 0.0  # no gap at all is refused elsewhere
    # What is prevented arises as a candidate all the same, so that it is the same in all scenarios.
    return total * (1.0 + reason.added)


def worst_day(o: Organisation) -> float:
    """The largest factor that the calendar puts on a day."""
    d = o.demand
    payday = d.payday_factor if d.payday is not None else 1.0
    return math.prod(max(1.0, x) for x in (d.holidays, d.month_end, payday, max(d.season or [1.0])))


def _factor(reason: str, shocks: Sequence[Shock]) -> float:
    return math.prod(s.factor for s in shocks if s.reasons is None or reason in s.reasons)


def expected_cases(o: Organisation, weeks: int) -> float:
    """Cases expected in so many weeks from time 0, growth and shocks included."""
    days = 7.0 * weeks
    total = 0.0
    for name, reason in o.reasons.items():
        per_day = cases_a_day(o, reason)
        growth = math.log1p(o.demand.trend_per_year) + math.log1p(reason.trend_per_year)
        years = days * DAY / YEAR
        x = min(growth * years, 700.0)
        total += per_day * days * (math.expm1(x) / x if abs(x) > 1e-9 else 1.0)
        for shock in o.demand.shocks:
            if shock.reasons is None or name in shock.reasons:
                lasts = max(0.0, min(shock.starts + shock.lasts, days * DAY) - shock.starts) / DAY
                total += per_day * lasts * (shock.factor - 1.0)
    return total
