"""Closed forms for people: proficiency under learning and attrition, empty seats, what refreshers keep up.

A seat's person leaves at a close with chance p = 1 - exp(-attrition x week), and it is empty for L weeks; a week of
practice leaves r = exp(-week / time constant) of the gap between a person's ceiling c and a newcomer's level b.  Who
works in a week has closed n weeks with chance p (1 - p)^n, so the mean over people is c - (c - b) p / (1 - (1 - p) r),
and the share of empty seats is L p / (1 + L p).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from conservation import people_conserved
from cxsim import world
from cxsim.organisation import read_organisation
from cxsim.plan import names_of, plans_of
from cxsim.tally import WEEK, SkillColumn, TeamColumn
from worlds import Told, Tree, crew, merged, tiny

SEATS = 300
MEAN, NEWCOMER, EMPTY_FOR = 0.2, -1.2, 4
DAYS = 60.0
SLACK = 0.035
"""SD.  Four standard errors of a mean over 300 seats and a year: a person stays about a year, and the spread between
people's practice is 0.27 SD, so about 300 independent people give 0.016 / sqrt 3.  What would be wrong by more: no
reset of who is hired (0.2), a start at the ceiling (0.2), no learning (1.2)."""


def desk(attrition: float) -> Tree:
    """Every agent has something to do in every week: a minute of work every 15 minutes, longest idle first."""
    learning = {"time_constant": f"{DAYS} d", "newcomer": NEWCOMER, "practice": "0.1 min"}
    return tiny(
        {"a": "15 min"},
        {"answer": {"work": "1 min"}},
        teams={
            "desk": crew(
                SEATS,
                attrition=attrition,
                proficiency={"mean": MEAN, "sd": 0.0},
                hiring={"takes": f"{EMPTY_FOR} weeks"},
            )
        },
        people={"learning": learning},
    )


def chance(attrition: float) -> float:
    """Of leaving at a close."""
    return 1.0 - math.exp(-attrition * 7.0 / 365.25)


def open_gap(attrition: float) -> float:
    """Mean share of the gap between newcomer and ceiling that is still open."""
    p, r = chance(attrition), math.exp(-7.0 / DAYS)
    return p / (1.0 - (1.0 - p) * r)


@pytest.fixture(scope="module")
def told() -> Told:
    """Two years at one leaving a year and seat, then a year and a half of twice that."""
    dated = [(0.0, read_organisation(desk(1.0))), (104 * WEEK, read_organisation(merged(desk(2.0), {})))]
    names = names_of([o for _, o in dated])
    plans = plans_of(dated, names, 182, 0)
    run = world.start(plans[0][1], names, 5, 0, 182, 0)
    return Told(names, world.advance(run, plans, 182 * WEEK, "compiled"), plans)


def proficiency(told: Told, first: int, last: int) -> float:
    sums = told.run.tally.skill_sums[first:last].sum(axis=(0, 1))
    return float(sums[SkillColumn.PROFICIENCY] / sums[SkillColumn.PEOPLE])


def test_today_stays_as_it_is(told: Told) -> None:
    assert abs(proficiency(told, 0, 104) - MEAN) < SLACK
    # a single week is of 300 people at one time: 0.27 / sqrt(300) = 0.016
    for week in (0, 51, 103):
        assert abs(proficiency(told, week, week + 1) - MEAN) < 4 * 0.016


def test_more_attrition_lowers_proficiency_as_it_must(told: Told) -> None:
    ceiling = NEWCOMER + MEAN + (0.0 - NEWCOMER) / (1.0 - open_gap(1.0))
    expected = ceiling - (ceiling - (MEAN + NEWCOMER)) * open_gap(2.0)
    assert expected < MEAN - 4 * SLACK
    assert abs(proficiency(told, 144, 182) - expected) < SLACK


def test_empty_seats(told: Told) -> None:
    for (first, last), attrition in (((0, 104), 1.0), ((124, 182), 2.0)):
        p = chance(attrition)
        share = EMPTY_FOR * p / (1.0 + EMPTY_FOR * p)
        sums = told.run.tally.team_sums[first:last].sum(axis=(0, 1))
        seen = sums[TeamColumn.EMPTY] / (sums[TeamColumn.EMPTY] + sums[TeamColumn.PEOPLE])
        left = sums[TeamColumn.QUIT] / sums[TeamColumn.PEOPLE]
        error = math.sqrt(p / sums[TeamColumn.PEOPLE])  # of the chance to leave, as it shows
        assert abs(left - p) < 4 * error
        assert abs(seen - share) < 4 * EMPTY_FOR * error
    people_conserved(told)


def test_everybody_practises(told: Told) -> None:
    """What the closed form takes for granted: no seat is without work in a week."""
    newest = told.run.state.agents["generation"].max()
    assert newest >= 3
    assert np.all(told.run.tally.team_sums[:, 0, TeamColumn.BUSY] > 600.0)
