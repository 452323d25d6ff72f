"""One replication: the warm-up once, then the baseline and every scenario from the same instant with the same luck.

This is what processes are given to do: a task is small, plain data, and what comes back is measures.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxsim import world
from cxsim.board import Plans, names_with
from cxsim.dated import Dated, Phase
from cxsim.engines.order import Keep
from cxsim.experience import ratings
from cxsim.governance import Board
from cxsim.handle import handle
from cxsim.interventions.dates import WEEK
from cxsim.measures import Reading, Spending, break_down, measure_all
from cxsim.organisation import Organisation
from cxsim.plan import Names, Plan, plans_of
from cxsim.plan.tables import Floats
from cxsim.rules.ticks import JUST_BEFORE
from cxsim.scenario import BASELINE, Scenario, spent_by_week, timeline
from cxsim.state import world_of
from cxsim.study.boards import Sat, sat
from cxsim.study.settings import Settings

Timeline = tuple[tuple[float, Plan], ...]
LEAST_SETTLED = 2
"""Weeks of a run-rate, at least."""
LAST_WEEKS = 6
"""Weeks of the run-rate of a scenario in which a board decides."""


@dataclass(frozen=True)
class Course:
    """How a scenario goes on after time 0: organisations, by the minute they start."""

    scenario: str
    changes: tuple[tuple[float, Organisation], ...]
    """Without an entry at 0 that is as the baseline."""
    spending: Spending
    settled: int | None = 0
    """The first week of its run-rate; None: it has none."""
    board: Board | None = None
    """Decides what is done besides."""
    title: str = ""

    @property
    def leaves(self) -> float:
        """When it leaves the baseline's run, minutes: at its first change, or where its board's records begin."""
        return 0.0 if self.board is not None or not self.changes else self.changes[0][0]


@dataclass(frozen=True)
class Order:
    """All that a process needs to run any replication of one point."""

    baseline: Organisation
    courses: tuple[Course, ...]
    weeks: int
    warm_up_weeks: int
    follow_up_weeks: int
    seed: int
    engine: str
    tells_baseline: bool = True
    """Whether the baseline itself is run on and told; pilots leave it out."""
    settled: int = 0
    """The first week of the run-rate that baseline and scenarios are compared by."""
    key: str = ""
    """Hash of the content."""


class Outcome(NamedTuple):
    """What one replication of one scenario came to."""

    scenario: str
    measured: dict[str, float]
    tables: dict[str, pd.DataFrame]
    moves: Floats | None
    """[segment, before, after] customers by what they would answer at the end: detractor, passive, promoter."""
    board: Sat | None = None


def order_of(
    organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings, tells_baseline: bool = True
) -> Order:
    """The order of a point: timelines of all scenarios, worked out once."""
    courses = []
    ends = [settled_within(organisation, scenario, settings) for scenario in scenarios]
    told = [has_run_rate(week, settings) for week in ends]
    settled = max((week for week, fits in zip(ends, told, strict=True) if fits), default=0)
    for scenario, fits in zip(scenarios, told, strict=True):
        changes = timeline(organisation, scenario)
        if changes[0][0] == 0.0 and changes[0][1].tree == organisation.tree:
            changes = changes[1:]
        within = tuple((at, after) for at, after in changes if at < settings.weeks * WEEK)
        told_as = scenario.board, scenario.title
        spending = spending_of(scenario, settings.weeks)
        courses.append(Course(scenario.name, within, spending, settled if fits else None, *told_as))
    order = Order(
        organisation,
        tuple(courses),
        settings.weeks,
        settings.warm_up_weeks,
        settings.follow_up,
        settings.seed,
        settings.engine_name,
        tells_baseline,
        settled,
    )
    made = [s.model_dump_json(include={"interventions", "board"}) for s in scenarios]
    content = json.dumps([organisation.tree, made, settings.weeks], default=str)
    digest = hashlib.blake2b(f"{content}{order.warm_up_weeks}".encode(), digest_size=16).hexdigest()
    return Order(**{**vars(order), "key": digest})


def spending_of(scenario: Scenario, weeks: int) -> Spending:
    """What a scenario itself costs up to the horizon."""
    by_week = spent_by_week(scenario, weeks)
    end = weeks * WEEK
    parts: tuple[Dated | Phase, ...] = (*scenario.interventions, *scenario.phases)
    once = math.fsum(part.costs.once for part in parts if part.starts < end)
    runs = [part for part in parts if part.starts < end and (part.ends is None or part.ends >= end)]
    return Spending(once, math.fsum(by_week), math.fsum(part.costs.per_week for part in runs), by_week)


def settled_week(organisation: Organisation, scenario: Scenario) -> int:
    """The first week from which on nothing changes any more: no intervention starts or ends, nobody is in class.

    A wave is over after a week for every five sessions, one on each working day.
    """
    instants = [0.0, *(d.settles() for d in scenario.interventions)]
    for _, after in timeline(organisation, scenario):
        for course in (c for team in after.teams.values() for c in team.training.values()):
            sessions = math.ceil(course.hours / course.session) if course.hours else 0
            instants.append(course.starts + (course.waves - 1) * course.every + math.ceil(sessions / 5) * WEEK)
    return math.ceil(max(instants) / WEEK)


def settled_within(organisation: Organisation, scenario: Scenario, settings: Settings) -> int:
    """The first week of a scenario's run-rate in a study.

    A board goes on deciding: its run-rate is of the last weeks that are looked at, if it has met before them.
    """
    own = settled_week(organisation, scenario)
    if scenario.board is None:
        return own
    last = settings.weeks - settings.follow_up - LAST_WEEKS
    return max(own, last) if last * WEEK >= scenario.board.first_at else settings.weeks


def has_run_rate(settled: int, settings: Settings) -> bool:
    """Whether weeks enough are left after a scenario has settled, before the cases whose end is not seen."""
    return settled == 0 or settings.weeks - settings.follow_up - settled >= LEAST_SETTLED


class Prepared(NamedTuple):
    """An order as plans."""

    names: Names
    baseline: Organisation
    plan: Plan
    timelines: tuple[Timeline, ...]
    horizons: tuple[Organisation, ...]
    """By course: the organisation at the end, its board's doings left out."""
    boards: tuple[Plans | None, ...]
    """By course: the plans of its board."""


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
    changes = [course.changes for course in order.courses]
    everything = [baseline, *(o for course in changes for _, o in course)]
    own = [[baseline, *(o for _, o in course)] for course in changes]
    sitting = [(c.board, stages) for c, stages in zip(order.courses, own, strict=True) if c.board is not None]
    names = names_with(everything, sitting)
    start = (-math.inf, baseline)
    ((_, plan),) = plans_of((start,), names, order.weeks, order.warm_up_weeks)
    timelines = []
    boards: list[Plans | None] = []
    for course, dated in zip(order.courses, changes, strict=True):
        stages = (start, *dated)
        later = plans_of(stages, names, order.weeks, order.warm_up_weeks)[1:]
        timelines.append(((-math.inf, plan), *later))
        weeks = order.weeks, order.warm_up_weeks
        boards.append(None if course.board is None else Plans(course.board, names, stages, plan, *weeks))
    horizons = tuple(course[-1][1] if course else baseline for course in changes)
    _PREPARED[order.key] = Prepared(names, baseline, plan, tuple(timelines), horizons, tuple(boards))
    while len(_PREPARED) > KEPT:
        _PREPARED.popitem(last=False)
    return _PREPARED[order.key]


