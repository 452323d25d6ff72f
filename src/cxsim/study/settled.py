"""From which week on a scenario has settled, so that a weekly rate may be reported as one that goes on."""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.organisation import Organisation
from cxsim.scenario import Scenario, timeline
from cxsim.study.settings import Settings

LEAST_SETTLED = 2
"""Weeks of a run-rate, at least."""
LAST_WEEKS = 6
"""Weeks of the run-rate of a scenario in which a board decides."""


def settled_week(organisation: Organisation, scenario: Scenario) -> int:
    """The first week from which on nothing changes any more: no intervention starts or ends, nobody is in class.

    A wave is over after a week for every five sessions, one on each working day.  A new time to fill positions has its
    effect for as long as it, or the old one, lasts.
    """
    instants = [0.0, *(d.settles() for d in scenario.interventions)]
    before = organisation
    for at, after in timeline(organisation, scenario):
        takes = [(t.hiring.takes, before.teams[k].hiring.takes) for k, t in after.teams.items() if k in before.teams]
        instants += [at + max(both) for both in takes if both[0] != both[1]]
        before = after
        for training in (c for team in after.teams.values() for c in team.training.values()):
            sessions = math.ceil(training.hours / training.session) if training.hours else 0
            instants.append(training.starts + (training.waves - 1) * training.every + math.ceil(sessions / 5) * WEEK)
    return math.ceil(max(instants) / WEEK)


def settled_within(organisation: Organisation, scenario: Scenario, settings: Settings) -> int:
    """The first week of a scenario's run-rate in a study.

    A board goes on deciding: its run-rate is of the last weeks that are looked at, if it has met before them.
    """
    own = settled_week(organisation, scenario)
    if scenario.board is None:
        return own
    # A board never settles.
    last = settings.weeks - settings.follow_up - LAST_WEEKS
    return max(own, last) if last * WEEK >= scenario.board.first_at else settings.weeks


def has_run_rate(settled: int, settings: Settings) -> bool:
    """Whether weeks enough are left after a scenario has settled, before the cases whose end is not seen."""
    return settled == 0 or settings.weeks - settings.follow_up - settled >= LEAST_SETTLED
