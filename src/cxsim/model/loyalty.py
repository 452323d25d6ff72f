"""Loyalty at the close of a week: customers leave with their open cases, others join, all are counted.

Nothing here happens inside an engine.  Customers are gone through once; what is calculated of one serves everything.
"""

from __future__ import annotations

import math
from typing import Any

from cxsim.calendars.constants import WEEK
from cxsim.model import draws
from cxsim.model.draws import Purpose
from cxsim.model.experience import answers_at, bring_to, fading
from cxsim.model.rows import change, free_visit, new_visit
from cxsim.model.survey import ask_in_week, is_asked, round_of
from cxsim.native.compiling import compiled, inlined
from cxsim.native.tables import prefetch
from cxsim.probability.leaving import leaves_and_stays
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.state import CLOSED, LEAVING, OPEN, SCHEDULED
from cxsim.state.world import World

SOON = 60.0
"""Minutes within which a customer who has left takes an open case along."""
AHEAD = 24
"""Customers between the one that is calculated and the one that is fetched."""


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


@inlined
def wallet(w: World, s: int, level: float) -> float:
    """Share of wallet at a relationship, between 0 and 1."""
    segment = w.segments[s]
    return float(max(0.0, min(1.0, segment["wallet"] + segment["wallet_slope"] * (level - segment["mean"]))))


@compiled
def _go_through(w: World, s: int, week: int, t: float) -> None:
    """Each customer of segment s: what is left of experience by now, what it was worth, and whether they stay.

    Most had no case in the week, so what they remember has faded for the whole of it.
    """
    row = w.loyalty_sums[week, s]
    first = w.segments[s]["first_customer"]
    # One pass a week over rows of one cache line; most customers had no case in the week and need no exponential.  That
    # takes about a fifth of the time of three passes with an exponential, a logarithm and a random number a customer.
    week_kept, week_left = fading(w, WEEK)
    done = round_of(w, s, int(round(t / WEEK)))
    there = empty = wallets = of_referred = hazard = 0.0
    customers = promoters = detractors = levels = secure = favourable = 0.0
    cohort = of_promoters = of_detractors = 0.0
    noted = first
    for i in range(w.segments[s]["slots"]):
        k = first + i
        prefetch(w.customers, min(k + AHEAD, len(w.customers) - 1))
        customer = w.customers[k]
        if customer["present"] == 0:
            empty += 1.0
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
        level = customer["relationship"]
        share = wallet(w, s, level)
        there += 1.0
        wallets += share
        if customer["referred"] == 1:
            of_referred += share
        leaves, stays = leaves_and_stays(w.leaving_curve, odds_of_leaving(w, s, k), w.loyalty[0]["stays"])
        hazard += leaves
        # A life by one number.  The distribution is the same as with a new number every week, but whether a customer
        # has left by a week depends on that number and on the product of their chances alone, so as few customers as
        # can be are there in one scenario and gone from the other.  With numbers by the week, a customer whom a bad
        # spring costs one scenario may stay for ten years in the other; with one they are the next to leave.
        customer["survival"] *= 1.0 - leaves
        if customer["survival"] < 1.0:
            _leave(w, s, i, row, t)
            w.free_slots[noted] = i
            noted += 1
            continue
        detractor, promoter, sure, likes = standing(w, level, customer["recent_satisfaction"], stays)
        customers += 1.0
        promoters += promoter
        detractors += detractor
        levels += level
        secure += sure
        favourable += likes
        if customer["in_cohort"] == 1:
            cohort += 1.0
            of_promoters += promoter
            of_detractors += detractor
        if is_asked(w, done, i):
            ask_in_week(w, s, i, customer["generation"], int(round(t / WEEK)), level, row)
    if noted < first + w.segments[s]["slots"]:
        w.free_slots[noted] = -1
    row[LoyaltyColumn.WEEKS] += there
    row[LoyaltyColumn.FREE] += empty
    row[LoyaltyColumn.WALLET] += wallets
    row[LoyaltyColumn.WALLET_REFERRED] += of_referred
    row[LoyaltyColumn.HAZARD] += hazard
    row[LoyaltyColumn.CUSTOMERS] += customers
    row[LoyaltyColumn.SECURE] += secure
    row[LoyaltyColumn.FAVOURABLE] += favourable
    row[LoyaltyColumn.COHORT] += cohort
    row[LoyaltyColumn.COHORT_PROMOTERS] += of_promoters
    row[LoyaltyColumn.COHORT_DETRACTORS] += of_detractors
    answers = w.relationship[week, s]
    answers[0] += promoters
    answers[1] += detractors
    answers[2] += levels


