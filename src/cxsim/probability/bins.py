"""Bins of waits, by their logarithm: 64 to a decade, so a quantile read off them is within 4 % of the right one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined, time_key

Floats = NDArray[np.float64]

BINS_PER_DECADE = 64
FIRST_BIN = -2.0
"""Decade of the first bin: 0.01 min."""
BINS = 8 * BINS_PER_DECADE + 2


def _bin_by_logarithm(minutes: float) -> int:
    place = math.floor((math.log10(minutes) - FIRST_BIN) * BINS_PER_DECADE) + 1
    return max(1, min(place, BINS - 1))


def _first_in_bins() -> Floats:
    """The shortest wait in each bin from 1 on."""
    found = []
    for k in range(1, BINS):
        x = 10.0 ** (FIRST_BIN + (k - 1) / BINS_PER_DECADE)
        while k > 1 and _bin_by_logarithm(math.nextafter(x, 0.0)) >= k:
            x = math.nextafter(x, 0.0)
        while _bin_by_logarithm(x) < k:
            x = math.nextafter(x, math.inf)
        found.append(x)
    return np.array([0.0, *found, math.inf])


CELL_BITS = 46
"""Last bits of a wait that do not count: waits with equal first bits share a cell, a 64th of an octave, less than a
bin."""
_FIRST_IN_BIN = _first_in_bins()
_FIRST_CELL, _LAST_CELL = (int(cell) for cell in _FIRST_IN_BIN[[1, -2]].view(np.int64) >> CELL_BITS)
_CELL_FROM = (np.arange(_FIRST_CELL, _LAST_CELL + 1) << CELL_BITS).view(np.float64)
_BIN_OF_CELL = np.array([_bin_by_logarithm(x) for x in np.maximum(_CELL_FROM, _FIRST_IN_BIN[1])], dtype=np.int64)


@inlined
def wait_bin(minutes: float) -> int:
    """Bin of a wait: 0 for none, from 1 on by its logarithm, which is looked up."""
    if minutes <= 0.0:
        return 0
    cell = (time_key(minutes) >> CELL_BITS) - _FIRST_CELL
    if cell < 0:
        return 1
    if cell >= len(_BIN_OF_CELL):
        return BINS - 1
    k = _BIN_OF_CELL[cell]
    return int(k + 1 if minutes >= _FIRST_IN_BIN[k + 1] else k)


def bin_edges() -> Floats:
    """Upper edge of each bin, minutes: bin 0 ends at 0."""
    edges = 10.0 ** (FIRST_BIN + np.arange(BINS - 1) / BINS_PER_DECADE)
    return np.concatenate([[0.0], edges[1:], [edges[-1] * 10.0 ** (1.0 / BINS_PER_DECADE)]])
