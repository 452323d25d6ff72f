"""What is known about a law without simulating it: its mean, its spread, and how it is said.

The formulas are those of the textbooks, so they also serve to check the simulation.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.calendars.durations import say
from cxsim.probability.distributions import TIMES, Law, Spec, read_law


def mean_of(spec: Spec) -> float:
    """Mean of a law in minutes."""
    return moments(read_law(spec))[0]


def variance_of(spec: Spec) -> float:
    """Variance of a law in square minutes; infinite for some laws of scipy."""
    mean, square = moments(read_law(spec))
    return max(0.0, square - mean * mean)


def moments(law: Law) -> tuple[float, float]:
    """Mean (minutes) and mean square (square minutes) of a law; Johnson, Kotz & Balakrishnan 1994.

    Phase type: −α S⁻¹ 1 and 2 α S⁻² 1 (Neuts 1981, eq. 2.2.7).
    """
    a, b, c = (*law.numbers, 0.0, 0.0, 0.0)[:3]
    if law.name == "constant":
        return a, a * a
    if law.name == "exponential":
        return a, 2.0 * a * a
    if law.name == "lognormal":
        return math.exp(a + b * b / 2.0), math.exp(2.0 * (a + b * b))
    if law.name == "weibull":
        return a * math.gamma(1.0 + 1.0 / b), a * a * math.gamma(1.0 + 2.0 / b)
    if law.name in ("gamma", "erlang"):
        return a * b, a * (a + 1.0) * b * b
    if law.name == "uniform":
        return (a + b) / 2.0, (a * a + a * b + b * b) / 3.0
    if law.name == "triangular":
        return (a + b + c) / 3.0, (a * a + b * b + c * c + a * b + a * c + b * c) / 6.0
    if law.name == "mixture":
        each = [(p, *moments(part)) for p, part in law.parts]
        return sum(p * m for p, m, _ in each), sum(p * s for p, _, s in each)
    if law.name == "empirical":
        p, v = law.arrays
        low, high = v[:-1], v[1:]
        squares = (low * low + low * high + high * high) / 3.0
        return float(np.diff(p) @ (low + high)) / 2.0, float(np.diff(p) @ squares)
    if law.name == "phase_type":
        initial, rates = law.arrays
        left = np.linalg.solve(-rates, np.ones(len(rates)))
        return float(initial @ left), float(2.0 * initial @ np.linalg.solve(-rates, left))
    mean, variance = (float(m) for m in law.frozen.stats(moments="mv"))
    return a * mean, a * a * (variance + mean * mean)


def describe(spec: Spec) -> str:
    """Say a law in words: "lognormal, mean 3 min, CV 1.2"."""
    return _described(read_law(spec))


def _described(law: Law) -> str:
    if law.name == "constant":
        return f"always {say(law.numbers[0])}"
    if law.name == "mixture":
        return "; ".join(f"{100.0 * p:.3g} % {_described(part)}" for p, part in law.parts)
    mean = f"mean {say(moments(law)[0])}"
    if law.name == "phase_type":
        return f"phase type with {len(law.arrays[0])} phases, {mean}"
    if law.name == "empirical":
        v = law.arrays[1]
        return f"empirical from {say(float(v[0]))} to {say(float(v[-1]))}, {mean}"
    if law.name == "scipy":
        return f"{law.frozen.dist.name} of scipy, {mean}"
    words = {"cv": "CV", "low": "from", "high": "to"}
    said = [f"{words.get(p, p)} {say(v) if p in TIMES else format(v, '.6g')}" for p, v in law.given.items()]
    return ", ".join([law.name, *said])
