"""The state: everything that is going on at an instant, as tables that either engine can take up.

A case is a row, a visit in progress is a row, and so is whatever waits for its time: a redial, a chaser, a wrap-up.
Nothing that matters lives anywhere else, so a run can be written down at any tick and continued.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.plan.names import Names
from cxsim.plan.tables import Floats, Ints, Plan, Table
from cxsim.recovery_sums import OF_COMPLAINTS
from cxsim.sales_sums import OF_SALES
from cxsim.seats import AGENT_STATE, TEAM_STATE
from cxsim.streams import round_keys
from cxsim.tally import Cause, Tally

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
"""What a row that is COMING does when its time is there (`through`)."""

# what a case is
NO_CASE, SCHEDULED, OPEN, CLOSED, REACHING = 0, 1, 2, 3, 4
"""REACHING: no case of a customer's, but a call of ours about one that is over (`cxsim.rules.recovery`)."""

# rows of `counters`
WEEK_ZERO, FREE_VISITS, FREE_CASES, CALLS, FREED, TRACED, LEDGERED, SERIAL, TRACING, FULL = range(10)
COUNTERS = 12

CASE = np.dtype(
    [
        ("status", "i4"),
        ("word", "u8"),  # hash of segment/reason/stream
        ("number", "u8"),  # candidate number; recurrences count in the upper 16 bits
        ("flow", "i4"),
        ("segment", "i4"),
        ("reason", "i4"),
        ("customer", "i4"),  # row of the customer
        ("serial", "i8"),  # order of opening
        ("made", "i4"),  # rows made for it
        ("rows", "i4"),  # rows alive
        ("first_row", "i4"),  # the one made last, -1: none; the others follow by `next_row`
        ("live", "i4"),  # contacts and branches in progress
        ("opened_at", "f8"),
        ("cohort", "i4"),  # row of the week it was opened in
        ("resolved_at", "f8"),  # inf: not resolved
        ("closed_how", "i4"),
        ("first_resolved", "i4"),
        ("contacts", "i4"),
        ("handled", "i4"),  # handled contacts that could resolve
        ("answered", "i4"),  # all handled contacts, chasers too
        ("repeats", "i4"),
        ("chasers", "i4"),
        ("complaints", "i4"),
        ("returns", "i4"),
        ("main_row", "i4"),  # visit row of the matter itself, from the first contact to the end of the last
        ("chaser_row", "i4"),  # visit row of the chaser to come, -1: none
        ("leaving_row", "i4"),  # visit row of the withdrawal to come, -1: none
        ("heard", "i4"),  # 1: somebody has worked on it before
        ("promise_at", "f8"),  # inf: none
        ("promise_clock", "i4"),
        ("promise_left", "f8"),  # while paused
        ("paused", "i4"),
        ("told", "i4"),
        ("heeds", "i4"),  # 1: proactive updates keep this customer from asking
        ("updates_from", "f8"),
        ("updates", "f8"),
        ("news_at", "f8"),
        ("chase_at", "f8"),  # the ask budget was reckoned up to here
        ("chase_left", "f8"),
        ("no_further", "i4"),  # 1: no further contact within the window of the first
        ("first_ended_at", "f8"),
        ("felt", "f8"),  # felt minutes of waiting
        ("strain", "f8"),  # ln(1 + half of them)
        ("z", "f8"),  # proficiency of the last agent
        ("wrong", "i4"),  # a decision under a right was wrong, or work holds an error
        ("wrongs", "i4"),
        ("transfers", "i4"),
        ("cost", "f8"),
        ("sold", "f8"),
        ("recurrence", "i4"),
        *OF_SALES,
        *OF_COMPLAINTS,
        ("entered", "i4"),  # causes with an entry in the ledger: 1, 2, 4, ...
        ("effort", "f8"),  # all entries of the ledger
        ("failed_at", "i4"),  # step at which it was given up, -1: none
        ("done_at", "i4"),  # step at which it was resolved, -1: none
        ("late_at", "i4"),  # step at which it was when its promise was missed, -1: not known yet
        ("ledger", "f8", (len(Cause),)),
    ],
    align=True,
)

