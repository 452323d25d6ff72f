"""Cases: opened, truly resolved or not, given up, closed with all that the customer went through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.experience import add_effort, effort_of, remember, tell
from cxsim.jit import compiled
from cxsim.rules.promises import make_promise, stop_updates
from cxsim.rules.rows import call, change, free_case, free_visit, new_case, new_visit
from cxsim.state import CHASING, CLOSED, COMING, OPEN, SCHEDULED
from cxsim.tally import LEDGER_FIRST, CaseColumn, Cause, Kind, week_of

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

# how a case ended
RESOLVED, GIVEN_UP, WITHDRAWN = 1, 2, 3
RECURRENCE_BITS = 48


@compiled
def open_case(w: Any, f: int, number: int, customer: int, recurrence: int, t: float) -> int:
    """Make the case of a candidate and the visit row of its first contact, which comes at t; the row is returned."""
    c = new_case(w)
    r = w.cases
    r["status"][c] = SCHEDULED
    r["word"][c] = w.flows["word"][f]
    r["number"][c] = np.uint64(number) | (np.uint64(recurrence) << np.uint64(RECURRENCE_BITS))
    r["flow"][c] = f
    r["segment"][c] = w.flows["segment"][f]
    r["reason"][c] = w.flows["reason"][f]
    r["customer"][c] = customer
    r["recurrence"][c] = recurrence
    v = new_visit(w, c)
    w.visits["kind"][v] = _FIRST
    channel = channel_of(w, c, r["reason"][c], _FIRST, 0)
    w.visits["channel"][v] = channel
    w.visits["step"][v] = w.entrances[r["reason"][c], channel]
    change(w, v, COMING, t)
    return v


@compiled
def channel_of(w: Any, c: int, reason: int, kind: int, ordinal: int) -> int:
    """Channel of a contact, by the segment's mix for its reason."""
    u = draws.of_case(w, c, _CHANNEL, kind, ordinal)
    segment = w.cases["segment"][c]
    for k in range(w.mix.shape[2]):
        if u < w.mix[reason, segment, k]:
            return k
    return int(w.mix.shape[2] - 1)


@compiled
def begin_case(w: Any, c: int, t: float) -> None:
    """The first contact of case c is there: the case counts from now on."""
    w.cases["status"][c] = OPEN
    w.cases["opened_at"][c] = t
    w.cases["live"][c] = 1
    reason = w.cases["reason"][c]
    if w.reasons["one_open"][reason] == 1:
        w.open_cases[w.cases["customer"][c], reason] += 1
    w.case_sums[week_of(w, t), reason, w.cases["segment"][c], _OPENED] += 1.0
    make_promise(w, c, t)


@compiled
def resolve_case(w: Any, c: int, t: float) -> None:
    """Case c is truly resolved; if only its symptom was, the cause will bring a new case."""
    w.cases["resolved_at"][c] = t
    w.cases["closed_how"][c] = RESOLVED
    if w.cases["answered"][c] == 1:
        w.cases["first_resolved"][c] = 1
    reason = w.cases["reason"][c]
    if w.reasons["back_after"][reason] < 0:
        return
    if draws.of_case(w, c, _COMES_BACK, 0, 0) < w.reasons["p_back"][reason]:
        after = draws.duration(w, w.reasons["back_after"][reason], draws.of_case(w, c, _COMES_BACK_DELAY, 0, 0))
        number = w.cases["number"][c] & ((np.uint64(1) << np.uint64(RECURRENCE_BITS)) - np.uint64(1))
        v = open_case(w, w.cases["flow"][c], number, w.cases["customer"][c], w.cases["recurrence"][c] + 1, t + after)
        call(w, v)
        row = w.case_sums[week_of(w, w.cases["opened_at"][c]), reason, w.cases["segment"][c]]
        row[_CAME_BACK] += 1.0


@compiled
def end_part(w: Any, v: int, t: float) -> None:
    """A contact of the case is over for good: its row goes, and with the last one the case is closed."""
    c = w.visits["case"][v]
    w.cases["live"][c] -= 1
    if w.cases["live"][c] == 0 and w.cases["closed_how"][c] != 0:
        close_case(w, c, t)
    free_visit(w, v)


