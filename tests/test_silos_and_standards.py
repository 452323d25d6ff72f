"""The scenarios of departments and standards show what they are for, on the bank, whatever the figures.

Baseline and scenarios share their random numbers; each claim is about a paired interval, and all of them hold at once
with 95 % (Bonferroni).
"""

from __future__ import annotations

from typing import Any

import pytest

import cxsim
from cxsim.measures.breakdowns import ALL
from cxsim.probability.intervals import Difference, difference, widened

NAMES = ("silos", "partnership", "service_standards", "prevention", "cure")
CLAIMS = 18
"""Intervals looked at below."""


@pytest.fixture(scope="module")
def results() -> cxsim.Results:
    bank = cxsim.load_organisation("bank")
    scenarios = [cxsim.load_scenario(name, bank) for name in NAMES]
    settings = cxsim.Settings(weeks=6, warm_up_weeks=3, replications=10, workers=2, engine="compiled")
    return cxsim.run_study(bank, scenarios, settings)


def _of(row: Any) -> Difference:
    half = widened(float(row["difference_half_width"]), int(row["pairs"]), 0.95, CLAIMS)
    change = float(row["difference"])
    return Difference(change, half, change - half, change + half, float("nan"), int(row["pairs"]))


def seen(results: cxsim.Results, scenario: str, department: str, measure: str) -> Difference:
    """Of loans, against the baseline."""
    rows = results.departments
    rows = rows[(rows["scenario"] == scenario) & (rows["department"] == department) & (rows["measure"] == measure)]
    return _of(rows[rows["reason"] == "loan_application"].iloc[0])


def changed(results: cxsim.Results, scenario: str, measure: str, baseline: str = "baseline") -> Difference:
    rows = results.measured[results.measured["measure"] == measure]
    by = rows.pivot(index="replication", columns="scenario", values="value")
    return difference(by[scenario], by[baseline], 0.95, CLAIMS)


def caused(results: cxsim.Results, scenario: str, department: str) -> Difference:
    """Failure contacts a week, against the baseline."""
    rows = results.failure_demand
    rows = rows[(rows["scenario"] == scenario) & (rows["reason"] == ALL) & (rows["kind"] == ALL)]
    rows = rows[(rows["department"] == department) & (rows["measure"] == "contacts_per_week")]
    return _of(rows.iloc[0])


def test_alone_each_looks_better_and_the_whole_is_worse(results: cxsim.Results) -> None:
    assert seen(results, "silos", "lending", "within_target").low > -1.0  # of 100; it hardly ever misses it
    assert seen(results, "silos", "front line", "within_target").low > 0.0
    assert changed(results, "silos", "work_hours").high < 0.0
    assert seen(results, "silos", ALL, "within_target").high < -10.0
    assert seen(results, "silos", ALL, "own_days").low > 1.0
    assert caused(results, "silos", "lending").low > 0.0


def test_partners_keep_more_promises(results: cxsim.Results) -> None:
    assert seen(results, "partnership", ALL, "within_target").low > 3.0
    assert seen(results, "partnership", ALL, "own_days").high < 0.0
    assert caused(results, "partnership", ALL).high < 0.0


def test_standards_where_customers_feel_them(results: cxsim.Results) -> None:
    assert seen(results, "service_standards", ALL, "within_target").low > 0.0
    assert caused(results, "service_standards", "credit_bureau").high < 0.0
    assert changed(results, "service_standards", "effort").high < 0.0


def test_prevention_does_more_than_cure(results: cxsim.Results) -> None:
    assert caused(results, "prevention", ALL).high < caused(results, "cure", ALL).low
    assert changed(results, "prevention", "effort", "cure").high < 0.0
    assert changed(results, "cure", "effort").high < 0.0


def test_prevention_costs_about_what_cure_does(results: cxsim.Results) -> None:
    # both begin in week 1; running cost is the same in each replication, and pay but for what is worked after shifts
    weeks = results.settings.weeks
    pay = changed(results, "cure", "staffing_cost")
    cost = changed(results, "prevention", "scenario_cost_running")
    assert pay.half_width < 0.05 * pay.mean
    assert cost.half_width == pytest.approx(0.0, abs=1e-6)
    assert abs(pay.mean * weeks / (weeks - 1) - cost.mean) < 200.0
