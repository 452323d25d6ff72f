"""What is counted of the customer base at a week's close: who leaves, who joins, what they bring and would answer."""

from __future__ import annotations

from cxsim.native.compiling import inlined
from cxsim.probability.ordered_probit import recommending_at
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.world import World


@inlined
def count_empty_slot(w: World, week: int, s: int) -> None:
    """A slot of segment s is empty in the week."""
    w.loyalty_sums[week, s, LoyaltyColumn.FREE] += 1.0


@inlined
def count_kept_slot(w: World, week: int, s: int) -> None:
    """A slot is not free after all: a case of the customer who left is not over."""
    w.loyalty_sums[week, s, LoyaltyColumn.FREE] -= 1.0


@inlined
def count_week_of_customer(w: World, week: int, s: int, k: int, hazard: float) -> None:
    """Customer row k of segment s has been with us in the week, and leaves at its close with chance `hazard`."""
    customer = w.customers[k]
    row = w.loyalty_sums[week, s]
    share = wallet(w, s, customer["relationship"])
    row[LoyaltyColumn.WEEKS] += 1.0
    row[LoyaltyColumn.WALLET] += share
    if customer["referred"] == 1:
        row[LoyaltyColumn.WALLET_REFERRED] += share
    row[LoyaltyColumn.HAZARD] += hazard


@inlined
def count_leaving(w: World, week: int, s: int, k: int, t: float) -> None:
    """Customer row k of segment s leaves at the close t."""
    customer = w.customers[k]
    row = w.loyalty_sums[week, s]
    row[LoyaltyColumn.LEFT] += 1.0
    row[LoyaltyColumn.FREE] += 1.0
    if customer["in_cohort"] == 1 and t > 0.0:
        row[LoyaltyColumn.COHORT_LEFT] += 1.0
        detractor, promoter, _ = expected_answers(w, customer["relationship"])
        row[LoyaltyColumn.COHORT_LEFT_PROMOTERS] += promoter
        row[LoyaltyColumn.COHORT_LEFT_DETRACTORS] += detractor


@inlined
def count_customer(w: World, week: int, s: int, k: int, stays: float) -> None:
    """Customer row k of segment s is there after the close, and stays for long with chance `stays`."""
    customer = w.customers[k]
    row = w.loyalty_sums[week, s]
    level = customer["relationship"]
    detractor, promoter, top = expected_answers(w, level)
    _, nine_or_ten, ten = expected_answers(w, level + customer["recent_satisfaction"])
    row[LoyaltyColumn.CUSTOMERS] += 1.0
    # Answers of one customer are related by the levels they share and by nothing else; a mood that colours both would
    # give larger shares.  Their change is what counts here.
    row[LoyaltyColumn.SECURE] += top * ten * stays
    row[LoyaltyColumn.FAVOURABLE] += promoter * nine_or_ten * stays
    if customer["in_cohort"] == 1:
        row[LoyaltyColumn.COHORT] += 1.0
        row[LoyaltyColumn.COHORT_PROMOTERS] += promoter
        row[LoyaltyColumn.COHORT_DETRACTORS] += detractor
    answers = w.relationship[week, s]
    answers[0] += promoter
    answers[1] += detractor
    answers[2] += level


@inlined
def count_no_room(w: World, week: int, s: int, customers: float) -> None:
    """New customers are expected in segment s for whom no slot is free."""
    w.loyalty_sums[week, s, LoyaltyColumn.NO_ROOM] += customers


@inlined
def count_joining(w: World, week: int, s: int, by_referral: bool) -> None:
    """A customer joins segment s, referred by another or by themselves."""
    w.loyalty_sums[week, s, LoyaltyColumn.REFERRED if by_referral else LoyaltyColumn.ACQUIRED] += 1.0


@inlined
def count_relationship_answer(w: World, week: int, s: int, score: int) -> None:
    """A customer of segment s has answered the relationship survey with a score of 0 to 10."""
    row = w.loyalty_sums[week, s]
    row[LoyaltyColumn.ANSWERS] += 1.0
    if score >= 9:
        row[LoyaltyColumn.ANSWERED_PROMOTER] += 1.0
    elif score <= 6:
        row[LoyaltyColumn.ANSWERED_DETRACTOR] += 1.0


@inlined
def expected_answers(w: World, m: float) -> tuple[float, float, float]:
    """Chances of a 0 to 6, of a 9 or 10, and of a 10 at latent level m."""
    detractor, promoter, top, _ = recommending_at(w.nps_curves, w.experience[0]["nps_from"], m)
    return detractor, promoter, top


@inlined
def wallet(w: World, s: int, level: float) -> float:
    """Share of wallet at a relationship, between 0 and 1."""
    segment = w.segments[s]
    return float(max(0.0, min(1.0, segment["wallet"] + segment["wallet_slope"] * (level - segment["mean"]))))


@inlined
def expected_groups(w: World, week: int, s: int) -> tuple[float, float, float]:
    """Promoters, passives and detractors to be expected among the customers of segment s counted so far."""
    promoters = w.relationship[week, s, 0]
    detractors = w.relationship[week, s, 1]
    passives = w.loyalty_sums[week, s, LoyaltyColumn.CUSTOMERS] - promoters - detractors
    return promoters, passives, detractors


@inlined
def free_slots(w: World, week: int, s: int) -> float:
    """Slots of segment s that newcomers may take at the close."""
    return float(w.loyalty_sums[week, s, LoyaltyColumn.FREE])
