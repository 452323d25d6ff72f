"""docs/model.md is enough to rebuild the model: a second one, written from it alone, gives the same.

Equal are the visits one by one (who, where, which agent, when, with what outcome), the effort ledger entry by entry,
every customer who comes and goes, and every person's proficiency.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

import rebuilt_weeks
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.state.causes import Cause
from cxsim.state.plan import Names, names_of, plans_of
from rebuilt import (
    ABANDONED,
    BALKED,
    BLOCKED,
    CHASER,
    COMPLAINT,
    DONE,
    FIRST,
    ORGANISATION,
    REPEAT,
    WARM_UP_WEEKS,
    Readings,
    Rebuilt,
)

SEED, REPLICATION, WEEKS = 7, 3, 2
RIGHT = Readings()
Played = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def play(tree: dict[str, Any], weeks: int, warm_up_weeks: int) -> tuple[runs.Run, Names]:
    """A run of the model itself."""
    organisation = read_organisation(tree)
    names = names_of([organisation])
    timeline = plans_of([(0.0, organisation)], names, weeks, warm_up_weeks)
    played = runs.start(timeline[0][1], names, SEED, REPLICATION, weeks, warm_up_weeks, trace=True)
    return runs.advance(played, timeline, weeks * WEEK, "compiled"), names


@pytest.fixture(scope="module")
def run() -> Played:
    """Visits and effort ledger of the model itself."""
    played, names = play(ORGANISATION, WEEKS, WARM_UP_WEEKS)
    visits = [
        (
            *(
                int(v["number"]),
                names.reasons[v["contact_reason"]],
                *(int(v[x]) for x in ("kind", "ordinal", "attempt")),
            ),
            *(names.steps[v["step"]][1], int(v["pass_number"]), int(v["agent"])),
            *(float(v[x]) for x in ("queued_at", "began_at", "ended_at")),
            int(v["outcome"]),
        )
        for v in played.visits()
    ]
    ledger = [
        (int(e["number"]), float(e["at"]), Cause(e["cause"]).name.lower(), float(e["effort"])) for e in played.entries()
    ]
    return visits, ledger


def rebuilt(readings: Readings) -> Rebuilt:
    return Rebuilt(SEED, REPLICATION, WEEKS * WEEK, readings)


def same(ours: list[Any], theirs: list[Any]) -> bool:
    """Whether two lists of rows are equal in any order, times and efforts within a millionth."""
    return len(ours) == len(theirs) and all(
        a == b if isinstance(a, int | str) else math.isclose(a, b, rel_tol=0.0, abs_tol=1e-6)
        for one, other in zip(sorted(ours), sorted(theirs), strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_the_rebuilt_model_gives_the_same_visits_and_efforts(run: Played) -> None:
    visits, ledger = run
    seen = Counter((visit[2], visit[-1]) for visit in visits)
    assert set(seen) >= {(FIRST, outcome) for outcome in (DONE, ABANDONED, BLOCKED, BALKED)}
    assert {kind for kind, _ in seen} == {FIRST, REPEAT, CHASER, COMPLAINT}
    assert len({cause for _, _, cause, _ in ledger}) == 10
    again = rebuilt(RIGHT)
    assert same(again.visits, visits)
    assert same(again.ledger, ledger)


@pytest.mark.parametrize("rule", [rule.name for rule in fields(Readings)])
def test_a_rule_that_is_misread_is_noticed(rule: str, run: Played) -> None:
    wrong = rebuilt(replace(RIGHT, **{rule: False}))
    assert not same(wrong.visits, run[0])


def test_people_and_customers_of_a_year_are_the_same() -> None:
    played, _ = play(rebuilt_weeks.ORGANISATION, rebuilt_weeks.WEEKS, rebuilt_weeks.WARM_UP_WEEKS)
    slots, state = rebuilt_weeks.customers(SEED, REPLICATION), played.state
    there = np.array([slot.there for slot in slots])
    assert state.customers["present"].tolist() == there.astype(int).tolist()
    assert state.customers["generation"].tolist() == [slot.generation for slot in slots]
    assert state.customers["referred"][there].tolist() == [slot.referred for slot in slots if slot.there]
    assert 10 < sum(slot.referred for slot in slots) < sum(slot.generation > 0 for slot in slots)
    people = rebuilt_weeks.people(SEED, REPLICATION)
    assert (state.agents["employed_in"] >= 0).tolist() == [one.there for one in people]
    assert state.agents["generation"].tolist() == [one.generation for one in people]
    assert {one.generation for one in people} >= {0, 1}
    for one, proficiency in zip(people, state.skill_state["proficiency"][:, 0], strict=True):
        assert not one.there or proficiency == pytest.approx(one.proficiency, abs=1e-12)
