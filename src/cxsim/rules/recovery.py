"""Recovery: after a bad case some customers complain, some are called by us; a good answer gives part of the loss back.

What comes of a case has the case's own address with a mark in the upper bits of its number: returns of the matter by
the reason's own chance count from 1, returns because a complaint solved the symptom only count from `MOST_RETURNS`,
and `MARK` tells a complaint, or a call of ours, from the case it is about.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.experience import effort_of, level_at
from cxsim.jit import compiled, inlined
from cxsim.recovery_sums import COMPLAINT, FOLLOW_UP, NOTHING, PROACTIVE, RecoveryColumn
from cxsim.rules.opening import RECURRENCE_BITS, open_about, open_case
from cxsim.rules.promises import add_time
from cxsim.rules.rows import call
from cxsim.state import AT_STEP, CLOSED, REACHING
from cxsim.tally import Kind, moment

_COMPLAIN = int(draws.Purpose.COMPLAIN_AFTER)
_COMPLAIN_DELAY = int(draws.Purpose.COMPLAIN_AFTER_DELAY)
_CAUSE = int(draws.Purpose.CAUSE)
_RECURS = int(draws.Purpose.RECURS)
_RECURS_DELAY = int(draws.Purpose.RECURS_DELAY)
_DUE = int(draws.Purpose.DUE)
_PAYMENT = int(draws.Purpose.PAYMENT)
_PROACTIVE = int(draws.Purpose.PROACTIVE)
_FOLLOW_UP = int(draws.Purpose.FOLLOW_UP)
_REACH_OUT_DELAY = int(draws.Purpose.REACH_OUT_DELAY)
_K_FIRST = int(Kind.FIRST)
_K_COMPLAINT = int(Kind.COMPLAINT)
_LOSSES = int(RecoveryColumn.LOSSES)
_FAILURES = int(RecoveryColumn.FAILURES)
_LOSS = int(RecoveryColumn.LOSS)
_COMPLAINTS = int(RecoveryColumn.COMPLAINTS)
_REPLIED = int(RecoveryColumn.REPLIED)
_GIVEN_BACK = int(RecoveryColumn.GIVEN_BACK)
_SHARE = int(RecoveryColumn.SHARE)
_PART_CAUSE = int(RecoveryColumn.CAUSE)
_PART_EMPATHY = int(RecoveryColumn.EMPATHY)
_PART_SPEED = int(RecoveryColumn.SPEED)
_SOLVED = int(RecoveryColumn.SOLVED)
_SYMPTOM = int(RecoveryColumn.SYMPTOM)
_RECURRED = int(RecoveryColumn.RECURRED)
_PAYMENTS = int(RecoveryColumn.PAYMENTS)
_GOODWILL = int(RecoveryColumn.GOODWILL)
_PASSED_UP = int(RecoveryColumn.PASSED_UP)
_ENDED = int(RecoveryColumn.ENDED)
_BREACHES = int(RecoveryColumn.BREACHES)
_UNSOLVED = int(RecoveryColumn.UNSOLVED)
_OMBUDSMAN = int(RecoveryColumn.OMBUDSMAN)
_OMBUDSMAN_COST = int(RecoveryColumn.OMBUDSMAN_COST)
_C_PROACTIVE = int(RecoveryColumn.PROACTIVE)
_PROACTIVE_REACHED = int(RecoveryColumn.PROACTIVE_REACHED)
_UNHAPPY = int(RecoveryColumn.UNHAPPY)
_FOLLOWED_UP = int(RecoveryColumn.FOLLOWED_UP)
_FOLLOW_UP_REACHED = int(RecoveryColumn.FOLLOW_UP_REACHED)

RESOLVED = 1
"""How a case ended that was solved (`cxsim.rules.cases`)."""
MOST_RETURNS = 1 << 10
MARK = 1 << 14
"""Of a complaint; twice that: of a call of ours."""


@inlined
def _sums(w: Any, c: int, t: float) -> Any:
    """The row in which what happens at t in case c counts: by the reason of the case it is about."""
    return w.recovery_sums[moment(w, t)["week"], w.flows[w.cases[c]["flow"]]["reason"]]


@compiled
def hear_complaint(w: Any, v: int, t: float) -> None:
    """A complaint reaches us: from now on the promise and the regulator's deadline run."""
    terms = w.recovery[0]
    c = w.visits[v]["case"]
    case = w.cases[c]
    if w.visits[v]["ordinal"] == 0:
        _sums(w, c, t)[_COMPLAINTS] += 1.0
    if terms["on"] == 1 and math.isinf(case["complained_at"]):
        case["complained_at"] = t
        case["answer_due_at"] = add_time(w, terms["deadline_clock"], t, terms["deadline"])


