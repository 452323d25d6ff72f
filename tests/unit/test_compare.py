"""Comparisons of studies made by hand: the table, the sentences, the limits."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxsim.compare import COLUMNS, Comparison, compare
from cxsim.compare.table import cells
from cxsim.compare.where import affected, certain, relieved
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import HEADLINES, MEASURES
from cxsim.measures.reading import Spending
from cxsim.organisation import read_organisation
from cxsim.probability.intervals import mean_of, t_quantile
from cxsim.probability.nps import weeks_to_see
from cxsim.report.text import describe, findings, headline, limits
from cxsim.report.text.claims import claimed
from cxsim.report.text.comparison import rounded
from cxsim.report.text.words import amount, half, moved, number
from cxsim.scenario import read_scenario
from cxsim.study import Results, Settings
from organisations import small_bank

EMPTY = pd.DataFrame(
    columns=["scenario", "segment", "reason", "measure", "value", "difference", "difference_half_width", "pairs"]
)
LOAN = [-0.30, -0.31, -0.29, -0.30]
"""How the effort of loan applicants changes in each replication, where it does."""


def reasons_of(changes: Mapping[tuple[str, str], Sequence[float]], scenarios: Sequence[str]) -> pd.DataFrame:
    """A study's table of reasons: 5 loans in 100 cases a week, effort 0.8; `changes` by scenario and reason."""
    rows: list[tuple[Any, ...]] = []
    for scenario in ("baseline", *scenarios):
        for reason, cases in (("loan", 5.0), ("question", 95.0), (ALL, 100.0)):
            rows.append((scenario, ALL, reason, "cases_per_week", cases, 0.0, 0.0, 4))
            d = mean_of(changes.get((scenario, reason), [0.0] * 4))
            rows.append((scenario, ALL, reason, "effort", 0.8 + d.value, d.value, d.half_width, 4))
    return pd.DataFrame(rows, columns=EMPTY.columns)


def study(
    changes: Mapping[str, Sequence[float]],
    spending: Spending | None = None,
    reasons: pd.DataFrame = EMPTY,
    names: Sequence[str] = ("training",),
    **settings: Any,
) -> Results:
    """Four replications; every measure is 10, 11, 12, 13 in the baseline, and `changes` are added in each scenario."""
    o = read_organisation(small_bank())
    spec = {"team": "front_line", "uplift": {"service": 0.4}, "hours": "8 h", "half_life": None}
    plan = {"title": "A training", "cannot_say": "Whether they like it.", "interventions": [{"training": spec}]}
    scenarios = tuple(read_scenario(plan | {"title": f"A {name}"}, o, name) for name in names)
    rows = [
        (name, k, m.name, 10.0 + k + (changes.get(m.name, [0.0] * 4)[k] if name != "baseline" else 0.0))
        for name in ("baseline", *names)
        for k in range(4)
        for m in MEASURES
    ]
    frames = dict.fromkeys(
        (
            *("effort", "channels", "teams", "steps", "causes", "failure_demand", "hot_spots", "departments"),
            *("hours", "weeks", "years", "loyalty", "skills", "recovery"),
        ),
        EMPTY,
    )
    frames["weeks"] = pd.DataFrame(columns=[*EMPTY.columns, "week", "team"])
    return Results(
        organisation=o,
        points=({},),
        scenarios=scenarios,
        settings=Settings(weeks=8, replications=4, **settings),
        replications=4,
        complete=True,
        engine="simpy",
        checked="",
        spending={name: spending or Spending() for name in names},
        reasons=reasons,
        held=(),
        warnings=("front_line: too much",),
        measured=pd.DataFrame(rows, columns=["scenario", "replication", "measure", "value"]),
        transitions=EMPTY,
        **frames,
    )


def row(comparison: Comparison, measure: str) -> Any:
    table = comparison.table
    return next(table[table["measure"] == measure].itertuples())


def test_one_row_for_each_measure_headlines_first() -> None:
    table = compare(study({})).table
    assert list(table.columns) == list(COLUMNS)
    assert list(table["measure"][: len(HEADLINES)]) == [m.name for m in HEADLINES]
    assert len(table) == len(MEASURES)
    assert table["verdict"].eq("identical").all()
    assert table["difference"].eq(0).all()


def test_a_row_by_hand() -> None:
    comparison = compare(study({"wait": [-20.0, -21.0, -22.0, -21.0]}))
    wait = row(comparison, "wait")
    assert comparison.family == len(HEADLINES)
    sd = math.sqrt(2 / 3)
    t = t_quantile(0.95, 3)  # the only measure that moves: no other can err
    assert wait.baseline == 11.5
    assert wait.value == -9.5
    assert wait.difference == -21.0
    assert wait.half_width == pytest.approx(t * sd / 2)
    assert (wait.low, wait.high) == (pytest.approx(-21 - t * sd / 2), pytest.approx(-21 + t * sd / 2))
    assert wait.verdict == "better"
    assert wait.more_replications == 0
    assert wait.baseline_half_width == pytest.approx(t_quantile(0.95, 3) * math.sqrt(5 / 3) / 2)


def test_worthwhile_differences_can_be_set() -> None:
    changes = {"wait": [-4.0, -4.1, -4.2, -4.1]}
    assert row(compare(study(changes)), "wait").verdict == "negligible"
    assert row(compare(study(changes, worthwhile={"wait": 2.0})), "wait").verdict == "better"


