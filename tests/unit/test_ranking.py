"""Assumptions are named only above what chance alone gives: null studies, planted ones, and the draws it takes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from cxsim.probability import ranking
from cxsim.probability.ranking import LEVEL, draws_needed, ranked

STUDIES = 400


@pytest.fixture(autouse=True)
def fewer_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "PERMUTATIONS", 400)


def named(values: np.ndarray, outcome: np.ndarray) -> set[int]:
    return {r.column for r in ranked(values, outcome) if r.p <= LEVEL}


def test_the_largest_of_many_correlations_is_large_and_not_named() -> None:
    """20 draws of 179 numbers that have nothing to do with the outcome: the median of the largest is 0.62."""
    rng = np.random.default_rng(3)
    largest, wrong = [], 0
    for _ in range(STUDIES):
        values, outcome = rng.random((20, 179)), rng.standard_normal(20)
        found = ranked(values, outcome)
        largest.append(abs(found[0].correlation))
        wrong += found[0].p <= LEVEL
    assert np.median(largest) == pytest.approx(0.62, abs=0.02)
    assert wrong <= binom.ppf(0.99, STUDIES, LEVEL)


def test_what_decides_is_found_and_nothing_else() -> None:
    """Two of 50 numbers make the outcome; the level holds for the others too."""
    rng = np.random.default_rng(4)
    both, others = 0, 0
    for _ in range(100):
        values = rng.random((80, 50))
        outcome = 3.0 * values[:, 7] - 2.5 * values[:, 20] + 0.3 * rng.standard_normal(80)
        found = named(values, outcome)
        both += {7, 20} <= found
        others += bool(found - {7, 20})
    assert both >= 95
    assert others <= binom.ppf(0.99, 100, LEVEL)


def test_signs_and_order_of_a_study_by_hand() -> None:
    x = np.arange(12.0)
    found = ranked(np.stack([np.cos(3.0 * x), x, np.ones(12)], axis=1), -(x**2))
    assert (found[0].column, found[0].correlation) == (1, pytest.approx(-1.0))
    assert [r.column for r in found] == [1, 0]  # what never varies is not looked at
    assert found[0].p == pytest.approx(1.0 / 401.0)
    assert found[1].p > LEVEL


@pytest.mark.parametrize("numbers", [10, 179])
def test_as_many_draws_as_are_named_find_it_in_four_of_five(numbers: int) -> None:
    rng = np.random.default_rng(5)
    n = draws_needed(numbers)
    found = 0
    for _ in range(100):
        values = rng.standard_normal((n, numbers))
        outcome = 0.5 * values[:, 0] + np.sqrt(0.75) * rng.standard_normal(n)
        found += 0 in named(values, outcome)
    assert found >= binom.ppf(0.01, 100, 0.72)
    assert draws_needed(numbers) > draws_needed(1)
