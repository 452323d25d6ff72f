"""What loyalty is worth, against sums and small numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.measures.customer_value import break_even, lifetime_value
from cxsim.probability.nps import nps_variance, weeks_to_see


def test_lifetime_value_is_the_sum_of_discounted_margins() -> None:
    m, r, d = 200.0, 0.85, 0.10
    summed = sum(m * (r / (1.0 + d)) ** year for year in range(2000))
    assert lifetime_value(m, r, d) == pytest.approx(summed)
    assert lifetime_value(m, 0.0, d) == pytest.approx(m)


def test_a_point_of_retention() -> None:
    # the arithmetic of the project's sources: 36.7 at a margin of 200, a retention of 85 %, a discount of 10 %
    assert lifetime_value(200, 0.86, 0.1) - lifetime_value(200, 0.85, 0.1) == pytest.approx(36.67, abs=0.005)


@pytest.mark.parametrize(("retention", "discount"), [(1.1, 0.1), (-0.1, 0.1), (0.8, 0.0)])
def test_impossible_values_are_refused(retention: float, discount: float) -> None:
    with pytest.raises(ValueError, match=r"retention"):
        lifetime_value(1.0, retention, discount)


def test_break_even_without_noise() -> None:
    # it costs 10 and brings 4 by loyalty: a link 2.5 times as strong pays
    found = break_even([-10.0, -10.0, -10.0], [4.0, 4.0, 4.0])
    assert (found.multiple, found.low, found.high) == (2.5, pytest.approx(2.5), pytest.approx(2.5))
    assert not break_even([-10.0, -9.0], [0.0, 0.0]).depends
    assert math.isnan(break_even([10.0, 10.0], [4.0, 4.0]).multiple)  # it pays without


def test_break_even_covers_the_truth_as_often_as_it_claims() -> None:
    # two related normal numbers a replication, means -3 and 2: the truth is 1.5
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(2000):
        a = rng.normal(-3.0, 1.0, 12)
        b = 2.0 + 0.5 * (a + 3.0) + rng.normal(0.0, 0.7, 12)
        found = break_even(a, b, 0.95)
        inside += found.low <= 1.5 <= found.high
    assert abs(inside / 2000 - 0.95) < 4.0 * math.sqrt(0.95 * 0.05 / 2000)


def test_break_even_reports_when_loyalty_is_lost_in_noise() -> None:
    found = break_even([-3.0, -2.0, -4.0, -3.0], [0.5, -0.4, 0.1, -0.3])
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.depends


def test_weeks_until_a_survey_shows_it() -> None:
    # 45 % promoters, 25 % detractors; 5 points; 50 answers a week: 2 x 6600 x (1.96 + 0.8416)^2 / (50 x 25)
    assert 1e4 * nps_variance(0.45, 0.25) == pytest.approx(6600.0)
    assert weeks_to_see(0.45, 0.25, 5.0, 50.0) == pytest.approx(2 * 6600 * 2.80158**2 / (50 * 25), rel=1e-4)
    assert weeks_to_see(0.45, 0.25, -5.0, 50.0) == weeks_to_see(0.45, 0.25, 5.0, 50.0)
    assert math.isinf(weeks_to_see(0.45, 0.25, 0.0, 50.0))
    assert math.isinf(weeks_to_see(0.45, 0.25, 5.0, 0.0))
