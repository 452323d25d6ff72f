"""The contact centre as tables of the bare kernel: the model of `organisations/contact_centre.yaml`, in minutes."""

from __future__ import annotations

import numpy as np

from benchmarks.kernel import CUSTOMERS, STEP, Kernel, kernel_of

STEPS = np.array([(0, 4.0, 0.8, -1, 0.0)], dtype=STEP)
AGENTS = np.array([10])
BEHAVIOUR = np.array([(1.0 / 2.1, 5.0, 0.5, 10.0, 0.85, 1440.0)], dtype=CUSTOMERS)


def contact_centre(seed: int, replication: int, times: int = 1) -> Kernel:
    """The beginning of one run, with `times` times the agents and the arrivals."""
    return kernel_of(STEPS, AGENTS, BEHAVIOUR, (seed, replication), times)