@compiled
def payment_due(w: Any, c: int) -> float:
    """Goodwill that is due in case c, money; 0: none."""
    terms = w.recovery[0]
    if terms["right"] < 0 or not draws.in_case(w, c, _DUE, 0, 0, terms["p_due"]):
        return 0.0
    u = draws.of_case(w, c, _PAYMENT, 0, 0)
    return float(terms["least"] + terms["range"] * math.pow(u, terms["power"]))


@compiled
def passes_up(w: Any, c: int, limit: float, t: float) -> bool:
    """Whether the payment that is due in case c is above a team's limit (-1: none)."""
    if limit < 0.0 or payment_due(w, c) <= limit:
        return False
    _sums(w, c, t)[_PASSED_UP] += 1.0
    return True


@compiled
def answer(w: Any, v: int, n: int, solved: bool, t: float) -> None:
    """A complaint, or a customer whom we called, has got the n-th answer: its three parts, and what follows from it.

    solved: the matter, or at least its symptom.
    """
    terms = w.recovery[0]
    if terms["on"] == 0:  # recovery ended while it was under way
        return
    c = w.visits[v]["case"]
    case = w.cases[c]
    row = _sums(w, c, t)
    cause = 0.0
    if solved:
        row[_SOLVED] += 1.0
        if draws.in_case(w, c, _CAUSE, n, 0, p_cause(w, case["z"])):
            cause = 1.0
        else:
            row[_SYMPTOM] += 1.0
            _come_back(w, c, t)
    _pay(w, v, t)
    if case["paid"] == 1:
        cause = max(cause, terms["makes_good"])
    case["replied"] = 1
    case["cause"] = cause
    case["empathy"] = max(0.0, min(1.0, terms["empathy"] + terms["empathy_per_sd"] * case["z"]))
    since = case["complained_at"]
    promised = add_time(w, terms["promise_clock"], since, terms["promise"]) - since
    case["speed"] = 1.0 if t - since <= promised else promised / (t - since)


@inlined
def p_cause(w: Any, z: float) -> float:
    """Chance that the cause itself is removed: log-odds + resolution x proficiency."""
    p = w.recovery[0]["cause"]
    if p <= 0.0 or p >= 1.0 or z == 0.0:
        return float(p)
    odds = p / (1.0 - p) * math.exp(w.behaviour[0]["resolution"] * z)
    return float(odds / (1.0 + odds))


