"""Cases: opened, truly resolved or not, given up, closed with all that the customer went through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.experience import add_effort, effort_of, level_at, remember, tell
from cxsim.jit import compiled, inlined
from cxsim.origins import Origin
from cxsim.rules.blame import late_at
from cxsim.rules.promises import count_updates, make_promise, stop_updates
from cxsim.rules.rows import call, change, free_case, free_visit, new_case, new_visit
from cxsim.state import CHASING, CLOSED, COMING, OPEN, SCHEDULED
from cxsim.tally import LEDGER_FIRST, CaseColumn, Cause, Kind, moment, week_of

_CHANNEL = int(draws.Purpose.CHANNEL)
_COMES_BACK = int(draws.Purpose.COMES_BACK)
_COMES_BACK_DELAY = int(draws.Purpose.COMES_BACK_DELAY)
_FIRST = int(Kind.FIRST)
_UNRESOLVED = int(Cause.UNRESOLVED)
_LATE = int(Cause.LATE)
_OPENED = int(CaseColumn.OPENED)
_CLOSED = int(CaseColumn.CLOSED)
_RESOLVED = int(CaseColumn.RESOLVED)
_FIRST_RESOLVED = int(CaseColumn.FIRST_RESOLVED)
_GAVE_UP = int(CaseColumn.GAVE_UP)
_WITHDRAWN = int(CaseColumn.WITHDRAWN)
_CONTACTS = int(CaseColumn.CONTACTS)
_HANDLED = int(CaseColumn.HANDLED)
_END_TO_END = int(CaseColumn.END_TO_END)
_PROMISED = int(CaseColumn.PROMISED)
_BREACHED = int(CaseColumn.BREACHED)
_DAYS_LATE = int(CaseColumn.DAYS_LATE)
_TRANSFERS = int(CaseColumn.TRANSFERS)
_UPDATES = int(CaseColumn.UPDATES)
_COST = int(CaseColumn.COST)
_MARGIN = int(CaseColumn.MARGIN)
_MARGIN_LOST = int(CaseColumn.MARGIN_LOST)
_WRONG = int(CaseColumn.WRONG_DECISIONS)
_NO_FURTHER = int(CaseColumn.NO_FURTHER_CONTACT)
_FELT = int(CaseColumn.FELT_WAIT)
_CAME_BACK = int(CaseColumn.CAME_BACK)
_UNFINISHED = int(CaseColumn.UNFINISHED)
_CAUSES = len(Cause)
_BY_FAILURE = int(Origin.FAILURE)
_BY_RECURRENCE = int(Origin.RECURRENCE)

# how a case ended
RESOLVED, GIVEN_UP, WITHDRAWN = 1, 2, 3
RECURRENCE_BITS = 48


@compiled
def open_case(w: Any, f: int, number: int, customer: int, recurrence: int, t: float) -> int:
    """Make the case of a candidate and the visit row of its first contact, which comes at t; the row is returned."""
    flow = w.flows[f]
    c = new_case(w)
    case = w.cases[c]
    case["status"] = SCHEDULED
    case["word"] = flow["word"]
    case["number"] = np.uint64(number) | (np.uint64(recurrence) << np.uint64(RECURRENCE_BITS))
    case["flow"] = f
    case["segment"] = flow["segment"]
    case["reason"] = flow["reason"]
    case["customer"] = customer
    case["recurrence"] = recurrence
    v = new_visit(w, c)
    case["main_row"] = v
    visit = w.visits[v]
    visit["kind"] = _FIRST
    channel = channel_of(w, c, case["reason"], _FIRST, 0)
    visit["channel"] = channel
    visit["step"] = w.entrances[case["reason"], channel]
    if w.reasons[case["reason"]]["failure"] == 1:
        visit["origin"] = _BY_FAILURE
    elif recurrence > 0:
        visit["origin"] = _BY_RECURRENCE
    change(w, v, COMING, t)
    return v


@compiled
def channel_of(w: Any, c: int, reason: int, kind: int, ordinal: int) -> int:
    """Channel of a contact, by the segment's mix for its reason."""
    shares = w.mix[reason, w.cases[c]["segment"]]
    last = len(shares) - 1
    k = 0
    while k < last and shares[k] <= 0.0:
        k += 1
    if shares[k] >= 1.0:
        return k
    u = draws.of_case(w, c, _CHANNEL, kind, ordinal)
    while k < last and u >= shares[k]:
        k += 1
    return k


@inlined
def begin_case(w: Any, c: int, t: float) -> None:
    """The first contact of case c is there: the case counts from now on."""
    case = w.cases[c]
    case["status"] = OPEN
    case["opened_at"] = t
    case["live"] = 1
    reason = case["reason"]
    if w.reasons[reason]["one_open"] == 1:
        w.open_cases[case["customer"], reason] += 1
    w.case_sums[moment(w, t)["week"], reason, case["segment"], _OPENED] += 1.0
    make_promise(w, c, t)


