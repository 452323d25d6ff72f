"""Distributions made ready for simulation: each one becomes a row of numbers from which its quantiles are read.

Simple distributions keep their formula. Mixtures, gamma, Erlang, phase-type and scipy distributions become a grid:
the logarithm of the quantile at log-odds of u, joined by monotone cubics (Fritsch & Carlson
1980), refined until the quantile's relative error halfway between knots is below 1e-7. Most
quantiles are read from a curve within 1e-7 of the grid (`cxsim.probability.curves`). Stated error:
relative 1e-6 for every u in [1e-9, 1 - 1e-9], and 1e-5 for the mean. Where a distribution jumps
or bends (a constant in a mixture, the end of a uniform), the grid is cut, so the error holds there
too, but for the u within 1e-12 of a jump.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cxsim.probability.curves import QUANTILE_CURVE, quantile_curve
from cxsim.probability.distributions import Distribution, Spec, read_distribution
from cxsim.probability.quantiles import (
    CONSTANT,
    DISTRIBUTION,
    EMPIRICAL,
    EXPONENTIAL,
    GRID,
    LOGNORMAL,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
    Distributions,
    Grid,
)

Floats = NDArray[np.float64]

_LOWEST_Z, _HIGHEST_Z = -37.5, 36.8  # log-odds of 2**-54 and of 1 - 2**-53
_STATED_Z = 20.8  # log-odds of 1 - 1e-9: the error is checked inside ±this
_COARSE = 0.5
_TOLERANCE = 1e-7
_ROUNDS = 12
_BREAK = 1e-9  # log-odds between two knots that stand for a jump or a bend
_ZERO = -750.0  # exp of this is exactly 0.0


def compile_distributions(specs: Sequence[Spec]) -> tuple[Distributions, Grid]:
    """Return one row of dtype `DISTRIBUTION` per spec, in order, and the grid their offsets point into.

    Raises ValueError, prefixed by its index, for a spec that is no distribution.
    """
    distributions = np.zeros(len(specs), dtype=DISTRIBUTION)
    pieces: list[Floats] = []
    offset = 0
    for i, spec in enumerate(specs):
        try:
            kind, numbers, piece = _row_of(json.dumps(spec))
        except ValueError as reason:
            raise ValueError(f"distribution {i}: {reason}") from None
        a, b, c = (*numbers, 0.0, 0.0, 0.0)[:3]
        count = (len(piece) - QUANTILE_CURVE) // 3 if kind == GRID else len(piece) // 2
        distributions[i] = (kind, a, b, c, offset, count)
        pieces.append(piece)
        offset += len(piece)
    return distributions, np.concatenate([*pieces, np.zeros(1)])


def cdf_of(spec: Spec) -> Callable[[Floats], Floats]:
    """Return the cumulative distribution function of a distribution, over arrays of minutes."""
    distribution = read_distribution(spec)
    return lambda t: _tails(distribution, np.asarray(t, dtype=np.float64), before=False)[0]


@lru_cache(maxsize=1024)
def _row_of(spec: str) -> tuple[int, tuple[float, ...], Floats]:
    """The row of a distribution written as JSON; a grid takes long enough to be worth keeping."""
    return _row(read_distribution(json.loads(spec)))


def _row(distribution: Distribution) -> tuple[int, tuple[float, ...], Floats]:
    """Kind, numbers a, b, c and grid of one row."""
    none = np.zeros(0)
    if distribution.name == "constant":
        return CONSTANT, distribution.numbers, none
    if distribution.name == "exponential":
        return EXPONENTIAL, distribution.numbers, none
    if distribution.name == "lognormal":
        return LOGNORMAL, distribution.numbers, none
    if distribution.name == "uniform":
        return UNIFORM, distribution.numbers, none
    if distribution.name == "weibull":
        return WEIBULL, (distribution.numbers[0], 1.0 / distribution.numbers[1]), none
    if distribution.name == "triangular":
        low, mode, high = distribution.numbers
        return TRIANGULAR, (low, high, mode), none
    if distribution.name == "empirical":
        return EMPIRICAL, (), np.concatenate(distribution.arrays)
    if distribution.name == "mixture" and len(distribution.parts) == 1:
        return _row(distribution.parts[0][1])
    return GRID, (), _grid(distribution)


def _tails(distribution: Distribution, t: Floats, before: bool) -> tuple[Floats, Floats]:
    """P(T <= t) and P(T > t), or with `before` P(T < t) and P(T >= t), each accurate when small."""
    from scipy import special

    if distribution.name == "mixture":
        each = [(p, *_tails(part, t, before)) for p, part in distribution.parts]
        below: Floats = np.sum([p * f for p, f, _ in each], axis=0)
        above: Floats = np.sum([p * s for p, _, s in each], axis=0)
        return below, above
    if distribution.name == "constant":
        reached = (t > distribution.numbers[0] if before else t >= distribution.numbers[0]).astype(np.float64)
        return reached, 1.0 - reached
    if distribution.name == "phase_type":
        return _absorbed(distribution, t)
    if distribution.name == "scipy":
        x = t / distribution.numbers[0]
        with np.errstate(all="ignore"):
            return np.asarray(distribution.frozen.cdf(x)), np.asarray(distribution.frozen.sf(x))
    x = np.maximum(t, 0.0)
    if distribution.name == "exponential":
        return _hazard(x / distribution.numbers[0])
    if distribution.name == "weibull":
        return _hazard((x / distribution.numbers[0]) ** distribution.numbers[1])
    if distribution.name == "lognormal":
        with np.errstate(divide="ignore"):
            y = (np.log(x) - distribution.numbers[0]) / distribution.numbers[1]
        return np.asarray(special.ndtr(y), float), np.asarray(special.ndtr(-y), float)
    if distribution.name in ("gamma", "erlang"):
        shape, scale = distribution.numbers
        below = np.asarray(special.gammainc(shape, x / scale), float)
        return below, np.asarray(special.gammaincc(shape, x / scale), float)
    if distribution.name == "empirical":
        f = _empirical(distribution, t, before)
        return f, 1.0 - f
    return _bounded(distribution, t)


def _hazard(total: Floats) -> tuple[Floats, Floats]:
    """Tails after a cumulative hazard."""
    below: Floats = -np.expm1(-total)
    above: Floats = np.exp(-total)
    return below, above


def _bounded(distribution: Distribution, t: Floats) -> tuple[Floats, Floats]:
    """Tails of the uniform and the triangular distribution."""
    low, high = distribution.numbers[0], distribution.numbers[-1]
    x = np.clip(t, low, high)
    if distribution.name == "uniform":
        return (x - low) / (high - low), (high - x) / (high - low)
    mode = distribution.numbers[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        below = (x - low) ** 2 / ((high - low) * (mode - low))
        above = (high - x) ** 2 / ((high - low) * (high - mode))
    left = x < mode
    return np.where(left, below, 1.0 - above), np.where(left, 1.0 - below, above)


def _empirical(distribution: Distribution, t: Floats, before: bool) -> Floats:
    """Linear between points; where values repeat there is a lump of probability."""
    p, v = distribution.arrays
    k = np.searchsorted(v, t, side="left" if before else "right") - 1
    j = np.clip(k, 0, len(v) - 2)
    step = np.where(v[j + 1] > v[j], v[j + 1] - v[j], 1.0)
    inside = p[j] + (p[j + 1] - p[j]) * np.minimum((t - v[j]) / step, 1.0)
    return np.where(k < 0, 0.0, np.where(k >= len(v) - 1, 1.0, inside))


def _absorbed(distribution: Distribution, t: Floats) -> tuple[Floats, Floats]:
    """Tails of a phase-type distribution, by uniformisation and squaring (Jensen 1953; Moler & Van Loan 2003).

    Every term is positive, so both tails keep their relative accuracy.
    """
    initial, rates = distribution.arrays
    n = len(initial)
    chain = np.zeros((n + 1, n + 1))
    chain[:n, :n] = rates
    chain[:n, n] = np.maximum(-rates.sum(axis=1), 0.0)
    fastest = float(np.max(-np.diag(rates)))
    jump = np.eye(n + 1) + chain / fastest
    flat = np.minimum(np.maximum(t, 0.0).ravel(), 1e15 / fastest)
    halvings = np.maximum(0, np.ceil(np.log2(np.maximum(flat * fastest, 1.0)))).astype(np.int64)
    q = flat * fastest / 2.0**halvings
    weight = np.exp(-q)
    power = np.eye(n + 1)
    transition = np.zeros((len(flat), n + 1, n + 1))
    for k in range(1, 26):
        transition += weight[:, None, None] * power
        power = power @ jump
        weight = weight * q / k
    for done in range(int(halvings.max(initial=0))):
        more = halvings > done
        transition[more] = transition[more] @ transition[more]
    start = np.append(initial, 0.0)
    ends = start @ transition
    return ends[:, n].reshape(t.shape), ends[:, :n].sum(axis=1).reshape(t.shape)


def _edges(distribution: Distribution) -> set[float]:
    """Times where the distribution function may jump, bend, begin or end."""
    if distribution.name == "mixture":
        return {0.0}.union(*(_edges(part) for _, part in distribution.parts))
    if distribution.name in ("constant", "uniform", "triangular"):
        return {0.0, *distribution.numbers}
    if distribution.name == "empirical":
        return {0.0, *(float(v) for v in distribution.arrays[1])}
    if distribution.name == "scipy":
        ends = (float(e) * distribution.numbers[0] for e in distribution.frozen.support())
        return {0.0, *(e for e in ends if math.isfinite(e))}
    return {0.0}


def _log_odds(below: Floats, above: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        z: Floats = np.clip(np.log(below) - np.log(above), _LOWEST_Z, _HIGHEST_Z)
    return z


def _grid(distribution: Distribution) -> Floats:
    """A curve; then knots, logarithms of the quantile and slopes, piece by smooth piece, in that order."""
    edges = np.array([*sorted(_edges(distribution)), math.inf])
    until = _log_odds(*_tails(distribution, edges[:-1], before=True))
    after = _log_odds(*_tails(distribution, edges[:-1], before=False))
    columns: list[tuple[Floats, Floats, Floats]] = []
    for k, edge in enumerate(edges[:-1]):
        if after[k] > until[k]:
            at = math.log(edge) if edge > 0.0 else _ZERO
            columns.append((np.array([until[k], after[k]]), np.full(2, at), np.zeros(2)))
        end = until[k + 1] if k + 1 < len(until) else _HIGHEST_Z
        if end - after[k] > 1e-12:
            columns.append(_piece(distribution, float(edge), float(edges[k + 1]), float(after[k]), float(end)))
    z, y, slope = (np.concatenate(column) for column in zip(*columns, strict=True))
    if not np.all(np.isfinite(y)):
        raise ValueError(f"{distribution.name}: its quantile cannot be computed; use an empirical distribution instead")
    knots = z, np.maximum.accumulate(y), slope
    curve = quantile_curve(lambda at: _between_knots(knots, at), z[:-1][np.diff(z) < _BREAK], _TOLERANCE)
    return np.concatenate([curve, *knots])


def _between_knots(knots: tuple[Floats, Floats, Floats], z: Floats) -> tuple[Floats, Floats]:
    """The quantile at log-odds z, and its slope, as `cxsim.probability.quantiles.quantile` takes it between knots."""
    at, y, slope = knots
    k = np.clip(np.searchsorted(at, z, side="right") - 1, 0, len(at) - 2)
    width = at[k + 1] - at[k]
    t = (z - at[k]) / np.where(width > 0.0, width, 1.0)
    rise, a, b = y[k + 1] - y[k], slope[k] * width, slope[k + 1] * width
    c, d = 3.0 * rise - 2.0 * a - b, a + b - 2.0 * rise
    minutes = np.exp(y[k] + t * (a + t * (c + t * d)))
    steepness = (a + t * (2.0 * c + t * 3.0 * d)) / np.where(width > 0.0, width, 1.0)
    return minutes, minutes * steepness


def _piece(
    distribution: Distribution, low: float, high: float, start: float, end: float
) -> tuple[Floats, Floats, Floats]:
    """One smooth piece between two edges: knots are added until halfway values agree."""
    z = np.linspace(start, end, max(5, math.ceil((end - start) / _COARSE) + 1))
    y = _inverted(distribution, z, low, high)
    for _ in range(_ROUNDS):
        slope = _slopes(z, y)
        width = np.diff(z)
        guess = (y[1:] + y[:-1]) / 2.0 + width * (slope[:-1] - slope[1:]) / 8.0
        middle = (z[1:] + z[:-1]) / 2.0
        true = _inverted(distribution, middle, low, high)
        poor = (np.abs(guess - true) > _TOLERANCE) & (np.abs(middle) < _STATED_Z) & (width > 1e-9)
        if not poor.any():
            break
        near = poor.copy()
        near[1:] |= poor[:-1]
        near[:-1] |= poor[1:]
        order = np.argsort(np.concatenate([z, middle[near]]), kind="stable")
        z = np.concatenate([z, middle[near]])[order]
        y = np.maximum.accumulate(np.concatenate([y, true[near]])[order])
    return z, y, _slopes(z, y)


def _slopes(z: Floats, y: Floats) -> Floats:
    """Slopes of the cubic spline, held inside the monotone region of Fritsch & Carlson 1980."""
    from scipy.interpolate import CubicSpline

    rise = np.diff(y) / np.diff(z)
    steepest = 3.0 * np.minimum(np.append(rise, rise[-1]), np.insert(rise, 0, rise[0]))
    spline = CubicSpline(z, y).derivative()(z)
    limited: Floats = np.clip(spline, 0.0, steepest)
    return limited


def _inverted(distribution: Distribution, z: Floats, low: float, high: float) -> Floats:
    """Logarithm of the time in [low, high] at which the log-odds are z, by bisection."""
    u = np.exp(z) / (1.0 + np.exp(z))
    s = 1.0 / (1.0 + np.exp(z))
    most = high if math.isfinite(high) else _beyond(distribution, max(low, 1.0))
    left = np.full(len(z), math.log(low) if low > 0.0 else _ZERO)
    right = np.full(len(z), math.log(most))
    for _ in range(64):
        middle = (left + right) / 2.0
        below, above = _tails(distribution, np.exp(middle), before=False)
        later = np.where(z < 0.0, below < u, above > s)
        left = np.where(later, middle, left)
        right = np.where(later, right, middle)
    y: Floats = (left + right) / 2.0
    return y


def _beyond(distribution: Distribution, t: float) -> float:
    """Return a time, doubling from t, that is exceeded with probability below 2⁻⁵⁵."""
    for _ in range(1000):
        if float(_tails(distribution, np.array([t]), before=False)[1][0]) < 2.0**-55:
            return t
        t *= 2.0
    return t