def replicate(order: Order, replication: int) -> list[Outcome]:
    """Run one replication of the baseline and of every scenario, in the order's order.

    A scenario leaves the baseline's run at its first change: until then they are one and the same.
    """
    p = prepare(order)
    trunk = world.start(p.plan, p.names, order.seed, replication, order.weeks, order.warm_up_weeks)
    only: Timeline = ((-math.inf, p.plan),)
    horizon = order.weeks * WEEK
    runs: dict[int, world.Run] = {}
    for i in by_departure(order):
        world.advance(trunk, only, order.courses[i].leaves, order.engine)
        runs[i] = world.advance(departed(trunk, p, i), p.timelines[i], horizon, order.engine)
    outcomes, before = [], None
    if order.tells_baseline:
        world.advance(trunk, only, horizon, order.engine)
        before = _answers(p.plan, trunk)
        alike = (p.baseline, Spending(), order.settled)
        outcomes.append(_outcome(order, p, BASELINE.name, trunk, only, *alike, before, before))
    for i, (course, plans) in enumerate(zip(order.courses, p.timelines, strict=True)):
        run = runs[i]
        ahead = run.under(plans)
        answers = _answers([plan for at, plan in ahead if at < horizon][-1], run)
        spending = _spending(course, run, order.weeks)
        told = (course.scenario, run, ahead, _horizon(p, i, run), spending, course.settled)
        outcome = _outcome(order, p, *told, before, answers)
        if run.board is not None:
            outcome = outcome._replace(board=sat(run.board, course.title, replication, spending, horizon))
        outcomes.append(outcome)
    return outcomes


