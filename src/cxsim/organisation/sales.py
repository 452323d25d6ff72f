"""Sales in service contacts: what agents offer, what they promise too much, and what quotas make of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxsim.organisation.base import Distribution, NonNegative, Probability, Record
from cxsim.organisation.people import LASTS, Strength


class Offer(Record):
    """What the agent of a step may offer to the customer on the line, once the step is done."""

    p: Probability
    """Chance of an offer in a team without pressure."""
    pressed: Probability | None = None
    """The same under full pressure, in between in proportion; none: as without."""
    accepts: Probability
    """Chance that a customer who could use it buys, from an agent of average proficiency."""
    margin: NonNegative
    """Margin of a sale, in the organisation's currency."""
    over_promise: Probability = 0.0
    """Chance that a sale is promised more than can be kept, without pressure, by an agent of average knowledge."""
    selling: str | None = None
    """Skill that sells, ``team.skill``; none: the step's own."""
    keeping: str | None = None
    """Skill that knows what can be kept, ``team.skill``; none: the step's own."""


class Sales(Record):
    """What makes customers buy, and what comes of promises that cannot be kept."""

    proficiency: Strength = 0.35
    """Added to the log-odds of buying per SD of the seller's proficiency."""
    relationship: Strength = 0.30
    """The same per SD of the customer's relationship."""
    knowledge: Strength = 0.50
    """Taken from the log-odds of an over-promise per SD of proficiency in what can be kept."""
    unlearned: Annotated[float, Field(le=0.0)] = -1.5
    """Proficiency in a skill that the agent has never taken up, SD."""
    needs_a_year: NonNegative | None = None
    """Needs a year that an offer can meet: who was asked a while t ago has one with chance 1 - exp(- needs t).

    None: everybody always has one.
    """
    asked_every: LASTS = 525960.0
    """Mean time since the last offer, at the start and of a new customer."""
    p_notices: Probability = 0.7
    """Share of over-promises for which customers get in touch."""
    notices_after: Distribution = {"exponential": {"mean": "2 weeks"}}
    becomes: str | None = None
    """Contact reason that comes of it; none: the one of complaints."""
    p_undone: Probability = 0.4
    """Chance that the sale is then undone."""


class Supplier(Record):
    """A supplier whose steps carry its name."""

    proficiency: float = 0.0
    """Against what the file states of its errors and rework, SD."""
    pressure: Probability = 0.0
    """On the supplier, from us or at home: 0 none, 1 the most."""
