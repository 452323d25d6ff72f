"""Which of many numbers stand out: rank correlations above what chance alone gives the largest of them.

Of 179 numbers drawn 20 times, the largest |rank correlation| with an outcome that depends on none of them has a median
of 0.62.  A number is therefore named only if it exceeds what the largest would be by chance, found by permuting the
outcome (Westfall and Young 1993, Resampling-Based Multiple Testing, step-down maxT): with a chance of 5 % at most, any
is named that has nothing to do with the outcome.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.05
"""Chance of naming any number that has nothing to do with the outcome."""
PERMUTATIONS = 2000
POWER = 0.8
SHARE = 0.25
"""Of the variance of the outcome: of a number that the draws shall find."""
EFFICIENCY = 1.06
"""Variance of a rank correlation on Fisher's scale, times n - 3 (Fieller, Hartley, Pearson 1957, Biometrika 44:470)."""


class Ranked(NamedTuple):
    """A number that was drawn, and how its ranks go with those of the outcome."""

    column: int
    correlation: float
    p: float
    """Adjusted for all numbers that were looked at."""


def ranked(values: NDArray[np.float64], outcome: NDArray[np.float64], seed: int = 1) -> list[Ranked]:
    """The numbers by the size of their rank correlation, the largest first, with adjusted p-values.

    values: [draw, number]; outcome: [draw], both without ties.  Numbers that never vary are left out.
    """
    there = np.flatnonzero(np.ptp(values, axis=0) > 0.0)
    n = len(outcome)
    if n < 3 or not len(there) or np.ptp(outcome) == 0.0:
        return []
    x, y = _standardised(values[:, there]), _standardised(outcome[:, None])[:, 0]
    observed = x.T @ y
    order = np.argsort(-np.abs(observed), kind="stable")
    rng = np.random.default_rng(seed)
    shuffled = np.stack([y[rng.permutation(n)] for _ in range(PERMUTATIONS)], axis=1)
    by_chance = np.abs(x[:, order].T @ shuffled)
    # From the weakest up: the largest of this number and all weaker ones.
    largest = np.maximum.accumulate(by_chance[::-1], axis=0)[::-1]
    above = (largest >= np.abs(observed[order])[:, None] - 1e-12).sum(axis=1)
    p = np.maximum.accumulate((1.0 + above) / (1.0 + PERMUTATIONS))
    return [Ranked(int(there[i]), float(observed[i]), float(q)) for i, q in zip(order, p, strict=True)]


def _standardised(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of each column, centred, of length 1."""
    ranks = np.argsort(np.argsort(x, axis=0, kind="stable"), axis=0, kind="stable").astype(np.float64)
    ranks -= ranks.mean(axis=0)
    found: NDArray[np.float64] = ranks / np.sqrt((ranks**2).sum(axis=0))
    return found


def draws_needed(numbers: int, share: float = SHARE) -> int:
    """Draws with which a number that explains a share of the outcome's variance is named in four studies of five.

    By Fisher's transformation, with the level divided by all numbers that are looked at.
    """
    normal = NormalDist()
    wanted = normal.inv_cdf(1.0 - LEVEL / (2.0 * max(1, numbers))) + normal.inv_cdf(POWER)
    return math.ceil(EFFICIENCY * (wanted / math.atanh(math.sqrt(share))) ** 2 + 3.0)
