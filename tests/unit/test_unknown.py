"""One unknown truth: coverage, probabilities, and what is left when the noise of the simulation is taken out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from cxsim.probability.unknown import truth_of


@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("n", [8, 20])
def test_the_interval_holds_one_more_truth(n: int, noise: float) -> None:
    """Truths are sums of skewed triangles; noise up to three times what numbers move: 92 to 97 % of 2,000 studies."""
    rng = np.random.default_rng(n)
    sd = math.sqrt(2.0 * (0.04 + 1.0 - 0.2) / 18.0)
    held = 0
    for _ in range(2_000):
        truths = rng.triangular(0.0, 0.2, 1.0, size=(n + 1, 2)).sum(axis=1)
        runs = truths[:n, None] + rng.normal(size=(n, 2)) * noise * sd
        found = truth_of(runs.mean(axis=1), runs.var(axis=1, ddof=1) / 2.0, 2, 0.1)
        held += found.low <= truths[n] <= found.high
    assert 1_840 <= held <= 1_940


def test_more_draws_make_the_mean_sure_and_not_the_truth() -> None:
    widths = []
    for n in (20, 320):
        found = truth_of(0.09 + 0.026 * ndtri((np.arange(n) + 0.5) / n), np.zeros(n), 2, 0.02)
        widths.append(found.high - found.low)
    assert widths[0] == pytest.approx(2 * 2.093 * 0.025 * math.sqrt(21 / 20), rel=0.1)
    assert widths[1] == pytest.approx(2 * 1.96 * 0.026, rel=0.1)


def test_noise_is_taken_out() -> None:
    """Draws that differ by chance alone: next to nothing is not known."""
    rng = np.random.default_rng(2)
    runs = rng.normal(size=(40, 2))
    y, noise = runs.mean(axis=1), runs.var(axis=1, ddof=1) / 2.0
    assert truth_of(y, noise, 2, 0.5).spread < 0.5 * y.std()
    assert truth_of(y, np.full(40, math.nan), 1, 0.5).spread == pytest.approx(y.std(ddof=1), rel=0.05)  # not told apart


def test_probabilities_add_up_and_follow_the_mean() -> None:
    found = truth_of(np.array([-1.0, 0.0, 1.0, 2.0, 3.0]), np.zeros(5), 2, 1.0)
    assert found.p_higher + found.p_negligible + found.p_lower == pytest.approx(1.0)
    assert found.p_higher == pytest.approx(0.5, abs=0.02)  # the mean is what is worthwhile
    assert found.p_lower < found.p_negligible


def test_of_one_draw_nothing_is_known() -> None:
    found = truth_of(np.array([1.0, math.nan]), np.zeros(2), 2, 1.0)
    assert (found.mean, found.low, found.high, found.n) == (1.0, -math.inf, math.inf, 1)
    assert truth_of(np.array([math.nan]), np.zeros(1), 2, 1.0).n == 0
