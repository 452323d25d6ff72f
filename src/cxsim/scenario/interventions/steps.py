"""Redesign of routes: steps that are moved, removed or added."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Annotated, Any, Literal

from pydantic import Field

from cxsim.files.problems import Problem, nearest
from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Step
from cxsim.scenario.interventions.base import (
    KEPT,
    Intervention,
    Tree,
    listing,
    percent,
    plain,
    title,
    unknown,
    unknown_step,
)
from cxsim.scenario.interventions.graphs import edges_of, p_end, put_edges, scaled_edge, without_step


class MoveStep(Intervention):
    """Another team does a step."""

    route: str
    """Route of the step."""
    step: str
    """Step that changes hands."""
    to: str
    """Team that does it from now on."""
    skill: str | None = None
    """Skill it wants there (none: the step's own if the team has it, else the team's first)."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown_step(organisation, self.route, self.step)
        yield from unknown(("to",), "team", self.to, organisation.teams)
        spec = organisation.routes.get(self.route, {}).get(self.step)
        if spec is not None and spec.team is None:
            yield Problem(("step",), f"'{self.step}' is not work by a team")
        if self.to in organisation.teams and self.skill is not None:
            skills = skills_of(self.to, organisation.teams[self.to])
            if self.skill not in skills:
                yield Problem(
                    ("skill",),
                    f"nobody in team '{self.to}' has skill '{self.skill}'{nearest(self.skill, skills)}",
                )

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        step = tree["routes"][self.route][self.step]
        if step["team"] == self.to and self.skill is None:
            return
        wanted = self.skill or step.get("skill")
        step["team"] = self.to
        step.pop("skill", None)
        if wanted in skills_of(self.to, organisation.teams[self.to]):
            step["skill"] = wanted

    def sentence(self, organisation: Organisation | None) -> str:
        step = title(organisation, "routes", self.route, self.step)
        return f"{title(organisation, 'teams', self.to)} does '{step}' of {self.route.replace('_', ' ')}."


