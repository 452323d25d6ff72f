"""The event loop as machine code: timers and queues, and at each moment the rule that the SimPy engine calls too."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np

from cxsim.engines.compiled.queues import Queues, empty_queues, head, is_first, join_queue, longer_queues, remove
from cxsim.engines.compiled.timers import (
    Timers,
    first_timer,
    more_timers,
    no_timers,
    put_away,
    set_stream,
    set_timer,
    take_first,
    unset_timer,
)
from cxsim.engines.order import BACK, BUFFER, MARGIN, MARK, RANK_BITS, RANKS, STREAM
from cxsim.model.agents import ANY, OFF, RESTS, come_back, pass_mark, ready, stay_idle
from cxsim.model.contacts import abandon
from cxsim.model.demand import arise
from cxsim.model.endings import end_hold, end_wrap_up
from cxsim.model.finishing import end_delay, finish
from cxsim.model.routing import come
from cxsim.model.serving import begin
from cxsim.model.withdrawal import withdraw
from cxsim.native.compiling import compiled, inlined, time_key, time_of
from cxsim.native.handle import handles
from cxsim.native.records import Floats
from cxsim.state.state import (
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
    LOOKED,
    SERVED,
    TRACED,
    TRACING,
    USED,
    WAITING,
    WRAPPING,
)
from cxsim.state.world import World

FINISHED, WANTS_ROOM = 0, 1

Loop = namedtuple("Loop", ("begins", *Timers._fields, *Queues._fields))  # type: ignore[misc]
"""What the event loop knows in addition to the state."""


class Pending(NamedTuple):
    """The same in parts."""

    begins: Floats
    """When the state is taken up, in which others may have changed rows, inf once it is; and the instant at which more
    room was wanted before all that happens then was settled."""
    timers: Timers
    waiting: Queues

    @property
    def loop(self) -> Any:
        """The parts side by side: what is handed to `run`."""
        return Loop._make([self.begins, *self.timers, *self.waiting])

    def longer(self, others: int, visits: int) -> Pending:
        """The same with room for `visits` visit rows; `others` have timers in addition."""
        return Pending(self.begins, more_timers(self.timers, others + visits), longer_queues(self.waiting, visits))


def nothing_pending(begins: float, others: int, visits: int, queues: int) -> Pending:
    """Nothing has been taken up yet."""
    return Pending(np.full(2, begins), no_timers(others + visits), empty_queues(queues, visits))


loop_at = handles("Loop", lambda: nothing_pending(0.0, 1, 1, 1).loop)


@inlined
def _arm(w: World, loop: Any, visits: int, v: int) -> None:
    """Take up visit row v: its place in the queue, the timer of what it does; `visits`: the first of visits' timers."""
    visit = w.visits[v]
    status = visit["status"]
    stamp = visit["stamp"]
    row = visits + v
    if status == FREE or loop.rows[row]["armed"] == stamp:
        return
    loop.rows[row]["armed"] = stamp
    if status == WAITING:
        join_queue(w, loop, v)
    due_at = visit["due_at"]
    if due_at < np.inf:
        set_timer(loop, row, due_at, (RANKS[status] << RANK_BITS) + visit["key"])


@inlined
def _expect_candidate(w: World, loop: Any, f: int) -> None:
    if w.stream_state[f]["next_at"] < np.inf:
        set_stream(loop, f, w.stream_state[f]["next_at"], (STREAM << RANK_BITS) + f)


@compiled
def _expect_mark(w: World, loop: Any, a: int) -> None:
    _expect(loop, len(w.streams) + a, w.agents[a]["mark_at"], (MARK << RANK_BITS) + a)


@compiled
def _expect_back(w: World, loop: Any, a: int) -> None:
    _expect(loop, len(w.streams) + len(w.roster) + a, w.agents[a]["back_at"], (BACK << RANK_BITS) + a)


@compiled
def _expect(loop: Any, row: int, at: float, order: int) -> None:
    """Set the timer of an agent's row; infinity: it is not due any more."""
    if at < np.inf:
        set_timer(loop, row, at, order)
    else:
        unset_timer(loop, row)


