"""What departments and suppliers are held to: their own outputs, or the outcome of the case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from cxsim.calendars.durations import parse_duration
from cxsim.files.problems import Problem, nearest
from cxsim.organisation import Organisation
from cxsim.organisation.base import Probability
from cxsim.probability.distributions import scaled, steadied
from cxsim.scenario.interventions.base import Intervention, LastingSpan, Tree, listing, percent, title, unknown
from cxsim.scenario.interventions.graphs import BY, edges_of, p_end, put_edges, scaled_edge
from cxsim.scenario.interventions.steps import names_of

BACK = ("rework", "misroute")
"""Kinds of edges on which work comes back."""
Less = Annotated[float, Field(lt=1.0, gt=-10.0)]


class BatchWork(Intervention):
    """Work is gathered and begun together, which is quicker a piece; or, at 0, piece by piece again."""

    route: str
    """Route of the steps."""
    steps: Annotated[list[str], Field(min_length=1)]
    """Steps done by a team."""
    every: LastingSpan
    """Interval at which what has been gathered is begun; 0: at once."""
    saves: Less = 0.0
    """Share of the time that a piece takes less so."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("route",), "route", self.route, organisation.routes)
        route = organisation.routes.get(self.route, {})
        for i, step in enumerate(self.steps if route else ()):
            if step not in route:
                yield Problem(("steps", i), f"no step '{step}' in route '{self.route}'{nearest(step, route)}")
            elif route[step].team is None:
                yield Problem(("steps", i), f"'{step}' is not work by a team")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self.steps:
            step = tree["routes"][self.route][name]
            step.pop("batch", None)
            if _takes_time(self.every):
                step["batch"] = self.every
            if self.saves:
                step["work"] = scaled(step["work"], 1.0 - self.saves)

    def sentence(self, organisation: Organisation | None) -> str:
        what = f"{names_of(organisation, self.route, self.steps)} of {self.route.replace('_', ' ')}"
        if not _takes_time(self.every):
            return f"{what}: done piece by piece, not in batches."
        saved = f"; a piece takes {percent(self.saves)} less time" if self.saves else ""
        return f"{what}: gathered, and begun together every {self.every}{saved}."


class OwnTarget(Intervention):
    """A team is held to its own outputs: it works faster, and passes back what it could have put right."""

    team: str
    """Team held to a target of its own."""
    faster: Less = 0.0
    """Share of the time that its work takes less."""
    resolves: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    """Added to the chance to resolve where its routes may end: haste costs some."""
    hand_back: Probability = 0.0
    """Share of its work that is handed back instead of finished, at steps that can hand back (rework)."""
    order: Literal["age", "due", "target"] | None = None
    """Order of its queues."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        mine = _steps_of(organisation, [self.team])
        for route, name in mine:
            step = organisation.routes[route][name]
            if not step.next or sum(e.p for e in step.next.values()) < 1.0 - 1e-9:
                if not -1e-12 <= step.resolves + self.resolves <= 1.0 + 1e-12:
                    after = step.resolves + self.resolves
                    yield Problem(("resolves",), f"chance to resolve of '{route}.{name}' would be {after:g}")
        if self.hand_back and self.team in organisation.teams:
            kinds = {e.kind for r, s in mine for e in organisation.routes[r][s].next.values()}
            if not kinds & set(BACK):
                yield Problem(("hand_back",), f"no step of team '{self.team}' can hand back: none has rework")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        if self.order is not None:
            set_order(tree, self.team, self.order)
        for route, name in _steps_of(organisation, [self.team]):
            step = tree["routes"][route][name]
            if self.faster and "work" in step:
                step["work"] = scaled(step["work"], 1.0 - self.faster)
            if self.resolves and p_end(step) > 0.0 and not step.get("parallel"):
                now = organisation.routes[route][name].resolves + self.resolves
                step["resolves"] = round(min(1.0, max(0.0, now)), 12)
            if self.hand_back:
                _hand_back(step, self.hand_back)

    def sentence(self, organisation: Organisation | None) -> str:
        parts = [f"works {_faster(self.faster)}"] if self.faster else []
        if self.resolves:
            points = f"{100 * abs(self.resolves):.3g} more of 100 contacts"
            parts.append(f"leaves {points} unresolved" if self.resolves < 0 else f"resolves {points}")
        if self.hand_back:
            parts.append(f"hands {percent(self.hand_back)} of its work back")
        if self.order is not None:
            parts.append(ORDERS[self.order])
        who = title(organisation, "teams", self.team)
        return f"{who}, held to its own target, {listing(parts or ['works as before'])}."


class ShareOutcome(Intervention):
    """Teams are held to the outcome of the case: right the first time, and what is due first comes first."""

    teams: Annotated[list[str], Field(min_length=1)]
    """Teams held to it."""
    right_first_time: Probability = 0.0
    """Share of rework and misroutes from their steps that no longer happens."""
    resolves: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    """Added to the chance to resolve where their routes may end; never above 1."""
    slower: Less = 0.0
    """Share of the time that their work takes more: care costs some."""
    order: Literal["age", "due", "target"] | None = None
    """Order of their queues; due: the promise to the customer, shared by all."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        for i, team in enumerate(self.teams):
            yield from unknown(("teams", i), "team", team, organisation.teams)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for team in self.teams if self.order is not None else ():
            set_order(tree, team, str(self.order))
        for route, name in _steps_of(organisation, self.teams):
            step = tree["routes"][route][name]
            if self.slower and "work" in step:
                step["work"] = scaled(step["work"], 1.0 + self.slower)
            if self.resolves and p_end(step) > 0.0 and not step.get("parallel"):
                now = organisation.routes[route][name].resolves + self.resolves
                step["resolves"] = round(min(1.0, max(0.0, now)), 12)
            if self.right_first_time:
                _right_first_time(step, self.right_first_time)

    def sentence(self, organisation: Organisation | None) -> str:
        parts = []
        if self.right_first_time:
            parts.append(f"{percent(self.right_first_time)} of rework and misroutes no longer happen")
        if self.resolves:
            parts.append(f"{100 * self.resolves:.3g} more of 100 contacts are resolved")
        if self.slower:
            parts.append(f"work takes {percent(self.slower)} more time")
        if self.order is not None:
            parts.append(f"each of them {ORDERS[self.order]}")
        who = listing(title(organisation, "teams", t) for t in self.teams)
        verb = "answers" if len(self.teams) == 1 else "answer"
        return f"{who} {verb} for the case from end to end: {listing(parts or ['nothing changes'])}."


