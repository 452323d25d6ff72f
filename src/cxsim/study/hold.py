"""``hold: service_level``: as many agents as it takes for service as good as in the baseline, then compare cost.

Each team with a standard is given the smallest number of agents at which its service level is at least the
baseline's, in pilot replications of their own, the same in both worlds; teams in the order of the organisation, each
with the others as found so far. A team that is staffed by hours (`headcount`) keeps the shape of its day: the number
is that of its busiest hours, and the others follow in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cxsim.organisation import Organisation
from cxsim.organisation.headcount import most_of, with_most
from cxsim.organisation.work import Team
from cxsim.scenario import Scenario, timeline
from cxsim.scenario.dated import Dated
from cxsim.scenario.interventions import read_intervention
from cxsim.scenario.interventions.crews import heads_of
from cxsim.study.results import Held

PILOTS = 5
"""Replications in which staffing is searched."""
PILOTS_FROM = 1_000_000
"""Number of their first, above any of a study: nobody is staffed for the very customers that are compared."""
Pilot = Callable[[Sequence[Scenario]], dict[str, float]]
"""Service level by team, %, of the only scenario given, of the baseline if none is."""


def held_to_service(organisation: Organisation, scenario: Scenario, pilot: Pilot) -> tuple[Scenario, tuple[Held, ...]]:
    """The scenario with its teams re-staffed once all of it is in place, and the agents found."""
    after = timeline(organisation, scenario)[-1][1]
    teams = held_teams(organisation, after)
    if not teams:
        return scenario, ()
    target = pilot([])
    found: dict[str, int] = {name: _agents_of(after.teams[name]) for name in teams}
    held = []
    for name in teams:
        if name not in target:
            continue
        planned = found[name]

        def good(agents: int, name: str = name) -> bool:
            return pilot([staffed(scenario, {**found, name: agents}, after)]).get(name, 0.0) >= target[name]

        found[name] = smallest(good, planned)
        held.append(Held(scenario.name, name, planned, found[name], target[name]))
    return staffed(scenario, found, after), tuple(held)


def held_teams(before: Organisation, after: Organisation) -> list[str]:
    """Teams that have a standard in both worlds, so that a service level can be held."""
    return [
        name
        for name, team in after.teams.items()
        if team.standard is not None and name in before.teams and before.teams[name].standard is not None
    ]


def _agents_of(team: Team) -> int:
    """Heads; of a team staffed by hours, those of its busiest hours."""
    return heads_of(team) if team.headcount is None else most_of(team.headcount)


def staffed(scenario: Scenario, agents: dict[str, int], after: Organisation) -> Scenario:
    """The scenario with these numbers of agents from the start of its last intervention on; after: its end."""
    starts = max((d.starts for d in scenario.interventions), default=0.0)
    staff = [
        Dated(intervention=read_intervention("staff", {"team": name, **_staff(after.teams[name], n)}), starts=starts)
        for name, n in agents.items()
    ]
    return scenario.model_copy(update={"interventions": (*scenario.interventions, *staff)})


def _staff(team: Team, agents: int) -> dict[str, Any]:
    if team.headcount is None:
        return {"agents": agents}
    return {"headcount": with_most(team.headcount, agents)}


def smallest(good: Callable[[int], bool], guess: int) -> int:
    """Smallest number from 1 on that is good, given that more is never worse; found by doubling and halving."""
    guess = max(1, guess)
    step = 1
    if good(guess):
        high = guess
        low = guess - step
        while low > 0 and good(low):
            high, step = low, 2 * step
            low = high - step
        low = max(low, 0)
    else:
        low, high = guess, guess + step
        while not good(high):
            if high > 8 * guess + 64:
                return high
            low, step = high, 2 * step
            high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if good(middle):
            high = middle
        else:
            low = middle
    return high
