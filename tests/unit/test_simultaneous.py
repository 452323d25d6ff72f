"""Simultaneous intervals cover all at once, cost no more than Bonferroni, and less where measures go together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from cxsim.probability import simultaneous
from cxsim.probability.intervals import p_of_t, t_quantile
from cxsim.probability.simultaneous import effective_family

STUDIES, MEASURES = 200, 13


@pytest.fixture(autouse=True)
def fewer_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simultaneous, "SAMPLES", 2000)


def changes(rng: np.random.Generator, n: int, shared: float) -> np.ndarray:
    """[replication, measure] differences of nothing, each pair correlated by `shared`."""
    common = math.sqrt(shared) * rng.standard_normal((n, 1))
    return common + math.sqrt(1.0 - shared) * rng.standard_normal((n, MEASURES))


@pytest.mark.parametrize("n", [6, 20, 40])
@pytest.mark.parametrize("shared", [0.0, 0.9])
def test_all_intervals_hold_at_once(n: int, shared: float) -> None:
    rng = np.random.default_rng(21)
    held = 0
    for _ in range(STUDIES):
        x = changes(rng, n, shared)
        largest = np.abs(x.mean(axis=0) * math.sqrt(n) / x.std(axis=0, ddof=1)).max()
        held += largest <= t_quantile(1.0 - 0.05 / effective_family(x), n - 1)
    assert held >= binom.ppf(0.005, STUDIES, 0.95)


def test_measures_that_go_together_cost_fewer_comparisons() -> None:
    rng = np.random.default_rng(22)
    apart, together = (effective_family(changes(rng, 40, shared)) for shared in (0.0, 0.9))
    assert apart == pytest.approx(MEASURES, rel=0.1)
    assert together < 0.5 * MEASURES


def test_what_cannot_move_and_what_is_missing() -> None:
    rng = np.random.default_rng(23)
    x = changes(rng, 20, 0.0)
    assert effective_family(np.concatenate([x[:, :1], np.zeros((20, 12))], axis=1)) == 1.0
    assert effective_family(np.zeros((20, 5))) == 1.0
    some = x[:, :3].copy()
    some[4, 2] = math.nan
    assert 2.5 < effective_family(some) <= 3.0
    assert effective_family(x) == effective_family(x)


def test_the_effective_number_gives_the_critical_value_back() -> None:
    for t in (2.0, 3.5):
        assert t_quantile(1.0 - 0.05 / (0.05 / p_of_t(t, 19)), 19) == pytest.approx(t)
