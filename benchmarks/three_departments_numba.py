"""The three departments as tables of the bare kernel: the model of `organisations/three_departments.yaml`, minutes."""

from __future__ import annotations

import numpy as np

from benchmarks.kernel import CUSTOMERS, STEP, Kernel, kernel_of

REGISTER, ASSESS, DECIDE = 0, 1, 2
STEPS = np.array(
    [(REGISTER, 5.0, 1.0, ASSESS, 1.0), (ASSESS, 7.0, 1.0, DECIDE, 1.0), (DECIDE, 4.0, 1.0, ASSESS, 0.2)], dtype=STEP
)
AGENTS = np.array([3, 5, 3])
BEHAVIOUR = np.array([(1.0 / 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)], dtype=CUSTOMERS)


def three_departments(seed: int, replication: int, times: int = 1) -> Kernel:
    """The beginning of one run, with `times` times the agents and the arrivals."""
    return kernel_of(STEPS, AGENTS, BEHAVIOUR, (seed, replication), times)
