"""What customers would answer on an ordered scale: expected values as curves over the latent level.

Ordered probit (McKelvey & Zavoina 1975): whoever stands at level x answers more than k with chance Φ(x - cut k), so
the mean of any value v of the answer is v_0 + Σ (v_{k+1} - v_k) Φ(x - cut k).  A case asks for seven such means, which
are read off tables instead of being summed anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined
from cxsim.probability.curves import cubic_at, cubics

STEPS = 64
"""Points of a table per SD."""
REACH = 8.5
"""SD beyond which the normal curve counts as level."""


def curves_begin(cuts: Sequence[float]) -> float:
    """Level at which tables for these cut-points begin."""
    return math.floor(min(cuts) - REACH)


@lru_cache(maxsize=64)
def answer_curves(cuts: tuple[float, ...], values: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    """Means of several values of the answer over the level: `cubics` for every 1/64 SD.

    cuts: rising cut-points between the answers; values: for each curve, one number for each answer.  Off the mean by
    less than 1e-9 times the sum of its steps.
    """
    points = np.arange(curves_begin(cuts), max(cuts) + REACH + 1.0 / STEPS, 1.0 / STEPS)
    away = points[:, None] - np.array(cuts)
    above = np.vectorize(math.erfc)(-away / math.sqrt(2.0)) / 2.0
    slope = np.exp(-0.5 * away * away) / (math.sqrt(2.0 * math.pi) * STEPS)
    steps = np.diff(np.array(values), axis=1).T
    y, s = np.array(values)[:, 0] + above @ steps, slope @ steps
    return cubics(y.T, s.T)


@inlined
def place_on(curves: Any, begin: float, x: float) -> tuple[int, float]:
    """Where level x stands on curves that begin at `begin`: the point before it, and the distance to the next."""
    place = (x - begin) * STEPS
    last = len(curves)
    if not place > 0.0:
        return 0, 0.0
    if place >= last:
        return last - 1, 1.0
    k = int(place)
    return k, place - k


@inlined
def ease_at(curves: Any, begin: float, x: float) -> tuple[float, float]:
    """Mean answer (1-7) and chance of 5 or more, at minus the effort x; these two are the curves."""
    k, part = place_on(curves, begin, x)
    return cubic_at(curves, k, 0, part), cubic_at(curves, k, 1, part)


@inlined
def recommending_at(curves: Any, begin: float, x: float) -> tuple[float, float, float, float]:
    """Chance of 0 to 6, of 9 or 10, of 10, and to answer the survey at all, at level x: the first four curves."""
    k, part = place_on(curves, begin, x)
    return (
        cubic_at(curves, k, 0, part),
        cubic_at(curves, k, 1, part),
        cubic_at(curves, k, 2, part),
        cubic_at(curves, k, 3, part),
    )


@inlined
def responding_at(curves: Any, begin: float, x: float) -> tuple[float, float]:
    """Chance to answer the survey with 0 to 6, and with 9 or 10: the fifth and the sixth curve."""
    k, part = place_on(curves, begin, x)
    return cubic_at(curves, k, 4, part), cubic_at(curves, k, 5, part)
