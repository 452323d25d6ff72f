"""Rows of the state: made, freed, set going; and what is noted when a visit ends."""

from __future__ import annotations

import math

from cxsim.native.compiling import compiled, inlined
from cxsim.state.state import (
    CALLS,
    CLOSED,
    FREE,
    FREE_CASES,
    FREE_VISITS,
    FREED,
    FULL,
    LOOKED,
    NO_CALLS,
    NO_CASE,
    NO_CASES,
    NO_TRACE,
    NO_VISITS,
    SERIAL,
    TRACED,
    TRACING,
    USED,
)
from cxsim.state.world import World

KEY_BITS = 20
"""Of a row's key: those that number the rows made for its case."""


@inlined
def call(w: World, v: int) -> None:
    """Tell the engine that visit row v has to be taken up (again): its timer or place has changed."""
    n = w.counters[CALLS]
    if n >= len(w.calls):
        w.counters[FULL] = NO_CALLS
        return
    w.calls[n] = v
    w.counters[CALLS] = n + 1


@inlined
def free_agent(w: World, a: int) -> None:
    """Tell the engine that agent a may take the next contact; once, until it has asked (`cxsim.model.agents.ready`)."""
    agent = w.agents[a]
    if agent["freed"] == 1:
        return
    agent["freed"] = 1
    n = w.counters[FREED]
    if n == len(w.freed):
        n = _move_up(w)
    w.freed[n] = a
    w.counters[FREED] = n + 1


@compiled
def _move_up(w: World) -> int:
    """The list of freed agents without those who have looked for work, who are half of it at least: its length."""
    looked = w.counters[LOOKED]
    left = w.counters[FREED] - looked
    for k in range(left):
        w.freed[k] = w.freed[looked + k]
    w.counters[LOOKED] = 0
    return int(left)


@inlined
def change(w: World, v: int, status: int, due_at: float) -> None:
    """Visit row v does something else from now on; timers set for what it did before are void."""
    visit = w.visits[v]
    visit["status"] = status
    visit["due_at"] = due_at
    visit["stamp"] += 1


@compiled
def new_visit(w: World, c: int) -> int:
    """A fresh visit row of case c."""
    case = w.cases[c]
    n = w.counters[FREE_VISITS]
    if n <= 0:
        w.counters[FULL] = NO_VISITS
        return 0
    v = w.free_visits[n - 1]
    visit = w.visits[v]
    stamp = visit["stamp"]
    w.visits[v] = w.new_visit[0]
    w.counters[FREE_VISITS] = n - 1
    if v >= w.counters[USED]:
        w.counters[USED] = v + 1
    made = case["rows_made"]
    case["rows_made"] = made + 1
    case["visit_rows"] += 1
    visit["stamp"] = stamp
    visit["key"] = (case["serial"] << KEY_BITS) | (made & ((1 << KEY_BITS) - 1))
    visit["case"] = c
    visit["next_visit"] = case["first_visit"]
    case["first_visit"] = v
    visit["reason"] = case["reason"]
    return int(v)


@compiled
def free_visit(w: World, v: int) -> None:
    """Visit row v is over; its case's row goes too once the case is closed and no row of it is left."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    change(w, v, FREE, math.inf)
    n = w.counters[FREE_VISITS]
    w.free_visits[n] = v
    w.counters[FREE_VISITS] = n + 1
    case["visit_rows"] -= 1
    behind = w.visits[v]["next_visit"]
    k = case["first_visit"]
    if k == v:
        case["first_visit"] = behind
    else:
        while w.visits[k]["next_visit"] != v:
            k = w.visits[k]["next_visit"]
        w.visits[k]["next_visit"] = behind
    if case["visit_rows"] == 0 and case["status"] == CLOSED:
        free_case(w, c)


@compiled
def row_after(w: World, c: int, v: int) -> int:
    """The row of case c that follows row v in number, -1 if none does; v = -1: its first."""
    found = -1
    k = w.cases[c]["first_visit"]
    while k >= 0:
        if k > v and (found < 0 or k < found):
            found = k
        k = w.visits[k]["next_visit"]
    return int(found)


@compiled
def new_case(w: World) -> int:
    """A fresh case row with nothing in it."""
    n = w.counters[FREE_CASES]
    if n <= 0:
        w.counters[FULL] = NO_CASES
        return 0
    c = w.free_cases[n - 1]
    w.cases[c] = w.new_case[0]
    w.counters[FREE_CASES] = n - 1
    for k in range(w.passes.shape[1]):
        w.passes[c, k] = 0
    w.cases[c]["serial"] = w.counters[SERIAL]
    w.counters[SERIAL] += 1
    return int(c)


@inlined
def free_case(w: World, c: int) -> None:
    """Case row c may be used again."""
    w.cases[c]["status"] = NO_CASE
    n = w.counters[FREE_CASES]
    w.free_cases[n] = c
    w.counters[FREE_CASES] = n + 1


@compiled
def note(w: World, v: int, ended_at: float, outcome: int) -> None:
    """One row of the trace: what became of visit v at its step."""
    visit = w.visits[v]
    if w.counters[TRACING] == 0:
        return
    n = w.counters[TRACED]
    if n >= len(w.trace):
        w.counters[FULL] = NO_TRACE
        return
    row = w.trace[n]
    c = visit["case"]
    case = w.cases[c]
    row["name_hash"] = case["name_hash"]
    row["number"] = case["number"]
    row["segment"] = case["segment"]
    row["reason"] = case["reason"]
    row["contact_reason"] = visit["reason"]
    row["kind"] = visit["kind"]
    row["ordinal"] = visit["ordinal"]
    row["attempt"] = visit["attempt"]
    row["channel"] = visit["channel"]
    row["step"] = visit["step"]
    row["branch"] = visit["branch"]
    row["pass_number"] = visit["pass_number"]
    row["agent"] = visit["agent"]
    row["present"] = visit["present"]
    row["queued_at"] = visit["queued_at"]
    row["began_at"] = visit["began_at"]
    row["ended_at"] = ended_at
    row["outcome"] = outcome
    w.counters[TRACED] = n + 1
