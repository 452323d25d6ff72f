"""How proficiency grows, and what moves absence and attrition, as numbers for the weekly close.

Who is employed at a tick has closed n weeks with chance p (1 - p)^n, p being the chance to leave at a close; a week's
practice leaves a share r = exp(- week / time constant) of the gap between ceiling c and newcomer b.  The mean over
those who work in the week to come is then c - (c - b) q with q = p / (1 - (1 - p) r); the ceiling is set so that this
is the mean that the file states for the team.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.calendars.constants import WEEK, YEAR
from cxsim.native.records import Table
from cxsim.organisation import Organisation
from cxsim.organisation.people import Hiring
from cxsim.organisation.work import Team
from cxsim.state.plan.work_rows import PEOPLE


def first_known(o: Organisation, earlier: Sequence[Organisation]) -> dict[str, tuple[Organisation, Team]]:
    """Each team as it first was, with the organisation of that time: that is where its people's ceiling comes from."""
    known: dict[str, tuple[Organisation, Team]] = {}
    for time in (*earlier, o):
        for name, team in time.teams.items():
            known.setdefault(name, (time, team))
    return known


def range_of(now: Organisation, hiring: Hiring, then: Organisation, team: Team) -> tuple[float, float, float]:
    """Proficiency of a newcomer, with endless practice, and in a skill taken up on the team, SD; of mean talent.

    hiring: as it is now.  The ceiling is that of the time when the team was first known; a scenario that changes
    attrition or learning moves how many come near it, and how soon.
    """
    mean = team.proficiency.mean
    learning, current = then.people.learning, now.people.learning
    if learning is None or current is None:
        return mean, mean, mean
    # A planner knows how good the team is now, not how good people would be after endless practice; the one ceiling
    # at which the baseline stays as it is follows.  It belongs to the first organisation of a timeline: a scenario
    # that lowers attrition must not be robbed of its effect by a new ceiling.
    ceiling = mean - (learning.newcomer + team.hiring.newcomer) * _share_to_learn(then, team)
    return mean + current.newcomer + hiring.newcomer, ceiling, mean + current.new_skill


def _share_to_learn(o: Organisation, team: Team) -> float:
    """q / (1 - q) = p / ((1 - p) (1 - r)), with q the mean share of the gap to the ceiling that is still open."""
    learning = o.people.learning
    if learning is None or team.attrition == 0.0:
        return 0.0
    # Without occupancy, which is known only once the run is under way.
    quits, _ = mood_factors(o, team)
    return math.expm1(team.attrition * WEEK / YEAR * quits) / -math.expm1(-WEEK / learning.time_constant)


def mood_factors(o: Organisation, team: Team) -> tuple[float, float]:
    """What recognition and pressure make of attrition and of absence; occupancy comes on top, week by week."""
    e = o.people.engagement
    if e is None:
        return 1.0, 1.0
    return (
        # Factors on what is stated, one at recognition 0 and pressure 0: the numbers in the file are the baseline's.
        math.exp(e.pressure_attrition * team.pressure - e.recognition_attrition * team.recognition),
        math.exp(e.pressure_absence * team.pressure - e.recognition_absence * team.recognition),
    )


def learning_and_engagement(o: Organisation) -> Table:
    """The one row of `PEOPLE`."""
    table = np.zeros(1, dtype=PEOPLE)
    row = table[0]
    learning, engagement = o.people.learning, o.people.engagement
    if learning is not None:
        row["learns"], row["rate"] = 1, WEEK / learning.time_constant
        row["practice"], row["forgets"] = learning.practice, math.log(2.0) * WEEK / learning.forgetting
    if engagement is not None:
        row["busy_from"], row["busy_effect"] = engagement.busy_from, 100.0 * engagement.busy_effect
        row["recent"] = -math.expm1(-WEEK / engagement.sustained)
    return table
