"""Whether the time for a visit grows with the work: 1, 10 and 100 times the weeks, and the customers.

With more customers tables outgrow the processor's caches, so the bare kernels are grown beside: what any program pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

import cxsim
from benchmarks.models import MODELS, Cxsim, Simulation, larger_bare, organisation_of
from benchmarks.race import Lap, lap
from cxsim.organisation import Organisation, read_organisation

TIMES = (1, 10, 100)
Times: TypeAlias = tuple[float, ...]
"""One number for each of the sizes."""
WEEKS, CUSTOMERS = "weeks", "customers and agents"


@dataclass(frozen=True)
class Growth:
    """One organisation, or the bare kernel of the same model, at growing work."""

    title: str
    what: str
    """Grows: WEEKS or CUSTOMERS."""
    bare: bool
    visits: Times
    seconds_per_visit: Times
    """Smallest of the repetitions: whatever else the machine does only adds."""

    @property
    def factors(self) -> Times:
        """Time for a visit, relative to that at the least work."""
        return tuple(s / self.seconds_per_visit[0] for s in self.seconds_per_visit)


def growth(times: Sequence[int], repetitions: int, tell: Callable[[str], None]) -> list[Growth]:
    """Both models and the bank over longer horizons, and with more customers and as many more agents.

    With more customers there are as many fewer weeks, with fewer weeks as many more runs: each size has as many visits
    in a repetition, and as long to find the machine at rest.
    """
    bank = cxsim.load_organisation("bank")
    plain = [organisation_of(model.name) for model in MODELS]
    fewer = [times[-1] // n for n in times]
    once = [1] * len(times)
    found = []
    for organisation, warm_up in [*((o, 1) for o in plain), (bank, BANK_WARM_UP)]:
        tell(f"{organisation.title}: {times[-1]} times the weeks, then the customers")
        longer = [partial(_begin, organisation, n, warm_up) for n in times]
        crowds = [partial(_begin, larger(organisation, n), times[-1] // n, warm_up) for n in times]
        found.append(Growth(organisation.title, WEEKS, False, *_measured(longer, times, fewer, repetitions)))
        found.append(Growth(organisation.title, CUSTOMERS, False, *_measured(crowds, fewer, once, repetitions)))
    for model, organisation in zip(MODELS, plain, strict=True):
        tell(f"{organisation.title}, bare kernel: {times[-1]} times the customers")
        bare = [partial(larger_bare, model, n) for n in times]
        found.append(Growth(organisation.title, CUSTOMERS, True, *_measured(bare, fewer, once, repetitions)))
    return found


BANK_WARM_UP = 4
"""Weeks; long files are then under way."""


def larger(organisation: Organisation, times: int) -> Organisation:
    """The same organisation with so many times the customers, what they ask for and the agents."""
    tree = deepcopy(organisation.tree)
    for segment in tree["segments"].values():
        segment["customers"] *= times
    for reason in tree["reasons"].values():
        for arrivals in reason.get("arrivals", {}).values():
            if "rate" in arrivals:  # of all customers together; `cases` are those of one
                amount, unit = arrivals["rate"].split(" ", 1)
                arrivals["rate"] = f"{float(amount) * times} {unit}"
    for team in tree["teams"].values():
        team["agents"] *= times
    return read_organisation(tree)


def _begin(organisation: Organisation, weeks: int, warm_up: int, seed: int) -> Cxsim:
    return Cxsim(organisation, "compiled", seed, weeks, warm_up)


def _measured(
    runs: Sequence[Callable[[int], Simulation]], weeks: Sequence[int], often: Sequence[int], repetitions: int
) -> tuple[Times, Times]:
    """Visits of a run in the first repetition, and the least time for one visit in seconds, size by size.

    often: how many runs of each size make a repetition, each with a seed of its own.
    """
    sizes = list(zip(runs, weeks, often, strict=True))
    laps = [
        [[lap(run(k * repetitions + seed), n) for k in range(many)] for run, n, many in sizes]
        for seed in range(1, repetitions + 1)
    ]
    each = np.array([[_seconds_per_visit(size) for size in row] for row in laps]).min(axis=0)
    return tuple(size[0].measured["visits"] for size in laps[0]), tuple(float(x) for x in each)


def _seconds_per_visit(laps: Sequence[Lap]) -> float:
    return sum(one.seconds for one in laps) / sum(one.measured["visits"] for one in laps)