VISIT = np.dtype(
    [
        ("status", "i4"),
        ("stamp", "i8"),  # grows with every change; an engine's timer is void when it no longer fits
        ("due_at", "f8"),
        ("key", "i8"),  # order among simultaneous events
        ("case", "i4"),
        ("next_row", "i4"),  # of the same case, -1: none
        ("kind", "i4"),
        ("ordinal", "i4"),
        ("attempt", "i4"),
        ("leg", "i4"),  # queues joined in this attempt
        ("reason", "i4"),  # contact reason
        ("channel", "i4"),
        ("present", "i4"),  # the customer is on the line
        ("inside", "i4"),  # takes up a line
        ("step", "i4"),
        ("branch", "i4"),
        ("parent", "i4"),  # row that waits for this branch; or row this one belongs to
        ("awaits", "i4"),  # branches not yet back
        ("through", "i4"),  # enters its step without starting a new contact
        ("queue", "i4"),
        ("priority", "i4"),
        ("age_at", "f8"),  # place in the queue
        ("queued_at", "f8"),
        ("began_at", "f8"),
        ("agent", "i4"),
        ("held", "i4"),  # first agent of a warm transfer, -1: none
        ("held_step", "i4"),
        ("call_back", "i4"),  # accepted a call back
        ("tries", "i4"),
        ("missed", "i4"),  # this try will not reach the customer
        ("back_to", "i4"),  # step to continue at after a call back on a missed call
        ("was", "i4"),  # kind before it became a RETURN
        ("was_reason", "i4"),
        ("sla_at", "f8"),
        ("pass", "i4"),
        ("at_step", "f8"),  # instant it came to the step
        ("team", "i4"),  # team it came to last in this contact, -1: none yet
        ("origin", "i4"),  # why the contact is made
        ("blame", "i4"),  # step that caused it; where none is known, the row behind the last step
        ("was_origin", "i4"),  # both, before it became a RETURN
        ("was_blame", "i4"),
        ("lost_at", "i4"),  # step whose queue the last attempt left
        ("strayed", "i4"),  # step that sent it to the wrong desk where it is now, -1: none
    ],
    align=True,
)
"""Whole numbers in a row stay below 2**31, but for those that count events."""

_OF_NEW_CASE = {
    "first_row": -1, "opened_at": np.inf, "resolved_at": np.inf, "chaser_row": -1, "leaving_row": -1,
    "promise_at": np.inf, "promise_clock": 1, "updates_from": np.inf, "news_at": np.inf, "chase_at": np.inf,
    "no_further": 1, "first_ended_at": np.inf, "wrong_at": -1, "sold_at": -1, "score": -1, "lost_at": np.inf,
    "complained_at": np.inf, "answer_due_at": np.inf, "failed_at": -1, "done_at": -1, "late_at": -1,
}  # fmt: skip
_OF_NEW_VISIT = {
    "step": -1, "parent": -1, "queue": -1, "age_at": np.inf, "queued_at": np.inf, "began_at": np.inf, "agent": -1,
    "held": -1, "held_step": -1, "back_to": -1, "was_reason": -1, "sla_at": np.inf, "at_step": np.inf, "team": -1,
    "lost_at": -1, "strayed": -1,
}  # fmt: skip


def _blank(kind: np.dtype[np.void], values: Mapping[str, float]) -> Table:
    """One row of a kind, zero but for some values."""
    row = np.zeros(1, dtype=kind)
    for name, value in values.items():
        row[name] = value
    return row


FLOW_STATE = np.dtype([("number", "i8"), ("next_at", "f8")], align=True)
MOMENT = np.dtype([("week", "i8"), ("phase", "i8"), ("hour", "i8"), ("until", "f8")], align=True)
CUSTOMER = np.dtype(
    [
        ("level", "f8"),  # relationship, SD
        ("own", "f8"),  # what it returns to
        ("felt", "f8"),  # what is left of satisfaction with the last case, SD
        ("at", "f8"),  # instant at which level and felt are so: the last close of a week, or what moved them since
        ("luck", "f8"),  # chance to have stayed (an empty slot: empty) so far / luck of it; below 1: no longer
        ("last_at", "f8"),  # instant of the last case
        ("asked_at", "f8"),  # instant of the last offer
        ("generation", "i4"),
        ("present", "i1"),  # 1: the slot is taken
        ("cohort", "i1"),  # 1: was a customer at time 0
        ("referred", "i1"),  # 1: came because another customer referred them
        ("held", "i1"),  # 1: of a customer who left, cases are not closed yet (at the last close of a week)
    ],
    align=True,
)
"""One cache line of 64 bytes: every one is gone through at every close of a week."""
TRACE = np.dtype(
    [
        ("word", "u8"), ("number", "u8"), ("segment", "i8"), ("reason", "i8"), ("contact_reason", "i8"),
        ("kind", "i8"), ("ordinal", "i8"), ("attempt", "i8"), ("channel", "i8"), ("step", "i8"), ("branch", "i8"),
        ("pass", "i8"), ("agent", "i8"), ("present", "i8"), ("queued_at", "f8"), ("began_at", "f8"),
        ("ended_at", "f8"), ("outcome", "i8"),
    ],
    align=True,
)  # fmt: skip
LEDGER = np.dtype([("word", "u8"), ("number", "u8"), ("at", "f8"), ("cause", "i8"), ("effort", "f8")], align=True)

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
    flow_state: Table
    customers: Table
    open_cases: NDArray[np.int32]
    """[customer, reason] open cases, where a reason allows only one; else (1, 1)."""
    passes: NDArray[np.uint16]
    """[case row, step] how often the case came to the step."""
    proficiency: Floats
    """[agent, skill] SD units."""
    busyness: Floats
    """[day] factor on demand, this replication's luck."""
    free_visits: Ints
    free_cases: Ints
    """Stacks of free rows; their heights are in `counters`."""
    calls: Ints
    """Rows that a rule has set going and the engine has to take up."""
    freed: Ints
    """Agents whom a rule has freed."""
    counters: Ints
    moments: Table
    """One row: the week, phase and hour of the week that things are counted in, and until when that hour holds."""
    key: NDArray[np.uint64]
    """(seed, replication)."""
    round_keys: NDArray[np.uint64]
    """The same as `cxsim.streams` takes it."""
    trace: Table
    ledger: Table
    talent: Floats
    """[agent, skill] how the person differs from the team's mean, SD."""
    acquired: Floats
    """[agent, skill] proficiency without what courses add, SD."""
    practised: Floats
    """[agent, skill] minutes of work since the last close."""
    known: Ints
    """[agent, skill] 1: the person has taken the skill up."""
    trained: Floats
    """[agent, course] share of the course's uplift that is left."""


