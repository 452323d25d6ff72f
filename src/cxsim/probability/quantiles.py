"""Random numbers turned into minutes: one uniform number decides how long a wait, a call or a delay lasts.

Every distribution is evaluated by inversion, so a larger uniform always means a longer time and the same
customer's random number means the same in every scenario. Distributions are rows of a table (`DISTRIBUTION`), made by
`cxsim.probability.quantile_tables.compile_distributions`; what is not a closed form is a grid of the quantile, and
a curve made of it.
"""

from __future__ import annotations

import math
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import compiled, inlined
from cxsim.native.records import F8, I8, packed
from cxsim.probability.curves import QUANTILE_CURVE, on_quantile_curve


class DistributionRow(TypedDict):
    """One distribution of durations, minutes."""

    kind: I8
    a: F8
    b: F8
    c: F8
    offset: I8  # where its grid lies, if it has one
    count: I8


DISTRIBUTION = packed(DistributionRow)
"""One duration distribution in minutes: a kind, its numbers a, b, c, and where its grid lies if it has one.

CONSTANT a = value · EXPONENTIAL a = mean · WEIBULL a = scale, b = 1/shape · LOGNORMAL a = mean of
the logarithm, b = its standard deviation · UNIFORM a = low, b = high · TRIANGULAR a = low,
b = high, c = mode · EMPIRICAL grid = `count` probabilities, then `count` values · GRID grid = a
`cxsim.probability.curves.quantile_curve`, then `count` each of log-odds of u, logarithm of the quantile, and
slope of the latter.
"""

Distributions = np.ndarray[tuple[int], np.dtype[np.void]]
"""A one-dimensional array of dtype `DISTRIBUTION`."""
Grid = NDArray[np.float64]

CONSTANT = 0
EXPONENTIAL = 1
WEIBULL = 2
LOGNORMAL = 3
UNIFORM = 4
TRIANGULAR = 5
EMPIRICAL = 6
GRID = 7

SMALLEST_U = 2.0**-54
LARGEST_U = 1.0 - 2.0**-53
"""The uniform numbers a quantile tells apart; (k + 1/2)·2⁻⁵³ can round up to 1 exactly."""


@compiled
def normal_quantile(p: float) -> float:
    """Standard normal quantile of p in (0, 1), relative error about 1e-16; ±inf at 1 and 0.

    Wichura 1988, Applied Statistics 37:477, algorithm AS 241, PPND16.
    """
    if p <= 0.0:
        return -math.inf
    if p >= 1.0:
        return math.inf
    q = p - 0.5
    if math.fabs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3
        top = top * r + 3.3430575583588128105e4
        top = top * r + 6.7265770927008700853e4
        top = top * r + 4.5921953931549871457e4
        top = top * r + 1.3731693765509461125e4
        top = top * r + 1.9715909503065514427e3
        top = top * r + 1.3314166789178437745e2
        top = top * r + 3.3871328727963666080
        low = 5.2264952788528545610e3
        low = low * r + 2.8729085735721942674e4
        low = low * r + 3.9307895800092710610e4
        low = low * r + 2.1213794301586595867e4
        low = low * r + 5.3941960214247511077e3
        low = low * r + 6.8718700749205790830e2
        low = low * r + 4.2313330701600911252e1
        low = low * r + 1.0
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r = r - 1.6
        top = 7.74545014278341407640e-4
        top = top * r + 2.27238449892691845833e-2
        top = top * r + 2.41780725177450611770e-1
        top = top * r + 1.27045825245236838258
        top = top * r + 3.64784832476320460504
        top = top * r + 5.76949722146069140550
        top = top * r + 4.63033784615654529590
        top = top * r + 1.42343711074968357734
        low = 1.05075007164441684324e-9
        low = low * r + 5.47593808499534494600e-4
        low = low * r + 1.51986665636164571966e-2
        low = low * r + 1.48103976427480074590e-1
        low = low * r + 6.89767334985100004550e-1
        low = low * r + 1.67638483018380384940
        low = low * r + 2.05319162663775882187
        low = low * r + 1.0
    else:
        r = r - 5.0
        top = 2.01033439929228813265e-7
        top = top * r + 2.71155556874348757815e-5
        top = top * r + 1.24266094738807843860e-3
        top = top * r + 2.65321895265761230930e-2
        top = top * r + 2.96560571828504891230e-1
        top = top * r + 1.78482653991729133580
        top = top * r + 5.46378491116411436990
        top = top * r + 6.65790464350110377720
        low = 2.04426310338993978564e-15
        low = low * r + 1.42151175831644588870e-7
        low = low * r + 1.84631831751005468180e-5
        low = low * r + 7.86869131145613259100e-4
        low = low * r + 1.48753612908506148525e-2
        low = low * r + 1.36929880922735805310e-1
        low = low * r + 5.99832206555887937690e-1
        low = low * r + 1.0
    return -top / low if q < 0.0 else top / low


