"""What we offer customers who wait: standards, promises, news, a call back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import NonNegative, Probability
from cxsim.scenario.interventions.base import (
    Intervention,
    Lasting,
    LastingSpan,
    Tree,
    given,
    listing,
    percent,
    scaled_fields,
    title,
    unknown,
    unknown_step,
)
from cxsim.scenario.interventions.outcomes import ORDERS, set_order


class SetStandard(Intervention):
    """A target: for a team's queue, or for one step between departments."""

    team: str | None = None
    """Team that answers."""
    within: Lasting | None = None
    """Time within which contacts are answered."""
    share: Probability = 0.8
    """Share of contacts answered within it."""
    route: str | None = None
    """Or: route of the step."""
    step: str | None = None
    """Step with a target of its own."""
    internal_sla: LastingSpan | None = None
    """Target from joining the step's queue to its end."""
    order: Literal["age", "due", "target"] | None = None
    """Order of the team's queues from now on: target puts first what its target wants first."""
    priority: int | None = None
    """Instead of the reason's, at the step; smaller is served first."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        of_team = self.team is not None and self.within is not None
        of_step = self.route is not None and self.step is not None and self.internal_sla is not None
        if of_team == of_step:
            yield Problem((), "give 'team' and 'within', or 'route', 'step' and 'internal_sla'")
            return
        yield from unknown(("team",), "team", self.team, organisation.teams)
        if self.priority is not None and of_team:
            yield Problem(("priority",), "goes with a step; a team serves by the priority of reasons and steps")
        if self.route is not None and self.step is not None:
            yield from unknown_step(organisation, self.route, self.step)
            spec = organisation.routes.get(self.route, {}).get(self.step)
            if spec is not None and spec.team is None and (self.order, self.priority) != (None, None):
                yield Problem(("step",), f"'{self.step}' is not work by a team, so it has no queue to order")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        if self.team is not None:
            before = tree["teams"][self.team].get("standard") or {}  # who counts in it stays
            tree["teams"][self.team]["standard"] = {**before, "within": self.within, "share": self.share}
        else:
            step = tree["routes"][self.route][self.step]
            step["internal_sla"] = self.internal_sla
            if self.priority is not None:
                step["priority"] = self.priority
        if self.order is not None:
            set_order(tree, self.team or str(organisation.routes[str(self.route)][str(self.step)].team), self.order)

    def sentence(self, organisation: Organisation | None) -> str:
        if self.team is not None:
            who = title(organisation, "teams", self.team)
            then = f", and {ORDERS[self.order]}" if self.order is not None else ""
            return f"{who} is to answer {percent(self.share)} of contacts within {self.within}{then}."
        step = title(organisation, "routes", str(self.route), str(self.step))
        terms = [f"is to be done within {self.internal_sla}"]
        terms += [f"has priority {self.priority}"] if self.priority is not None else []
        terms += [f"its team {ORDERS[self.order]}"] if self.order is not None else []
        return f"'{step}' of {str(self.route).replace('_', ' ')} {listing(terms)}."


class ChangePromise(Intervention):
    """What customers are promised about when their case will be done."""

    reason: str
    """Contact reason whose cases are promised."""
    within: LastingSpan | None = None
    """Time promised from opening."""
    p_told: Probability | None = None
    """Share of customers to whom the promise is made."""
    expected: LastingSpan | None = None
    """What the others expect."""
    chaser: str | None = None
    """Contact reason of those who ask how far their case is."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("reason",), "reason", self.reason, organisation.reasons)
        yield from unknown(("chaser",), "reason", self.chaser, organisation.reasons)
        if not self.model_fields_set - {"reason"}:
            yield Problem((), "nothing to change: give 'within', 'p_told', 'expected' or 'chaser'")
        known = organisation.reasons.get(self.reason)
        if known is not None and known.promise is None and self.within is None:
            yield Problem(("within",), f"missing: '{self.reason}' has no promise yet")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        tree["reasons"][self.reason].setdefault("promise", {}).update(
            given(self, "within", "p_told", "expected", "chaser")
        )

    def sentence(self, organisation: Organisation | None) -> str:
        parts = []
        if self.within is not None:
            parts.append(f"customers are promised an answer within {self.within}")
        if self.p_told is not None:
            parts.append(f"{percent(self.p_told)} of customers are promised a date")
        if self.expected is not None:
            parts.append(f"those without a promise expect it within {self.expected}")
        if self.chaser is not None:
            parts.append(f"those who ask for it count as '{title(organisation, 'reasons', self.chaser)}'")
        return f"For {title(organisation, 'reasons', self.reason)}, {listing(parts)}."


