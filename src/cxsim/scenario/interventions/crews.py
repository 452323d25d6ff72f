"""Crews in plain data: heads that come and go, and what is kept of a team when it joins another."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Team

Tree = dict[str, Any]


def heads_of(team: Team) -> int:
    """Own agents and those who joined."""
    return team.agents + sum(team.joined.values())


def set_heads(team: Tree, heads: int) -> None:
    """Give a team this many heads: own agents come and go first, then those who joined last."""
    joined = dict(team.get("joined") or {})
    own = heads - sum(joined.values())
    for home in reversed(list(joined)):
        if own < 0:
            goes = min(-own, joined[home])
            joined[home] -= goes
            own += goes
    team["agents"] = own
    if joined:
        team["joined"] = joined


def with_skill(step: Tree, first: str, team: Tree) -> None:
    """Name the skill a step wants, where it wanted its old team's first and the new one's is another."""
    groups = [group["has"] for group in (team.get("skill_sets") or {}).values()] or [team.get("skills") or []]
    skills = [skill for has in groups for skill in has if "." not in skill]
    wanted = step.get("skill", first)
    if wanted in skills and wanted != skills[0]:
        step["skill"] = wanted


def joined_crew(organisation: Organisation, tree: Tree, names: list[str], into: str) -> Tree:
    """The record of a team that takes over all agents, shifts, skills and rights of others."""
    teams = {name: organisation.teams[name] for name in names}
    trees = {name: tree["teams"][name] for name in names}
    heads = {name: heads_of(team) for name, team in teams.items()}
    weights = {name: n / sum(heads.values()) if sum(heads.values()) else 1.0 / len(names) for name, n in heads.items()}
    crew: Tree = deepcopy(trees[into if into in trees else names[0]])
    crew.pop("title", None)
    joined: dict[str, int] = {}
    for name, team in teams.items():
        for home, n in [
            *([(name, team.agents)] if name != into and team.agents else []),
            *team.joined.items(),
        ]:
            joined[home] = joined.get(home, 0) + n
    crew["agents"] = teams[into].agents + joined.pop(into, 0) if into in teams else joined.pop(into, 0)
    crew["joined"] = joined
    for field in ("p_absent", "cost_per_hour", "attrition", "recognition", "pressure"):
        _put(crew, field, {name: getattr(team, field) for name, team in teams.items()}, weights)
    mean, sd = _pooled(teams, weights)
    if any(team.proficiency != next(iter(teams.values())).proficiency for team in teams.values()):
        crew["proficiency"] = {"mean": mean, "sd": sd}
    _shifts(crew, trees, heads)
    _skills(crew, teams, heads, into)
    rights: Tree = {}
    for name in names:
        for right, spec in (trees[name].get("rights") or {}).items():
            if right not in rights or spec["share"] > rights[right]["share"]:
                rights[right] = deepcopy(spec)
    trainings: Tree = {}
    for name in names:
        for training, spec in (trees[name].get("training") or {}).items():
            trainings[training if training not in trainings else f"{name}_{training}"] = deepcopy(spec)
    places = [team.places for team in teams.values() if team.places is not None]
    unions: Tree = {"rights": rights, "training": trainings}
    unions["places"] = sum(places) if len(places) == len(names) else None
    for field, value in unions.items():
        crew.pop(field, None)
        if value:
            crew[field] = value
    return crew


def _put(crew: Tree, field: str, values: dict[str, float], weights: dict[str, float]) -> None:
    """A number of the joined team: as before where all agree, else the mean over heads."""
    if len(set(values.values())) > 1:
        crew[field] = math.fsum(values[n] * weights[n] for n in values)


def _pooled(teams: dict[str, Team], weights: dict[str, float]) -> tuple[float, float]:
    """Mean and SD of the proficiency of all heads together."""
    mean = math.fsum(weights[n] * t.proficiency.mean for n, t in teams.items())
    square = math.fsum(weights[n] * (t.proficiency.sd**2 + t.proficiency.mean**2) for n, t in teams.items())
    return mean, math.sqrt(max(0.0, square - mean * mean))


def _shifts(crew: Tree, trees: Tree, heads: dict[str, int]) -> None:
    """The shifts of all teams, each team's weighing as much as its heads; equal ones become one."""
    plans = [t.get("shifts") or {} for t in trees.values()]
    if not any(plans) or all(p == plans[0] for p in plans):
        return
    shifts: Tree = {}
    for name, team in trees.items():
        plan = team.get("shifts") or {}
        total = sum(float(s.get("weight", 1.0)) for s in plan.values())
        for shift, spec in plan.items():
            weight = float(spec.get("weight", 1.0)) / total * heads[name]
            if not weight:
                continue
            rest = {k: v for k, v in spec.items() if k != "weight"}
            label = shift
            if shift in shifts and {k: v for k, v in shifts[shift].items() if k != "weight"} != rest:
                label = f"{name}_{shift}"
            before = shifts.get(label, {}).get("weight", 0.0)
            shifts[label] = {**deepcopy(rest), "weight": before + weight}
    crew["shifts"] = shifts


def _skills(crew: Tree, teams: dict[str, Team], heads: dict[str, int], into: str) -> None:
    """Every agent keeps his or her skills: one group for each kind of agent, named after the team."""
    groups: Tree = {}
    for name, team in teams.items():
        old = {f"{name}_{g}": (spec.has, spec.knows, spec.weight) for g, spec in team.skill_sets.items()}
        old = old or {name: (skills_of(name, team), [], 1.0)}
        total = sum(w for _, _, w in old.values())
        for label, (has, knows, weight) in old.items():
            own = [s.partition(".")[2] if s.partition(".")[0] in teams and "." in s else s for s in has]
            own += [s.partition(".")[2] for s in knows if s.partition(".")[0] in teams]
            groups[label] = {"has": list(dict.fromkeys(own)), "weight": weight / total * heads[name]}
            if others := [s for s in knows if s.partition(".")[0] not in teams]:
                groups[label]["knows"] = others
    groups = {label: g for label, g in groups.items() if g["weight"] > 0} or groups
    crew.pop("skills", None)
    crew.pop("skill_sets", None)
    lists = [g["has"] for g in groups.values()]
    known = any("knows" in g for g in groups.values())
    if not known and all(has == lists[0] for has in lists) and not any("." in s for s in lists[0]):
        crew["skills"] = lists[0]
    else:
        crew["skill_sets"] = {k: {**g, "weight": g["weight"] or 1.0} for k, g in groups.items()}


def skills_elsewhere(tree: Tree, old: list[str], into: str) -> None:
    """Agents of other teams who served the old teams' queues now serve the new team's; so do skills of offers."""

    def renamed(skill: str) -> str:
        team, dot, name = skill.partition(".")
        return f"{into}.{name}" if dot and team in old else skill

    for step in (step for route in tree["routes"].values() for step in route.values() if step.get("offer")):
        step["offer"] |= {key: renamed(step["offer"][key]) for key in ("selling", "keeping") if step["offer"].get(key)}
    for team in tree["teams"].values():
        for group in (team.get("skill_sets") or {}).values():
            for key in ("has", "knows"):
                if key in group:
                    group[key] = list(dict.fromkeys(map(renamed, group[key])))
