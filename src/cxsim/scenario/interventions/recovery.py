"""After a bad case: how complaints are put right, who may pay, and whom we call without being asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Distribution, NonNegative, Probability
from cxsim.organisation.checks import skills_of
from cxsim.scenario.interventions.base import (
    Intervention,
    Lasting,
    LastingSpan,
    Tree,
    given,
    listing,
    percent,
    title,
    unknown,
)

COMPLAINING = ("after_failure", "after_effort")
STANDARD = ("cause", "empathy", "promise", "recurs", "recurs_after", "deadline", "most", "most_said")
WORDS = {
    "after_failure": "{} of customers complain after a case that failed them",
    "after_effort": "{} complain after one that was solved with too much effort",
    "cause": "{} of the complaints that are solved have their cause removed",
    "empathy": "empathy and apology are at {} of what they could be",
    "promise": "complaints are promised an answer within {}",
    "recurs": "{} of the causes that stay bring the customer back",
    "recurs_after": "they come back later than before",
    "deadline": "the regulator's deadline is {}",
    "most": "a perfect recovery gives {} of a loss back",
    "most_said": "and {} of it in what customers say",
}


def _no_recovery(organisation: Organisation) -> Iterator[Problem]:
    if organisation.recovery is None:
        yield Problem((), "nothing is recovered here yet: make an entry 'recovery' first")


class HandleComplaints(Intervention):
    """A standard for complaints: whether the cause is removed, with how much empathy, how soon; and who complains."""

    after_failure: Probability | None = None
    """Chance of a complaint after a case that was never solved, for a loss of one SD or more."""
    after_effort: Probability | None = None
    """The same after a case that was solved with too much effort."""
    cause: Probability | None = None
    """Share of solved complaints whose root cause is removed; the others solve the symptom."""
    empathy: Probability | None = None
    """Empathy and apology, 0 none to 1 all there can be."""
    promise: LastingSpan | None = None
    """Time promised for an answer."""
    recurs: Probability | None = None
    """Chance that a cause which stays brings the customer back."""
    recurs_after: Distribution | None = None
    """How long after the answer."""
    deadline: LastingSpan | None = None
    """Of the regulator."""
    most: Probability | None = None
    """Share of a loss that a perfect recovery gives back."""
    most_said: NonNegative | None = None
    """The same in what the customer says right afterwards."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        if organisation.behaviour.complaint is None:
            yield Problem((), "complaints have no contact reason here: set 'behaviour.complaint' first")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        block = tree["recovery"] = tree.get("recovery") or {}
        block.update(given(self, *STANDARD))
        complaining = given(self, *COMPLAINING)
        if complaining:
            block.setdefault("complaining", {}).update(complaining)

    def sentence(self, organisation: Organisation | None) -> str:
        changes = []
        for field, words in WORDS.items():
            value = getattr(self, field)
            if value is not None:
                changes.append(words.format(percent(value) if isinstance(value, float | int) else value))
        return f"{listing(changes or ['complaints are put right, and given back to customers in part'])}."


