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


class MainJob:
    """The job, timed now and then while other things are measured, so that a slow while of the machine cannot be all.

    tell is called with what is being done.
    """

    def __init__(self, weeks: int, replications: int, repetitions: int, tell: Callable[[str], None]) -> None:
        self.bank = cxsim.load_organisation("bank")
        self.scenarios = [cxsim.load_scenario(name, self.bank) for name in SCENARIOS]
        self.repetitions, self.tell = repetitions, tell
        settings = cxsim.Settings(weeks=weeks, warm_up_weeks=min(8, weeks), replications=replications)
        self.job = Job(settings, {1: [], 2: []})
        self._run(cxsim.Settings(weeks=2, warm_up_weeks=1, replications=1, workers=1))  # compiles

    def again(self) -> None:
        """Once more with one worker and with two, unless it has been timed often enough."""
        if len(self.job.seconds[1]) == self.repetitions:
            return
        for workers, seconds in self.job.seconds.items():
            self.tell(f"the main job, {workers} worker{'s' * (workers > 1)}")
            seconds.append(self._run(self.job.settings.model_copy(update={"workers": workers})))

    def _run(self, settings: cxsim.Settings) -> float:
        start = time.perf_counter()
        results = cxsim.run_study(self.bank, self.scenarios, settings)
        seconds = time.perf_counter() - start
        assert results.complete
        assert results.replications == settings.replications
        return seconds