@compiled
def close_case(w: Any, c: int, t: float) -> None:
    """Case c is over: lateness and non-resolution enter the ledger, the customer's relationship moves, sums are taken."""
    r = w.cases
    if r["closed_how"][c] != RESOLVED:
        add_effort(w, c, _UNRESOLVED, w.experience["unresolved"][0], t)
    ended = min(t, r["resolved_at"][c])
    late = _days_late(w, c, ended)
    add_effort(w, c, _LATE, w.experience["late"][0] * math.log1p(late), t)
    stop_updates(w, c, ended)
    reason = r["reason"][c]
    row = w.case_sums[week_of(w, r["opened_at"][c]), reason, r["segment"][c]]
    _sum_up(w, c, row, late, t)
    row[_CLOSED] += 1.0
    row[_END_TO_END] += (ended - r["opened_at"][c]) / 1440.0
    if r["closed_how"][c] == RESOLVED:
        row[_RESOLVED] += 1.0
        row[_FIRST_RESOLVED] += r["first_resolved"][c]
        row[_MARGIN] += w.reasons["margin"][reason]
    elif r["closed_how"][c] == WITHDRAWN:
        row[_WITHDRAWN] += 1.0
        row[_MARGIN_LOST] += w.reasons["margin_lost"][reason]
    else:
        row[_GAVE_UP] += 1.0
    remember(w, c, effort_of(w, c), t)
    if w.reasons["one_open"][reason] == 1:
        w.open_cases[r["customer"][c], reason] -= 1
    _dismiss(w, c)
    r["status"][c] = CLOSED
    if r["rows"][c] == 0:
        free_case(w, c)


@compiled
def _dismiss(w: Any, c: int) -> None:
    """A question or a withdrawal that was still to come will not."""
    v = w.cases["chaser_row"][c]
    if v >= 0 and w.visits["status"][v] == CHASING:
        w.cases["chaser_row"][c] = -1
        free_visit(w, v)
    v = w.cases["leaving_row"][c]
    if v >= 0:
        w.cases["leaving_row"][c] = -1
        free_visit(w, v)


@compiled
def _days_late(w: Any, c: int, t: float) -> float:
    if w.cases["paused"][c] > 0:
        return max(0.0, -w.cases["promise_left"][c]) / 1440.0
    return max(0.0, t - w.cases["promise_at"][c]) / 1440.0


@compiled
def _sum_up(w: Any, c: int, row: Any, late: float, t: float) -> None:
    """What case c adds to its cohort's sums, finished or not."""
    r = w.cases
    row[_CONTACTS] += r["contacts"][c]
    row[_HANDLED] += r["handled"][c]
    if not math.isinf(r["promise_at"][c]):
        row[_PROMISED] += 1.0
        if late > 0.0:
            row[_BREACHED] += 1.0
        row[_DAYS_LATE] += late
    row[_TRANSFERS] += r["transfers"][c]
    row[_UPDATES] += r["updates"][c]
    row[_COST] += r["cost"][c] + r["updates"][c] * w.reasons["update_cost"][r["reason"][c]]
    row[_MARGIN] += r["sold"][c]
    row[_WRONG] += r["wrongs"][c]
    if r["handled"][c] > 0 and r["no_further"][c] == 1:
        row[_NO_FURTHER] += 1.0
    row[_FELT] += r["felt"][c]
    for k in range(_CAUSES):
        row[LEDGER_FIRST + k] += r["ledger"][c, k]
    tell(w, c, effort_of(w, c), row, t)


@compiled
def count_unfinished(w: Any, t: float) -> None:
    """At the end of a run: open cases count with their effort so far (and as unfinished)."""
    for c in range(len(w.cases)):
        if w.cases["status"][c] == OPEN:
            late = _days_late(w, c, t)
            row = w.case_sums[week_of(w, w.cases["opened_at"][c]), w.cases["reason"][c], w.cases["segment"][c]]
            row[_UNFINISHED] += 1.0
            before = w.cases["ledger"][c, _LATE]
            w.cases["ledger"][c, _LATE] = before + w.experience["late"][0] * math.log1p(late)
            _sum_up(w, c, row, late, t)
            w.cases["ledger"][c, _LATE] = before
