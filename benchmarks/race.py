"""How fast each way of a model is: simulation only, after compiling, all ways in turn, a piece of each at a time.

What else the machine does changes within seconds; in pieces it befalls all ways of a repetition alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.models import SCRIPT, Begin, Model, Simulation, Sums


@dataclass(frozen=True)
class Lap:
    """One repetition of one way."""

    seconds: float
    """CPU time of this process over the measured weeks."""
    warm_up: Sums
    measured: Sums

    @property
    def rate(self) -> float:
        """Visits simulated per second of one core."""
        return self.measured["visits"] / self.seconds


Laps = Mapping[str, Sequence[Lap]]
"""By way, in the order of the repetitions."""


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of the repetitions."""

    median: float
    low: float
    high: float


def spread_of(values: Sequence[float]) -> Spread:
    """Middle and ends of some values."""
    return Spread(float(np.median(values)), min(values), max(values))


def lap(simulation: Simulation, weeks: float) -> Lap:
    """Run the warm-up, then the measured weeks by the clock."""
    simulation.run_to(0)
    before = dict(simulation.sums())
    seconds = timed(simulation, weeks)
    return Lap(seconds, before, _since(before, simulation))


PIECES = 8
"""Of the measured weeks of a repetition, in whole weeks; ways with fewer weeks run in as many pieces as weeks."""


def race(
    ways: Mapping[str, Begin], weeks: Mapping[str, int], repetitions: int, first_seed: int = 1
) -> dict[str, list[Lap]]:
    """Every way in turn, `repetitions` times with a seed each; one more lap before them compiles and is not kept."""
    laps: dict[str, list[Lap]] = {way: [] for way in ways}
    for begin in ways.values():
        lap(begin(0, 1), 1)
    for repetition in range(repetitions):
        seed = first_seed + repetition
        turn = {way: ways[way](seed, weeks[way]) for way in _turned(list(ways), repetition)}
        for way, one in _in_pieces(turn, weeks).items():
            laps[way].append(one)
    return laps


def _in_pieces(simulations: Mapping[str, Simulation], weeks: Mapping[str, int]) -> dict[str, Lap]:
    """The warm-up of each, then the measured weeks by the clock, a piece of each in turn."""
    for simulation in simulations.values():
        simulation.run_to(0)
    before = {way: dict(simulation.sums()) for way, simulation in simulations.items()}
    seconds = dict.fromkeys(simulations, 0.0)
    at = dict.fromkeys(simulations, 0)
    for piece in range(1, PIECES + 1):
        for way, simulation in simulations.items():
            until = weeks[way] * piece // PIECES
            if until > at[way]:
                seconds[way] += timed(simulation, until)
                at[way] = until
    return {
        way: Lap(seconds[way], before[way], _since(before[way], simulation)) for way, simulation in simulations.items()
    }


def timed(simulation: Simulation, week: float) -> float:
    """CPU seconds that it takes to go on to a week."""
    start = time.process_time()
    simulation.run_to(week)
    return time.process_time() - start


def _since(before: Sums, simulation: Simulation) -> Sums:
    return {k: v - before.get(k, 0.0) for k, v in simulation.sums().items()}


def _turned(ways: list[str], by: int) -> Iterator[str]:
    """The same ways, each time another one first."""
    k = by % len(ways)
    yield from ways[k:] + ways[:k]


def race_model(model: Model, repetitions: int, tell: Callable[[str], None]) -> dict[str, list[Lap]]:
    """All ways of a model."""
    tell(f"{model.name}: {repetitions} repetitions of {len(model.ways)} ways")
    return race(model.ways, model.weeks, repetitions)


def ratios(laps: Laps, to: str = SCRIPT) -> dict[str, Spread]:
    """By way: how many times as fast as another, in the same repetition."""
    return {
        way: spread_of([own.rate / other.rate for own, other in zip(found, laps[to], strict=True)])
        for way, found in laps.items()
    }


def rates(laps: Laps) -> dict[str, Spread]:
    """By way: visits per second."""
    return {way: spread_of([one.rate for one in found]) for way, found in laps.items()}
