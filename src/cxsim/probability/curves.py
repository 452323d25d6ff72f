"""Functions that are wanted often, as cubics between points: a few numbers are looked up instead of being worked out.

A curve of a quantile is found by the first bits of the uniform number.  A piece holds the uniforms whose distance to
the nearer end of [0, 1] begins with the same bits: a 32nd of an octave, so pieces are short where a quantile is steep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import compiled, inlined, time_key

Floats = NDArray[np.float64]


def cubics(values: Sequence[Floats], slopes: Sequence[Floats]) -> Floats:
    """Hermite's cubics between points with these values, and slopes per piece, for several curves.

    Shape (pieces, curves, 4 powers), as `cubic_at` takes it.
    """
    table = np.zeros((len(values[0]) - 1, len(values), 4))
    for i, (value, slope) in enumerate(zip(values, slopes, strict=True)):
        y, a, b = value[:-1], slope[:-1], slope[1:]
        rise = value[1:] - y
        table[:, i] = np.stack([y, a, 3.0 * rise - 2.0 * a - b, a + b - 2.0 * rise], axis=1)
    return table


@inlined
def cubic_at(table: Any, k: int, curve: int, x: float) -> float:
    """One of the `cubics` in piece k at x, 0 to 1 from its beginning to its end."""
    return float(table[k, curve, 0] + x * (table[k, curve, 1] + x * (table[k, curve, 2] + x * table[k, curve, 3])))


BEHIND = 47
"""Bits of a number behind those that name its piece."""
OCTAVES = 20
"""How far a curve reaches: to 2**-21 from either end."""
PIECES = OCTAVES << (52 - BEHIND)
"""Pieces of either half, which begin at 2**-21."""
QUANTILE_CURVE = 2 * PIECES * 4
"""Numbers of a curve: four to a piece, first the lower half, then the upper one, from its end inwards."""
_FIRST = int(np.array(0.5 ** (OCTAVES + 1)).view(np.int64)) >> BEHIND
_REST = (1 << BEHIND) - 1
_BETWEEN = np.arange(1, 8) / 8.0


def quantile_curve(quantile: Callable[[Floats], tuple[Floats, Floats]], breaks: Floats, tolerance: float) -> Floats:
    """The curve of a quantile, `QUANTILE_CURVE` numbers; NaN for pieces that are off by more than the tolerance.

    quantile: log-odds of the uniform -> (minutes, their slope over the log-odds); breaks: rising log-odds where it
    jumps or bends; tolerance: relative.
    """
    ends = (np.arange(_FIRST, _FIRST + PIECES + 1) << BEHIND).view(np.float64)
    left, width = ends[:-1], np.diff(ends)
    halves = []
    for sign in (1.0, -1.0):
        value, slope = quantile(sign * _log_odds(ends))
        slope *= sign / (ends * (1.0 - ends))
        octaves = [slice(k, k + PIECES // OCTAVES + 1) for k in range(0, PIECES, PIECES // OCTAVES)]
        curve = np.concatenate([cubics((value[o],), (slope[o] * width[o.start],))[:, 0] for o in octaves])
        x = _BETWEEN
        true, _ = quantile(sign * _log_odds(left[:, None] + width[:, None] * x))
        a, b, c, d = curve.T[:, :, None]
        poor = (np.abs(a + x * (b + x * (c + x * d)) - true) > tolerance * true).any(axis=1)
        known = np.sort(sign * breaks)
        z = _log_odds(ends)
        poor |= np.searchsorted(known, z[1:], side="right") > np.searchsorted(known, z[:-1], side="left")
        curve[poor] = np.nan
        halves.append(curve.ravel())
    return np.concatenate(halves)


def _log_odds(p: Floats) -> Floats:
    z: Floats = np.log(p) - np.log1p(-p)
    return z


@compiled
def on_quantile_curve(grid: Any, first: int, u: float) -> float:
    """Minutes at the uniform number u off the curve that begins at `first`; NaN or below 0 where it has no piece."""
    upper = u >= 0.5
    p = 1.0 - u if upper else u
    bits = time_key(p)
    piece = (bits >> BEHIND) - _FIRST
    if piece < 0 or piece >= PIECES:
        return -1.0
    at = first + 4 * (piece + PIECES if upper else piece)
    x = float(bits & _REST) * 2.0**-BEHIND
    return float(grid[at] + x * (grid[at + 1] + x * (grid[at + 2] + x * grid[at + 3])))
