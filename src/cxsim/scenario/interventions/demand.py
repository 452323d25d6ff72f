"""Contacts that no longer arise, that arise on top, or that help themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Distribution, NonNegative, Probability
from cxsim.scenario.interventions.base import Intervention, Tree, listing, percent, scaled_fields, title, unknown
from cxsim.scenario.interventions.graphs import edges_of, put_edges

ROUND = 12
"""Decimals of a share; keeps 0.1 + 0.2 readable."""


def _reasons(intervention: Any, organisation: Organisation) -> Iterator[Problem]:
    """Faults of a list of reasons that must have demand of their own."""
    for i, name in enumerate(intervention.reasons):
        at: Path = ("reasons", i)
        yield from unknown(at, "reason", name, organisation.reasons)
        if name in organisation.reasons:
            reason = organisation.reasons[name]
            if not reason.cases and not reason.arrivals:
                yield Problem(at, f"'{name}' has no demand of its own: it follows from other cases; change its cause")


class PreventDemand(Intervention):
    """Cases that no longer arise because their root is removed."""

    reasons: Annotated[list[str], Field(min_length=1)]
    """Contact reasons whose root is removed."""
    share: Probability
    """Share of the baseline's cases that no longer arise; a and then b prevent 1 - (1 - a)(1 - b)."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from _reasons(self, organisation)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self.reasons:
            left = (1.0 - organisation.reasons[name].prevented) * (1.0 - self.share)
            if self.share:
                tree["reasons"][name]["prevented"] = round(1.0 - left, ROUND)

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "share")

    def sentence(self, organisation: Organisation | None) -> str:
        names = listing(title(organisation, "reasons", n) for n in self.reasons)
        return f"{percent(self.share)} of the cases of {names} no longer arise."


class AddDemand(Intervention):
    """Cases on top of the baseline's: a new product, a campaign, a price change."""

    reasons: Annotated[list[str], Field(min_length=1)]
    """Contact reasons that grow."""
    share: NonNegative
    """Extra cases, relative to the baseline's."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from _reasons(self, organisation)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self.reasons:
            if self.share:
                tree["reasons"][name]["added"] = round(organisation.reasons[name].added + self.share, ROUND)

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "share")

    def sentence(self, organisation: Organisation | None) -> str:
        names = listing(title(organisation, "reasons", n) for n in self.reasons)
        return f"{percent(self.share)} more cases of {names} arise."


class OfferSelfService(Intervention):
    """First contacts move to a channel on which customers help themselves."""

    reasons: Annotated[list[str], Field(min_length=1)]
    """Contact reasons that can be settled without an agent."""
    channel: str
    """Self-service channel."""
    share: Probability
    """Share of first contacts that move."""
    of: list[str] = []
    """Channels they come from (none: all others)."""
    p_done: Probability | None = None
    """Given: contacts on the channel try by themselves first, with this chance to succeed."""
    takes: Distribution | None = None
    """How long they try."""
    falls_back_on: str | None = None
    """Channel on which they reach an agent where it fails."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from _reasons(self, organisation)
        yield from unknown(("channel",), "channel", self.channel, organisation.channels)
        yield from unknown(("falls_back_on",), "channel", self.falls_back_on, organisation.channels)
        for i, name in enumerate(self.of):
            yield from unknown(("of", i), "channel", name, organisation.channels)
        if self.channel in organisation.channels and organisation.channels[self.channel].presence != "self_service":
            yield Problem(("channel",), f"'{self.channel}' is not a self-service channel")
        tries = (self.p_done, self.takes, self.falls_back_on)
        if any(x is not None for x in tries) and any(x is None for x in tries):
            yield Problem((), "'p_done', 'takes' and 'falls_back_on' belong together")
        for route in self._routes(organisation) if self.p_done is not None else ():
            steps = organisation.routes[route]
            first = steps[next(iter(steps))]
            if first.self_service is not None or first.parallel:
                yield Problem(
                    ("p_done",),
                    f"route '{route}' does not start with a plain step; use 'automate_step' there",
                )
            elif {"arrive", f"try_{self.channel}"} & set(steps):
                yield Problem(("p_done",), f"route '{route}' already offers self-service first")

    def _routes(self, organisation: Organisation) -> list[str]:
        known = [organisation.reasons[n].route for n in self.reasons if n in organisation.reasons]
        return list(dict.fromkeys(known))

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self.reasons:
            mix = tree["reasons"][name]["channels"]
            nested = any(isinstance(v, dict) for v in mix.values())
            for shares in list(mix.values()) if nested else [mix]:
                moved = {c: p * self.share for c, p in shares.items() if c != self.channel and c in (self.of or shares)}
                if any(moved.values()):
                    shares |= {c: round(shares[c] - p, ROUND) for c, p in moved.items()}
                    shares[self.channel] = round(shares.get(self.channel, 0.0) + sum(moved.values()), ROUND)
        if self.p_done is not None:
            for route in self._routes(organisation):
                tree["routes"][route] = self._tried_first(tree["routes"][route])

    def _tried_first(self, route: Tree) -> Tree:
        """The route behind a fork: contacts on the channel try by themselves, all others go on as before."""
        first, attempt = next(iter(route)), f"try_{self.channel}"
        fork: Tree = {"delay": "0 min", "news": False}
        aside, straight = (
            {"p": 0.0, "by_channel": {self.channel: 1.0}},
            {"p": 1.0, "by_channel": {self.channel: 0.0}},
        )
        put_edges(fork, {attempt: aside, first: straight})
        fall = {
            "p_done": self.p_done,
            "takes": self.takes,
            "falls_back_to": first,
            "channel": self.falls_back_on,
        }
        tried: Tree = {"self_service": fall}
        put_edges(tried, {t: e for t, e in edges_of(route[first]).items() if t != first})
        if "resolves" in route[first]:
            tried["resolves"] = route[first]["resolves"]
        return {"arrive": fork, attempt: tried, **route}

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        return scaled_fields(self, degree, "share")

    def sentence(self, organisation: Organisation | None) -> str:
        names = listing(title(organisation, "reasons", n) for n in self.reasons)
        done = "" if self.p_done is None else f", where {percent(self.p_done)} succeed by themselves"
        channel = title(organisation, "channels", self.channel)
        return f"{percent(self.share)} of first contacts about {names} move to {channel}{done}."
