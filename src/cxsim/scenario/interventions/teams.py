"""People: how many, when, in which team, with which skills."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Annotated

from pydantic import Field

from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Count, Probability
from cxsim.organisation.checks import skills_of
from cxsim.organisation.headcount import Headcount
from cxsim.organisation.work import Shift, SkillSet
from cxsim.scenario.interventions.base import KEPT, Intervention, Tree, listing, percent, plain, title, unknown
from cxsim.scenario.interventions.crews import heads_of, set_heads


class Staff(Intervention):
    """More or fewer agents, other shifts."""

    team: str
    """Team that changes."""
    agents: Count | None = None
    """Heads from now on."""
    change: int | None = None
    """Or: heads more, or (negative) fewer; the last hired go first."""
    shifts: dict[str, Annotated[Shift, *KEPT]] | None = None
    """A new shift plan instead of the present one."""
    weights: dict[str, Annotated[float, Field(gt=0.0)]] = {}
    """New weights of shifts that exist."""
    headcount: Headcount | None = None
    """Agents on duty by hours, instead of shifts."""
    p_absent: Probability | None = None
    """Chance that an agent misses a whole shift."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        if self.agents is not None and self.change is not None:
            yield Problem(("change",), "give 'agents' or 'change', not both")
        if self.shifts is not None and self.headcount is not None:
            yield Problem(("headcount",), "give 'shifts' or 'headcount', not both")
        if not self.model_fields_set - {"team"}:
            yield Problem(
                (),
                "nothing to change: give 'agents', 'change', 'shifts', 'weights', 'headcount' or 'p_absent'",
            )
        if self.team not in organisation.teams:
            return
        team = organisation.teams[self.team]
        heads = heads_of(team)
        if self.change is not None and heads + self.change < 0:
            yield Problem(("change",), f"team '{self.team}' has {heads} agents; {-self.change} cannot go")
        for shift in self.weights:
            yield from unknown(("weights", shift), "shift", shift, self.shifts or team.shifts)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        team = tree["teams"][self.team]
        if self.agents is not None or self.change is not None:
            now = heads_of(organisation.teams[self.team])
            set_heads(team, self.agents if self.agents is not None else now + (self.change or 0))
        if self.shifts is not None:
            team["shifts"] = {name: plain(shift) for name, shift in self.shifts.items()}
            team.pop("headcount", None)
        if self.headcount is not None:
            team["headcount"] = deepcopy(self.headcount)
            team.pop("shifts", None)
        for shift, weight in self.weights.items():
            team["shifts"][shift]["weight"] = weight
        if self.p_absent is not None:
            team["p_absent"] = self.p_absent

    def sentence(self, organisation: Organisation | None) -> str:
        parts = []
        if self.agents is not None:
            parts.append(f"has {self.agents} agents")
        if self.change is not None:
            parts.append(f"has {abs(self.change)} {'more' if self.change >= 0 else 'fewer'} agents")
        if self.shifts is not None or self.weights or self.headcount is not None:
            parts.append("works other shifts")
        if self.p_absent is not None:
            parts.append(f"is absent {percent(self.p_absent)} of the time")
        return f"{title(organisation, 'teams', self.team)} {listing(parts)}."


class Skills(Intervention):
    """What agents may serve: other skills, or cross-training of a share of them."""

    team: str
    """Team whose agents learn."""
    skills: list[str] | None = None
    """Skills of every agent, in order of preference."""
    sets: dict[str, Annotated[SkillSet, *KEPT]] | None = None
    """Or: groups of agents with different skills."""
    also: list[str] | None = None
    """Or: skills learnt on top, after their own; ``team.skill`` serves the queue of another team."""
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Share of every group of agents who learn them."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        stated = [f for f in ("skills", "sets", "also") if getattr(self, f) is not None]
        if len(stated) != 1:
            yield Problem(
                (),
                "give one of 'skills', 'sets', 'also'" + (f"; here: {', '.join(stated)}" if stated else ""),
            )
        if "share" in self.model_fields_set and self.also is None:
            yield Problem(("share",), "a share goes with 'also'; use 'sets' with weights")
        lists: list[tuple[Path, list[str]]] = [(("skills",), self.skills or []), (("also",), self.also or [])]
        lists += [(("sets", n, "has"), plain(s).get("has", [])) for n, s in (self.sets or {}).items()]
        for at, names in lists:
            for i, skill in enumerate(names):
                other, dot, wanted = skill.partition(".")
                if dot:
                    yield from unknown((*at, i), "team", other, organisation.teams)
                    if other in organisation.teams:
                        known = skills_of(other, organisation.teams[other])
                        yield from unknown((*at, i), f"skill in team '{other}':", wanted, known)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        team = tree["teams"][self.team]
        own = organisation.teams[self.team]
        if self.sets is not None:
            sets = {name: plain(group) for name, group in self.sets.items()}
        elif self.skills is not None:
            sets = {"all": {"has": list(self.skills)}}
        else:
            groups = {n: (list(g.has), g.weight, g.knows) for n, g in own.skill_sets.items()}
            groups = groups or {"all": (skills_of(self.team, own), 1.0, [])}
            sets = {}
            for name, (has, weight, knows) in groups.items():
                more = [*has, *(s for s in self.also or [] if s not in has)]
                rest: Tree = {"knows": list(knows)} if knows else {}
                if more == has or self.share == 1.0:
                    sets[name] = {"has": more, "weight": weight, **rest}
                else:
                    sets[name] = {"has": has, "weight": weight * (1.0 - self.share), **rest}
                    sets[f"{name}_cross_trained"] = {"has": more, "weight": weight * self.share, **rest}
        team.pop("skills", None)
        team.pop("skill_sets", None)
        only = next(iter(sets.values()))["has"]
        known = any(group.get("knows") for group in sets.values())
        if len(sets) == 1 and self.sets is None and not known and not any("." in s for s in only):
            team["skills"] = only
        else:
            team["skill_sets"] = sets

    def sentence(self, organisation: Organisation | None) -> str:
        name = title(organisation, "teams", self.team)
        if self.also is not None:
            who = "every agent" if self.share == 1.0 else f"{percent(self.share)} of the agents"
            return f"{who[0].upper()}{who[1:]} of {name} can also serve {listing(self.also)}."
        if self.skills is not None:
            return f"{name} serves {listing(self.skills)}, in this order."
        return f"{name} works in groups with different skills: {listing(self.sets or {})}."
