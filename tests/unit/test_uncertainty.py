"""The interval of one unknown truth covers it, whatever the noise, and does not shrink with the number of draws."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.compare import uncertainty
from cxsim.compare.uncertainty import grouped, truth_of

STUDIES = 500


@pytest.fixture(autouse=True)
def fewer_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "SAMPLES", 4000)


def study(rng: np.random.Generator, draws: int, noise: float) -> tuple[np.ndarray, float]:
    """[draw, run] differences whose truths vary by 1 around 0.5, and one more truth."""
    truths = 0.5 + rng.standard_normal(draws + 1)
    return truths[:-1, None] + noise * rng.standard_normal((draws, 2)), float(truths[-1])


@pytest.mark.parametrize(("draws", "noise"), [(10, 0.3), (10, 3.0), (30, 1.0), (30, 3.0)])
def test_one_unknown_truth_is_covered(draws: int, noise: float) -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(STUDIES):
        values, truth = study(rng, draws, noise)
        found = truth_of(values, 1.0, 0.95)
        assert found is not None
        covered += found.low <= truth <= found.high
    assert covered / STUDIES >= 0.93


def test_the_interval_of_the_truth_stays_and_that_of_the_mean_shrinks() -> None:
    rng = np.random.default_rng(12)
    few, many = (truth_of(study(rng, draws, 0.3)[0], 1.0, 0.95) for draws in (20, 320))
    assert few is not None
    assert many is not None
    # of a normal truth with standard deviation 1, nineteen of twenty lie within 1.96
    assert many.high - many.low == pytest.approx(2 * 1.96, rel=0.1)
    assert few.high - few.low == pytest.approx(many.high - many.low, rel=0.5)
    assert many.mean_half_width < 0.35 * few.mean_half_width
    assert many.between == pytest.approx(1.0, rel=0.1)


def test_probabilities_are_of_the_truth_without_chance() -> None:
    """A truth of 0.5 ± 1 exceeds 1 with 0.31 and is below −1 with 0.07, though its runs are as noisy as that."""
    rng = np.random.default_rng(13)
    found = truth_of(study(rng, 4000, 1.0)[0], 1.0, 0.95)
    assert found is not None
    assert found.above == pytest.approx(0.31, abs=0.05)
    assert found.below == pytest.approx(0.07, abs=0.05)


def test_draws_with_all_their_runs_are_grouped() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    assert grouped(values, np.array([0, 1, 2, 4, 5, 7]), 2).tolist() == [[1.0, 2.0], [4.0, 5.0]]
    assert grouped(values, np.array([0, 1, 2, 3, 4, 5]), 2).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert truth_of(np.ones((4, 2)), 1.0, 0.95) is None
    assert truth_of(np.ones((9, 1)), 1.0, 0.95) is None