def test_money_is_judged_by_the_size_of_the_organisation() -> None:
    cost = row(compare(study({})), "staffing_cost")
    assert cost.worthwhile == pytest.approx(0.005 * 11.5)
    assert cost.unit == "EUR/week"


def test_the_finding_is_a_sentence() -> None:
    noisy = [3.0, -3.0, 9.0, -9.0]
    message = findings(
        compare(study({"contacts_per_case": [-0.2, -0.21, -0.22, -0.21], "running_cost": [5.0] * 4, "wait": noisy}))
    )["training"][0]
    assert message.startswith("A training. Over the 8 weeks better: customers need 0.21 fewer contacts per case (± 0.0")
    assert "worse: running it costs 5.00 EUR a week more (± 0.00)" in message
    assert "undecided: waits over all channels" in message
    assert "the other 10 measures: negligible" in message


def test_nothing_changed_is_reported() -> None:
    (message,) = findings(compare(study({})))["training"]
    assert message == "A training: everything is exactly as in the baseline."


def test_hours_are_not_cash() -> None:
    message = " ".join(findings(compare(study({"work_hours": [-75.0] * 4, "work_fte": [-2.0] * 4})))["training"])
    # a scenario that only frees hours does not move a headline measure
    assert "A training" in message
    changes = {"work_hours": [-75.0] * 4, "work_fte": [-2.0] * 4, "effort": [-1.0] * 4}
    message = " ".join(findings(compare(study(changes)))["training"])
    assert "75.0 hours a week less" in message
    assert "Released, because no longer needed: 75.0 hours a week." in message
    assert "2.00 FTE" in message
    assert "not cash" in message


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"work_unserved": [60.0] * 4}, "took 60.0 hours a week of it away (± 0.0, "),
        ({"work_unserved": [60.0] * 4}, "Released, because no longer needed: at most 15.0 hours a week."),
        ({"work_unserved": [80.0] * 4}, "Released, because no longer needed: at most 0.00 hours a week."),
        ({"backlog_end": [30.0] * 4}, "30.0 more items wait at the end, and are only postponed. Released"),
        ({"work_unserved": [-40.0, 40.0, -40.0, 41.0]}, "Released, because no longer needed: at most 75.0 hours"),
    ],
)
def test_hours_of_customers_who_hung_up_are_not_released(others: dict[str, list[float]], sentence: str) -> None:
    changes = {"work_hours": [-75.0] * 4, "work_fte": [-2.0] * 4, "effort": [-1.0] * 4, **others}
    assert sentence in " ".join(findings(compare(study(changes)))["training"])


@pytest.mark.parametrize("hours", [[75.0] * 4, [-75.0, 75.0, -75.0, 60.0]])
def test_nothing_is_released_where_work_does_not_fall(hours: list[float]) -> None:
    message = " ".join(findings(compare(study({"work_hours": hours, "effort": [-1.0] * 4})))["training"])
    assert "hours a week" in message
    assert "eleased" not in message


def test_what_is_undefined_states_why() -> None:
    results = study({"effort": [-1.0] * 4})
    for scenarios, why in (
        (("baseline", "training"), "no customer was answered on the line"),
        (("training",), "no customer was answered on the line in the scenario"),
    ):
        which = (results.measured["measure"] == "wait") & results.measured["scenario"].isin(scenarios)
        without = results.measured.copy()
        without.loc[which, "value"] = math.nan
        comparison = compare(replace(results, measured=without))
        assert cells(comparison.table, "training", {})["wait"].undefined == why
        assert cells(comparison.table, "training", {})["effort"].undefined == ""
        text = " ".join(describe(comparison).split())
        assert f"Not defined: wait of those served (ASA) ({why})." in text
        assert "Abandonment: share of those who queued" in text
    assert "Not defined" not in describe(compare(results))


@pytest.mark.parametrize(
    ("weekly", "message"),
    [
        # 100 are spent in the first week; then so much comes in by week
        ([-70.0, *[30.0] * 7], "in sum ahead from week 4 (4 to 4) on, +140 ± 0 EUR after 8 weeks"),
        ([-95.0, *[5.0] * 7], "in sum not ahead within 8 weeks (−60.0 ± 0.0 EUR)"),
        ([40.0, *[-10.0] * 7], "in sum ahead at first, behind from week 6 on: −30.0 ± 0.0 EUR after 8 weeks"),
        ([5.0] * 8, "in sum ahead in each of the 8 weeks (+40.0 ± 0.0 EUR at their end)"),
        ([0.0] * 8, "in sum neither ahead nor behind after 8 weeks"),
    ],
)
def test_payback_is_read_off_the_weeks(weekly: list[float], message: str) -> None:
    results = weekly_study({"net_benefit": [weekly] * 4}, {"net_benefit_running": [30.0] * 4, "effort": [-1.0] * 4})
    text = " ".join(findings(compare(results))["training"])
    assert "One-off cost 100 EUR; net benefit at run-rate 30.0 EUR a week (± 0.0)" in text
    assert message.replace(" (4 to 4)", "") in text


