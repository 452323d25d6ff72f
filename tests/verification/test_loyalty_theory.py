"""Loyalty against closed forms: whom a score flatters, how many customers there are, how many a survey asks.

Categories of loyalty with churn, non-response bias and value over a lifetime stand in `test_theory`.

Every simulated number is held to four standard errors of its own; each error is small next to the effect looked for.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from cxsim import load_organisation
from cxsim.measures.customer_value import lifetime_value
from cxsim.state.customer_sums import LoyaltyColumn
from worlds import DAY, NPS_CUTS, Observed, Tree, play, tiny

YEAR_IN_WEEKS = 365.25 / 7.0
WEEKS = 26
WARM_UP = 4
CUSTOMERS = 60_000
below = NormalDist().cdf
normal = NormalDist()


def quiet(**segment: Any) -> Tree:
    """Customers to whom nothing happens, and who bring nobody."""
    return tiny(
        {"far": 400 * DAY},
        {"answer": {"work": "1 min"}},
        segments={"all": {"customers": CUSTOMERS, **segment}},
        loyalty={"referral": {"promoter": 0, "passive": 0, "detractor": 0}},
    )


def base(seen: Observed, column: LoyaltyColumn) -> Any:
    """[week] of the whole run, warm-up included."""
    return seen.run.tally.loyalty_sums[: WARM_UP + WEEKS, 0, column]


def expect(sd: float, of: Any) -> float:
    """Mean over a normal level of mean zero, by the quantiles of 4,000 equal parts."""
    return float(np.mean([of(sd * normal.inv_cdf((i + 0.5) / 4000)) for i in range(4000)]))


def promoter(level: float) -> float:
    return 1.0 - below(NPS_CUTS[8] - level)


def detractor(level: float) -> float:
    return below(NPS_CUTS[6] - level)


@pytest.fixture(scope="module")
def shrinking() -> Observed:
    return play(quiet(churn=0.3, relationship={"mean": 0.0, "sd": 0.8}), WEEKS * 7 * DAY, "compiled")


def hazard(level: float, link: float = 0.40) -> float:
    """30 % a year as weekly log-odds, lower by 0.40 for each SD of relationship."""
    h = 1.0 - 0.7 ** (1.0 / YEAR_IN_WEEKS)
    return 1.0 / (1.0 + math.exp(-(math.log(h / (1.0 - h)) - link * level)))


def flattered(weeks: int) -> float:
    """Score of those who are left after `weeks` weeks."""
    left = expect(0.8, lambda r: (1.0 - hazard(r)) ** weeks)
    return expect(0.8, lambda r: (1.0 - hazard(r)) ** weeks * (promoter(r) - detractor(r))) / left


def test_who_stays_flatters_the_score(shrinking: Observed) -> None:
    # relationship NPS of those who are there against that of all who were there at time 0; levels do not move here
    week = WARM_UP + WEEKS - 1
    promoters, detractors, _ = shrinking.run.tally.relationship[week, 0]
    stayers = (promoters - detractors) / base(shrinking, LoyaltyColumn.CUSTOMERS)[-1]
    sums = shrinking.run.tally.loyalty_sums[WARM_UP : week + 1, 0]
    c = LoyaltyColumn
    gone = sums.sum(axis=0)
    cohort = sums[-1, c.COHORT_PROMOTERS] - sums[-1, c.COHORT_DETRACTORS]
    cohort += gone[c.COHORT_LEFT_PROMOTERS] - gone[c.COHORT_LEFT_DETRACTORS]
    everyone = sums[-1, c.COHORT] + gone[c.COHORT_LEFT]
    start = shrinking.run.tally.relationship[WARM_UP - 1, 0]
    assert everyone == base(shrinking, c.CUSTOMERS)[WARM_UP - 1]
    assert cohort / everyone == pytest.approx((start[0] - start[1]) / everyone, abs=1e-9)
    flattery = flattered(WARM_UP + WEEKS) - flattered(WARM_UP)
    error = 0.6 / math.sqrt(CUSTOMERS)
    assert flattery > 4.0 * error
    assert abs(stayers - cohort / everyone - flattery) < 4.0 * error


def test_a_base_that_loses_and_gains() -> None:
    # n after a week = n (1 - h) + joins: towards joins / h
    tree = quiet(churn=0.5, joins=0.9, room=1.0, relationship={"sd": 0})
    tree["loyalty"] = {"referral": {"promoter": 0.05, "passive": 0.01, "detractor": -0.02}}
    seen = play(tree, WEEKS * 7 * DAY, "compiled")
    h = 1.0 - 0.5 ** (1.0 / YEAR_IN_WEEKS)
    joins = 0.9 * CUSTOMERS / YEAR_IN_WEEKS
    referred = base(seen, LoyaltyColumn.REFERRED).sum()
    n, brought = float(CUSTOMERS), 0.0
    each = (promoter(0.0) * 0.05 + (1 - promoter(0.0) - detractor(0.0)) * 0.01 - detractor(0.0) * 0.02) / YEAR_IN_WEEKS
    for _ in range(WARM_UP + WEEKS):
        n *= 1.0 - h
        brought += n * each
        n += joins + n * each
    error = math.sqrt(2.0 * joins * (WARM_UP + WEEKS))
    assert error < 0.01 * n
    assert abs(base(seen, LoyaltyColumn.CUSTOMERS)[-1] - n) < 4.0 * error
    assert abs(n - CUSTOMERS) > 8.0 * error  # it really moves
    assert abs(referred - brought) < 4.0 * math.sqrt(abs(brought))


def test_a_base_of_customers_who_were_referred() -> None:
    # everybody brings 0.9 a year, whatever they would answer; who came so leaves at half the odds:
    # two kinds of customers, n_other' = n_other (1 - h) and n_referred' = n_referred (1 - k) + 0.9 a year of all
    tree = quiet(churn=0.5, joins=0, room=1.0, relationship={"sd": 0})
    tree["loyalty"] = {
        "referral": {"promoter": 0.9, "passive": 0.9, "detractor": 0.9},
        "referred": {"leaves": 0.5},
    }
    seen = play(tree, WEEKS * 7 * DAY, "compiled")
    h = 1.0 - 0.5 ** (1.0 / YEAR_IN_WEEKS)
    k = 0.5 * h / (1.0 - 0.5 * h)
    other, referred, leaves, wallets = float(CUSTOMERS), 0.0, [], []
    for _ in range(WARM_UP + WEEKS):
        leaves.append(other * h + referred * k)
        wallets.append(referred)
        other, referred = other * (1.0 - h), referred * (1.0 - k)
        referred += (other + referred) * 0.9 / YEAR_IN_WEEKS
    error = math.sqrt(CUSTOMERS)
    assert abs(base(seen, LoyaltyColumn.WALLET_REFERRED)[-1] - wallets[-1]) < 4.0 * error
    assert base(seen, LoyaltyColumn.HAZARD)[-1] == pytest.approx(leaves[-1], abs=4.0 * error * h)
    assert abs(base(seen, LoyaltyColumn.LEFT).sum() - sum(leaves)) < 4.0 * math.sqrt(sum(leaves))
    assert referred * (h - k) > 8.0 * error * h  # it shows


def test_who_was_referred_is_worth_a_sixth_more_to_the_bank() -> None:
    # 18 % fewer leave and the value over a lifetime is 16 % larger (Schmitt, Skiera and Van den Bulte 2011): what a
    # customer brings in a year makes up for what the lower churn does not
    bank = load_organisation("bank")
    differ, discount = bank.loyalty.referred, bank.loyalty.discount
    assert differ.leaves == pytest.approx(1.0 - 0.18)
    for segment in bank.segments.values():
        h = 1.0 - (1.0 - segment.churn) ** (1.0 / YEAR_IN_WEEKS)
        odds = differ.leaves * h / (1.0 - h)
        retention = (1.0 + odds) ** -YEAR_IN_WEEKS
        others = lifetime_value(1.0, 1.0 - segment.churn, discount)
        assert lifetime_value(differ.brings, retention, discount) / others == pytest.approx(1.16, abs=0.01)


def test_the_relationship_survey_asks_so_many_a_year() -> None:
    tree = quiet(relationship={"sd": 0})
    tree["experience"]["survey"] = {"p_answer": 0.5, "relationship_a_year": 4}
    seen = play(tree, WEEKS * 7 * DAY, "compiled")
    expected = CUSTOMERS * (WARM_UP + WEEKS) * 4.0 / YEAR_IN_WEEKS * 0.5
    given = base(seen, LoyaltyColumn.ANSWERS).sum()
    assert abs(given - expected) < 4.0 * math.sqrt(expected)
    share = base(seen, LoyaltyColumn.ANSWERED_PROMOTER).sum() / given
    assert abs(share - promoter(0.0)) < 4.0 * 0.5 / math.sqrt(given)


def test_secure_and_favourable() -> None:
    # everybody at level 0.6, no case: both questions are answered on it, and a year is stayed with 1 - 30 %
    seen = play(quiet(churn=0.3, relationship={"mean": 0.6, "sd": 0}), 7 * DAY, "compiled")
    there = base(seen, LoyaltyColumn.CUSTOMERS)[WARM_UP]
    for column, cut in ((LoyaltyColumn.SECURE, NPS_CUTS[9]), (LoyaltyColumn.FAVOURABLE, NPS_CUTS[8])):
        top = 1.0 - below(cut - 0.6)
        assert base(seen, column)[WARM_UP] / there == pytest.approx(top * top * 0.7, rel=1e-4)
