"""Ratios over replications: ratios of sums, their pseudo-values, and how often their intervals hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_study import QUICK, more, tree

from cxsim.measures.catalogue import BY_NAME
from cxsim.organisation import read_organisation
from cxsim.probability.intervals import mean_of
from cxsim.probability.ratios import pseudo_values
from cxsim.study import Settings
from cxsim.study.drawn import merged
from cxsim.study.work import order_of, replicate


def test_pseudo_values_by_hand() -> None:
    """Ratios 1/2, 0/8, 1/2: of sums 2/12; without one of them 1/10, 2/4, 1/10."""
    found = pseudo_values(np.array([0.5, 0.0, 0.5]), np.array([2.0, 8.0, 2.0]))
    assert found == pytest.approx([3 * 2 / 12 - 2 * x for x in (1 / 10, 2 / 4, 1 / 10)])


def test_equal_divisors_leave_values_as_they_are() -> None:
    assert pseudo_values(np.array([1.0, 2.0, 4.0]), np.full(3, 7.0)) == pytest.approx([1.0, 2.0, 4.0])


def test_replications_without_a_divisor_have_no_value() -> None:
    found = pseudo_values(np.array([0.5, math.nan, 0.25]), np.array([2.0, 0.0, 4.0]))
    assert found[[0, 2]] == pytest.approx([2 * 2 / 6 - 1 / 4, 2 * 2 / 6 - 1 / 2])
    assert math.isnan(found[1])
    one = pseudo_values(np.array([0.5, math.nan]), np.array([2.0, 0.0]))
    assert one[0] == 0.5
    assert math.isnan(one[1])  # no two of them: no interval either
    assert pseudo_values(np.array([1.0, 2.0, 4.0]), np.full(3, math.nan)).tolist() == [1.0, 2.0, 4.0]


def test_a_ratio_covers_and_the_mean_of_ratios_does_not() -> None:
    """Waiting share at 84 calls a replication, of which more wait where they are many: 1,000 studies of 60."""
    rng = np.random.default_rng(6)
    calls = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=(1_000, 60)))
    ratios = rng.binomial(calls, 1.0 / (1.0 + np.exp(-(calls - 84.0) / 40.0))) / calls
    many = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=2_000_000))
    truth = float((many / (1.0 + np.exp(-(many - 84.0) / 40.0))).sum() / many.sum())
    covered = [
        sum(abs(m.value - truth) <= m.half_width for m in map(mean_of, values))
        for values in (pseudo_values(ratios.T, calls.T.astype(float)).T, ratios)
    ]
    assert 930 <= covered[0] <= 970
    assert covered[1] < 700


def test_a_ratio_is_what_it_is_a_ratio_of() -> None:
    """Value times divisor, added over replications, is the sum that a longer study would have."""
    o = read_organisation(tree())
    order = order_of(o, [more(o)], Settings(**QUICK, engine="compiled"))
    runs = [replicate(order, k) for k in range(4)]
    for outcome in runs[0]:
        assert set(outcome.divisors) <= set(BY_NAME)
        assert outcome.divisors["contacts_per_case"] == outcome.divisors["effort"] > 0.0
        waited = outcome.measured["waiting_share"] * outcome.divisors["waiting_share"] / 100.0
        assert waited == pytest.approx(round(waited))
        shares = (
            outcome.tables["reasons"]["fcr"].to_numpy()
            * outcome.cells["reasons"][:, outcome.tables["reasons"].columns.get_loc("fcr")]
        )
        assert np.nansum(shares) / 100.0 == pytest.approx(round(np.nansum(shares) / 100.0))


def test_replications_of_a_draw_count_as_one() -> None:
    o = read_organisation(tree())
    order = order_of(o, [more(o)], Settings(**QUICK, engine="compiled"))
    runs = [replicate(order, k) for k in range(2)]
    together = merged(runs)
    assert merged(runs[:1]) == runs[0]
    for i, outcome in enumerate(together):
        column = outcome.tables["reasons"].columns.get_loc("effort")
        a, b = (run[i].tables["reasons"]["effort"].to_numpy() for run in runs)
        v, w = (run[i].cells["reasons"][:, column] for run in runs)
        both = (v > 0.0) & (w > 0.0)
        whole = (a * v + b * w)[both] / (v + w)[both]
        assert outcome.tables["reasons"]["effort"].to_numpy()[both] == pytest.approx(2 * whole - (a + b)[both] / 2)
