"""Loyalty at the close of a week: customers leave with their open cases, others join, all are counted.

Nothing here happens inside an engine.  A segment in which nobody leaves or joins is only counted.
"""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.customer_sums import LoyaltyColumn
from cxsim.distributions import normal_quantile, on_curve
from cxsim.experience import level_at, p_detractor, p_promoter
from cxsim.jit import compiled, inlined
from cxsim.rules.rows import change, free_visit, new_visit
from cxsim.state import CLOSED, LEAVING, OPEN, SCHEDULED
from cxsim.survey import ask_in_week
from cxsim.tally import WEEK

_LEVEL = int(draws.Purpose.LEVEL)
_LEAVE = int(draws.Purpose.LEAVE)
_JOIN = int(draws.Purpose.JOIN)
_LAST_OFFER = int(draws.Purpose.LAST_OFFER)
_CUSTOMERS = int(LoyaltyColumn.CUSTOMERS)
_WEEKS = int(LoyaltyColumn.WEEKS)
_HAZARD = int(LoyaltyColumn.HAZARD)
_LEFT = int(LoyaltyColumn.LEFT)
_REFERRED = int(LoyaltyColumn.REFERRED)
_ACQUIRED = int(LoyaltyColumn.ACQUIRED)
_NO_ROOM = int(LoyaltyColumn.NO_ROOM)
_WALLET = int(LoyaltyColumn.WALLET)
_SECURE = int(LoyaltyColumn.SECURE)
_FAVOURABLE = int(LoyaltyColumn.FAVOURABLE)
_COHORT = int(LoyaltyColumn.COHORT)
_COHORT_PROMOTERS = int(LoyaltyColumn.COHORT_PROMOTERS)
_COHORT_DETRACTORS = int(LoyaltyColumn.COHORT_DETRACTORS)
_COHORT_LEFT = int(LoyaltyColumn.COHORT_LEFT)
_COHORT_LEFT_PROMOTERS = int(LoyaltyColumn.COHORT_LEFT_PROMOTERS)
_COHORT_LEFT_DETRACTORS = int(LoyaltyColumn.COHORT_LEFT_DETRACTORS)
SOON = 60.0
"""Minutes within which a customer who has left takes an open case along."""


@compiled
def settle_customers(w: Any, week: int, t: float) -> None:
    """The week of row `week` closes at t: who leaves, who joins, and how those who are there feel."""
    changes = False
    for s in range(len(w.segments)):
        if w.segments[s]["changes"] == 1:
            changes = True
            _part(w, s, week, t)
        else:
            _stay(w, s, week, t)
    if changes:
        _take_cases_along(w, t)
        for s in range(len(w.segments)):
            if w.segments[s]["changes"] == 1:
                _join(w, s, week, t)
    for s in range(len(w.segments)):
        _count(w, s, week, t)


@inlined
def p_leaves(w: Any, s: int, k: int, level: float, t: float) -> float:
    """Chance that customer row k leaves at a week's close: log-odds fall with relationship and recent experience."""
    link = w.loyalty[0]
    odds = w.segments[s]["leaving"] - link["relationship"] * level - link["recent"] * lasting(w, k, t)
    if odds < -700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-odds))


@inlined
def lasting(w: Any, k: int, t: float) -> float:
    """What is left at t of satisfaction with customer k's last case, SD."""
    customer = w.customers[k]
    if customer["felt"] == 0.0:
        return 0.0
    return float(customer["felt"] * math.exp(-w.loyalty[0]["fade"] * (t - customer["felt_at"])))


@inlined
def wallet(w: Any, s: int, level: float) -> float:
    """Share of wallet at a relationship, between 0 and 1."""
    segment = w.segments[s]
    return float(max(0.0, min(1.0, segment["wallet"] + segment["wallet_slope"] * (level - segment["mean"]))))


@compiled
def _stay(w: Any, s: int, week: int, t: float) -> None:
    """A segment in which nobody leaves: only what its customers do with us is counted."""
    row = w.loyalty_sums[week, s]
    first = w.segments[s]["first"]
    n = w.segments[s]["customers"]
    even = w.segments[s]["wallet_slope"] == 0.0
    for k in range(first, first + n):
        if w.customers[k]["present"] == 1:
            row[_WEEKS] += 1.0
            row[_WALLET] += w.segments[s]["wallet"] if even else wallet(w, s, level_at(w, k, t))


@compiled
def _part(w: Any, s: int, week: int, t: float) -> None:
    """Some customers of segment s leave; each has luck of the week."""
    row = w.loyalty_sums[week, s]
    number = int(round(t / WEEK))
    first = w.segments[s]["first"]
    for i in range(w.segments[s]["customers"]):
        k = first + i
        customer = w.customers[k]
        if customer["present"] == 0:
            continue
        level = level_at(w, k, t)
        row[_WEEKS] += 1.0
        row[_WALLET] += wallet(w, s, level)
        p = p_leaves(w, s, k, level, t)
        row[_HAZARD] += p
        if p > 0.0 and draws.of_customer_week(w, s, i, customer["generation"], number, _LEAVE) < p:
            customer["present"] = 0
            row[_LEFT] += 1.0
            if customer["cohort"] == 1 and t > 0.0:
                row[_COHORT_LEFT] += 1.0
                row[_COHORT_LEFT_PROMOTERS] += p_promoter(w, level)
                row[_COHORT_LEFT_DETRACTORS] += p_detractor(w, level)


