"""What the shipped scenarios of decision rights and recovery show against their comparators.

Scenarios share their random numbers; each claim is about a paired interval, and all of them hold at once with 95 %
(Bonferroni).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cxsim
from cxsim.probability.intervals import mean_of
from cxsim.report.text import findings

NAMES = ("decision_rights", "complaints_today", "recovery", "recovery_symptom", "recovery_waiting")
CLAIMS = 15
"""Intervals looked at below."""
SETTINGS = cxsim.Settings(weeks=8, warm_up_weeks=2, replications=12, workers=1, seed=5, engine="compiled")
Change = Callable[[str, str, str], Any]


@pytest.fixture(scope="module")
def results() -> cxsim.Results:
    bank = cxsim.load_organisation("bank")
    return cxsim.run_study(bank, [cxsim.load_scenario(name, bank) for name in NAMES], SETTINGS)


@pytest.fixture(scope="module")
def change(results: cxsim.Results) -> Change:
    """Mean difference of a measure between two scenarios, with its interval, paired by replication."""

    def between(measure: str, one: str, other: str) -> Any:
        values = results.measured[results.measured["measure"] == measure]
        by = values.pivot(index="replication", columns="scenario", values="value")
        return mean_of((by[one] - by[other]).to_numpy(), 0.95, CLAIMS)

    return between


def surely(difference: Any, above: bool = True) -> bool:
    return bool((difference.value if above else -difference.value) > difference.half_width)


def test_escalations_fall_where_the_front_line_decides(change: Change) -> None:
    fall = change("escalations", "decision_rights", "complaints_today")
    assert fall.value + fall.half_width < -1.0
    assert surely(change("work_fte", "decision_rights", "complaints_today"), above=False)
    assert surely(change("wrong_decisions_week", "decision_rights", "complaints_today"))


def test_what_an_error_may_cost_is_reported(results: cxsim.Results) -> None:
    reported = " ".join(findings(cxsim.compare(results))["decision_rights"])
    assert "more decisions a week are wrong" in reported
    assert "pay" in reported.partition("more decisions a week are wrong")[2][:120]


def test_solving_the_cause_beats_solving_the_symptom(change: Change) -> None:
    assert surely(change("recurrence", "recovery", "recovery_symptom"), above=False)
    for measure in ("recovery", "given_back", "nps_relationship", "favourable"):
        assert surely(change(measure, "recovery", "recovery_symptom")), measure
    assert surely(change("work_fte", "recovery", "recovery_symptom"), above=False)


def test_complaints_sought_beat_complaints_waited_for_in_loyalty_and_cost_more(change: Change) -> None:
    for measure in ("recovered_share", "given_back", "nps_relationship", "favourable", "running_cost"):
        assert surely(change(measure, "recovery", "recovery_waiting")), measure
    assert surely(change("churn", "recovery", "recovery_waiting"), above=False)
