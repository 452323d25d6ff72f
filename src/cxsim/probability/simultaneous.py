"""Simultaneous intervals of a family of means that depend on each other: max-t.

Measures of one study move together: all are of the same customers with the same random numbers.  Sharing the error
among them as if each could fail by itself (Bonferroni) is then wider than need be.  Here the largest studentised mean
of the family is simulated, with the correlation that the replications show (Hothorn, Bretz & Westfall 2008, Biom. J.
50:346; Romano & Wolf 2005, Econometrica 73:1237).  With few replications that correlation is itself uncertain, so it is
shrunk towards independence (Schäfer & Strimmer 2005, Stat. Appl. Genet. Mol. Biol. 4:32), which can only widen.

What comes of it is the *effective size* of a family: so many independent comparisons would need as wide intervals.  It
is between 1 and the number of those that can move, which is Bonferroni.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SAMPLES = 10_000
"""Of the largest studentised mean: the chance that all intervals hold is met to within 0.2 points (one SE)."""
CHUNK = 2_000
CAUTION = 0.25
"""Part of the full shrinkage that is applied: none covers 93 %, all of it 98 %, of eight replications of strongly
correlated measures (docs/coverage.md)."""
ROUNDING = 1e-9
KEY = 20240401
"""Of the generator: equal replications give equal intervals, in whatever study they are."""


class Family(NamedTuple):
    """Comparisons whose intervals hold at once."""

    declared: int
    """How many were declared beforehand."""
    moving: int
    """How many of them can move: not equal in both worlds in every replication."""
    effective: float
    """How many independent ones would need as wide intervals; at most `moving`."""


def family_of_changes(changes: Values, confidence: float = 0.95) -> Family:
    """The family of paired differences [replication, comparison]; NaN marks a replication without a value.

    Comparisons that never move (identical, or by the same in every replication) have intervals of no width, and widen
    nobody's.
    """
    declared = changes.shape[1]
    moving = changes[:, np.array([_moves(column) for column in changes.T], dtype=bool)]
    m = moving.shape[1]
    if m < 2:
        return Family(declared, m, 1.0)
    counts = (~np.isnan(moving)).sum(axis=0)
    freedom = int(counts.min()) - 1
    return Family(declared, m, _effective(shrunken_correlation(moving), freedom, confidence))


def _moves(column: Values) -> bool:
    there = column[~np.isnan(column)]
    # Pseudo-values that differ by the same in every replication do so but for rounding.
    return len(there) > 1 and float(np.ptp(there)) > ROUNDING * float(np.abs(there).max())


def shrunken_correlation(values: Values) -> Values:
    """[comparison, comparison] correlation of the columns, shrunk towards independence where it is uncertain.

    The full intensity is Schäfer and Strimmer's: the sum of the variances of the correlations over that of their
    squares.
    A missing value counts as its column's mean, which only weakens what it takes part in.
    """
    n, m = values.shape
    mean = np.nanmean(values, axis=0)
    sd = np.nanstd(values, axis=0)
    z = np.where(np.isnan(values), 0.0, (values - mean) / sd)
    if n < 4:  # the variance of a correlation cannot be estimated
        return np.eye(m)
    r = z.T @ z / n
    squares = (z * z).T @ (z * z) / n
    variance = n * n / (n - 1.0) ** 3 * np.maximum(squares - r * r, 0.0)
    others = ~np.eye(m, dtype=bool)
    total = float((r[others] ** 2).sum())
    intensity = 1.0 if total == 0.0 else min(1.0, float(variance[others].sum()) / total)
    shrunk: Values = (1.0 - CAUTION * intensity) * r
    np.fill_diagonal(shrunk, 1.0)
    return shrunk


def _effective(correlation: Values, freedom: int, confidence: float) -> float:
    """The effective size from the quantile of the largest of correlated studentised means."""
    from scipy.special import stdtr

    alpha = 1.0 - confidence
    m = len(correlation)
    largest = _largest(correlation.tobytes(), m, freedom)
    critical = float(np.quantile(largest, confidence))
    alone = 2.0 * float(stdtr(freedom, -critical))
    return min(float(m), max(1.0, alpha / alone)) if alone > 0.0 else float(m)


@lru_cache(maxsize=64)
def _largest(key: bytes, m: int, freedom: int) -> Values:
    """[sample] largest |t| of m means with that correlation, each with its own estimate of its spread.

    Spreads are those of a Wishart matrix by Bartlett's decomposition (1933, Proc. R. Soc. Edinb. 53:260) where it has
    as many degrees of freedom as rows, else of as many normal rows.
    """
    correlation = np.frombuffer(key).reshape(m, m)
    values, vectors = np.linalg.eigh(correlation)
    # Lower triangular, of what may be singular: Cholesky's would fail.
    root = np.transpose(np.linalg.qr(np.transpose(vectors * np.sqrt(np.maximum(values, 0.0))))[1])
    rng = np.random.Generator(np.random.Philox(key=KEY))
    found = np.empty(SAMPLES)
    for at in range(0, SAMPLES, CHUNK):
        mean = rng.standard_normal((CHUNK, m)) @ root.T
        if freedom >= m:
            lower = np.tril(rng.standard_normal((CHUNK, m, m)), -1)
            diagonal = np.sqrt(rng.chisquare(freedom - np.arange(m), size=(CHUNK, m)))
            lower[:, np.arange(m), np.arange(m)] = diagonal
            rows = np.einsum("ij,cjk->cik", root, lower, optimize=True)
            spread = (rows * rows).sum(axis=2)
        else:
            rows = rng.standard_normal((CHUNK, freedom, m)) @ root.T
            spread = (rows * rows).sum(axis=1)
        found[at : at + CHUNK] = np.max(np.abs(mean) / np.sqrt(spread / freedom), axis=1)
    return found
