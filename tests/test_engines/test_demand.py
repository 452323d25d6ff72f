"""When candidates come: the rate of their stream, worked out anew here, has summed up to the gap of each."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import random_number
from cxsim.calendars.constants import WEEK
from cxsim.model.draws import Purpose
from worlds import TEN, Tree, both_engines, crew, merged, play, tiny

BERLIN = ZoneInfo("Europe/Berlin")
WEIGHTS = [float(k % 5) for k in range(42)]
"""Of the cells of a week, four hours each; some are zero."""
MEAN = sum(WEIGHTS) / len(WEIGHTS)
PIECE = 30.0
"""Minutes; every change of the rate comes at a half hour."""
SHOCK, OVER, FACTOR = 3810.0, 4830.0, 2.5
"""From when to when, and how much more comes meanwhile."""
A_DAY = 200.0
CHANGE = 4 * 1440.0 + 450.0
"""Minutes after time 0 at which the rate becomes half as much again."""


def busy(start: str) -> Tree:
    tree = tiny({"a": 0}, {"answer": {"work": "0.01 min"}}, reasons={"a": {"arrivals": None}})
    return merged(
        tree,
        {
            "calendar": {"start": start, "timezone": "Europe/Berlin"},
            "profiles": {"day": {"every": "4 h", "values": WEIGHTS}},
            "reasons": {"a": {"arrivals": {"all": {"rate": f"{A_DAY} per day"}}, "arrives": "day"}},
            "demand": {"shocks": [{"starts": f"{SHOCK} min", "lasts": f"{OVER - SHOCK} min", "factor": FACTOR}]},
            "teams": {"desk": crew(20)},
        },
    )


def rate_at(start: str, t: float, drawn: float) -> float:
    """Candidates per minute at t, minutes after time 0, for one whose gap was drawn at an instant."""
    local = (
        datetime.fromisoformat(start).replace(tzinfo=BERLIN).astimezone(ZoneInfo("UTC")) + timedelta(minutes=t)
    ).astimezone(BERLIN)
    cell = (local.weekday() * 24 + local.hour) // 4
    shock = FACTOR if SHOCK <= t < OVER else 1.0
    more = 1.5 if drawn >= CHANGE else 1.0
    return A_DAY / 1440.0 * more * shock * WEIGHTS[cell] / MEAN


def summed(start: str, since: float, until: float) -> float:
    """The rate between two candidates, summed up; the plan of the former's instant holds."""
    total, t = 0.0, since
    while t < until:
        then = min(until, (math.floor(t / PIECE) + 1.0) * PIECE)
        total += (then - t) * rate_at(start, (t + then) / 2.0, since)
        t = then
    return total


@both_engines
@pytest.mark.parametrize("start", ["2026-01-05", "2026-03-23", "2026-10-19"], ids=["winter", "spring", "autumn"])
def test_a_candidate_comes_when_the_rate_has_summed_up_to_its_gap(start: str, engine: str) -> None:
    """Inversion of the cumulated rate (Cinlar 1975), through cells, a shock, a change of plan and of the clocks."""
    tree = busy(start)
    more: Any = merged(tree, {"reasons": {"a": {"arrivals": {"all": {"rate": f"{1.5 * A_DAY} per day"}}}}})
    seen = play([(0.0, tree), (CHANGE - TEN, more)], 2 * WEEK, engine)
    came = {number: at + TEN for number, at in seen.log("number", "queued") if at + TEN >= 0.0}
    assert len(came) > 14 * A_DAY
    for one, other in pairwise(sorted(came)):
        assert other == one + 1
        gap = -math.log(random_number.uniform(1, 0, Purpose.GAP, random_number.word("all/a/0"), other, 0))
        assert summed(start, came[one], came[other]) == pytest.approx(gap, rel=1e-6, abs=1e-6)