def test_payback_has_an_interval_and_may_be_undecided() -> None:
    weekly = [[-70.0, *[30.0 + k] * 7] for k in (-8.0, -1.0, 1.0, 8.0)]
    text = " ".join(findings(compare(weekly_study({"net_benefit": weekly}, {"effort": [-1.0] * 4})))["training"])
    # of the sums after w weeks, 30 w - 100, the standard deviation is 6.58 (w - 1): the half-width 10.5 (w - 1)
    assert "in sum ahead from week 4 (3 to 5) on" in text
    unsure = [[-70.0, *[10.0 + k] * 7] for k in (-8.0, -1.0, 1.0, 8.0)]
    text = " ".join(findings(compare(weekly_study({"net_benefit": unsure}, {"effort": [-1.0] * 4})))["training"])
    assert "whether it is ahead in sum after 8 weeks is undecided" in text


def test_where_the_weeks_do_not_reach_the_horizon_that_would_is_named() -> None:
    weekly = {"net_benefit": [[-90.0, *[10.0] * 7]] * 4}
    changes = {"net_benefit_running": [10.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(weekly_study(weekly, changes)))["training"])
    assert "in sum not ahead within 8 weeks (−20.0 ± 0.0 EUR); study.weeks=26 would show when, if its weeks" in text
    falling = {"net_benefit_running": [-10.0] * 4, "effort": [-1.0] * 4}
    assert "would show when" not in " ".join(findings(compare(weekly_study(weekly, falling)))["training"])


def weekly_study(weekly: Mapping[str, Any], changes: Mapping[str, Sequence[float]]) -> Results:
    """A study with paired differences week by week, [replication][week] by measure; one-off costs are 100."""
    results = study(changes, Spending(once=100.0, total=100.0))
    return replace(results, trajectories={(0, "training"): {m: np.array(x) for m, x in weekly.items()}})


def test_net_benefit_is_taken_apart() -> None:
    changes = {"margin": [1383.0] * 4, "margin_lost": [-1383.0] * 4, "scenario_cost_running": [338.0] * 4}
    whole = {"net_benefit_running": [1045.0] * 4, "effort": [-1.0] * 4}
    message = " ".join(findings(compare(study(changes | whole)))["training"])
    parts = "+1,383 margin from cases no longer lost, −338 the scenario's own cost. What customers' loyalty is worth"
    assert f"Net benefit +1,045 EUR a week: {parts}" in message
    later = {"net_benefit_running": [900.0] * 4, "scenario_cost": [400.0] * 4, "new_positions_cost": [10.0] * 4}
    message = " ".join(findings(compare(study(changes | whole | later)))["training"])
    costs = "−10 filling new positions, −400 the scenario's own cost, one-off included."
    assert f"Net benefit over all weeks +973 EUR a week: +1,383 margin from cases no longer lost, {costs}" in message


def test_what_is_sure_of_the_undecided_is_reported_and_no_endless_study_asked_for() -> None:
    below = [-8.0, -11.0, -12.0, -11.0]  # less for sure; 10 s matter
    reported = compare(study({"wait": below, "fcr": [2.0, 0.0, 2.0, 0.01], "abandonment": [4.0, 2.0, 1.0, 4.0]}))
    message = " ".join(findings(reported)["training"])
    lower = "Significantly lower; practical significance undecided: waits over all channels (10 s)."
    assert lower in message
    assert re.search(r"About \d+ more replications would settle .*abandonment", message)
    assert "More replications would hardly settle" in message


def test_every_reason_that_a_finding_names_is_in_the_table() -> None:
    """However few shall be shown: each scenario's own come first."""
    changes = {("training", "question"): [-0.1, -0.101, -0.099, -0.1], ("rota", "loan"): LOAN}
    where = compare(study({}, reasons=reasons_of(changes, ["training", "rota"]), names=["training", "rota"])).where
    names = [next(iter(found.values())).name for found in relieved(where, {}, 1)]
    assert names == ["loan", "question"]
    assert len(relieved(where, {}, 1, 0)) == 1


def test_numbers_that_stand_together_add_up() -> None:
    """1.42 → 1.40 is not −0.03, and 11.5 → 11.5 not −0.04: one more decimal."""
    comparison = compare(study({}, reasons=reasons_of({("training", "loan"): LOAN}, ["training"])))
    loan = next(r for r in comparison.where.itertuples() if r.name == "loan")
    assert moved(loan._replace(baseline=1.424, value=1.396, difference=-0.028, half_width=0.02)) == (
        "effort 1.424 → 1.396 SD (−0.028 ± 0.020)"
    )
    assert moved(loan._replace(baseline=1.42, value=1.40, difference=-0.02, half_width=0.02)) == (
        "effort 1.42 → 1.40 SD (−0.02 ± 0.02)"
    )
    message = describe(compare(study({"fcr": [-0.04, -0.041, -0.039, -0.04]})))
    (line,) = [line for line in message.splitlines() if line.strip().startswith("first contact resolution")]
    assert "11.50     11.46       −0.04" in line


def test_a_transition_is_reported_where_figures_are_of_all_weeks() -> None:
    results = study({"effort": [-1.0] * 4})
    assert "the change is under way" not in " ".join(findings(compare(results))["training"])
    reported = " ".join(findings(compare(replace(results, settled={"training": 4})))["training"])
    assert "In the first 4 weeks people are in class or the change is under way" in reported
    late = " ".join(findings(compare(replace(results, settled={"training": 9})))["training"])
    assert "no figure here is of the time after" in late
    none = study({"net_benefit_running": [math.nan] * 4, "effort": [-1.0] * 4})
    assert "no run-rate, for too few weeks are left after the last change" in " ".join(
        findings(compare(none))["training"]
    )


