"""Cases: opened, truly resolved or not, given up, closed with all that the customer went through."""

from __future__ import annotations

import math

from cxsim.calendars.constants import DAY
from cxsim.model import draws
from cxsim.model.accounting.cases import count_call, count_closed, count_coming_back, count_history, count_unfinished
from cxsim.model.blame import late_at
from cxsim.model.draws import Purpose
from cxsim.model.experience import add_effort, courtesy_of, enter, level_at, remember, satisfaction, tell
from cxsim.model.opening import open_case
from cxsim.model.promises import count_updates, stop_updates
from cxsim.model.recovery import end_call, give_back, held_so_far, put_right
from cxsim.model.rows import call, free_case, free_visit
from cxsim.native.compiling import compiled, inlined
from cxsim.state.closing import ClosedAs
from cxsim.state.lineage import may_return, number_of_return
from cxsim.state.recovery_sums import COMPLAINT
from cxsim.state.state import CHASING, CLOSED, OPEN, REACHING
from cxsim.state.tally import Cause
from cxsim.state.world import World


@compiled
def resolve_case(w: World, c: int, s: int, t: float) -> None:
    """Case c is truly resolved at step s; if only its symptom was, the cause will bring a new case."""
    case = w.cases[c]
    case["resolved_at"] = t
    case["resolved_step"] = s
    case["closed_as"] = ClosedAs.RESOLVED
    if case["contacts_handled"] == 1:
        case["first_resolved"] = 1
    subject = w.reasons[case["reason"]]
    if subject["comes_back_after"] < 0 or w.customers[case["customer"]]["present"] == 0 or case["sold_step"] >= 0:
        return
    if w.recovery[0]["on"] == 1 and not may_return(case["number"]):
        return
    if draws.in_case(w, c, Purpose.COMES_BACK, 0, 0, subject["p_comes_back"]):
        after = draws.minutes_of_case(w, c, subject["comes_back_after"], Purpose.COMES_BACK_DELAY, 0, 0)
        v = open_case(w, case["stream"], number_of_return(case["number"]), case["customer"], t + after)
        w.visits[v]["cause_step"] = s
        call(w, v)
        count_coming_back(w, c)


@compiled
def end_part(w: World, v: int, t: float) -> None:
    """A contact of the case is over for good: its row goes, and with the last one the case is closed."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    case["in_progress"] -= 1
    if case["in_progress"] == 0 and case["closed_as"] != 0:
        if case["status"] == REACHING:
            end_call(w, c, t)
        else:
            close_case(w, c, t)
    free_visit(w, v)


@compiled
def close_case(w: World, c: int, t: float) -> None:
    """Case c is over: the ledger is closed, the customer's relationship moves, and what went wrong may be put right."""
    weights = w.experience[0]
    case = w.cases[c]
    if case["closed_as"] != ClosedAs.RESOLVED:
        add_effort(w, c, Cause.UNRESOLVED, weights["unresolved"], case["given_up_step"], t)
    ended = min(t, case["resolved_at"])
    late = _days_late(w, c, ended)
    if late > 0.0:
        add_effort(w, c, Cause.LATE, weights["late"] * math.log1p(late), late_at(w, c), t)
    stop_updates(w, c, ended)
    reason = case["reason"]
    subject = w.reasons[reason]
    effort = case["effort"]
    level = level_at(w, case["customer"], t)
    count_history(w, c, late)
    satisfied = satisfaction(w, effort, courtesy_of(w, c))
    moves = remembered = answered = satisfied
    if w.recovery[0]["on"] == 1:
        moves, remembered, answered, back = give_back(w, c, satisfied, t)
    else:
        back = 0.0
    tell(w, c, effort, level, answered)
    count_closed(w, c, ended)
    weight = case["weight"] if case["relation"] == COMPLAINT else subject["moment"]
    remember(w, c, moves, weight, remembered, level + back if back > 0.0 else level, t)
    if w.recovery[0]["on"] == 1:
        put_right(w, c, satisfied, t)
    if subject["one_open"] == 1:
        w.open_cases[case["customer"], reason] -= 1
    _dismiss(w, c)
    case["status"] = CLOSED
    if case["visit_rows"] == 0:
        free_case(w, c)


@compiled
def _dismiss(w: World, c: int) -> None:
    """A question or a withdrawal that was still to come will not."""
    case = w.cases[c]
    v = case["chaser_visit"]
    if v >= 0 and w.visits[v]["status"] == CHASING:
        case["chaser_visit"] = -1
        free_visit(w, v)
    v = case["withdrawal_visit"]
    if v >= 0:
        case["withdrawal_visit"] = -1
        free_visit(w, v)


@inlined
def _days_late(w: World, c: int, t: float) -> float:
    case = w.cases[c]
    if case["paused"] > 0:
        return float(max(0.0, -case["promise_left"]) / DAY)
    return float(max(0.0, t - case["promise_at"]) / DAY)


@compiled
def leave_unfinished(w: World, t: float) -> None:
    """At the end of a run: open cases count with their effort so far (and as unfinished)."""
    for c in range(len(w.cases)):
        if w.cases[c]["status"] == REACHING:
            count_call(w, c)
        if w.cases[c]["status"] == OPEN:
            so_far = min(t, w.cases[c]["resolved_at"])
            late = _days_late(w, c, so_far)
            count_updates(w, c, so_far)
            count_unfinished(w, c)
            enter(w, c, Cause.LATE, w.experience[0]["late"] * math.log1p(late), late_at(w, c))
            count_history(w, c, late)
            effort = w.cases[c]["effort"]
            satisfied = satisfaction(w, effort, courtesy_of(w, c))
            if w.recovery[0]["on"] == 1:
                satisfied = held_so_far(w, c, satisfied, t)
            tell(w, c, effort, level_at(w, w.cases[c]["customer"], t), satisfied)
