"""What must hold in any world: nothing changes nothing, order does not matter, help never hurts, nobody is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import money_adds_up
from conservation import conserved
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.measures.reading import Reading, Spending
from cxsim.organisation import read_organisation
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.plan import names_of, plans_of
from cxsim.state.tally import CaseColumn, Cause, ContactColumn, StepColumn, TeamColumn
from test_common_random_numbers import busy_bank
from worlds import Observed, Tree, both_engines, crew, merged, tiny

FAST = "compiled" if "compiled" in runs.ENGINES else "simpy"


def run(*changes: tuple[float, Tree], engine: str = FAST, weeks: int = 1, seed: int = 5) -> Observed:
    """A timeline of trees, one week of warm-up."""
    read = [(at, read_organisation(tree)) for at, tree in changes]
    names = names_of([o for _, o in read])
    timeline = plans_of(read, names, weeks, 1)
    started = runs.start(timeline[0][1], names, seed, 0, weeks, 1, trace=True)
    seen = Observed(names, runs.finish(runs.advance(started, timeline, weeks * WEEK, engine), timeline), timeline)
    conserved(seen)
    return seen


def same(a: Observed, b: Observed) -> bool:
    """Tallies and trace bit for bit."""
    return all(np.array_equal(x, y) for x, y in zip(a.run.tally, b.run.tally, strict=True)) and np.array_equal(
        a.run.visits(), b.run.visits()
    )


@both_engines
@pytest.mark.parametrize("at", [0.0, 0.35 * WEEK])
def test_a_scenario_that_changes_nothing_is_the_baseline_bit_for_bit(engine: str, at: float) -> None:
    tree = busy_bank()
    tree["reasons"]["loan"]["promise"]["update_every"] = "1 d"
    renamed = merged(tree, {"title": "Another name", "note": "nothing else"})
    assert same(run((0.0, tree), (at, renamed), engine=engine), run((0.0, tree), engine=engine))


@pytest.mark.parametrize("at", [0.0, 0.35 * WEEK, 5000.5])
def test_a_change_undone_at_the_same_instant_leaves_every_event_as_it_was(at: float) -> None:
    # the plan is swapped in the middle of everything, for an equal one
    tree = busy_bank()
    tree["reasons"]["loan"]["promise"]["update_every"] = "1 d"
    other = merged(tree, {"teams": {"front_line": {"agents": 2}}})
    swapped, plain = run((0.0, tree), (at, other), (at, tree)), run((0.0, tree))
    assert np.array_equal(swapped.run.visits(), plain.run.visits())
    assert np.array_equal(swapped.run.entries(), plain.run.entries())
    for a, b in zip(swapped.run.tally, plain.run.tally, strict=True):
        assert np.allclose(a, b, rtol=1e-12, atol=1e-6)


def test_the_order_of_independent_changes_does_not_matter() -> None:
    tree = busy_bank()
    staff: Tree = {"teams": {"lending": {"agents": 2}}}
    speed: Tree = {"routes": {"limit": {"serve": {"wrap_up": "1 min"}}}}
    at = 2000.0
    one = run((0.0, tree), (at, merged(merged(tree, staff), speed)))
    other = run((0.0, tree), (at, merged(merged(tree, speed), staff)))
    assert same(one, other)


@both_engines
def test_nobody_is_lost_in_the_busy_bank(engine: str) -> None:
    tree = busy_bank()
    seen = run((0.0, tree), (3000.0, merged(tree, {"teams": {"front_line": {"agents": 3}}})), engine=engine)
    contacts = seen.run.tally.contact_sums.sum(axis=(0, 1, 2))
    present = seen.run.state.visits
    there = ((present["status"] == 2) & (present["present"] == 1)).sum()
    assert contacts[ContactColumn.QUEUED] == contacts[ContactColumn.SERVED] + contacts[ContactColumn.ABANDONED] + there
    # busy agents are on duty or finish a contact after their shift; nobody holds less than nothing
    teams = seen.run.tally.team_sums.sum(axis=(0, 1))
    assert 0 < teams[TeamColumn.BUSY] <= teams[TeamColumn.CONTACTS_HELD]
    assert teams[TeamColumn.DUTY] <= teams[TeamColumn.PAID]


def test_littles_law_holds_sample_path_by_sample_path() -> None:
    # with nobody there at both ends, the time integral of the queue is the sum of all waits (Stidham 1974)
    tree = tiny(
        {"a": "31 min", "b": {"exponential": {"mean": "45 min"}}},
        {"answer": {"work": {"lognormal": {"mean": "20 min", "cv": 1.2}}, "wrap_up": "3 min"}},
        channels={"phone": {"patience": {"exponential": {"mean": "30 min"}}}},
    )
    seen = run((0.0, tree))
    waiting = seen.run.state.visits[seen.run.state.visits["status"] == 2]
    still = (WEEK - waiting["queued_at"]).sum()
    assert seen.team("desk", TeamColumn.QUEUE) == pytest.approx(seen.step("answer", StepColumn.WAIT) + still)
    served = seen.run.state.visits[seen.run.state.visits["status"] == 3]
    wrapping = seen.run.state.visits[seen.run.state.visits["status"] == 6]
    held = (
        seen.step("answer", StepColumn.SERVICE)
        + seen.step("answer", StepColumn.WRAP)
        + (WEEK - served["began_at"]).sum()
        - (wrapping["due_at"] - WEEK).sum()
    )
    assert seen.team("desk", TeamColumn.BUSY) == pytest.approx(held)


def waits(seen: Observed) -> dict[int, float]:
    """Wait by case number."""
    return {number: began - queued for number, queued, began in seen.log("number", "queued", "began")}


distributions = st.sampled_from(
    [
        "7 min",
        {"exponential": {"mean": "8 min"}},
        {"lognormal": {"mean": "6 min", "cv": 1.5}},
        {"uniform": {"low": "1 min", "high": "12 min"}},
    ]
)


@given(arrivals=distributions, work=distributions, agents=st.integers(1, 4), seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_more_agent_makes_nobody_wait_longer(arrivals: Any, work: Any, agents: int, seed: int) -> None:
    # first come first served, equal agents, no impatience: with the same arrivals and work content, no single wait is
    # longer (Kiefer & Wolfowitz 1955, sample by sample)
    def with_agents(n: int) -> dict[int, float]:
        tree = tiny({"a": arrivals}, {"answer": {"work": work}}, teams={"desk": crew(n)})
        return waits(run((0.0, tree), seed=seed))

    few, more = with_agents(agents), with_agents(agents + 1)
    assert len(more) >= len(few) > 0
    assert all(more[case] <= few[case] + 1e-6 for case in few)


@given(work=distributions, factor=st.floats(0.3, 0.95), seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_skill_shortens_work_by_its_factor_and_nobody_waits_longer(work: Any, factor: float, seed: int) -> None:
    # the same random numbers and work contents: who is z SD better works exp(0.15 z) times as fast, so that each
    # service at -ln(factor) / 0.15 SD takes `factor` times what it takes at 0 SD
    def with_skill(z: float) -> tuple[dict[int, float], dict[int, float]]:
        tree = tiny({"a": "9 min"}, {"answer": {"work": work}}, teams={"desk": {"proficiency": {"mean": z}}})
        seen = run((0.0, tree), seed=seed)
        served = seen.log("number", "began", "ended")
        return waits(seen), {number: ended - began for number, began, ended in served if ended < WEEK}

    (slow, slowly), (fast, quickly) = with_skill(0.0), with_skill(-float(np.log(factor)) / 0.15)
    assert len(slowly) > 500
    assert all(quickly[case] == pytest.approx(factor * slowly[case], rel=1e-6) for case in slowly)
    assert all(fast[case] <= slow[case] + 1e-6 for case in slow)


@given(scale=st.integers(2, 50), seed=st.integers(0, 2**32))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_time_has_no_unit(scale: int, seed: int) -> None:
    # everything twice as slow takes twice as long: same order of events, all times multiplied
    def at_pace(k: int) -> list[float]:
        tree = tiny(
            {"a": {"exponential": {"mean": f"{k} min"}}},
            {"answer": {"work": {"exponential": {"mean": f"{0.8 * k} min"}}}},
            channels={"phone": {"patience": {"exponential": {"mean": f"{2 * k} min"}}}},
        )
        read = read_organisation(tree)
        names = names_of([read])
        timeline = plans_of(((0.0, read),), names, 1, 0)
        started = runs.start(timeline[0][1], names, seed, 0, 1, 0, trace=True)
        rows = runs.advance(started, timeline, 150.0 * k, FAST).visits()
        return [float(x) / k for x in rows["ended_at"]]

    one, other = at_pace(1), at_pace(scale)
    assert len(one) == len(other) > 50
    assert other == pytest.approx(one, rel=1e-9)


def test_twice_the_patience_is_twice_the_stay() -> None:
    # patience twice as long for all, in a queue that never moves: everybody stays exactly twice as long
    def with_patience(minutes: int) -> list[tuple[int, float]]:
        tree = tiny(
            {"a": "5 min"},
            {"answer": {"work": "400000 min"}},
            channels={"phone": {"patience": {"exponential": {"mean": f"{minutes} min"}}}},
        )
        return [(n, e - q) for n, q, e in run((0.0, tree)).log("number", "queued", "ended")]

    short, long = dict(with_patience(10)), dict(with_patience(20))
    assert all(long[n] == pytest.approx(2 * short[n], rel=1e-6) for n in short if n in long)


def test_everything_resolved_at_once_costs_no_effort() -> None:
    tree = tiny({"a": "20 min"}, {"answer": {"work": "5 min"}}, teams={"desk": crew(3)})
    seen = run((0.0, tree))
    assert seen.case(CaseColumn.EFFORT) == 0.0
    assert seen.case(CaseColumn.CLOSED) == seen.case(CaseColumn.FIRST_RESOLVED)
    assert seen.efforts() == []


PRICED: Tree = {
    "economics": {"overhead": 0.5},
    "channels": {"phone": {"cost_per_contact": 0.5}, "chat": {"cost_per_contact": 0.2}},
    "segments": {"everyday": {"margin": 60, "revenue": 200, "churn": 0.4}, "affluent": {"margin": 300}},
    "reasons": {"loan": {"margin": 400, "promise": {"update_every": "1 d", "cost_per_update": 0.1}}},
    "teams": {
        "front_line": {"cost_per_hour": 30, "attrition": 8, "hiring": {"cost": 6000, "training": 4000}},
        "lending": {
            "cost_per_hour": 40,
            "rights": {"loan_decision": {"share": 0.5, "p_error": 0.1, "cost_per_error": 300}},
        },
    },
}


@pytest.mark.parametrize("changed", [False, True])
def test_money_adds_up_from_its_parts_to_the_total(changed: bool) -> None:
    # of a whole run, in the second case with a change in the middle: staff, prices and the decision right
    tree = merged(busy_bank(), PRICED)
    other: Tree = {"agents": 3, "cost_per_hour": 33}
    later = merged(tree, {"teams": {"front_line": other}, "channels": {"phone": {"cost_per_contact": 0.7}}})
    seen = run((0.0, tree), *([(3000.0, later)] if changed else []), weeks=3)
    spent = Spending(once=700.0, per_week=30.0, total=790.0)
    m = money_adds_up(Reading(seen.run.tally, seen.names, seen.timeline, read_organisation(tree), 3, 1, 0, spent))
    assert m["scenario_cost"] == pytest.approx(790.0 / 3)
    for name in ("staffing_cost", "contact_cost", "update_cost", "error_cost", "hiring_cost"):
        assert m[name] > 0.0, name
    for name in ("margin", "customer_margin", "revenue", "base_value"):
        assert m[name] > 0.0, name


def test_a_sum_that_is_wrong_is_noticed() -> None:
    seen = run((0.0, busy_bank()))
    for table, column in (
        ("case_sums", CaseColumn.RESOLVED),
        ("contact_sums", ContactColumn.REDIALS),
        ("step_sums", StepColumn.SERVED),
        ("team_sums", TeamColumn.HIRED),
        ("loyalty_sums", LoyaltyColumn.LEFT),
        ("effort_sums", Cause.WAIT),
    ):
        cell = getattr(seen.run.tally, table).reshape(-1, getattr(seen.run.tally, table).shape[-1])[-1]
        cell[column] += 1.0
        with pytest.raises(AssertionError):
            conserved(seen)
        cell[column] -= 1.0
    conserved(seen)