def test_unfinished_cases_are_reported_for_the_reason_that_has_most() -> None:
    results = study({})
    assert not any("still open" in text for text in limits(compare(results)))
    open_at_the_end = [
        ("baseline", ALL, r, "unfinished_share", n, 0.0, 0.0, 4) for r, n in (("limit", 0.0), ("loan", 12.34))
    ]
    rows = pd.DataFrame(open_at_the_end, columns=EMPTY.columns)
    (reported,) = [t for t in limits(compare(replace(results, reasons=rows))) if "still open" in t]
    assert "12.3 % of the cases with “" in reported


def test_unfinished_cases_are_reported_by_what_they_hide() -> None:
    """0.9 % open after the three weeks of the follow-up, of cases that take 12 days less: 0.009 x 12 = 0.108 days."""
    results = study({})

    def reported(days: float) -> list[str]:
        rows = [
            ("baseline", ALL, "loan", "unfinished_share", 0.9, 0.0, 0.0, 4),
            ("baseline", ALL, "loan", "end_to_end", days, 0.0, 0.0, 4),
        ]
        found = limits(compare(replace(results, reasons=pd.DataFrame(rows, columns=EMPTY.columns))))
        return [text for text in found if "still open" in text]

    assert results.settings.follow_up == 3
    (text,) = reported(21.0 - 12.0)
    assert "days to resolution, which are of the others, are at least 0.1 too low" in text
    assert reported(21.0 - 10.0) == []  # 0.09 days, less than 0.1


def test_return_on_what_is_spent() -> None:
    # 5 a week for 8 weeks over its own costs of 100
    text = " ".join(findings(compare(study({"net_benefit": [5.0] * 4}, Spending(100.0, 100.0))))["training"])
    assert (
        "Return on the 100 EUR spent within 8 weeks (its own costs): 40.0 %" in text
    )  # although every headline measure is as before
    changes = {"net_benefit": [5.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(study(changes, Spending(100.0, 100.0))))["training"])
    assert "Return on the 100 EUR spent within 8 weeks (its own costs): 40.0 % (± 0.0)" in text


def test_a_return_counts_all_that_is_spent() -> None:
    """100 of its own and 30 a week of staffing: 8 weeks cost 240, of which 100 are its own."""
    changes = {"net_benefit": [-24.0] * 4, "total_cost": [30.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(study(changes, Spending(100.0, 100.0))))["training"])
    assert "Return on the 240 EUR spent within 8 weeks (its own costs and what the service costs more): −80.0 %" in text
    less = changes | {"staffing_cost": [-10.0] * 4}
    text = " ".join(findings(compare(study(less, Spending(100.0, 100.0))))["training"])
    assert "Return on" not in text
    assert "No return is given on the 100 EUR of its own that it spends within 8 weeks: most of what it does" in text


@pytest.mark.parametrize(
    ("net", "margin", "message"),
    [
        ([-10.0] * 4, [0.0] * 4, "does not depend on it"),
        ([-10.0] * 4, [4.0] * 4, "is positive above 3.5 times that (3.5 to 3.5)"),
        ([10.0] * 4, [-4.0] * 4, "is positive below 3.5 times that (3.5 to 3.5)"),
        ([10.0] * 4, [4.0] * 4, "is positive at any strength"),
        ([-10.0] * 4, [-4.0] * 4, "is negative at any strength"),
        ([-10.0] * 4, [9.0, -7.0, 8.0, -6.0], "no interval with so few replications"),
        ([10.0] * 4, [9.0, -7.0, 8.0, -6.0], "is positive at any strength (point estimate; not significant)"),
    ],
)
def test_how_strong_the_loyalty_link_has_to_be(net: list[float], margin: list[float], message: str) -> None:
    # 3.5 = (10 + 4) / 4: what is left of the net benefit without the margin from customers, over that margin
    changes = {"net_benefit_running": net, "customer_margin_running": margin, "effort": [-1.0] * 4}
    assert message in " ".join(findings(compare(study(changes)))["training"])


def test_what_is_sold_and_for_how_long() -> None:
    weeks = pd.DataFrame(
        {"week": range(8), "difference": [0.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0], "half_width": 1.0, "pairs": 4}
    ).assign(scenario="training", measure="sales", team=ALL, value=0.0)
    changes = {"sales": [5.0] * 4, "over_promises": [2.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(replace(study(changes), weeks=weeks)))["training"])
    assert "Sales, a week: sales 11.5 → 16.5 (+5.0 ± 0.0) and over-promises 11.5 → 13.5 (+2.0 ± 0.0)." in text
    assert "That is +6.00 sales a week in weeks 1 to 4, and +4.50 in the last 4." in text
    assert "Sales, a week" not in " ".join(findings(compare(study({"effort": [-1.0] * 4})))["training"])
    weekly = weeks["difference"].to_numpy() + np.array([-0.3, 0.3, -0.1, 0.1])[:, None]
    known = replace(study(changes), weeks=weeks, trajectories={(0, "training"): {"sales": weekly}})
    text = " ".join(findings(compare(known))["training"])
    wide = half(t_quantile(0.95, 3) * math.sqrt(0.2 / 3) / 2, "", 6.0)
    assert f"That is +6.00 ± {wide} sales a week in weeks 1 to 4, and +4.50 ± {wide} in the last 4." in text


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ([70.0, 70.0, 70.0, 70.0], "2.00 more decisions a week are wrong"),
        # without errors 70 + 20 a week, over 2 errors a week
        ([70.0, 70.0, 70.0, 70.0], "as long as one of them costs less than 45.0 EUR (45.0 to 45.0)"),
        ([-70.0, -70.0, -70.0, -70.0], "it would not pay within 8 weeks even if an error cost nothing"),
    ],
)
def test_the_loss_per_error_up_to_which_a_right_pays(net: list[float], message: str) -> None:
    changes = {"net_benefit": net, "error_cost": [20.0] * 4, "wrong_decisions_week": [2.0] * 4}
    changes |= {"escalations": [-3.0] * 4, "effort": [-1.0] * 4}
    reported = " ".join(findings(compare(study(changes)))["training"])
    assert "Escalations 11.5 → 8.50 per 100 cases" in reported
    assert message in reported


