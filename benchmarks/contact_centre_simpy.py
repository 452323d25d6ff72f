"""A contact centre as a SimPy user writes it: callers hang up and redial, or call again when nothing was solved.

The model of `organisations/contact_centre.yaml`, in minutes.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import simpy

AGENTS = 10
CALLS_PER_MINUTE = 2.1
TALK = 4.0
PATIENCE = 5.0
P_RESOLVED = 0.8
P_REDIAL = 0.5
REDIAL_AFTER = 10.0
P_RECONTACT = 0.85
RECONTACT_AFTER = 1440.0


class ContactCentre:
    """One run of the contact centre; `sums` counts from the beginning."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.agents = simpy.Resource(self.env, capacity=AGENTS)
        self.sums: defaultdict[str, float] = defaultdict(float)
        self.env.process(self.arrivals())

    def run(self, until: float) -> None:
        """Run on to `until`, minutes since the beginning."""
        self.env.run(until=until)

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        while True:
            yield self.env.timeout(self.random.expovariate(CALLS_PER_MINUTE))
            self.env.process(self.customer())

    def customer(self) -> Generator[simpy.Event, Any, None]:
        self.sums["cases"] += 1
        while True:
            self.sums["visits"] += 1
            arrived = self.env.now
            with self.agents.request() as request:
                patience = self.env.timeout(self.random.expovariate(1.0 / PATIENCE))
                happened = yield request | patience
                self.sums["wait"] += self.env.now - arrived
                served = request in happened
                if served:
                    talk = self.random.expovariate(1.0 / TALK)
                    yield self.env.timeout(talk)
                    self.sums["service"] += talk
            if served:
                if self.random.random() < P_RESOLVED or self.random.random() >= P_RECONTACT:
                    return
                yield self.env.timeout(self.random.expovariate(1.0 / RECONTACT_AFTER))
            else:
                self.sums["abandoned"] += 1
                if self.random.random() >= P_REDIAL:
                    return
                yield self.env.timeout(self.random.expovariate(1.0 / REDIAL_AFTER))