class AgreeWithSupplier(Intervention):
    """A supplier's delays become shorter and steadier, as a partner's; or (negative) the other way round."""

    supplier: str
    """Supplier whose delays change."""
    shorter: Less = 0.0
    """Share of the mean delay that is saved."""
    steadier: Less = 0.0
    """Share of the delays' spread (coefficient of variation) that goes."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        mine = self._steps(organisation)
        suppliers = [s.supplier for r in organisation.routes.values() for s in r.values() if s.supplier]
        yield from unknown(("supplier",), "supplier", self.supplier, suppliers)
        for route, name in mine if self.steadier else ():
            try:
                steadied(organisation.tree["routes"][route][name]["delay"], self.steadier)
            except ValueError as reason:
                yield Problem(("steadier",), f"delay of '{route}.{name}': {reason}")

    def _steps(self, organisation: Organisation) -> list[tuple[str, str]]:
        return [
            (r, s) for r, route in organisation.routes.items() for s, step in route.items()
            if step.supplier == self.supplier and step.delay is not None
        ]  # fmt: skip

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for route, name in self._steps(organisation):
            step = tree["routes"][route][name]
            if self.shorter:
                step["delay"] = scaled(step["delay"], 1.0 - self.shorter)
            if self.steadier:
                step["delay"] = steadied(step["delay"], self.steadier)

    def sentence(self, organisation: Organisation | None) -> str:
        parts = []
        if self.shorter:
            parts.append(f"take {percent(abs(self.shorter))} {'less' if self.shorter > 0 else 'more'} time")
        if self.steadier:
            parts.append(f"vary {percent(abs(self.steadier))} {'less' if self.steadier > 0 else 'more'}")
        return f"delays of {self.supplier.replace('_', ' ')} {listing(parts or ['stay as they are'])}."


ORDERS = {
    "age": "takes the oldest work first",
    "due": "takes first what is promised first",
    "target": "takes first what its own target wants first",
}
"""Orders of a queue in words."""


def set_order(tree: Tree, team: str, order: str) -> None:
    """Write the order of a team's queues; the usual one is not written."""
    if order == "age":
        tree["teams"][team].pop("order", None)
    else:
        tree["teams"][team]["order"] = order


def _takes_time(span: Any) -> bool:
    duration = parse_duration(span)
    return duration.minutes > 0.0 or duration.days > 0.0


def _steps_of(organisation: Organisation, teams: list[str]) -> list[tuple[str, str]]:
    return [(r, s) for r, route in organisation.routes.items() for s, step in route.items() if step.team in teams]


def _faster(share: float) -> str:
    return f"{percent(abs(share))} {'faster' if share > 0 else 'slower'}"


def _hand_back(step: Tree, share: float) -> None:
    """That share of everything goes the first way back; all other ways, and the end, are taken so much less often."""
    edges = edges_of(step)
    back = next((t for t, e in edges.items() if e.get("kind") in BACK), None)
    if back is None:
        return
    edges = {t: scaled_edge(e, 1.0 - share) for t, e in edges.items()}
    edges[back] = _with_more(edges[back], share, {})
    put_edges(step, edges)


def _right_first_time(step: Tree, share: float) -> None:
    """That share of the ways back goes on with the first way onward instead; without one the route ends."""
    edges = edges_of(step)
    bad = [t for t, e in edges.items() if e.get("kind") in BACK]
    if not bad:
        return
    onward = next((t for t in edges if t not in bad), None)
    for t in bad:
        if onward is not None:
            freed = scaled_edge(edges[t], share)
            edges[onward] = _with_more(edges[onward], float(freed["p"]), freed)
        edges[t] = scaled_edge(edges[t], 1.0 - share)
    put_edges(step, edges)


def _with_more(edge: Tree, more: float, by: dict[str, Any]) -> Tree:
    """The edge taken more often by `more`, or by what `by` gives for some segments and channels."""
    out: Tree = {**edge, "p": edge["p"] + more}
    for kind in BY:
        names = dict.fromkeys([*edge.get(kind, {}), *by.get(kind, {})])
        if names:
            out[kind] = {
                n: edge.get(kind, {}).get(n, edge["p"]) + by.get(kind, {}).get(n, more) for n in names
            }  # fmt: skip
    return out
