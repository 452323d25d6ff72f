"""Families of intervals, ratios over replications, and how many replications settle a verdict."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.probability.intervals import Difference, difference, mean_of, t_quantile
from cxsim.probability.ratios import pseudo_values
from cxsim.probability.settling import CHANCE, more_replications
from cxsim.probability.simultaneous import Family, family_of_changes, shrunken_correlation

CASES = 16


def loaded(rng: np.random.Generator) -> np.ndarray:
    """Root of a correlation matrix as a study's headline measures have it: a few causes behind all."""
    loadings = 1.2 * rng.normal(size=(CASES, 3))
    covariance = loadings @ loadings.T + 0.5 * np.eye(CASES)
    sd = np.sqrt(np.diag(covariance))
    return np.linalg.cholesky(covariance / np.outer(sd, sd))


def test_one_comparison_is_students() -> None:
    changes = np.array([[1.0, 0.0, 3.0], [2.0, 0.0, 3.0], [4.0, 0.0, 3.0], [3.0, 0.0, 3.0]])
    assert family_of_changes(changes) == Family(3, 1, 1.0)  # one never moves, one always by the same


def test_independent_ones_are_as_many_and_equal_ones_are_one() -> None:
    """Sidak: m independent tests at 1 - 0.95^(1/m) hold together; Bonferroni's 0.05 / m is hardly wider."""
    x = np.random.default_rng(2).normal(size=(400, 5))
    apart = family_of_changes(x)
    assert apart.effective == pytest.approx(0.05 / (1.0 - 0.95 ** (1 / 5)), rel=0.12)  # 0.2 points of 5, and 400 rows
    assert apart.effective <= apart.moving == 5
    same = family_of_changes(np.repeat(x[:, :1], 5, axis=1))
    assert same.effective == pytest.approx(1.0, abs=0.1)


def test_equal_replications_give_equal_families() -> None:
    x = np.random.default_rng(3).normal(size=(12, 6))
    assert family_of_changes(x) == family_of_changes(x.copy())


def test_correlations_are_shrunk_where_they_are_uncertain() -> None:
    x = np.random.default_rng(4).normal(size=(8, 3))
    raw, shrunk = np.corrcoef(x.T), shrunken_correlation(x)
    assert (abs(shrunk[~np.eye(3, dtype=bool)]) < abs(raw[~np.eye(3, dtype=bool)])).all()
    assert np.array_equal(shrunken_correlation(x[:3]), np.eye(3))


@pytest.mark.parametrize("n", [8, 20, 40])
def test_a_family_covers_at_its_confidence(n: int) -> None:
    """93 to 97 % of 1,000 studies, within which 95 % stays by 2.9 standard errors; Bonferroni over 26 is wider."""
    rng = np.random.default_rng(n)
    root, held, bonferroni = loaded(rng), 0, 0
    for _ in range(1_000):
        x = rng.normal(size=(n, CASES)) @ root.T
        t = float(np.max(abs(x.mean(axis=0)) / (x.std(axis=0, ddof=1) / math.sqrt(n))))
        held += t <= t_quantile(1.0 - 0.05 / family_of_changes(x).effective, n - 1)
        bonferroni += t <= t_quantile(1.0 - 0.05 / 26, n - 1)
    assert 930 <= held <= 970
    assert held < bonferroni


def test_a_missing_value_leaves_the_others_alone() -> None:
    x = np.random.default_rng(5).normal(size=(20, 4))
    x[3, 2] = math.nan
    assert 1.0 < family_of_changes(x).effective <= 4.0


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
    assert math.isnan(pseudo_values(np.array([1.0, 2.0, math.nan]), np.full(3, math.nan))[2])


def test_a_ratio_covers_and_the_mean_of_ratios_does_not() -> None:
    """Waiting share at 84 calls a day or so, where few calls are few that wait: 1,000 studies of 60 replications."""
    rng = np.random.default_rng(6)
    studies, n, truth = 1_000, 60, 0.0
    calls = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=(studies, n)))
    share = 1.0 / (1.0 + np.exp(-(calls - 84.0) / 40.0))
    waiting = rng.binomial(calls, share)
    many = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=2_000_000))
    truth = float((many / (1.0 + np.exp(-(many - 84.0) / 40.0))).sum() / many.sum())
    with np.errstate(invalid="ignore"):
        ratios = waiting / calls
    covered = [
        sum(abs(m.value - truth) <= m.half_width for m in map(mean_of, values))
        for values in (pseudo_values(ratios.T, calls.T.astype(float)).T, ratios)
    ]
    assert 930 <= covered[0] <= 970
    assert covered[1] < 700


def test_nothing_is_left_to_settle() -> None:
    same = difference([1.0, 2.0], [1.0, 2.0])
    assert more_replications(same, 1.0) == 0.0
    assert math.isnan(more_replications(difference([math.nan], [math.nan]), 1.0))
    assert more_replications(Difference(1.5, 0.4, 1.1, 1.9, 1.0, 10), 1.0) == 0.0
    assert more_replications(Difference(1.0, 0.4, 0.6, 1.4, 1.0, 10), 1.0) > 1_000.0  # at the border itself


def test_as_many_as_are_named_settle_it_as_often_as_is_said() -> None:
    """Changes anywhere within three times what is worthwhile, 20 replications, undecided, then as many as named."""
    rng = np.random.default_rng(7)
    settled, n = [], 20
    while len(settled) < 500:
        truth = rng.uniform(-3.0, 3.0)
        x = rng.normal(truth, 2.0, size=n)
        d = difference(x, np.zeros(n), 0.95, 5.0)
        more = more_replications(d, 1.0, 0.95, 5.0)
        if 0.0 < more <= 10.0 * n:  # what is reported
            all_of_it = np.concatenate([x, rng.normal(truth, 2.0, size=int(more))])
            d = difference(all_of_it, np.zeros(len(all_of_it)), 0.95, 5.0)
            settled.append(d.half_width <= abs(abs(d.mean) - 1.0))
    assert CHANCE <= np.mean(settled) <= 0.95
