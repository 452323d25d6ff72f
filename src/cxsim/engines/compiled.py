"""The same events as the SimPy engine, bit for bit, at the speed of machine code.

A heap of timers and a heap per line are all that is here; what happens at each moment is the same rule that the SimPy
engine calls, and simultaneous events run in the same total order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.engines.lines import Lines, empty_lines, head, line_up, remove
from cxsim.engines.order import BACK, FLOW, MARGIN, MARK, RANK_BITS, RANKS, Keep, hand_over, has_room
from cxsim.handle import handle
from cxsim.jit import compile_for, compiled
from cxsim.plan.tables import Floats, Ints, Plan
from cxsim.rules.agents import ANY, OFF, RESTS, come_back, pass_mark, ready
from cxsim.rules.contacts import abandon
from cxsim.rules.demand import candidate
from cxsim.rules.endings import end_hold, end_wrap_up
from cxsim.rules.finishing import end_delay, finish
from cxsim.rules.routing import come
from cxsim.rules.serving import begin
from cxsim.rules.ticks import withdraw
from cxsim.state import (
    CALLS,
    CHASING,
    COMING,
    DELAYED,
    FREE,
    FREE_CASES,
    FREE_VISITS,
    FREED,
    FULL,
    HOLDING,
    LEAVING,
    LEDGERED,
    SERVED,
    TRACED,
    TRACING,
    WAITING,
    WRAPPING,
    State,
    roomier,
    world_of,
)
from cxsim.tally import Tally

ARITY = 4
COUNT, BEGUN = 0, 1
FINISHED, WANTS_ROOM = 0, 1


class Timers(NamedTuple):
    """A 4-ary heap of (time, order) with the row and stamp each timer is for; `armed` is the stamp it was set for."""

    time: Floats
    order: Ints
    row: Ints
    stamp: Ints
    marks: Ints
    """Timers set; whether the state has been taken up."""
    armed: Ints


def compile_engine(world: Any, queues: int) -> None:
    """Compile the event loop for a world like this, without running it."""
    compile_for(_run, world, _nothing_set(1), empty_lines(queues, 1), 0.0, 0.0)


def _nothing_set(rows: int) -> Timers:
    """No timer yet."""
    order, row, stamp = (np.zeros(16384, dtype=np.int64) for _ in range(3))
    armed = np.full(rows, -1, dtype=np.int64)
    return Timers(np.zeros(16384), order, row, stamp, np.zeros(2, dtype=np.int64), armed)


def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
    """Run every event in [start, until) and return the state (its tables may have grown; all are written in place).

    `keep` is handed the rows of trace and ledger whenever their buffers fill up.
    """
    timers = _nothing_set(len(state.visits))
    lines = empty_lines(len(plan.queues), len(state.visits))
    while _run(handle(world_of(plan, state, tally)), timers, lines, start, until) == WANTS_ROOM:
        if state.counters[FULL]:
            raise RuntimeError("a table of the state is full: more rows were made at once than were kept free")
        while not has_room(state):
            state = roomier(state)
        hand_over(state, keep)
        timers, lines = _longer(timers, len(state.visits)), _wider(lines, len(state.visits))
    return state


def _longer(timers: Timers, rows: int) -> Timers:
    """The same timers with room for more."""
    n = int(timers.marks[COUNT])
    size = len(timers.time)
    while n + 2 * rows + MARGIN > size:
        size *= 2
    time, order, row, stamp = (np.concatenate([a, np.zeros(size - len(a), dtype=a.dtype)]) for a in timers[:4])
    armed = np.concatenate([timers.armed, np.full(rows - len(timers.armed), -1, dtype=np.int64)])
    return Timers(time, order, row, stamp, timers.marks, armed)


def _wider(lines: Lines, rows: int) -> Lines:
    """The same lines for more rows."""
    more = rows - len(lines.child)
    if more == 0:
        return lines
    fresh = empty_lines(1, more)
    return Lines(lines.front, *(np.concatenate(pair) for pair in zip(lines[1:], fresh[1:], strict=True)))


@compiled
def _push(timers: Any, time: float, order: int, row: int, stamp: int) -> None:
    i = timers.marks[COUNT]
    timers.marks[COUNT] = i + 1
    while i > 0:
        p = (i - 1) // ARITY
        if timers.time[p] < time or (timers.time[p] == time and timers.order[p] <= order):
            break
        timers.time[i] = timers.time[p]
        timers.order[i] = timers.order[p]
        timers.row[i] = timers.row[p]
        timers.stamp[i] = timers.stamp[p]
        i = p
    timers.time[i] = time
    timers.order[i] = order
    timers.row[i] = row
    timers.stamp[i] = stamp


@compiled
def _drop_first(timers: Any) -> None:
    n = timers.marks[COUNT] - 1
    timers.marks[COUNT] = n
    time = timers.time[n]
    order = timers.order[n]
    i = 0
    while True:
        first = ARITY * i + 1
        if first >= n:
            break
        best = first
        for k in range(first + 1, min(first + ARITY, n)):
            if timers.time[k] < timers.time[best] or (
                timers.time[k] == timers.time[best] and timers.order[k] < timers.order[best]
            ):
                best = k
        if time < timers.time[best] or (time == timers.time[best] and order <= timers.order[best]):
            break
        timers.time[i] = timers.time[best]
        timers.order[i] = timers.order[best]
        timers.row[i] = timers.row[best]
        timers.stamp[i] = timers.stamp[best]
        i = best
    timers.time[i] = time
    timers.order[i] = order
    timers.row[i] = timers.row[n]
    timers.stamp[i] = timers.stamp[n]


@compiled
def _arm(w: Any, timers: Any, lines: Any, v: int) -> None:
    """Take up visit row v: its place in the line, the timer of what it does."""
    visit = w.visits[v]
    status = visit["status"]
    stamp = visit["stamp"]
    if status == FREE or timers.armed[v] == stamp:
        return
    timers.armed[v] = stamp
    if status == WAITING:
        line_up(w, lines, v)
    if visit["due_at"] < np.inf:
        _push(timers, visit["due_at"], (RANKS[status] << RANK_BITS) + visit["key"], v, stamp)


@compiled
def _next_for(w: Any, lines: Any, a: int, may: int) -> int:
    """Visit that agent a takes next, in the order of the agent's skills; -1 if none waits."""
    first = w.roster[a]["first_skill"]
    for i in range(first, first + w.roster[a]["skills"]):
        alone = head(w, lines, w.agent_queue[i]["queue"]) if may == ANY else -1
        beside = head(w, lines, w.agent_queue[i]["shared"])
        if beside >= 0 and w.agents[a]["load"] >= w.channels[w.visits[beside]["channel"]]["at_once"]:
            beside = -1
        if alone < 0 and beside < 0:
            continue
        if alone < 0:
            return beside
        if beside < 0:
            return alone
        if lines.priority[alone] != lines.priority[beside]:
            return alone if lines.priority[alone] < lines.priority[beside] else beside
        if lines.age[alone] != lines.age[beside]:
            return alone if lines.age[alone] < lines.age[beside] else beside
        return alone if lines.key[alone] < lines.key[beside] else beside
    return -1


