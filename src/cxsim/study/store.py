"""Outcomes of replications as they come in, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import BY_NAME, MEASURES
from cxsim.measures.reading import Spending
from cxsim.native.records import Floats
from cxsim.organisation import Organisation
from cxsim.probability.intervals import Mean, mean_of, means_of
from cxsim.probability.ratios import pseudo_values
from cxsim.state.tally import Latent, latent_values
from cxsim.study.boards import COLUMNS as DECIDED
from cxsim.study.drawn import cells_of, merged
from cxsim.study.neutral import mean_satisfaction
from cxsim.study.results import LOYALTY, NUMBERS, YEARLY, Label
from cxsim.study.settings import Settings
from cxsim.study.work import Outcome


@dataclass
class Store:
    """Outcomes as they come in, in any order."""

    points: tuple[Label, ...]
    together: int = 1
    """Replications of one draw of the uncertain numbers, which count as one; 1: nothing is drawn."""
    kept: dict[tuple[int, int], list[Outcome]] = field(default_factory=dict)
    merged: dict[tuple[int, int], list[Outcome]] = field(default_factory=dict)
    """By point and draw, as soon as somebody asks."""

    def add(self, point: int, replication: int, outcomes: list[Outcome]) -> None:
        """Keep the results of one replication of a point."""
        self.kept[(point, replication)] = outcomes

    @property
    def finished(self) -> list[int]:
        """Replications that are there for every point, in order."""
        numbers = sorted({k for _, k in self.kept})
        return [k for k in numbers if all((p, k) in self.kept for p in range(len(self.points)))]

    @property
    def units(self) -> list[int]:
        """Finished replications, or draws of which all replications are finished."""
        finished, n = set(self.finished), self.together
        return [d for d in sorted({k // n for k in finished}) if all(d * n + j in finished for j in range(n))]

    def runs(self, point: int) -> list[list[Outcome]]:
        """The finished replications of a point; where numbers are drawn, a draw each."""
        for unit in self.units:
            if (point, unit) not in self.merged:
                ks = range(unit * self.together, (unit + 1) * self.together)
                self.merged[point, unit] = merged([self.kept[point, k] for k in ks])
        return [self.merged[point, unit] for unit in self.units]

    def values_of(self, measure: str, point: int, scenario: int) -> Floats:
        """[replication] a measure over the finished replications, of a ratio the pseudo-values."""
        outcomes = [self.kept[(point, k)][scenario] for k in self.finished]
        values = np.array([outcome.measured[measure] for outcome in outcomes])
        return pseudo_values(values, np.array([self._divisor(outcome, measure) for outcome in outcomes]))

    def _divisor(self, outcome: Outcome, measure: str) -> float:
        # A draw of which more cases come is not likelier than another: where numbers are drawn, each weighs the same.
        return outcome.divisors.get(measure, np.nan) if self.together == 1 else np.nan

    def measured(self) -> pd.DataFrame:
        """One row for each point, scenario, replication and measure."""
        names = [m.name for m in MEASURES]
        parts = []
        for p, label in enumerate(self.points):
            for k in self.finished:
                for outcome in self.kept[(p, k)]:
                    values = [outcome.measured[n] for n in names]
                    divisors = [self._divisor(outcome, n) for n in names]
                    cells = {"measure": names, "value": values, "divisor": divisors}
                    parts.append(_frame(label, outcome.scenario, replication=k, **cells))
        return _joined(parts, self.points, ["scenario", "replication", "measure", "value", "divisor"])

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

        Ratios are ratios of sums.  Differences are paired with the baseline, cell by cell; their intervals stand each
        for itself.
        """
        parts = []
        for p, label in enumerate(self.points):
            runs = self.runs(p)
            baseline = cells_of(runs, 0, name) if runs else np.zeros(0)
            for i in range(len(runs[0]) if runs else 0):
                frames = [run[i].tables[name] for run in runs]
                values = cells_of(runs, i, name)
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

    def trajectories(self, settings: Settings) -> dict[tuple[int, str], dict[str, Floats]]:
        """Paired weekly differences to the baseline, by point and scenario: [replication, week] of each measure."""
        found: dict[tuple[int, str], dict[str, Floats]] = {}
        seen = settings.weeks - settings.follow_up
        for p in range(len(self.points)):
            runs = self.runs(p)
            if not runs:
                continue
            weekly = [np.stack([_of_all_teams(run[i], settings.weeks) for run in runs]) for i in range(len(runs[0]))]
            names = [str(c) for c in runs[0][0].tables["weeks"].columns]
            for i in range(1, len(runs[0])):
                change = weekly[i] - weekly[0]
                of_cases = [name in BY_NAME and BY_NAME[name].basis == "case" for name in names]
                change[:, seen:, of_cases] = np.nan
                found[p, runs[0][i].scenario] = {name: change[:, :, c] for c, name in enumerate(names)}
        return found

    def satisfaction(self, organisation: Organisation, confidence: float) -> Mean:
        """What a case of the baseline does to satisfaction on average, SD, at the first point."""
        e, values, means = organisation.experience, latent_values(), []
        for run in self.runs(0):
            cases = run[0].tables["latent"]["cases"].to_numpy().reshape(len(Latent), -1)[Latent.NET_EFFORT]
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

    def movers(self, confidence: float) -> pd.DataFrame:
        """How many customers would be in a better class at the end, and how many in a worse one."""
        parts = []
        for p, label in enumerate(self.points):
            runs = self.runs(p)
            for i in range(1, len(runs[0]) if runs else 0):
                moves = np.stack([m for m in (run[i].moves for run in runs) if m is not None])
                found = [mean_of(x, confidence) for x in _movers(moves)]
                cells = {"customers": [m.value for m in found], "half_width": [m.half_width for m in found]}
                parts.append(_frame(label, runs[0][i].scenario, way=["better", "worse"], **cells))
        return _joined(parts, self.points, ["scenario", "way", "customers", "half_width"])

    def transitions(self, segments: Sequence[str], confidence: float) -> pd.DataFrame:
        """Who was what in the baseline and would be what in each scenario."""
        parts = []
        for p, label in enumerate(self.points):
            runs = self.runs(p)
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


def _movers(moves: Floats) -> tuple[Floats, Floats]:
    """[replication] customers of all segments in a better class, and in a worse one; from [..., before, after]."""
    everyone = moves.sum(axis=1)
    up = np.triu(np.ones((3, 3)), 1)
    return (everyone * up).sum(axis=(1, 2)), (everyone * up.T).sum(axis=(1, 2))


def _of_all_teams(outcome: Outcome, weeks: int) -> Floats:
    """[week, measure] of the table of weeks, over all teams: its last row of each week."""
    values: Floats = outcome.tables["weeks"].to_numpy().reshape(weeks, -1, outcome.tables["weeks"].shape[1])[:, -1]
    return values


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
