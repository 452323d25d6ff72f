"""Loyalty at the close of a week: customers leave with their open cases, others join, all are counted.

Nothing here happens inside an engine.  Customers are gone through once; what is calculated of one serves everything.
"""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.model import draws
from cxsim.model.accounting.customers import (
    count_customer,
    count_empty_slot,
    count_joining,
    count_kept_slot,
    count_leaving,
    count_no_room,
    count_week_of_customer,
    expected_groups,
    free_slots,
)
from cxsim.model.draws import Purpose
from cxsim.model.experience import bring_to, fading
from cxsim.model.rows import change, free_visit, new_visit
from cxsim.model.survey import ask_in_week, is_asked, round_of
from cxsim.native.compiling import compiled, inlined
from cxsim.probability.leaving import leaves_and_stays
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.state import CLOSED, LEAVING, OPEN, SCHEDULED
from cxsim.state.world import World

SOON = 60.0
"""Minutes within which a customer who has left takes an open case along."""


@compiled
def settle_customers(w: World, week: int, t: float) -> None:
    """The week of row `week` closes at t: who leaves, who joins, and how those who are there feel."""
    changes = False
    for s in range(len(w.segments)):
        if w.segments[s]["customers_change"] == 1:
            changes = True
        _go_through(w, s, week, t)
    if changes:
        _take_cases_along(w, week, t)
        for s in range(len(w.segments)):
            if w.segments[s]["customers_change"] == 1:
                _join(w, s, week, t)


@inlined
def odds_of_leaving(w: World, s: int, k: int) -> float:
    """Log-odds that customer row k leaves at a week's close: they fall with relationship and recent experience."""
    link = w.loyalty[0]
    customer = w.customers[k]
    odds = (
        w.segments[s]["leaving_log_odds"]
        - link["relationship"] * customer["relationship"]
        - link["recent"] * customer["recent_satisfaction"]
    )
    if customer["referred"] == 1:
        odds += link["leaves"]
    return float(odds)


@compiled
def _go_through(w: World, s: int, week: int, t: float) -> None:
    """Each customer of segment s: what is left of experience by now, and whether they stay.

    Most had no case in the week, so what they remember has faded for the whole of it.
    """
    first = w.segments[s]["first_customer"]
    # One pass a week over rows of one cache line; most customers had no case in the week and need no exponential.  That
    # takes about a fifth of the time of three passes with an exponential, a logarithm and a random number a customer.
    week_kept, week_left = fading(w, WEEK)
    done = round_of(w, s, int(round(t / WEEK)))
    noted = first
    for i in range(w.segments[s]["slots"]):
        k = first + i
        customer = w.customers[k]
        if customer["present"] == 0:
            count_empty_slot(w, week, s)
            w.free_slots[noted] = i
            noted += 1
            if customer["cases_pending"] == 1:
                customer["cases_pending"] = 0
            continue
        if t - customer["as_of"] == WEEK:
            bring_to(w, k, t, week_kept, week_left)
        else:
            kept, left = fading(w, t - customer["as_of"])
            bring_to(w, k, t, kept, left)
        leaves, stays = leaves_and_stays(w.leaving_curve, odds_of_leaving(w, s, k), w.loyalty[0]["stays"])
        count_week_of_customer(w, week, s, k, leaves)
        # A life by one number.  The distribution is the same as with a new number every week, but whether a customer
        # has left by a week depends on that number and on the product of their chances alone, so as few customers as
        # can be are there in one scenario and gone from the other.  With numbers by the week, a customer whom a bad
        # spring costs one scenario may stay for ten years in the other; with one they are the next to leave.
        customer["survival"] *= 1.0 - leaves
        if customer["survival"] < 1.0:
            count_leaving(w, week, s, k, t)
            empty_slot(w, s, i)
            w.free_slots[noted] = i
            noted += 1
            continue
        count_customer(w, week, s, k, stays)
        if is_asked(w, done, i):
            ask_in_week(w, s, i, week, t)
    if noted < first + w.segments[s]["slots"]:
        w.free_slots[noted] = -1


@compiled
def empty_slot(w: World, s: int, i: int) -> None:
    """Slot i of segment s is empty from now on, with random numbers of its own for how long."""
    customer = w.customers[w.segments[s]["first_customer"] + i]
    customer["present"] = 0
    customer["survival"] = 1.0 / draws.of_customer(w, s, i, customer["generation"], Purpose.JOIN)


