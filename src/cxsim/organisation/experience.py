"""Experience: what each kind of trouble costs the customer in effort, and what effort does to satisfaction and loyalty.

Forms and values: `docs/model.md`, with a source for each.  Effort is counted in standard deviations of the latent
scale behind the Customer Effort Score.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxsim.organisation.base import Minutes, NonNegative, Positive, Probability, Record


class Effort(Record):
    """Weights of the effort ledger, SD units."""

    contact: NonNegative = 0.40
    """Each contact after the first."""
    transfer: NonNegative = 0.25
    """Each cold transfer."""
    warm_transfer: NonNegative = 0.125
    information: NonNegative = 0.15
    """Having to repeat information."""
    channel_switch: NonNegative = 0.20
    wait: NonNegative = 0.15
    """Times ln(1 + perceived minutes / 2)."""
    unresolved: NonNegative = 1.00
    """The matter is never truly resolved."""
    generic: NonNegative = 0.15
    """A scripted answer."""
    late: NonNegative = 0.20
    """Times ln(1 + days past the promise)."""
    broken_promise: NonNegative = 0.50
    """Something was sold that could not be kept; with the contact about it 0.9, the gap of those who complain."""


class Survey(Record):
    """Surveys as customers answer them: after a case (transactional), and once in a while (relationship)."""

    p_answer: Probability = 0.15
    """Response rate; of those who would answer 5 out of 10, where `p_answer_extreme` is given."""
    p_answer_extreme: Probability | None = None
    """Response rate of those who would answer 0 or 10: it rises with the square of the distance from 5; none: even."""
    relationship_a_year: NonNegative = 0.0
    """Times a customer is asked for the relationship in a year, case or no case."""


class Experience(Record):
    """From effort to answers; the constants are set once by ``do=calibrate``."""

    effort: Effort = Effort()
    reference_effort: NonNegative = 0.5
    """Effort that feels neutral, SD; calibrated so that the baseline's mean satisfaction is zero."""
    loss_aversion: Positive = 2.0
    """Losses weigh this many times more than gains."""
    ces_cuts: Annotated[list[float], Field(min_length=6, max_length=6)]
    """Cut-points of CES 2.0 (1-7) on minus effort."""
    nps_cuts: Annotated[list[float], Field(min_length=10, max_length=10)]
    """Cut-points of the 0-10 recommendation on relationship + satisfaction."""
    carry_over: NonNegative = 0.25
    """Share of a case's satisfaction that moves the relationship."""
    half_life: Annotated[Minutes, Field(gt=0.0)] = 525600.0
    """Half-life of such a move."""
    survey: Survey = Survey()


class Inflation(Record):
    """How much more expensive things get, a year; each gets more expensive once a year, at the anniversary of time 0.

    All money is in prices of the price year, so what counts is by how much more than prices in general: pay that
    grows like prices costs the same.
    """

    prices: Annotated[float, Field(gt=-1.0)] = 0.0
    """Prices in general, and with them what customers bring."""
    pay: Annotated[float, Field(gt=-1.0)] = 0.0
    """Pay, and the cost of hiring."""
    other: Annotated[float, Field(gt=-1.0)] = 0.0
    """All other costs of ours, what scenarios cost included."""


class Economics(Record):
    """Money."""

    currency: str
    price_year: Annotated[int, Field(ge=1900, le=2200)]
    overhead: NonNegative = 0.0
    """Added to staffed cost, share."""
    overtime: Annotated[float, Field(ge=0.0, le=5.0)] = 1.0
    """Pay of work after the end of a shift, as a factor of ordinary pay; 1 is the plain wage, 0 unpaid."""
    hours_per_fte: Positive = 37.5
    """Paid hours a week of one full-time equivalent."""
    inflation: Inflation = Inflation()


CALIBRATED: tuple[str, ...] = ("reference_effort", "ces_cuts", "nps_cuts")
"""Fields of `Experience` that ``do=calibrate`` sets."""
