"""Loyalty as tables: what leaving, joining and staying come to in a week."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEK, WEEKS_PER_YEAR
from cxsim.organisation import Organisation
from cxsim.organisation.customers import Segment
from cxsim.organisation.loyalty import Loyalty
from cxsim.state.plan.tables import Table

LOYALTY = np.dtype(
    [
        ("relationship", "f8"),  # on the log-odds of leaving, per SD
        ("recent", "f8"),
        ("fade", "f8"),  # of `recent`, per minute
        ("promoter", "f8"),  # new customers brought in a week
        ("passive", "f8"),
        ("detractor", "f8"),
        ("stays", "f8"),  # weeks over which staying is asked
        ("leaves", "f8"),  # on the log-odds of leaving, of a customer who was referred
        ("brings", "f8"),  # factor on revenue and margin of a customer who was referred
    ],
    align=True,
)


def fill_loyalty(row: Any, s: Segment, loyalty: Loyalty) -> None:
    """Columns of a segment's row that speak of leaving, joining and worth, by the week."""
    row["start"], row["changes"] = s.customers, s.churn > 0.0 or s.joins > 0.0
    row["leaving"] = log_odds(weekly(s.churn)) + loyalty.churn.relationship * s.relationship.mean
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
