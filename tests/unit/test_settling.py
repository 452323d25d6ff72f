"""How many more replications would settle a verdict."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.probability.intervals import Difference, difference
from cxsim.probability.settling import CHANCE, chance_to_settle, more_replications


def test_nothing_is_left_to_settle() -> None:
    same = difference([1.0, 2.0], [1.0, 2.0])
    assert more_replications(same, 1.0) == 0.0
    assert math.isnan(more_replications(difference([math.nan], [math.nan]), 1.0))
    assert more_replications(Difference(1.5, 0.4, 1.1, 1.9, 1.0, 10), 1.0) == 0.0
    assert more_replications(Difference(1.0, 0.4, 0.6, 1.4, 1.0, 10), 1.0) > 1_000.0  # at the border itself


def test_the_chance_by_hand() -> None:
    """A spread known from very many, and a mean of as many: four times as many settle it almost surely.

    With n = 10,000 and sd 1 the mean 1.025 is known to 0.01; of 40,000 it varies by 0.00866, the half-width is 0.0098.
    Outside 1 by at least that: P(z > (1.0098 - 1.025) / 0.00866) = P(z > -1.755) = 0.960.
    """
    d = Difference(1.025, 0.0196, 1.0054, 1.0446, 1.0, 10_000)
    assert chance_to_settle(d, 1.0, np.array([40_000.0]))[0] == pytest.approx(0.960, abs=0.002)


@pytest.mark.parametrize("n", [10, 20, 30])
def test_as_many_as_are_named_settle_it_as_often_as_is_said(n: int) -> None:
    """Changes anywhere within three times what is worthwhile, undecided, then as many more as are named, up to tenfold.

    Of 1,000 studies within 3 points; a spread taken as known, and a mean as it is, would settle 71 to 79 %.
    """
    rng = np.random.default_rng(n)
    settled = []
    while len(settled) < 1_000:
        truth = rng.uniform(-3.0, 3.0)
        x = rng.normal(truth, 2.0, size=n)
        d = difference(x, np.zeros(n), 0.95, 5.0)
        more = more_replications(d, 1.0, 0.95, 5.0)
        if 0.0 < more <= 10.0 * n:  # what is reported
            all_of_it = np.concatenate([x, rng.normal(truth, 2.0, size=int(more))])
            found = difference(all_of_it, np.zeros(len(all_of_it)), 0.95, 5.0)
            settled.append(found.half_width <= abs(abs(found.mean) - 1.0))
    assert CHANCE - 0.03 <= np.mean(settled) <= CHANCE + 0.1
