"""When candidates come: the rate of their stream, worked out anew here, has summed up to the gap of each."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
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