class UpdateProactively(Intervention):
    """News before customers ask."""

    reasons: list[str] = []
    """Contact reasons whose cases are updated."""
    route: str | None = None
    """Or: all reasons with a promise that take this route."""
    every: LastingSpan
    """Interval of the updates."""
    reaches: Probability = 0.85
    """Share of customers whom updates keep from asking."""
    cost_per_message: NonNegative = 0.0
    """Cost of an update to one customer, in the organisation's currency."""

    def _chosen(self, organisation: Organisation) -> list[str]:
        of_route = [n for n, r in organisation.reasons.items() if r.route == self.route and r.promise is not None]
        return list(dict.fromkeys([*self.reasons, *of_route]))

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        if bool(self.reasons) == (self.route is not None):
            yield Problem((), "give 'reasons' or 'route', one of them")
        yield from unknown(("route",), "route", self.route, organisation.routes)
        for i, name in enumerate(self.reasons):
            yield from unknown(("reasons", i), "reason", name, organisation.reasons)
            if name in organisation.reasons and organisation.reasons[name].promise is None:
                yield Problem(("reasons", i), f"'{name}' has no promise, so nobody waits for news of it")
        if self.route in organisation.routes and not self._chosen(organisation):
            yield Problem(("route",), f"no reason with a promise takes route '{self.route}'")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self._chosen(organisation):
            promise = tree["reasons"][name]["promise"]
            promise |= {"update_every": self.every, "update_reaches": self.reaches}
            if self.cost_per_message or "cost_per_update" in promise:
                promise["cost_per_update"] = self.cost_per_message

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "reaches")

    def sentence(self, organisation: Organisation | None) -> str:
        names = self.reasons if organisation is None else self._chosen(organisation)
        what = listing(title(organisation, "reasons", n) for n in names or [str(self.route)])
        return f"Customers with an open case of {what} hear from us every {self.every} before they ask."


class OfferCallBack(Intervention):
    """Customers may be called back instead of waiting on the line."""

    channel: str
    """Channel on which customers wait."""
    when_wait_over: Lasting
    """Offered when the predicted wait is longer than this."""
    p_accept: Probability
    """Share of those asked who accept."""
    p_reached: Probability = 1.0
    """Chance that a call back reaches the customer."""
    tries: Annotated[int, Field(ge=1, le=9)] = 3
    """Tries until we give up."""
    retry_after: Lasting = "30 min"
    """Time from a miss to the next try."""
    within: Lasting | None = None
    """Time within which the call back is promised; none: nothing is promised."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("channel",), "channel", self.channel, organisation.channels)
        if self.channel in organisation.channels and organisation.channels[self.channel].presence != "present":
            yield Problem(("channel",), f"nobody waits on the line of '{self.channel}'")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        offer = given(self, "when_wait_over", "p_accept", "p_reached", "tries", "retry_after", "within")
        tree["channels"][self.channel]["call_back"] = offer

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "p_accept")

    def sentence(self, organisation: Organisation | None) -> str:
        promised = "" if self.within is None else f" within {self.within}"
        return (
            f"On {title(organisation, 'channels', self.channel)}, customers who would wait longer than "
            f"{self.when_wait_over} may be called back{promised}; {percent(self.p_accept)} accept."
        )
