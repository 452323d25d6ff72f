"""How a step is done: faster, by a machine, with authority to decide, with other ways onward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from cxsim.files.problems import Problem, nearest
from cxsim.organisation import Organisation
from cxsim.organisation.base import Distribution, Probability
from cxsim.probability.distributions import scaled
from cxsim.scenario.interventions.base import Intervention, Tree, percent, scaled_fields, title, unknown, unknown_step
from cxsim.scenario.interventions.graphs import edges_of, put_edges, renamed_step, scaled_edge
from cxsim.scenario.interventions.steps import names_of

WORDS_OF_WORK = (
    "team",
    "skill",
    "work",
    "wrap_up",
    "outbound",
    "needs",
    "escalates_to",
    "internal_sla",
    "batch",
    "priority",
    "offer",
    "errs",
)


class AutomateStep(Intervention):
    """A machine, or the customer by self-service, does a step; the rest goes to those who did it before."""

    route: str
    """Route of the step."""
    step: str
    """Step done by a team."""
    takes: Distribution
    """How long it takes the machine, or the customer."""
    p_done: Probability = 1.0
    """Share that is done; the rest goes to the people."""
    channel: str | None = None
    """Given: the customer does it, and where it fails reaches an agent on this channel; none: a machine."""
    name: str | None = None
    """Name of the automatic step, where the people's step stays (none: its name with `_automatic`)."""

    def brings(self) -> frozenset[str]:
        return frozenset({self._name()})

    def _name(self) -> str:
        return self.name or f"{self.step}_automatic"

    def _stays(self) -> bool:
        return self.p_done < 1.0 or self.channel is not None

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown_step(organisation, self.route, self.step)
        yield from unknown(("channel",), "channel", self.channel, organisation.channels)
        route = organisation.routes.get(self.route, {})
        if self.step in route and route[self.step].team is None:
            yield Problem(("step",), f"'{self.step}' is not work by a team")
        if self._stays() and self._name() in route:
            yield Problem(("name",), f"route '{self.route}' already has a step '{self._name()}'")
        if not self._stays() and self.name is not None:
            yield Problem(("name",), "the machine does it all, so the step keeps its name")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        route = tree["routes"][self.route]
        people = route[self.step]
        machine = {k: v for k, v in people.items() if k not in WORDS_OF_WORK}
        if not self._stays():
            route[self.step] = {**machine, "delay": self.takes}
            return
        edges = edges_of(people)
        again = float(edges.pop(self.step, {"p": 0.0})["p"])  # people's rework of the same step stays with them
        edges = {t: scaled_edge(e, 1.0 / (1.0 - again)) for t, e in edges.items()} if again < 1.0 else {}
        if self.channel is not None:
            fall = {
                "p_done": self.p_done,
                "takes": self.takes,
                "falls_back_to": self.step,
                "channel": self.channel,
            }
            machine["self_service"] = fall
            put_edges(machine, edges)
        else:
            machine["delay"] = self.takes
            onward = {t: scaled_edge(e, self.p_done) for t, e in edges.items()}
            put_edges(machine, {self.step: {"p": 1.0 - self.p_done}, **onward})
        machine.pop("title", None)
        led = renamed_step({k: v for k, v in route.items() if k != self.step}, self.step, self._name())
        out: Tree = {}
        for name in route:
            if name == self.step:
                out[self._name()] = machine
                out[name] = people
            else:
                out[name] = led[name]
        tree["routes"][self.route] = out

    def sentence(self, organisation: Organisation | None) -> str:
        step = title(organisation, "routes", self.route, self.step)
        who, by = ("a machine does", "itself") if self.channel is None else ("customers do", "themselves")
        rest = "" if self.p_done == 1.0 else f" in {percent(self.p_done)} of cases; the rest goes to the team"
        return f"{who} '{step}' of {self.route.replace('_', ' ')} by {by}{rest}."


