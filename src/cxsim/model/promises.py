"""Promises and the customers who ask how far their case is.

The urge to ask grows with the time since the last news, starts before the promise is due and jumps when it is missed.
Each question comes after a unit-exponential amount of that urge, looked up by address, so news postpones it and never
draws it anew.
"""

from __future__ import annotations

import math

from cxsim.calendars.timetables import after_working, worked
from cxsim.model import draws
from cxsim.model.draws import Purpose
from cxsim.model.rows import call, change, new_visit
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin
from cxsim.state.plan.tables import ALWAYS
from cxsim.state.state import CHASING, LEAVING
from cxsim.state.tally import Kind
from cxsim.state.world import World


@compiled
def add_time(w: World, clock: int, t: float, minutes: float) -> float:
    """The instant `minutes` after t on a clock (a timetable; calendar time runs always)."""
    if clock == ALWAYS or math.isinf(minutes):
        return t + minutes
    return after_working(w.timetables, w.spans, clock, t, minutes)


@compiled
def time_between(w: World, clock: int, a: float, b: float) -> float:
    """Minutes from a to b on a clock."""
    if clock == ALWAYS:
        return b - a
    return worked(w.timetables, w.spans, clock, b) - worked(w.timetables, w.spans, clock, a)


@compiled
def make_promise(w: World, c: int, t: float) -> None:
    """Case c opens at t: what its customer is promised or expects, when they will first ask, when they will leave."""
    case = w.cases[c]
    reason = case["reason"]
    r = w.reasons
    if r[reason]["promised"] == 1:
        promised = draws.in_case(w, c, Purpose.PROMISED, 0, 0, r[reason]["p_told"])
        minutes = r[reason]["promise_within"] if promised else r[reason]["expected"]
        clock = r[reason]["promise_clock"] if promised else r[reason]["expected_clock"]
        case["promise_told"] = 1 if promised else 0
        case["promise_at"] = add_time(w, clock, t, minutes)
        case["promise_clock"] = clock
        case["news_at"] = t
        case["chase_counted_until"] = t
        start_updates(w, c, t)
        if r[reason]["chaser"] >= 0:
            case["chase_budget_left"] = draws.asking_budget(w, c, 0)
            v = new_visit(w, c)
            w.visits[v]["kind"] = Kind.CHASER
            w.visits[v]["reason"] = r[reason]["chaser"]
            w.visits[v]["origin"] = Origin.CHASER
            case["chaser_visit"] = v
            change(w, v, CHASING, asks_at(w, c, t))
            call(w, v)
    if r[reason]["withdrawal"] >= 0:
        v = new_visit(w, c)
        case["withdrawal_visit"] = v
        after = draws.minutes_of_case(w, c, r[reason]["withdrawal"], Purpose.WITHDRAW, 0, 0)
        change(w, v, LEAVING, t + after)
        call(w, v)


@compiled
def start_updates(w: World, c: int, t: float) -> None:
    """Proactive updates begin for case c if its reason has them; most customers then no longer ask."""
    case = w.cases[c]
    reason = case["reason"]
    subject = w.reasons[reason]
    if subject["promised"] == 1 and subject["update_every"] < math.inf:
        if math.isinf(case["updates_from"]):
            case["updates_from"] = t
        heeds = draws.in_case(w, c, Purpose.HEEDS_UPDATES, 0, 0, subject["update_reaches"])
        case["heeds_updates"] = 1 if heeds else 0
    else:
        case["updates_from"] = math.inf
        case["heeds_updates"] = 0


@compiled
def count_updates(w: World, c: int, t: float) -> None:
    """Count the updates sent to case c until t."""
    case = w.cases[c]
    since = t - case["updates_from"]
    if since > 0.0 and not math.isinf(since):
        every = w.reasons[case["reason"]]["update_every"]
        sent = math.floor(since / every)
        case["updates"] += sent
        case["updates_from"] += sent * every


@compiled
def stop_updates(w: World, c: int, t: float) -> None:
    """Count the updates sent to case c until t, and stop them."""
    count_updates(w, c, t)
    w.cases[c]["updates_from"] = math.inf
    w.cases[c]["heeds_updates"] = 0


@compiled
def urge(w: World, c: int, a: float, b: float) -> float:
    """Urge to ask gathered from a to b: the integral of (base + growth x time since news), tripled once overdue."""
    behaviour = w.behaviour[0]
    case = w.cases[c]
    if case["heeds_updates"] == 1 or case["paused"] > 0 or b <= a:
        return 0.0
    promise = case["promise_at"]
    opened = case["opened_at"]
    start = opened + behaviour["chase_from"] * (promise - opened)
    before = _area(w, c, max(a, start), min(b, promise))
    after = _area(w, c, max(a, promise, start), b)
    return float(before + behaviour["chase_missed"] * after)


