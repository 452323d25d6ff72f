"""A run: from the start through ticks to the horizon, under the plans of a timeline.

Between two ticks an engine advances the state; at a tick the week is closed, trainings begin, or the plan changes.
Time 0 is the end of the warm-up.  The state at any tick can be kept, copied and continued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines import simpy
from cxsim.engines.board import Plans, Sitting, convened
from cxsim.engines.compiled import engine
from cxsim.engines.entry_points import (
    AFTER_CHANGE,
    BEFORE_CHANGE,
    BEGIN_WORLD,
    CALL_TO_TRAINING,
    CLOSE_WEEK,
    COUNT_UNFINISHED,
    UPDATE_INTEGRALS,
    happen,
)
from cxsim.engines.order import Keep, hand_over
from cxsim.model.ticks import JUST_BEFORE
from cxsim.native.handle import address_of, handle
from cxsim.native.records import Table
from cxsim.state.plan import Names, Plan
from cxsim.state.records import LEDGER, TRACE
from cxsim.state.state import FREE_CASES, FREE_VISITS, OPEN, State, copy_of, empty_state, following, roomier, world_of
from cxsim.state.tally import Tally, empty_tally

Advance = Callable[[Plan, State, Tally, float, float, Keep], State]
ENGINES: dict[str, Advance] = {"simpy": simpy.advance, "compiled": engine.advance}
Timeline = Sequence[tuple[float, Plan]]


@dataclass
class Run:
    """A run at a tick: state and tally at an instant, and the trace up to it."""

    at: float
    state: State
    tally: Tally
    trace: list[Table] = field(default_factory=list)
    ledger: list[Table] = field(default_factory=list)
    keep: Keep | None = None
    """Who is given the rows of trace and ledger as they come; none: `trace` and `ledger` hold them."""
    board: Sitting | None = None
    """The board that decides on what is done, if there is one."""

    def copy(self, keep: Keep | None = None) -> Run:
        """A run of its own that continues from here, and gives its rows to `keep`."""
        state, tally = copy_of(self.state), copy_of(self.tally)
        return Run(self.at, state, tally, list(self.trace), list(self.ledger), keep, self.board)

    def under(self, timeline: Timeline) -> Timeline:
        """The plans it runs under: as its board has decided so far, or else this timeline."""
        return timeline if self.board is None else self.board.timeline

    def convene(self, plans: Plans) -> Run:
        """Give the run a board whose records begin now."""
        self.board = convened(plans, plans.first, self.state, self.tally, self.at)
        return self

    def visits(self) -> Table:
        """The whole trace, in the order in which visits ended."""
        return np.concatenate([*self.trace, np.zeros(0, dtype=TRACE)])

    def entries(self) -> Table:
        """The whole effort ledger, in the order of its entries."""
        return np.concatenate([*self.ledger, np.zeros(0, dtype=LEDGER)])


def start(
    plan: Plan,
    names: Names,
    seed: int,
    replication: int,
    weeks: int,
    warm_up_weeks: int,
    trace: bool = False,
    keep: Keep | None = None,
) -> Run:
    """The very beginning, `warm_up_weeks` before time 0, with nobody in the system.

    trace: every visit and every entry of effort is noted, in lists that grow with the run.  keep: they are noted and
    handed over to it, visits and entries, some thousands at a time, in their order.
    """
    at = -WEEK * warm_up_weeks
    state = empty_state(plan, names, seed, replication, warm_up_weeks, trace or keep is not None)
    tally = empty_tally(names, weeks + warm_up_weeks)
    with np.errstate(over="ignore"):
        tick(BEGIN_WORLD, plan, state, tally, at)
    return Run(at, state, tally, keep=keep)


def advance(run: Run, timeline: Timeline, until: float, engine: str = "simpy") -> Run:
    """Run on to `until`, in place.

    timeline: (minutes, plan) in order; the first one is the baseline's and holds from the beginning, warm-up included.
    A later plan that starts at the present instant takes over before anything else happens.  Where a board sits, the
    plans are the board's, and it meets after the close of a week.
    """
    step = ENGINES[engine]
    with np.errstate(over="ignore"):
        while run.at < until:
            ahead = run.under(timeline)
            before, plan = _plans_at(ahead, run.at)
            if before is not plan:
                _change_plan(run, before, plan)
            _begin_trainings(run, plan)
            then = min(until, _next_tick(ahead, plan, run.at))
            run.state = step(plan, run.state, run.tally, run.at, then, _keeper(run))
            hand_over(run.state, _keeper(run))
            run.at = then
            if then / WEEK == np.floor(then / WEEK):
                _make_room(run, plan)
                tick(CLOSE_WEEK, plan, run.state, run.tally, then)
                if run.board is not None:
                    world = handle(world_of(plan, run.state, run.tally))
                    run.board = run.board.after_week(world, plan, run.state, run.tally, then)
    return run


def finish(run: Run, timeline: Timeline) -> Run:
    """The horizon is reached: cases still open count with their effort so far.  The run cannot go on after this."""
    _, plan = _plans_at(run.under(timeline), run.at - JUST_BEFORE)
    with np.errstate(over="ignore"):
        tick(UPDATE_INTEGRALS, plan, run.state, run.tally, run.at)
        tick(COUNT_UNFINISHED, plan, run.state, run.tally, run.at)
    return run


def tick(what: int, plan: Plan, state: State, tally: Tally, t: float, row: int = 0, other: int = 0) -> None:
    """What happens between two stretches of an engine, in place: one of the ticks of `cxsim.engines.entry_points`."""
    world = handle(world_of(plan, state, tally))
    happen(what, address_of(world), row, other, t)


def _keeper(run: Run) -> Keep:
    """Who is given the rows of a run."""

    def keep(visits: Table, entries: Table) -> None:
        if len(visits):
            run.trace.append(visits)
        if len(entries):
            run.ledger.append(entries)

    return keep if run.keep is None else run.keep


def _plans_at(timeline: Timeline, t: float) -> tuple[Plan, Plan]:
    """The plan that held until t, and the one that holds from t on."""
    before = now = timeline[0][1]
    for at, plan in timeline[1:]:
        if at < t:
            before = now = plan
        elif at == t:
            now = plan
    return before, now


def _change_plan(run: Run, before: Plan, plan: Plan) -> None:
    tick(BEFORE_CHANGE, before, run.state, run.tally, run.at)
    run.state = following(run.state, plan)
    tick(AFTER_CHANGE, plan, run.state, run.tally, run.at)


def _make_room(run: Run, plan: Plan) -> None:
    """A free row for every open case: customers who leave take theirs along."""
    counters = run.state.counters
    if counters[FREE_VISITS] >= len(run.state.cases) - counters[FREE_CASES]:
        return  # enough for all cases, open or not
    if plan.segments["customers_change"].any():
        while run.state.counters[FREE_VISITS] < (run.state.cases["status"] == OPEN).sum():
            run.state = roomier(run.state)


def _begin_trainings(run: Run, plan: Plan) -> None:
    for training, row in enumerate(plan.trainings):
        for wave in range(int(row["waves"])):
            first, last, _ = _sessions_around(row, wave, run.at)
            if run.at in (first, last):
                hours = float(row["hours"] if run.at == first else row["refresher_hours"])
                tick(CALL_TO_TRAINING, plan, run.state, run.tally, hours, training, wave)


def _sessions_around(row: np.void, wave: int, t: float) -> tuple[float, float, float]:
    """When a wave of a training begins, its latest refresher up to t (the beginning, if none), and the one after."""
    first, again = float(row["starts"] + wave * row["every"]), float(row["refresher_every"])
    if np.isinf(again):
        return first, first, again
    k = max(0.0, np.floor((t - first) / again + 0.5))
    if k > 0.0 and first + k * again > t:
        k -= 1.0
    return first, first + k * again, first + (k + 1.0) * again


def _next_tick(timeline: Timeline, plan: Plan, t: float) -> float:
    """The next instant at which something happens outside the engine."""
    instants = [WEEK * (np.floor(t / WEEK) + 1.0)]
    instants += [at for at, _ in timeline[1:]]
    for row in plan.trainings:
        for wave in range(int(row["waves"])):
            first, _, following = _sessions_around(row, wave, t)
            instants += [first, following]
    return float(min(x for x in instants if x > t))