@compiled
def _take_cases_along(w: World, week: int, t: float) -> None:
    """Open cases of customers who have left are withdrawn, those that have not begun yet never begin.

    Whoever is being helped right now is helped to the end of it first (`cxsim.model.withdrawal`); until then the
    slot is not free.
    """
    for c in range(len(w.cases)):
        case = w.cases[c]
        status = case["status"]
        if status != OPEN and status != SCHEDULED:
            continue
        customer = w.customers[case["customer"]]
        if customer["present"] == 1:
            continue
        if status == SCHEDULED:
            _never_begins(w, c)
            continue
        if customer["cases_pending"] == 0:
            customer["cases_pending"] = 1
            count_kept_slot(w, week, case["segment"])
        v = case["withdrawal_visit"]
        if case["closed_as"] == 0 and (v < 0 or w.visits[v]["due_at"] > t + SOON):
            if v < 0:
                v = new_visit(w, c)
                case["withdrawal_visit"] = v
            # A row that is due at once, rather than a close at the tick: the engine then takes the visit out of its
            # queue as in any withdrawal, and whoever is being served is served to the end.  The slot stays held until
            # then, so a case never belongs to the customer after.
            change(w, v, LEAVING, t)


@compiled
def _never_begins(w: World, c: int) -> None:
    """Case c had not begun: its row goes, with that of its first contact."""
    w.cases[c]["status"] = CLOSED
    free_visit(w, w.cases[c]["main_visit"])


@compiled
def _join(w: World, s: int, week: int, t: float) -> None:
    """New customers take free slots of segment s: those whom customers refer, and those who come by themselves.

    Each free slot is filled with the same chance, by a random number of its own: when the chance to have stayed
    empty so long has fallen below it.  A slot whose last customer still has a case with us is not free.
    """
    referred = brought(w, s, week)
    free = free_slots(w, week, s)
    expected = max(0.0, w.segments[s]["joins"] + referred)
    count_no_room(w, week, s, max(0.0, expected - free))
    if expected <= 0.0 or free <= 0.0:
        return
    # The same chance for each free slot, by a number of its own, instead of a count of newcomers for the segment: one
    # customer more who stays then changes one slot, and not who comes everywhere else.  The price is a little less
    # spread than that of Poisson counts (a factor of one minus the chance).
    p = min(1.0, expected / free)
    share = max(0.0, min(referred / expected, 1.0))
    done = round_of(w, s, int(round(t / WEEK)))
    first = w.segments[s]["first_customer"]
    for k in range(first, first + w.segments[s]["slots"]):
        i = w.free_slots[k]
        if i < 0:
            break
        customer = w.customers[first + i]
        if customer["cases_pending"] == 1:
            continue
        customer["survival"] *= 1.0 - p
        if customer["survival"] < 1.0:
            # A number of its own: read off where the other lies in its last factor, it would hang on every small change
            # of the chances before, and so would the change of referrals between scenarios.
            by_referral = draws.of_customer(w, s, i, customer["generation"] + 1, Purpose.REFERRED) < share
            settle_in(w, s, i, customer["generation"] + 1, t <= 0.0, t)
            customer["referred"] = 1 if by_referral else 0
            odds = odds_of_leaving(w, s, first + i)
            _, stays = leaves_and_stays(w.leaving_curve, odds, w.loyalty[0]["stays"])
            count_joining(w, week, s, by_referral)
            count_customer(w, week, s, first + i, stays)
            if is_asked(w, done, i):
                ask_in_week(w, s, i, week, t)


@inlined
def brought(w: World, s: int, week: int) -> float:
    """New customers whom the customers of segment s bring in a week, by the answers to be expected of them."""
    link = w.loyalty[0]
    promoters, passives, detractors = expected_groups(w, week, s)
    return float(promoters * link["promoter"] + passives * link["passive"] + detractors * link["detractor"])


@compiled
def settle_in(w: World, s: int, i: int, generation: int, first: bool, t: float) -> None:
    """A customer takes slot i of segment s: a level of their own, nothing behind them, a random number for how long
    they stay.

    first: of the starting cohort, the customers of time 0 (or of the beginning, if it is later).
    """
    customer = w.customers[w.segments[s]["first_customer"] + i]
    own = w.segments[s]["mean"] + w.segments[s]["sd"] * normal_quantile(
        draws.of_customer(w, s, i, generation, Purpose.LEVEL)
    )
    customer["long_run"] = own
    customer["relationship"] = own
    customer["recent_satisfaction"] = 0.0
    customer["as_of"] = t
    customer["survival"] = 1.0 / draws.of_customer(w, s, i, generation, Purpose.LEAVE)
    customer["last_at"] = t
    customer["generation"] = generation
    customer["present"] = 1
    customer["in_cohort"] = 1 if first else 0
    customer["referred"] = 0
    customer["cases_pending"] = 0
    customer["asked_at"] = t
    if w.sales[0]["needs"] > 0.0:
        u = draws.of_customer(w, s, i, generation, Purpose.LAST_OFFER)
        customer["asked_at"] = t + w.sales[0]["asked_every"] * math.log(u)