class PayGoodwill(Intervention):
    """A team may pay goodwill, up to a limit; what is above it goes to whoever may pay more."""

    who: str
    """Team."""
    limit: NonNegative | None = None
    """Largest payment the team may decide, in the organisation's currency; none: any."""
    p_error: Probability = 0.0
    """Chance that a decision under the right is wrong."""
    cost_per_error: NonNegative = 0.0
    """What a wrong decision costs, in the organisation's currency."""
    p_due: Probability | None = None
    """Share of complaints in which a payment is due."""
    mean: NonNegative | None = None
    """Mean payment."""
    least: NonNegative | None = None
    """Smallest payment."""
    most: NonNegative | None = None
    """Largest payment."""
    makes_good: Probability | None = None
    """What a payment counts for where the cause stays: 1 as much as removing it, 0 nothing."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("who",), "team", self.who, organisation.teams)
        yield from _no_recovery(organisation)

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        goodwill = tree["recovery"]["goodwill"] = tree["recovery"].get("goodwill") or {}
        goodwill.update(given(self, "p_due", "mean", "least", "most", "makes_good"))
        right = {"share": 1.0, "p_error": self.p_error, "cost_per_error": self.cost_per_error, "limit": self.limit}
        right = {k: v for k, v in right.items() if k == "share" or v or (k == "limit" and v is not None)}
        tree["teams"][self.who].setdefault("rights", {})[goodwill.get("right", "goodwill")] = right

    def sentence(self, organisation: Organisation | None) -> str:
        upto = f"up to {self.limit:g} " if self.limit is not None else "any sum "
        error = f"; {percent(self.p_error)} of its decisions go wrong" if self.p_error else ""
        return f"{title(organisation, 'teams', self.who)} may pay {upto}to make good{error}."


class _Call(Intervention):
    """We call customers about a case that is over: work for a team, under a reason and a route of its own."""

    team: str
    """Team that calls."""
    skill: str | None = None
    """Skill wanted (none: the team's first)."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        yield from unknown(("team",), "team", self.team, organisation.teams)
        yield from _no_recovery(organisation)
        if self.skill is not None and self.team in organisation.teams:
            known = skills_of(self.team, organisation.teams[self.team])
            yield from unknown(("skill",), f"skill in team '{self.team}':", self.skill, known)

    def _route(self, tree: Tree, name: str, work: Distribution, p_reached: float, tries: int, resolves: float) -> None:
        step = {
            "title": "Call the customer",
            "team": self.team,
            "work": work,
            "outbound": {"p_reached": p_reached, "tries": tries},
            "resolves": resolves,
        }
        if self.skill is not None:
            step["skill"] = self.skill
        tree["routes"][name] = {"call": step}
        tree["reasons"][name] = {"title": name.replace("_", " ").capitalize(), "kind": "failure", "route": name}


class RecoverProactively(_Call):
    """We call customers whom we failed and who did not complain."""

    share: Probability
    """Of these customers, who are called."""
    after: Distribution = "1 d"
    """From the end of the case to the call's position in the queue."""
    work: Distribution = {"lognormal": {"mean": "15 min", "cv": 0.8}}
    """Length of a call (5 to 40 minutes)."""
    p_reached: Probability = 0.6
    """Chance that a try reaches the customer."""
    tries: Annotated[int, Field(ge=1, le=9)] = 2
    """Tries until we give up."""
    resolves: Probability = 0.6
    """Chance that the call solves the matter, or its symptom."""
    bonus: Probability = 0.1
    """Added to the share of the loss that is given back: we came first."""

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        self._route(tree, "proactive_recovery", self.work, self.p_reached, self.tries, self.resolves)
        calls = {"reason": "proactive_recovery", "share": self.share, "after": self.after, "bonus": self.bonus}
        tree["recovery"]["proactive"] = calls

    def brings(self) -> frozenset[str]:
        return frozenset({"proactive_recovery"})

    def sentence(self, organisation: Organisation | None) -> str:
        who = title(organisation, "teams", self.team)
        return f"{who} calls {percent(self.share)} of the customers whom we failed and who did not complain."


class CloseTheLoop(_Call):
    """We call unhappy respondents of the survey after a case, within hours."""

    share: Probability = 1.0
    """Of unhappy respondents, who are called."""
    up_to: Annotated[int, Field(ge=0, le=10)] = 6
    """Answers on the 0-10 question that count as unhappy."""
    after: Lasting = "4 h"
    """From the answer to the call's position in the queue."""
    work: Distribution = {"lognormal": {"mean": "8 min", "cv": 0.8}}
    """Length of a call."""
    p_reached: Probability = 0.5
    """Chance that a try reaches the customer (0.3 to 0.7)."""
    tries: Annotated[int, Field(ge=1, le=9)] = 1
    """Tries until we give up."""
    resolves: Probability = 0.4
    """Chance that the call solves the matter, or its symptom."""

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        self._route(tree, "closed_loop", self.work, self.p_reached, self.tries, self.resolves)
        calls = {"reason": "closed_loop", "share": self.share, "after": self.after, "up_to": self.up_to}
        tree["recovery"]["closed_loop"] = calls

    def brings(self) -> frozenset[str]:
        return frozenset({"closed_loop"})

    def sentence(self, organisation: Organisation | None) -> str:
        who = title(organisation, "teams", self.team)
        return (
            f"{who} calls {percent(self.share)} of unhappy respondents of the survey, {self.after} after their answer."
        )
