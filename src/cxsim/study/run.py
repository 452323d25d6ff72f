"""The one loop of a study: points × scenarios × replications."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines.compile_ahead import make_ready
from cxsim.engines.spot_check import spot_check
from cxsim.files.problems import Problems, problem
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import HEADLINES
from cxsim.organisation import Organisation
from cxsim.probability.intervals import LEAST, mean_of, needed
from cxsim.probability.simultaneous import effective_family
from cxsim.scenario import BASELINE, Scenario, timeline
from cxsim.study.hold import PILOTS, PILOTS_FROM, held_to_service
from cxsim.study.overload import growing, overload
from cxsim.study.results import TABLES, Ended, Held, Results
from cxsim.study.settings import Settings
from cxsim.study.settled import settled_week
from cxsim.study.size import size_faults
from cxsim.study.store import Store
from cxsim.study.work import Order, order_of, prepare, spending_of
from cxsim.study.workers import Task, Workers, undisturbed

Point = tuple[Mapping[str, Any], Organisation]
Progress = Callable[[int, int | None, str], None]
BATCH = 10
"""Replications between two looks at the half-widths, at least."""


def run_study(
    organisation: Organisation | Sequence[Point],
    scenarios: Sequence[Scenario] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    warn: Callable[[str], None] | None = None,
) -> Results:
    """Run the baseline and every scenario, at one organisation or at several points, and gather what came of it.

    organisation: one, or (label, organisation) points.  progress is called with (done, wanted, what).  executor:
    anything of `concurrent.futures`; none: processes of our own, or this process for workers=1.  warn is called with
    each warning of overload before anything runs.

    An interrupt (Ctrl-C) ends the study early, and so does a fault of ours, memory that runs out, or workers that die:
    replications finished for every scenario are kept, and the results are marked as not complete.  Raises `Problems`
    if two scenarios share a name, or if it is too large to be run; and whatever ends it before one is finished.
    """
    settings = settings or Settings()
    scenarios = tuple(scenarios)
    began = time.perf_counter()
    points: list[Point] = [({}, organisation)] if isinstance(organisation, Organisation) else list(organisation)
    _names_differ(scenarios)
    if too_large := [fault for _, o in points for fault in size_faults(o, scenarios, settings)]:
        raise Problems(too_large)
    study = _Study(points, scenarios, settings, progress or _silent)
    with Workers(executor, settings) as workers:
        try:
            study.look_for_overload(warn or _unheard)
            study.prepare(workers)
            study.run(workers)
        except KeyboardInterrupt:
            study.complete = False
        except Exception as error:  # whatever it is: the replications that are finished are worth hours
            if isinstance(error, Problems) or not study.store.finished:
                raise
            study.complete, study.ended = False, Ended.by(error)
    if study.complete:
        return study.results(began)
    with undisturbed():  # whoever is impatient interrupts twice, and would lose what is finished
        return study.results(began)


class _Study:
    """A study under way."""

    def __init__(
        self,
        points: Sequence[Point],
        scenarios: tuple[Scenario, ...],
        settings: Settings,
        progress: Progress,
    ) -> None:
        self.points, self.scenarios, self.settings, self.progress = points, scenarios, settings, progress
        self.store = Store(tuple(label for label, _ in points), settings.together)
        self.warnings: list[str] = []
        self.held: list[Held] = []
        self.by_point: list[tuple[Scenario, ...]] = [scenarios] * len(points)
        self.orders: list[Order] = []
        self.checked = ""
        self.complete = True
        self.ended: Ended | None = None

    def prepare(self, workers: Workers) -> None:
        """Compile once, find the staffing of scenarios that hold the service level."""
        self.progress(0, None, "")
        self._make_ready()
        self.progress(0, None, "")
        for p, (_, organisation) in enumerate(self.points):
            self.by_point[p] = tuple(self._hold(organisation, s, workers) for s in self.scenarios)
            self.orders.append(order_of(organisation, self.by_point[p], self.settings))
        self.checked = self._checked()

    def look_for_overload(self, warn: Callable[[str], None]) -> None:
        """Warn where and when more is asked of a team than it can do, and since when where a scenario makes it so."""
        for label, organisation in self.points:
            place = "".join(f"{key}={value} " for key, value in label.items())
            baseline = overload(organisation)
            self.warnings += [place + found.text for found in baseline.values()]
            for scenario in self.scenarios:
                known = dict(baseline)
                for at, after in settled_steps(timeline(organisation, scenario)):
                    for team, found in overload(after, at).items():
                        if team not in known or found.worse_than(known[team]):
                            known[team] = found
                            self.warnings.append(f"{place}{scenario.name}: {found.text}")
        for text in self.warnings:
            warn(text)

    def _make_ready(self) -> None:
        """Compile the engines before processes would each do it for themselves."""
        some = prepare(order_of(self.points[0][1], [], self.settings))
        make_ready(some.plan, some.names, lambda text: self.progress(0, None, text))

    def _checked(self) -> str:
        """What a window replayed in SimPy shows, where the study itself is run by the compiled engine."""
        s = self.settings
        if s.engine != "auto" or s.engine_name == "simpy":
            return ""
        p = prepare(self.orders[0])
        board = next((board for board in p.boards if board is not None), None)
        timeline = next((t for t in p.timelines if len(t) > 1 and board is None), ((-math.inf, p.plan),))
        return str(spot_check(timeline, p.names, s.seed, s.weeks, s.warm_up_weeks, board))

    def _hold(self, organisation: Organisation, scenario: Scenario, workers: Workers) -> Scenario:
        if scenario.hold != "service_level":
            return scenario

        def pilot(only: Sequence[Scenario]) -> dict[str, float]:
            order = order_of(organisation, only, self.settings, reports_baseline=not only)
            self.progress(0, None, f"{scenario.name}: finding the staffing")
            levels: dict[int, Any] = {}
            with closing(workers.run([order], [(0, PILOTS_FROM + k) for k in range(PILOTS)])) as finished:
                for (_, k), outcomes in finished:
                    levels[k] = outcomes[0].tables["teams"]["service_level"]
            mean = sum(levels[k] for k in sorted(levels)) / len(levels)
            return {str(team): float(level) for (team,), level in mean.items() if not math.isnan(level)}

        scenario, held = held_to_service(organisation, scenario, pilot)
        self.held += held
        return scenario

    def run(self, workers: Workers) -> None:
        """Replications in batches, until enough."""
        done, wanted = 0, self.settings.first_batch
        self.progress(0, wanted * len(self.points), "")
        while done < wanted:
            tasks: list[Task] = [(p, k) for k in range(done, wanted) for p in range(len(self.points))]
            total = wanted * len(self.points)
            with closing(workers.run(self.orders, tasks)) as finished:
                for (p, k), outcomes in finished:
                    self.store.add(p, k, outcomes)
                    self.progress(len(self.store.kept), total, "")
            done = wanted
            wanted = self._enough(done)

    def _enough(self, done: int) -> int:
        """Replications wanted, after a look at the half-widths."""
        wanted, confidence = float(done), self.settings.confidence
        for p in range(len(self.points) if self.settings.precision else 0):
            family = self._family(p)
            for measure, half_width in (self.settings.precision or {}).items():
                for values in self._watched(measure, p):
                    m = mean_of(values, confidence, family)
                    if m.n and m.half_width > half_width:
                        wanted = max(wanted, needed(m.sd, half_width, confidence, family))
        if wanted <= done:
            return done
        ahead = min(wanted, 2.0 * done)
        return max(done, min(self.settings.max_replications, max(done + BATCH, int(ahead), LEAST)))

    def _family(self, point: int) -> float:
        """The effective number of comparisons of the half-widths that are printed."""
        if not self.scenarios:
            return 1.0
        changes = [values for m in HEADLINES for values in self._watched(m.name, point)]
        return effective_family(np.stack(changes, axis=1), self.settings.confidence)

    def _watched(self, measure: str, point: int) -> list[Any]:
        """Values whose mean shall be precise: differences to the baseline, or the baseline itself."""
        baseline = self.store.values_of(measure, point, 0)
        others = range(1, len(self.scenarios) + 1)
        differences = [self.store.values_of(measure, point, i) - baseline for i in others]
        return differences or [baseline]

    def results(self, began: float) -> Results:
        """Everything that is there, as tables."""
        store, organisation = self.store, self.points[0][1]
        confidence = self.settings.confidence
        tables = {name: store.table(name, confidence) for name in TABLES}
        return Results(
            organisation=organisation,
            points=store.points,
            scenarios=self.by_point[0],
            settings=self.settings,
            replications=len(store.finished),
            complete=self.complete,
            ended=self.ended,
            engine=self.settings.engine_name,
            checked=self.checked,
            spending={s.name: spending_of(s, self.settings.weeks) for s in self.by_point[0]} | store.spending(),
            settled={s.name: settled_week(organisation, s) for s in self.by_point[0] if s.board is None},
            decisions=store.decisions(),
            minutes=store.minutes(),
            held=tuple(self.held),
            warnings=(*self.warnings, *self._grown(), *self._crowded()),
            measured=store.measured(),
            draws=store.draws(),
            yearly=store.yearly(),
            stopped=store.stopped(),
            trajectories=store.trajectories(self.settings),
            satisfaction=store.satisfaction(organisation, confidence),
            movers=store.movers(confidence),
            transitions=store.transitions(list(organisation.segments), confidence),
            **tables,
            seconds=time.perf_counter() - began,
        )

    def _grown(self) -> list[str]:
        """Backlogs that grew while it ran."""
        warnings: list[str] = []
        for p, label in enumerate(self.store.points):
            place = "".join(f"{key}={value} " for key, value in label.items())
            runs = [self.store.kept[(p, k)] for k in self.store.finished]
            for i in range(len(runs[0]) if runs else 0):
                teams = [str(name) for name in runs[0][i].tables["teams"].index.get_level_values("team")]
                columns = [run[i].tables["weeks"]["backlog"].to_numpy() for run in runs]
                closes = [c.reshape(self.settings.weeks, -1)[:, : len(teams)] for c in columns]
                who = "" if i == 0 else f"{runs[0][i].scenario}: "
                warnings += growing(closes, teams, place + who, self.settings.confidence)
        return warnings

    def _crowded(self) -> list[str]:
        """Segments that new customers could not join, because the model had no slot for them."""
        found: dict[tuple[int, str, str], list[float]] = {}
        for (p, _), outcomes in self.store.kept.items():
            for outcome in outcomes:
                column = outcome.tables["loyalty"]["no_room"]
                for segment, n in zip(column.index.get_level_values("segment"), column, strict=True):
                    found.setdefault((p, outcome.scenario, str(segment)), []).append(float(n))
        warnings = []
        for (p, scenario, segment), turned in sorted(found.items()):
            if segment != ALL and (mean := sum(turned) / len(turned)) > 0.05:
                place = "".join(f"{key}={value} " for key, value in self.store.points[p].items())
                who = "" if scenario == BASELINE.name else f"{scenario}: "
                warnings.append(
                    f"{place}{who}{mean:.1f} new customers a week found no slot; raise segments.{segment}.room."
                )
        return warnings


def settled_steps(steps: Sequence[tuple[float, Organisation]]) -> list[tuple[float, Organisation]]:
    """The steps of a timeline that last longer than a week: of a ramp its end, with its worst most often."""
    follows = [at for at, _ in steps[1:]] + [math.inf]
    return [step for step, after in zip(steps, follows, strict=True) if after - step[0] > WEEK]


def _names_differ(scenarios: Sequence[Scenario]) -> None:
    names = [BASELINE.name, *(s.name for s in scenarios)]
    for name in names:
        if names.count(name) > 1:
            raise problem(("scenario",), f"two scenarios are called '{name}'")


def _unheard(text: str) -> None:
    """Warnings are in the results as well."""


def _silent(done: int, wanted: int | None, what: str) -> None:
    """No progress shown."""
