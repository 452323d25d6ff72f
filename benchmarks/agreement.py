"""Whether all ways simulate the same model: a speed is worth nothing where the results differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import t as student

from benchmarks.models import COMPILED, SIMPY, Quantity
from benchmarks.race import Lap, Laps

LEAST_LIKELY = 1e-4
"""Chance below which a difference is not chance; some thirty are looked at, so a false alarm comes once in 300 runs."""
COARSEST = 0.03
"""Largest standard error of a difference, relative to the value; coarser than this notices nothing."""


@dataclass(frozen=True)
class Pair:
    """One quantity in two ways."""

    quantity: str
    ways: tuple[str, str]
    values: tuple[float, float]
    error: float
    """Standard error of the difference."""
    freedom: float
    """Its degrees of freedom."""
    coarsest: float

    @property
    def away(self) -> float:
        """Difference in standard errors."""
        a, b = self.values
        return 0.0 if a == b else (a - b) / self.error if self.error > 0.0 else math.inf

    @property
    def chance(self) -> float:
        """Probability of so large a difference between equal models: Welch 1947, Biometrika 34:28."""
        return float(2.0 * student.sf(abs(self.away), self.freedom))

    @property
    def precise(self) -> bool:
        """Whether a difference would be noticed."""
        return self.error <= self.coarsest * abs(self.values[1])

    @property
    def agrees(self) -> bool:
        """The gate."""
        return self.precise and self.chance >= LEAST_LIKELY


def estimate(laps: Sequence[Lap], quantity: Quantity) -> tuple[float, float]:
    """One sum over another, all laps together, and its standard error (jackknife over laps, Quenouille 1956)."""
    above, below = (np.array([one.measured.get(name, 0.0) for one in laps]) for name in quantity)
    n = len(laps)
    without = (above.sum() - above) / (below.sum() - below)
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    return float(above.sum() / below.sum()), error


def pairs(laps: Laps, quantities: Mapping[str, Quantity], coarsest: float = COARSEST) -> Iterator[Pair]:
    """Every quantity in every two ways; the two engines are not among them, they have to be equal."""
    for name, quantity in quantities.items():
        found = {way: estimate(own, quantity) for way, own in laps.items()}
        for a, b in combinations(laps, 2):
            if {a, b} != {SIMPY, COMPILED}:
                (x, own), (y, other) = found[a], found[b]
                error = math.hypot(own, other)
                freedom = error**4 / (own**4 / (len(laps[a]) - 1) + other**4 / (len(laps[b]) - 1))
                yield Pair(name, (a, b), (x, y), error, freedom, coarsest)


def engines_differ(laps: Laps) -> list[str]:
    """Sums of the warm-up in which the two engines are not equal to the last bit: they have the same random numbers."""
    return [
        f"repetition {i}: {name} is {own.warm_up[name]!r} and {other.warm_up[name]!r}"
        for i, (own, other) in enumerate(zip(laps[SIMPY], laps[COMPILED], strict=True))
        for name in own.warm_up
        if own.warm_up[name] != other.warm_up[name]
    ]
