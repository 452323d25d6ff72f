"""What is known about a distribution without simulating it: its mean, its spread, and its description.

The formulas are those of the textbooks, so they also serve to check the simulation.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.calendars.durations import duration_text
from cxsim.probability.distributions import TIMES, Distribution, Spec, read_distribution


def mean_of(spec: Spec) -> float:
    """Mean of a distribution in minutes."""
    return moments(read_distribution(spec))[0]


def variance_of(spec: Spec) -> float:
    """Variance of a distribution in square minutes; infinite for some distributions of scipy."""
    mean, square = moments(read_distribution(spec))
    return max(0.0, square - mean * mean)


def moments(distribution: Distribution) -> tuple[float, float]:
    """Mean (minutes) and mean square (square minutes) of a distribution; Johnson, Kotz & Balakrishnan 1994.

    Phase type: −α S⁻¹ 1 and 2 α S⁻² 1 (Neuts 1981, eq. 2.2.7).
    """
    a, b, c = (*distribution.numbers, 0.0, 0.0, 0.0)[:3]
    if distribution.name == "constant":
        return a, a * a
    if distribution.name == "exponential":
        return a, 2.0 * a * a
    if distribution.name == "lognormal":
        return math.exp(a + b * b / 2.0), math.exp(2.0 * (a + b * b))
    if distribution.name == "weibull":
        return a * math.gamma(1.0 + 1.0 / b), a * a * math.gamma(1.0 + 2.0 / b)
    if distribution.name in ("gamma", "erlang"):
        return a * b, a * (a + 1.0) * b * b
    if distribution.name == "uniform":
        return (a + b) / 2.0, (a * a + a * b + b * b) / 3.0
    if distribution.name == "triangular":
        return (a + b + c) / 3.0, (a * a + b * b + c * c + a * b + a * c + b * c) / 6.0
    if distribution.name == "mixture":
        each = [(p, *moments(part)) for p, part in distribution.parts]
        return sum(p * m for p, m, _ in each), sum(p * s for p, _, s in each)
    if distribution.name == "empirical":
        p, v = distribution.arrays
        low, high = v[:-1], v[1:]
        squares = (low * low + low * high + high * high) / 3.0
        return float(np.diff(p) @ (low + high)) / 2.0, float(np.diff(p) @ squares)
    if distribution.name == "phase_type":
        initial, rates = distribution.arrays
        left = np.linalg.solve(-rates, np.ones(len(rates)))
        return float(initial @ left), float(2.0 * initial @ np.linalg.solve(-rates, left))
    mean, variance = (float(m) for m in distribution.frozen.stats(moments="mv"))
    return a * mean, a * a * (variance + mean * mean)


def describe(spec: Spec) -> str:
    """A distribution in words: "lognormal, mean 3 min, CV 1.2"."""
    return _described(read_distribution(spec))


def _described(distribution: Distribution) -> str:
    if distribution.name == "constant":
        return f"always {duration_text(distribution.numbers[0])}"
    if distribution.name == "mixture":
        return "; ".join(f"{100.0 * p:.3g} % {_described(part)}" for p, part in distribution.parts)
    mean = f"mean {duration_text(moments(distribution)[0])}"
    if distribution.name == "phase_type":
        return f"phase type with {len(distribution.arrays[0])} phases, {mean}"
    if distribution.name == "empirical":
        v = distribution.arrays[1]
        return f"empirical from {duration_text(float(v[0]))} to {duration_text(float(v[-1]))}, {mean}"
    if distribution.name == "scipy":
        return f"{distribution.frozen.dist.name} of scipy, {mean}"
    words = {"cv": "CV", "low": "from", "high": "to"}
    words_ = [
        f"{words.get(p, p)} {duration_text(v) if p in TIMES else format(v, '.6g')}"
        for p, v in distribution.given.items()
    ]
    return ", ".join([distribution.name, *words_])
