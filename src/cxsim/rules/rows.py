"""Rows of the state: made, freed, set going; and what is noted when a visit ends."""

from __future__ import annotations

import math
from typing import Any

from cxsim.jit import compiled
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


@compiled
def call(w: Any, v: int) -> None:
    """Tell the engine that visit row v has to be taken up (again): its timer or place has changed."""
    n = w.counters[CALLS]
    if n >= len(w.calls):
        w.counters[FULL] = 1
        return
    w.calls[n] = v
    w.counters[CALLS] = n + 1


@compiled
def free_agent(w: Any, a: int) -> None:
    """Tell the engine that agent a may take the next contact."""
    n = w.counters[FREED]
    if n >= len(w.freed):
        w.counters[FULL] = 1
        return
    w.freed[n] = a
    w.counters[FREED] = n + 1


@compiled
def change(w: Any, v: int, status: int, due_at: float) -> None:
    """Visit row v does something else from now on; timers set for what it did before are void."""
    w.visits["status"][v] = status
    w.visits["due_at"][v] = due_at
    w.visits["stamp"][v] += 1


@compiled
def new_visit(w: Any, c: int) -> int:
    """A fresh visit row of case c."""
    n = w.counters[FREE_VISITS]
    if n <= 0:
        w.counters[FULL] = 1
        return 0
    v = w.free_visits[n - 1]
    w.counters[FREE_VISITS] = n - 1
    made = w.cases["made"][c]
    w.cases["made"][c] = made + 1
    w.cases["rows"][c] += 1
    r = w.visits
    r["key"][v] = (w.cases["serial"][c] << KEY_BITS) | (made & ((1 << KEY_BITS) - 1))
    r["case"][v] = c
    r["kind"][v] = 0
    r["ordinal"][v] = 0
    r["attempt"][v] = 0
    r["leg"][v] = 0
    r["reason"][v] = w.cases["reason"][c]
    r["channel"][v] = 0
    r["present"][v] = 0
    r["inside"][v] = 0
    r["step"][v] = -1
    r["branch"][v] = 0
    r["parent"][v] = -1
    r["awaits"][v] = 0
    r["through"][v] = 0
    r["queue"][v] = -1
    r["priority"][v] = 0
    r["age_at"][v] = math.inf
    r["queued_at"][v] = math.inf
    r["began_at"][v] = math.inf
    r["agent"][v] = -1
    r["held"][v] = -1
    r["held_step"][v] = -1
    r["call_back"][v] = 0
    r["tries"][v] = 0
    r["missed"][v] = 0
    r["back_to"][v] = -1
    r["was"][v] = 0
    r["was_reason"][v] = -1
    r["wait"][v] = 0.0
    r["sla_at"][v] = math.inf
    r["pass"][v] = 0
    r["at_step"][v] = math.inf
    r["team"][v] = -1
    return int(v)


@compiled
def free_visit(w: Any, v: int) -> None:
    """Visit row v is over; its case's row goes too once the case is closed and no row of it is left."""
    c = w.visits["case"][v]
    change(w, v, FREE, math.inf)
    n = w.counters[FREE_VISITS]
    w.free_visits[n] = v
    w.counters[FREE_VISITS] = n + 1
    w.cases["rows"][c] -= 1
    if w.cases["rows"][c] == 0 and w.cases["status"][c] == CLOSED:
        free_case(w, c)


@compiled
def new_case(w: Any) -> int:
    """A fresh case row with nothing in it."""
    n = w.counters[FREE_CASES]
    if n <= 0:
        w.counters[FULL] = 1
        return 0
    c = w.free_cases[n - 1]
    w.counters[FREE_CASES] = n - 1
    r = w.cases
    for k in range(len(r["ledger"][c])):
        r["ledger"][c, k] = 0.0
    for k in range(w.passes.shape[1]):
        w.passes[c, k] = 0
    r["serial"][c] = w.counters[SERIAL]
    w.counters[SERIAL] += 1
    r["made"][c] = 0
    r["rows"][c] = 0
    r["live"][c] = 0
    r["opened_at"][c] = math.inf
    r["resolved_at"][c] = math.inf
    r["closed_how"][c] = 0
    r["first_resolved"][c] = 0
    r["contacts"][c] = 0
    r["handled"][c] = 0
    r["answered"][c] = 0
    r["repeats"][c] = 0
    r["chasers"][c] = 0
    r["complaints"][c] = 0
    r["returns"][c] = 0
    r["chaser_row"][c] = -1
    r["leaving_row"][c] = -1
    r["heard"][c] = 0
    r["promise_at"][c] = math.inf
    r["promise_clock"][c] = 1
    r["promise_left"][c] = 0.0
    r["paused"][c] = 0
    r["told"][c] = 0
    r["heeds"][c] = 0
    r["updates_from"][c] = math.inf
    r["updates"][c] = 0.0
    r["news_at"][c] = math.inf
    r["chase_at"][c] = math.inf
    r["chase_left"][c] = 0.0
    r["last_contact_at"][c] = math.inf
    r["no_further"][c] = 1
    r["first_ended_at"][c] = math.inf
    r["felt"][c] = 0.0
    r["z"][c] = 0.0
    r["wrong"][c] = 0
    r["wrongs"][c] = 0
    r["transfers"][c] = 0
    r["cost"][c] = 0.0
    r["sold"][c] = 0.0
    r["recurrence"][c] = 0
    return int(c)


@compiled
def free_case(w: Any, c: int) -> None:
    """Case row c may be used again."""
    w.cases["status"][c] = NO_CASE
    n = w.counters[FREE_CASES]
    w.free_cases[n] = c
    w.counters[FREE_CASES] = n + 1


@compiled
def note(w: Any, v: int, ended_at: float, outcome: int) -> None:
    """One row of the trace: what became of visit v at its step."""
    if w.counters[TRACING] == 0:
        return
    n = w.counters[TRACED]
    if n >= len(w.trace):
        w.counters[FULL] = 1
        return
    c = w.visits["case"][v]
    r = w.trace
    r["word"][n] = w.cases["word"][c]
    r["number"][n] = w.cases["number"][c]
    r["segment"][n] = w.cases["segment"][c]
    r["reason"][n] = w.cases["reason"][c]
    r["contact_reason"][n] = w.visits["reason"][v]
    r["kind"][n] = w.visits["kind"][v]
    r["ordinal"][n] = w.visits["ordinal"][v]
    r["attempt"][n] = w.visits["attempt"][v]
    r["channel"][n] = w.visits["channel"][v]
    r["step"][n] = w.visits["step"][v]
    r["branch"][n] = w.visits["branch"][v]
    r["pass"][n] = w.visits["pass"][v]
    r["agent"][n] = w.visits["agent"][v]
    r["present"][n] = w.visits["present"][v]
    r["queued_at"][n] = w.visits["queued_at"][v]
    r["began_at"][n] = w.visits["began_at"][v]
    r["ended_at"][n] = ended_at
    r["outcome"][n] = outcome
    w.counters[TRACED] = n + 1
