"""Rows of the state: made, freed, set going; and what is noted when a visit ends."""

from __future__ import annotations

import math
from typing import Any

from cxsim.jit import compiled, inlined
from cxsim.state import (
    CALLS,
    CLOSED,
    FREE,
    FREE_CASES,
    FREE_VISITS,
    FREED,
    FULL,
    NO_CASE,
    SERIAL,
    TRACED,
    TRACING,
)

KEY_BITS = 10


@inlined
def call(w: Any, v: int) -> None:
    """Tell the engine that visit row v has to be taken up (again): its timer or place has changed."""
    n = w.counters[CALLS]
    if n >= len(w.calls):
        w.counters[FULL] = 1
        return
    w.calls[n] = v
    w.counters[CALLS] = n + 1


@inlined
def free_agent(w: Any, a: int) -> None:
    """Tell the engine that agent a may take the next contact."""
    n = w.counters[FREED]
    if n >= len(w.freed):
        w.counters[FULL] = 1
        return
    w.freed[n] = a
    w.counters[FREED] = n + 1


@inlined
def change(w: Any, v: int, status: int, due_at: float) -> None:
    """Visit row v does something else from now on; timers set for what it did before are void."""
    visit = w.visits[v]
    visit["status"] = status
    visit["due_at"] = due_at
    visit["stamp"] += 1


@compiled
def new_visit(w: Any, c: int) -> int:
    """A fresh visit row of case c."""
    case = w.cases[c]
    n = w.counters[FREE_VISITS]
    if n <= 0:
        w.counters[FULL] = 1
        return 0
    v = w.free_visits[n - 1]
    visit = w.visits[v]
    w.counters[FREE_VISITS] = n - 1
    made = case["made"]
    case["made"] = made + 1
    case["rows"] += 1
    visit["key"] = (case["serial"] << KEY_BITS) | (made & ((1 << KEY_BITS) - 1))
    visit["case"] = c
    visit["next_row"] = case["first_row"]
    case["first_row"] = v
    visit["kind"] = 0
    visit["ordinal"] = 0
    visit["attempt"] = 0
    visit["leg"] = 0
    visit["reason"] = case["reason"]
    visit["channel"] = 0
    visit["present"] = 0
    visit["inside"] = 0
    visit["step"] = -1
    visit["branch"] = 0
    visit["parent"] = -1
    visit["awaits"] = 0
    visit["through"] = 0
    visit["queue"] = -1
    visit["priority"] = 0
    visit["age_at"] = math.inf
    visit["queued_at"] = math.inf
    visit["began_at"] = math.inf
    visit["agent"] = -1
    visit["held"] = -1
    visit["held_step"] = -1
    visit["call_back"] = 0
    visit["tries"] = 0
    visit["missed"] = 0
    visit["back_to"] = -1
    visit["was"] = 0
    visit["was_reason"] = -1
    visit["sla_at"] = math.inf
    visit["pass"] = 0
    visit["at_step"] = math.inf
    visit["team"] = -1
    visit["origin"] = 0
    visit["blame"] = len(w.steps)
    visit["was_origin"] = 0
    visit["was_blame"] = len(w.steps)
    visit["lost_at"] = -1
    visit["strayed"] = -1
    return int(v)


