"""One replication: the warm-up once, then the baseline, which each scenario leaves at its first change and goes on with
the same random numbers.

This is what processes are given to do: a task is small, plain data, and what comes back is measures.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.engines.board import Plans, names_with
from cxsim.engines.order import Keep
from cxsim.measures.breakdowns import break_down
from cxsim.measures.reading import NOTHING, Reading, Spending
from cxsim.measures.whole import change_at_run_rate, measure_all
from cxsim.model.ticks import JUST_BEFORE
from cxsim.native.records import Floats
from cxsim.organisation import Organisation
from cxsim.scenario import BASELINE, Scenario, spent_by_week, timeline
from cxsim.scenario.board import Board
from cxsim.scenario.dated import Dated, Phase
from cxsim.state.plan import Names, Plan, plans_of
from cxsim.study.answers import answers_of, moves_between
from cxsim.study.boards import Sat, sat
from cxsim.study.gates import goes_on, judged, stopped
from cxsim.study.ranges import Drawing, drawn_for
from cxsim.study.settings import Settings
from cxsim.study.settled import has_run_rate, settled_within

Timeline = tuple[tuple[float, Plan], ...]


@dataclass(frozen=True)
class ScenarioPath:
    """How a scenario goes on after time 0: organisations, by the minute they start."""

    scenario: str
    changes: tuple[tuple[float, Organisation], ...]
    """Without an entry at 0 that is as the baseline."""
    spending: Spending
    settled: int | None = 0
    """The first week of its run-rate; None: it has none."""
    board: Board | None = None
    """Decides what else is done."""
    pilot: Dated | None = None
    """What is piloted and judged."""
    stopped: ScenarioPath | None = None
    """How it goes on where the pilot fails."""
    title: str = ""

    @property
    def leaves(self) -> float:
        """When it leaves the baseline's run, minutes: at its first change, or where its board's records begin."""
        return 0.0 if self.board is not None or not self.changes else self.changes[0][0]


@dataclass(frozen=True)
class Order:
    """All that a process needs to run any replication of one point."""

    baseline: Organisation
    paths: tuple[ScenarioPath, ...]
    weeks: int
    warm_up_weeks: int
    follow_up_weeks: int
    seed: int
    engine: str
    reports_baseline: bool = True
    """Whether the baseline itself is run on and reported; pilots leave it out."""
    key: str = ""
    """Hash of the content."""
    drawing: Drawing | None = None
    """None: every replication is of the same numbers."""


class Outcome(NamedTuple):
    """The results of one replication of one scenario."""

    scenario: str
    measured: dict[str, float]
    tables: dict[str, pd.DataFrame]
    moves: Floats | None
    """[segment, before, after] customers by what they would answer at the end: detractor, passive, promoter."""
    board: Sat | None = None
    stopped: bool | None = None
    """Whether its pilot failed; None: there is none."""
    drawn: Mapping[str, float] = {}
    """What was drawn of numbers with a range, by name."""


def order_of(
    organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings, reports_baseline: bool = True
) -> Order:
    """The order of a point: timelines of all scenarios, worked out once."""
    paths = []
    for scenario in scenarios:
        # Its own weeks, whatever it is run with: the baseline is read over the same weeks for each scenario.
        settled = settled_within(organisation, scenario, settings)
        path = _path(organisation, scenario, settings, settled if has_run_rate(settled, settings) else None)
        pilot = judged(scenario)
        if pilot is not None and pilot.judge is not None and pilot.judge.at < settings.weeks * WEEK:
            other = _path(organisation, stopped(scenario, pilot), settings, path.settled)
            path = replace(path, pilot=pilot, stopped=other)
        paths.append(path)
    order = Order(
        organisation,
        tuple(paths),
        settings.weeks,
        settings.warm_up_weeks,
        settings.follow_up,
        settings.seed,
        settings.engine_name,
        reports_baseline,
    )
    made = [s.model_dump_json(include={"interventions", "board"}) for s in scenarios]
    content = json.dumps([organisation.tree, made, settings.weeks], default=str)
    digest = hashlib.blake2b(f"{content}{order.warm_up_weeks}".encode(), digest_size=16).hexdigest()
    vary = None if settings.vary == "nothing" else Drawing(organisation, tuple(scenarios), settings)
    return replace(order, key=digest, drawing=vary)


def _path(organisation: Organisation, scenario: Scenario, settings: Settings, settled: int | None) -> ScenarioPath:
    changes = timeline(organisation, scenario)
    if changes[0][0] == 0.0 and changes[0][1].tree == organisation.tree:
        changes = changes[1:]
    within = tuple((at, after) for at, after in changes if at < settings.weeks * WEEK)
    spending = spending_of(scenario, settings.weeks)
    return ScenarioPath(scenario.name, within, spending, settled, scenario.board, title=scenario.title)


def spending_of(scenario: Scenario, weeks: int) -> Spending:
    """What a scenario itself costs up to the horizon."""
    by_week = spent_by_week(scenario, weeks)
    end = weeks * WEEK
    parts: tuple[Dated | Phase, ...] = (*scenario.interventions, *scenario.phases)
    once = math.fsum(part.costs.once for part in parts if part.starts < end)
    running = [part for part in parts if part.starts < end and (part.ends is None or part.ends >= end)]
    return Spending(once, math.fsum(by_week), math.fsum(part.costs.per_week for part in running), by_week)


class Prepared(NamedTuple):
    """An order as plans."""

    names: Names
    baseline: Organisation
    plan: Plan
    timelines: tuple[Timeline, ...]
    horizons: tuple[Organisation, ...]
    """By path: the organisation at the end, its board's doings left out."""
    others: tuple[Timeline | None, ...]
    """By path: its plans where its pilot fails."""
    boards: tuple[Plans | None, ...]
    """By path: the plans of its board."""


