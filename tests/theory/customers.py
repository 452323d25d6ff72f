"""Customers in closed form: who is left in which category of loyalty, what a survey sees of them, what they are worth.

Categories: a customer at relationship R leaves in a week with chance h(R), log-odds that fall by 0.40 a SD; answers are
ordered probit on R (McKelvey and Zavoina 1975).  Where R stays as it is, of N customers and J newcomers a week
N (1 - h)^n + J (1 - (1 - h)^n) / h are there after n weeks, for each R by itself.  Where cases move it by equal
jumps, the levels are a Markov chain: n(t + 1) = n(t) K (1 - h), K the compound Poisson distribution of a week's jumps.

Survey: the share of each score is a normal mass between two cut-points; who would give score s answers with
chance a + (b - a) ((s - 5) / 5)^2.  Observed = scores weighed by it.

Value: a margin m a year, in advance, from a customer who stays each year with chance r, at discount d, is
m + m r / (1 + d) + ... = m (1 + d) / (1 + d - r) (Gupta and Lehmann 2003).
"""

from __future__ import annotations

import math
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.engines import runs
from cxsim.measures.reading import Reading
from cxsim.measures.whole import measure_all
from cxsim.organisation import read_organisation
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.plan import Names, plans_of
from cxsim.state.tally import CaseColumn
from theory.forms import YEAR_IN_WEEKS, Case, Expected, leaves, normal, over
from theory.gate import Effort, Sums, organisation_of, ratio

NPS_CUTS = (-3.0, -2.5, -2.0, -1.5, -1.2, -0.9, -0.7, -0.3, 0.1, 0.7)
CHURN, LINK, SPREAD = 0.3, 0.40, 0.8
N, A_YEAR = 5_000, 0.3
"""Customers, and newcomers a year as a share of them."""
HALF, LONG = 26, 104
"""Weeks."""


def _promoter(level: float) -> float:
    return 1.0 - normal.cdf(NPS_CUTS[8] - level)


def _detractor(level: float) -> float:
    return normal.cdf(NPS_CUTS[6] - level)


def _passive(level: float) -> float:
    return 1.0 - _promoter(level) - _detractor(level)


ANSWERS = {"promoters": _promoter, "passives": _passive, "detractors": _detractor}

# -- levels that stay, customers who come and go -----------------------------------------------------------------------


def _there(level: float, weeks: int) -> float:
    """Customers at a level after some weeks, as a share of those at the start at it."""
    h = leaves(CHURN, LINK, level)
    stay = (1.0 - h) ** weeks
    return stay + A_YEAR / YEAR_IN_WEEKS * (1.0 - stay) / h


def _category(name: str, weeks: int) -> Expected:
    share = over(SPREAD, lambda level: ANSWERS[name](level) * _there(level, weeks))
    return Expected(f"{name} after {weeks} weeks, of a customer at the start", share, ratio(f"{name}_{weeks}", "start"))


def _answers(start: int, *after: int) -> Any:
    """What the customers of some weeks' closes would answer; start: customers of the beginning."""
    return partial(_look, start, after)


def _look(start: int, after: tuple[int, ...], run: runs.Run, names: Names, effort: Effort) -> Sums:
    sums: Sums = {"start": float(start)}
    for weeks in after:
        promoters, detractors, _ = run.tally.relationship[weeks - 1, 0]
        there = run.tally.loyalty_sums[weeks - 1, 0, LoyaltyColumn.CUSTOMERS]
        sums |= {f"promoters_{weeks}": promoters, f"detractors_{weeks}": detractors}
        sums |= {f"passives_{weeks}": there - promoters - detractors, f"there_{weeks}": there}
    return sums


CATEGORIES = Case(
    name="loyalty_categories",
    description="5,000 customers, relationship 0.8 SD apart; 30 % leave in a year, by e^(0.40 SD) more or less; 30 % "
    "come. Of each level N (1 - h)^n + J (1 - (1 - h)^n) / h are there after n weeks; answers ordered "
    "probit",
    expected={f"{name}_{weeks}": _category(name, weeks) for weeks in (HALF, LONG) for name in ANSWERS},
    observe=_answers(N, HALF, LONG),
    recorded=Effort(60, LONG, 0),
    light=Effort(12, LONG, 0),
    fault="31.5 % leave in a year instead of 30 %",
    faulty={"segments.customers.churn": 0.315},
    notices=f"promoters_{LONG}",
)

# -- levels that move with cases ---------------------------------------------------------------------------------------

