"""Cross-training: teams learn each other's work, so that fewer customers are passed on and less is promised in vain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, PrivateAttr

from cxsim.calendars.constants import WEEK
from cxsim.calendars.durations import minutes
from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Probability
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Team
from cxsim.scenario.interventions.base import Intervention, Lasting, Tree, listing, percent, title, unknown
from cxsim.scenario.interventions.teams import Skills

SESSIONS_A_WEEK = 5


class CrossTrain(Intervention):
    """Agents of some teams learn the work of the others; they serve it once the training is over."""

    teams: Annotated[list[str], Field(min_length=2)]
    """Teams that learn from each other."""
    share: Probability = 1.0
    """Share of the agents who learn the others' work."""
    serve: list[str] | None = None
    """Teams of these whose agents also take the others' queues when their own are empty (none: all of them).

    The others only know the work: they go on with a customer whom they would pass on, and promise what can be kept.
    """
    hours: Lasting = "0 min"
    """Time off the floor for each agent who learns; the team's hours are spread evenly over its agents."""
    session: Lasting = "4 h"
    """Longest stretch off the floor at a time."""
    waves: Annotated[int, Field(ge=1)] = 1
    """Groups into which each team is divided, one after the other off the floor."""
    every: Lasting = "1 week"
    """Time between the starts of waves."""
    name: str = "cross_training"
    """Name of the training."""
    starts: Lasting = "0 min"
    """Start of the first wave after time 0; in a scenario file it stands next to the intervention."""

    _done: bool = PrivateAttr(default=True)
    """Whether the training is over."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        for i, name in enumerate(self.teams):
            yield from unknown(("teams", i), "team", name, organisation.teams)
            if name in organisation.teams and self.name in organisation.teams[name].training:
                yield Problem(("name",), f"team '{name}' already has a training '{self.name}'; give another name")
        for i, name in enumerate(self.serve or []):
            yield from unknown(("serve", i), "team to be trained:", name, self.teams)
        if len(set(self.teams)) < len(self.teams):
            yield Problem(("teams",), "a team is named twice")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        each = f"{self.share * minutes(self.hours)!r} min"
        training = {"starts": self.starts, "uplift": {}, "hours": each, "session": self.session}
        training |= {"waves": self.waves, "every": self.every}
        for name in self.teams:
            if minutes(self.hours) > 0.0 and self.share > 0.0:
                tree["teams"][name].setdefault("training", {})[self.name] = dict(training)
        if not self._done or self.share == 0.0:
            return
        for name in self.teams:
            also = [f"{x}.{skill}" for x in self.teams if x != name for skill in skills_of(x, organisation.teams[x])]
            if self.serve is None or name in self.serve:
                Skills(team=name, also=also, share=self.share).edit(tree, organisation)
            else:
                self._know(tree["teams"][name], name, organisation.teams[name], also)

    def _know(self, tree: Tree, name: str, team: Team, also: list[str]) -> None:
        """A share of each group of agents knows more."""
        groups = {n: (list(g.has), list(g.knows), g.weight) for n, g in team.skill_sets.items()}
        groups = groups or {"all": (skills_of(name, team), [], 1.0)}
        sets: Tree = {}
        for label, (has, knows, weight) in groups.items():
            more = {"has": has, "knows": [*knows, *(s for s in also if s not in knows)]}
            if self.share == 1.0:
                sets[label] = {**more, "weight": weight}
                continue
            sets[label] = {"has": has, "weight": weight * (1.0 - self.share)} | ({"knows": knows} if knows else {})
            sets[f"{label}_cross_trained"] = {**more, "weight": weight * self.share}
        tree.pop("skills", None)
        tree["skill_sets"] = sets

    def stages(self) -> tuple[float, ...]:
        return (0.0, self._lasts()) if self._lasts() > 0.0 else (0.0,)

    def form_at(self, since: float) -> Self:
        now = self.model_copy()
        now._done = since >= self._lasts()
        return now

    def _lasts(self) -> float:
        """Minutes from the first wave to the end of the last: a week for every five sessions."""
        hours = minutes(self.hours)
        if hours == 0.0:
            return 0.0
        weeks = math.ceil(math.ceil(hours / minutes(self.session)) / SESSIONS_A_WEEK)
        return (self.waves - 1) * minutes(self.every) + WEEK * weeks

    def sentence(self, organisation: Organisation | None) -> str:
        who = "every agent" if self.share == 1.0 else f"{percent(self.share)} of the agents"
        names = listing(title(organisation, "teams", n) for n in self.teams)
        taught = f", in {self.hours} off the floor" if minutes(self.hours) > 0.0 else ""
        return f"{who} of {names} {'learns' if self.share == 1.0 else 'learn'} the others' work{taught}."