_PREPARED: OrderedDict[str, Prepared] = OrderedDict()
_PREPARING = threading.Lock()
KEPT = 16
"""Orders whose plans a process keeps."""


def prepare(order: Order) -> Prepared:
    """Plans of an order, compiled once in each process."""
    with _PREPARING:
        return _prepared(order)


def _prepared(order: Order) -> Prepared:
    if order.key in _PREPARED:
        _PREPARED.move_to_end(order.key)
        return _PREPARED[order.key]
    baseline = order.baseline
    changes = [path.changes for path in order.paths]
    failing = [path.stopped.changes if path.stopped is not None else None for path in order.paths]
    everything = [baseline, *(o for path in (*changes, *failing) if path is not None for _, o in path)]
    own = [[baseline, *(o for _, o in path)] for path in changes]
    sitting = [(c.board, stages) for c, stages in zip(order.paths, own, strict=True) if c.board is not None]
    names = names_with(everything, sitting)
    start = (-math.inf, baseline)
    ((_, plan),) = plans_of((start,), names, order.weeks, order.warm_up_weeks)
    whole = order.weeks, order.warm_up_weeks
    timelines = []
    boards: list[Plans | None] = []
    for path, dated in zip(order.paths, changes, strict=True):
        stages = (start, *dated)
        later = plans_of(stages, names, order.weeks, order.warm_up_weeks)[1:]
        timelines.append(((-math.inf, plan), *later))
        weeks = order.weeks, order.warm_up_weeks
        boards.append(None if path.board is None else Plans(path.board, names, stages, plan, *weeks))
    horizons = tuple(path[-1][1] if path else baseline for path in changes)
    others = [
        None if way is None else ((-math.inf, plan), *plans_of((start, *way), names, *whole)[1:]) for way in failing
    ]
    _PREPARED[order.key] = Prepared(names, baseline, plan, tuple(timelines), horizons, tuple(others), tuple(boards))
    while len(_PREPARED) > KEPT:
        _PREPARED.popitem(last=False)
    return _PREPARED[order.key]


def replicate(order: Order, replication: int) -> list[Outcome]:
    """Run one replication of the baseline and of every scenario, in the order's order.

    A scenario leaves the baseline's run at its first change: until then they are one and the same.
    """
    values: Mapping[str, float] = {}
    if order.drawing is not None:
        found = drawn_for(order.drawing, replication)
        fixed = order.drawing.settings.model_copy(update={"vary": "nothing"})
        order, values = order_of(found.organisation, found.scenarios, fixed, order.reports_baseline), found.numbers
    p = prepare(order)
    trunk = runs.start(p.plan, p.names, order.seed, replication, order.weeks, order.warm_up_weeks)
    only: Timeline = ((-math.inf, p.plan),)
    horizon = order.weeks * WEEK
    run_of: dict[int, runs.Run] = {}
    paths: dict[int, tuple[ScenarioPath, Timeline, bool | None]] = {}
    for i in by_departure(order):
        runs.advance(trunk, only, order.paths[i].leaves, order.engine)
        run_of[i], paths[i] = _run_on(order, p, i, departed(trunk, p, i))
    outcomes, before, baseline = [], None, None
    if order.reports_baseline:
        runs.advance(trunk, only, horizon, order.engine)
        before = answers_of(p.plan, trunk)
        baseline = _read(order, p, trunk, only, p.baseline)
        outcomes.append(_outcome(BASELINE.name, baseline, baseline, p, before, before))
    for i in range(len(order.paths)):
        run, (path, plans, failed) = run_of[i], paths[i]
        ahead = run.under(plans)
        answers = answers_of([plan for at, plan in ahead if at < horizon][-1], run)
        spending = _spending(path, run, order.weeks)
        reading = _read(order, p, run, ahead, _horizon(p, path, run), spending, path.settled)
        outcome = _outcome(path.scenario, reading, baseline, p, before, answers)
        if run.board is not None:
            outcome = outcome._replace(board=sat(run.board, path.title, replication, spending, horizon))
        outcomes.append(outcome._replace(stopped=failed))
    return [outcome._replace(drawn=values) for outcome in outcomes]


