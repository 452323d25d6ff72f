"""The results of a study: one number per measure and replication, and means of everything that breaks them down."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxsim.measures.reading import Spending
from cxsim.native.records import Floats
from cxsim.organisation import Organisation
from cxsim.probability.intervals import NO_MEAN, Mean
from cxsim.scenario import BASELINE, Scenario
from cxsim.study.settings import Settings
from cxsim.study.workers import WorkersLostError

Label = Mapping[str, Any]
LOYALTY = ("detractor", "passive", "promoter")
NUMBERS = ("value", "half_width", "difference", "difference_half_width", "pairs")
"""Of every cell of a breakdown: mean, its half-width, the paired difference to the baseline with its own, and the
replications in which both have a value."""
TABLES = (
    "reasons",
    "effort",
    "channels",
    "teams",
    "steps",
    "causes",
    "failure_demand",
    "failure_causes",
    "hot_spots",
    "departments",
    "hours",
    "weeks",
    "years",
    "loyalty",
    "skills",
    "recovery",
)


YEARLY = ("nps_relationship", "favourable", "secure", "churn", "customers_end", "net_benefit", "present_value")
"""Measures kept of each replication, year by year."""


@dataclass(frozen=True)
class Held:
    """A team that was re-staffed so that its service level is as in the baseline."""

    scenario: str
    team: str
    before: int
    """Agents, as the scenario would have them."""
    after: int
    """Agents with which the study was run."""
    target: float
    """The baseline's service level, %, in the pilot replications."""


@dataclass(frozen=True)
class Ended:
    """What ended a study early, where nobody interrupted it."""

    why: str
    """In a line."""
    report: str = ""
    """The traceback of a fault of ours."""

    @classmethod
    def by(cls, error: Exception) -> Ended:
        """From what was raised by a replication, or by the workers."""
        if isinstance(error, MemoryError):
            return cls("memory ran out; fewer workers, weeks or customers take less")
        if isinstance(error, WorkersLostError):
            return cls(str(error))
        last = traceback.format_exception_only(error)[-1].strip()
        return cls(f"a replication failed: {last}", "".join(traceback.format_exception(error)))


@dataclass(frozen=True)
class Results:
    """Everything a study found out; equal for equal seeds, whatever the workers (but for `seconds`)."""

    organisation: Organisation
    """Of the first point."""
    points: tuple[Label, ...]
    """What distinguishes the points; ({},) for one."""
    scenarios: tuple[Scenario, ...]
    """Without the baseline; re-staffed where they hold the service level."""
    settings: Settings
    replications: int
    """Finished for every point and scenario."""
    complete: bool
    """False after an interrupt, or where something ended it early."""
    engine: str
    checked: str
    """What a window replayed in SimPy, event by event, shows of the engine; empty where SimPy itself ran."""
    spending: Mapping[str, Spending]
    """A scenario's own costs, by name; where a board decides, the mean over the replications."""
    held: tuple[Held, ...]
    warnings: tuple[str, ...]
    """Overload: where and when."""
    measured: pd.DataFrame
    """Point columns, scenario, replication, measure, value."""
    reasons: pd.DataFrame
    """This and the following: point columns, scenario, names, measure, and `NUMBERS`."""
    effort: pd.DataFrame
    channels: pd.DataFrame
    teams: pd.DataFrame
    steps: pd.DataFrame
    causes: pd.DataFrame
    """Failure demand by the step after which it surfaced."""
    failure_demand: pd.DataFrame
    """The same by reason and department."""
    hot_spots: pd.DataFrame
    departments: pd.DataFrame
    """Each department's own view of a reason's cases, and in ``(all)`` that of the customers."""
    hours: pd.DataFrame
    weeks: pd.DataFrame
    years: pd.DataFrame
    loyalty: pd.DataFrame
    """The customer base by segment."""
    skills: pd.DataFrame
    recovery: pd.DataFrame
    """Complaints and what is given back, by the reason of the case that went wrong."""
    transitions: pd.DataFrame
    """Segment, before, after: customers who would answer so at the end of baseline and scenario, and their share;
    of those who are customers in both."""
    decisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Point columns, scenario, replication, and `cxsim.study.boards.COLUMNS`: what boards decided."""
    minutes: Mapping[str, str] = field(default_factory=dict)
    """Of boards by scenario, in replication 0 of the first point, as Markdown."""
    settled: Mapping[str, int] = field(default_factory=dict)
    """By scenario, the first week after its last change and the end of its trainings."""
    draws: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Replication, assumption, value: what each replication drew of numbers with a range; durations in minutes."""
    yearly: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Of a study longer than a year: replication, scenario, year, measure (of `YEARLY`), value; at the first point."""
    stopped: Mapping[str, int] = field(default_factory=dict)
    """By scenario with a pilot that is judged: in how many replications it failed."""
    ended: Ended | None = None
    """None where it is complete, or was interrupted."""
    satisfaction: Mean = NO_MEAN
    """What a case of the baseline does to satisfaction on average, SD, at the first point; 0 where it is calibrated."""
    failure_causes: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Failure demand by the class of what caused it; adds up to `failure_demand`."""
    trajectories: Mapping[tuple[int, str], Mapping[str, Floats]] = field(default_factory=dict, compare=False)
    """By number of the point and scenario: of each measure of `weeks` over all teams, the [replication, week] paired
    differences to the baseline; of measures of cases, for the weeks whose cases are looked at."""
    seconds: float = field(default=0.0, compare=False)
    """Time taken."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """All frames by name; ``replications`` is `measured`."""
        frames = {name: getattr(self, name) for name in (*TABLES, "transitions")}
        single = {"draws": self.draws, "years_by_replication": self.yearly}
        drawn = {name: frame for name, frame in single.items() if not frame.empty}
        decided = {"decisions": self.decisions} if any(s.board is not None for s in self.scenarios) else {}
        return {"replications": self.measured, **frames, **drawn, **decided}

    @property
    def finished(self) -> list[int]:
        """Numbers of the replications that are there, in order."""
        return sorted(int(k) for k in self.measured["replication"].unique())

    @property
    def names(self) -> tuple[str, ...]:
        """Scenarios in order, the baseline first."""
        return (BASELINE.name, *(s.name for s in self.scenarios))
