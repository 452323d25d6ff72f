"""Several steps become one: fewer handoffs, one person who sees the whole matter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cxsim.files.problems import Problem, nearest, problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Probability
from cxsim.organisation.checks import followers, skills_of
from cxsim.probability.distributions import read_distribution
from cxsim.probability.moments import mean_of, variance_of
from cxsim.scenario.interventions.base import Intervention, Tree, title, unknown, unknown_step
from cxsim.scenario.interventions.graphs import (
    BY,
    edges_of,
    joined_edge,
    p_reached,
    put_edges,
    renamed_step,
    scaled_edge,
    without_step,
)
from cxsim.scenario.interventions.steps import moved_to, names_of


def _sum_or_distribution(value: Any) -> Any:
    if value != "sum":
        read_distribution(value)
    return value


SumOrDistribution = Annotated[Any, BeforeValidator(_sum_or_distribution)]
"""A distribution of durations, or ``sum``: mean and variance of the joined steps' distributions add up (log-normal)."""


class MergeSteps(Intervention):
    """Steps that used to be handed on are done in one go."""

    route: str
    """Route of the steps."""
    steps: Annotated[list[str], Field(min_length=2)]
    """Steps to join, in the order of the work."""
    into: str
    """Name of the joined step."""
    work: SumOrDistribution = "sum"
    """How long the joined work takes."""
    wrap_up: SumOrDistribution = "sum"
    """How long its after-contact work takes."""
    team: str | None = None
    """Who does it; needed when the steps belong to different teams."""
    skill: str | None = None
    """Skill it wants (none: that of the last joined step of the same team)."""
    at: Literal["first", "last"] | None = None
    """Whose place it takes; none: the last one's if other steps lie between (these then come before it), else
    the first's."""
    control: Literal["replaced"] | None = None
    """Must be given when one of the steps is a control: the joined step is the control now."""
    resolves: Probability | None = None
    """Chance to resolve of contacts that end here (none: the last step's)."""
    title: str = ""
    """What the joined step is called in reports."""

    def brings(self) -> frozenset[str]:
        return frozenset({self.into})

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("route",), "route", self.route, organisation.routes)
        if self.route not in organisation.routes:
            return
        route = organisation.routes[self.route]
        wrong = [p for i, s in enumerate(self.steps) for p in unknown_step(organisation, self.route, s, ("steps", i))]
        yield from wrong
        yield from unknown(("team",), "team", self.team, organisation.teams)
        if self.into in route and self.into not in self.steps:
            yield Problem(("into",), f"route '{self.route}' already has a step '{self.into}'")
        if len(set(self.steps)) < len(self.steps):
            yield Problem(("steps",), "a step is named twice")
        if wrong:
            return
        for i, s in enumerate(self.steps):
            if route[s].team is None:
                yield Problem(("steps", i), f"'{s}' is not work by a team")
        teams = list(dict.fromkeys(str(route[s].team) for s in self.steps))
        if len(teams) > 1 and self.team is None:
            yield Problem(("team",), f"missing: the steps belong to {', '.join(teams)}; who does the joined step?")
        rights = {route[s].needs for s in self.steps} - {None}
        if len(rights) > 1:
            yield Problem(("steps",), "the steps need different decision rights; join at most one that needs a right")
        controls = [s for s in self.steps if route[s].control]
        if controls and self.control is None:
            yield Problem(
                ("control",),
                f"'{controls[0]}' is a control: write 'control: replaced' if the joined step takes over",
            )
        team = self.team or teams[0]
        if self.skill is not None and team in organisation.teams:
            skills = skills_of(team, organisation.teams[team])
            if self.skill not in skills:
                yield Problem(
                    ("skill",),
                    f"nobody in team '{team}' has skill '{self.skill}'{nearest(self.skill, skills)}",
                )

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        route = deepcopy(tree["routes"][self.route])
        for step in (route[s] for s in self.steps):
            if step.get("escalates_to") in self.steps:  # whoever had the authority now does it all
                step.pop("escalates_to")
                step.pop("needs", None)
        ahead = between(organisation, self.route, self.steps)
        at = self.at or ("last" if ahead else "first")
        kept = self.steps[0] if at == "first" else self.steps[-1]
        others = [s for s in self.steps if s != kept]
        joined = self._joined(route, at, ahead)
        if at == "last":
            for i in reversed(range(len(self.steps) - 1)):
                self._send_away_later(route, i, ahead)
        detours = _reach(organisation, self.route, kept, avoid=set(self.steps)) if at == "first" else set()
        for gone in others:
            self._redirect(route, kept, gone, at, detours)
            route = without_step(route, gone, ("steps",))
        edges = route[kept].get("next")
        route[kept] = {k: v for k, v in joined.items() if k != "next"} | ({"next": edges} if edges else {})
        route = renamed_step(route, kept, self.into)
        tree["routes"][self.route] = route
        for gone in self.steps:
            if gone != self.into:
                moved_to(tree, self.route, gone, self.into)

    def _redirect(self, route: Tree, kept: str, gone: str, at: str, detours: set[str]) -> None:
        """Whoever led into the middle of the joined work, or sent it back, now leads to the whole of it."""
        for name, step in route.items():
            edges = edges_of(step)
            leads = name == kept if at == "last" else name not in detours and name not in self.steps
            if leads and gone in edges:
                into = edges.pop(gone)
                edges[kept] = joined_edge(edges.get(kept), into, f"the chances of '{name}'")
                put_edges(step, edges)

    def _p_ahead(self, route: Tree, i: int, ahead: set[str]) -> float:
        """Chance that a case goes from the i-th step on to the next one, not back, aside or to an end."""
        edges = edges_of(route[self.steps[i]])
        return sum(float(e["p"]) for t, e in edges.items() if t in ahead or t in self.steps[i + 1 :])

    def _send_away_later(self, route: Tree, i: int, ahead: set[str]) -> None:
        """Cases that the i-th step sends back, aside or to an end are now sent there by the joined step."""
        name, kept = self.steps[i], self.steps[-1]
        p, edges = self._p_ahead(route, i, ahead), edges_of(route[name])
        if p > 1.0 - 1e-9:
            return
        if p <= 0.0 or any(e.get(by) for e in edges.values() for by in BY):
            raise problem(
                ("steps", i),
                f"'{name}' sends cases elsewhere; write 'at: first'",
            )
        later = {t: scaled_edge(e, p) for t, e in edges_of(route[kept]).items()}
        for target, edge in edges.items():
            if target not in ahead and target not in self.steps[i + 1 :]:
                to = kept if target in self.steps else target
                later[to] = joined_edge(later.get(to), edge, f"the chances of '{name}'")
        put_edges(route[kept], later)
        put_edges(
            route[name],
            {t: scaled_edge(e, 1.0 / p) for t, e in edges.items() if t in ahead or t in self.steps[i + 1 :]},
        )

    def _joined(self, route: Tree, at: str, ahead: set[str]) -> Tree:
        """The record of the joined step."""
        steps = [route[s] for s in self.steps]
        first, last = steps[0], steps[-1]
        team = self.team or last["team"]
        out: Tree = deepcopy(first if at == "first" else last)
        out["team"] = team
        skill = self.skill or next((s["skill"] for s in reversed(steps) if s["team"] == team and "skill" in s), None)
        reached = [1.0] * len(steps)
        for i in range(1, len(steps)):
            reached[i] = reached[i - 1] * (
                p_reached(route, self.steps[i - 1], self.steps[i])
                if at == "first"
                else self._p_ahead(route, i - 1, ahead)
            )
        distributions = {
            "work": joined_distribution(self.work, [(s["work"], p) for s, p in zip(steps, reached, strict=True)]),
            "wrap_up": joined_distribution(
                self.wrap_up,
                [(s["wrap_up"], p) for s, p in zip(steps, reached, strict=True) if "wrap_up" in s],
            ),
        }
        slas = [s["internal_sla"] for s in steps if "internal_sla" in s]
        merged: Tree = {
            **distributions,
            "skill": skill,
            "title": self.title,
            "control": any(s.get("control") for s in steps),
            "resolves": last.get("resolves") if self.resolves is None else self.resolves,
            "generic": max(float(s.get("generic", 0.0)) for s in steps),
            "asks_again": first.get("asks_again"),
            "sells": sum(float(s.get("sells", 0.0)) for s in steps),
            "errs": 1.0 - math.prod(1.0 - float(s.get("errs", 0.0)) for s in steps),
            "internal_sla": slas[-1] if slas else None,
        }
        for field in ("needs", "escalates_to", "outbound", "offer"):
            merged[field] = next((s[field] for s in reversed(steps) if field in s), None)
        for field, value in merged.items():
            out.pop(field, None)
            if value is not None and value is not False and value not in ("", 0.0):
                out[field] = value
        if merged["resolves"] == 0.0:
            out["resolves"] = 0.0
        return out

    def sentence(self, organisation: Organisation | None) -> str:
        who = f" by {title(organisation, 'teams', self.team)}" if self.team else ""
        steps = names_of(organisation, self.route, self.steps)
        control = ", which takes over as the control" if self.control else ""
        name = (self.title or self.into).replace("_", " ")
        return f"{steps} of {self.route.replace('_', ' ')} become one step{who}, '{name}'{control}."


