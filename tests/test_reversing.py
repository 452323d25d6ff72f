"""Every kind of intervention: taken back it leaves the baseline's plan, of no strength its events, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cxsim import load_organisation
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.native.records import Table
from cxsim.organisation import Organisation
from cxsim.scenario import read_scenario, timeline
from cxsim.scenario.interventions import KINDS, read_intervention
from cxsim.state.plan import Names, Plan, build_plan, names_of
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import CaseColumn, Tally

BANK = load_organisation("bank")
RECOVERING = read_intervention("recovery", {"after_failure": 0.5, "cause": 0.5}).apply(BANK)
WEEKS = 8

SOME: dict[str, dict[str, Any]] = {
    "staff": {"team": "front_line", "change": 2},
    "merge_teams": {"teams": ["payments", "lending"], "into": "back_office"},
    "split_team": {"team": "front_line", "into": "evening_line", "agents": 4},
    "move_step": {"route": "other", "step": "answer", "to": "branch"},
    "remove_step": {"route": "loan_application", "step": "hand_over"},
    "add_step": {"route": "other", "name": "note", "step": {"team": "front_line", "work": "1 min"}, "after": "answer"},
    "automate_step": {"route": "loan_application", "step": "tell", "takes": "1 min"},
    "speed_up": {"team": "front_line", "by": 0.1},
    "merge_steps": {
        "route": "loan_application",
        "steps": ["check", "decide"],
        "into": "check_and_decide",
        "control": "replaced",
    },
    "decision_right": {"who": "front_line", "may": "loan_decision", "share": 0.3},
    "escalation_protocol": {"route": "limit_change", "within": "2 working hours"},
    "routing": {"route": "loan_application", "step": "decide", "next": {"committee": 0.1, "tell": 0.9}},
    "skills": {"team": "front_line", "also": ["mail"], "share": 0.5},
    "call_back": {"channel": "phone", "when_wait_over": "2 min", "p_accept": 0.5},
    "self_service": {"reasons": ["transaction_check"], "channel": "web", "share": 0.2},
    "standard": {"team": "front_line", "within": "60 s", "share": 0.9},
    "promise": {"reason": "loan_application", "within": "3 working days"},
    "proactive_update": {"route": "loan_application", "every": "2 working days"},
    "prevent_demand": {"reasons": ["password"], "share": 0.3},
    "add_demand": {"reasons": ["other"], "share": 0.3},
    "batch_work": {"route": "loan_application", "steps": ["check"], "every": "1 working day", "saves": 0.1},
    "own_target": {"team": "lending", "faster": 0.1, "hand_back": 0.1, "order": "age"},
    "shared_outcome": {"teams": ["lending", "front_line"], "right_first_time": 0.5, "resolves": 0.02},
    "supplier": {"supplier": "credit_bureau", "shorter": 0.2, "steadier": 0.5},
    "training": {"team": "front_line", "uplift": {"front_line": 0.4}, "hours": "8 h"},
    "cross_train": {"teams": ["front_line", "advice"], "share": 0.5},
    "pressure": {"teams": ["front_line"], "to": 0.7},
    "hiring": {"teams": ["front_line"], "takes": "12 weeks"},
    "recovery": {"after_failure": 0.5, "cause": 0.9},
    "goodwill": {"who": "front_line", "limit": 50},
    "proactive_recovery": {"team": "complaints", "share": 0.3},
    "closed_loop": {"team": "complaints"},
    "set": {"behaviour.p_redial": 0.5},
}
"""One of each kind that changes the bank."""

NOTHING: dict[str, dict[str, Any] | None] = {
    "staff": {"team": "front_line", "change": 0},
    "merge_teams": None,
    "split_team": None,
    "move_step": {"route": "other", "step": "answer", "to": "front_line"},
    "remove_step": None,
    "add_step": None,
    "automate_step": None,
    "speed_up": {"team": "front_line", "by": 0.0},
    "merge_steps": None,
    "decision_right": {"who": "front_line", "may": "loan_decision", "share": 0.0},
    "escalation_protocol": {"route": "limit_change", "first": False},
    "routing": {
        "route": "loan_application",
        "step": "decide",
        "next": {"committee": 0.40, "tell": 0.52, "check": {"p": 0.08, "kind": "rework"}},
    },
    "skills": None,
    "call_back": {"channel": "phone", "when_wait_over": "2 min", "p_accept": 0.0},
    "self_service": {"reasons": ["transaction_check"], "channel": "web", "share": 0.0},
    "standard": {"team": "front_line", "within": "30 s", "share": 0.8},
    "promise": {"reason": "loan_application", "within": "5 working days"},
    "proactive_update": {"route": "loan_application", "every": "2 working days", "reaches": 0.0},
    "prevent_demand": {"reasons": ["password"], "share": 0.0},
    "add_demand": {"reasons": ["other"], "share": 0.0},
    "batch_work": {"route": "loan_application", "steps": ["check"], "every": "0 min", "saves": 0.0},
    "own_target": {"team": "lending", "faster": 0.0, "hand_back": 0.0, "resolves": 0.0},
    "shared_outcome": {"teams": ["lending", "front_line"], "right_first_time": 0.0, "order": None},
    "supplier": {"supplier": "credit_bureau", "shorter": 0.0, "steadier": 0.0},
    "training": {"team": "front_line", "uplift": 0.0, "hours": "0 min"},
    "cross_train": {"teams": ["front_line", "advice"], "share": 0.0},
    "pressure": {"teams": ["front_line"], "to": 0.0},
    "hiring": {"teams": ["front_line"], "takes": "4 weeks"},
    "recovery": {"after_failure": 0.5, "cause": 0.5},
    "goodwill": None,
    "proactive_recovery": {"team": "complaints", "share": 0.0},
    "closed_loop": {"team": "complaints", "share": 0.0},
    "set": {"behaviour.p_redial": BANK.behaviour.p_redial},
}
"""The same of no strength; None where a kind is all or nothing (its being taken back is tested)."""


def bank_for(kind: str) -> Organisation:
    """The bank; one that puts failures right already, for what only such a bank can do."""
    return RECOVERING if kind in ("goodwill", "proactive_recovery", "closed_loop") else BANK


def bank_of_no_strength(kind: str) -> Organisation:
    """The same, where a standard for complaints is the one that there is already."""
    return RECOVERING if kind == "recovery" else bank_for(kind)


def plans(given: Organisation, *others: Organisation) -> list[Plan]:
    names = names_of([given, *others])
    return [build_plan(o, names, WEEKS, 0) for o in (given, *others)]


def differing(a: Plan, b: Plan) -> list[str]:
    """Tables of two plans that are not the same bits."""
    return [
        name
        for name, x, y in zip(Plan._fields, a, b, strict=True)
        if isinstance(x, np.ndarray) and x.tobytes() != y.tobytes()
    ]


def test_every_kind_is_here() -> None:
    assert list(SOME) == list(NOTHING)
    assert set(SOME) == set(KINDS)


@pytest.mark.parametrize("kind", SOME)
def test_taken_back_it_leaves_the_baseline(kind: str) -> None:
    entry = {kind: SOME[kind], "starts": "week 1", "ends": "week 3"}
    bank = bank_for(kind)
    scenario = read_scenario({"title": kind, "interventions": [entry]}, bank, kind)
    (_, before), (start, during), (end, after) = timeline(bank, scenario)
    assert (start, end) == (WEEK, 3.0 * WEEK)
    plain, changed, back = plans(before, during, after)
    assert differing(plain, changed), "while it lasts something changes"
    assert not differing(plain, back)


def events(timeline: list[tuple[float, Plan]], names: Names) -> dict[str, Table]:
    """All tallies and the customers of a run of ten days, changed or not after the third."""
    run = runs.start(timeline[0][1], names, 5, 0, 2, 0)
    runs.advance(run, timeline, 10 * 1440.0, "compiled")
    tally = {name: np.array(table) for name, table in zip(Tally._fields, run.tally, strict=True)}
    tally["case_sums"][..., CaseColumn.UPDATES] = 0.0  # messages that reach nobody are sent all the same
    tally["recovery_sums"][..., RecoveryColumn.UNHAPPY] = 0.0  # who is looked for is counted
    return {**tally, "customers": run.state.customers}


@pytest.mark.parametrize("kind", [kind for kind, given in NOTHING.items() if given is not None])
def test_of_no_strength_it_is_the_baseline(kind: str) -> None:
    bank = bank_of_no_strength(kind)
    entry = {kind: NOTHING[kind], "starts": "day 3"}
    steps = timeline(bank, read_scenario({"title": kind, "interventions": [entry]}, bank, kind))
    names = names_of([o for _, o in steps])
    made = [(at, build_plan(o, names, WEEKS, 0)) for at, o in steps]
    same = [made[0], *((at, build_plan(bank, names, WEEKS, 0)) for at, _ in steps[1:])]
    plain, swapped = events(made[:1], names), events(same, names)
    for name, table in events(made, names).items():
        assert table.tobytes() == swapped[name].tobytes(), name
        if name == "team_sums":  # integrals over time are added up in two parts where a plan is swapped for its equal
            assert np.allclose(table, plain[name], rtol=1e-12, atol=1e-6)
        else:
            assert table.tobytes() == plain[name].tobytes(), name


DOUBLE: dict[str, float] = {
    "experience.carry_over": 2 * BANK.experience.carry_over,
    "loyalty.churn.relationship": 2 * BANK.loyalty.churn.relationship,
    "loyalty.churn.recent": 2 * BANK.loyalty.churn.recent,
    "loyalty.referral.promoter": 2 * BANK.loyalty.referral.promoter,
    "loyalty.referral.passive": 2 * BANK.loyalty.referral.passive,
    "loyalty.referral.detractor": 2 * BANK.loyalty.referral.detractor,
}
EXPERIENCED = ("relationship", "loyalty_sums", "customers", "latent_bins", "case_sums", "recovery_sums", "sale_sums")
"""Tables that hold what customers feel, answer, or buy because of it."""


@pytest.mark.parametrize("leaves", [False, True])
def test_twice_the_loyalty_link_changes_loyalty_and_no_wait_while_nobody_leaves(leaves: bool) -> None:
    still = {f"segments.{s}.{what}": 0.0 for s in BANK.segments for what in ("churn", "joins")}
    settled = BANK if leaves else read_intervention("set", still).apply(BANK)
    doubled = read_intervention("set", DOUBLE).apply(settled)
    names = names_of([settled, doubled])
    once, twice = (events([(0.0, build_plan(o, names, WEEKS, 0))], names) for o in (settled, doubled))
    assert once["relationship"].tobytes() != twice["relationship"].tobytes()
    waits = [name for name in once if name not in EXPERIENCED]
    assert "contact_sums" in waits
    assert "wait_bins" in waits
    moved = [name for name in waits if once[name].tobytes() != twice[name].tobytes()]
    assert moved if leaves else not moved
