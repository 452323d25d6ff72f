"""Selling: an offer at the end of a service, a sale, a promise that cannot be kept, and what comes of it."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.failure import count_effort_of_origin
from cxsim.model.accounting.sales import (
    count_broken_promise,
    count_offer,
    count_over_promise,
    count_sale,
    count_undone_sale,
)
from cxsim.model.draws import Purpose
from cxsim.model.experience import add_effort, level_at
from cxsim.model.opening import open_about
from cxsim.model.rows import call
from cxsim.model.succession import shifted
from cxsim.native.compiling import compiled, inlined
from cxsim.state.lineage import Offspring, number_of_offspring
from cxsim.state.origins import Origin
from cxsim.state.recovery_sums import NOTHING
from cxsim.state.tally import Cause, Kind
from cxsim.state.world import World


@inlined
def knows(w: World, a: int, skill: int) -> float:
    """Proficiency of agent a in a skill that another team may have; a fixed low one if it was never taken up."""
    if w.skill_state[a, skill]["known"] == 1:
        return float(w.skill_state[a, skill]["proficiency"])
    return float(w.sales[0]["unlearned"])


@compiled
def offer(w: World, v: int, a: int, t: float) -> None:
    """Agent a has served the customer of visit v, and may offer something.

    Who complains, or is called by us, is offered nothing.  Who buys depends on the seller's proficiency, the
    relationship, and how long ago the customer was asked last.
    """
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    s = visit["step"]
    if visit["kind"] == Kind.COMPLAINT or case["sold_step"] >= 0 or case["relation"] != NOTHING:
        return
    if not draws.in_step(w, v, Purpose.OFFER, 0, w.steps[s]["p_offer"]):
        return
    terms = w.offers[s]
    link = w.sales[0]
    customer = w.customers[case["customer"]]
    count_offer(w, s)
    z = knows(w, a, terms["selling_skill"])
    p = shifted(terms["p_accept"], -link["proficiency"] * z - link["relationship"] * level_at(w, case["customer"], t))
    # Without needs that run out quotas would sell more for ever.  One number a customer, the last offer, is enough:
    # needs arise at a rate, and an offer finds those that have arisen since.
    if link["needs"] > 0.0:
        p *= -math.expm1(-link["needs"] * (t - customer["asked_at"]))
        customer["asked_at"] = t
    if not draws.in_step(w, v, Purpose.BUY, 0, p):
        return
    case["sold"] += terms["margin"]
    count_sale(w, s)
    if case["over_promised"] == 0 and link["becomes"] >= 0:
        _promise(w, v, a, t)


@compiled
def _promise(w: World, v: int, a: int, t: float) -> None:
    """What was sold may have been promised beyond what can be kept; most customers notice, and get in touch then."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    s = visit["step"]
    link = w.sales[0]
    p = shifted(w.offers[s]["over_promise"], link["knowledge"] * knows(w, a, w.offers[s]["keeping_skill"]))
    if not draws.in_step(w, v, Purpose.OVER_PROMISE, 0, p):
        return
    case["over_promised"] = 1
    count_over_promise(w, s)
    if w.customers[case["customer"]]["present"] == 0 or not draws.in_step(w, v, Purpose.NOTICE, 0, link["p_notices"]):
        return
    after = draws.minutes_at_step(w, v, link["notices_after"], Purpose.NOTICE_DELAY, 0)
    # A case of its own with a lineage of its own, so that it changes nobody else.  The margin that is lost is booked on
    # that case when it comes, not on the sale: sales rise first.  What breaks after the end of the run is not seen,
    # which flatters pressure.
    number = number_of_offspring(case["number"], Offspring.OVER_PROMISE)
    reason = link["becomes"]
    kind = Kind.COMPLAINT if reason == w.behaviour[0]["complaint"] else Kind.FIRST
    row = open_about(w, case["stream"], number, case["customer"], reason, kind, t + after)
    w.visits[row]["cause_step"] = s
    new = w.cases[w.visits[row]["case"]]
    if kind == Kind.COMPLAINT:
        w.visits[row]["origin"] = Origin.COMPLAINT
        new["complaints"] = 1
    new["sold_step"] = s
    new["over_promised_margin"] = w.offers[s]["margin"]
    call(w, row)


@compiled
def break_promise(w: World, c: int, t: float) -> None:
    """The customer of case c gets in touch about a promise that could not be kept; the sale may be undone."""
    case = w.cases[c]
    s = case["sold_step"]
    count_broken_promise(w, s)
    effort = w.experience[0]["broken_promise"]
    add_effort(w, c, Cause.BROKEN_PROMISE, effort, s, t)
    count_effort_of_origin(w, c, w.visits[case["main_visit"]]["origin"], s, effort)
    if draws.in_case(w, c, Purpose.UNDO, 0, 0, w.sales[0]["p_undone"]):
        case["sold"] -= case["over_promised_margin"]
        count_undone_sale(w, s, case["over_promised_margin"])
