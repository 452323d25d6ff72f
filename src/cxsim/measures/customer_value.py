"""What loyalty is worth: the value of a customer over the time they stay, and how strong the link has to be to pay."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cxsim.probability.intervals import t_quantile


def lifetime_value(margin: float, retention: float, discount: float) -> float:
    """Present value of a margin a year, this year's included, from a customer who stays each year with a chance.

    m (1 + d) / (1 + d - r): Gupta and Lehmann 2003, Journal of Interactive Marketing 17(1).  margin: a year;
    retention: 0 to 1; discount: a year, above 0.
    """
    if not (0.0 <= retention <= 1.0 and discount > 0.0):
        raise ValueError(f"retention {retention:g}, discount {discount:g}; a share from 0 to 1, and above 0")
    return margin * (1.0 + discount) / (1.0 + discount - retention)


class BreakEven(NamedTuple):
    """The multiple of the loyalty link at which a benefit is zero; NaN where there is none above 0."""

    multiple: float
    low: float
    """Interval; NaN where it has no ends."""
    high: float
    depends: bool
    """Whether the link moves the benefit at all."""


def break_even(rest: ArrayLike, loyal: ArrayLike, confidence: float = 0.95) -> BreakEven:
    """The multiple x at which rest + x loyal is zero, from values by replication in the same order.

    The interval is Fieller's (1954): every x at which the mean of rest + x loyal may be zero at this confidence.  It
    has ends only where the mean of `loyal` is surely not zero; it is cut off at 0, for no link is negative.
    """
    x, y = np.asarray(rest, dtype=np.float64), np.asarray(loyal, dtype=np.float64)
    if not y.any():
        return BreakEven(math.nan, math.nan, math.nan, False)
    n, a, b = len(y), float(x.mean()), float(y.mean())
    multiple = -a / b if b != 0.0 and a / b < 0.0 else math.nan
    if n < 2:
        return BreakEven(multiple, math.nan, math.nan, True)
    (aa, ab), (_, bb) = np.cov(x, y) * t_quantile(confidence, n - 1) ** 2 / n
    square, half, rest_of = b * b - bb, a * b - ab, a * a - aa
    inside = half * half - square * rest_of
    if square <= 0.0 or inside < 0.0 or (high := (-half + math.sqrt(inside)) / square) < 0.0:
        return BreakEven(multiple, math.nan, math.nan, True)
    return BreakEven(multiple, max(0.0, (-half - math.sqrt(inside)) / square), high, True)