def by_departure(order: Order) -> list[int]:
    """Courses by the time at which they leave the baseline's run."""
    return sorted(range(len(order.courses)), key=lambda i: order.courses[i].leaves)


def departed(trunk: world.Run, p: Prepared, i: int, keep: Keep | None = None) -> world.Run:
    """A copy of the baseline's run that goes on as course i, its board convened; gives its rows to `keep`."""
    run, plans = trunk.copy(keep), p.boards[i]
    return run if plans is None else run.convene(plans)


def _horizon(p: Prepared, i: int, run: world.Run) -> Organisation:
    """The organisation of course i at the end."""
    return p.horizons[i] if run.board is None else run.board.organisation_at(run.at - JUST_BEFORE)


def _spending(course: Course, run: world.Run, weeks: int) -> Spending:
    """What a scenario itself costs in a run: what its own dates cost, and what its board has spent."""
    own = course.spending
    if run.board is None:
        return own
    once, total, per_week, by_week = run.board.spent(weeks)
    together = tuple(a + b for a, b in zip(own.by_week or (0.0,) * weeks, by_week, strict=True))
    return Spending(own.once + once, own.total + total, own.per_week + per_week, together)


def minutes_of_boards(organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings) -> tuple[str, ...]:
    """Minutes of the boards of these scenarios in replication 0, as Markdown."""
    outcomes = replicate(order_of(organisation, scenarios, settings, tells_baseline=False), 0)
    return tuple(outcome.board.minutes for outcome in outcomes if outcome.board is not None)


def _outcome(
    order: Order,
    p: Prepared,
    scenario: str,
    run: world.Run,
    plans: world.Timeline,
    organisation: Organisation,
    spending: Spending,
    settled: int | None,
    before: Any,
    after: Any,
) -> Outcome:
    world.finish(run, plans)
    weeks = order.weeks, order.warm_up_weeks, order.follow_up_weeks
    reading = Reading(run.tally, p.names, plans, organisation, *weeks, spending, settled)
    moves = None if before is None else _moves(before, after, p.plan)
    return Outcome(scenario, measure_all(reading), break_down(reading), moves)


def _answers(plan: Plan, run: world.Run) -> Any:
    """[customer] (generation, answer) 0 detractor, 1 passive, 2 promoter, each with luck of their own; -1: nobody."""
    out = np.zeros(int(plan.segments["customers"].sum()), dtype=np.int64)
    with np.errstate(over="ignore"):
        ratings(handle(world_of(plan, run.state, run.tally)), run.at, out)
    return run.state.customers["generation"].copy(), out


def _moves(before: Any, after: Any, plan: Plan) -> Floats:
    """[segment, before, after] customers who are there in both worlds."""
    moves = np.zeros((len(plan.segments), 3, 3))
    (old, before), (new, after) = before, after
    both = (old == new) & (before >= 0) & (after >= 0)
    for s, row in enumerate(plan.segments):
        own = slice(int(row["first"]), int(row["first"] + row["customers"]))
        np.add.at(moves[s], (before[own][both[own]], after[own][both[own]]), 1.0)
    return moves