def test_complaints_are_reported_where_somebody_comes_back_to_them() -> None:
    reported = " ".join(findings(compare(study({"recovered_share": [5.0] * 4, "effort": [-1.0] * 4})))["training"])
    assert "After a bad case: bad cases that somebody came back to 11.5 → 16.5 % (± 0.0)." in reported
    chance = {"recovered_share": [5.0, -5.0, 6.0, -4.0], "effort": [-1.0] * 4}
    assert "After a bad case" not in " ".join(findings(compare(study(chance)))["training"])
    silent = " ".join(findings(compare(study({"complaints_per_100": [5.0] * 4, "effort": [-1.0] * 4})))["training"])
    assert "After a bad case" not in silent


def test_when_a_survey_would_show_it() -> None:
    # a shift of 40 points; 11.5 % promoters and detractors, 11.5 answers a week
    changes = {"nps_observed": [40.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(study(changes)))["training"])
    weeks = math.ceil(weeks_to_see(0.115, 0.115, 40.0, 11.5))
    assert f"would show +40.0 points over all cases after about {weeks} weeks" in text
    unsure = {"nps_observed": [40.0, -39.0, 41.0, -38.0], "effort": [-1.0] * 4}
    assert "would show" not in " ".join(findings(compare(study(unsure)))["training"])
    relationship = {"nps_relationship": [20.0] * 4, "effort": [-1.0] * 4}
    text = " ".join(findings(compare(study(relationship)))["training"])
    weeks = math.ceil(weeks_to_see(0.115, 0.115, 20.0, 11.5))
    message = (
        "The relationship survey (11.5 answers a week) would show +20.0 points, as far as it has come by the end, "
    )
    assert f"{message}after about {weeks} weeks" in text
    assert "would show" not in " ".join(findings(compare(study({"effort": [-1.0] * 4})))["training"])


def test_those_who_feel_a_change_are_asked_apart() -> None:
    """Loans: 40 answers a week of 200 cases, 30 % promoters, 40 % detractors among them, a shift of 20 points."""
    reasons = reasons_of({("training", "loan"): LOAN}, ["training"])
    numbers = {"promoters_observed": 30.0, "detractors_observed": 40.0, "survey_answers": 40.0, "nps_observed": -10.0}
    rows = [
        (s, ALL, "loan", m, value + shift, shift, 0.5 * (shift > 0.0), 4)
        for s in ("baseline", "training")
        for m, value in numbers.items()
        for shift in [20.0 * (s == "training" and m == "nps_observed")]
    ]
    reasons.loc[(reasons["reason"] == "loan") & (reasons["measure"] == "cases_per_week"), "value"] = 200.0
    table = pd.concat([reasons, pd.DataFrame(rows, columns=EMPTY.columns)], ignore_index=True)
    text = " ".join(findings(compare(study({"wait": [0.1] * 4}, reasons=table)))["training"])
    # V = 0.3 + 0.4 - 0.01 = 0.69; 2 V (1.96 + 0.8416)^2 / (40 x 0.2^2) = 6.77, of all 200 cases 1.35
    assert (
        "Read for “loan” alone (40.0 answers a week), it would show +20.0 points after about 7 weeks (7 to 8)" in text
    )
    assert "if everybody asked answered, after about 2 weeks (2 to 2)." in text


def test_who_stays_is_reported_where_customers_come_and_go() -> None:
    text = " ".join(findings(compare(study({"churn": [-1.0] * 4, "effort": [-1.0] * 4})))["training"])
    assert "Customers: churn a year 11.5 → 10.5 % (−1.0 ± 0.0)." in text


@pytest.mark.parametrize(("churn", "printed"), [([0.0, 0.001, 0.0, 0.001], True), ([9.0, -9.0, 8.0, -8.0], False)])
def test_little_is_called_little_only_where_more_is_excluded(churn: list[float], printed: bool) -> None:
    results = study({"churn": churn, "effort": [-1.0] * 4})
    text = " ".join(findings(compare(results))["training"])
    assert ("move too little to show" in text) == printed


def test_common_random_numbers_are_praised_only_where_they_saved_something() -> None:
    saves = "independent ones would take about"
    # the baseline is 10, 11, 12, 13 (variance 1.67); plus a constant: every pair differs by the same, and all is saved
    near = compare(study({"effort": [-1.0, -1.01, -0.99, -1.0]}))
    assert saves in " ".join(findings(near)["training"])
    # 10, 11, 12, 13 against 13, 12, 11, 10: the difference varies more than independent ones would
    opposite = compare(study({"effort": [3.0, 1.0, -1.0, -3.0], "wait": [3.0, 1.0, -1.0, -3.1], "ces": [1.0] * 4}))
    assert saves not in " ".join(findings(opposite)["training"])


