"""How sure a number from a few replications is: half-widths, verdicts, and what common random numbers saved.

Every formula works on one number per replication.  Student's t gives the half-width of a mean; intervals of a family of
comparisons are widened after Bonferroni, so that with the stated confidence all of them hold at once, whatever
their dependence (Law 2015, Simulation Modeling and Analysis, section 9.7).  A family may be the effective number of
comparisons that go together (`cxsim.probability.simultaneous`), which need not be whole.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]

LEAST = 30
"""Replications before a rule that stops at a precision may look: started at 5, such a rule covers 91 %, not 95 %."""
MOST_FAMILY = 1e6
"""Comparisons at once, at most."""
MOST = 1_000_000
"""More replications than this are as good as never."""

BETTER, WORSE, NEGLIGIBLE, IDENTICAL, UNDECIDED = "better", "worse", "negligible", "identical", "undecided"
MORE, LESS = "more", "less"
"""The verdicts of a comparison; more and less are for measures of which neither is better."""


@lru_cache(maxsize=4096)
def t_quantile(confidence: float, freedom: int) -> float:
    """Two-sided Student quantile."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2.0))


def p_of_t(t: float, freedom: int) -> float:
    """Two-sided probability that Student's t is at least this far from zero."""
    from scipy.special import stdtr

    return max(2.0 * float(stdtr(freedom, -abs(t))), 1e-300)


class Mean(NamedTuple):
    """A mean over replications and how far off it may be."""

    value: float
    half_width: float
    """Half the confidence interval; inf with a single replication, nan with none."""
    sd: float
    n: int


NO_MEAN = Mean(math.nan, math.nan, math.nan, 0)
"""Of no values."""


def mean_of(values: ArrayLike, confidence: float = 0.95, family: float = 1.0) -> Mean:
    """Mean and half-width of one number per replication; NaN marks a replication that has none and is left out.

    family: how many intervals shall hold simultaneously (Bonferroni: each at confidence 1 - (1 - confidence)/family).
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    n = len(x)
    if n == 0:
        return NO_MEAN
    value = float(np.mean(x))
    if n == 1:
        return Mean(value, math.inf, math.nan, 1)
    sd = 0.0 if np.all(x == x[0]) else float(np.std(x, ddof=1))
    return Mean(value, _half_width(sd, n, confidence, family), sd, n)


def widened(half_width: float, n: int, confidence: float = 0.95, family: float = 1.0) -> float:
    """The half-width of one of `family` simultaneous intervals (Bonferroni), from that of the same interval by
    itself, of `n` replications."""
    if n < 2:
        return half_width
    return half_width * t_quantile(1.0 - (1.0 - confidence) / family, n - 1) / t_quantile(confidence, n - 1)


def means_of(values: Values, confidence: float = 0.95) -> tuple[Values, Values]:
    """Means and half-widths over the first axis of an array; NaN entries are left out, each where it is."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / n
        spread = np.where(there, values - mean, 0.0)
        sd = np.sqrt((spread * spread).sum(axis=0) / (n - 1))
        t = np.array([t_quantile(confidence, k - 1) if k > 1 else math.inf for k in range(len(values) + 1)])
        half_width = np.where(n > 1, t[n] * sd / np.sqrt(n), np.where(n == 1, math.inf, math.nan))
    return mean, half_width


def _half_width(sd: float, n: int, confidence: float, family: float) -> float:
    return t_quantile(1.0 - (1.0 - confidence) / family, n - 1) * sd / math.sqrt(n)


class Difference(NamedTuple):
    """Scenario minus baseline, replication by replication."""

    mean: float
    half_width: float
    low: float
    high: float
    sd: float
    n: int
    """Pairs in which both have a value."""

    @property
    def identical(self) -> bool:
        """Whether every pair is equal."""
        return self.n > 0 and self.mean == 0.0 and (self.sd == 0.0 or self.n == 1)


def difference(scenario: ArrayLike, baseline: ArrayLike, confidence: float = 0.95, family: float = 1.0) -> Difference:
    """Paired-t interval of scenario - baseline over replications in the same order."""
    d = np.asarray(scenario, dtype=np.float64) - np.asarray(baseline, dtype=np.float64)
    m = mean_of(d, confidence, family)
    return Difference(m.value, m.half_width, m.value - m.half_width, m.value + m.half_width, m.sd, m.n)


def verdict(d: Difference, worthwhile: float, better: str) -> str:
    """Better if the whole interval is at least `worthwhile` on the better side, worse likewise, negligible if it lies
    inside ± `worthwhile`, else undecided; identical if every pair is equal.

    better: "higher", "lower", or "neither", of which the verdict is more or less.
    """
    if d.identical:
        return IDENTICAL
    up, down = {"higher": (BETTER, WORSE), "lower": (WORSE, BETTER)}.get(better, (MORE, LESS))
    if d.low >= worthwhile and d.low > 0.0:
        return up
    if d.high <= -worthwhile and d.high < 0.0:
        return down
    if -worthwhile < d.low and d.high < worthwhile:
        return NEGLIGIBLE
    return UNDECIDED


def needed(sd: float, half_width: float, confidence: float = 0.95, family: float = 1.0) -> float:
    """Smallest number of replications whose expected half-width is at most `half_width`; inf beyond a million."""
    if not half_width > 0.0 or _half_width(sd, MOST, confidence, family) > half_width:
        return math.inf
    low, high = 1, MOST  # too few, enough
    while high - low > 1:
        middle = (low + high) // 2
        if _half_width(sd, middle, confidence, family) <= half_width:
            high = middle
        else:
            low = middle
    return float(high)


class Ratio(NamedTuple):
    """How many times fewer replications a paired comparison needs than an unpaired one."""

    value: float
    low: float
    high: float


def variance_ratio(scenario: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Ratio:
    """(Var A + Var B) / Var(A - B) with its interval; inf where every pair differs by the same.

    With sum S = A + B and difference D = A - B the ratio is (Var S / Var D + 1) / 2.  The interval of a ratio of
    two correlated variances is exact for normal pairs: Pitman 1939, Biometrika 31:9; Morgan 1939, Biometrika 31:13:
    Var S / Var D times K ± sqrt(K² - 1), K = 1 + 2 (1 - r²) t² / (n - 2), r the correlation of S and D.
    """
    a, b = np.asarray(scenario, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    n = len(a)
    if n < 2:
        return Ratio(math.nan, math.nan, math.nan)
    s, d = a + b, a - b
    var_s, var_d = float(np.var(s, ddof=1)), float(np.var(d, ddof=1))
    if var_d == 0.0:
        inf = math.inf if var_s > 0.0 else math.nan
        return Ratio(inf, inf, inf)
    omega = var_s / var_d
    if n < 3 or var_s == 0.0:
        return Ratio((omega + 1.0) / 2.0, math.nan, math.nan)
    r = float(np.cov(s, d, ddof=1)[0, 1]) / math.sqrt(var_s * var_d)
    k = 1.0 + 2.0 * max(0.0, 1.0 - r * r) * t_quantile(confidence, n - 2) ** 2 / (n - 2)
    wide = k + math.sqrt(k * k - 1.0)
    return Ratio((omega + 1.0) / 2.0, (omega / wide + 1.0) / 2.0, (omega * wide + 1.0) / 2.0)
