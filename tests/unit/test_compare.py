"""Comparisons of studies made by hand: the table, the sentences, the limits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from cxsim.compare import COLUMNS, Comparison, compare
from cxsim.compare.words import amount, number
from cxsim.intervals import t_quantile
from cxsim.measures import HEADLINES, MEASURES, Spending
from cxsim.organisation import read_organisation
from cxsim.scenario import read_scenario
from cxsim.study import Results, Settings
from organisations import small_bank

EMPTY = pd.DataFrame(columns=["scenario", "segment", "reason", "measure", "value"])


def study(changes: Mapping[str, Sequence[float]], spending: Spending | None = None, **settings: Any) -> Results:
    """Four replications; every measure is 10, 11, 12, 13 in the baseline, and `changes` are added in the scenario."""
    o = read_organisation(small_bank())
    course = {"team": "front_line", "uplift": {"service": 0.4}, "hours": "8 h"}
    plan = {"title": "A course", "cannot_say": "Whether they like it.", "interventions": [{"training": course}]}
    s = read_scenario(plan, o, "course")
    rows = [
        (name, k, m.name, 10.0 + k + (changes.get(m.name, [0.0] * 4)[k] if name == "course" else 0.0))
        for name in ("baseline", "course")
        for k in range(4)
        for m in MEASURES
    ]
    frames = dict.fromkeys(
        ("reasons", "effort", "channels", "teams", "steps", "causes", "hours", "weeks", "transitions"), EMPTY
    )
    return Results(
        organisation=o,
        points=({},),
        scenarios=(s,),
        settings=Settings(weeks=8, replications=4, **settings),
        replications=4,
        complete=True,
        engine="simpy",
        checked="",
        spending={"course": spending or Spending()},
        held=(),
        warnings=("front_line: too much",),
        measured=pd.DataFrame(rows, columns=["scenario", "replication", "measure", "value"]),
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
    t = t_quantile(1 - 0.05 / len(HEADLINES), 3)
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
    assert row(compare(study(changes)), "wait").verdict == "same"
    assert row(compare(study(changes, worthwhile={"wait": 2.0})), "wait").verdict == "better"


def test_money_is_judged_by_the_size_of_the_organisation() -> None:
    cost = row(compare(study({})), "staffing_cost")
    assert cost.worthwhile == pytest.approx(0.005 * 11.5)
    assert cost.unit == "EUR/week"


def test_the_finding_is_a_sentence() -> None:
    noisy = [3.0, -3.0, 9.0, -9.0]
    said = compare(
        study({"contacts_per_case": [-0.2, -0.21, -0.22, -0.21], "running_cost": [5.0] * 4, "wait": noisy})
    ).findings()["course"][0]
    assert said.startswith("A course. Better: customers need 0.21 fewer contacts per case (± 0.0")
    assert "worse: running it costs 5.00 EUR a week more (± 0.00)" in said
    assert "undecided: waits" in said
    assert "no difference that matters in effort, CES" in said


def test_nothing_changed_is_said_so() -> None:
    (said,) = compare(study({})).findings()["course"]
    assert said == "A course: everything is exactly as in the baseline."


def test_hours_are_not_cash() -> None:
    said = " ".join(compare(study({"work_hours": [-75.0] * 4, "work_fte": [-2.0] * 4})).findings()["course"])
    # a scenario that only frees hours does not move a headline measure
    assert "A course" in said
    changes = {"work_hours": [-75.0] * 4, "work_fte": [-2.0] * 4, "effort": [-1.0] * 4}
    said = " ".join(compare(study(changes)).findings()["course"])
    assert "75.0 hours a week released" in said
    assert "2.00 FTE" in said
    assert "not cash" in said


@pytest.mark.parametrize(
    ("gain", "said"),
    [(30.0, "paid back after 4 weeks"), (5.0, "not paid back within 8 weeks"), (-5.0, "not paid back within 8 weeks")],
)
def test_payback(gain: float, said: str) -> None:
    changes = {"net_benefit_running": [gain] * 4, "effort": [-1.0] * 4}
    text = " ".join(compare(study(changes, Spending(once=100.0, total=100.0))).findings()["course"])
    assert said in text
    assert "at run-rate" in text


def test_limits_are_printed() -> None:
    comparison = compare(study({}))
    said = comparison.say()
    assert "Overload\n  front_line: too much" in said
    assert "A course cannot say: Whether they like it." in said
    assert "does not wear off" in said
    assert "no causal" in " ".join(comparison.limits())
    assert max(map(len, said.splitlines())) <= 112


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1234.5, "EUR/week", "1,234 EUR a week"),
        (0.2149, "contacts", "0.21"),
        (7.25, "s", "7.2 s"),
        (72.5, "s", "72 s"),
        (1.0, "%", "1.0 percentage points"),
        (-0.001, "contacts", "0.00"),
    ],
)
def test_numbers_as_they_are_said(value: float, unit: str, said: str) -> None:
    assert amount(value, unit) == said


def test_numbers_that_are_none() -> None:
    assert number(math.nan) == "-"
    assert number(math.inf) == "any"
