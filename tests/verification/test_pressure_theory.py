"""Offers against a closed form: needs that arise as a Poisson process, looked for at the times of another."""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.state.sales_sums import SaleColumn
from worlds import play, tiny

CUSTOMERS = 400
AN_HOUR = 8.0
NEEDS = 0.03
"""Per customer and hour."""
WEEKS = 20


def test_an_offer_meets_a_need_as_often_as_needs_arise_before_offers() -> None:
    # each customer is asked at rate b = 8 / 400 an hour, needs arise at rate a; the chance that one arose since the
    # last offer is a / (a + b) = 0.6.  The run begins so: the last offer was an exponential time of mean 1 / b ago
    asked = CUSTOMERS / AN_HOUR
    tree = tiny(
        {"a": {"exponential": {"mean": f"{60 / AN_HOUR} min"}}},
        {"answer": {"work": "1 min", "offer": {"p": 1, "accepts": 1, "margin": 1}}},
        segments={"all": {"customers": CUSTOMERS}},
        teams={"desk": {"agents": 4}},
        sales={"needs_a_year": NEEDS * 24 * 365.25, "asked_every": f"{asked} h"},
    )
    seen = play(tree, WEEKS * WEEK, "compiled")
    sums = seen.run.tally.sale_sums.sum(axis=(0, 1))
    offers, sales = sums[SaleColumn.OFFERS], sums[SaleColumn.SALES]
    share = NEEDS / (NEEDS + 1.0 / asked)
    error = math.sqrt(share * (1.0 - share) / offers)
    assert error < 0.01 * share
    assert abs(sales / offers - share) < 4.0 * error
    first = seen.run.tally.sale_sums[:4].sum(axis=(0, 1))  # and it does not begin with more or fewer than that
    early = math.sqrt(share * (1.0 - share) / first[SaleColumn.OFFERS])
    assert abs(first[SaleColumn.SALES] / first[SaleColumn.OFFERS] - share) < 4.0 * early
