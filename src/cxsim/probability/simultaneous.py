"""Simultaneous intervals that use how comparisons go together: the distribution of the largest |t| of them.

Common random numbers make the measures of one replication move together, and some of them cannot move at all.
Bonferroni pays for each of them as if it stood alone.  Here the critical value is that of the largest of the correlated
t statistics (Hothorn, Bretz and Westfall 2008, Biometrical Journal 50:346), by samples of the same size as the study
with the correlation found in it, drawn towards zero where replications are few.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxsim.probability.intervals import MOST_FAMILY, p_of_t

SAMPLES = 4_000
"""Studies sampled under the null hypothesis: the critical value is then known to about 1 %."""
SEED = 19_990_118
SHRINKS = 4.0
"""Replications' worth of independence: correlations are multiplied by n / (n + this), because few replications find
correlations that are not there."""


def effective_family(changes: NDArray[np.float64], confidence: float = 0.95) -> float:
    """The number of independent comparisons, after Bonferroni, that give the intervals all of these need.

    changes: [replication, comparison] paired differences.  Comparisons that are equal in every replication cannot err
    and are left out, as are those with missing values, which count as one each.  At least 1, at most as many as move.
    """
    n, _ = changes.shape
    missing = np.isnan(changes).any(axis=0)
    moving = ~missing & (np.ptp(np.nan_to_num(changes), axis=0) > 0.0)
    k, apart = int(moving.sum()), int((missing & ~np.isnan(changes).all(axis=0)).sum())
    if k + apart <= 1 or n < 3:
        return float(max(1, k + apart))
    if k < 2:
        return float(k + apart)
    level = (1.0 - confidence) * k / (k + apart)  # those with missing values are paid for by themselves
    rng = np.random.default_rng(SEED)
    samples = _shrunk(changes[:, moving], n)
    largest = np.concatenate([_largest(samples, n, SAMPLES // 20, rng) for _ in range(20)])
    critical = float(np.quantile(largest, 1.0 - level))
    return float(min(k + apart, max(1.0, (1.0 - confidence) / p_of_t(critical, n - 1)), MOST_FAMILY))


def _shrunk(changes: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """A root of the correlation of the comparisons, drawn towards independence."""
    found = np.atleast_2d(np.nan_to_num(np.corrcoef(changes, rowvar=False))) * (n / (n + SHRINKS))
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh(found)
    root: NDArray[np.float64] = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _largest(root: NDArray[np.float64], n: int, many: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """[sample] the largest |t| of a study of n replications without any difference."""
    x = rng.standard_normal((many, n, root.shape[1])) @ root.T
    t = x.mean(axis=1) * np.sqrt(n) / x.std(axis=1, ddof=1)
    largest: NDArray[np.float64] = np.abs(t).max(axis=1)
    return largest