@compiled
def _release(w: Any, timers: Any, lines: Any, a: int, t: float) -> None:
    """Agent a looks for work: a rest that is owed comes first, then the lines."""
    while True:
        may = ready(w, a, t)
        if may == RESTS:
            _push(timers, w.agents[a]["back_at"], (BACK << RANK_BITS) + a, a, 0)
        if may == RESTS or may == OFF:
            return
        v = _next_for(w, lines, a, may)
        if v < 0:
            return
        remove(lines, v)
        begin(w, v, a, t)
        _arm(w, timers, lines, v)


@compiled
def _settle(w: Any, timers: Any, lines: Any, t: float) -> None:
    """Take up the rows that a rule has set going, then let freed agents look for work, until nothing is left.

    Both lists are emptied before they are worked through, since working through them fills them again.
    """
    rows = np.empty(len(w.calls), dtype=np.int64)
    while True:
        n = w.counters[CALLS]
        if n > 0:
            w.counters[CALLS] = 0
            for i in range(n):
                rows[i] = w.calls[i]
            for i in range(n):
                _arm(w, timers, lines, rows[i])
            continue
        n = w.counters[FREED]
        if n == 0:
            return
        w.counters[FREED] = 0
        for i in range(n):
            rows[i] = w.freed[i]
        for i in range(n):
            _release(w, timers, lines, rows[i], t)


