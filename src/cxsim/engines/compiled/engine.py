"""The same events as the SimPy engine, bit for bit, at the speed of machine code.

Timers and queues are all that the event loop (`cxsim.engines.compiled.loop`) has of its own; what happens at each
moment is the same rule that the SimPy engine calls, and simultaneous events run in the same total order.
"""

from __future__ import annotations

from threading import local
from typing import NamedTuple

from cxsim.engines.compiled.loop import FINISHED, Pending, nothing_pending
from cxsim.engines.entry_points import RUN, happen
from cxsim.engines.order import Keep, check_full, hand_over, has_room, is_written_full
from cxsim.native.handle import address_of, handle
from cxsim.native.records import Table
from cxsim.state.plan.tables import Plan
from cxsim.state.state import State, roomier, world_of
from cxsim.state.tally import Tally


class _Left(NamedTuple):
    """How a stretch of a run was left: timers and queues as of an instant, under a plan."""

    pending: Pending
    plan: Plan
    visits: Table
    agents: Table
    until: float


_LATEST = local()
"""The latest stretch of each thread: the next one, as a rule of the same run, finds its timers set."""


def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
    """Run every event in [start, until) and return the state (its tables may have grown; all are written in place).

    `keep` is handed the rows of trace and ledger whenever their buffers fill up.
    """
    others = len(plan.streams) + 2 * len(plan.roster)
    pending = _taken_up_again(plan, state, start)
    if pending is None:
        pending = nothing_pending(start, others, len(state.visits), len(plan.queues))
    while True:
        if len(state.visits) > len(pending.waiting.nodes):
            pending = pending.longer(others, len(state.visits))
        world, loop = handle(world_of(plan, state, tally)), handle(pending.loop)
        finished = happen(RUN, address_of(world), address_of(loop), 0, until) == FINISHED
        check_full(state)
        while not has_room(state):
            state = roomier(state)
        if finished:
            _LATEST.left = _Left(pending, plan, state.visits, state.agents, until)
            return state
        if is_written_full(state):
            hand_over(state, keep)


def _taken_up_again(plan: Plan, state: State, start: float) -> Pending | None:
    """Timers and queues as the stretch before has left them, to be brought up to date; None: it was of another run.

    What a tick does to visits in between is seen by their stamps; streams and agents are set again.
    """
    left: _Left | None = getattr(_LATEST, "left", None)
    _LATEST.left = None
    if left is None or left.plan is not plan or left.until != start:
        return None
    if left.visits is not state.visits or left.agents is not state.agents:
        return None
    left.pending.begins[0] = start
    return left.pending
