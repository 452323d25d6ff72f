"""Fading within a week, read off a curve: of whoever had a case it is wanted at the close of every week."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined
from cxsim.native.tables import cubics_at
from cxsim.probability.curves import cubics

PRECISE = 1e-12
"""Most that a curve may be off."""
MOST = 512
"""Pieces; what fades so fast that more were needed has no curve."""


def fading_curve(rates: tuple[float, float], minutes: float) -> NDArray[np.float64]:
    """What is left after up to so many minutes at two rates a minute: `cubics` at even distances, or none at all."""
    steepest = max(rates) * minutes
    pieces = max(1, math.ceil(steepest * (1.0 / (384.0 * PRECISE)) ** 0.25))  # the error of Hermite's cubics
    if pieces > MOST:
        return np.zeros((0, 1, 4, 4))
    x = np.linspace(0.0, minutes, pieces + 1)
    left = [np.exp(-rate * x) for rate in rates]
    slopes = [-rate * y * minutes / pieces for rate, y in zip(rates, left, strict=True)]
    return cubics(left, slopes)


@inlined
def left_after(curve: Any, within: float, rates: tuple[float, float], minutes: float) -> tuple[float, float]:
    """What is left after some minutes, at two rates a minute; off the curve, which holds `within` so many minutes."""
    place = minutes * (len(curve) / within)
    if place >= 0.0 and place < len(curve):
        k = int(place)
        one, other, _, _ = cubics_at(curve, k, 0, place - k)
        return float(one), float(other)
    return math.exp(-rates[0] * minutes), math.exp(-rates[1] * minutes)
