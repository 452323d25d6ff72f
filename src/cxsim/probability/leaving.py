"""Leaving in a week and staying for a while, read off a curve by the log-odds of leaving.

Both are wanted of every customer in every week; the functions themselves take an exponential, a logarithm and a power.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import compiled, inlined
from cxsim.probability.curves import cubic_at, cubics

ODDS_FROM, ODDS_STEPS, ODDS_POINTS = -16.0, 32, 641
"""Where the curve begins, points per unit of log-odds, and how many there are; it ends at 4."""
NEVER = -700.0
"""Log-odds below which nobody leaves at all."""


@compiled
def p_leaving(odds: float) -> float:
    """Chance to leave in a week at these log-odds."""
    return 0.0 if odds < NEVER else 1.0 / (1.0 + math.exp(-odds))


@compiled
def p_staying(odds: float, weeks: float) -> float:
    """Chance to stay for `weeks` weeks, each with these log-odds of leaving: (1 + e^odds)^-weeks."""
    if odds < NEVER:
        return 1.0
    grown = math.log1p(math.exp(odds)) if odds < 0.0 else odds + math.log1p(math.exp(-odds))
    return math.exp(-weeks * grown)


def leaving_curve(weeks: float) -> NDArray[np.float64]:
    """Chance to leave in a week, and to stay for `weeks` weeks: `cubics` for every 1/32."""
    odds = ODDS_FROM + np.arange(ODDS_POINTS) / ODDS_STEPS
    leaves = 1.0 / (1.0 + np.exp(-odds))
    stays = np.exp(-weeks * np.log1p(np.exp(odds)))
    slopes = (leaves * (1.0 - leaves) / ODDS_STEPS, -weeks * stays * leaves / ODDS_STEPS)
    return cubics((leaves, stays), slopes)


@inlined
def leaves_and_stays(curve: Any, odds: float, weeks: float) -> tuple[float, float]:
    """Chance to leave in a week, and to stay for `weeks` weeks, off the `leaving_curve` of these weeks.

    Within 1e-8 of `p_leaving` and `p_staying`, and of the former within 1e-8 of its size; beyond the curve's ends these
    themselves.
    """
    place = (odds - ODDS_FROM) * ODDS_STEPS
    if place < 0.0 or place >= ODDS_POINTS - 1.0:
        return p_leaving(odds), p_staying(odds, weeks)
    k = int(place)
    return cubic_at(curve, k, 0, place - k), cubic_at(curve, k, 1, place - k)
