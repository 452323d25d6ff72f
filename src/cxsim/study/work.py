"""One replication: the warm-up once, then the baseline and every scenario from the same instant with the same luck.

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

import numpy as np
import pandas as pd

from cxsim import world
from cxsim.dated import Dated, Phase
from cxsim.experience import ratings
from cxsim.handle import handle
from cxsim.interventions.dates import WEEK
from cxsim.measures import Reading, Spending, break_down, measure_all
from cxsim.organisation import Organisation
from cxsim.plan import Names, Plan, names_of, plans_of
from cxsim.plan.tables import Floats
from cxsim.scenario import BASELINE, Scenario, spent_by_week, timeline
from cxsim.state import world_of
from cxsim.study.gates import goes_on, judged, stopped
from cxsim.study.ranges import draw
from cxsim.study.settings import Settings

Timeline = tuple[tuple[float, Plan], ...]
LEAST_SETTLED = 2
"""Weeks of a run-rate, at least."""


@dataclass(frozen=True)
class Course:
    """How a scenario goes on after time 0: organisations, by the minute they start."""

    scenario: str
    changes: tuple[tuple[float, Organisation], ...]
    """Without an entry at 0 that is as the baseline."""
    spending: Spending
    settled: int | None = 0
    """The first week of its run-rate; None: it has none."""
    pilot: Dated | None = None
    """What is piloted and judged."""
    stopped: Course | None = None
    """How it goes on where the pilot fails."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn anew in each replication, and for which study."""

    organisation: Organisation
    scenarios: tuple[Scenario, ...]
    settings: Settings


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
    drawing: Drawing | None = None
    """None: every replication is of the same numbers."""


class Outcome(NamedTuple):
    """What one replication of one scenario came to."""

    scenario: str
    measured: dict[str, float]
    tables: dict[str, pd.DataFrame]
    moves: Floats | None
    """[segment, before, after] customers by what they would answer at the end: detractor, passive, promoter."""
    stopped: bool | None = None
    """Whether its pilot failed; None: there is none."""
    drawn: Mapping[str, float] = {}
    """What was drawn of numbers with a range, by name."""


def order_of(
    organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings, tells_baseline: bool = True
) -> Order:
    """The order of a point: timelines of all scenarios, worked out once."""
    courses = []
    ends = [settled_week(organisation, scenario) for scenario in scenarios]
    told = [has_run_rate(week, settings) for week in ends]
    settled = max((week for week, fits in zip(ends, told, strict=True) if fits), default=0)
    for scenario, fits in zip(scenarios, told, strict=True):
        course = _course(organisation, scenario, settings, settled if fits else None)
        pilot = judged(scenario)
        if pilot is not None and pilot.judge is not None and pilot.judge.at < settings.weeks * WEEK:
            other = _course(organisation, stopped(scenario, pilot), settings, course.settled)
            course = replace(course, pilot=pilot, stopped=other)
        courses.append(course)
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
    made = [s.model_dump_json(include={"interventions"}) for s in scenarios]
    content = json.dumps([organisation.tree, made, settings.weeks], default=str)
    digest = hashlib.blake2b(f"{content}{order.warm_up_weeks}".encode(), digest_size=16).hexdigest()
    vary = None if settings.vary == "nothing" else Drawing(organisation, tuple(scenarios), settings)
    return replace(order, key=digest, drawing=vary)