@compiled
def _area(w: World, c: int, a: float, b: float) -> float:
    behaviour = w.behaviour[0]
    if b <= a:
        return 0.0
    x = a - w.cases[c]["news_at"]
    y = b - w.cases[c]["news_at"]
    return float(behaviour["chase"] * (y - x) + 0.5 * behaviour["chase_growth"] * (y * y - x * x))


@compiled
def asks_at(w: World, c: int, t: float) -> float:
    """When the customer of case c will ask next, as things stand at t; inf while updates or own delays keep them."""
    behaviour = w.behaviour[0]
    case = w.cases[c]
    if case["heeds_updates"] == 1 or case["paused"] > 0:
        return math.inf
    left = case["chase_budget_left"]
    promise = case["promise_at"]
    opened = case["opened_at"]
    a = max(t, opened + behaviour["chase_from"] * (promise - opened))
    if a < promise:
        ahead = _area(w, c, a, promise)
        if ahead >= left:
            return _spent(w, c, a, left)
        left -= ahead
        a = promise
    return _spent(w, c, a, left / behaviour["chase_missed"])


@compiled
def _spent(w: World, c: int, a: float, left: float) -> float:
    """The instant from a on at which `left` urge has gathered: the root of a quadratic."""
    behaviour = w.behaviour[0]
    base = behaviour["chase"]
    growth = behaviour["chase_growth"]
    x = a - w.cases[c]["news_at"]
    if growth <= 0.0:
        return a + left / base if base > 0.0 else math.inf
    root = math.sqrt((base + growth * x) * (base + growth * x) + 2.0 * growth * left)
    return float(a + 2.0 * left / (base + growth * x + root))


@compiled
def spend_urge(w: World, c: int, t: float) -> None:
    """Bring the budget of the next question up to t."""
    case = w.cases[c]
    if case["chaser_visit"] >= 0:
        case["chase_budget_left"] = max(0.0, case["chase_budget_left"] - urge(w, c, case["chase_counted_until"], t))
    case["chase_counted_until"] = t


@compiled
def reset_chaser(w: World, c: int, t: float) -> None:
    """Something changed: the next question is due at another time."""
    v = ask_anew(w, c, t)
    if v >= 0:
        call(w, v)


@compiled
def ask_anew(w: World, c: int, t: float) -> int:
    """The same between two stretches of an engine, which finds changed rows by itself: the row changed, -1: none."""
    v = w.cases[c]["chaser_visit"]
    if v >= 0 and w.visits[v]["status"] == CHASING:
        due = asks_at(w, c, t)
        if due != w.visits[v]["due_at"]:
            change(w, v, CHASING, due)
            return int(v)
    return -1


@inlined
def hear_news(w: World, c: int, t: float) -> None:
    """The customer of case c learns its status."""
    if w.cases[c]["chaser_visit"] < 0:
        w.cases[c]["news_at"] = t
    else:
        _begin_to_worry_anew(w, c, t)


@compiled
def _begin_to_worry_anew(w: World, c: int, t: float) -> None:
    spend_urge(w, c, t)
    w.cases[c]["news_at"] = t
    reset_chaser(w, c, t)


@compiled
def next_question(w: World, c: int, t: float) -> None:
    """A question has been asked (or its attempt given up): the next one has a budget of its own."""
    case = w.cases[c]
    v = case["chaser_visit"]
    spend_urge(w, c, t)
    case["chasers"] += 1
    case["chase_budget_left"] = draws.asking_budget(w, c, case["chasers"])
    change(w, v, CHASING, asks_at(w, c, t))


@compiled
def pause(w: World, c: int, t: float) -> None:
    """We wait for the customer: the promise stands still."""
    case = w.cases[c]
    if case["paused"] == 0:
        spend_urge(w, c, t)
        left = case["promise_at"] - t
        if left > 0.0 and not math.isinf(left):
            left = time_between(w, case["promise_clock"], t, case["promise_at"])
        case["promise_left"] = left
    case["paused"] += 1
    reset_chaser(w, c, t)


@compiled
def resume(w: World, c: int, t: float) -> None:
    """The customer has done their part: the promise runs on with what was left; a missed one stays missed."""
    case = w.cases[c]
    case["paused"] -= 1
    if case["paused"] > 0:
        return
    case["chase_counted_until"] = t
    left = case["promise_left"]
    if left > 0.0:
        case["promise_at"] = add_time(w, case["promise_clock"], t, left)
    else:
        case["promise_at"] = t + left
    hear_news(w, c, t)