UNEVEN = {
    "holidays": (
        {"demand": {"holidays": 0.4}, "calendar": {"extra_holidays": ["2026-01-28", "2026-02-03"]}},
        {"2026-01-28": 0.4, "2026-02-03": 0.4},
    ),
    "month end": ({"demand": {"month_end": 1.5}}, {"2026-01-30": 1.5, "2026-01-31": 1.5}),
    "payday": ({"demand": {"payday": 3, "payday_factor": 2}}, {"2026-02-03": 2.0}),
    "season": (
        {"demand": {"season": [0.8, 1.3, *[1.0] * 10]}},
        {f"2026-01-{day}": 0.8 for day in range(26, 32)} | {f"2026-02-0{day}": 1.3 for day in range(1, 9)},
    ),
}
"""What is asked of the calendar, and by how much it multiplies demand on which of the days 26 January to 8 February."""


def even(*changes: Tree) -> Tree:
    """Thirty candidates a day from Monday, 26 January on, as even as days can be, but for these changes."""
    tree = tiny(
        {"a": 0},
        {"answer": {"work": "0.01 min"}},
        reasons={"a": {"arrivals": {"all": {"interarrival": None, "rate": "30 per day"}}}},
    )
    tree = merged(tree, {"calendar": {"start": "2026-01-26"}})
    for change in changes:
        tree = merged(tree, change)
    return tree


def spent(factors: dict[int, float], since: float, until: float) -> float:
    """Thirty a day, times the factor of each day (1: none), summed up between two instants."""
    total, t = 0.0, since
    while t < until:
        day = math.floor(t / 1440.0)
        then = min(until, (day + 1) * 1440.0)
        total += 30.0 * (then - t) / 1440.0 * factors.get(day, 1.0)
        t = then
    return total


def gaps_are_spent(tree: Tree, factors: dict[int, float], engine: str) -> None:
    """Between two candidates of the two weeks the rate sums up to -ln u of the later one."""
    came = {number: at + TEN for number, at in play(tree, 2 * WEEK - TEN, engine).log("number", "queued")}
    seen = sorted(number for number, at in came.items() if at >= 0.0)
    assert len(seen) > 14 * 20
    for one, other in pairwise(seen):
        gap = -math.log(random_number.uniform(1, 0, Purpose.GAP, random_number.word("all/a/0"), other, 0))
        assert spent(factors, came[one], came[other]) == pytest.approx(gap, rel=1e-6, abs=1e-6)


@both_engines
@pytest.mark.parametrize("what", [*UNEVEN, "all of them"])
def test_holidays_month_ends_paydays_and_seasons_move_demand(what: str, engine: str) -> None:
    """A day's rate is thirty times its factors; where several fall on a day, times each."""
    chosen = [UNEVEN[what]] if what in UNEVEN else list(UNEVEN.values())
    monday = date(2026, 1, 26)
    factors: dict[int, float] = {}
    for _, days in chosen:
        for day, factor in days.items():
            k = (date.fromisoformat(day) - monday).days
            factors[k] = factors.get(k, 1.0) * factor
    if what not in UNEVEN:  # a payday that is a holiday in February
        assert factors[8] == pytest.approx(0.4 * 2.0 * 1.3)
    gaps_are_spent(even(*(change for change, _ in chosen)), factors, engine)


@both_engines
def test_a_day_is_busy_by_a_lognormal_factor_of_mean_one(engine: str) -> None:
    """exp(s z - s^2 / 2), z the normal quantile of the day's number: E exp(s z) = exp(s^2 / 2), so the mean is one."""
    s, monday = 0.6, date(2026, 1, 26).toordinal()
    drawn = [random_number.uniform(1, 0, Purpose.BUSYNESS, 0, monday + day, 3) for day in range(14)]
    factors = {day: math.exp(s * NormalDist().inv_cdf(u) - s * s / 2.0) for day, u in enumerate(drawn)}
    gaps_are_spent(even({"demand": {"busyness_sd": s}}), factors, engine)
