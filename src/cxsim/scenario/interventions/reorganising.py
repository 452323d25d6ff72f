"""Departments redrawn: teams that join, a team that splits."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Annotated

from pydantic import Field

from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.headcount import Headcount
from cxsim.organisation.work import Standard
from cxsim.scenario.interventions.base import KEPT, Intervention, Tree, listing, plain, title, unknown
from cxsim.scenario.interventions.crews import heads_of, joined_crew, set_heads, skills_elsewhere, with_skill


class MergeTeams(Intervention):
    """Teams become one: their agents, shifts, skills, rights and steps are united."""

    teams: Annotated[list[str], Field(min_length=2)]
    """Teams that join."""
    into: str
    """Name of the joined team: a new one, or one of the teams."""
    title: str = ""
    """What the new team is called in reports."""
    department: str | None = None
    """Its department (none: that of the first team, or of the one that takes over)."""
    standard: Annotated[Standard, *KEPT] | None = None
    """Its service standard (none: the first one that a team has)."""
    headcount: Headcount | None = None
    """Agents on duty by hours; needed when a team is staffed so."""

    def brings(self) -> frozenset[str]:
        return frozenset({self.into})

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        for i, name in enumerate(self.teams):
            yield from unknown(("teams", i), "team", name, organisation.teams)
        if len(set(self.teams)) < len(self.teams):
            yield Problem(("teams",), "a team is named twice")
        if self.into in organisation.teams and self.into not in self.teams:
            yield Problem(("into",), f"there already is another team '{self.into}'; add it to 'teams' to merge with it")
        by_headcount = [
            n for n in self.teams if n in organisation.teams and organisation.teams[n].headcount is not None
        ]
        if by_headcount and self.headcount is None:
            yield Problem(("headcount",), f"missing: team '{by_headcount[0]}' is staffed by headcount, not by shifts")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        crew = joined_crew(organisation, tree, self.teams, self.into)
        standards = [tree["teams"][n]["standard"] for n in self.teams if tree["teams"][n].get("standard")]
        if self.standard is not None:
            crew["standard"] = plain(self.standard)
        elif standards and "standard" not in crew:
            crew["standard"] = standards[0]
        if self.title:
            crew["title"] = self.title
        if self.department is not None:
            crew["department"] = self.department
        if self.headcount is not None:
            crew["headcount"] = deepcopy(self.headcount)
            crew.pop("shifts", None)
        for route in tree["routes"].values():
            for step in route.values():
                if step.get("team") in self.teams:
                    first = skills_of(step["team"], organisation.teams[step["team"]])[0]
                    step["team"] = self.into
                    with_skill(step, first, crew)
        teams: Tree = {}
        for name, team in tree["teams"].items():
            if name == self.teams[0]:
                teams[self.into] = crew
            if name not in self.teams:
                teams[name] = team
        tree["teams"] = teams
        skills_elsewhere(tree, self.teams, self.into)

    def sentence(self, organisation: Organisation | None) -> str:
        names = listing(title(organisation, "teams", n) for n in self.teams)
        return f"{names} become one team, {self.title or self.into.replace('_', ' ')}."


class SplitTeam(Intervention):
    """Some agents of a team form a new one, with steps of their own."""

    team: str
    """Team they leave."""
    into: str
    """Name of the new team."""
    agents: Annotated[int, Field(ge=1)]
    """Heads who go; they count as new agents of the new team."""
    skills: list[str] = []
    """Their skills, in order of preference (none: as before)."""
    steps: dict[str, list[str]] = {}
    """By route: steps that the new team does."""
    department: str | None = None
    """Its department (none: that of the old team)."""
    headcount: Headcount | None = None
    """Agents on duty by hours; needed when the old team is staffed so."""
    title: str = ""
    """What the new team is called in reports."""

    def brings(self) -> frozenset[str]:
        return frozenset({self.into, *self.skills})

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        if self.into in organisation.teams:
            yield Problem(("into",), f"there already is a team '{self.into}'")
        for route, steps in self.steps.items():
            yield from unknown(("steps", route), "route", route, organisation.routes)
            known = organisation.routes.get(route, {})
            for i, step in enumerate(steps if known else ()):
                at: Path = ("steps", route, i)
                yield from unknown(at, f"step in route '{route}':", step, known)
                if step in known and known[step].team != self.team:
                    yield Problem(at, f"step '{step}' is not done by team '{self.team}'")
        if self.team not in organisation.teams:
            return
        old = organisation.teams[self.team]
        if self.agents > heads_of(old):
            yield Problem(("agents",), f"team '{self.team}' has {heads_of(old)} agents; {self.agents} cannot go")
        if old.headcount is not None and self.headcount is None:
            yield Problem(("headcount",), f"missing: team '{self.team}' is staffed by headcount, not by shifts")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        old = tree["teams"][self.team]
        new = deepcopy(old)
        set_heads(old, heads_of(organisation.teams[self.team]) - self.agents)
        for field in ("joined", "title"):
            new.pop(field, None)
        new["agents"] = self.agents
        if self.title:
            new["title"] = self.title
        if self.department is not None:
            new["department"] = self.department
        if self.headcount is not None:
            new["headcount"] = deepcopy(self.headcount)
            new.pop("shifts", None)
        if self.skills:
            new.pop("skill_sets", None)
        if self.skills or not new.get("skill_sets"):
            new["skills"] = self.skills or skills_of(self.team, organisation.teams[self.team])
        tree["teams"][self.into] = new
        wanted = {route: set(steps) for route, steps in self.steps.items()}
        first = skills_of(self.team, organisation.teams[self.team])[0]
        for route, names in wanted.items():
            for name in names:
                step = tree["routes"][route][name]
                step["team"] = self.into
                with_skill(step, first, new)

    def sentence(self, organisation: Organisation | None) -> str:
        steps = [title(organisation, "routes", r, s) for r, names in self.steps.items() for s in names]
        does = f" and does {listing(steps)}" if steps else ""
        name = self.title or self.into.replace("_", " ")
        old = title(organisation, "teams", self.team)
        return f"a new team, {name}, takes {self.agents} agents from {old}{does}."