@compiled
def _pay(w: Any, v: int, t: float) -> None:
    """Goodwill that is due is paid, once, if whoever answers may pay as much."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    right = w.recovery[0]["right"]
    team = w.steps[w.visits[v]["step"]]["team"]
    if right < 0 or team < 0 or case["paid"] == 1:
        return
    held = w.rights[team, right]
    due = payment_due(w, c)
    if due > 0.0 and held["share"] > 0.0 and (held["limit"] < 0.0 or due <= held["limit"]):
        case["paid"] = 1
        row = _sums(w, c, t)
        row[_PAYMENTS] += 1.0
        row[_GOODWILL] += due


@compiled
def _come_back(w: Any, c: int, t: float) -> None:
    """The symptom is gone, the cause is not: the matter may come back as a new case."""
    terms = w.recovery[0]
    case = w.cases[c]
    again = (case["recurrence"] & (MARK - 1)) + MOST_RETURNS
    if again >= MARK or w.customers[case["customer"]]["present"] == 0:
        return
    if draws.in_case(w, c, _RECURS, 0, 0, terms["recurs"]):
        after = draws.duration(w, terms["recurs_after"], draws.of_case(w, c, _RECURS_DELAY, 0, 0))
        v = open_case(w, case["flow"], candidate_of(w, c), case["customer"], again, t + after)
        call(w, v)
        _sums(w, c, t)[_RECURRED] += 1.0


@inlined
def candidate_of(w: Any, c: int) -> int:
    """Number of the candidate that case c came of."""
    return int(w.cases[c]["number"] & ((np.uint64(1) << np.uint64(RECURRENCE_BITS)) - np.uint64(1)))


@inlined
def _weighed(w: Any, c: int) -> float:
    """The three parts of the answer in case c, weighed: 0 to 1."""
    terms = w.recovery[0]
    case = w.cases[c]
    return float(
        terms["of_cause"] * case["cause"] + terms["of_empathy"] * case["empathy"] + terms["of_speed"] * case["speed"]
    )


@compiled
def give_back(w: Any, c: int, v: float, t: float) -> tuple[float, float, float, float]:
    """Case c ends with satisfaction v: (what moves the relationship, what is remembered, what is said, given back).

    In a case with a complaint, part of its loss is given back.  A complaint about a case that is over gives back part
    of what that one has left behind in the relationship; its own trouble comes on top, its own ease does not (no
    paradox).
    """
    terms = w.recovery[0]
    case = w.cases[c]
    row = _sums(w, c, t)
    about = case["about"] == COMPLAINT
    if v < 0.0 and not about:
        row[_LOSSES] += 1.0
        row[_LOSS] -= v
        if case["closed_how"] != RESOLVED:
            row[_FAILURES] += 1.0
    loss = case["loss"] if about else min(v, 0.0)
    own = min(v, 0.0) if about else v - loss
    share = said = 0.0
    if not math.isinf(case["complained_at"]):
        _end_complaint(w, c, t)
        if case["replied"] == 1:
            share = terms["most"] * _weighed(w, c)
            said = terms["most_said"] * _weighed(w, c)
            _count_answer(w, c, share, loss, t)
    left = loss * (1.0 - share)
    if not about:
        return left + own, left + own, loss * (1.0 - said) + own, 0.0
    back = w.experience[0]["carry_over"] * case["weight"] * -loss * share
    back *= math.exp(-w.experience[0]["fade"] * (t - case["lost_at"]))
    return own, left + own, loss * (1.0 - said) + own, back


@compiled
def held_so_far(w: Any, c: int, v: float, t: float) -> float:
    """Satisfaction at the end of a run with case c, which is still open: nothing is given back before it ends."""
    case = w.cases[c]
    if t > case["answer_due_at"] and math.isinf(case["resolved_at"]):
        _sums(w, c, t)[_BREACHES] += 1.0
    return float(case["loss"] + min(v, 0.0)) if case["about"] == COMPLAINT else v


@compiled
def _end_complaint(w: Any, c: int, t: float) -> None:
    """A complaint has come to its end: in time or not, solved or not."""
    terms = w.recovery[0]
    case = w.cases[c]
    row = _sums(w, c, t)
    row[_ENDED] += 1.0
    if min(t, case["resolved_at"]) > case["answer_due_at"]:
        row[_BREACHES] += 1.0
    if case["closed_how"] != RESOLVED:
        row[_UNSOLVED] += 1.0
        row[_OMBUDSMAN] += terms["ombudsman"]
        row[_OMBUDSMAN_COST] += terms["ombudsman"] * terms["ombudsman_cost"]


@compiled
def _count_answer(w: Any, c: int, share: float, loss: float, t: float) -> None:
    case = w.cases[c]
    row = _sums(w, c, t)
    row[_REPLIED] += 1.0
    row[_SHARE] += share
    row[_GIVEN_BACK] -= share * loss
    row[_PART_CAUSE] += case["cause"]
    row[_PART_EMPATHY] += case["empathy"]
    row[_PART_SPEED] += case["speed"]


@compiled
def put_right(w: Any, c: int, v: float, t: float) -> None:
    """Case c is over: its customer complains, or is called, or is left alone; who complained before is left alone."""
    terms = w.recovery[0]
    case = w.cases[c]
    if case["about"] != NOTHING or w.customers[case["customer"]]["present"] == 0:
        return
    unhappy = terms["closed_loop"] >= 0 and case["score"] >= 0 and case["score"] <= terms["unhappy"]
    if unhappy:
        _sums(w, c, t)[_UNHAPPY] += 1.0
    if not math.isinf(case["complained_at"]):
        return
    failed = case["closed_how"] != RESOLVED
    if v < 0.0:
        p = terms["after_failure"] if failed else terms["after_effort"]
        if draws.in_case(w, c, _COMPLAIN, 0, 0, p * min(1.0, -v / terms["full_at"])):
            after = draws.duration(w, terms["after"], draws.of_case(w, c, _COMPLAIN_DELAY, 0, 0))
            _open_about(w, c, COMPLAINT, w.behaviour[0]["complaint"], v, t, t + after)
            return
    if unhappy and draws.in_case(w, c, _FOLLOW_UP, 0, 0, terms["loop_share"]):
        after = draws.duration(w, terms["loop_after"], draws.of_case(w, c, _REACH_OUT_DELAY, 0, 0))
        _sums(w, c, t)[_FOLLOWED_UP] += 1.0
        _open_about(w, c, FOLLOW_UP, terms["closed_loop"], v, t, t + after)
    elif failed and v < 0.0 and terms["proactive"] >= 0:
        if draws.in_case(w, c, _PROACTIVE, 0, 0, terms["proactive_share"]):
            after = draws.duration(w, terms["proactive_after"], draws.of_case(w, c, _REACH_OUT_DELAY, 1, 0))
            _sums(w, c, t)[_C_PROACTIVE] += 1.0
            _open_about(w, c, PROACTIVE, terms["proactive"], v, t, t + after)


@compiled
def _open_about(w: Any, c: int, about: int, reason: int, v: float, t: float, at: float) -> None:
    """What comes of case c, which is over: a complaint about it at an instant, or a call of ours."""
    case = w.cases[c]
    mark = MARK if about == COMPLAINT else 2 * MARK
    kind = _K_COMPLAINT if about == COMPLAINT else _K_FIRST
    row = open_about(w, case["flow"], candidate_of(w, c), case["customer"], case["recurrence"] | mark, reason, kind, at)
    visit = w.visits[row]
    new = w.cases[visit["case"]]
    new["about"] = about
    new["loss"] = min(v, 0.0)
    new["weight"] = w.reasons[case["reason"]]["moment"]
    new["lost_at"] = t
    new["whose"] = w.customers[case["customer"]]["generation"]
    if about == COMPLAINT:
        new["complaints"] = 1
    else:
        new["status"] = REACHING
        new["live"] = 1
        new["complained_at"] = t
        visit["through"] = AT_STEP
    call(w, row)


@compiled
def end_call(w: Any, c: int, t: float) -> None:
    """A call of ours is over: what it gave back, less the trouble it made, goes into the relationship."""
    terms = w.recovery[0]
    case = w.cases[c]
    k = case["customer"]
    customer = w.customers[k]
    case["status"] = CLOSED
    if customer["present"] == 0 or customer["generation"] != case["whose"]:
        return
    share = 0.0
    if case["replied"] == 1:
        proactive = case["about"] == PROACTIVE
        share = min(1.0, terms["most"] * _weighed(w, c) + (terms["bonus"] if proactive else 0.0))
        _sums(w, c, t)[_PROACTIVE_REACHED if proactive else _FOLLOW_UP_REACHED] += 1.0
        _count_answer(w, c, share, case["loss"], t)
    move = -case["weight"] * case["loss"] * share * math.exp(-w.experience[0]["fade"] * (t - case["lost_at"]))
    move -= effort_of(w, c)
    if move != 0.0:
        level = level_at(w, k, t)
        customer["level"] = level + w.experience[0]["carry_over"] * move
        customer["at"] = t
    if customer["felt_at"] == case["lost_at"]:
        customer["felt"] -= case["loss"] * share
