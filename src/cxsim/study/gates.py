"""Pilots that are judged: what a bank would have measured at the end of a pilot, and whether it goes on.

Judged is by measured data, never by the truth: the weeks of the pilot, but the first, in which people get used to it,
and the last, whose cases are not over, against as many weeks before it.
"""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.measures.reading import Reading
from cxsim.measures.sums import case_measures, contact_measures, step_measures
from cxsim.scenario import Scenario
from cxsim.scenario.dated import Dated, Judge


def judged(scenario: Scenario) -> Dated | None:
    """The part of a scenario that is piloted and judged; None: there is none."""
    return next((d for d in scenario.interventions if d.judge is not None), None)


def stopped(scenario: Scenario, pilot: Dated) -> Scenario:
    """The scenario whose pilot is stopped at its end: what was tried is taken back, the rest never comes."""
    gate = pilot.judge.at if pilot.judge is not None else math.inf
    kept = []
    for d in scenario.interventions:
        if d.place != pilot.place:
            kept.append(d)
        elif d.starts < gate:
            kept.append(d.model_copy(update={"ends": gate if d.ends is None else min(d.ends, gate), "judge": None}))
    return scenario.model_copy(update={"interventions": tuple(kept)})


def goes_on(reading: Reading, judge: Judge, starts: float) -> bool:
    """Whether the pilot has moved its measure by as much as was asked of it."""
    first, last = math.ceil(starts / WEEK) + 1, math.floor(judge.at / WEEK) - 1
    n = min(last - first, first - 1 + reading.warm_up_weeks)
    now, before = _measured(reading, judge, last - n, last), _measured(reading, judge, first - 1 - n, first - 1)
    change = now - before
    if math.isnan(change):
        return False
    return change >= judge.rises_by if judge.rises_by is not None else -change >= (judge.falls_by or 0.0)


def _measured(r: Reading, judge: Judge, first: int, last: int) -> float:
    """The judge's measure over weeks after time 0; weeks before it are below 0."""
    rows = slice(r.warm_up_weeks + first, r.warm_up_weeks + last)
    if judge.team is not None:
        steps = r.timeline[0][1].steps["team"] == r.names.teams.index(judge.team)
        found = step_measures(r.tally.step_sums[rows][:, steps].sum(axis=(0, 1)), 1.0)
    else:
        contacts = r.tally.contact_sums[rows].sum(axis=(0, 1, 2))
        found = {**case_measures(r.tally.case_sums[rows].sum(axis=(0, 1, 2)), 1.0), **contact_measures(contacts, 1.0)}
    return float(found[judge.measure])
