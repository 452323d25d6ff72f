"""Loyalty and what it is worth: customers who come and go, surveys as they are seen, margins, value over a lifetime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.measures.customer_value import lifetime_value
from cxsim.measures.reading import Reading, ratio
from cxsim.native.records import Floats
from cxsim.state.customer_sums import LoyaltyColumn, weighed_wallets
from cxsim.state.plan.tables import Plan

Measured = dict[str, Any]
ALL = "(all)"
"""Stands for the sum over a name; no name of an organisation looks so."""


def loyalty_by_segment(r: Reading) -> Measured:
    """[segment, and all of them last] every measure of the customer base, over the weeks or at their end."""
    sums = _with_all(r.tally.loyalty_sums[r.period])
    answers = _with_all(r.tally.relationship[r.period])
    revenue, margin = (_with_all(x[..., None])[..., 0] for x in earned(r))
    value = _with_all(values_of_bases(r)[:, None])[:, 0]
    at_end = sums[-1, :, LoyaltyColumn.CUSTOMERS]
    return {
        **base_measures(sums, answers, r.weeks),
        "revenue": revenue.sum(axis=0) / r.weeks,
        "customer_margin": margin.sum(axis=0) / r.weeks,
        "base_value": value,
        "customer_value": ratio(value, at_end),
    }


def loyalty(r: Reading) -> pd.DataFrame:
    """The customer base by segment."""
    index = pd.Index([*r.names.segments, ALL], name="segment")
    measured = {name: np.asarray(v, dtype=np.float64) for name, v in loyalty_by_segment(r).items()}
    return pd.DataFrame(measured, index=pd.MultiIndex.from_arrays([index], names=["segment"]))


def base_measures(sums: Floats, answers: Floats, weeks: int) -> Measured:
    """Of the customer base; sums: [week, ..., LoyaltyColumn], answers: [week, ..., (promoters, detractors, level)]."""
    c = LoyaltyColumn
    over, end = sums.sum(axis=0), sums[-1]
    there = end[..., c.CUSTOMERS]
    asked = over[..., c.ANSWERS]
    return {
        "customers": over[..., c.WEEKS] / weeks,
        "customers_end": there,
        # The mean of the chances, not the count of those who left: with a few hundred leavers the count alone would
        # need hundreds of replications.
        "churn": 100.0 * yearly(ratio(over[..., c.HAZARD], over[..., c.WEEKS])),
        "customers_left": over[..., c.LEFT] / weeks,
        "customers_joined": (over[..., c.REFERRED] + over[..., c.ACQUIRED]) / weeks,
        "customers_referred": over[..., c.REFERRED] / weeks,
        "no_room": over[..., c.NO_ROOM] / weeks,
        "nps_relationship": 100.0 * ratio(answers[-1, ..., 0] - answers[-1, ..., 1], there),
        "relationship_promoters": 100.0 * ratio(answers[-1, ..., 0], there),
        "relationship_detractors": 100.0 * ratio(answers[-1, ..., 1], there),
        "nps_cohort": nps_of_cohort(sums)[-1],
        "nps_relationship_survey": 100.0
        * ratio(over[..., c.ANSWERED_PROMOTER] - over[..., c.ANSWERED_DETRACTOR], asked),
        "relationship_answers": asked / weeks,
        "secure": 100.0 * ratio(end[..., c.SECURE], there),
        "favourable": 100.0 * ratio(end[..., c.FAVOURABLE], there),
        "share_of_wallet": 100.0 * ratio(over[..., c.WALLET], over[..., c.WEEKS]),
    }


def yearly(weekly: Any) -> Any:
    """Chance of leaving within a year from that of a week."""
    return -np.expm1(WEEKS_PER_YEAR * np.log1p(-weekly))


def nps_of_cohort(sums: Floats) -> Floats:
    """[week, ...] NPS of those who were customers at time 0; who has left since: their answer when they left.

    sums: [week, ..., LoyaltyColumn] of the measured weeks.
    """
    c = LoyaltyColumn
    gone = sums.cumsum(axis=0)
    promoters = sums[..., c.COHORT_PROMOTERS] + gone[..., c.COHORT_LEFT_PROMOTERS]
    detractors = sums[..., c.COHORT_DETRACTORS] + gone[..., c.COHORT_LEFT_DETRACTORS]
    score: Floats = 100.0 * ratio(promoters - detractors, sums[..., c.COHORT] + gone[..., c.COHORT_LEFT])
    return score


def earned(r: Reading) -> tuple[Floats, Floats]:
    """[week, segment] revenue and margin of customers, cases left out: a rate at the usual share of wallet.

    What customers who were referred bring is larger by a factor.
    """
    wallet = weighed_wallets(r.tally.loyalty_sums[r.period], r.weekly(lambda p: p.loyalty["brings"]))
    return wallet * r.weekly(lambda p: _rate(p, "revenue")), wallet * r.weekly(lambda p: _rate(p, "margin"))


def _rate(plan: Plan, what: str) -> Floats:
    """[segment] money a customer and week for the whole of a wallet."""
    rate: Floats = plan.segments[what] / plan.segments["wallet"]
    return rate


def values_of_bases(r: Reading) -> Floats:
    """[segment] value of the customers at the end over the time they stay, at the period's margin and churn."""
    sums = r.tally.loyalty_sums[r.period]
    over = sums.sum(axis=0)
    margins = WEEKS_PER_YEAR * ratio(earned(r)[1].sum(axis=0), over[:, LoyaltyColumn.WEEKS])
    retention = 1.0 - yearly(ratio(over[:, LoyaltyColumn.HAZARD], over[:, LoyaltyColumn.WEEKS]))
    discount = r.organisation.loyalty.discount
    values = [
        lifetime_value(m, stays, discount) if there else 0.0
        for m, stays, there in zip(margins, retention, over[:, LoyaltyColumn.WEEKS], strict=True)
    ]
    found: Floats = sums[-1, :, LoyaltyColumn.CUSTOMERS] * np.array(values)
    return found


def _with_all(sums: Floats) -> Floats:
    """[..., segment, column] with the sum over segments appended."""
    return np.concatenate([sums, sums.sum(axis=-2, keepdims=True)], axis=-2)
