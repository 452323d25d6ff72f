"""Not knowing: where one unknown truth lies when numbers are drawn anew, with the noise of the simulation taken out.

Each draw of the numbers is run more than once, so that what the numbers move can be separated from chance.  The
interval of the mean over draws shrinks with their number and is silent on the one truth there is: four draws in five
may lie outside.  What is given instead is an interval for the true difference under numbers that nobody knows.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cxsim.native.records import Floats, Ints
from cxsim.probability.intervals import t_quantile

LEAST_DRAWS = 5
"""Draws below which nothing is separated."""
CAUTION = 0.8
"""Part of the noise that is taken out.  With all of it, intervals of 95 % cover 92 to 95 % (10 to 80 draws, noise of
0.3 to 3 times what the numbers move), because what is below zero is cut off; with this part 94 to 97 %."""
SAMPLES = 20_000
SEED = 20_170_427
"""Of the samples of the fiducial distribution; fixed, so that equal studies have equal intervals."""


class Truth(NamedTuple):
    """What is known of the true difference under numbers that nobody knows."""

    low: float
    high: float
    """Interval of one unknown truth."""
    above: float
    """Probability that it is at least the smallest worthwhile difference."""
    below: float
    """Probability that it is at most its negative."""
    mean_half_width: float
    """Of the mean over all draws."""
    between: float
    """Standard deviation of the truth between draws, without chance; 0 where it cannot be separated from it."""
    draws: int


def grouped(values: Floats, replications: Ints, runs: int) -> Floats:
    """[draw, run] of the draws of which all runs are there, from values by replication."""
    draws = replications // runs
    whole = [d for d in np.unique(draws) if (draws == d).sum() == runs]
    found: Floats = np.array([values[draws == d] for d in whole], dtype=np.float64).reshape(len(whole), runs)
    return found[~np.isnan(found).any(axis=1)]


def truth_of(groups: Floats, worthwhile: float, confidence: float) -> Truth | None:
    """From [draw, run] differences; None with too few draws, or with a single run of each.

    A generalised (fiducial) pivotal quantity of the variance between draws (Weerahandi 1993, JASA 88:899): chi-squared
    for the mean square between draws, and for that within them, whose difference is cut off at zero.  The method of
    moments, which plugs one estimate in, covers 83 % where chance is three times what the numbers move.
    """
    draws, runs = groups.shape
    if draws < LEAST_DRAWS or runs < 2:
        return None
    means = groups.mean(axis=1)
    square = float(means.var(ddof=1))
    noise = float(groups.var(axis=1, ddof=1).mean()) / runs
    rng = np.random.default_rng(SEED)
    free, within = draws - 1, draws * (runs - 1)
    total = square * free / rng.chisquare(free, SAMPLES)
    between = np.sqrt(np.maximum(0.0, total - CAUTION * noise * within / rng.chisquare(within, SAMPLES)))
    centre = float(means.mean()) + np.sqrt(total / draws) * rng.standard_normal(SAMPLES)
    truth = centre + between * rng.standard_normal(SAMPLES)
    low, high = np.quantile(truth, [0.5 - confidence / 2.0, 0.5 + confidence / 2.0])
    return Truth(
        float(low),
        float(high),
        float((truth >= worthwhile).mean()),
        float((truth <= -worthwhile).mean()),
        t_quantile(confidence, free) * math.sqrt(square / draws),
        math.sqrt(max(0.0, square - noise)),
        draws,
    )
