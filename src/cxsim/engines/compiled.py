"""The same events as the SimPy engine, bit for bit, at the speed of machine code.

Timers and lines are all that is here; what happens at each moment is the same rule that the SimPy
engine calls, and simultaneous events run in the same total order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.engines.lines import empty_lines, head, line_up, longer_lines, remove
from cxsim.engines.order import BACK, BUFFER, FLOW, MARGIN, MARK, RANK_BITS, RANKS, Keep, hand_over, has_room
from cxsim.engines.timers import first_timer, more_timers, no_timers, put_away, set_stream, set_timer, take_first
from cxsim.handle import handle
from cxsim.jit import compile_for, compiled, entry, inlined, time_key, time_of
from cxsim.native_tables import prefetch
from cxsim.plan.tables import Ints, Plan
from cxsim.rules.agents import ANY, OFF, RESTS, come_back, pass_mark, ready
from cxsim.rules.contacts import abandon
from cxsim.rules.demand import arise
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

FINISHED, WANTS_ROOM = 0, 1


class Loop(NamedTuple):
    """What the event loop knows besides the state."""

    armed: Ints
    """[visit row] stamp that its timer or place in line was set for."""
    begun: Ints
    """1: the state has been taken up."""


def compile_engine(world: Any, queues: int) -> None:
    """Compile the event loop for a world like this, without running it."""
    compile_for(_run, world, handle(_fresh(1)), handle(no_timers(1)), handle(empty_lines(queues, 1)), 0.0, 0.0)


def _fresh(visits: int) -> Loop:
    return Loop(np.full(visits, -1, dtype=np.int64), np.zeros(1, dtype=np.int64))


def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
    """Run every event in [start, until) and return the state (its tables may have grown; all are written in place).

    `keep` is handed the rows of trace and ledger whenever their buffers fill up.
    """
    others = len(plan.flows) + 2 * len(plan.roster)
    visits = len(state.visits)
    loop, timers, lines = _fresh(visits), no_timers(others + visits), empty_lines(len(plan.queues), visits)
    while True:
        world = handle(world_of(plan, state, tally))
        finished = _run(world, handle(loop), handle(timers), handle(lines), start, until) == FINISHED
        if state.counters[FULL]:
            raise RuntimeError("a table of the state is full: more rows were made at once than were kept free")
        while not has_room(state):
            state = roomier(state)
        if finished:
            return state
        hand_over(state, keep)
        more = len(state.visits) - len(loop.armed)
        if more:
            loop = loop._replace(armed=np.concatenate([loop.armed, np.full(more, -1, dtype=np.int64)]))
            timers, lines = more_timers(timers, others + len(state.visits)), longer_lines(lines, len(state.visits))


@inlined
def _arm(w: Any, loop: Any, timers: Any, lines: Any, v: int, t: float) -> None:
    """Take up visit row v: its place in the line, the timer of what it does."""
    visit = w.visits[v]
    status = visit["status"]
    stamp = visit["stamp"]
    if status == FREE or loop.armed[v] == stamp:
        return
    loop.armed[v] = stamp
    if status == WAITING:
        line_up(w, lines, v)
    due_at = visit["due_at"]
    if due_at < np.inf:
        row = len(w.flows) + 2 * len(w.roster) + v
        set_timer(timers, row, due_at, (RANKS[status] << RANK_BITS) + visit["key"], t)


@inlined
def _expect_candidate(w: Any, timers: Any, f: int) -> None:
    if w.flow_state[f]["next_at"] < np.inf:
        set_stream(timers, f, w.flow_state[f]["next_at"], (FLOW << RANK_BITS) + f)


@compiled
def _expect_mark(w: Any, timers: Any, a: int, t: float) -> None:
    if w.agents[a]["mark_at"] < np.inf:
        set_timer(timers, len(w.flows) + a, w.agents[a]["mark_at"], (MARK << RANK_BITS) + a, t)


@compiled
def _expect_back(w: Any, timers: Any, a: int, t: float) -> None:
    if w.agents[a]["back_at"] < np.inf:
        set_timer(timers, len(w.flows) + len(w.roster) + a, w.agents[a]["back_at"], (BACK << RANK_BITS) + a, t)


@inlined
def _next_for(w: Any, lines: Any, a: int, may: int) -> int:
    """Visit that agent a takes next, in the order of the agent's skills; -1 if none waits."""
    first = w.roster[a]["first_skill"]
    for i in range(first, first + w.roster[a]["skills"]):
        own = w.agent_queue[i]["queue"]
        shared = w.agent_queue[i]["shared"]
        alone = head(w, lines, own) if may == ANY and w.queue_length[own] > 0 else -1
        beside = head(w, lines, shared) if w.queue_length[shared] > 0 else -1
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


