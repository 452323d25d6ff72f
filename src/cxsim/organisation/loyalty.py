"""Loyalty: what makes customers leave, bring others, and do more of their business with us; what that is worth.

Forms and values: `docs/model.md`, with a source for each.  Nothing of it happens in a segment whose `churn` and `joins`
are both zero, but for the share of wallet.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxsim.organisation.base import Minutes, NonNegative, Positive, Record


class ChurnLink(Record):
    """How strongly experience moves the log-odds of leaving in a week."""

    relationship: NonNegative = 0.40
    """Lower by this for each SD of relationship above the segment's mean."""
    recent: NonNegative = 0.40
    """Lower by this for each SD of satisfaction with the last case, right after it."""
    fades: Positive = 90.0
    """Days after which the last case weighs 1/e."""


class Referral(Record):
    """New customers that one customer brings in a year, by what they would answer; negative: talks others out of it."""

    promoter: float = 0.05
    passive: float = 0.01
    detractor: float = -0.02


class Referred(Record):
    """How customers whom another customer brought differ from those who came by themselves."""

    leaves: Positive = 1.0
    """Times the odds of leaving."""
    brings: Positive = 1.0
    """Times revenue and margin."""


class Loyalty(Record):
    """From relationship and satisfaction to what customers do."""

    churn: ChurnLink = ChurnLink()
    referral: Referral = Referral()
    referred: Referred = Referred()
    stays_for: Annotated[Minutes, Field(gt=0.0)] = 525960.0
    """Span over which "likely to stay" is asked: the chance of staying that long."""
    discount: Annotated[float, Field(gt=0.0, le=1.0)] = 0.10
    """A year, of what customers bring later."""


class Wallet(Record):
    """Share of a customer's business that is done with us."""

    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Of a customer at the segment's mean relationship; `revenue` and `margin` are stated at it."""
    per_sd: NonNegative = 0.0
    """Added to the share for each SD of relationship; the share stays between 0 and 1."""