@compiled
def resolve_case(w: Any, c: int, s: int, t: float) -> None:
    """Case c is truly resolved at step s; if only its symptom was, the cause will bring a new case."""
    case = w.cases[c]
    case["resolved_at"] = t
    case["closed_how"] = RESOLVED
    if case["answered"] == 1:
        case["first_resolved"] = 1
    reason = case["reason"]
    subject = w.reasons[reason]
    if subject["back_after"] < 0 or w.customers[case["customer"]]["present"] == 0:
        return
    if draws.in_case(w, c, _COMES_BACK, 0, 0, subject["p_back"]):
        after = draws.duration(w, subject["back_after"], draws.of_case(w, c, _COMES_BACK_DELAY, 0, 0))
        number = case["number"] & ((np.uint64(1) << np.uint64(RECURRENCE_BITS)) - np.uint64(1))
        v = open_case(w, case["flow"], number, case["customer"], case["recurrence"] + 1, t + after)
        w.visits[v]["blame"] = s
        call(w, v)
        row = w.case_sums[week_of(w, case["opened_at"]), reason, case["segment"]]
        row[_CAME_BACK] += 1.0


@compiled
def end_part(w: Any, v: int, t: float) -> None:
    """A contact of the case is over for good: its row goes, and with the last one the case is closed."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    case["live"] -= 1
    if case["live"] == 0 and case["closed_how"] != 0:
        close_case(w, c, t)
    free_visit(w, v)


@compiled
def close_case(w: Any, c: int, t: float) -> None:
    """Case c is over: the ledger is closed, the customer's relationship moves, sums are taken."""
    weights = w.experience[0]
    case = w.cases[c]
    if case["closed_how"] != RESOLVED:
        add_effort(w, c, _UNRESOLVED, weights["unresolved"], case["failed_at"], t)
    ended = min(t, case["resolved_at"])
    late = _days_late(w, c, ended)
    if late > 0.0:
        add_effort(w, c, _LATE, weights["late"] * math.log1p(late), late_at(w, c), t)
    stop_updates(w, c, ended)
    reason = case["reason"]
    subject = w.reasons[reason]
    row = w.case_sums[week_of(w, case["opened_at"]), reason, case["segment"]]
    effort = effort_of(w, c)
    level = level_at(w, case["customer"], t)
    _sum_up(w, c, row, late, t)
    tell(w, c, effort, level, row, t)
    row[_CLOSED] += 1.0
    row[_END_TO_END] += (ended - case["opened_at"]) / 1440.0
    if case["closed_how"] == RESOLVED:
        row[_RESOLVED] += 1.0
        row[_FIRST_RESOLVED] += case["first_resolved"]
        row[_MARGIN] += subject["margin"]
    elif case["closed_how"] == WITHDRAWN:
        row[_WITHDRAWN] += 1.0
        row[_MARGIN_LOST] += subject["margin_lost"]
    else:
        row[_GAVE_UP] += 1.0
    remember(w, c, effort, level, t)
    if subject["one_open"] == 1:
        w.open_cases[case["customer"], reason] -= 1
    _dismiss(w, c)
    case["status"] = CLOSED
    if case["rows"] == 0:
        free_case(w, c)


@compiled
def _dismiss(w: Any, c: int) -> None:
    """A question or a withdrawal that was still to come will not."""
    case = w.cases[c]
    v = case["chaser_row"]
    if v >= 0 and w.visits[v]["status"] == CHASING:
        case["chaser_row"] = -1
        free_visit(w, v)
    v = case["leaving_row"]
    if v >= 0:
        case["leaving_row"] = -1
        free_visit(w, v)


@inlined
def _days_late(w: Any, c: int, t: float) -> float:
    case = w.cases[c]
    if case["paused"] > 0:
        return float(max(0.0, -case["promise_left"]) / 1440.0)
    return float(max(0.0, t - case["promise_at"]) / 1440.0)


@inlined
def _sum_up(w: Any, c: int, row: Any, late: float, t: float) -> None:
    """What case c adds to its cohort's sums, finished or not."""
    case = w.cases[c]
    row[_CONTACTS] += case["contacts"]
    row[_HANDLED] += case["handled"]
    if not math.isinf(case["promise_at"]):
        row[_PROMISED] += 1.0
        if late > 0.0:
            row[_BREACHED] += 1.0
        row[_DAYS_LATE] += late
    row[_TRANSFERS] += case["transfers"]
    row[_UPDATES] += case["updates"]
    row[_COST] += case["cost"] + case["updates"] * w.reasons[case["reason"]]["update_cost"]
    row[_MARGIN] += case["sold"]
    row[_WRONG] += case["wrongs"]
    if case["handled"] > 0 and case["no_further"] == 1:
        row[_NO_FURTHER] += 1.0
    row[_FELT] += case["felt"]
    for k in range(_CAUSES):
        row[LEDGER_FIRST + k] += case["ledger"][k]


@compiled
def count_unfinished(w: Any, t: float) -> None:
    """At the end of a run: open cases count with their effort so far (and as unfinished)."""
    for c in range(len(w.cases)):
        if w.cases[c]["status"] == OPEN:
            so_far = min(t, w.cases[c]["resolved_at"])
            late = _days_late(w, c, so_far)
            count_updates(w, c, so_far)
            row = w.case_sums[week_of(w, w.cases[c]["opened_at"]), w.cases[c]["reason"], w.cases[c]["segment"]]
            row[_UNFINISHED] += 1.0
            before = w.cases[c]["ledger"][_LATE]
            effort = w.experience[0]["late"] * math.log1p(late)
            w.cases[c]["ledger"][_LATE] = before + effort
            w.effort_sums[moment(w, t)["phase"], w.cases[c]["reason"], late_at(w, c), _LATE] += effort
            _sum_up(w, c, row, late, t)
            tell(w, c, effort_of(w, c), level_at(w, w.cases[c]["customer"], t), row, t)
            w.cases[c]["ledger"][_LATE] = before