@compiled
def free_visit(w: Any, v: int) -> None:
    """Visit row v is over; its case's row goes too once the case is closed and no row of it is left."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    change(w, v, FREE, math.inf)
    n = w.counters[FREE_VISITS]
    w.free_visits[n] = v
    w.counters[FREE_VISITS] = n + 1
    case["rows"] -= 1
    behind = w.visits[v]["next_row"]
    k = case["first_row"]
    if k == v:
        case["first_row"] = behind
    else:
        while w.visits[k]["next_row"] != v:
            k = w.visits[k]["next_row"]
        w.visits[k]["next_row"] = behind
    if case["rows"] == 0 and case["status"] == CLOSED:
        free_case(w, c)


@compiled
def row_after(w: Any, c: int, v: int) -> int:
    """The row of case c that follows row v in number, -1 if none does; v = -1: its first."""
    found = -1
    k = w.cases[c]["first_row"]
    while k >= 0:
        if k > v and (found < 0 or k < found):
            found = k
        k = w.visits[k]["next_row"]
    return int(found)


@compiled
def new_case(w: Any) -> int:
    """A fresh case row with nothing in it."""
    n = w.counters[FREE_CASES]
    if n <= 0:
        w.counters[FULL] = 1
        return 0
    c = w.free_cases[n - 1]
    case = w.cases[c]
    w.counters[FREE_CASES] = n - 1
    if case["entries"] > 0:
        case["entries"] = 0
        for k in range(len(case["ledger"])):
            case["ledger"][k] = 0.0
    for k in range(w.passes.shape[1]):
        w.passes[c, k] = 0
    case["serial"] = w.counters[SERIAL]
    w.counters[SERIAL] += 1
    case["made"] = 0
    case["rows"] = 0
    case["first_row"] = -1
    case["live"] = 0
    case["opened_at"] = math.inf
    case["resolved_at"] = math.inf
    case["closed_how"] = 0
    case["first_resolved"] = 0
    case["contacts"] = 0
    case["handled"] = 0
    case["answered"] = 0
    case["repeats"] = 0
    case["chasers"] = 0
    case["complaints"] = 0
    case["returns"] = 0
    case["chaser_row"] = -1
    case["leaving_row"] = -1
    case["heard"] = 0
    case["promise_at"] = math.inf
    case["promise_clock"] = 1
    case["promise_left"] = 0.0
    case["paused"] = 0
    case["told"] = 0
    case["heeds"] = 0
    case["updates_from"] = math.inf
    case["updates"] = 0.0
    case["news_at"] = math.inf
    case["chase_at"] = math.inf
    case["chase_left"] = 0.0
    case["no_further"] = 1
    case["first_ended_at"] = math.inf
    case["felt"] = 0.0
    case["z"] = 0.0
    case["wrong"] = 0
    case["wrong_at"] = -1
    case["wrongs"] = 0
    case["transfers"] = 0
    case["cost"] = 0.0
    case["sold"] = 0.0
    case["recurrence"] = 0
    case["over_promised"] = 0
    case["sold_at"] = -1
    case["at_risk"] = 0.0
    case["score"] = -1
    case["about"] = 0
    case["loss"] = 0.0
    case["weight"] = 0.0
    case["lost_at"] = math.inf
    case["whose"] = 0
    case["complained_at"] = math.inf
    case["answer_due_at"] = math.inf
    case["replied"] = 0
    case["cause"] = 0.0
    case["empathy"] = 0.0
    case["speed"] = 0.0
    case["paid"] = 0
    case["failed_at"] = -1
    case["done_at"] = -1
    case["late_at"] = -1
    return int(c)


@inlined
def free_case(w: Any, c: int) -> None:
    """Case row c may be used again."""
    w.cases[c]["status"] = NO_CASE
    n = w.counters[FREE_CASES]
    w.free_cases[n] = c
    w.counters[FREE_CASES] = n + 1


@compiled
def note(w: Any, v: int, ended_at: float, outcome: int) -> None:
    """One row of the trace: what became of visit v at its step."""
    visit = w.visits[v]
    if w.counters[TRACING] == 0:
        return
    n = w.counters[TRACED]
    row = w.trace[n]
    if n >= len(w.trace):
        w.counters[FULL] = 1
        return
    c = visit["case"]
    case = w.cases[c]
    row["word"] = case["word"]
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
    row["pass"] = visit["pass"]
    row["agent"] = visit["agent"]
    row["present"] = visit["present"]
    row["queued_at"] = visit["queued_at"]
    row["began_at"] = visit["began_at"]
    row["ended_at"] = ended_at
    row["outcome"] = outcome
    w.counters[TRACED] = n + 1
