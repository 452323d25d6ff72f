"""Cases: opened, truly resolved or not, given up, closed with all that the customer went through."""

from __future__ import annotations

import math
from typing import Any

from cxsim.calendars.constants import DAY
from cxsim.model import draws
from cxsim.model.blame import late_at
from cxsim.model.draws import Purpose
from cxsim.model.experience import add_effort, courtesy_of, enter, level_at, remember, satisfaction, sum_up_ledger, tell
from cxsim.model.opening import open_case
from cxsim.model.promises import count_updates, stop_updates
from cxsim.model.recovery import end_call, give_back, held_so_far, put_right, sum_up_call
from cxsim.model.replies import MARK, MOST_RETURNS, candidate_of
from cxsim.model.rows import call, free_case, free_visit
from cxsim.native.compiling import compiled, inlined
from cxsim.state.recovery_sums import COMPLAINT
from cxsim.state.state import CHASING, CLOSED, OPEN, REACHING
from cxsim.state.tally import CaseColumn, Cause
from cxsim.state.world import World

_CAUSES = len(Cause)

# how a case ended
RESOLVED, GIVEN_UP, WITHDRAWN = 1, 2, 3


@compiled
def resolve_case(w: World, c: int, s: int, t: float) -> None:
    """Case c is truly resolved at step s; if only its symptom was, the cause will bring a new case."""
    case = w.cases[c]
    case["resolved_at"] = t
    case["resolved_step"] = s
    case["closed_as"] = RESOLVED
    if case["contacts_handled"] == 1:
        case["first_resolved"] = 1
    reason = case["reason"]
    subject = w.reasons[reason]
    if subject["comes_back_after"] < 0 or w.customers[case["customer"]]["present"] == 0 or case["sold_step"] >= 0:
        return
    if w.recovery[0]["on"] == 1 and case["recurrence"] >= MOST_RETURNS - 1:
        return
    if draws.in_case(w, c, Purpose.COMES_BACK, 0, 0, subject["p_comes_back"]):
        after = draws.minutes_of_case(w, c, subject["comes_back_after"], Purpose.COMES_BACK_DELAY, 0, 0)
        v = open_case(w, case["stream"], candidate_of(w, c), case["customer"], case["recurrence"] + 1, t + after)
        w.visits[v]["cause_step"] = s
        call(w, v)
        row = w.case_sums[case["cohort_week"], reason, case["segment"]]
        row[CaseColumn.CAME_BACK] += 1.0


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
    """Case c is over: the ledger is closed, the customer's relationship moves, sums are taken."""
    weights = w.experience[0]
    case = w.cases[c]
    if case["closed_as"] != RESOLVED:
        add_effort(w, c, Cause.UNRESOLVED, weights["unresolved"], case["given_up_step"], t)
    ended = min(t, case["resolved_at"])
    late = _days_late(w, c, ended)
    if late > 0.0:
        add_effort(w, c, Cause.LATE, weights["late"] * math.log1p(late), late_at(w, c), t)
    stop_updates(w, c, ended)
    reason = case["reason"]
    subject = w.reasons[reason]
    row = w.case_sums[case["cohort_week"], reason, case["segment"]]
    effort = case["effort"]
    level = level_at(w, case["customer"], t)
    _sum_up(w, c, row, late, t)
    v = satisfaction(w, effort, courtesy_of(w, c))
    moves = remembered = answered = v
    if w.recovery[0]["on"] == 1:
        moves, remembered, answered, back = give_back(w, c, v, t)
    else:
        back = 0.0
    tell(w, c, effort, level, answered, row, t)
    row[CaseColumn.CLOSED] += 1.0
    row[CaseColumn.END_TO_END] += (ended - case["opened_at"]) / DAY
    if case["closed_as"] == RESOLVED:
        row[CaseColumn.RESOLVED] += 1.0
        row[CaseColumn.FIRST_RESOLVED] += case["first_resolved"]
        if case["recurrence"] < MOST_RETURNS or case["recurrence"] >= MARK:  # a matter earns its margin once
            row[CaseColumn.MARGIN] += subject["margin"]
    elif case["closed_as"] == WITHDRAWN:
        row[CaseColumn.WITHDRAWN] += 1.0
        row[CaseColumn.MARGIN_LOST] += subject["margin_lost"]
    else:
        row[CaseColumn.GAVE_UP] += 1.0
    weight = case["weight"] if case["relation"] == COMPLAINT else subject["moment"]
    remember(w, c, moves, weight, remembered, level + back if back > 0.0 else level, t)
    if w.recovery[0]["on"] == 1:
        put_right(w, c, v, t)
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


@inlined
def _sum_up(w: World, c: int, row: Any, late: float, t: float) -> None:
    """What case c adds to its cohort's sums, finished or not."""
    case = w.cases[c]
    row[CaseColumn.CONTACTS] += case["contacts"]
    row[CaseColumn.HANDLED] += case["resolution_attempts"]
    if not math.isinf(case["promise_at"]):
        row[CaseColumn.PROMISED] += 1.0
        if late > 0.0:
            row[CaseColumn.BREACHED] += 1.0
        row[CaseColumn.DAYS_LATE] += late
    row[CaseColumn.TRANSFERS] += case["transfers"]
    row[CaseColumn.UPDATES] += case["updates"]
    row[CaseColumn.COST] += case["cost"] + case["updates"] * w.reasons[case["reason"]]["update_cost"]
    row[CaseColumn.MARGIN] += case["sold"]
    row[CaseColumn.WRONG_DECISIONS] += case["wrong_decisions"]
    if case["resolution_attempts"] > 0 and case["no_further_contact"] == 1:
        row[CaseColumn.NO_FURTHER_CONTACT] += 1.0
    row[CaseColumn.PERCEIVED_WAIT] += case["perceived_wait"]
    sum_up_ledger(w, c, row)


@compiled
def count_unfinished(w: World, t: float) -> None:
    """At the end of a run: open cases count with their effort so far (and as unfinished)."""
    for c in range(len(w.cases)):
        if w.cases[c]["status"] == REACHING:
            sum_up_call(w, c)
        if w.cases[c]["status"] == OPEN:
            so_far = min(t, w.cases[c]["resolved_at"])
            late = _days_late(w, c, so_far)
            count_updates(w, c, so_far)
            row = w.case_sums[w.cases[c]["cohort_week"], w.cases[c]["reason"], w.cases[c]["segment"]]
            row[CaseColumn.UNFINISHED] += 1.0
            enter(w, c, Cause.LATE, w.experience[0]["late"] * math.log1p(late), late_at(w, c))
            _sum_up(w, c, row, late, t)
            effort = w.cases[c]["effort"]
            v = satisfaction(w, effort, courtesy_of(w, c))
            if w.recovery[0]["on"] == 1:
                v = held_so_far(w, c, v, t)
            tell(w, c, effort, level_at(w, w.cases[c]["customer"], t), v, row, t)
