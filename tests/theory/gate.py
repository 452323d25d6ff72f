"""When a simulated value is close enough to theory: the reference lies in its interval, and the interval is narrow.

Each quantity has a Student interval over replications, so wide that all of a hundred quantities hold at once with 95 %
(Bonferroni).  It passes if the reference lies in the interval and the half-width is at most a stated share of the
reference.  So a simulated value that is off by more than this share never passes, and a model that is wrong by twice
the share passes in less than one run of a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.stats import t as student

from cxsim.engines import runs

HERE = Path(__file__).parents[2]
THEORY = HERE / "conf" / "organisation" / "theory"
ENGINE = "compiled" if "compiled" in runs.ENGINES else "simpy"
SEED = 1999
CONFIDENCE = 1.0 - 0.05 / 100
"""Of each interval; a hundred of them hold at once with 95 %."""
READ_OFF = 1e-7
"""How far, relative to the reference, a value read off a curve may be off (`cxsim.probability.leaving`)."""
RECORDED, LIGHT = 0.02, 0.05
"""Largest half-width, relative to the reference: in the recorded build step, in the tests."""

Sums = dict[str, float]
Tree = dict[str, Any]
Quantity = Callable[[Mapping[str, float]], float]


@dataclass(frozen=True)
class Effort:
    """How long to simulate a case."""

    replications: int
    weeks: int
    warm_up: int = 1
    """Weeks; five mean delays or more where customers come again."""


@dataclass(frozen=True)
class Verdict:
    """One quantity against its reference."""

    case: str
    quantity: str
    definition: str
    reference: float
    simulated: float
    error: float
    """Standard error; 0: calculated, not simulated."""
    replications: int
    largest: float
    """Largest half-width allowed, relative to the reference."""

    @property
    def half_width(self) -> float:
        """Of the interval at CONFIDENCE."""
        return float(student.ppf(0.5 + CONFIDENCE / 2.0, self.replications - 1)) * self.error

    @property
    def precise(self) -> bool:
        """Whether the interval is narrow enough to notice a fault."""
        return self.half_width <= self.largest * abs(self.reference)

    @property
    def inside(self) -> bool:
        """Whether the reference lies in the interval."""
        return abs(self.simulated - self.reference) <= max(self.half_width, READ_OFF * abs(self.reference))

    @property
    def passes(self) -> bool:
        """The gate."""
        return self.precise and self.inside


def organisation_of(case: str) -> Tree:
    """The theory model as written in `conf`."""
    tree: Tree = yaml.safe_load((THEORY / f"{case}.yaml").read_text("utf-8"))
    return tree


def ratio(a: str, b: str) -> Quantity:
    """One sum over another."""
    return lambda s: s[a] / s[b]


def estimate(quantity: Quantity, replications: Sequence[Sums]) -> tuple[float, float]:
    """Value from all replications together, and its standard error (jackknife, Quenouille 1956, over replications)."""
    n = len(replications)
    total = {k: sum(r[k] for r in replications) for k in replications[0]}
    without = np.array([quantity({k: total[k] - r[k] for k in total}) for r in replications])
    return quantity(total), float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