class SpeedUp(Intervention):
    """Work that takes less time (or more), and what haste does to resolution."""

    route: str | None = None
    """Route whose steps change."""
    steps: list[str] = []
    """Steps of the route (none: all)."""
    team: str | None = None
    """Steps that this team does."""
    by: Annotated[float, Field(lt=1.0, gt=-10.0)]
    """Share of the time saved: 0.15 is 15 % shorter, -0.1 is 10 % longer."""
    wrap_up: Annotated[float, Field(lt=1.0, gt=-10.0)] = 0.0
    """Share of wrap-up time saved."""
    resolves: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    """Added to the chance to resolve at steps after which the route may end: haste costs some."""

    def _chosen(self, organisation: Organisation) -> list[tuple[str, str]]:
        return [
            (route, name)
            for route, steps in organisation.routes.items()
            for name, step in steps.items()
            if self.route in (None, route)
            and (not self.steps or name in self.steps)
            and (self.team is None or step.team == self.team)
            and (step.work is not None or step.delay is not None or step.self_service is not None)
        ]

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        if self.route is None and self.team is None:
            yield Problem((), "which steps? give 'route' (and 'steps'), or 'team'")
            return
        if self.steps and self.route is None:
            yield Problem(("route",), "missing: 'steps' are steps of a route")
        yield from unknown(("route",), "route", self.route, organisation.routes)
        yield from unknown(("team",), "team", self.team, organisation.teams)
        known = organisation.routes.get(self.route or "", {})
        wrong = [s for s in self.steps if known and s not in known]
        for s in wrong:
            yield Problem(("steps", self.steps.index(s)), f"no step '{s}' in route '{self.route}'{nearest(s, known)}")
        chosen = self._chosen(organisation)
        right_names = self.route in (None, *organisation.routes) and self.team in (None, *organisation.teams)
        if right_names and not wrong and not chosen:
            yield Problem((), "no such step: nothing would be faster")
        for route, name in chosen:
            before = organisation.routes[route][name].resolves
            resolves = before + self.resolves if before < 1.0 or self.resolves < 0.0 else 1.0
            if _may_end(organisation, route, name) and not -1e-12 <= resolves <= 1.0 + 1e-12:
                yield Problem(("resolves",), f"chance to resolve of '{route}.{name}' would be {resolves:g}")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for route, name in self._chosen(organisation):
            step = tree["routes"][route][name]
            for field in ("work", "delay"):
                if field in step and self.by:
                    step[field] = scaled(step[field], 1.0 - self.by)
            if "self_service" in step and self.by:
                step["self_service"]["takes"] = scaled(step["self_service"]["takes"], 1.0 - self.by)
            if "wrap_up" in step and self.wrap_up:
                step["wrap_up"] = scaled(step["wrap_up"], 1.0 - self.wrap_up)
            if self.resolves and _may_end(organisation, route, name):
                now = organisation.routes[route][name].resolves + self.resolves
                step["resolves"] = round(min(1.0, max(0.0, now)), 12)

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "by", "wrap_up", "resolves")

    def sentence(self, organisation: Organisation | None) -> str:
        if self.route is not None:
            what = names_of(organisation, self.route, self.steps) if self.steps else "everything"
            what += f" in {self.route.replace('_', ' ')}"
        else:
            what = "everything"
        if self.team is not None:
            what += f" that {title(organisation, 'teams', self.team)} does"
        how = f"{percent(abs(self.by))} {'less' if self.by >= 0 else 'more'} time"
        points = f"{100 * abs(self.resolves):.3g} more of 100 contacts"
        resolved = f"; {points} {'stay unresolved' if self.resolves < 0 else 'are resolved'}" if self.resolves else ""
        return f"{how} for {what}{resolved}."


def _may_end(organisation: Organisation, route: str, step: str) -> bool:
    spec = organisation.routes[route][step]
    return not spec.parallel and sum(e.p for e in spec.next.values()) < 1.0 - 1e-9
