"""Surveys: who answers, and what; so how far the surveyed score lies from that of all customers.

Answers on the 0-10 question are ordered probit on a latent level; the chance to answer at all is U-shaped in the score
that would be given.  Forms and sources: docs/model.md.
"""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.model import draws
from cxsim.model.accounting.cases import count_survey_answer
from cxsim.model.accounting.customers import count_relationship_answer
from cxsim.model.draws import Purpose
from cxsim.native.compiling import inlined
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.world import World

GOLDEN = 0.6180339887498949


@inlined
def p_response(w: World, score: int) -> float:
    """Chance that whoever would answer `score` (0-10) answers: lowest at 5, rising with the square of the distance."""
    weights = w.experience[0]
    off = (score - 5) / 5.0
    return float(weights["p_answer"] + (weights["p_extreme"] - weights["p_answer"]) * off * off)


@inlined
def score_of(w: World, latent: float) -> int:
    """The answer, 0 to 10, at a latent value: how many cut-points lie below it."""
    score = 0
    for k in range(10):
        if latent > w.experience[0]["nps_cuts"][k]:
            score += 1
    return score


@inlined
def ask_after_case(w: World, c: int, m: float, effort: float) -> None:
    """The transactional survey goes to the customer of case c, who is at latent level m."""
    weights = w.experience[0]
    u = draws.of_case(w, c, Purpose.ANSWERS, 0, 0)
    if u >= max(weights["p_answer"], weights["p_extreme"]):  # whatever the score would be
        return
    score = score_of(w, m + normal_quantile(draws.of_case(w, c, Purpose.SCORE, 0, 0)))
    if u >= p_response(w, score):
        return
    w.cases[c]["survey_score"] = score
    ease = normal_quantile(draws.of_case(w, c, Purpose.CES_SCORE, 0, 0)) - effort
    points = 1.0
    for i in range(6):
        if ease > weights["ces_cuts"][i]:
            points += 1.0
    count_survey_answer(w, c, score, points)


@inlined
def round_of(w: World, s: int, week: int) -> float:
    """How far the relationship survey has come in its rounds of segment s by a week, from a random beginning."""
    return float(draws.of_customer(w, s, 0, 0, Purpose.ASKED) + week * w.experience[0]["asked"])


@inlined
def is_asked(w: World, done: float, slot: int) -> bool:
    """Whether it is a customer's turn in the week with this `round_of`: once in a round, slots evenly mixed.

    Multiples of the golden section's share leave no gap and no cluster on a circle (three-distance theorem).
    """
    # A systematic sample, as banks take it, instead of a draw among all customers every week; neighbouring slots are
    # not asked together, and empty slots or newcomers do not cluster.
    place = done + slot * GOLDEN
    return bool(place - math.floor(place) < w.experience[0]["asked"])


@inlined
def ask_in_week(w: World, s: int, slot: int, week: int, t: float) -> None:
    """A customer is asked for the relationship at the close t of the week of row `week`, and may answer."""
    customer = w.customers[w.segments[s]["first_customer"] + slot]
    generation, level, closed = customer["generation"], customer["relationship"], int(round(t / WEEK))
    u = draws.of_customer_week(w, s, slot, generation, closed, Purpose.RELATIONSHIP_SCORE)
    score = score_of(w, level + normal_quantile(u))
    if draws.of_customer_week(w, s, slot, generation, closed, Purpose.RELATIONSHIP_ANSWER) < p_response(w, score):
        count_relationship_answer(w, week, s, score)
