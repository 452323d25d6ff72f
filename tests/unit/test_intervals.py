"""Half-widths, verdicts and variance ratios, by hand and by coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.probability.intervals import (
    Difference,
    difference,
    mean_of,
    means_of,
    needed,
    t_quantile,
    variance_ratio,
    verdict,
    widened,
)


def test_a_half_width_is_students() -> None:
    mean = mean_of([1.0, 2.0, 3.0, 4.0])
    assert mean.value == 2.5
    assert mean.half_width == pytest.approx(3.18245 * math.sqrt(5 / 3) / 2, rel=1e-5)  # t(0.975, 3) of any table
    assert mean.n == 4


def test_missing_values_are_left_out() -> None:
    assert mean_of([1.0, math.nan, 3.0]).value == 2.0
    assert mean_of([5.0]).half_width == math.inf
    assert math.isnan(mean_of([math.nan]).value)
    values = np.array([[1.0, math.nan], [2.0, math.nan], [3.0, 1.0]])
    mean, half_width = means_of(values)
    assert mean.tolist() == [2.0, 1.0]
    assert half_width[0] == pytest.approx(mean_of([1.0, 2.0, 3.0]).half_width)
    assert half_width[1] == math.inf


def test_a_family_is_widened_after_bonferroni() -> None:
    alone, two = difference([2, 3, 5, 6], [1, 2, 3, 4]), difference([2, 3, 5, 6], [1, 2, 3, 4], family=2)
    assert two.half_width / alone.half_width == pytest.approx(4.17653 / 3.18245, rel=1e-5)  # t(0.9875, 3)


def of(mean: float, half_width: float) -> Difference:
    return Difference(mean, half_width, mean - half_width, mean + half_width, 1.0, 10)


@pytest.mark.parametrize(
    ("mean", "half_width", "better", "message"),
    [
        (3.0, 1.0, "higher", "better"),
        (3.0, 1.0, "lower", "worse"),
        (-3.0, 1.0, "lower", "better"),
        (-3.0, 1.0, "higher", "worse"),
        (3.0, 1.0, "neither", "more"),
        (-3.0, 1.0, "neither", "less"),
        (2.0, 1.0, "higher", "better"),  # the whole interval, its end included
        (1.9, 1.0, "higher", "undecided"),  # above zero for sure, worthwhile perhaps
        (0.2, 0.5, "higher", "negligible"),
        (0.2, 0.9, "higher", "undecided"),
        (0.0, math.inf, "higher", "undecided"),
    ],
)
def test_verdicts_against_a_worthwhile_difference_of_one(
    mean: float, half_width: float, better: str, message: str
) -> None:
    assert verdict(of(mean, half_width), 1.0, better) == message


def test_equal_pairs_are_identical() -> None:
    same = difference([1.0, 2.0], [1.0, 2.0], family=13)
    assert same.identical
    assert verdict(same, 1.0, "lower") == "identical"


def test_no_values_are_undecided() -> None:
    nothing = difference([math.nan], [math.nan])
    assert verdict(nothing, 1.0, "lower") == "undecided"


def test_how_many_replications_are_needed() -> None:
    # t(0.975, 16) / sqrt(17) = 0.5142, t(0.975, 17) / sqrt(18) = 0.4973
    assert needed(1.0, 0.5) == 18
    assert needed(1.0, 0.0) == math.inf


def test_the_variance_ratio_by_hand() -> None:
    a, b = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0]
    # Var a = 5/3, Var b = 35/12, differences 0 0 0 -1: 1/4
    assert variance_ratio(a, b).value == pytest.approx((5 / 3 + 35 / 12) / 0.25)
    assert variance_ratio([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]).value == math.inf
    assert math.isnan(variance_ratio([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]).value)


def test_the_interval_of_the_variance_ratio_is_pitmans() -> None:
    """At its ends Pitman's test of Var S = w Var D is just significant."""
    rng = np.random.default_rng(1)
    common = rng.normal(size=15)
    a, b = common + 0.3 * rng.normal(size=15), common + 0.3 * rng.normal(size=15)
    s, d = a + b, a - b
    ratio = variance_ratio(a, b)
    for end in (ratio.low, ratio.high):
        w = math.sqrt(2.0 * end - 1.0)
        r = np.corrcoef(s + w * d, s - w * d)[0, 1]
        assert abs(r) * math.sqrt(13 / (1 - r * r)) == pytest.approx(t_quantile(0.95, 13))


def share_covered(quantile: float, n: int, samples: int) -> float:
    """Share of samples whose interval, mean ± quantile × sd / √n, holds the true mean 0."""
    x = np.random.default_rng(7).normal(size=(samples, n))
    half_width = quantile * x.std(axis=1, ddof=1) / math.sqrt(n)
    return float((abs(x.mean(axis=1)) <= half_width).mean())


def test_intervals_cover_as_often_as_they_claim() -> None:
    samples = 20_000  # the share is known to within ± 0.6 points (4 standard errors)
    assert share_covered(t_quantile(0.95, 4), 5, samples) == pytest.approx(0.95, abs=0.006)
    assert share_covered(1.96, 5, samples) < 0.90  # a normal quantile would be caught: 88 %


def test_a_family_covers_together() -> None:
    """Ten comparisons that share their baseline: all hold in at least 95 % of the studies."""
    rng = np.random.default_rng(3)
    studies, n, scenarios = 4_000, 12, 10
    baseline = rng.normal(size=(studies, 1, n))
    d = rng.normal(size=(studies, scenarios, n)) - baseline
    t = t_quantile(1 - 0.05 / scenarios, n - 1)
    covered = abs(d.mean(axis=2)) <= t * d.std(axis=2, ddof=1) / math.sqrt(n)
    assert covered.all(axis=1).mean() >= 0.95 - 0.014  # 4 standard errors
    assert covered.all(axis=1).mean() < 0.99  # and is not needlessly wide
    alone = abs(d.mean(axis=2)) <= t_quantile(0.95, n - 1) * d.std(axis=2, ddof=1) / math.sqrt(n)
    assert alone.all(axis=1).mean() < 0.90


def test_stopping_at_a_precision_covers_when_started_at_thirty() -> None:
    """The rule of a study (look, add as many as seem needed, look again): 95 % to within 1.5 points."""
    rng = np.random.default_rng(5)
    covered, studies = 0, 3_000
    for _ in range(studies):
        x = rng.normal(size=400)
        n = 30
        while (m := mean_of(x[:n])).half_width > 0.3:
            n = max(n + 10, int(min(needed(m.sd, 0.3), 2 * n)))
        covered += abs(m.value) <= m.half_width
    assert covered / studies == pytest.approx(0.95, abs=0.016)


def test_an_interval_is_widened_as_if_it_had_been_made_for_the_family() -> None:
    values = [1.0, 1.4, 0.7, 1.1, 1.9]
    assert widened(mean_of(values).half_width, 5, 0.95, 40) == pytest.approx(mean_of(values, 0.95, 40).half_width)
    assert widened(math.inf, 1, 0.95, 40) == math.inf
