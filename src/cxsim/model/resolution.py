"""Resolution: a contact has been handled to its end; the case is truly resolved, or the customer comes again."""

from __future__ import annotations

import math
from typing import Any

from cxsim.model import draws
from cxsim.model.cases import GIVEN_UP, RESOLVED, end_part, resolve_case
from cxsim.model.clock import this_week
from cxsim.model.contacts import end_chaser, leave_line
from cxsim.model.opening import channel_of
from cxsim.model.promises import hear_news
from cxsim.model.replies import answer
from cxsim.model.rows import change
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin
from cxsim.state.state import COMING, REACHING
from cxsim.state.tally import ContactColumn, Kind, StepColumn

_RESOLVE = int(draws.Purpose.RESOLVE)
_RECONTACT = int(draws.Purpose.RECONTACT)
_RECONTACT_DELAY = int(draws.Purpose.RECONTACT_DELAY)
_COMPLAIN = int(draws.Purpose.COMPLAIN)
_REPEAT = int(Kind.REPEAT)
_CHASER = int(Kind.CHASER)
_COMPLAINT = int(Kind.COMPLAINT)
_BY_REPEAT = int(Origin.REPEAT)
_BY_COMPLAINT = int(Origin.COMPLAINT)
_C_HANDLED = int(ContactColumn.HANDLED)
_S_FAILED_AGENT = int(StepColumn.FAILED_AGENT)
_S_FAILED_PROCESS = int(StepColumn.FAILED_PROCESS)
_S_FAILED_CUSTOMER = int(StepColumn.FAILED_CUSTOMER)


@compiled
def end_route(w: Any, v: int, t: float) -> None:
    """A contact has been handled to the end of its route: answered, or the case is resolved or not."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    leave_line(w, v)
    if case["status"] == REACHING:
        _end_call(w, v, t)
        return
    w.contact_sums[this_week(w), visit["reason"], visit["channel"], _C_HANDLED] += 1.0
    case["answered"] += 1
    if math.isinf(case["first_ended_at"]):
        case["first_ended_at"] = t
    if visit["kind"] == _CHASER:
        hear_news(w, c, t)
        end_chaser(w, v, t)
        return
    n = case["handled"]
    case["handled"] = n + 1
    if case["closed_how"] != 0:  # closed meanwhile
        end_part(w, v, t)
        return
    p, by_agent, by_process = p_resolved(w, w.steps[visit["step"]]["resolves"], case["z"])
    u = draws.of_case(w, c, _RESOLVE, n, 0) if p < 1.0 else 0.0
    row = w.step_sums[this_week(w), visit["step"]]
    blame = visit["step"]
    if case["wrong"] == 1:
        case["wrong"] = 0
        blame = case["wrong_at"]
        row[_S_FAILED_PROCESS] += 1.0
    elif u < p:
        if not math.isinf(case["complained_at"]):
            answer(w, v, n, True, t)
        resolve_case(w, c, visit["step"], t)
        end_part(w, v, t)
        return
    elif u < p + by_agent:
        row[_S_FAILED_AGENT] += 1.0
    elif u < p + by_agent + by_process:
        row[_S_FAILED_PROCESS] += 1.0
    else:
        row[_S_FAILED_CUSTOMER] += 1.0
    if not math.isinf(case["complained_at"]):
        answer(w, v, n, False, t)
    if not draws.in_case(w, c, _RECONTACT, n, 0, w.behaviour[0]["p_recontact"]):
        case["closed_how"] = GIVEN_UP
        case["failed_at"] = blame
        end_part(w, v, t)
        return
    _come_again(w, v, n, blame, t)


@compiled
def _end_call(w: Any, v: int, t: float) -> None:
    """A call of ours about a case that is over has come to the end of its route; a try that missed gives nothing."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    if case["heard"] == 1 and visit["missed"] == 0:
        p, _, _ = p_resolved(w, w.steps[visit["step"]]["resolves"], case["z"])
        solved = draws.in_case(w, c, _RESOLVE, 0, 0, p) and case["wrong"] == 0
        answer(w, v, 0, solved, t)
    case["closed_how"] = RESOLVED
    end_part(w, v, t)


@compiled
def _come_again(w: Any, v: int, n: int, blame: int, t: float) -> None:
    """The customer has noticed that nothing is solved: a repeat contact, or a complaint, after a while.

    blame: the step that failed.
    """
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    kind = _REPEAT
    reason = case["reason"]
    if draws.in_case(w, c, _COMPLAIN, n, 0, behaviour["p_complain"]):
        kind = _COMPLAINT
        reason = behaviour["complaint"]
    visit["origin"] = _BY_REPEAT if kind == _REPEAT else _BY_COMPLAINT
    visit["blame"] = blame
    if kind == _REPEAT:
        visit["ordinal"] = case["repeats"]
        case["repeats"] += 1
    else:
        visit["ordinal"] = case["complaints"]
        case["complaints"] += 1
        visit["channel"] = channel_of(w, c, reason, kind, visit["ordinal"])
    visit["kind"] = kind
    visit["reason"] = reason
    visit["attempt"] = 0
    visit["leg"] = 0
    visit["through"] = 0
    visit["present"] = 0
    after = draws.minutes_of_case(w, c, behaviour["recontact_after"], _RECONTACT_DELAY, n, 0)
    change(w, v, COMING, t + after)


@inlined
def p_resolved(w: Any, base: float, z: float) -> tuple[float, float, float]:
    """Chance that a handled contact truly resolves, and the failures left to agent and process.

    Log-odds of `base` + resolution x z, but proficiency moves only the agent's share of failures: process and customer
    keep theirs.
    """
    behaviour = w.behaviour[0]
    fails = 1.0 - base
    process = fails * behaviour["by_process"]
    customer = fails * behaviour["by_customer"]
    if base <= 0.0 or base >= 1.0 or z == 0.0:
        return base, fails - process - customer, process
    odds = base / fails * math.exp(behaviour["resolution"] * z)
    p = min(odds / (1.0 + odds), 1.0 - process - customer)
    return p, 1.0 - p - process - customer, process
