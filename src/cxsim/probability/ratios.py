"""Ratios over replications: ratios of sums, with the jackknife.

The mean of the ratios of replications is not the ratio that many replications would have: a replication with few cases
weighs as much as one with many, and the ratio of a small one is biased.  The ratio of the sums is right; how sure it
is, the jackknife shows (Quenouille 1956, Biometrika 43:353; Tukey 1958, Ann. Math. Stat. 29:614).  Its pseudo-values
are one number for each replication, with the ratio, freed from bias, as their mean, so that whatever is done with
replications can be done with them: paired differences, intervals, correlations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def pseudo_values(values: Values, weights: Values) -> Values:
    """[replication, ...] pseudo-values of the ratio of sums, of ratios a / b with their divisors b.

    n θ - (n - 1) θ without the replication.  A replication without a divisor has no value, and none here (NaN); n are
    the others.  Where they are fewer than two, or a weight is not known (NaN), values stay as they are.
    """
    there = (weights > 0.0) & ~np.isnan(values)
    b = np.where(there, weights, 0.0)
    a = np.where(there, values, 0.0) * b
    total, divisor = a.sum(axis=0), b.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = there.sum(axis=0)
        found = n * (total / divisor) - (n - 1) * (total - a) / (divisor - b)
    fits = (n >= 2) & ~np.isnan(weights).any(axis=0)
    pseudo: Values = np.where(fits, np.where(there, found, np.nan), values)
    return pseudo