def _run_on(
    order: Order, p: Prepared, i: int, run: runs.Run
) -> tuple[runs.Run, tuple[ScenarioPath, Timeline, bool | None]]:
    """Path i to the horizon: as it is planned, or the way it takes where its pilot fails."""
    path, plans, other, failed = order.paths[i], p.timelines[i], p.others[i], None
    if path.pilot is not None and path.pilot.judge is not None and path.stopped is not None and other is not None:
        judge = path.pilot.judge
        runs.advance(run, plans, judge.at, order.engine)
        reading = Reading(run.tally, p.names, plans, p.horizons[i], order.weeks, order.warm_up_weeks)
        failed = not goes_on(reading, judge, path.pilot.starts)
        if failed:
            path, plans = path.stopped, other
    return runs.advance(run, plans, order.weeks * WEEK, order.engine), (path, plans, failed)


def by_departure(order: Order) -> list[int]:
    """Paths by the time at which they leave the baseline's run."""
    return sorted(range(len(order.paths)), key=lambda i: order.paths[i].leaves)


def departed(trunk: runs.Run, p: Prepared, i: int, keep: Keep | None = None) -> runs.Run:
    """A copy of the baseline's run that goes on as path i, its board convened; gives its rows to `keep`."""
    run, plans = trunk.copy(keep), p.boards[i]
    return run if plans is None else run.convene(plans)


def _horizon(p: Prepared, path: ScenarioPath, run: runs.Run) -> Organisation:
    """The organisation of a path at the end."""
    last = path.changes[-1][1] if path.changes else p.baseline
    return last if run.board is None else run.board.organisation_at(run.at - JUST_BEFORE)


def _spending(path: ScenarioPath, run: runs.Run, weeks: int) -> Spending:
    """What a scenario itself costs in a run: what its own dates cost, and what its board has spent."""
    own = path.spending
    if run.board is None:
        return own
    once, total, per_week, by_week = run.board.spent(weeks)
    together = tuple(a + b for a, b in zip(own.by_week or (0.0,) * weeks, by_week, strict=True))
    return Spending(own.once + once, own.total + total, own.per_week + per_week, together)


def minutes_of_boards(organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings) -> tuple[str, ...]:
    """Minutes of the boards of these scenarios in replication 0, as Markdown."""
    outcomes = replicate(order_of(organisation, scenarios, settings, reports_baseline=False), 0)
    return tuple(outcome.board.minutes for outcome in outcomes if outcome.board is not None)


def _read(
    order: Order,
    p: Prepared,
    run: runs.Run,
    plans: runs.Timeline,
    organisation: Organisation,
    spending: Spending = NOTHING,
    settled: int | None = 0,
) -> Reading:
    """A run that has reached the horizon, as measures read it."""
    runs.finish(run, plans)
    weeks = order.weeks, order.warm_up_weeks, order.follow_up_weeks
    return Reading(run.tally, p.names, plans, organisation, *weeks, spending, settled)


def _outcome(
    scenario: str, reading: Reading, baseline: Reading | None, p: Prepared, before: Any, after: Any
) -> Outcome:
    moves = None if before is None else moves_between(before, after, p.plan)
    if baseline is not None and reading is not baseline:
        reading = replace(reading, like=baseline.tally.case_sums[baseline.cohort])
    measured = measure_all(reading)
    if baseline is not None:
        measured |= change_at_run_rate(reading, baseline)
    return Outcome(scenario, measured, break_down(reading), moves)