World = namedtuple("World", (*Plan._fields, *State._fields, *Tally._fields))  # type: ignore[misc]
"""Plan, state and tally side by side: what every rule is given."""
World.constant = frozenset(Plan._fields)  # type: ignore[attr-defined]


def world_of(plan: Plan, state: State, tally: Tally) -> Any:
    """Plan, state and tally as one record; arrays are shared, not copied."""
    return World(**plan._asdict(), **state._asdict(), **tally._asdict())


def empty_state(plan: Plan, names: Names, seed: int, replication: int, warm_up_weeks: int, trace: bool) -> State:
    """Tables of the right shapes with nothing in them; `cxsim.rules` sets the start."""
    n_visits, n_cases = 4096, 4096
    counters = np.zeros(COUNTERS, dtype=np.int64)
    counters[WEEK_ZERO] = warm_up_weeks
    counters[FREE_VISITS] = n_visits
    counters[FREE_CASES] = n_cases
    counters[TRACING] = trace
    customers = int(plan.segments["customers"].sum())
    one_open = bool(plan.reasons["one_open"].any())
    return State(
        cases=np.zeros(n_cases, dtype=CASE),
        visits=np.zeros(n_visits, dtype=VISIT),
        new_case=_blank(CASE, _OF_NEW_CASE),
        new_visit=_blank(VISIT, _OF_NEW_VISIT | {"blame": len(plan.steps), "was_blame": len(plan.steps)}),
        agents=np.zeros(len(plan.roster), dtype=AGENT_STATE),
        team_state=np.zeros(len(plan.teams), dtype=TEAM_STATE),
        idle_first=np.full(len(plan.roster), -1, dtype=np.int64),
        idle_last=np.full(len(plan.roster), -1, dtype=np.int64),
        queue_length=np.zeros(len(plan.queues), dtype=np.int64),
        channel_load=np.zeros(len(plan.channels), dtype=np.int64),
        flow_state=np.zeros(len(plan.flows), dtype=FLOW_STATE),
        customers=np.zeros(customers, dtype=CUSTOMER),
        open_cases=np.zeros((customers, len(plan.reasons)) if one_open else (1, 1), dtype=np.int32),
        passes=np.zeros((n_cases, len(plan.steps)), dtype=np.uint16),
        proficiency=np.zeros((len(plan.roster), len(names.skills))),
        busyness=np.ones(len(plan.days)),
        free_visits=np.arange(n_visits, dtype=np.int64)[::-1].copy(),
        free_cases=np.arange(n_cases, dtype=np.int64)[::-1].copy(),
        calls=np.zeros(256, dtype=np.int64),
        freed=np.zeros(max(256, 2 * len(plan.roster)), dtype=np.int64),
        counters=counters,
        moments=np.zeros(1, dtype=MOMENT),
        key=np.array([seed, replication], dtype=np.uint64),
        round_keys=round_keys(seed, replication),
        trace=np.zeros(65536 if trace else 1, dtype=TRACE),
        ledger=np.zeros(65536 if trace else 1, dtype=LEDGER),
        talent=np.zeros((len(plan.roster), len(names.skills))),
        acquired=np.zeros((len(plan.roster), len(names.skills))),
        practised=np.zeros((len(plan.roster), len(names.skills))),
        known=np.zeros((len(plan.roster), len(names.skills)), dtype=np.int64),
        trained=np.zeros((len(plan.roster), len(plan.courses))),
    )


def copy_of(state: Any) -> Any:
    """A state or tally whose arrays are its own."""
    return type(state)(*(a.copy() for a in state))


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
    counters[FULL] = 0
    pad = 2 * visits - len(free_visits), 2 * cases - len(free_cases)
    return state._replace(
        visits=np.concatenate([state.visits, np.zeros(visits, dtype=VISIT)]),
        cases=np.concatenate([state.cases, np.zeros(cases, dtype=CASE)]),
        passes=np.concatenate([state.passes, np.zeros_like(state.passes)]),
        free_visits=np.concatenate([free_visits, np.zeros(pad[0], dtype=np.int64)]),
        free_cases=np.concatenate([free_cases, np.zeros(pad[1], dtype=np.int64)]),
    )
