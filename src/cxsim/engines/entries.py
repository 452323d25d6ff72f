"""The rules that the SimPy engine calls, by the address of the world (`cxsim.handle.address_of`).

They are one compiled function: what they have in common, which is most of it, is compiled once.
"""

from __future__ import annotations

from typing import Any

from cxsim.handle import handle_at
from cxsim.jit import entry
from cxsim.rules import agents, contacts, demand, endings, finishing, routing, serving, ticks

CANDIDATE, COME, FINISH, ABANDON, END_DELAY, END_WRAP_UP, END_HOLD, WITHDRAW, READY, PASS_MARK, COME_BACK = range(11)
"""What may happen to a row: a stream of demand, a visit, or an agent."""


@entry
def happen(what: int, at: Any, row: int, t: float) -> int:
    """One of the rules, called for a row at t: the row or the answer that it gives, 0 if it gives none."""
    w = handle_at(at)
    if what == FINISH:
        finishing.finish(w, row, t)
    elif what == READY:
        return agents.ready(w, row, t)
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
        ticks.withdraw(w, row, t)
    elif what == PASS_MARK:
        agents.pass_mark(w, row, t)
    elif what == COME_BACK:
        agents.come_back(w, row, t)
    return 0


@entry
def begin(at: Any, v: int, a: int, t: float) -> None:
    """Agent a takes visit v."""
    serving.begin(handle_at(at), v, a, t)