def joined_distribution(wanted: Any, distributions: list[tuple[Any, float]]) -> Any:
    """The distribution of a joined step: as wanted, or with the mean and variance of the sum of its parts.

    With independent parts, each of mean m and variance v and done with probability p, the mean is Σ p m and
    the variance Σ (p (v + m²) − p² m²); the log-normal that has both is exact in its first two moments only.
    """
    if wanted != "sum":
        return wanted
    parts = [(distribution, p) for distribution, p in distributions if p > 0.0]
    if not parts:
        return None
    if len(parts) == 1 and parts[0][1] == 1.0:
        return parts[0][0]
    mean = sum(p * mean_of(distribution) for distribution, p in parts)
    variance = sum(
        p * (variance_of(distribution) + mean_of(distribution) ** 2) - (p * mean_of(distribution)) ** 2
        for distribution, p in parts
    )
    if variance <= 1e-12 or not math.isfinite(variance) or mean <= 0.0:
        return f"{round(mean, 9)!r} min"
    return {"lognormal": {"mean": f"{round(mean, 9)!r} min", "cv": math.sqrt(variance) / mean}}


def between(organisation: Organisation, route: str, steps: list[str]) -> set[str]:
    """Other steps on a way from one of the steps to the next of them."""
    found: set[str] = set()
    for a, b in pairwise(steps):
        ahead = _reach(organisation, route, a, avoid=set(steps))
        found |= {s for s in ahead if b in _reach(organisation, route, s, avoid=set(steps) - {b})}
    return found


def _reach(organisation: Organisation, route: str, start: str, avoid: set[str]) -> set[str]:
    """Steps that can follow `start` without passing through `avoid`."""
    steps = organisation.routes[route]
    seen: set[str] = set()
    todo = [start]
    while todo:
        for name in followers(steps[todo.pop()]):
            if name not in avoid and name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
