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

from cxsim.distributions import cubics
from cxsim.jit import inlined

STEPS = 64
"""Points of a table per SD."""
REACH = 8.5
"""SD beyond which the normal curve counts as level."""

CES_MEAN, CES_EASY = 0, 1
"""Curves over minus the effort: mean answer (1-7), chance of 5 or more."""
DETRACTOR, PROMOTER, TOP, RESPONSE, RESPONSE_PROMOTER, RESPONSE_DETRACTOR = range(6)
"""Curves over the level: chance of 0 to 6, of 9 or 10, of 10; chance to answer at all, and with which."""


def curves_begin(cuts: Sequence[float]) -> float:
    """Level at which tables for these cut-points begin."""
    return math.floor(min(cuts) - REACH)


@lru_cache(maxsize=64)
def answer_curves(cuts: tuple[float, ...], values: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    """Means of several values of the answer over the level: [point, value, coefficient of a cubic], Hermite's.

    cuts: rising cut-points between the answers; values: for each curve, one number for each answer.  Off the mean by
    less than 1e-9 times the sum of its steps.
    """
    points = np.arange(curves_begin(cuts), max(cuts) + REACH + 1.0 / STEPS, 1.0 / STEPS)
    away = points[:, None] - np.array(cuts)
    above = np.vectorize(math.erfc)(-away / math.sqrt(2.0)) / 2.0
    slope = np.exp(-0.5 * away * away) / (math.sqrt(2.0 * math.pi) * STEPS)
    steps = np.diff(np.array(values), axis=1).T
    y, s = np.array(values)[:, 0] + above @ steps, slope @ steps
    return np.stack([cubics(y[:, k], s[:, k]) for k in range(len(values))], axis=1)


@inlined
def place_on(curves: Any, begin: float, x: float) -> tuple[int, float]:
    """Where level x stands on curves that begin at `begin`: the point before it, and how far it is to the next."""
    place = (x - begin) * STEPS
    last = len(curves)
    if not place > 0.0:
        return 0, 0.0
    if place >= last:
        return last - 1, 1.0
    k = int(place)
    return k, place - k


@inlined
def read_off(curves: Any, k: int, part: float, curve: int) -> float:
    """One of the curves at the place that `place_on` has found."""
    piece = curves[k, curve]
    return float(piece[0] + part * (piece[1] + part * (piece[2] + part * piece[3])))
