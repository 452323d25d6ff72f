"""Recovery: after a bad case some customers complain, some are called by us; a good answer gives part of the loss back.

How complaints and calls are answered: `cxsim.model.replies`.
"""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.cases import count_call
from cxsim.model.accounting.recovery import (
    count_answer,
    count_breach,
    count_complaint_ended,
    count_follow_up,
    count_loss,
    count_proactive_call,
    count_reached,
    count_unhappy,
    count_unsolved_complaint,
)
from cxsim.model.blame import late_at
from cxsim.model.draws import Purpose
from cxsim.model.experience import bring_to, fading
from cxsim.model.opening import open_about
from cxsim.model.rows import call
from cxsim.native.compiling import compiled, inlined
from cxsim.state.closing import ClosedAs
from cxsim.state.lineage import Offspring, number_of_offspring
from cxsim.state.origins import Origin
from cxsim.state.recovery_sums import COMPLAINT, FOLLOW_UP, NOTHING, PROACTIVE
from cxsim.state.state import AT_STEP, CLOSED, REACHING
from cxsim.state.tally import Kind
from cxsim.state.world import World


@inlined
def _weighed(w: World, c: int) -> float:
    """The three parts of the answer in case c, weighed: 0 to 1."""
    terms = w.recovery[0]
    case = w.cases[c]
    return float(
        terms["of_cause"] * case["cause"] + terms["of_empathy"] * case["empathy"] + terms["of_speed"] * case["speed"]
    )


@compiled
def give_back(w: World, c: int, v: float, t: float) -> tuple[float, float, float, float]:
    """Case c ends with satisfaction v: (what moves the relationship, what is remembered, what is answered, given back).

    In a case with a complaint, part of its loss is given back.  A complaint about a case that is over gives back part
    of what that one has left behind in the relationship; its own trouble comes on top, with the weight of the case, its
    own ease does not (no paradox).
    """
    terms = w.recovery[0]
    case = w.cases[c]
    about = case["relation"] == COMPLAINT
    if v < 0.0 and not about:
        count_loss(w, c, v, case["closed_as"] != ClosedAs.RESOLVED)
    loss = case["loss"] if about else min(v, 0.0)
    own = min(v, 0.0) if about else v - loss
    share = answered = 0.0
    if not math.isinf(case["complained_at"]):
        _end_complaint(w, c, t)
        if case["replied"] == 1:
            share = terms["most"] * _weighed(w, c)
            answered = terms["most_said"] * _weighed(w, c)
            count_answer(w, c, share, loss)
    left = loss * (1.0 - share)
    if not about:
        return left + own, left + own, loss * (1.0 - answered) + own, 0.0
    back = w.experience[0]["carry_over"] * case["weight"] * -loss * share
    back *= math.exp(-w.experience[0]["fade"] * (t - case["loss_at"]))
    return own, left + own, loss * (1.0 - answered) + own, back


@compiled
def held_so_far(w: World, c: int, v: float, t: float) -> float:
    """Satisfaction at the end of a run with case c, which is still open: nothing is given back before it ends."""
    case = w.cases[c]
    if t > case["answer_due_at"] and math.isinf(case["resolved_at"]):
        count_breach(w, c)
    return float(case["loss"] + min(v, 0.0)) if case["relation"] == COMPLAINT else v


@compiled
def _end_complaint(w: World, c: int, t: float) -> None:
    """A complaint has come to its end: in time or not, solved or not."""
    case = w.cases[c]
    count_complaint_ended(w, c)
    if min(t, case["resolved_at"]) > case["answer_due_at"]:
        count_breach(w, c)
    if case["closed_as"] != ClosedAs.RESOLVED:
        count_unsolved_complaint(w, c)