class RemoveStep(Intervention):
    """A step is no longer done; its predecessors lead to its successors."""

    route: str
    """Route of the step."""
    step: str
    """Step that is left out."""
    replaced_by: str | None = None
    """Step of the route that takes over; it must be named for a control, and becomes the control."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown_step(organisation, self.route, self.step)
        route = organisation.routes.get(self.route, {})
        if self.step not in route:
            return
        yield from unknown(("replaced_by",), "step", self.replaced_by, [s for s in route if s != self.step])
        if route[self.step].control and self.replaced_by is None:
            yield Problem(
                ("step",),
                f"'{self.step}' is a control: it may not be removed without its replacement; "
                "name the step that takes over with 'replaced_by'",
            )
        if len(route) == 1:
            yield Problem(("step",), f"'{self.step}' is the only step of route '{self.route}'")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        route = tree["routes"][self.route]
        control = bool(route[self.step].get("control"))
        route = without_step(route, self.step)
        if self.replaced_by is not None:
            if control:
                route[self.replaced_by]["control"] = True
            moved_to(tree, self.route, self.step, self.replaced_by)
        tree["routes"][self.route] = route

    def sentence(self, organisation: Organisation | None) -> str:
        name = title(organisation, "routes", self.route, self.step)
        where = self.route.replace("_", " ")
        if self.replaced_by is None:
            return f"'{name}' is no longer a step of {where}."
        successor = title(organisation, "routes", self.route, self.replaced_by)
        return f"'{successor}' takes over what '{name}' did in {where}."


class AddStep(Intervention):
    """A new step, for all cases or a share of them."""

    route: str
    """Route that gets the step."""
    name: str
    """Name of the new step."""
    step: Annotated[Step, *KEPT]
    """The step, as in an organisation's routes; without `next` it continues as the route did."""
    after: str | None = None
    """Step it follows."""
    before: str | None = None
    """Or: step it comes before."""
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Share of the cases at that point that pass through the new step."""
    transfer: Literal["none", "cold", "warm"] = "none"
    """How the customer is handed to the new step."""

    def brings(self) -> frozenset[str]:
        return frozenset({self.name})

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        neighbour, where = ("after", self.after) if self.after is not None else ("before", self.before)
        yield from unknown_step(organisation, self.route, where or "", (neighbour,)) if where is not None else ()
        if (self.after is None) == (self.before is None):
            yield Problem(("after",), "give 'after' or 'before', one of them")
            return
        route = organisation.routes.get(self.route, {})
        if self.name in route:
            yield Problem(("name",), f"route '{self.route}' already has a step '{self.name}'")
        if self.after in route and (route[self.after].parallel or route[self.after].self_service):
            yield Problem(("after",), f"'{self.after}' does not lead on by itself; use 'before' the step that follows")
        if self.before in route and next(iter(route)) == self.before and self.share < 1.0:
            yield Problem(
                ("share",), f"'{self.before}' is the first step; only a step for all cases can come before it"
            )

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        route, new = tree["routes"][self.route], plain(self.step)
        into: Tree = {"p": self.share, "transfer": self.transfer}
        if self.after is not None:
            step = route[self.after]
            old = edges_of(step)
            if "next" not in new:
                put_edges(new, old)
            if p_end(step) and "resolves" in step:
                new.setdefault("resolves", step["resolves"])
            kept = {t: scaled_edge(e, 1.0 - self.share) for t, e in old.items()} if self.share < 1.0 else {}
            put_edges(step, {self.name: into, **kept})
        else:
            assert self.before is not None
            new.setdefault("next", self.before)
            for name, step in route.items():
                if name != self.name:
                    _lead_into(step, self.before, self.name, self.share, self.transfer)
        tree["routes"][self.route] = _placed(route, self.name, new, self.after, self.before)

    def sentence(self, organisation: Organisation | None) -> str:
        place = f"after '{self.after}'" if self.after else f"before '{self.before}'"
        who = "every case" if self.share == 1.0 else f"{percent(self.share)} of cases"
        name = (plain(self.step).get("title") or self.name).replace("_", " ")
        return f"'{name}' is added to {self.route.replace('_', ' ')} {place.replace('_', ' ')}, for {who}."


def _lead_into(step: Tree, before: str, new: str, share: float, transfer: str) -> None:
    """Edges to `before` lead to the new step, or that share of them does."""
    edges: dict[str, Tree] = {}
    for target, edge in edges_of(step).items():
        if target != before:
            edges[target] = edge
            continue
        edges[new] = scaled_edge(edge, share)
        if transfer != "none":
            edges[new]["transfer"] = transfer
        if share < 1.0:
            edges[target] = scaled_edge(edge, 1.0 - share)
    if new in edges:
        put_edges(step, edges)
    if share == 1.0:
        for field in ("escalates_to", "join"):
            if step.get(field) == before:
                step[field] = new
        if before in (step.get("parallel") or []):
            step["parallel"] = [new if s == before else s for s in step["parallel"]]
        if (step.get("self_service") or {}).get("falls_back_to") == before:
            step["self_service"]["falls_back_to"] = new


def _placed(route: Tree, name: str, step: Tree, after: str | None, before: str | None) -> Tree:
    out: Tree = {}
    for other, spec in route.items():
        if other == before:
            out[name] = step
        out[other] = spec
        if other == after:
            out[name] = step
    return out


def moved_to(tree: Tree, route: str, gone: str, now: str) -> None:
    """Note which step does the work of one that is gone, for cases that stand there."""
    moved: dict[str, Any] = deepcopy(tree.get("moved") or {})
    entries = {old: now if target == gone else target for old, target in moved.get(route, {}).items()}
    entries.pop(now, None)
    tree["moved"] = {**moved, route: {**entries, gone: now}}


def names_of(organisation: Organisation | None, route: str, steps: list[str]) -> str:
    """Steps as a sentence lists them."""
    return listing(f"'{title(organisation, 'routes', route, s)}'" for s in steps)
