"""Whether the time for a visit grows with the work: 1, 10 and 100 times the weeks, and the customers.

With more customers tables outgrow the processor's caches, so the bare kernels are grown too: what any program pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

import cxsim
from benchmarks.models import MODELS, Cxsim, Simulation, larger_bare, organisation_of
from benchmarks.race import PIECES, timed
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
    """Smallest of the repetitions, piece by piece: whatever else the machine does only adds."""

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
    """The same organisation with `times` times the customers, their demand and the agents."""
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

    often: how many runs of each size make a repetition, each with a seed of its own.  A piece of each size is run in
    turn, and of each piece the shortest repetition counts: the machine is seldom at rest for a whole run.
    """
    sizes = list(zip(runs, weeks, often, strict=True))
    found = np.array(
        [list(zip(*(pieces(*size, k * max(often) + 1) for size in sizes), strict=True)) for k in range(repetitions)]
    )  # [repetition, piece, size, (visits, seconds)]
    visits, seconds = found[..., 0], found[..., 1]
    least = (seconds / visits).min(axis=0)
    each = (least * visits.mean(axis=0)).sum(axis=0) / visits.mean(axis=0).sum(axis=0)
    return tuple(float(x) for x in visits[0].sum(axis=0) / often), tuple(float(x) for x in each)


def pieces(
    begin: Callable[[int], Simulation], weeks: int, often: int, first_seed: int
) -> Iterator[tuple[float, float]]:
    """Visits and seconds of each piece of a repetition, which is `often` runs one after another."""
    at = 0.0  # runs done
    for piece in range(1, PIECES + 1):
        visits = seconds = 0.0
        while at < often * piece / PIECES:
            run = int(at)
            if at == run:
                simulation = begin(first_seed + run)
                simulation.run_to(0)
            at = min(often * piece / PIECES, run + 1.0)
            before = simulation.sums()["visits"]
            seconds += timed(simulation, weeks * (at - run))
            visits += simulation.sums()["visits"] - before
        yield visits, seconds