CASES_A_YEAR = 6.0
STEP = 0.0625
"""A solved case lifts the relationship by a quarter of half of the 0.5 SD by which it is easier than was to be
expected; one that is never solved (effort 1.0) lowers it by a quarter of the 0.5 SD that it is worse: two steps."""
LOWEST, HIGHEST = -160, 90
"""Of the chain, in steps."""


@cache
def _chain(weeks: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Levels, and shares of the customers of the start who are there at each after some weeks."""
    steps = np.arange(LOWEST, HIGHEST + 1)
    levels = STEP * steps
    stays = np.array([1.0 - leaves(CHURN, LINK, level) for level in levels])
    jump = _week_of_jumps()
    there: NDArray[np.float64] = (steps == 0).astype(np.float64)
    reach = len(jump) // 2
    for _ in range(weeks):
        there = np.convolve(there, jump)[reach : reach + len(steps)] * stays
    return tuple(levels), tuple(there)


def _week_of_jumps() -> NDArray[np.float64]:
    """Distribution of a week's sum of jumps, in steps: a Poisson number of them, half of them +1, half of them -2."""
    most, mean = 12, CASES_A_YEAR / YEAR_IN_WEEKS
    one = np.zeros(4 * most + 1)
    one[2 * most + 1] = one[2 * most - 2] = 0.5
    so_many = np.zeros(4 * most + 1)
    so_many[2 * most] = 1.0
    distribution = np.zeros(4 * most + 1)
    for k in range(most + 1):
        distribution += math.exp(-mean) * mean**k / math.factorial(k) * so_many
        so_many = np.convolve(so_many, one)[2 * most : 6 * most + 1]
    return distribution


def _moved(name: str, weeks: int) -> Expected:
    share = sum(n * ANSWERS[name](level) for level, n in zip(*_chain(weeks), strict=True))
    return Expected(f"{name} after {weeks} weeks, of a customer at the start", share, ratio(f"{name}_{weeks}", "start"))


MOVES = Case(
    name="loyalty_chain",
    description="10,000 customers with 6 cases a year, half of them never solved; each case moves the relationship by"
    " +0.0625 or -0.125 SD, for good; 30 % leave in a year at level zero, by e^(0.40 SD) more or less. "
    "Markov chain of levels: compound Poisson jumps of a week, then who leaves; answers ordered probit",
    expected={
        **{f"{name}_52": _moved(name, 52) for name in ANSWERS},
        "there_52": Expected("who is left after 52 weeks", sum(_chain(52)[1]), ratio("there_52", "start")),
    },
    observe=_answers(10_000, 52),
    recorded=Effort(40, 52, 0),
    light=Effort(40, 52, 0),
    fault="a case moves the relationship by 5 % less than it should",
    faulty={"experience.carry_over": 0.2375},
    notices="promoters_52",
)

# -- surveys -----------------------------------------------------------------------------------------------------------

MOOD, LEAST, MOST = 0.25, 0.05, 0.40
"""Latent level of everybody; chance to answer of who would say 5, and of who would say 0 or 10."""
EDGES = (-math.inf, *NPS_CUTS, math.inf)
SHARES = [normal.cdf(b - MOOD) - normal.cdf(a - MOOD) for a, b in pairwise(EDGES)]
GIVEN = [(LEAST + (MOST - LEAST) * ((k - 5) / 5) ** 2) * share for k, share in enumerate(SHARES)]
TRUE = 100.0 * (sum(SHARES[9:]) - sum(SHARES[:7]))
SEEN = 100.0 * (sum(GIVEN[9:]) - sum(GIVEN[:7])) / sum(GIVEN)


def _surveyed(run: runs.Run, names: Names, effort: Effort) -> Sums:
    sums = run.tally.case_sums.sum(axis=(0, 1, 2))
    c = CaseColumn
    of_all = sums[c.PROMOTER] - sums[c.DETRACTOR]
    of_answers = sums[c.ANSWERED_PROMOTER] - sums[c.ANSWERED_DETRACTOR]
    expected = sums[c.RESPONSE_PROMOTER] - sums[c.RESPONSE_DETRACTOR]
    calculated = {"expected": expected, "expected_answers": sums[c.RESPONSE]}
    return {
        "cases": sums[c.OPENED],
        "of_all": of_all,
        "of_answers": of_answers,
        "answers": sums[c.ANSWERS],
        **calculated,
    }


SURVEY = Case(
    name="non_response",
    description="all customers at one latent level; who would say 5 answers with 0.05, who would say 0 or 10 with "
    "0.40. Shares of scores are normal masses between cut-points; the observed score weighs them by who "
    "answers",
    expected={
        "nps_of_all": Expected("NPS if everybody answered", TRUE, lambda s: 100.0 * s["of_all"] / s["cases"]),
        "nps_observed": Expected("NPS of those who answer", SEEN, lambda s: 100.0 * s["of_answers"] / s["answers"]),
        "nps_expected": Expected(
            "the measure `nps_observed`", SEEN, lambda s: 100.0 * s["expected"] / s["expected_answers"]
        ),
        "bias": Expected(
            "non-response bias, points",
            SEEN - TRUE,
            lambda s: 100.0 * (s["of_answers"] / s["answers"] - s["of_all"] / s["cases"]),
        ),
        "response_rate": Expected("share who answer", sum(GIVEN), ratio("answers", "cases")),
    },
    observe=_surveyed,
    recorded=Effort(60, 12, 0),
    light=Effort(20, 4, 0),
    fault="who would say 0 or 10 answers with 0.38",
    faulty={"experience.survey.p_answer_extreme": 0.38},
    notices="response_rate",
)

# -- what a customer is worth ------------------------------------------------------------------------------------------

MARGIN, DISCOUNT = 100.0, 0.10
YEARS = 12
WORTH = MARGIN * (1.0 + DISCOUNT) / (1.0 + DISCOUNT - (1.0 - CHURN))
PAID = WORTH * (1.0 - ((1.0 - CHURN) / (1.0 + DISCOUNT)) ** YEARS)
"""Within YEARS: 99.6 % of the whole."""
KEPT = ((1.0 - CHURN) / (1.0 + DISCOUNT)) ** (1.0 / YEAR_IN_WEEKS)
"""A week later: still there, and discounted."""
WEEKS = math.ceil(YEARS * YEAR_IN_WEEKS)
PAID_WEEKLY = MARGIN / YEAR_IN_WEEKS * (1.0 - KEPT**WEEKS) / (1.0 - KEPT)


def _paid(run: runs.Run, names: Names, effort: Effort) -> Sums:
    """What the customers of the start bring over the years, and their value by the measure."""
    o = read_organisation(organisation_of("customer_value"))
    plans = plans_of(((0.0, o),), names, effort.weeks, 0)
    m = measure_all(Reading(run.tally, names, plans, o, effort.weeks, 0))
    weeks = run.tally.loyalty_sums[:, 0, LoyaltyColumn.WEEKS]
    start = weeks[0]
    years = YEAR_IN_WEEKS * np.arange(YEARS)
    there = np.exp(np.interp(years, np.arange(len(weeks)), np.log(weeks)))  # geometric within a week
    at_once = MARGIN * there @ (1.0 + DISCOUNT) ** -np.arange(float(YEARS))
    weekly = MARGIN / YEAR_IN_WEEKS * weeks @ (1.0 + DISCOUNT) ** (-np.arange(len(weeks)) / YEAR_IN_WEEKS)
    value = {"measure": m["customer_value"], "margin": m["customer_margin"], "weeks": weeks.sum() / effort.weeks}
    return {"start": start, "yearly": float(at_once), "weekly": float(weekly), "one": 1.0, **value}


VALUE = Case(
    name="customer_value",
    description="2,000 customers who bring 100 a year each and leave with 30 % a year; discount 10 %. m (1 + d) / (1 "
    "+ d - r), paid in advance each year (Gupta and Lehmann 2003); week by week: the same series. What "
    "they pay in 12 years is the first 12 terms",
    expected={
        "customer_value": Expected("the measure `customer_value`", WORTH, ratio("measure", "one")),
        "paid_yearly": Expected(
            "what customers of the start pay in 12 years, at each year's start", PAID, ratio("yearly", "start")
        ),
        "paid_weekly": Expected("what they pay in 12 years, week by week", PAID_WEEKLY, ratio("weekly", "start")),
        "customer_margin": Expected(
            "the measure `customer_margin`, of a customer and week", MARGIN / YEAR_IN_WEEKS, ratio("margin", "weeks")
        ),
    },
    observe=_paid,
    recorded=Effort(60, WEEKS, 0),
    light=Effort(12, WEEKS, 0),
    fault="31.5 % leave in a year instead of 30 %",
    faulty={"segments.customers.churn": 0.315},
    notices="paid_yearly",
)

CASES = (CATEGORIES, MOVES, SURVEY, VALUE)