@compiled
def normal_cdf(x: float) -> float:
    """Return the standard normal distribution function at x, accurate in both tails.

    Φ(x) = erfc(−x/√2)/2, Abramowitz & Stegun 1964, 7.1 and 26.2.29.
    """
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@inlined
def exponential(mean: float, u: float) -> float:
    """Quantile of the exponential distribution at u; the logarithm of 1 - u is good to 1e-16 and takes a third of
    `log1p`."""
    return -mean * math.log(1.0 - u)


@compiled
def quantile(distributions: Any, grid: Any, i: int, u: float) -> float:
    """Minutes that distribution i takes at the uniform number u: its quantile, 0 or more, rising in u.

    distributions: array of `DISTRIBUTION`; grid: the float64 array made with it; 0 <= i < len(distributions); u in
    [0, 1], where both ends count as the nearest uniform number a draw can give.
    """
    if u < SMALLEST_U:
        u = SMALLEST_U
    elif u > LARGEST_U:
        u = LARGEST_U
    kind = int(distributions[i]["kind"])
    a = float(distributions[i]["a"])
    b = float(distributions[i]["b"])
    if kind == CONSTANT:
        return a
    if kind == EXPONENTIAL:
        return exponential(a, u)
    if kind == WEIBULL:
        return a * math.pow(-math.log1p(-u), b)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if kind == UNIFORM:
        return a + (b - a) * u
    if kind == TRIANGULAR:
        c = float(distributions[i]["c"])
        if u * (b - a) < c - a:
            return a + math.sqrt(u * (b - a) * (c - a))
        # b - sqrt(...), rearranged so that nothing cancels when the mode is at the low end.
        rest = math.sqrt((1.0 - u) * (b - a) * (b - c))
        return a + (b - a) * (c - a + u * (b - c)) / (b - a + rest)
    first = int(distributions[i]["offset"])
    count = int(distributions[i]["count"])
    if kind == EMPIRICAL:
        return _between_points(grid, first, count, u)
    minutes = on_quantile_curve(grid, first, u)
    if minutes >= 0.0:
        return minutes
    return _between_knots(grid, first + QUANTILE_CURVE, count, u)


@compiled
def _last_at_or_below(grid: Any, first: int, count: int, x: float) -> int:
    """Index of the last of `count` rising numbers that is <= x, kept off the very last one."""
    low = first
    left = count - 1
    while left > 1:
        half = left >> 1
        if grid[low + half] <= x:
            low += half
        left -= half
    return low


@compiled
def _between_points(grid: Any, first: int, count: int, u: float) -> float:
    """Linear interpolation of an empirical quantile."""
    k = _last_at_or_below(grid, first, count, u)
    p = float(grid[k])
    x = float(grid[k + count])
    return x + (float(grid[k + count + 1]) - x) * ((u - p) / (float(grid[k + 1]) - p))


@compiled
def _between_knots(grid: Any, first: int, count: int, u: float) -> float:
    """Monotone cubic between knots of (log-odds of u, logarithm of the quantile).

    The Hermite form of Fritsch & Carlson 1980, SIAM J. Numerical Analysis 17:238, eq. (4).
    """
    z = math.log(u) - math.log1p(-u)
    low = float(grid[first])
    high = float(grid[first + count - 1])
    if z < low:
        z = low
    elif z > high:
        z = high
    k = _last_at_or_below(grid, first, count, z)
    left = float(grid[k])
    width = float(grid[k + 1]) - left
    y0 = float(grid[k + count])
    if width <= 0.0:
        return math.exp(y0)
    y1 = float(grid[k + count + 1])
    s0 = float(grid[k + 2 * count]) * width
    s1 = float(grid[k + 2 * count + 1]) * width
    t = (z - left) / width
    rise = y1 - y0
    return math.exp(y0 + t * (s0 + t * (3.0 * rise - 2.0 * s0 - s1 + t * (s0 + s1 - 2.0 * rise))))
