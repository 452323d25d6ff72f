"""Who may decide, and where a case goes next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation, Route
from cxsim.organisation.base import NonNegative, Probability
from cxsim.organisation.work import Edge
from cxsim.scenario.interventions.base import (
    Intervention,
    LastingSpan,
    Tree,
    between,
    listing,
    percent,
    title,
    unknown,
    unknown_step,
)
from cxsim.scenario.interventions.graphs import BY, edges_of, put_edges, scaled_edge

FIRST = -5
"""Priority of what is passed up, where it comes before other work."""


class GiveDecisionRight(Intervention):
    """A team may decide for itself what it had to pass up."""

    who: str
    """Team."""
    may: str
    """Decision right, as a step of that team `needs` it."""
    share: Probability
    """Share of the cases that it may decide."""
    p_error: Probability = 0.0
    """Chance that such a decision is wrong."""
    cost_per_error: NonNegative = 0.0
    """What a wrong decision costs, in the organisation's currency."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("who",), "team", self.who, organisation.teams)
        wanted: dict[str, list[tuple[str, str]]] = {}
        for route, steps in organisation.routes.items():
            for name, step in steps.items():
                if step.needs is not None:
                    wanted.setdefault(step.needs, []).append((f"{route}.{name}", str(step.team)))
        yield from unknown(("may",), "decision right", self.may, wanted)
        places = wanted.get(self.may, [])
        if places and self.who in organisation.teams and self.who not in [team for _, team in places]:
            where = listing(f"{step} (team '{team}')" for step, team in places)
            yield Problem(
                ("who",),
                f"no step of team '{self.who}' needs '{self.may}', so nothing would change; "
                f"it is needed at {where}: move that step first, or add one",
            )

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        right: Tree = {"share": self.share, "p_error": self.p_error, "cost_per_error": self.cost_per_error}
        right = {k: v for k, v in right.items() if k == "share" or v}
        tree["teams"][self.who].setdefault("rights", {})[self.may] = right

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        right = organisation.teams[self.who].rights.get(self.may) if self.who in organisation.teams else None
        before = 0.0 if right is None else right.share
        return self.model_copy(update={"share": between(before, self.share, degree)})

    def sentence(self, organisation: Organisation | None) -> str:
        error = f", of which {percent(self.p_error)} go wrong" if self.p_error else ""
        who, right = title(organisation, "teams", self.who), self.may.replace("_", " ")
        return f"{who} may decide alone ('{right}') in {percent(self.share)} of cases{error}."


def _onward(steps: Route, start: str) -> set[str]:
    """The steps that a case may come to from one of them, itself included."""
    seen, todo = {start}, [start]
    while todo:
        step = steps[todo.pop()]
        ways = [*step.next, *(step.parallel or ()), step.join, step.escalates_to]
        ways += [step.self_service.falls_back_to] if step.self_service is not None else []
        new = [way for way in ways if way is not None and way in steps and way not in seen]
        seen.update(new)
        todo += new
    return seen


