"""Failure demand, hot spots and departments read from a tally made by hand; sums, words and figure by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from test_measures import WEEKS, Hand

from cxsim.compare import compare
from cxsim.measures.breakdowns import ALL, break_down
from cxsim.measures.failure import BETWEEN, KINDS, NOBODY, heat
from cxsim.organisation import read_organisation
from cxsim.report.figures import failure_sources, png
from cxsim.report.figures.failure import SOURCES
from cxsim.report.text import describe
from cxsim.report.text.failure import departments_table
from cxsim.report.text.words import number
from cxsim.scenario import read_scenario
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.tally import MEASURED, Cause, HourColumn
from cxsim.study import Settings, run_study
from organisations import small_bank


def filled() -> Hand:
    """Loans: 8 chasers a week stand at the check of lending, 2 redials leave the queue of the front line."""
    hand = Hand()
    for week in range(WEEKS):
        hand.case(week, "loan", OPENED=10, CLOSED=10, END_TO_END=90, PROMISED=10, BREACHED=4, DETRACTOR=6)
        hand.case(week, "limit", OPENED=40, CLOSED=40)
        hand.step(week, "loan.check", VISITS=10, QUEUED=10, SERVED=10, ELAPSED=10 * 1440, FAILED_PROCESS=1)
        hand.step(week, "loan.documents", VISITS=10, ELAPSED=30 * 1440)
        hand.step(week, "loan.bureau", VISITS=8, ELAPSED=40 * 1440)
    sums, step = hand.tally.cause_sums, hand.names.step_names().index
    loan = hand.names.reasons.index("loan")
    c = OriginColumn
    row = sums[MEASURED, loan, step("loan.check"), Origin.CHASER]
    row[[c.CONTACTS, c.MINUTES, c.PAY, c.CHARGES, c.EFFORT]] = [32, 96, 48, 16, 12.8]
    row = sums[MEASURED, loan, step("loan.intake"), Origin.REDIAL]
    row[[c.CONTACTS, c.CHARGES, c.EFFORT]] = [8, 4, 3.2]
    hand.tally.effort_sums[MEASURED, loan, step("loan.check"), [Cause.CHASER, Cause.LATE]] = [12.8, 4.0]
    hand.tally.effort_sums[MEASURED, loan, step("loan.intake"), Cause.REDIAL] = 3.2
    hand.tally.hour_sums[MEASURED, 9, 0, HourColumn.SERVICE] = 960
    return hand


def cell(table: pd.DataFrame, *names: str) -> Any:
    return table.loc[names]


def test_cause_is_apart_from_place() -> None:
    """8 chasers a week while the case stands with lending, 2 redials of a queue of the front line; no repeats."""
    tables = break_down(filled().reading)
    causes = tables["failure_causes"]["contacts_per_week"]
    assert {str(k[0]): float(v) for k, v in causes.items() if v} == {"waiting": 8.0, "policy": 2.0, ALL: 10.0}


@pytest.mark.parametrize("failed", [(6, 3, 1), (0, 0, 0)])
def test_what_was_not_resolved_is_shared_out_by_why(failed: tuple[int, int, int]) -> None:
    """20 repeats a week of a step whose visits failed 6 : 3 : 1 for agent, process and customer."""
    hand = filled()
    agent, process, customer = failed
    for week in range(WEEKS):
        hand.step(week, "limit.serve", FAILED_AGENT=agent, FAILED_PROCESS=process, FAILED_CUSTOMER=customer)
    step, reason = hand.names.step_names().index("limit.serve"), hand.names.reasons.index("limit")
    hand.tally.cause_sums[MEASURED, reason, step, Origin.REPEAT, OriginColumn.CONTACTS] = 20 * 4
    found = break_down(hand.reading)["failure_causes"]["contacts_per_week"]
    shares = {name: float(found.loc[(name,)]) for name in ("agent", "process", "customer")}
    expected = {"agent": 12.0, "process": 6.0, "customer": 2.0} if agent else {"agent": 0, "process": 20, "customer": 0}
    assert shares == pytest.approx(expected)
    assert float(found.loc[(ALL,)]) == pytest.approx(30.0)


def test_place_and_cause_add_up_to_the_same() -> None:
    """Contacts, minutes, cost and effort of a run, by department and kind, and by cause."""
    results = run_study(
        read_organisation(small_bank()), (), Settings(weeks=6, warm_up_weeks=1, replications=2, workers=1)
    )
    place, cause = results.failure_demand, results.failure_causes
    for m in ("contacts_per_week", "minutes_per_week", "cost_per_week", "effort_per_week", "effort_share"):
        whole = place[(place["measure"] == m) & (place["kind"] == ALL) & (place["reason"] == ALL)]
        whole = whole.set_index("department")["value"]
        parts = cause[cause["measure"] == m].set_index("cause")["value"]
        assert whole[ALL] > 0.0 or m != "contacts_per_week"
        for both in (whole, parts):
            assert both.drop(ALL).sum() == pytest.approx(whole[ALL])
        assert parts[ALL] == pytest.approx(whole[ALL])


def test_what_a_step_causes_by_kind() -> None:
    table = break_down(filled().reading)["causes"]
    chaser = cell(table, "loan.check", "chaser")
    assert chaser["contacts_per_week"] == 8
    assert chaser["minutes_per_week"] == 24
    assert chaser["cost_per_week"] == 48 / 4 * 1.5 + 16 / 4  # pay with half of overhead, and the phone
    assert chaser["effort_per_week"] == 3.2
    assert cell(table, "loan.intake", ALL)["contacts_per_week"] == 2
    assert table.xs(ALL, level="kind")["contacts_per_week"].sum() == 10


def test_departments_cause_shares_of_a_reasons_effort() -> None:
    table = break_down(filled().reading)["failure_demand"]
    lending = cell(table, "loan", "lending", "chaser")
    assert lending["effort_share"] == pytest.approx(100 * 12.8 / 20)  # of the whole ledger, days late included
    assert cell(table, ALL, ALL, ALL)["minutes_share"] == pytest.approx(10.0)
    assert math.isnan(lending["minutes_share"])
    parts = table.drop(index=ALL, level="reason").drop(index=ALL, level="department").drop(index=ALL, level="kind")
    assert parts["contacts_per_week"].sum() == cell(table, ALL, ALL, ALL)["contacts_per_week"] == 10


def test_a_hot_spot_has_visits_that_cost_effort_and_go_wrong() -> None:
    table = break_down(filled().reading)["hot_spots"]
    check = cell(table, "loan.check")
    assert check["effort_per_week"] == pytest.approx(4.2)
    assert check["went_wrong"] == pytest.approx(90.0)  # one of ten unresolved, eight asked
    assert check["heat"] == pytest.approx(10 * 0.42 * 0.9)
    # six detractors a week, by where the effort comes from
    assert check["detractors_per_week"] == pytest.approx(6 * 16.8 / 20)
    assert table["heat"].idxmax() == ("loan.check",)


def test_heat_of_a_step_that_nobody_comes_to_is_zero() -> None:
    assert heat([0.0, 2.0], [0.0, 3.0], [1.0, 0.5]).tolist() == [0.0, 1.5]


def test_each_department_sees_its_own_part() -> None:
    table = break_down(filled().reading)["departments"]
    assert cell(table, "loan", "lending")["days_per_case"] == 1.0
    assert cell(table, "loan", "credit_bureau")["own_days"] == 5.0
    assert cell(table, "loan", "credit_bureau")["days_per_case"] == 4.0
    whole = cell(table, "loan", ALL)
    assert whole["days_per_case"] == pytest.approx(1.0 + 3.0 + 4.0)
    assert whole["own_days"] == 9.0
    assert whole["within_target"] == 60.0
    assert math.isnan(cell(table, "loan", BETWEEN)["days_per_case"])


def test_departments_beyond_the_first_are_reported_together() -> None:
    """Ten departments of 10 to 1 contacts a week, each of which loses one in ten: three of them are "others"."""
    measures = {"contacts_per_week": 1.0, "minutes_per_week": 60.0, "cost_per_week": 2.0, "effort_share": 0.5}
    rows = [
        (scenario, department, measure, by * value, -by * value / 10.0, 0.1)
        for scenario in ("baseline", "better")
        for department, value in [*((f"d{n}", float(n)) for n in range(1, 11)), (ALL, 55.0)]
        for measure, by in measures.items()
    ]
    columns = ["scenario", "department", "measure", "value", "difference", "difference_half_width"]
    results: Any = SimpleNamespace(
        organisation=SimpleNamespace(economics=SimpleNamespace(currency="EUR")),
        scenarios=[SimpleNamespace(name="better")],
    )
    lines = departments_table(results, pd.DataFrame(rows, columns=columns)).splitlines()
    reported = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert list(reported) == [*(f"d{n}" for n in range(10, 3, -1)), "others", "all"]
    assert reported["others"][:3] == ["6", "6", "12"]
    assert reported["others"][-1] == "−1"  # 0.6 fewer; the sum has no half-width
    assert reported["all"][0] == "55"


def test_what_is_reported_is_what_the_tables_hold() -> None:
    tree = small_bank()
    tree["behaviour"] |= {"chasing": {"per_day": 2.0}, "p_redial": 0.5}
    tree["economics"] |= {"overhead": 0.2}
    o = read_organisation(tree)
    plan = {"title": "Partners", "interventions": [{"supplier": {"supplier": "credit_bureau", "shorter": 0.5}}]}
    settings = Settings(weeks=4, warm_up_weeks=2, follow_up_weeks=1, replications=2, workers=1, engine="simpy")
    results = run_study(o, [read_scenario(plan, o, "partners")], settings)
    text = " ".join(describe(compare(results)).split())
    rows = results.failure_demand
    rows = rows[(rows["scenario"] == "baseline") & (rows["kind"] == ALL) & (rows["measure"] == "contacts_per_week")]
    baseline = rows[rows["reason"] == ALL].set_index("department")["value"]
    assert baseline.drop(ALL).sum() == pytest.approx(baseline[ALL])
    assert f"In the baseline {number(baseline[ALL])} contacts a week are failure demand" in text
    assert "of the effort of “loan” is from status enquiries, while the case is with: credit bureau" in text
    assert "Departments on their own" not in text  # nobody has a target here: no department has a view of its own


def test_every_kind_has_its_colour() -> None:
    drawn = [kind for kinds, _ in SOURCES.values() for kind in kinds]
    assert sorted(drawn) == sorted(name for name, _ in KINDS.values())


def test_the_figure_shows_how_much_and_what_changes() -> None:
    rows = [
        (scenario, ALL, department, kind, "contacts_per_week", value, 1.0, value - baseline, 0.5, 4)
        for scenario, share in (("baseline", 1.0), ("less", 0.5))
        for department, kind, baseline in (
            ("lending", "chaser", 6.0), ("lending", ALL, 6.0), ("post", ALL, 2.0), (ALL, ALL, 8.0), (NOBODY, ALL, 0.0),
        )
        for value in (share * baseline,)
    ]  # fmt: skip
    names = ["scenario", "reason", "department", "kind", "measure", "value", "half_width", "difference"]
    table = pd.DataFrame(rows, columns=[*names, "difference_half_width", "pairs"])
    figure = failure_sources(table, {"less": "Less of it"}, str, most=1)
    (ax,) = figure.axes
    assert [t.get_text() for t in ax.texts] == ["6", "3 (−3)"]
    note = " ".join(t.get_text().replace("\n", " ") for t in figure.texts)
    assert "Not plotted: departments with fewer, 2 contacts a week together." in note
    assert "8 contacts a week are failure demand; 4 fewer" in figure.texts[0].get_text()
    assert ax.get_xlabel() == "contacts a week"
    assert png(figure) == png(failure_sources(table, {"less": "Less of it"}, str, most=1))
    assert len(failure_sources(table, {"less": "Less of it"}, str).axes) == 2
