"""Withdrawal: a customer whose case takes too long takes the matter elsewhere."""

from __future__ import annotations

from cxsim.model.blame import stands_at
from cxsim.model.cases import close_case
from cxsim.model.contacts import leave_queue, release_line
from cxsim.model.rows import change, free_visit, note, row_after
from cxsim.native.compiling import compiled
from cxsim.state.closing import ClosedAs
from cxsim.state.state import COMING, DELAYED, JOINING, LEAVING, OPEN, SERVED, WAITING, WITHDRAWN
from cxsim.state.world import World


@compiled
def withdraw(w: World, v: int, t: float) -> None:
    """The customer takes the matter elsewhere, unless someone is on it right now: then they look again in an hour."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    r = w.visits
    if case["status"] != OPEN or case["closed_as"] != 0:
        case["withdrawal_visit"] = -1
        free_visit(w, v)
        return
    k = row_after(w, c, -1)
    while k >= 0:
        if r[k]["status"] == SERVED or (r[k]["status"] == WAITING and r[k]["present"] == 1):
            change(w, v, LEAVING, t + 60.0)
            return
        k = row_after(w, c, k)
    case["closed_as"] = ClosedAs.WITHDRAWN
    case["given_up_step"] = stands_at(w, c)
    case["withdrawal_visit"] = -1
    k = row_after(w, c, -1)
    while k >= 0:
        status = r[k]["status"]
        if status == COMING or status == WAITING or status == DELAYED or status == JOINING:
            if status == WAITING:
                leave_queue(w, k, t)
                note(w, k, t, WITHDRAWN)
            release_line(w, k)
            if case["chaser_visit"] == k:
                case["chaser_visit"] = -1
            free_visit(w, k)
        k = row_after(w, c, k)
    case["in_progress"] = 0
    close_case(w, c, t)
    free_visit(w, v)