@compiled
def _take_cases_along(w: Any, t: float) -> None:
    """Open cases of customers who have left are withdrawn, those that have not begun yet never begin.

    Whoever is being helped right now is helped to the end of it first (`cxsim.rules.ticks.withdraw`).
    """
    for k in range(len(w.customers)):
        w.customers[k]["cases"] = 0
    for c in range(len(w.cases)):
        case = w.cases[c]
        status = case["status"]
        if (status != OPEN and status != SCHEDULED) or w.customers[case["customer"]]["present"] == 1:
            continue
        if status == SCHEDULED:
            _never_begins(w, c)
            continue
        w.customers[case["customer"]]["cases"] += 1
        v = case["leaving_row"]
        if case["closed_how"] == 0 and (v < 0 or w.visits[v]["due_at"] > t + SOON):
            if v < 0:
                v = new_visit(w, c)
                case["leaving_row"] = v
            change(w, v, LEAVING, t)


@compiled
def _never_begins(w: Any, c: int) -> None:
    """Case c had not begun: its row goes, with that of its first contact."""
    w.cases[c]["status"] = CLOSED
    free_visit(w, w.cases[c]["main_row"])


@compiled
def _join(w: Any, s: int, week: int, t: float) -> None:
    """New customers take free slots of segment s: those whom customers refer, and those who come by themselves.

    Each free slot is filled with the same chance, by luck of its own; a slot whose last customer still has a case with
    us is not free.
    """
    row = w.loyalty_sums[week, s]
    segment = w.segments[s]
    first = segment["first"]
    n = segment["customers"]
    referred = 0.0
    free = 0.0
    for k in range(first, first + n):
        if w.customers[k]["present"] == 1:
            referred += brings(w, level_at(w, k, t))
        elif w.customers[k]["cases"] == 0:
            free += 1.0
    expected = max(0.0, segment["joins"] + referred)
    row[_NO_ROOM] += max(0.0, expected - free)
    if expected <= 0.0 or free <= 0.0:
        return
    p = min(1.0, expected / free)
    p_referred = p * max(0.0, min(referred / expected, 1.0))
    number = int(round(t / WEEK))
    for i in range(n):
        customer = w.customers[first + i]
        if customer["present"] == 1 or customer["cases"] > 0:
            continue
        u = draws.of_customer_week(w, s, i, customer["generation"], number, _JOIN)
        if u < p:
            row[_REFERRED if u < p_referred else _ACQUIRED] += 1.0
            settle_in(w, s, i, customer["generation"] + 1, t <= 0.0, t)


@inlined
def brings(w: Any, level: float) -> float:
    """New customers whom a customer at a relationship brings in a week."""
    link = w.loyalty[0]
    promoter = p_promoter(w, level)
    detractor = p_detractor(w, level)
    passive = 1.0 - promoter - detractor
    return float(promoter * link["promoter"] + passive * link["passive"] + detractor * link["detractor"])


@compiled
def settle_in(w: Any, s: int, i: int, generation: int, first: bool, t: float) -> None:
    """A customer takes slot i of segment s: a level of their own, nothing behind them.

    first: of the starting cohort, the customers of time 0 (or of the beginning, if it is later).
    """
    customer = w.customers[w.segments[s]["first"] + i]
    own = w.segments[s]["mean"] + w.segments[s]["sd"] * normal_quantile(draws.of_customer(w, s, i, generation, _LEVEL))
    customer["own"] = own
    customer["level"] = own
    customer["at"] = t
    customer["generation"] = generation
    customer["present"] = 1
    customer["cohort"] = 1 if first else 0
    customer["felt"] = 0.0
    customer["felt_at"] = t
    customer["cases"] = 0
    customer["asked_at"] = t
    if w.sales[0]["needs"] > 0.0:
        u = draws.of_customer(w, s, i, generation, _LAST_OFFER)
        customer["asked_at"] = t + w.sales[0]["asked_every"] * math.log(u)


@compiled
def _count(w: Any, s: int, week: int, t: float) -> None:
    """Customers of segment s who are there: how they would answer, and do; how secure they are."""
    row = w.loyalty_sums[week, s]
    answers = w.relationship[week, s]
    weights = w.experience[0]
    number = int(round(t / WEEK))
    first = w.segments[s]["first"]
    for i in range(w.segments[s]["customers"]):
        k = first + i
        customer = w.customers[k]
        if customer["present"] == 0:
            continue
        m = level_at(w, k, t)
        promoter = p_promoter(w, m)
        detractor = p_detractor(w, m)
        answers[0] += promoter
        answers[1] += detractor
        answers[2] += m
        row[_CUSTOMERS] += 1.0
        if customer["cohort"] == 1:
            row[_COHORT] += 1.0
            row[_COHORT_PROMOTERS] += promoter
            row[_COHORT_DETRACTORS] += detractor
        satisfied = m + lasting(w, k, t)
        stays = math.exp(w.loyalty[0]["stays"] * math.log1p(-p_leaves(w, s, k, m, t)))
        top = w.experience[0]["nps_cuts"][9]
        row[_SECURE] += on_curve(w.curve, m - top) * on_curve(w.curve, satisfied - top) * stays
        row[_FAVOURABLE] += promoter * p_promoter(w, satisfied) * stays
        if weights["asked"] > 0.0:
            ask_in_week(w, s, i, customer["generation"], number, m, row)
