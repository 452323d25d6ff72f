"""Loyalty as tables: leaving, joining and staying, by the week."""

from __future__ import annotations

import math
from typing import Any, TypedDict

import numpy as np

from cxsim.calendars.constants import DAY, WEEK, WEEKS_PER_YEAR
from cxsim.native.records import F8, Table, packed
from cxsim.organisation import Organisation
from cxsim.organisation.customers import Segment
from cxsim.organisation.loyalty import Loyalty


class LoyaltyRow(TypedDict):
    """What moves leaving and joining: one row of constants."""

    relationship: F8  # on the log-odds of leaving, per SD
    recent: F8
    fade: F8  # of `recent`, per minute
    promoter: F8  # new customers brought in a week
    passive: F8
    detractor: F8
    stays: F8  # weeks over which staying is asked
    leaves: F8  # on the log-odds of leaving, of a customer who was referred
    brings: F8  # factor on revenue and margin of a customer who was referred


LOYALTY = packed(LoyaltyRow)


def fill_loyalty(row: Any, s: Segment, loyalty: Loyalty) -> None:
    """Columns of a segment's row for leaving, joining and value, by the week."""
    # Where nobody leaves or joins, a link of any strength has to leave every number of the operation as it is.
    row["customers_at_start"], row["customers_change"] = s.customers, s.churn > 0.0 or s.joins > 0.0
    row["leaving_log_odds"] = log_odds(weekly(s.churn)) + loyalty.churn.relationship * s.relationship.mean
    row["joins"] = s.joins * s.customers / WEEKS_PER_YEAR
    row["wallet"], row["wallet_slope"] = s.wallet.share, s.wallet.per_sd
    row["revenue"], row["margin"] = s.revenue / WEEKS_PER_YEAR, s.margin / WEEKS_PER_YEAR


def loyalty_table(o: Organisation) -> Table:
    """The one row of `LOYALTY`."""
    table = np.zeros(1, dtype=LOYALTY)
    row, link, referral = table[0], o.loyalty.churn, o.loyalty.referral
    row["relationship"], row["recent"], row["fade"] = link.relationship, link.recent, 1.0 / (link.fades * DAY)
    for name in type(referral).model_fields:
        row[name] = getattr(referral, name) / WEEKS_PER_YEAR
    row["stays"] = o.loyalty.stays_for / WEEK
    row["leaves"], row["brings"] = math.log(o.loyalty.referred.leaves), o.loyalty.referred.brings
    return table


def weekly(churn: float) -> float:
    """Chance of leaving in a week from that of leaving in a year."""
    return -math.expm1(math.log1p(-churn) / WEEKS_PER_YEAR)


def log_odds(p: float) -> float:
    """Log-odds of a chance; -inf for none."""
    return math.log(p / (1.0 - p)) if p > 0.0 else -math.inf
