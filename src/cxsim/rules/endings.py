"""Small endings: after-contact work is done, a first agent has stayed long enough."""

from __future__ import annotations

from typing import Any

from cxsim.jit import compiled
from cxsim.rules.agents import put_down
from cxsim.rules.routing import let_go
from cxsim.rules.rows import free_visit
from cxsim.state import WAITING


@compiled
def end_wrap_up(w: Any, v: int, t: float) -> None:
    """After-contact work is over: the agent is free."""
    a = w.visits["agent"][v]
    free_visit(w, v)
    put_down(w, a, t)


@compiled
def end_hold(w: Any, v: int, t: float) -> None:
    """The limit of a warm transfer is reached: if the customer still waits, the first agent leaves (it turns cold)."""
    r = w.visits
    parent = r["parent"][v]
    if r["stamp"][parent] == r["awaits"][v] and r["status"][parent] == WAITING and r["held"][parent] >= 0:
        let_go(w, parent, t)
    free_visit(w, v)