class EscalationProtocol(Intervention):
    """Who takes over what a team may not decide, in which time, and before what else."""

    route: str
    """Route on which cases are passed up."""
    to: str | None = None
    """Step that takes them over; none: as before."""
    steps: list[str] = []
    """Steps that pass up; none: all of the route that want a decision right."""
    within: LastingSpan | None = None
    """Target for whoever takes over, from joining the queue to the end of the step."""
    first: bool = True
    """Whether what is passed up comes before other work of that team."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("route",), "route", self.route, organisation.routes)
        steps = organisation.routes.get(self.route, {})
        for i, name in enumerate(self.steps):
            yield from unknown_step(organisation, self.route, name, ("steps", i))
            if name in steps and steps[name].needs is None:
                yield Problem(("steps", i), f"'{name}' wants no decision right, so it passes nothing up")
        if steps and not self._from(organisation):
            yield Problem(("route",), f"no step of '{self.route}' wants a decision right, so nothing is passed up")
        if self.to is not None:
            yield from unknown_step(organisation, self.route, self.to, ("to",))
        passing = set(self._from(organisation))
        for name in dict.fromkeys(self._to(organisation)):
            again = sorted(passing & _onward(steps, name)) if self.to is not None and name in steps else []
            if again:
                yield Problem(("to",), f"'{name}' leads back to '{again[0]}', which would pass the case up once more")
            if name in steps and steps[name].team is None:
                yield Problem(("to",), f"'{name}' is not work by a team, so it has no queue to come first in")

    def _from(self, organisation: Organisation) -> list[str]:
        """The steps that pass up."""
        steps = organisation.routes.get(self.route, {})
        return [s for s in self.steps or steps if s in steps and steps[s].needs is not None]

    def _to(self, organisation: Organisation) -> list[str]:
        """The steps that take over."""
        if self.to is not None:
            return [self.to]
        steps = organisation.routes.get(self.route, {})
        return [str(steps[s].escalates_to) for s in self._from(organisation)]

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        steps = tree["routes"][self.route]
        for name in self._from(organisation) if self.to is not None else ():
            steps[name]["escalates_to"] = self.to
        for name in dict.fromkeys(self._to(organisation)):
            if self.within is not None:
                steps[name]["internal_sla"] = self.within
            if self.first:
                steps[name]["priority"] = FIRST

    def sentence(self, organisation: Organisation | None) -> str:
        takes = sorted({self.to} if self.to is not None else set(self._to(organisation)) if organisation else set())
        who = listing([f"'{title(organisation, 'routes', self.route, s)}'" for s in takes] or ["as before"])
        terms = [f"within {self.within}"] if self.within is not None else []
        terms += ["before other work"] if self.first else []
        then = f", {listing(terms)}" if terms else ""
        return f"What may not be decided on the spot in {self.route.replace('_', ' ')} is taken over by {who}{then}."


class Routing(Intervention):
    """Other ways onward from a step; the chance that the route ends there stays, unless it is given."""

    route: str
    """Route of the step."""
    step: str
    """Step after which cases go other ways."""
    next: dict[str, Any] = {}
    """New chance of some of the steps that may follow, as in an organisation; the others share the rest."""
    ends_here: Probability | None = None
    """New chance that the route ends after the step."""
    transfer: dict[str, Literal["none", "cold", "warm"]] = {}
    """By following step: how the customer is handed over."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown_step(organisation, self.route, self.step)
        route = organisation.routes.get(self.route, {})
        if self.step not in route:
            return
        old = route[self.step].next
        for target in self.next:
            yield from unknown(("next", target), "step", target, route)
        for target in self.transfer:
            yield from unknown(("transfer", target), "following step", target, {**old, **self.next})
        stated: dict[str, Edge] = {}
        for target, edge in self.next.items():
            try:
                stated[target] = Edge.model_validate(edge if isinstance(edge, dict) else {"p": edge})
            except ValueError:
                yield Problem(("next", target), f"{edge!r} is not a chance between 0 and 1, or a mapping with 'p'")
                return
        if not self.next and self.ends_here is None:
            if not self.transfer:
                yield Problem((), "nothing to change: give 'next', 'ends_here' or 'transfer'")
            return
        for target, known in old.items():
            if (known.by_segment or known.by_channel) and not isinstance(self.next.get(target), dict):
                yield Problem(
                    ("next", target),
                    "its chance differs by segment or channel: give it whole, {p: ..., by_...}",
                )
        rest = {t: e.p for t, e in old.items() if t not in stated}
        left = self._onward(sum(e.p for e in old.values())) - sum(e.p for e in stated.values())
        if left < -1e-9:
            yield Problem(("next",), f"chances add up to more than {self._onward(sum(e.p for e in old.values())):g}")
        elif left > 1e-9 and not sum(rest.values()):
            yield Problem(("next",), f"{left:g} is left over; name all steps so that they add up, or give 'ends_here'")

    def _onward(self, before: float) -> float:
        return before if self.ends_here is None else 1.0 - self.ends_here

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        step = tree["routes"][self.route][self.step]
        edges = edges_of(step)
        if self.next or self.ends_here is not None:
            total = sum(float(e["p"]) for e in edges.values())
            for target, new in self.next.items():
                whole = dict(new) if isinstance(new, dict) else {"p": new}
                edges[target] = {**{k: v for k, v in edges.get(target, {}).items() if k not in BY}, **whole}
            stated = sum(float(edges[t]["p"]) for t in self.next)
            rest = [t for t in edges if t not in self.next]
            share = sum(float(edges[t]["p"]) for t in rest)
            factor = max(0.0, self._onward(total) - stated) / share if share else 1.0
            for target in rest:
                if abs(factor - 1.0) > 1e-12:
                    edges[target] = scaled_edge(edges[target], factor)
        for target, how in self.transfer.items():
            edges[target]["transfer"] = how
        put_edges(step, edges)

    def sentence(self, organisation: Organisation | None) -> str:
        def name(step: str) -> str:
            return title(organisation, "routes", self.route, step)

        parts = []
        for target, edge in self.next.items():
            p = edge["p"] if isinstance(edge, dict) else edge
            parts.append(f"{percent(p)} go on to '{name(target)}'")
        if self.ends_here is not None:
            parts.append(f"{percent(self.ends_here)} end there")
        parts += [f"the transfer to '{name(t)}' is {how}" for t, how in self.transfer.items()]
        return f"After '{name(self.step)}' of {self.route.replace('_', ' ')}, {listing(parts)}."