@inlined
def _next_for(w: World, loop: Any, a: int, may: int) -> int:
    """Visit that agent a takes next, in the order of the agent's skills; -1 if none waits."""
    first = w.roster[a]["first_skill"]
    for i in range(first, first + w.roster[a]["skills"]):
        own = w.agent_queue[i]["queue"]
        shared = w.agent_queue[i]["concurrent_queue"]
        alone = head(w, loop, own) if may == ANY and w.queue_length[own] > 0 else -1
        shared_head = head(w, loop, shared) if w.queue_length[shared] > 0 else -1
        if shared_head >= 0 and w.agents[a]["load"] >= w.channels[w.visits[shared_head]["channel"]]["at_once"]:
            shared_head = -1
        if alone < 0 and shared_head < 0:
            continue
        if alone < 0:
            return shared_head
        if shared_head < 0:
            return alone
        return alone if is_first(loop, alone, shared_head) else shared_head
    return -1


@inlined
def _release(w: World, loop: Any, a: int, t: float) -> int:
    """Agent a looks for work: a rest that is owed comes first, then the queues.  Visit that is begun, -1: none."""
    may = ready(w, a, t)
    if may == RESTS:
        _expect_back(w, loop, a)
    if may == RESTS or may == OFF:
        return -1
    v = _next_for(w, loop, a, may)
    if v < 0:
        stay_idle(w, a, may)
        return v
    remove(loop, v)
    begin(w, v, a, t)
    return v


@inlined
def _wants_room(w: World) -> bool:
    """Whether tables or the buffers of the trace are nearly full."""
    if w.counters[FREE_VISITS] < MARGIN or w.counters[FREE_CASES] < MARGIN or w.counters[FULL] != 0:
        return True
    return bool(w.counters[TRACING] == 1 and max(w.counters[TRACED], w.counters[LEDGERED]) > len(w.trace) - BUFFER)


@inlined
def _settle(w: World, loop: Any, visits: int, v: int, t: float) -> bool:
    """Take up row v (-1: none) and those that a rule has set going, then let freed agents look for work.

    Who holds several contacts looks again, until nothing is left.  False: many were freed, and tables need more room
    before the next one looks.
    """
    taken = 0
    while True:
        while True:
            if v < 0:
                if taken == w.counters[CALLS]:
                    w.counters[CALLS] = taken = 0
                    break
                v = w.calls[taken]
                taken += 1
            _arm(w, loop, visits, v)
            v = -1
        if w.counters[LOOKED] == w.counters[FREED]:
            break
        if w.counters[LOOKED] > 0 and _wants_room(w):
            return False
        a = w.freed[w.counters[LOOKED]]
        v = _release(w, loop, a, t)
        if v < 0 or w.agents[a]["concurrent"] == 0:
            w.counters[LOOKED] += 1
    w.counters[FREED] = w.counters[LOOKED] = 0
    return True


@compiled
def _take_up(w: World, loop: Any, visits: int) -> None:
    """Set a timer for everything that is going on in the state; visits that are as they were keep theirs."""
    for f in range(len(w.streams)):
        _expect_candidate(w, loop, f)
    for a in range(len(w.roster)):
        _expect_mark(w, loop, a)
        _expect_back(w, loop, a)
    for v in range(w.counters[USED]):
        _arm(w, loop, visits, v)


@inlined
def _fall_due(w: World, v: int, t: float) -> None:
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
def run(w: World, loop: Any, until: float) -> int:
    """Run every event before `until`, or those until the tables want more room."""
    marks = len(w.streams)
    backs = marks + len(w.roster)
    visits = backs + len(w.roster)
    t = loop.begins[1]
    if loop.begins[0] < np.inf:
        t = loop.begins[0]
        loop.begins[0] = np.inf
        _take_up(w, loop, visits)
    end = time_key(until)
    v = -1
    while True:
        if not _settle(w, loop, visits, v, t):
            loop.begins[1] = t
            return WANTS_ROOM
        v = -1
        put_away(loop)
        first = first_timer(loop)
        key = loop.heap[first]["key"]
        if key >= end:
            return FINISHED
        if _wants_room(w):
            return WANTS_ROOM
        t = time_of(key)
        row = take_first(loop, first)
        if row >= visits:
            if w.visits[row - visits]["due_at"] == t:  # else it does something else by now
                v = row - visits
        elif row < marks:
            v = arise(w, row, t)
            _expect_candidate(w, loop, row)
        elif row < backs:
            pass_mark(w, row - marks, t)
            _expect_mark(w, loop, row - marks)
        elif w.agents[row - backs]["back_at"] == t:
            come_back(w, row - backs, t)
        if v >= 0:
            _fall_due(w, v, t)
