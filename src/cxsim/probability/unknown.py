"""One unknown truth: where numbers are drawn within ranges, what may be so, with the noise of the simulation taken out.

Each draw of the uncertain numbers is simulated a few times.  How far draws lie apart is then not knowing, but for the
noise that is left in the mean of a few replications.  The mean over draws can be made as sure as one likes by more
draws; the truth, of which there is one, cannot.  Both variances are estimated, and their own uncertainty is carried
along by generalised pivots (Weerahandi 1993, J. Am. Stat. Assoc. 88:899; Hannig, Iyer & Patterson 2006, J. Am. Stat.
Assoc. 101:254): variance between draws max(0, s² (n - 1) / χ²(n - 1) - noise × f / χ²(f)).  Draws are taken as normal.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SAMPLES = 20_000
KEY = 20240402
"""Of the generator: equal draws give equal intervals."""


class Truth(NamedTuple):
    """What one unknown truth may be."""

    mean: float
    """Over draws."""
    low: float
    high: float
    """Interval of the truth, at the confidence of the family."""
    spread: float
    """Standard deviation between truths, noise taken out (median)."""
    p_higher: float
    """Probability that it is at least the smallest worthwhile difference."""
    p_negligible: float
    p_lower: float
    n: int
    """Draws."""


NOTHING = Truth(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, 0)


def truth_of(
    draws: Values, noise: Values, runs: int, worthwhile: float, confidence: float = 0.95, family: float = 1.0
) -> Truth:
    """From the mean of each draw and the variance of that mean by chance, estimated from `runs` replications a draw.

    NaN marks a draw that has no value.  Where noise cannot be told (a single run a draw), none is taken out.
    """
    there = ~np.isnan(draws)
    y, noise = draws[there], noise[there]
    n = len(y)
    if n < 2:
        return NOTHING._replace(mean=float(y[0]) if n else math.nan, low=-math.inf, high=math.inf, n=n)
    truths, between = truths_of(y, noise, runs)
    tail = (1.0 - confidence) / (2.0 * family)
    low, high = (float(x) for x in np.quantile(truths, [tail, 1.0 - tail]))
    above, below = float(np.mean(truths >= worthwhile)), float(np.mean(truths <= -worthwhile))
    spread = math.sqrt(float(np.median(between)))
    return Truth(float(y.mean()), low, high, spread, above, 1.0 - above - below, below, n)


def truths_of(draws: Values, noise: Values, runs: int) -> tuple[Values, Values]:
    """[sample] what the truth may be, and the variance between truths; of two draws or more, as in `truth_of`."""
    n = len(draws)
    mean, variance = float(draws.mean()), float(draws.var(ddof=1))
    chance = float(np.mean(noise)) if runs > 1 and not np.isnan(noise).any() else 0.0
    freedom = n * (runs - 1) if runs > 1 else 1
    of_mean, of_noise, first, second = _pivots(n - 1, freedom)
    total = variance * of_mean
    between: Values = np.maximum(total - chance * of_noise, 0.0)
    truths: Values = mean + first * np.sqrt(total / n) + second * np.sqrt(between)
    return truths, between


@lru_cache(maxsize=64)
def _pivots(freedom: int, of_noise: int) -> tuple[Values, Values, Values, Values]:
    """[sample] factors of both variances, and two standard normal numbers."""
    rng = np.random.Generator(np.random.Philox(key=KEY))
    first, second = rng.standard_normal(SAMPLES), rng.standard_normal(SAMPLES)
    a, b = rng.chisquare(freedom, SAMPLES), rng.chisquare(of_noise, SAMPLES)
    return freedom / a, of_noise / b, first, second
