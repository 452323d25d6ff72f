"""The benchmarks run, and their check of results against each other notices a model that is not the same.

Sizes are tiny; speeds are measured by `python docs/build/performance.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # the benchmarks are not part of the package

from benchmarks import kernel, three_departments_simpy
from benchmarks.agreement import engines_differ, pairs
from benchmarks.growth import larger, pieces
from benchmarks.models import BARE, COMPILED, MODELS, SCRIPT, SIMPY, Cxsim, Model, larger_bare, organisation_of
from benchmarks.race import PIECES, Lap, Laps, lap, race, ratios

REPETITIONS = 5
COARSEST = 0.2
"""Largest relative standard error of a difference: for a mean wait it is around a tenth."""
CENTRE, DEPARTMENTS = MODELS


def laps_of(model: Model, *ways: str, weeks: int = 1) -> dict[str, list[Lap]]:
    return race({way: model.ways[way] for way in ways}, dict.fromkeys(ways, weeks), REPETITIONS)


@pytest.fixture(scope="module")
def departments() -> Laps:
    return laps_of(DEPARTMENTS, SCRIPT, SIMPY, BARE, weeks=2)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_all_ways_agree(model: Model, departments: Laps) -> None:
    laps = departments if model is DEPARTMENTS else laps_of(model, SCRIPT, SIMPY, BARE)
    found = list(pairs(laps, model.quantities, COARSEST))
    assert len(found) == 3 * len(model.quantities)
    assert [p for p in found if not p.agrees] == []


def test_another_model_is_noticed(departments: Laps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three_departments_simpy, "P_REWORK", three_departments_simpy.P_REWORK + 0.05)
    laps = {**departments, **laps_of(DEPARTMENTS, SCRIPT, weeks=2)}
    differing = {(p.quantity, p.ways) for p in pairs(laps, DEPARTMENTS.quantities, COARSEST) if not p.agrees}
    assert differing
    assert all(SCRIPT in ways for _, ways in differing)


def test_too_little_to_tell_is_no_agreement(departments: Laps) -> None:
    assert not any(p.agrees for p in pairs(departments, DEPARTMENTS.quantities, coarsest=1e-6))


def test_unequal_engines_are_named(departments: Laps) -> None:
    own = departments[SIMPY]
    other = [replace(own[0], warm_up={**own[0].warm_up, "wait": own[0].warm_up["wait"] * (1.0 + 1e-12)}), *own[1:]]
    assert engines_differ({SIMPY: own, COMPILED: own}) == []
    (reported,) = engines_differ({SIMPY: own, COMPILED: other})
    assert reported.startswith("repetition 0: wait is")


def test_ratios_are_taken_within_a_repetition() -> None:
    def lap(seconds: float) -> Lap:
        return Lap(seconds, {}, {"visits": 100.0})

    found = ratios({SCRIPT: [lap(4.0), lap(8.0), lap(2.0)], BARE: [lap(1.0), lap(1.0), lap(1.0)]})[BARE]
    assert (found.median, found.low, found.high) == (4.0, 2.0, 8.0)


class Idler:
    """A hundred visits a week, all the time in the world."""

    ends: list[float]

    def __init__(self, ends: list[float]) -> None:
        self.week, self.ends = -1.0, ends

    def run_to(self, week: float) -> None:
        assert week >= self.week
        self.week = week
        self.ends.append(week)

    def sums(self) -> dict[str, float]:
        return {"visits": 100.0 * self.week}


def test_a_repetition_of_a_size_is_cut_in_pieces_of_as_many_visits() -> None:
    for weeks, often in ((3, 1), (1, 3), (1, 100)):
        seeds, ends = [], []

        def begin(seed: int, seeds: list[int] = seeds, ends: list[float] = ends) -> Idler:
            seeds.append(seed)
            return Idler(ends)

        visits = [v for v, _ in pieces(begin, weeks, often, 7)]
        assert visits == pytest.approx([100.0 * weeks * often / PIECES] * PIECES)
        assert seeds == list(range(7, 7 + often))
        assert ends.count(0.0) == ends.count(float(weeks)) == often  # each run has its warm-up and comes to its end


def test_a_full_kernel_reports_it() -> None:
    """A thousand cases a minute for ten agents: there is no room for those who wait, and no row is overwritten."""
    tables = larger_bare(CENTRE, 1, seed=1).kernel
    tables.customers["gap"] = 1e-3
    tables.customers["patience"] = 0.0
    with pytest.raises(RuntimeError, match="room for 16384 cases"):
        kernel.run(tables, 1000.0)


def test_a_larger_organisation_has_more_of_both() -> None:
    own, ten = organisation_of("contact_centre"), larger(organisation_of("contact_centre"), 10)
    assert ten.segments["customers"].customers == 10 * own.segments["customers"].customers
    assert ten.teams["agents"].agents == 10 * own.teams["agents"].agents


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_a_larger_model_has_as_many_times_the_visits_in_both_ways(model: Model) -> None:
    def compiled(times: int) -> Cxsim:
        return Cxsim(larger(organisation_of(model.name), times), "compiled", 1, 1)

    for begin in (compiled, partial(larger_bare, model, seed=1)):
        one, ten = (lap(begin(times), weeks) for times, weeks in ((1, 1.0), (10, 0.1)))
        assert ten.measured["visits"] == pytest.approx(one.measured["visits"], rel=0.1)
