"""Random numbers by address: the same case meets the same random numbers in every scenario.

A random number here is not drawn in order, it is a function of an address: (seed, replication) and four words that name
whose number it is and for what.  The function is Philox4x64-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3", SC'11), equal to ``numpy.random.Philox`` with the address as its counter.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined, product

_M0 = np.uint64(0xD2E7470EE14C6C93)
_M1 = np.uint64(0xCA5A826395121157)
_W0 = np.uint64(0x9E3779B97F4A7C15)
_W1 = np.uint64(0xBB67AE8584CAA73B)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_11 = np.uint64(11)
_STEP = 1.0 / 9007199254740992.0  # 2**-53
_BELOW_ONE = 1.0 - _STEP
ROUNDS = 10


def name_word(name: str) -> int:
    """A name as a 64-bit word: the BLAKE2b hash of its UTF-8 bytes, little-endian."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest(), "little")


def round_keys(seed: int, replication: int) -> NDArray[np.uint64]:
    """The key (seed, replication) as Philox uses it: two words for each of its ten rounds."""
    keys = [(seed + r * int(_W0), replication + r * int(_W1)) for r in range(ROUNDS)]
    return np.array([word % 2**64 for pair in keys for word in pair], dtype=np.uint64)


@inlined
def philox(keys: Any, c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64) -> np.uint64:
    """First output word of Philox4x64-10 for `round_keys` and counter (c0, c1, c2, c3).

    numpy increments its counter before the first block, so do we: all arguments are unsigned 64-bit integers.
    """
    x0 = c0 + _ONE
    x1 = c1
    x2 = c2
    x3 = c3
    if x0 == _ZERO:
        x1 = x1 + _ONE
        if x1 == _ZERO:
            x2 = x2 + _ONE
            if x2 == _ZERO:
                x3 = x3 + _ONE
    for r in range(0, 2 * ROUNDS - 2, 2):
        h0, l0 = product(_M0, x0)
        h1, l1 = product(_M1, x2)
        x0 = h1 ^ x1 ^ keys[r]
        x1 = l1
        x2 = h0 ^ x3 ^ keys[r + 1]
        x3 = l0
    h1, _ = product(_M1, x2)
    return np.uint64(h1 ^ x1 ^ keys[2 * ROUNDS - 2])


@inlined
def uniform(keys: Any, c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64) -> float:
    """The uniform number at an address, strictly inside (0, 1): ((word >> 11) + 1/2) * 2**-53.

    The largest word would round to one; it gives the largest number below one instead.
    """
    # Exactly one would make quantiles infinite; it comes up once in 9 x 10^15.
    return min((float(philox(keys, c0, c1, c2, c3) >> _11) + 0.5) * _STEP, _BELOW_ONE)
