"""Promises and the customers who ask how far their case is.

The urge to ask grows with the time since the last news, starts before the promise is due and jumps when it is missed.
Each question comes after a unit-exponential amount of that urge, looked up by address, so news postpones it and never
re-deals it.
"""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.jit import compiled
from cxsim.plan.tables import ALWAYS
from cxsim.rules.rows import call, change, new_visit
from cxsim.state import CHASING, LEAVING
from cxsim.tally import Kind
from cxsim.timetables import after_working, worked

_TOLD = int(draws.Purpose.TOLD)
_HEEDS = int(draws.Purpose.HEEDS_UPDATES)
_WITHDRAW = int(draws.Purpose.WITHDRAW)
_CHASER = int(Kind.CHASER)


@compiled
def add_time(w: Any, clock: int, t: float, minutes: float) -> float:
    """The instant `minutes` after t on a clock (a timetable; calendar time runs always)."""
    if clock == ALWAYS or math.isinf(minutes):
        return t + minutes
    return after_working(w.timetables, w.spans, clock, t, minutes)


@compiled
def time_between(w: Any, clock: int, a: float, b: float) -> float:
    """Minutes from a to b on a clock."""
    if clock == ALWAYS:
        return b - a
    return worked(w.timetables, w.spans, clock, b) - worked(w.timetables, w.spans, clock, a)


@compiled
def make_promise(w: Any, c: int, t: float) -> None:
    """Case c opens at t: what its customer is told or expects, when they will first ask, when they will leave."""
    reason = w.cases["reason"][c]
    r = w.reasons
    if r["promised"][reason] == 1:
        told = draws.of_case(w, c, _TOLD, 0, 0) < r["p_told"][reason]
        minutes = r["within"][reason] if told else r["expected"][reason]
        clock = r["within_clock"][reason] if told else r["expected_clock"][reason]
        w.cases["told"][c] = 1 if told else 0
        w.cases["promise_at"][c] = add_time(w, clock, t, minutes)
        w.cases["promise_clock"][c] = clock
        w.cases["news_at"][c] = t
        w.cases["chase_at"][c] = t
        start_updates(w, c, t)
        if r["chaser"][reason] >= 0:
            w.cases["chase_left"][c] = draws.asking_budget(w, c, 0)
            v = new_visit(w, c)
            w.visits["kind"][v] = _CHASER
            w.visits["reason"][v] = r["chaser"][reason]
            w.cases["chaser_row"][c] = v
            change(w, v, CHASING, asks_at(w, c, t))
            call(w, v)
    if r["withdrawal"][reason] >= 0:
        v = new_visit(w, c)
        w.cases["leaving_row"][c] = v
        after = draws.duration(w, r["withdrawal"][reason], draws.of_case(w, c, _WITHDRAW, 0, 0))
        change(w, v, LEAVING, t + after)
        call(w, v)


@compiled
def start_updates(w: Any, c: int, t: float) -> None:
    """Proactive updates begin for case c if its reason has them; most customers then no longer ask."""
    reason = w.cases["reason"][c]
    if w.reasons["promised"][reason] == 1 and w.reasons["update_every"][reason] < math.inf:
        if math.isinf(w.cases["updates_from"][c]):
            w.cases["updates_from"][c] = t
        heeds = draws.of_case(w, c, _HEEDS, 0, 0) < w.reasons["update_reaches"][reason]
        w.cases["heeds"][c] = 1 if heeds else 0
    else:
        w.cases["updates_from"][c] = math.inf
        w.cases["heeds"][c] = 0


@compiled
def count_updates(w: Any, c: int, t: float) -> None:
    """Count the updates sent to case c until t."""
    since = t - w.cases["updates_from"][c]
    if since > 0.0 and not math.isinf(since):
        every = w.reasons["update_every"][w.cases["reason"][c]]
        sent = math.floor(since / every)
        w.cases["updates"][c] += sent
        w.cases["updates_from"][c] += sent * every


@compiled
def stop_updates(w: Any, c: int, t: float) -> None:
    """Count the updates sent to case c until t, and stop them."""
    count_updates(w, c, t)
    w.cases["updates_from"][c] = math.inf
    w.cases["heeds"][c] = 0


