"""The scenarios of departments and standards show what they are for, on the bank, whatever the figures."""

from __future__ import annotations

import pytest

import cxsim
from cxsim.measures.breakdowns import ALL

NAMES = ("silos", "partnership", "service_standards", "prevention", "cure")


@pytest.fixture(scope="module")
def results() -> cxsim.Results:
    bank = cxsim.load_organisation("bank")
    scenarios = [cxsim.load_scenario(name, bank) for name in NAMES]
    settings = cxsim.Settings(weeks=6, warm_up_weeks=3, replications=2, workers=2, engine="compiled")
    return cxsim.run_study(bank, scenarios, settings)


def seen(results: cxsim.Results, scenario: str, department: str, measure: str) -> float:
    """Of loans."""
    rows = results.departments
    rows = rows[(rows["scenario"] == scenario) & (rows["department"] == department) & (rows["measure"] == measure)]
    return float(rows.loc[rows["reason"] == "loan_application", "value"].iloc[0])


def changed(results: cxsim.Results, scenario: str, measure: str) -> float:
    rows = results.measured[results.measured["measure"] == measure].pivot_table(columns="scenario", values="value")
    return float(rows[scenario].iloc[0] - rows["baseline"].iloc[0])


def caused(results: cxsim.Results, scenario: str, department: str) -> float:
    """Change of failure contacts a week."""
    rows = results.failure_demand
    rows = rows[(rows["scenario"] == scenario) & (rows["reason"] == ALL) & (rows["kind"] == ALL)]
    rows = rows[(rows["department"] == department) & (rows["measure"] == "contacts_per_week")]
    return float(rows["difference"].iloc[0])


def test_alone_each_looks_better_and_the_whole_is_worse(results: cxsim.Results) -> None:
    assert seen(results, "silos", "lending", "within_target") >= seen(results, "baseline", "lending", "within_target")
    assert seen(results, "silos", "front line", "within_target") > seen(
        results, "baseline", "front line", "within_target"
    )
    assert changed(results, "silos", "work_hours") < 0.0
    assert seen(results, "silos", ALL, "within_target") < seen(results, "baseline", ALL, "within_target") - 10.0
    assert seen(results, "silos", ALL, "own_days") > seen(results, "baseline", ALL, "own_days") + 1.0
    assert caused(results, "silos", "lending") > 0.0


def test_partners_keep_more_promises(results: cxsim.Results) -> None:
    assert seen(results, "partnership", ALL, "within_target") > seen(results, "baseline", ALL, "within_target") + 3.0
    assert seen(results, "partnership", ALL, "own_days") < seen(results, "baseline", ALL, "own_days")
    assert caused(results, "partnership", ALL) < 0.0


def test_standards_where_customers_feel_them(results: cxsim.Results) -> None:
    assert seen(results, "service_standards", ALL, "within_target") > seen(results, "baseline", ALL, "within_target")
    assert caused(results, "service_standards", "credit_bureau") < 0.0
    assert changed(results, "service_standards", "effort") < 0.0


def test_prevention_does_more_than_cure(results: cxsim.Results) -> None:
    assert caused(results, "prevention", ALL) < caused(results, "cure", ALL)
    assert changed(results, "prevention", "effort") < changed(results, "cure", "effort") < 0.0
    # for about the same money a week
    weeks = results.settings.weeks
    pay = changed(results, "cure", "staffing_cost") * weeks / (weeks - 1)  # they begin in week 1
    assert abs(pay - changed(results, "prevention", "scenario_cost_running")) < 200.0
