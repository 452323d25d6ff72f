"""When a simulated value is close enough to theory: by its standard error, which must be small enough to tell.

A quantity passes if the simulated value is within four standard errors of the reference, and the standard error is
small enough to notice a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cxsim.engines import runs

HERE = Path(__file__).parents[3]
THEORY = HERE / "conf" / "organisation" / "theory"
ENGINE = "compiled" if "compiled" in runs.ENGINES else "simpy"
SEED = 1999
TOLERANCE = 4.0
"""Standard errors."""
READ_OFF = 1e-7
"""How far, relative to the reference, a value may be off that is calculated by way of curves (`cxsim.probability.leaving`)."""
RECORDED, LIGHT = 0.01, 0.03
"""Largest standard error, relative to the reference: in the recorded build step, in the tests."""

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
    largest: float
    """Largest standard error allowed, relative."""

    @property
    def precise(self) -> bool:
        """Whether the standard error is small enough to notice a fault."""
        return self.error <= self.largest * abs(self.reference)

    @property
    def passes(self) -> bool:
        """The gate."""
        near = abs(self.simulated - self.reference) <= max(TOLERANCE * self.error, READ_OFF * abs(self.reference))
        return near and self.precise


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