@compiled
def urge(w: Any, c: int, a: float, b: float) -> float:
    """Urge to ask gathered from a to b: the integral of (base + growth x time since news), tripled once overdue."""
    if w.cases["heeds"][c] == 1 or w.cases["paused"][c] > 0 or b <= a:
        return 0.0
    promise = w.cases["promise_at"][c]
    opened = w.cases["opened_at"][c]
    start = opened + w.behaviour["chase_from"][0] * (promise - opened)
    before = _area(w, c, max(a, start), min(b, promise))
    after = _area(w, c, max(a, promise, start), b)
    return before + w.behaviour["chase_missed"][0] * after


@compiled
def _area(w: Any, c: int, a: float, b: float) -> float:
    if b <= a:
        return 0.0
    x = a - w.cases["news_at"][c]
    y = b - w.cases["news_at"][c]
    return float(w.behaviour["chase"][0] * (y - x) + 0.5 * w.behaviour["chase_growth"][0] * (y * y - x * x))


@compiled
def asks_at(w: Any, c: int, t: float) -> float:
    """When the customer of case c will ask next, as things stand at t; inf while updates or own delays keep them."""
    if w.cases["heeds"][c] == 1 or w.cases["paused"][c] > 0:
        return math.inf
    left = w.cases["chase_left"][c]
    promise = w.cases["promise_at"][c]
    opened = w.cases["opened_at"][c]
    a = max(t, opened + w.behaviour["chase_from"][0] * (promise - opened))
    if a < promise:
        ahead = _area(w, c, a, promise)
        if ahead >= left:
            return _spent(w, c, a, left)
        left -= ahead
        a = promise
    return _spent(w, c, a, left / w.behaviour["chase_missed"][0])


@compiled
def _spent(w: Any, c: int, a: float, left: float) -> float:
    """The instant from a on at which `left` urge has gathered: the root of a quadratic."""
    base = w.behaviour["chase"][0]
    growth = w.behaviour["chase_growth"][0]
    x = a - w.cases["news_at"][c]
    if growth <= 0.0:
        return a + left / base if base > 0.0 else math.inf
    root = math.sqrt((base + growth * x) * (base + growth * x) + 2.0 * growth * left)
    return float(a + 2.0 * left / (base + growth * x + root))


@compiled
def _spend(w: Any, c: int, t: float) -> None:
    """Bring the budget of the next question up to t."""
    if w.cases["chaser_row"][c] >= 0:
        w.cases["chase_left"][c] = max(0.0, w.cases["chase_left"][c] - urge(w, c, w.cases["chase_at"][c], t))
    w.cases["chase_at"][c] = t


@compiled
def reset_chaser(w: Any, c: int, t: float) -> None:
    """Something changed: set the timer of the next question anew."""
    v = w.cases["chaser_row"][c]
    if v >= 0 and w.visits["status"][v] == CHASING:
        due = asks_at(w, c, t)
        if due != w.visits["due_at"][v]:
            change(w, v, CHASING, due)
            call(w, v)


@compiled
def hear_news(w: Any, c: int, t: float) -> None:
    """The customer of case c learns how far it is."""
    _spend(w, c, t)
    w.cases["news_at"][c] = t
    reset_chaser(w, c, t)


@compiled
def next_question(w: Any, c: int, t: float) -> None:
    """A question has been asked (or its attempt given up): the next one has a budget of its own."""
    v = w.cases["chaser_row"][c]
    _spend(w, c, t)
    w.cases["chasers"][c] += 1
    w.cases["chase_left"][c] = draws.asking_budget(w, c, w.cases["chasers"][c])
    change(w, v, CHASING, asks_at(w, c, t))


@compiled
def pause(w: Any, c: int, t: float) -> None:
    """We wait for the customer: the promise stands still."""
    if w.cases["paused"][c] == 0:
        _spend(w, c, t)
        left = w.cases["promise_at"][c] - t
        if left > 0.0 and not math.isinf(left):
            left = time_between(w, w.cases["promise_clock"][c], t, w.cases["promise_at"][c])
        w.cases["promise_left"][c] = left
    w.cases["paused"][c] += 1
    reset_chaser(w, c, t)


@compiled
def resume(w: Any, c: int, t: float) -> None:
    """The customer has done their part: the promise runs on with what was left; a missed one stays missed."""
    w.cases["paused"][c] -= 1
    if w.cases["paused"][c] > 0:
        return
    w.cases["chase_at"][c] = t
    left = w.cases["promise_left"][c]
    if left > 0.0:
        w.cases["promise_at"][c] = add_time(w, w.cases["promise_clock"][c], t, left)
    else:
        w.cases["promise_at"][c] = t + left
    hear_news(w, c, t)