@inlined
def standing(w: World, level: float, recent: float, stays: float) -> tuple[float, float, float, float]:
    """How a customer stands: chances of a 0 to 6 and of a 9 or 10, and how far they are secure, and favourable.

    recent: what is left of the last case; stays: the chance that they stay for long.
    """
    detractor, promoter, top = answers_at(w, level)
    _, nine_or_ten, ten = answers_at(w, level + recent)
    # Answers of one customer are related by the levels they share and by nothing else; a mood that colours both would
    # give larger shares.  Their change is what counts here.
    return detractor, promoter, top * ten * stays, promoter * nine_or_ten * stays


@compiled
def _leave(w: World, s: int, i: int, row: Any, t: float) -> None:
    """The customer in slot i of segment s leaves: the chance to have stayed so long has fallen below their random
    number."""
    customer = w.customers[w.segments[s]["first_customer"] + i]
    row[LoyaltyColumn.LEFT] += 1.0
    row[LoyaltyColumn.FREE] += 1.0
    if customer["in_cohort"] == 1 and t > 0.0:
        row[LoyaltyColumn.COHORT_LEFT] += 1.0
        detractor, promoter, _ = answers_at(w, customer["relationship"])
        row[LoyaltyColumn.COHORT_LEFT_PROMOTERS] += promoter
        row[LoyaltyColumn.COHORT_LEFT_DETRACTORS] += detractor
    empty_slot(w, s, i)


@compiled
def empty_slot(w: World, s: int, i: int) -> None:
    """Slot i of segment s is empty from now on, with random numbers of its own for how long."""
    customer = w.customers[w.segments[s]["first_customer"] + i]
    customer["present"] = 0
    customer["survival"] = 1.0 / draws.of_customer(w, s, i, customer["generation"], Purpose.JOIN)


@compiled
def _take_cases_along(w: World, week: int, t: float) -> None:
    """Open cases of customers who have left are withdrawn, those that have not begun yet never begin.

    Whoever is being helped right now is helped to the end of it first (`cxsim.model.ticks.withdraw`); until then the
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
            w.loyalty_sums[week, case["segment"], LoyaltyColumn.FREE] -= 1.0
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
    row = w.loyalty_sums[week, s]
    referred = brought(w, s, week)
    free = row[LoyaltyColumn.FREE]
    expected = max(0.0, w.segments[s]["joins"] + referred)
    row[LoyaltyColumn.NO_ROOM] += max(0.0, expected - free)
    if expected <= 0.0 or free <= 0.0:
        return
    # The same chance for each free slot, by a number of its own, instead of a count of newcomers for the segment: one
    # customer more who stays then changes one slot, and not who comes everywhere else.  The price is a little less
    # spread than that of Poisson counts (a factor of one minus the chance).
    p = min(1.0, expected / free)
    share = max(0.0, min(referred / expected, 1.0))
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
            row[LoyaltyColumn.REFERRED if by_referral else LoyaltyColumn.ACQUIRED] += 1.0
            settle_in(w, s, i, customer["generation"] + 1, t <= 0.0, t)
            customer["referred"] = 1 if by_referral else 0
            odds = odds_of_leaving(w, s, first + i)
            _, stays = leaves_and_stays(w.leaving_curve, odds, w.loyalty[0]["stays"])
            _count(w, s, i, week, stays, t)


@inlined
def brought(w: World, s: int, week: int) -> float:
    """New customers whom the customers of segment s bring in a week, by the answers to be expected of them."""
    link = w.loyalty[0]
    promoters = w.relationship[week, s, 0]
    detractors = w.relationship[week, s, 1]
    passives = w.loyalty_sums[week, s, LoyaltyColumn.CUSTOMERS] - promoters - detractors
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


@inlined
def _count(w: World, s: int, i: int, week: int, stays: float, t: float) -> None:
    """The customer who has just joined in slot i of segment s is there, and may be asked."""
    row = w.loyalty_sums[week, s]
    answers = w.relationship[week, s]
    customer = w.customers[w.segments[s]["first_customer"] + i]
    level = customer["relationship"]
    detractor, promoter, sure, likes = standing(w, level, customer["recent_satisfaction"], stays)
    row[LoyaltyColumn.CUSTOMERS] += 1.0
    answers[0] += promoter
    answers[1] += detractor
    answers[2] += level
    row[LoyaltyColumn.SECURE] += sure
    row[LoyaltyColumn.FAVOURABLE] += likes
    if customer["in_cohort"] == 1:
        row[LoyaltyColumn.COHORT] += 1.0
        row[LoyaltyColumn.COHORT_PROMOTERS] += promoter
        row[LoyaltyColumn.COHORT_DETRACTORS] += detractor
    if is_asked(w, round_of(w, s, int(round(t / WEEK))), i):
        ask_in_week(w, s, i, customer["generation"], int(round(t / WEEK)), level, row)
