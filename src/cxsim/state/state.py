"""The state: everything that is going on at an instant, as tables that either engine can take up.

A case is a row, a visit in progress is a row, and so is whatever waits for its time: a redial, a chaser, a wrap-up.
Nothing that matters lives anywhere else, so a run can be written down at any tick and continued.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.native.layout import aligned, copied
from cxsim.native.records import Floats, Ints, Table
from cxsim.probability.random_numbers import round_keys
from cxsim.state.plan.names import Names
from cxsim.state.plan.tables import Plan
from cxsim.state.positions import AGENT_STATE, SKILL_STATE, TEAM_STATE
from cxsim.state.records import (
    CASE,
    CUSTOMER,
    LEDGER,
    MOMENT,
    NEW_CASE,
    NEW_VISIT,
    STREAM_STATE,
    TRACE,
    VISIT,
    one_row,
)
from cxsim.state.tally import Tally

# what a visit is doing; each status has at most one timer, at `due_at`
FREE = 0
COMING = 1  # will reach its step at due_at (redial, repeat, opening of the channel, retry)
WAITING = 2  # in a queue; due_at: end of patience
SERVED = 3  # an agent works on it until due_at
DELAYED = 4  # at a step without a team until due_at
JOINING = 5  # waits for its branches
WRAPPING = 6  # after-contact work of an agent until due_at; the case has moved on
HOLDING = 7  # limit on a first agent's stay in a warm transfer
CHASING = 8  # the customer will ask how far the case is, at due_at
LEAVING = 9  # the customer will withdraw, at due_at

NEW, AT_STEP, CALL_BACK, FALL_BACK, GATHERED = 0, 1, 2, 3, 4
"""What a row that is COMING does when its time is there (`enters_as`)."""

# what a case is
NO_CASE, SCHEDULED, OPEN, CLOSED, REACHING = 0, 1, 2, 3, 4
"""REACHING: no case of a customer's, but a call of ours about one that is over (`cxsim.model.recovery`)."""

# rows of `counters`
WEEK_ZERO, FREE_VISITS, FREE_CASES, CALLS, FREED, TRACED, LEDGERED, SERIAL, TRACING, FULL, USED, LOOKED = range(12)
"""FULL: which table wanted more room than was kept free, 0: none did; USED: visit rows that have been in use, those
behind them have never been; LOOKED: how many of the freed agents have looked for work."""
NO_VISITS, NO_CASES, NO_CALLS, NO_TRACE, NO_LEDGER = range(1, 6)
FILL_UP = ("visits", "cases", "calls", "trace", "ledger")
"""The tables that may be full, from 1 on."""
COUNTERS = 12

SCRATCH = ("calls", "freed")
"""Tables that mean nothing between two events: what a rule hands over in them, the engine takes at once."""

# outcomes of a visit; "not done" is self-service that did not work
DONE, ABANDONED, BLOCKED, BALKED, MISSED, WITHDRAWN, NOT_DONE = 0, 1, 2, 3, 4, 5, 6
OUTCOMES = ("done", "abandoned", "blocked", "balked", "missed", "withdrawn", "not_done")


class State(NamedTuple):
    """All that is going on; arrays are written in place."""

    cases: Table
    visits: Table
    new_case: Table
    """One row: what a case begins with."""
    new_visit: Table
    agents: Table
    team_state: Table
    idle_first: Ints
    """[pool] agent who has been idle longest, -1: nobody is."""
    idle_last: Ints
    """[pool] agent who has been idle for the shortest time."""
    queue_length: Ints
    """[queue] contacts waiting."""
    channel_load: Ints
    """[channel] contacts on the lines."""
    stream_state: Table
    customers: Table
    open_cases: NDArray[np.int32]
    """[customer, reason] open cases, where a reason allows only one; else (1, 1)."""
    free_slots: NDArray[np.int32]
    """[customer] from the first row of each segment on: its rows that were empty at the latest close; -1 ends them."""
    passes: NDArray[np.uint16]
    """[case row, step] how often the case came to the step."""
    skill_state: Table
    """[agent, skill] what the person in the position is able to do."""
    busyness: Floats
    """[day] factor on demand, of this replication."""
    free_visits: Ints
    free_cases: Ints
    """Stacks of free rows; their heights are in `counters`."""
    calls: Ints
    """Rows that a rule has set going and the engine has to take up before anything else happens."""
    freed: Ints
    """Agents whom a rule has freed, each once until it has looked for work; room for twice as many as there are."""
    counters: Ints
    moments: Table
    """One row: the week, phase and hour of the week that things are counted in, and until when that hour holds."""
    key: NDArray[np.uint64]
    """(seed, replication)."""
    round_keys: NDArray[np.uint64]
    """The same as `cxsim.probability.random_numbers` takes it."""
    trace: Table
    ledger: Table
    trained: Floats
    """[agent, training] share of the training's uplift that is left."""


