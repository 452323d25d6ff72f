"""Trainings: agents leave the floor for some hours and work better afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Refresher
from cxsim.scenario.interventions.base import KEPT, Intervention, Lasting, Tree, given, listing, plain, title, unknown

STARTS = "starts"
"""Field that a scenario fills with the start of its entry."""


class Train(Intervention):
    """A training for a team, in waves."""

    team: str
    """Team whose agents are trained."""
    uplift: Annotated[dict[str, float], Field(min_length=1)] | float
    """Proficiency gained, SD: by skill of the team, or one number for each of its skills."""
    hours: Lasting
    """Time off the floor for each agent."""
    session: Lasting = "4 h"
    """Longest stretch off the floor at a time."""
    waves: Annotated[int, Field(ge=1)] = 1
    """Groups into which the team is divided, one after the other off the floor."""
    every: Lasting = "1 week"
    """Time between the starts of waves."""
    half_life: Lasting | None = "10 weeks"
    """Time in which half the uplift is gone; none: it stays."""
    refresh: Annotated[Refresher, *KEPT] | None = None
    """A shorter training at intervals that brings the uplift back in full, newcomers' too."""
    name: str = "course"
    """Name of the training; two trainings of a team need two names."""
    starts: Lasting = "0 min"
    """Start of the first wave after time 0; in a scenario file it stands next to the intervention."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        if self.team not in organisation.teams:
            return
        team = organisation.teams[self.team]
        skills = skills_of(self.team, team)
        for skill in self.uplift if isinstance(self.uplift, dict) else ():
            yield from unknown(("uplift", skill), f"skill in team '{self.team}':", skill, skills)
        if self.name in team.training:
            yield Problem(("name",), f"team '{self.team}' already has a training '{self.name}'; give another name")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        training = {"starts": self.starts, **given(self, "uplift", "hours", "session", "waves", "every", "half_life")}
        if not isinstance(self.uplift, dict):
            training["uplift"] = dict.fromkeys(skills_of(self.team, organisation.teams[self.team]), self.uplift)
        if self.refresh is not None:
            training["refresh"] = plain(self.refresh)
        tree["teams"][self.team].setdefault("training", {})[self.name] = training

    def sentence(self, organisation: Organisation | None) -> str:
        waves = f" in {self.waves} waves, {self.every} apart" if self.waves > 1 else ""
        gains = self.uplift if isinstance(self.uplift, dict) else {"every skill": self.uplift}
        skills = listing(f"{skill.replace('_', ' ')} by {gain:g} SD" for skill, gain in gains.items())
        who = title(organisation, "teams", self.team)
        fades = f"; half of it is gone after {self.half_life}" if self.half_life is not None else ""
        again = ""
        if self.refresh is not None:
            refresher = plain(self.refresh)
            again = f", and a refresher of {refresher['hours']} every {refresher['every']} brings it back"
        return f"Every agent of {who} is trained for {self.hours}{waves}, which lifts {skills}{fades}{again}."
