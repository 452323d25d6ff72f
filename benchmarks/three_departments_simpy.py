"""Three departments with rework as a SimPy user writes them: register, assess, decide, and back to assess if in doubt.

The model of `organisations/three_departments.yaml`, in minutes.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import simpy

FILES_PER_MINUTE = 0.5
AGENTS = {"register": 3, "assess": 5, "decide": 3}
WORK = {"register": 5.0, "assess": 7.0, "decide": 4.0}
P_REWORK = 0.2


class ThreeDepartments:
    """One run of the process; `sums` counts from the beginning."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.teams = {step: simpy.Resource(self.env, capacity=agents) for step, agents in AGENTS.items()}
        self.sums: defaultdict[str, float] = defaultdict(float)
        self.env.process(self.arrivals())

    def run(self, until: float) -> None:
        """Run on to `until`, minutes since the beginning."""
        self.env.run(until=until)

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        while True:
            yield self.env.timeout(self.random.expovariate(FILES_PER_MINUTE))
            self.env.process(self.file())

    def file(self) -> Generator[simpy.Event, Any, None]:
        self.sums["cases"] += 1
        opened = self.env.now
        yield from self.work("register")
        yield from self.work("assess")
        yield from self.work("decide")
        while self.random.random() < P_REWORK:
            yield from self.work("assess")
            yield from self.work("decide")
        self.sums["closed"] += 1
        self.sums["elapsed"] += self.env.now - opened

    def work(self, step: str) -> Generator[simpy.Event, Any, None]:
        self.sums["visits"] += 1
        arrived = self.env.now
        with self.teams[step].request() as request:
            yield request
            self.sums["wait " + step] += self.env.now - arrived
            self.sums["served " + step] += 1
            yield self.env.timeout(self.random.expovariate(1.0 / WORK[step]))