def combined(changes: Mapping[str, Sequence[float]], by_part: float) -> Comparison:
    """A training and a rota by themselves, each `by_part` on effort and waits, and both at once with `changes`."""
    results = study({}, names=("training", "rota", "both"))
    scenarios = list(results.scenarios)
    scenarios[2] = scenarios[2].model_copy(
        update={
            "made_of": ("training", "rota"),
            "interventions": scenarios[0].interventions + scenarios[1].interventions,
        }
    )
    measured = results.measured.copy()
    of = measured["measure"].isin(["effort", "wait"])
    measured.loc[of & measured["scenario"].isin(["training", "rota"]), "value"] += by_part
    for measure, values in changes.items():
        own = (measured["measure"] == measure) & (measured["scenario"] == "both")
        measured.loc[own, "value"] += list(values)
    return compare(replace(results, scenarios=tuple(scenarios), measured=measured))


def test_what_was_expected_is_compared_with_what_was_found() -> None:
    results = study({"effort": [-1.0] * 4, "sales": [2.0] * 4, "wait": [-30.0, 30.0, -31.0, 31.0]})
    expected = {"effort": "lower", "sales": "lower", "wait": "lower"}
    scenario = results.scenarios[0].model_copy(update={"expected": expected})
    message = " ".join(findings(compare(replace(results, scenarios=(scenario,))))["training"])
    assert "As was expected: effort per case (−1.000 ± 0.000 SD)." in message
    assert "Against what was expected: sales (+2.00 ± 0.00 sales a week)." in message
    assert "Expected, undecided: lower wait of those served (ASA)" in message


def test_what_was_expected_of_a_measure_that_the_baseline_has_none_of() -> None:
    results = study({})
    measured = results.measured.copy()
    none = (measured["measure"] == "recovered_share") & (measured["scenario"] == "baseline")
    measured.loc[none, "value"] = math.nan
    scenario = results.scenarios[0].model_copy(update={"expected": {"recovered_share": "higher"}})
    rows = cells(compare(replace(results, measured=measured, scenarios=(scenario,))).table, "training", {})
    assert claimed(scenario, rows) == (
        "Expected, where the baseline has none to compare with: higher bad cases that somebody came back to "
        "(11.5 % under the scenario)."
    )


def test_a_scenario_is_compared_with_its_comparators() -> None:
    """The training against the rota: -3 against -1 in every replication, so -2 for certain; waits are unsure."""
    results = study({"effort": [-3.0] * 4, "wait": [-20.0, 20.0, -21.0, 21.0]}, names=("training", "rota"))
    measured = results.measured.copy()
    rota = measured["scenario"] == "rota"
    measured.loc[rota & (measured["measure"] == "effort"), "value"] += 2.0
    measured.loc[rota & (measured["measure"] == "wait"), "value"] = [10.0, 11.0, 12.0, 13.0]
    one = results.scenarios[0].model_copy(update={"comparators": ("rota", "absent")})
    comparison = compare(replace(results, scenarios=(one, results.scenarios[1]), measured=measured))
    rows = comparison.against.set_index("measure")
    assert set(rows["scenario"] + rows["other"]) == {"trainingrota"}
    assert (rows.loc["effort", "difference"], rows.loc["effort", "verdict"]) == (-2.0, "better")
    sd = mean_of([-20.0, 20.0, -21.0, 21.0]).sd
    # of all that is looked at, waits alone vary from replication to replication
    assert rows.loc["wait", "half_width"] == pytest.approx(t_quantile(0.95, 3) * sd / 2)
    message = " ".join(findings(comparison)["training"])
    assert "Against “A rota”: better: a case takes 2.000 SD less effort (± 0.000); undecided: waits" in message
    assert not any("Against “" in text for text in findings(comparison)["rota"])


def test_a_family_grows_with_the_number_of_scenarios() -> None:
    """With three scenarios, 0.05 is shared by what moves in any of them, in every table; what is equal counts once."""
    names = ("course", "rota", "both")
    waits = [-20.0, 20.0, -21.0, 21.0]
    sd = math.sqrt((2 * 20.0**2 + 2 * 21.0**2) / 3)
    reasons = reasons_of({(name, "loan"): LOAN for name in names}, names)
    results = study({"wait": waits}, reasons=reasons, names=names)
    alike = compare(results)
    assert alike.family == 3 * len(HEADLINES)

    def half_width(comparison: Comparison) -> float:
        table = comparison.table
        return float(table[(table["measure"] == "wait") & (table["scenario"] == "course")]["half_width"].iloc[0])

    alone = t_quantile(0.95, 3) * sd / 2
    # correlations of four replications are halved (n / (n + 4)), so three equal waits count as more than one; critical
    # values are sampled, to a few per cent
    assert alone < half_width(alike) < 1.03 * t_quantile(1 - 0.05 / 3, 3) * sd / 2
    measured = results.measured.copy()
    for name, order in (("rota", (1, -1, -1, 1)), ("both", (1, 1, -1, -1))):
        which = (measured["scenario"] == name) & (measured["measure"] == "wait")
        measured.loc[which, "value"] = [10.0 + k + 20.0 * x for k, x in enumerate(order)]
    apart = half_width(compare(replace(results, measured=measured)))
    assert 0.97 * half_width(alike) < apart <= 1.03 * t_quantile(1 - 0.05 / 3, 3) * sd / 2
    assert (alike.table[alike.table["measure"] == "wait"]["more_replications"] > 0).all()
    # two reasons of three scenarios, one measure; one reason moves
    loans = alike.where[alike.where["name"] == "loan"]
    assert len(alike.where) == 6
    expected = t_quantile(1 - 0.05 / 3, 3) * math.sqrt(0.0002 / 3) / 2
    assert loans["half_width"].tolist() == pytest.approx([expected] * 3)


