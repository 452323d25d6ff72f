"""The uniform number at an address, worked out with numpy's own Philox: what a hand-worked trace needs to know."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

from cxsim.model.draws import Purpose


def word(name: str) -> int:
    """64-bit hash of a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def uniform(seed: int, replication: int, *address: int) -> float:
    """((first word of the block at this counter >> 11) + 1/2) / 2**53."""
    philox: Any = np.random.Philox(key=np.array([seed, replication], dtype=np.uint64))
    state = philox.state
    state["state"]["counter"] = np.array(address, dtype=np.uint64)
    philox.state = state
    return ((int(philox.random_raw()) >> 11) + 0.5) * 2.0**-53


def of_case(purpose: Purpose, a: int = 0, b: int = 0, *, case: str, number: int = 0, seed: int = 1) -> float:
    """Random number of a case `segment/reason/stream` with its number."""
    return uniform(seed, 0, purpose | a << 8 | b << 32, word(case), number, 0)


def at_step(purpose: Purpose, step: str, pass_: int = 0, branch: int = 0, again: int = 0, *, case: str) -> float:
    """Random number of a case at a step `route.step`."""
    return uniform(1, 0, purpose | (branch | again << 12) << 8 | pass_ << 32, word(case), 0, word(step))
