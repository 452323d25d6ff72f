"""Everything that is measured, in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import cxsim
from benchmarks.agreement import COARSEST, Pair, engines_differ, pairs
from benchmarks.alone import Start, in_fresh_python
from benchmarks.growth import BANK_WARM_UP, TIMES, Growth, growth
from benchmarks.jobs import Job, MainJob
from benchmarks.models import COMPILED, MODELS, SIMPY, Begin, Cxsim, Model
from benchmarks.race import Lap, race, race_model


@dataclass(frozen=True)
class Sizes:
    """How much to run."""

    repetitions: int
    """Of each way of each model; they are also the replications that the results are checked with."""
    weeks: float
    """Measured weeks, relative to those of the models."""
    coarsest: float
    bank_repetitions: int
    bank_weeks: Mapping[str, int]
    growth: tuple[int, ...]
    growth_repetitions: int
    memory_weeks: tuple[int, int]
    job_weeks: int
    job_replications: int
    job_repetitions: int
    """Of the main job, at most one between two other measurements."""
    imports: int
    """At each of the moments at which the main job is timed."""
    compiles: bool
    """Whether to compile into an empty cache, at the first and the last of them."""


FULL = Sizes(20, 1.0, COARSEST, 5, {SIMPY: 2, COMPILED: 20}, TIMES, 6, (10, 100), 26, 30, 4, 3, True)
QUICK = Sizes(4, 0.5, 0.25, 2, {SIMPY: 1, COMPILED: 2}, (1, 2), 1, (1, 2), 4, 2, 1, 1, False)


@dataclass(frozen=True)
class Findings:
    """What was measured."""

    sizes: Sizes
    laps: Mapping[str, Mapping[str, list[Lap]]]
    """By model and way."""
    calls: Mapping[str, Mapping[str, Mapping[str, float]]]
    """By model and way: calls of each kind for a visit."""
    pairs: Mapping[str, list[Pair]]
    differences: Mapping[str, list[str]]
    """By model, and the bank: where the two engines are not equal."""
    growth: list[Growth]
    memory: list[dict[str, float]]
    job: Job
    start: Start
    compiled_at_import: float

    @property
    def agree(self) -> bool:
        """Whether all ways of all models give the same results."""
        return all(p.agrees for found in self.pairs.values() for p in found) and not any(self.differences.values())


def measured(sizes: Sizes, tell: Callable[[str], None]) -> Findings:
    """Measure everything; `tell` is called with what is being done."""
    job, start = MainJob(sizes.job_weeks, sizes.job_replications, sizes.job_repetitions, tell), Start()

    def now_and_then(compiles: bool = False) -> None:
        job.again()
        tell("imports" + ", compiling" * compiles)
        start.again(sizes.imports, compiles)

    laps = {}
    for m in MODELS:
        now_and_then(sizes.compiles and not laps)
        laps[m.name] = race_model(_sized(m, sizes.weeks), sizes.repetitions, tell)
    now_and_then()
    tell("bank: both engines")
    bank = {engine: _bank(name) for engine, name in ((SIMPY, "simpy"), (COMPILED, "compiled"))}
    laps["bank"] = race(bank, sizes.bank_weeks, sizes.bank_repetitions)
    grown = growth(sizes.growth, sizes.growth_repetitions, tell)
    tell("memory")
    memory = [in_fresh_python("memory", weeks) for weeks in sizes.memory_weeks]
    now_and_then(sizes.compiles)
    at_import = in_fresh_python("compiled at import")
    assert at_import["engines"]
    return Findings(
        sizes=sizes,
        laps=laps,
        calls={m.name: in_fresh_python("calls", m.name, NUMBA_DISABLE_JIT="1") for m in MODELS},
        pairs={m.name: list(pairs(laps[m.name], m.quantities, sizes.coarsest)) for m in MODELS},
        differences={name: engines_differ(found) for name, found in laps.items()},
        growth=grown,
        memory=memory,
        job=job.job,
        start=start,
        compiled_at_import=at_import["compiled"],
    )


def _sized(model: Model, times: float) -> Model:
    return replace(model, weeks={way: max(1, round(weeks * times)) for way, weeks in model.weeks.items()})


def _bank(engine: str) -> Begin:
    return partial(_begin_bank, cxsim.load_organisation("bank"), engine)


def _begin_bank(bank: cxsim.Organisation, engine: str, seed: int, weeks: int) -> Cxsim:
    return Cxsim(bank, engine, seed, weeks, BANK_WARM_UP)
