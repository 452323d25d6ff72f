"""How many more replications would settle a verdict, and how likely.

The mean after more replications is not that of the replications made: both the change and its spread are uncertain.
The chance that a verdict falls is that of the predictive distribution of a normal sample with a flat prior (Geisser
1993, Predictive Inference, chapter 2; assurance: O'Hagan, Stevens & Campbell 2005, Pharm. Stat. 4:187).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cxsim.probability.intervals import MOST, Difference

CHANCE = 0.8
"""With which as many more replications as are named settle a verdict, at least."""
PLANNED = 0.85
"""What is planned for to keep `CHANCE`: that only small numbers are named selects samples whose spread is small by
chance (docs/coverage.md)."""
STEPS = 240
"""Numbers of replications tried, evenly on the log scale."""
NODES = 40
"""Quantiles of the spread that are averaged over."""

Numbers = NDArray[np.float64]


def more_replications(
    d: Difference, worthwhile: float, confidence: float = 0.95, family: float = 1.0, chance: float = PLANNED
) -> float:
    """Replications beyond those made after which the verdict falls with that chance.

    0 where it has fallen, NaN where there is no number, inf where a million would not do.
    """
    if d.n < 2 or math.isnan(d.mean):
        return math.nan
    if d.identical or d.half_width == 0.0 or d.half_width <= abs(abs(d.mean) - worthwhile):
        return 0.0
    totals = np.unique(np.round(np.geomspace(d.n + 1, MOST, STEPS)))
    enough = np.nonzero(chance_to_settle(d, worthwhile, totals, confidence, family) >= chance)[0]
    return float(totals[enough[0]]) - d.n if len(enough) else math.inf


def chance_to_settle(
    d: Difference, worthwhile: float, totals: Numbers, confidence: float = 0.95, family: float = 1.0
) -> Numbers:
    """[total] chance that a verdict has fallen after so many replications in all, those made included."""
    from scipy.special import ndtr, stdtrit

    more = totals - d.n
    t = np.asarray(stdtrit(totals - 1.0, 1.0 - (1.0 - confidence) / (2.0 * family)), dtype=np.float64)
    variance: Numbers = d.sd**2 * (d.n - 1) / _chi_square(d.n - 1)[:, None]
    spread: Numbers = np.sqrt(variance * more / (totals * d.n))
    pooled = ((d.n - 1) * d.sd**2 + more * variance) / (totals - 1.0)
    half: Numbers = t * np.sqrt(pooled / totals)

    def below(x: Numbers) -> Numbers:
        found: Numbers = ndtr((x - d.mean) / spread)
        return found

    outside = 1.0 - below(worthwhile + half) + below(-worthwhile - half)
    room: Numbers = np.maximum(worthwhile - half, 0.0)
    settled: Numbers = (outside + below(room) - below(-room)).mean(axis=0)
    return settled


@lru_cache(maxsize=256)
def _chi_square(freedom: int) -> Numbers:
    """[node] quantiles of the distribution, each of an equal share."""
    from scipy.special import gammaincinv

    nodes = gammaincinv(freedom / 2.0, (np.arange(NODES) + 0.5) / NODES)
    return np.asarray(2.0 * nodes, dtype=np.float64)