def _course(organisation: Organisation, scenario: Scenario, settings: Settings, settled: int | None) -> Course:
    changes = timeline(organisation, scenario)
    if changes[0][0] == 0.0 and changes[0][1].tree == organisation.tree:
        changes = changes[1:]
    within = tuple((at, after) for at, after in changes if at < settings.weeks * WEEK)
    return Course(scenario.name, within, spending_of(scenario, settings.weeks), settled)


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
    """By course: the organisation at the end."""
    others: tuple[tuple[Timeline, Organisation] | None, ...]
    """By course: the same where its pilot fails."""


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
    ways = [way for course in order.courses for way in (course, course.stopped)]
    names = names_of([baseline, *(o for way in ways if way is not None for _, o in way.changes)])
    start = (-math.inf, baseline)
    ((_, plan),) = plans_of((start,), names, order.weeks, order.warm_up_weeks)

    def planned(way: Course | None) -> tuple[Timeline, Organisation] | None:
        if way is None:
            return None
        later = plans_of((start, *way.changes), names, order.weeks, order.warm_up_weeks)[1:]
        return ((-math.inf, plan), *later), way.changes[-1][1] if way.changes else baseline

    found = [(planned(course), planned(course.stopped)) for course in order.courses]
    whole = [one for one, _ in found if one is not None]
    _PREPARED[order.key] = Prepared(
        names,
        baseline,
        plan,
        tuple(t for t, _ in whole),
        tuple(o for _, o in whole),
        tuple(other for _, other in found),
    )
    while len(_PREPARED) > KEPT:
        _PREPARED.popitem(last=False)
    return _PREPARED[order.key]


def replicate(order: Order, replication: int) -> list[Outcome]:
    """Run one replication of the baseline and of every scenario, in the order's order.

    A scenario leaves the baseline's run at its first change: until then they are one and the same.
    """
    values: Mapping[str, float] = {}
    if order.drawing is not None:
        order, values = _drawn(order, order.drawing, replication)
    p = prepare(order)
    trunk = world.start(p.plan, p.names, order.seed, replication, order.weeks, order.warm_up_weeks)
    only: Timeline = ((-math.inf, p.plan),)
    horizon = order.weeks * WEEK
    leaves = [course.changes[0][0] if course.changes else 0.0 for course in order.courses]
    told: dict[int, tuple[Course, world.Run, Timeline, Organisation, bool | None]] = {}
    for i in sorted(range(len(leaves)), key=lambda i: leaves[i]):
        world.advance(trunk, only, leaves[i], order.engine)
        told[i] = _run_on(order, p, i, trunk.copy())
    outcomes, before = [], None
    if order.tells_baseline:
        world.advance(trunk, only, horizon, order.engine)
        before = _answers(p.plan, trunk)
        alike = (p.baseline, Spending(), order.settled)
        outcomes.append(_outcome(order, p, BASELINE.name, trunk, only, *alike, before, before))
    for i in range(len(order.courses)):
        course, run, plans, organisation, failed = told[i]
        answers = _answers(plans[-1][1], run)
        own = (course.scenario, run, plans, organisation, course.spending, course.settled)
        outcomes.append(_outcome(order, p, *own, before, answers)._replace(stopped=failed))
    return [outcome._replace(drawn=values) for outcome in outcomes]


def _drawn(order: Order, drawing: Drawing, replication: int) -> tuple[Order, Mapping[str, float]]:
    """The order of one replication, with its own numbers."""
    settings = drawing.settings
    found = draw(drawing.organisation, drawing.scenarios, settings.vary, settings.seed, replication)
    fixed = settings.model_copy(update={"vary": "nothing"})
    return order_of(found.organisation, found.scenarios, fixed, order.tells_baseline), found.numbers


def _run_on(
    order: Order, p: Prepared, i: int, run: world.Run
) -> tuple[Course, world.Run, Timeline, Organisation, bool | None]:
    """A scenario to the horizon: as it is planned, or the way it takes where its pilot fails."""
    course, plans, organisation, other = order.courses[i], p.timelines[i], p.horizons[i], p.others[i]
    failed = None
    if course.pilot is not None and course.pilot.judge is not None and course.stopped is not None and other is not None:
        judge = course.pilot.judge
        world.advance(run, plans, judge.at, order.engine)
        reading = Reading(run.tally, p.names, plans, organisation, order.weeks, order.warm_up_weeks)
        failed = not goes_on(reading, judge, course.pilot.starts)
        if failed:
            course, (plans, organisation) = course.stopped, other
    world.advance(run, plans, order.weeks * WEEK, order.engine)
    return course, run, plans, organisation, failed


def _outcome(
    order: Order,
    p: Prepared,
    scenario: str,
    run: world.Run,
    plans: Timeline,
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
