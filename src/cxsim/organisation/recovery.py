"""Recovery: who complains after a bad case, how complaints are put right, and whom we call without being asked.

Forms and values: `docs/model.md`, with a source for each.  Without this block nobody complains once a case is over, and
complaints within a case end like any other contact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from cxsim.files.problems import Path, Problem, nearest
from cxsim.organisation.base import Distribution, NonNegative, Positive, Probability, Record, Span

Share = Annotated[float, Field(ge=0.0, le=2.0)]


class Complaining(Record):
    """Who complains once a case is over and has left them worse off than they expected."""

    after_failure: Probability = 0.3
    """Chance after a case that was never solved, for a loss of `full_at` or more (range 0.05 to 0.5)."""
    after_effort: Probability = 0.05
    """The same after a case that was solved, with too much effort."""
    full_at: Positive = 1.0
    """Loss, SD, from which on the chances hold in full; smaller losses in proportion."""
    after: Distribution = {"exponential": {"mean": "2 d"}}
    """How long after the end of the case."""


class Goodwill(Record):
    """Money that makes good."""

    right: str = "goodwill"
    """Decision right of those who may pay it; a team's `limit` bounds the amount."""
    p_due: Probability = 0.5
    """Share of complaints in which a payment is due."""
    mean: NonNegative = 25.0
    """Mean payment."""
    least: NonNegative = 5.0
    """Smallest payment."""
    most: NonNegative = 100.0
    """Largest payment.  Payments are least + (most - least) u^k, u uniform; k follows from the mean."""
    makes_good: Probability = 0.5
    """What a payment counts for where the cause stays: 1 as much as removing it, 0 nothing."""

    @property
    def power(self) -> float:
        """k of the distribution of payments: its mean is least + (most - least) ÷ (k + 1)."""
        if self.mean <= self.least:
            return 1e9 if self.most > self.least else 0.0
        return (self.most - self.least) / (self.mean - self.least) - 1.0

    def p_within(self, limit: float) -> float:
        """Chance that what is due is within a limit, nothing due included."""
        if limit >= self.most:
            return 1.0
        if limit < self.least:
            return 1.0 - self.p_due
        share = (limit - self.least) / (self.most - self.least)
        return 1.0 - self.p_due + self.p_due * (0.0 if self.power <= 0.0 else share ** (1.0 / self.power))


class Ombudsman(Record):
    """Where complaints go that we do not solve."""

    share: Probability = 0.01
    """Of complaints that end unsolved."""
    cost: NonNegative = 600.0
    """Of a case that gets there (range 200 to 1,000)."""


class Proactive(Record):
    """We call customers of cases that we failed and who did not complain."""

    reason: str
    """Contact reason under which we call: its route is the work."""
    share: Probability
    """Of those customers, who are called."""
    after: Distribution = {"exponential": {"mean": "1 d"}}
    """From the end of the case to the call's position in the queue."""
    bonus: Probability = 0.1
    """Added to what is given back: we came first."""


class ClosedLoop(Record):
    """We call unhappy respondents of the survey after a case."""

    reason: str
    """Contact reason under which we call: its route is the work."""
    up_to: Annotated[int, Field(ge=0, le=10)] = 6
    """Answers on the 0-10 question that count as unhappy."""
    share: Probability = 1.0
    """Of unhappy respondents, who are called."""
    after: Distribution = "4 h"
    """From the answer to the call's position in the queue."""


class Parts(Record):
    """How much each part of a recovery weighs."""

    cause: Share = 0.45
    """Root cause removed, or made good."""
    empathy: Share = 0.35
    """Empathy and apology."""
    speed: Share = 0.20
    """Speed, against the promise."""


class Recovery(Record):
    """What comes after a bad case."""

    complaining: Complaining = Complaining()
    most: Probability = 0.9
    """Share of a loss that a perfect recovery gives back; never more than all of it (no paradox on loyalty)."""
    most_said: Annotated[float, Field(ge=0.0, le=1.5)] = 1.1
    """The same in what the customer says right afterwards, which may overshoot."""
    parts: Parts = Parts()
    cause: Probability = 0.5
    """Share of solved complaints whose root cause is removed, at average proficiency; else only the symptom is."""
    empathy: Probability = 0.5
    """Empathy and apology at average proficiency, 0 none to 1 all there can be."""
    empathy_per_sd: NonNegative = 0.15
    """Added for each SD of proficiency of whoever answers."""
    promise: Span = "5 working days"  # type: ignore[assignment]
    """Answers within this time are quick; later ones lose in proportion."""
    recurs: Probability = 0.3
    """Chance that a cause which stayed brings the customer back."""
    recurs_after: Distribution = {"exponential": {"mean": "14 d"}}
    """How long after the answer."""
    deadline: Span = "56 d"  # type: ignore[assignment]
    """In which a regulator wants complaints to be answered."""
    ombudsman: Ombudsman = Ombudsman()
    goodwill: Goodwill | None = None
    proactive: Proactive | None = None
    closed_loop: ClosedLoop | None = None

    model_config = {"validate_default": True}


def recovery_faults(o: Any) -> Iterator[Problem]:
    """What is impossible about an organisation's recovery."""
    recovery, path = o.recovery, ("recovery",)
    limited = [(team, right) for team, t in o.teams.items() for right, r in t.rights.items() if r.limit is not None]
    paid = recovery.goodwill.right if recovery is not None and recovery.goodwill is not None else None
    for team, right in limited:
        if right != paid:
            what = f"only the right to pay goodwill has a limit (recovery.goodwill.right: {paid or 'none here'})"
            yield Problem(("teams", team, "rights", right, "limit"), what)
    if recovery is None:
        return
    complaining = recovery.complaining
    if (complaining.after_failure or complaining.after_effort) and o.behaviour.complaint is None:
        yield Problem(("behaviour", "complaint"), "missing: 'recovery' needs the contact reason of complaints")
    if abs(sum(getattr(recovery.parts, name) for name in Parts.model_fields) - 1.0) > 1e-6:
        yield Problem((*path, "parts"), "the three parts have to add up to 1")
    if recovery.most_said < recovery.most:
        yield Problem((*path, "most_said"), f"{recovery.most_said:g} is less than 'most' ({recovery.most:g})")
    yield from _goodwill(recovery.goodwill, (*path, "goodwill"))
    for key in ("proactive", "closed_loop"):
        calls = getattr(recovery, key)
        if calls is not None and calls.reason not in o.reasons:
            yield Problem((*path, key, "reason"), f"no reason '{calls.reason}'{nearest(calls.reason, o.reasons)}")


def _goodwill(goodwill: Goodwill | None, path: Path) -> Iterator[Problem]:
    if goodwill is not None and not goodwill.least <= goodwill.mean <= goodwill.most:
        what = f"{goodwill.mean:g} is not between least ({goodwill.least:g}) and most ({goodwill.most:g})"
        yield Problem((*path, "mean"), what)