@compiled
def put_right(w: World, c: int, v: float, t: float) -> None:
    """Case c is over: its customer complains, or is called, or is left alone; who complained before is left alone."""
    terms = w.recovery[0]
    case = w.cases[c]
    if case["relation"] != NOTHING or case["sold_step"] >= 0 or w.customers[case["customer"]]["present"] == 0:
        return
    unhappy = terms["closed_loop"] >= 0 and case["survey_score"] >= 0 and case["survey_score"] <= terms["unhappy"]
    if unhappy:
        count_unhappy(w, c)
    # One recovery for one loss: who complained is not called, who is followed up after the survey is not called again.
    if not math.isinf(case["complained_at"]):
        return
    failed = case["closed_as"] != ClosedAs.RESOLVED
    if v < 0.0:
        p = terms["after_failure"] if failed else terms["after_effort"]
        if draws.in_case(w, c, Purpose.COMPLAIN_AFTER, 0, 0, p * min(1.0, -v / terms["full_at"])):
            after = draws.minutes_of_case(w, c, terms["after"], Purpose.COMPLAIN_AFTER_DELAY, 0, 0)
            _open_about(w, c, COMPLAINT, w.behaviour[0]["complaint"], v, t, t + after)
            return
    if unhappy and draws.in_case(w, c, Purpose.FOLLOW_UP, 0, 0, terms["loop_share"]):
        after = draws.minutes_of_case(w, c, terms["loop_after"], Purpose.REACH_OUT_DELAY, 0, 0)
        _open_about(w, c, FOLLOW_UP, terms["closed_loop"], v, t, t + after)
        count_follow_up(w, c)
    elif failed and v < 0.0 and terms["proactive"] >= 0:
        if draws.in_case(w, c, Purpose.PROACTIVE, 0, 0, terms["proactive_share"]):
            after = draws.minutes_of_case(w, c, terms["proactive_after"], Purpose.REACH_OUT_DELAY, 1, 0)
            _open_about(w, c, PROACTIVE, terms["proactive"], v, t, t + after)
            count_proactive_call(w, c)


@compiled
def _open_about(w: World, c: int, about: int, reason: int, v: float, t: float, at: float) -> None:
    """What comes of case c, which is over: a complaint about it at an instant, or a call of ours."""
    case = w.cases[c]
    number = number_of_offspring(case["number"], Offspring.COMPLAINT if about == COMPLAINT else Offspring.CALL)
    kind = Kind.COMPLAINT if about == COMPLAINT else Kind.FIRST
    row = open_about(w, case["stream"], number, case["customer"], reason, kind, at)
    visit = w.visits[row]
    new = w.cases[visit["case"]]
    new["relation"] = about
    new["loss"] = min(v, 0.0)
    new["weight"] = w.reasons[case["reason"]]["moment"]
    new["loss_at"] = t
    new["customer_generation"] = w.customers[case["customer"]]["generation"]
    if about == COMPLAINT:
        new["complaints"] = 1
        visit["origin"] = Origin.COMPLAINT
        visit["cause_step"] = case["given_up_step"] if case["given_up_step"] >= 0 else late_at(w, c)
    else:
        visit["origin"] = Origin.VALUE
        # Our own call is work, but no case and no contact: counted as such, it would make cases look easy.
        new["status"] = REACHING
        new["in_progress"] = 1
        new["complained_at"] = t
        visit["enters_as"] = AT_STEP
    call(w, row)


@compiled
def end_call(w: World, c: int, t: float) -> None:
    """A call of ours is over: what it gave back, less the trouble it made, goes into the relationship."""
    terms = w.recovery[0]
    case = w.cases[c]
    k = case["customer"]
    customer = w.customers[k]
    case["status"] = CLOSED
    count_call(w, c)
    if customer["present"] == 0 or customer["generation"] != case["customer_generation"]:
        return
    share = 0.0
    if case["replied"] == 1:
        proactive = case["relation"] == PROACTIVE
        share = min(1.0, terms["most"] * _weighed(w, c) + (terms["bonus"] if proactive else 0.0))
        count_reached(w, c, proactive)
        count_answer(w, c, share, case["loss"])
    kept, left = fading(w, t - case["loss_at"])
    move = -case["weight"] * case["loss"] * share * kept
    move -= case["effort"]
    if move == 0.0 and share == 0.0:
        return
    since_kept, since_left = fading(w, t - customer["as_of"])
    bring_to(w, k, t, since_kept, since_left)
    customer["relationship"] += w.experience[0]["carry_over"] * move
    if customer["last_at"] == case["loss_at"]:
        customer["recent_satisfaction"] -= case["loss"] * share * left
