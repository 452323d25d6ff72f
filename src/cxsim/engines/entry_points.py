"""All that Python asks of compiled rules in a run, as one function: what they have in common is compiled once.

Tables are handed over by address (`cxsim.native.handle.address_of`).
"""

from __future__ import annotations

from typing import Any

from cxsim.engines.compiled.loop import loop_at, run
from cxsim.model import agents, cases, contacts, demand, endings, finishing, routing, serving, ticks
from cxsim.model.withdrawal import withdraw
from cxsim.native.compiling import compiled, entry
from cxsim.native.handle import handles
from cxsim.state.world import World

CANDIDATE, COME, FINISH, ABANDON, END_DELAY, END_WRAP_UP, END_HOLD, WITHDRAW = range(8)
"""What may happen to the row of a stream or a visit."""
READY, BEGIN, PASS_MARK, COME_BACK = range(8, 12)
"""What an agent may do; BEGIN: take visit row `row`."""
BEGIN_WORLD, CLOSE_WEEK, BEFORE_CHANGE, AFTER_CHANGE, CALL_TO_TRAINING, UPDATE_INTEGRALS, COUNT_UNFINISHED = range(
    12, 19
)
"""Ticks; CALL_TO_TRAINING: training `row`, wave `other`, and instead of an instant the minutes that are owed."""
RUN = 19
"""Every event before t; `row`: address of the loop."""

_world_at = handles("World")


@entry
def happen(what: int, at: Any, row: Any, other: int, t: float) -> int:
    """What happens at t in the world at an address: the row or the answer that the rule gives, 0 if it gives none."""
    w = _world_at(at)
    if what == RUN:
        return run(w, loop_at(row), t)
    if what == FINISH:
        finishing.finish(w, row, t)
    elif what == READY:
        return agents.ready_or_idle(w, row, t)
    elif what == BEGIN:
        serving.begin(w, row, other, t)
    elif what == CANDIDATE:
        return demand.candidate(w, row, t)
    elif what == COME:
        routing.come(w, row, t)
    elif what == ABANDON:
        contacts.abandon(w, row, t)
    elif what == END_DELAY:
        finishing.end_delay(w, row, t)
    elif what == END_WRAP_UP:
        endings.end_wrap_up(w, row, t)
    elif what == END_HOLD:
        endings.end_hold(w, row, t)
    elif what == WITHDRAW:
        withdraw(w, row, t)
    elif what == PASS_MARK:
        agents.pass_mark(w, row, t)
    elif what == COME_BACK:
        agents.come_back(w, row, t)
    else:
        _tick(w, what, row, other, t)
    return 0


@compiled
def _tick(w: World, what: int, row: int, other: int, t: float) -> None:
    if what == BEGIN_WORLD:
        ticks.begin_world(w, t)
    elif what == CLOSE_WEEK:
        ticks.close_week(w, t)
    elif what == BEFORE_CHANGE:
        ticks.before_change(w, t)
    elif what == AFTER_CHANGE:
        ticks.after_change(w, t)
    elif what == CALL_TO_TRAINING:
        ticks.call_to_training(w, row, other, t)
    elif what == UPDATE_INTEGRALS:
        ticks.update_all_integrals(w, t)
    elif what == COUNT_UNFINISHED:
        cases.leave_unfinished(w, t)
