"""The main job: the bank over half a year, thirty replications, the baseline and two scenarios."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import cxsim

SCENARIOS = ("redesign", "training")


@dataclass(frozen=True)
class Job:
    """Wall time of the main job by number of workers, seconds."""

    settings: cxsim.Settings
    seconds: dict[int, list[float]]

    def best(self, workers: int) -> float:
        """The shortest: whatever else the machine does only adds."""
        return min(self.seconds[workers])

    @property
    def ratio(self) -> float:
        """How many times as fast two workers are as one."""
        return self.best(1) / self.best(2)


def main_job(weeks: int, replications: int, repetitions: int, tell: Callable[[str], None]) -> Job:
    """Time the job with one worker and with two in turn; a smaller job before them compiles."""
    bank = cxsim.load_organisation("bank")
    scenarios = [cxsim.load_scenario(name, bank) for name in SCENARIOS]
    cxsim.run_study(bank, scenarios, cxsim.Settings(weeks=2, warm_up_weeks=1, replications=1, workers=1))
    seconds: dict[int, list[float]] = {1: [], 2: []}
    settings = cxsim.Settings(weeks=weeks, warm_up_weeks=min(8, weeks), replications=replications)
    for _ in range(repetitions):
        for workers in seconds:
            tell(f"the main job, {workers} worker{'s' * (workers > 1)}")
            start = time.perf_counter()
            results = cxsim.run_study(bank, scenarios, settings.model_copy(update={"workers": workers}))
            seconds[workers].append(time.perf_counter() - start)
            assert results.complete
            assert results.replications == replications
    return Job(settings, seconds)