@inlined
def _release(w: Any, timers: Any, lines: Any, a: int, t: float) -> int:
    """Agent a looks for work: a rest that is owed comes first, then the lines.  Visit that is begun, -1: none."""
    may = ready(w, a, t)
    if may == RESTS:
        _expect_back(w, timers, a, t)
    if may == RESTS or may == OFF:
        return -1
    v = _next_for(w, lines, a, may)
    if v >= 0:
        remove(lines, v)
        begin(w, v, a, t)
    return v


@inlined
def _settle(w: Any, loop: Any, timers: Any, lines: Any, v: int, t: float) -> None:
    """Take up row v (-1: none) and those that a rule has set going, then let freed agents look for work.

    Who holds several contacts looks again, until nothing is left.
    """
    taken = 0
    done = 0
    while True:
        while True:
            if v < 0:
                if taken == w.counters[CALLS]:
                    w.counters[CALLS] = taken = 0
                    break
                v = w.calls[taken]
                taken += 1
            _arm(w, loop, timers, lines, v, t)
            v = -1
        if done == w.counters[FREED]:
            break
        a = w.freed[done]
        v = _release(w, timers, lines, a, t)
        if v < 0 or w.agents[a]["shared"] == 0:
            done += 1
    w.counters[FREED] = 0


@compiled
def _take_up(w: Any, loop: Any, timers: Any, lines: Any, t: float) -> None:
    """Set a timer for everything that is going on in the state."""
    for f in range(len(w.flows)):
        _expect_candidate(w, timers, f)
    for a in range(len(w.roster)):
        _expect_mark(w, timers, a, t)
        _expect_back(w, timers, a, t)
    for v in range(len(w.visits)):
        _arm(w, loop, timers, lines, v, t)


@inlined
def _fall_due(w: Any, v: int, t: float) -> None:
    """The time of visit row v has come; the customer's row is fetched meanwhile, for the case may end."""
    prefetch(w.customers, w.cases[w.visits[v]["case"]]["customer"])
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


@inlined
def _wants_room(w: Any) -> bool:
    """Whether tables or the buffers of the trace are nearly full."""
    if w.counters[FREE_VISITS] < MARGIN or w.counters[FREE_CASES] < MARGIN or w.counters[FULL] != 0:
        return True
    return bool(w.counters[TRACING] == 1 and max(w.counters[TRACED], w.counters[LEDGERED]) > len(w.trace) - BUFFER)


@entry
def _run(w: Any, loop: Any, timers: Any, lines: Any, start: float, until: float) -> int:
    """Run events until the next tick, or until the tables want more room."""
    if loop.begun[0] == 0:
        loop.begun[0] = 1
        _take_up(w, loop, timers, lines, start)
    marks = len(w.flows)
    backs = marks + len(w.roster)
    visits = backs + len(w.roster)
    end = time_key(until)
    t = start
    v = -1
    while True:
        _settle(w, loop, timers, lines, v, t)
        put_away(timers)
        first = first_timer(timers)
        key = timers.heap[first]["key"]
        if key >= end:
            return FINISHED
        if _wants_room(w):
            return WANTS_ROOM
        t = time_of(key)
        row = take_first(timers, first)
        v = -1
        if row >= visits:
            if w.visits[row - visits]["due_at"] == t:  # else it does something else by now
                v = row - visits
        elif row < marks:
            v = arise(w, row, t)
            _expect_candidate(w, timers, row)
        elif row < backs:
            pass_mark(w, row - marks, t)
            _expect_mark(w, timers, row - marks, t)
        elif w.agents[row - backs]["back_at"] == t:
            come_back(w, row - backs, t)
        if v >= 0:
            _fall_due(w, v, t)
