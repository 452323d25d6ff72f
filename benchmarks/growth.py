"""Whether the time for a visit grows with the work: 1, 10 and 100 times the weeks, and the customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import numpy as np

import cxsim
from benchmarks.models import Cxsim, organisation_of
from benchmarks.race import lap
from cxsim.organisation import Organisation, read_organisation

TIMES = (1, 10, 100)


@dataclass(frozen=True)
class Growth:
    """One organisation at growing work."""

    what: str
    visits: tuple[float, ...]
    seconds_per_visit: tuple[float, ...]
    """Smallest of the repetitions: whatever else the machine does only adds."""

    @property
    def factors(self) -> tuple[float, ...]:
        """Time for a visit, relative to that at the least work."""
        return tuple(s / self.seconds_per_visit[0] for s in self.seconds_per_visit)


def growth(times: Sequence[int], repetitions: int, tell: Callable[[str], None]) -> list[Growth]:
    """Both models and the bank over longer horizons, and the bank with more customers and as many more agents."""
    bank = cxsim.load_organisation("bank")
    longer = [(organisation_of("contact_centre"), 1), (organisation_of("three_departments"), 1), (bank, BANK_WARM_UP)]
    found = []
    for organisation, warm_up in longer:
        tell(f"{organisation.title}: {times[-1]} times the weeks")
        runs = [partial(_begin, organisation, n, warm_up) for n in times]
        found.append(_measured(f"{organisation.title}, weeks", runs, times, repetitions))
    tell(f"{bank.title}: {times[-1]} times the customers")
    runs = [partial(_begin, larger(bank, n), 1, BANK_WARM_UP) for n in times]
    return [*found, _measured(f"{bank.title}, customers and agents", runs, [1] * len(times), repetitions)]


BANK_WARM_UP = 4
"""Weeks; long files are then under way."""


def larger(organisation: Organisation, times: int) -> Organisation:
    """The same organisation with so many times the customers and the agents."""
    tree = deepcopy(organisation.tree)
    for segment in tree["segments"].values():
        segment["customers"] *= times
    for team in tree["teams"].values():
        team["agents"] *= times
    return read_organisation(tree)


def _begin(organisation: Organisation, weeks: int, warm_up: int, seed: int) -> Cxsim:
    return Cxsim(organisation, "compiled", seed, weeks, warm_up)


def _measured(what: str, runs: Sequence[Callable[[int], Cxsim]], weeks: Sequence[int], repetitions: int) -> Growth:
    laps = [[lap(run(seed), n) for run, n in zip(runs, weeks, strict=True)] for seed in range(1, repetitions + 1)]
    each = np.array([[1.0 / one.rate for one in row] for row in laps]).min(axis=0)
    return Growth(what, tuple(one.measured["visits"] for one in laps[0]), tuple(float(x) for x in each))
