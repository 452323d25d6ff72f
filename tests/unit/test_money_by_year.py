"""Money and measures year by year, worked by hand: which weeks a year has, what inflation and discounting do."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cxsim.measures.breakdowns import break_down
from cxsim.measures.reading import Reading, Spending
from cxsim.measures.whole import measure_all
from cxsim.measures.years import years, years_in
from cxsim.organisation import read_organisation
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.plan import names_of
from cxsim.state.plan.build import build_plan
from cxsim.state.tally import CaseColumn, ContactColumn, empty_tally
from organisations import small_bank

WEEKS, WARM_UP = 110, 2
YEAR = 365.25 / 7.0


def reading(spending: Spending | None = None, **economics: object) -> Reading:
    """110 weeks in each of which a contact costs 2, a case earns 10 and a customer is worth nothing."""
    tree = small_bank()
    tree["channels"]["phone"]["cost_per_contact"] = 2.0
    tree["economics"] = {**tree["economics"], **economics}
    o = read_organisation(tree)
    names = names_of([o])
    tally = empty_tally(names, WARM_UP + WEEKS)
    tally.contact_sums[:, 0, names.channels.index("phone"), ContactColumn.ATTEMPTS] = 1.0
    tally.case_sums[:, 0, 0, CaseColumn.OPENED] = 1.0
    tally.case_sums[:, 0, 0, CaseColumn.MARGIN] = 10.0
    for column in (LoyaltyColumn.WEEKS, LoyaltyColumn.CUSTOMERS):
        tally.loyalty_sums[..., column] = [s.customers for s in o.segments.values()]
    plan = build_plan(o, names, WEEKS, WARM_UP)
    return Reading(tally, names, ((-math.inf, plan),), o, WEEKS, WARM_UP, 0, spending or Spending())


def test_a_study_has_whole_years_and_a_rest() -> None:
    assert [(y.start, y.stop) for y in years_in(626)][-2:] == [(522, 574), (574, 626)]
    assert [(y.start, y.stop) for y in years_in(110)] == [(0, 52), (52, 104), (104, 110)]
    assert [(y.start, y.stop) for y in years_in(26)] == [(0, 26)]


def test_each_year_has_its_own_money() -> None:
    spending = Spending(5200, 5200, 0, (100.0,) * 52 + (0.0,) * 58)
    reported = years(reading(spending))
    assert reported.index.tolist() == [(1,), (2,), (3,)]
    assert reported["contact_cost"].tolist() == [2, 2, 2]
    assert reported["scenario_cost"].tolist() == [100, 0, 0]
    assert reported["total_cost"].tolist() == [102, 2, 2]
    assert reported["net_benefit"].tolist() == pytest.approx([10 - 102, 8, 8])
    assert measure_all(reading(spending))["scenario_cost"] == pytest.approx(5200 / WEEKS)


def test_what_rises_faster_than_prices_costs_more_from_the_second_year_on() -> None:
    # other costs rise by 5 %, prices by 2 %: 2 x 1.05 / 1.02 in the second year, squared in the third
    reported = years(reading(Spending(0, 110, 1, (1.0,) * WEEKS), inflation={"other": 0.05, "prices": 0.02}))
    step = 1.05 / 1.02
    assert reported["contact_cost"].tolist() == pytest.approx([2, 2 * step, 2 * step**2])
    assert reported["scenario_cost"].tolist() == pytest.approx([1, step, step**2])
    assert reported["margin"].tolist() == [10, 10, 10]
    assert measure_all(reading(Spending(0, 110, 1, (1.0,) * WEEKS), inflation={"other": 0.05}))[
        "scenario_cost_running"
    ] == pytest.approx(1.05**2)


def test_pay_and_hiring_follow_pay() -> None:
    from cxsim.measures.money import price_growth

    r = reading(inflation={"pay": 0.04, "prices": 0.04, "other": 0.04})
    assert np.array_equal(price_growth(r, "pay"), np.ones(WEEKS))  # what grows like prices costs the same
    r = reading(inflation={"pay": 0.04})
    assert price_growth(r, "pay")[[0, 51, 52, 103, 104]].tolist() == pytest.approx([1, 1, 1.04, 1.04, 1.04**2])
    assert np.array_equal(price_growth(r, "other"), np.ones(WEEKS))


def test_half_a_year_knows_no_inflation() -> None:
    plain, dear = (replace(reading(**given), weeks=26) for given in ({}, {"inflation": {"pay": 0.1, "other": 0.2}}))  # type: ignore[arg-type]
    assert measure_all(plain) == pytest.approx(measure_all(dear), abs=0.0, rel=0.0, nan_ok=True)


def test_present_value_by_hand() -> None:
    reported = years(reading())
    weeks = np.arange(WEEKS)
    worth = 8.0 * 1.1 ** (-weeks / YEAR)  # discounted by 10 % a year
    assert reported["present_value"].tolist() == pytest.approx(
        [worth[:52].sum(), worth[52:104].sum(), worth[104:].sum()], rel=1e-12
    )


def test_years_are_among_the_tables() -> None:
    assert "years" in break_down(reading())
