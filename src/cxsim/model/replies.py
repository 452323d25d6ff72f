"""Replies: a complaint is heard, passed up if its payment is above a limit, and answered: cause, empathy, speed."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.recovery import (
    count_complaint,
    count_passed_up,
    count_payment,
    count_recurrence,
    count_solved,
)
from cxsim.model.draws import Purpose
from cxsim.model.opening import open_case
from cxsim.model.promises import add_time
from cxsim.model.rows import call
from cxsim.native.compiling import compiled, inlined
from cxsim.state.lineage import may_return_of_symptom, number_of_return_of_symptom
from cxsim.state.state import REACHING
from cxsim.state.world import World


@compiled
def hear_complaint(w: World, v: int, t: float) -> None:
    """A complaint reaches us: from now on the promise and the regulator's deadline run."""
    terms = w.recovery[0]
    c = w.visits[v]["case"]
    case = w.cases[c]
    if w.visits[v]["ordinal"] == 0:
        count_complaint(w, c)
    if terms["on"] == 1 and math.isinf(case["complained_at"]):
        case["complained_at"] = t
        case["answer_due_at"] = add_time(w, terms["deadline_clock"], t, terms["deadline"])


@compiled
def payment_due(w: World, c: int) -> float:
    """Goodwill that is due in case c, money; 0: none."""
    terms = w.recovery[0]
    if terms["right"] < 0 or not draws.in_case(w, c, Purpose.DUE, 0, 0, terms["p_due"]):
        return 0.0
    u = draws.of_case(w, c, Purpose.PAYMENT, 0, 0)
    # One random number and a closed form: it has the stated mean and bounds, and `Goodwill.p_within` gives the share
    # within a limit.
    return float(terms["least"] + terms["range"] * math.pow(u, terms["power"]))


@compiled
def passes_up(w: World, c: int, limit: float) -> bool:
    """Whether the payment that is due in case c is above a team's limit (-1: none)."""
    if limit < 0.0 or payment_due(w, c) <= limit:
        return False
    count_passed_up(w, c)
    return True


@compiled
def answer(w: World, v: int, n: int, solved: bool, t: float) -> None:
    """A complaint, or a customer whom we called, has got the n-th answer: its three parts, and what follows from it.

    solved: the matter, or at least its symptom.
    """
    terms = w.recovery[0]
    if terms["on"] == 0:  # recovery ended while it was under way
        return
    c = w.visits[v]["case"]
    case = w.cases[c]
    cause = 0.0
    if solved:
        if draws.in_case(w, c, Purpose.CAUSE, n, 0, p_cause(w, case["last_proficiency"])):
            cause = 1.0
        else:
            _come_back(w, c, w.visits[v]["step"], t)
        count_solved(w, c, cause == 0.0)
    _pay(w, v)
    if case["goodwill_paid"] == 1:
        cause = max(cause, terms["makes_good"])
    case["replied"] = 1
    case["cause"] = cause
    case["empathy"] = max(0.0, min(1.0, terms["empathy"] + terms["empathy_per_sd"] * case["last_proficiency"]))
    since = case["complained_at"]
    promised = add_time(w, terms["promise_clock"], since, terms["promise"]) - since
    case["speed"] = 1.0 if t - since <= promised else promised / (t - since)


@inlined
def p_cause(w: World, z: float) -> float:
    """Chance that the cause itself is removed: log-odds + resolution x proficiency."""
    p = w.recovery[0]["cause"]
    if p <= 0.0 or p >= 1.0 or z == 0.0:
        return float(p)
    odds = p / (1.0 - p) * math.exp(w.behaviour[0]["resolution"] * z)
    return float(odds / (1.0 + odds))


@compiled
def _pay(w: World, v: int) -> None:
    """Goodwill that is due in a complaint is paid, once, if whoever answers may pay as much; calls of ours pay none."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    right = w.recovery[0]["right"]
    if case["status"] == REACHING:
        return
    team = w.steps[w.visits[v]["step"]]["team"]
    if right < 0 or team < 0 or case["goodwill_paid"] == 1:
        return
    held = w.rights[team, right]
    due = payment_due(w, c)
    if due > 0.0 and held["share"] > 0.0 and (held["limit"] < 0.0 or due <= held["limit"]):
        case["goodwill_paid"] = 1
        count_payment(w, c, due)


@compiled
def _come_back(w: World, c: int, s: int, t: float) -> None:
    """Step s has removed the symptom, and not the cause: the matter may come back as a new case; a sale does not."""
    terms = w.recovery[0]
    case = w.cases[c]
    if case["sold_step"] >= 0 or w.customers[case["customer"]]["present"] == 0:
        return
    if not may_return_of_symptom(case["number"]):
        return
    if draws.in_case(w, c, Purpose.RECURS, 0, 0, terms["recurs"]):
        after = draws.minutes_of_case(w, c, terms["recurs_after"], Purpose.RECURS_DELAY, 0, 0)
        number = number_of_return_of_symptom(case["number"])
        v = open_case(w, case["stream"], number, case["customer"], t + after)
        w.visits[v]["cause_step"] = s
        call(w, v)
        count_recurrence(w, c)