_Tables = namedtuple("World", (*Plan._fields, *State._fields, *Tally._fields))  # type: ignore[misc]
_Tables.constant = frozenset(Plan._fields)  # type: ignore[attr-defined]


def world_of(plan: Plan, state: State, tally: Tally) -> Any:
    """Plan, state and tally as one record; arrays are shared, not copied."""
    return _Tables._make([*plan, *state, *tally])


def empty_state(plan: Plan, names: Names, seed: int, replication: int, warm_up_weeks: int, trace: bool) -> State:
    """Tables of the right shapes with nothing in them; `cxsim.model` sets the start."""
    n_visits, n_cases = 4096, 4096
    counters = np.zeros(COUNTERS, dtype=np.int64)
    counters[WEEK_ZERO] = warm_up_weeks
    counters[FREE_VISITS] = n_visits
    counters[FREE_CASES] = n_cases
    counters[TRACING] = trace
    customers = int(plan.segments["slots"].sum())
    one_open = bool(plan.reasons["one_open"].any())
    return State(
        cases=aligned(n_cases, CASE),
        visits=aligned(n_visits, VISIT),
        new_case=one_row(CASE, NEW_CASE),
        new_visit=one_row(VISIT, NEW_VISIT | {"cause_step": len(plan.steps), "cause_step_before": len(plan.steps)}),
        agents=aligned(len(plan.roster), AGENT_STATE),
        team_state=np.zeros(len(plan.teams), dtype=TEAM_STATE),
        idle_first=np.full(len(plan.roster), -1, dtype=np.int64),
        idle_last=np.full(len(plan.roster), -1, dtype=np.int64),
        queue_length=np.zeros(len(plan.queues), dtype=np.int64),
        channel_load=np.zeros(len(plan.channels), dtype=np.int64),
        stream_state=np.zeros(len(plan.streams), dtype=STREAM_STATE),
        customers=aligned(customers, CUSTOMER),
        open_cases=np.zeros((customers, len(plan.reasons)) if one_open else (1, 1), dtype=np.int32),
        free_slots=np.full(customers, -1, dtype=np.int32),
        passes=np.zeros((n_cases, len(plan.steps)), dtype=np.uint16),
        skill_state=aligned((len(plan.roster), len(names.skills)), SKILL_STATE),
        busyness=np.ones(len(plan.days)),
        free_visits=np.arange(n_visits, dtype=np.int64)[::-1].copy(),
        free_cases=np.arange(n_cases, dtype=np.int64)[::-1].copy(),
        calls=np.zeros(256, dtype=np.int64),
        freed=np.zeros(2 * len(plan.roster) + 1, dtype=np.int64),
        counters=counters,
        moments=np.zeros(1, dtype=MOMENT),
        key=np.array([seed, replication], dtype=np.uint64),
        round_keys=round_keys(seed, replication),
        trace=np.zeros(65536 if trace else 1, dtype=TRACE),
        ledger=np.zeros(65536 if trace else 1, dtype=LEDGER),
        trained=np.zeros((len(plan.roster), len(plan.trainings))),
    )


def copy_of(state: Any) -> Any:
    """A state or tally whose arrays are its own."""
    return type(state)(*map(copied, state))


def following(state: State, plan: Plan) -> State:
    """The state as a new plan finds it: open cases by customer are counted anew, since other reasons may want them."""
    if not plan.reasons["one_open"].any():
        return state
    counts = np.zeros((len(state.customers), len(plan.reasons)), dtype=np.int32)
    opened = state.cases[state.cases["status"] == OPEN]
    np.add.at(counts, (opened["customer"], opened["reason"]), 1)
    return state._replace(open_cases=counts)


def roomier(state: State) -> State:
    """The same state with twice the rows for cases and visits."""
    visits, cases, counters = len(state.visits), len(state.cases), state.counters
    free_visits = np.concatenate([np.arange(visits, 2 * visits)[::-1], state.free_visits[: counters[FREE_VISITS]]])
    free_cases = np.concatenate([np.arange(cases, 2 * cases)[::-1], state.free_cases[: counters[FREE_CASES]]])
    counters[FREE_VISITS], counters[FREE_CASES] = len(free_visits), len(free_cases)
    pad = 2 * visits - len(free_visits), 2 * cases - len(free_cases)
    return state._replace(
        visits=copied(state.visits, 2 * visits),
        cases=copied(state.cases, 2 * cases),
        passes=np.concatenate([state.passes, np.zeros_like(state.passes)]),
        free_visits=np.concatenate([free_visits, np.zeros(pad[0], dtype=np.int64)]),
        free_cases=np.concatenate([free_cases, np.zeros(pad[1], dtype=np.int64)]),
    )