def test_a_family_of_pairs_grows_with_their_number() -> None:
    """Two pairs of scenarios whose differences are the same in every replication, one measure that moves."""
    results = study({"wait": [0.0] * 4}, names=("course", "rota", "both"))
    measured = results.measured.copy()
    course_waits = (measured["scenario"] == "course") & (measured["measure"] == "wait")
    measured.loc[course_waits, "value"] += [-20.0, 20.0, -21.0, 21.0]
    course, rota, both = results.scenarios
    course = course.model_copy(update={"comparators": ("rota", "both")})
    against = compare(replace(results, scenarios=(course, rota, both), measured=measured)).against
    waits = against[against["measure"] == "wait"]
    one, two = (t_quantile(1 - 0.05 / n, 3) * math.sqrt((2 * 20.0**2 + 2 * 21.0**2) / 3) / 2 for n in (1, 2))
    assert one < waits["half_width"].iloc[0] == waits["half_width"].iloc[1] < two


def test_a_ratio_is_a_ratio_of_sums() -> None:
    """Of one contact in two, and none in eight: one in ten, not the mean of a half and nothing."""
    results = study({})
    measured = results.measured.assign(divisor=math.nan)
    own = (measured["measure"] == "abandonment") & (measured["scenario"] == "baseline")
    measured.loc[own, "value"], measured.loc[own, "divisor"] = [50.0, 0.0, 50.0, 0.0], [2.0, 8.0, 2.0, 8.0]
    measured.loc[(measured["measure"] == "abandonment") & ~own, "divisor"] = 10.0
    row_of = row(compare(replace(results, measured=measured)), "abandonment")
    without = [100.0 / 18.0, 200.0 / 12.0] * 2  # without one of two contacts, without one of eight
    assert row_of.baseline == pytest.approx(4 * 10.0 - 3 * sum(without) / 4)
    assert row_of.value == pytest.approx(11.5)


def test_how_scenarios_work_together() -> None:
    """Together -5 where each does -1: -3 more than the sum; waits are as the sum of both."""
    comparison = combined({"effort": [-5.0, -5.1, -4.9, -5.0], "wait": [-2.0] * 4}, -1.0)
    rows = comparison.interaction.set_index("measure")
    assert list(rows["scenario"].unique()) == ["both"]
    effort = rows.loc["effort"]
    t = t_quantile(1 - 0.05 / len(HEADLINES), 3)
    half = t * math.sqrt(0.02 / 3) / 2
    assert (effort["together"], effort["sum_of_parts"]) == (pytest.approx(-5.0), -2.0)
    assert (effort["low"], effort["high"]) == (pytest.approx(-3.0 - half), pytest.approx(-3.0 + half))
    assert effort["verdict"] == "less"
    assert rows.loc["wait", "verdict"] == "identical"
    message = " ".join(findings(comparison)["both"])
    assert "Together against one by one (training + rota): effort −5.000 instead of −2.000 SD (−3.000 ± " in message
    assert "as the sum of the parts: " in message
    assert not any("Together" in text for text in findings(comparison)["training"])


def test_nothing_works_together_where_a_part_is_missing_or_more_is_done() -> None:
    results = study({"effort": [-1.0] * 4}, names=("training", "both"))
    parts = results.scenarios[0].interventions
    for made_of, own in ((("training", "rota"), parts), (("training", "training"), parts)):
        both = results.scenarios[1].model_copy(update={"made_of": made_of, "interventions": own})
        assert compare(replace(results, scenarios=(results.scenarios[0], both))).interaction.empty


def test_limits_are_printed() -> None:
    comparison = compare(study({}))
    message = describe(comparison)
    assert "Overload\n  front_line: too much" in message
    assert "Not covered by this scenario: Whether they like it." in message
    assert "assumed to last for ever" in message
    assert "no causal" in " ".join(limits(comparison))
    assert max(map(len, message.splitlines())) <= 112


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (1234.5, "EUR/week", "1,234 EUR a week"),
        (0.2149, "contacts", "0.21"),
        (7.25, "s", "7.2 s"),
        (72.5, "s", "72 s"),
        (1.0, "%", "1.0 percentage points"),
        (-0.001, "contacts", "0.00"),
        (-1234.5, "EUR/week", "−1,234 EUR a week"),
    ],
)
def test_numbers_in_words(value: float, unit: str, message: str) -> None:
    assert amount(value, unit) == message


