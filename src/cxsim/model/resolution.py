"""Resolution: a contact has been handled to its end; the case is truly resolved, or the customer comes again."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.contacts import count_handled
from cxsim.model.accounting.steps import count_unresolved
from cxsim.model.cases import end_part, resolve_case
from cxsim.model.contacts import end_chaser, release_line
from cxsim.model.draws import Purpose
from cxsim.model.opening import channel_of
from cxsim.model.promises import hear_news
from cxsim.model.replies import answer
from cxsim.model.rows import change
from cxsim.native.compiling import compiled, inlined
from cxsim.state.closing import ClosedAs
from cxsim.state.origins import Origin
from cxsim.state.state import COMING, NEW, REACHING
from cxsim.state.tally import Kind, StepColumn
from cxsim.state.world import World


@compiled
def end_route(w: World, v: int, t: float) -> None:
    """A contact has been handled to the end of its route: answered, or the case is resolved or not."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    release_line(w, v)
    if case["status"] == REACHING:
        _end_call(w, v, t)
        return
    case["contacts_handled"] += 1
    count_handled(w, v)
    if math.isinf(case["first_ended_at"]):
        case["first_ended_at"] = t
    if visit["kind"] == Kind.CHASER:
        hear_news(w, c, t)
        end_chaser(w, v, t)
        return
    n = case["resolution_attempts"]
    case["resolution_attempts"] = n + 1
    if case["closed_as"] != 0:  # closed meanwhile
        end_part(w, v, t)
        return
    p, by_agent, by_process = p_resolved(w, w.steps[visit["step"]]["p_resolves"], case["last_proficiency"])
    u = draws.of_case(w, c, Purpose.RESOLVE, n, 0) if p < 1.0 else 0.0
    blame = visit["step"]
    if case["has_error"] == 1:
        case["has_error"] = 0
        blame = case["error_step"]
        count_unresolved(w, visit["step"], StepColumn.FAILED_PROCESS)
    elif u < p:
        if not math.isinf(case["complained_at"]):
            answer(w, v, n, True, t)
        resolve_case(w, c, visit["step"], t)
        end_part(w, v, t)
        return
    elif u < p + by_agent:
        count_unresolved(w, visit["step"], StepColumn.FAILED_AGENT)
    elif u < p + by_agent + by_process:
        count_unresolved(w, visit["step"], StepColumn.FAILED_PROCESS)
    else:
        count_unresolved(w, visit["step"], StepColumn.FAILED_CUSTOMER)
    if not math.isinf(case["complained_at"]):
        answer(w, v, n, False, t)
    if not draws.in_case(w, c, Purpose.RECONTACT, n, 0, w.behaviour[0]["p_recontact"]):
        case["closed_as"] = ClosedAs.GIVEN_UP
        case["given_up_step"] = blame
        end_part(w, v, t)
        return
    _come_again(w, v, n, blame, t)


@compiled
def _end_call(w: World, v: int, t: float) -> None:
    """A call of ours about a case that is over has come to the end of its route; a try that missed gives nothing."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    if case["worked_on"] == 1 and visit["will_miss"] == 0:
        p, _, _ = p_resolved(w, w.steps[visit["step"]]["p_resolves"], case["last_proficiency"])
        solved = draws.in_case(w, c, Purpose.RESOLVE, 0, 0, p) and case["has_error"] == 0
        answer(w, v, 0, solved, t)
    case["closed_as"] = ClosedAs.RESOLVED
    end_part(w, v, t)


@compiled
def _come_again(w: World, v: int, n: int, blame: int, t: float) -> None:
    """The customer has noticed that nothing is solved: a repeat contact, or a complaint, after a while.

    blame: the step that failed.
    """
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    kind = Kind.REPEAT
    reason = case["reason"]
    if draws.in_case(w, c, Purpose.COMPLAIN, n, 0, behaviour["p_complain"]):
        kind = Kind.COMPLAINT
        reason = behaviour["complaint"]
    visit["origin"] = Origin.REPEAT if kind == Kind.REPEAT else Origin.COMPLAINT
    visit["cause_step"] = blame
    if kind == Kind.REPEAT:
        visit["ordinal"] = case["repeats"]
        case["repeats"] += 1
    else:
        visit["ordinal"] = case["complaints"]
        case["complaints"] += 1
        visit["channel"] = channel_of(w, c, reason, kind, visit["ordinal"])
    visit["kind"] = kind
    visit["reason"] = reason
    visit["attempt"] = 0
    visit["queues_joined"] = 0
    visit["enters_as"] = NEW
    visit["present"] = 0
    after = draws.minutes_of_case(w, c, behaviour["recontact_after"], Purpose.RECONTACT_DELAY, n, 0)
    change(w, v, COMING, t + after)


@inlined
def p_resolved(w: World, base: float, z: float) -> tuple[float, float, float]:
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
