"""The results of a study: one number per measure and replication, and means of everything that breaks them down."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import MEASURES
from cxsim.measures.reading import Spending
from cxsim.native.records import Floats
from cxsim.organisation import Organisation
from cxsim.probability.intervals import NO_MEAN, Mean, mean_of, means_of
from cxsim.scenario import BASELINE, Scenario
from cxsim.state.tally import Latent, latent_values
from cxsim.study.boards import COLUMNS as DECIDED
from cxsim.study.neutral import mean_satisfaction
from cxsim.study.settings import Settings
from cxsim.study.work import Outcome
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
    """Failure demand by the step that caused it."""
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
    def names(self) -> tuple[str, ...]:
        """Scenarios in order, the baseline first."""
        return (BASELINE.name, *(s.name for s in self.scenarios))


@dataclass
class Store:
    """Outcomes as they come in, in any order."""

    points: tuple[Label, ...]
    kept: dict[tuple[int, int], list[Outcome]] = field(default_factory=dict)

    def add(self, point: int, replication: int, outcomes: list[Outcome]) -> None:
        """Keep the results of one replication of a point."""
        self.kept[(point, replication)] = outcomes

    @property
    def finished(self) -> list[int]:
        """Replications that are there for every point, in order."""
        numbers = sorted({k for _, k in self.kept})
        return [k for k in numbers if all((p, k) in self.kept for p in range(len(self.points)))]

    def values_of(self, measure: str, point: int, scenario: int) -> list[float]:
        """A measure over the finished replications."""
        return [self.kept[(point, k)][scenario].measured[measure] for k in self.finished]

    def measured(self) -> pd.DataFrame:
        """One row for each point, scenario, replication and measure."""
        names = [m.name for m in MEASURES]
        parts = []
        for p, label in enumerate(self.points):
            for k in self.finished:
                for outcome in self.kept[(p, k)]:
                    values = [outcome.measured[n] for n in names]
                    parts.append(_frame(label, outcome.scenario, replication=k, measure=names, value=values))
        return _joined(parts, self.points, ["scenario", "replication", "measure", "value"])

    def draws(self) -> pd.DataFrame:
        """What each replication drew, at the first point."""
        rows = [(k, name, value) for k in self.finished for name, value in self.kept[(0, k)][0].drawn.items()]
        return pd.DataFrame(rows, columns=["replication", "assumption", "value"])

    def yearly(self) -> pd.DataFrame:
        """Year by year, replication by replication, at the first point; nothing of studies up to a year."""
        parts = []
        for k in self.finished:
            for outcome in self.kept[(0, k)]:
                table = outcome.tables["years"]
                if len(table) > 1:
                    long = table[list(YEARLY)].reset_index().melt("year", var_name="measure", value_name="value")
                    parts.append(long.assign(replication=k, scenario=outcome.scenario))
        columns = ["replication", "scenario", "year", "measure", "value"]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)

    def stopped(self) -> dict[str, int]:
        """In how many replications of the first point each scenario's pilot failed; only scenarios with one."""
        found: dict[str, int] = {}
        for k in self.finished:
            for outcome in self.kept[(0, k)]:
                if outcome.stopped is not None:
                    found[outcome.scenario] = found.get(outcome.scenario, 0) + outcome.stopped
        return found

    def table(self, name: str, confidence: float) -> pd.DataFrame:
        """A breakdown: means over replications, long; cells that never had a value are left out.

        Differences are paired with the baseline, cell by cell; their intervals stand each for itself.
        """
        parts = []
        for p, label in enumerate(self.points):
            runs = [self.kept[(p, k)] for k in self.finished]
            baseline = np.stack([run[0].tables[name].to_numpy() for run in runs]) if runs else np.zeros(0)
            for i in range(len(runs[0]) if runs else 0):
                frames = [run[i].tables[name] for run in runs]
                values = np.stack([f.to_numpy() for f in frames])
                mean, half_width = means_of(values, confidence)
                rows, columns = np.nonzero(~np.isnan(mean))
                index = frames[0].index
                names = {str(n): index.get_level_values(str(n)).to_numpy()[rows] for n in index.names}
                measures = frames[0].columns.to_numpy()[columns]
                change, change_half_width = means_of(values - baseline, confidence)
                pairs = (~np.isnan(values - baseline)).sum(axis=0)
                numbers = zip(NUMBERS, (mean, half_width, change, change_half_width, pairs), strict=True)
                cells: dict[str, Any] = {**names, "measure": measures, **{n: x[rows, columns] for n, x in numbers}}
                parts.append(_frame(label, runs[0][i].scenario, **cells))
        return _joined(parts, self.points, ["scenario", "measure", *NUMBERS])

    def satisfaction(self, organisation: Organisation, confidence: float) -> Mean:
        """What a case of the baseline does to satisfaction on average, SD, at the first point."""
        e, values, means = organisation.experience, latent_values(), []
        for k in self.finished:
            cases = (
                self.kept[(0, k)][0].tables["latent"]["cases"].to_numpy().reshape(len(Latent), -1)[Latent.NET_EFFORT]
            )
            if cases.sum() > 0.0:
                means.append(mean_satisfaction(values, cases, e.reference_effort, e.loss_aversion))
        return mean_of(means, confidence)

    def decisions(self) -> pd.DataFrame:
        """What boards decided, one row a decision."""
        parts = [
            _frame(label, outcome.scenario, replication=k, **dict(outcome.board.decisions))
            for p, label in enumerate(self.points)
            for k in self.finished
            for outcome in self.kept[(p, k)]
            if outcome.board is not None and len(outcome.board.decisions)
        ]
        return _joined(parts, self.points, ["scenario", "replication", *DECIDED])

    def minutes(self) -> dict[str, str]:
        """Minutes of boards by scenario, in replication 0 of the first point."""
        first = self.kept.get((0, 0), [])
        return {outcome.scenario: outcome.board.minutes for outcome in first if outcome.board is not None}

    def spending(self) -> dict[str, Spending]:
        """What scenarios with boards cost, by name: the mean over the replications of the first point."""
        spending: dict[str, list[Spending]] = {}
        for k in self.finished:
            for outcome in self.kept[(0, k)]:
                if outcome.board is not None:
                    spending.setdefault(outcome.scenario, []).append(outcome.board.spending)
        return {name: _mean(spent) for name, spent in spending.items()}

    def transitions(self, segments: Sequence[str], confidence: float) -> pd.DataFrame:
        """Who was what in the baseline and would be what in each scenario."""
        parts = []
        for p, label in enumerate(self.points):
            runs = [self.kept[(p, k)] for k in self.finished]
            for i in range(1, len(runs[0]) if runs else 0):
                moves = np.stack([_with_all(run[i].moves) for run in runs])
                customers, _ = means_of(moves, confidence)
                share, half_width = means_of(100.0 * moves / moves.sum(axis=(2, 3), keepdims=True), confidence)
                shape = (len(segments) + 1, 3, 3)
                s, before, after = (x.ravel() for x in np.indices(shape))
                parts.append(
                    _frame(
                        label,
                        runs[0][i].scenario,
                        segment=np.array([*segments, ALL], dtype=object)[s],
                        before=np.array(LOYALTY, dtype=object)[before],
                        after=np.array(LOYALTY, dtype=object)[after],
                        customers=customers.ravel(),
                        share=share.ravel(),
                        half_width=half_width.ravel(),
                    )
                )
        columns = ["scenario", "segment", "before", "after", "customers", "share", "half_width"]
        return _joined(parts, self.points, columns)


def _mean(spent: Sequence[Spending]) -> Spending:
    once, total, per_week = (float(np.mean([getattr(s, of) for s in spent])) for of in ("once", "total", "per_week"))
    return Spending(once, total, per_week, tuple(np.mean([s.by_week for s in spent], axis=0).tolist()))


def _with_all(moves: Floats | None) -> Floats:
    assert moves is not None
    return np.concatenate([moves, moves.sum(axis=0, keepdims=True)])


def _frame(label: Label, scenario: str, **columns: Any) -> pd.DataFrame:
    rows = max(len(c) for c in columns.values() if hasattr(c, "__len__"))
    first = {key: [value] * rows for key, value in {**label, "scenario": scenario}.items()}
    return pd.DataFrame({**first, **columns})


def _joined(parts: list[pd.DataFrame], points: Sequence[Label], columns: list[str]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=[*points[0], *columns])
    return pd.concat(parts, ignore_index=True)