def test_a_reason_is_looked_at_with_an_interval_that_holds_for_all_that_are() -> None:
    """Two reasons, one measure, one scenario: of two that move a family of two, whichever of them is reported."""
    both = {("training", "loan"): LOAN, ("training", "question"): [0.01, -0.01, 0.02, -0.02]}
    comparison = compare(study({}, reasons=reasons_of(both, ["training"])))
    assert len(comparison.where) == 2
    loan = next(r for r in comparison.where.itertuples() if r.name == "loan")
    half = mean_of(LOAN, 0.95, 2).half_width
    assert loan.half_width == pytest.approx(half)
    assert (loan.low, loan.high) == (pytest.approx(-0.3 - half), pytest.approx(-0.3 + half))
    assert loan.baseline == pytest.approx(0.8)
    assert loan.share == pytest.approx(5.0)
    assert loan.verdict == "better"


def test_what_may_be_chance_or_is_too_small_is_not_reported() -> None:
    noisy, tiny = [-0.5, 0.3, -0.6, 0.2], [-0.01, -0.011, -0.009, -0.01]
    about = [-0.02, -0.021, -0.019, -0.022]  # less for sure, but 0.02 is what matters
    for change in (noisy, tiny, about):
        comparison = compare(study({}, reasons=reasons_of({("training", "loan"): change}, ["training"])))
        assert certain(comparison.where).empty
        assert affected(comparison.where, "training", "reason", {}) == []


def test_reasons_stand_in_the_order_of_their_change() -> None:
    both = {("training", "question"): [-0.1, -0.101, -0.099, -0.1], ("training", "loan"): LOAN}
    comparison = compare(study({}, reasons=reasons_of(both, ["training"])))
    assert [rows[0].name for rows in affected(comparison.where, "training", "reason", {})] == ["loan", "question"]


def test_the_finding_begins_with_the_reason_where_the_change_is_certain() -> None:
    """Over all cases nothing moves enough: who feels it comes first, with its interval."""
    changes = {"effort": [-0.015, -0.016, -0.014, -0.015]}
    message = findings(compare(study(changes, reasons=reasons_of({("training", "loan"): LOAN}, ["training"]))))[
        "training"
    ][0]
    assert message.startswith(
        "A training. Customers with “loan” (5.0 % of cases): effort 0.80 → 0.50 SD (−0.30 ± 0.01)"
    )
    assert "Over the 8 weeks, all cases together, all 13 measures: negligible" in message


def test_the_finding_begins_with_all_cases_where_they_feel_it() -> None:
    changes = {"effort": [-0.2, -0.21, -0.19, -0.2]}
    reported = findings(compare(study(changes, reasons=reasons_of({("training", "loan"): LOAN}, ["training"]))))[
        "training"
    ]
    assert reported[0].startswith("A training. Over the 8 weeks better: a case takes 0.200 SD less effort")
    assert reported[1].startswith("Most affected: customers with “loan”")


@pytest.mark.parametrize("many", [2, 3, 5])
def test_scenarios_stand_side_by_side(many: int) -> None:
    """One table: the measures once, the baseline once, a column a scenario; as many side by side as fit."""
    names = ["training", "rota", "script", "robot", "survey"][:many]
    reasons = reasons_of({("rota", "loan"): LOAN}, names)
    message = describe(
        compare(study({"wait": [-20.0, -21.0, -22.0, -21.0]}, reasons=reasons, names=names))
    ).splitlines()
    waits = [line for line in message if line.startswith("  waits over all channels, s")]
    assert len(waits) == (1 if many <= 3 else 2)
    assert sum(line.count("−21.0 ± ") + line.count("−21 ± ") for line in waits) == many
    (heading, *_) = [line for line in message if "baseline  A training" in line]
    assert all(f"A {name}" in heading for name in names[:3])
    loans = [line for line in message if line.startswith("    loan (5.0 %)")]
    assert loans[0].count("±") == min(many, 3)
    assert max(map(len, message)) <= 118


def test_levels_that_mean_nothing_are_not_shown() -> None:
    comparison = compare(study({"net_benefit_running": [5.0] * 4}))
    (line,) = [line for line in describe(comparison).splitlines() if line.startswith("  net benefit at run-rate")]
    assert line.split() == ["net", "benefit", "at", "run-rate", "+5.00", "0.00", "EUR/week", "better"]
    rows = headline(comparison).set_index("measure")
    assert math.isnan(rows.loc["net benefit at run-rate", "baseline"])
    assert rows.loc["net benefit at run-rate", "difference"] == 5.0


def test_the_sheet_has_the_headlines_then_the_reasons() -> None:
    reasons = reasons_of({("rota", "loan"): LOAN}, ["training", "rota"])
    rows = headline(compare(study({}, reasons=reasons, names=["training", "rota"])))
    assert list(rows["measure"][: len(HEADLINES)]) == [m.title for m in HEADLINES]
    assert rows["measure"].iloc[-1] == "effort per case, loan (5.0 % of cases)"
    assert rows["A rota: verdict"].iloc[-1] == "better"
    assert rows["A training: difference"].iloc[-1] == 0.0


def test_factors_are_written_out() -> None:
    assert [rounded(x) for x in (4670.0, 1290.0, 23.7, 1.26, 0.044)] == ["4,700", "1,300", "24", "1.3", "0.044"]


def test_a_half_width_is_never_nothing() -> None:
    assert [half(0.0004, "SD"), half(0.003, "contacts"), half(0.0, "SD")] == [
        "<0.001",
        "<0.01",
        "0.000",
    ]


def test_numbers_that_are_none() -> None:
    assert number(math.nan) == "-"
    assert number(math.inf) == "any"