@compiled
def _take_up(w: Any, timers: Any, lines: Any, t: float) -> None:
    """Set a timer for everything that is going on in the state."""
    for f in range(len(w.flows)):
        if w.flow_state[f]["next_at"] < np.inf:
            _push(timers, w.flow_state[f]["next_at"], (FLOW << RANK_BITS) + f, f, 0)
    for a in range(len(w.roster)):
        if w.agents[a]["mark_at"] < np.inf:
            _push(timers, w.agents[a]["mark_at"], (MARK << RANK_BITS) + a, a, 0)
        if w.agents[a]["back_at"] < np.inf:
            _push(timers, w.agents[a]["back_at"], (BACK << RANK_BITS) + a, a, 0)
    for v in range(len(w.visits)):
        _arm(w, timers, lines, v)
    for a in range(len(w.roster)):
        if w.agents[a]["on_duty"] == 1:
            _release(w, timers, lines, a, t)
    _settle(w, timers, lines, t)


@compiled
def _fall_due(w: Any, v: int, t: float) -> None:
    """The time of visit row v has come."""
    status = w.visits[v]["status"]
    if status == SERVED:
        finish(w, v, t)
    elif status == COMING or status == CHASING:
        come(w, v, t)
    elif status == WAITING:
        abandon(w, v, t)
    elif status == DELAYED:
        end_delay(w, v, t)
    elif status == WRAPPING:
        end_wrap_up(w, v, t)
    elif status == HOLDING:
        end_hold(w, v, t)
    elif status == LEAVING:
        withdraw(w, v, t)


@compiled
def _run(w: Any, timers: Any, lines: Any, start: float, until: float) -> int:
    """Run events until the next tick, or until the tables want more room."""
    if timers.marks[BEGUN] == 0:
        if len(w.visits) + len(w.flows) + 2 * len(w.roster) + MARGIN > len(timers.time):
            return WANTS_ROOM
        timers.marks[BEGUN] = 1
        _take_up(w, timers, lines, start)
    tracing = w.counters[TRACING] == 1
    while timers.marks[COUNT] > 0 and timers.time[0] < until:
        if (
            w.counters[FREE_VISITS] < MARGIN
            or w.counters[FREE_CASES] < MARGIN
            or w.counters[FULL] != 0
            or timers.marks[COUNT] + MARGIN > len(timers.time)
            or (tracing and max(w.counters[TRACED], w.counters[LEDGERED]) > len(w.trace) - 8192)
        ):
            return WANTS_ROOM
        t = timers.time[0]
        rank = timers.order[0] >> RANK_BITS
        row = timers.row[0]
        stamp = timers.stamp[0]
        _drop_first(timers)
        if rank == FLOW:
            v = candidate(w, row, t)
            if w.flow_state[row]["next_at"] < np.inf:
                _push(timers, w.flow_state[row]["next_at"], (FLOW << RANK_BITS) + row, row, 0)
            if v >= 0:
                _arm(w, timers, lines, v)
        elif rank == MARK:
            pass_mark(w, row, t)
            if w.agents[row]["mark_at"] < np.inf:
                _push(timers, w.agents[row]["mark_at"], (MARK << RANK_BITS) + row, row, 0)
        elif rank == BACK:
            if w.agents[row]["back_at"] != t:
                continue
            come_back(w, row, t)
        else:
            if w.visits[row]["stamp"] != stamp:
                continue
            _fall_due(w, row, t)
            _arm(w, timers, lines, row)
        _settle(w, timers, lines, t)
    return FINISHED
