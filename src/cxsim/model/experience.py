"""What a case was to its customer: effort, then satisfaction, the relationship, and the answers customers would give.

Forms and sources: docs/model.md.  The ledger adds up over the whole case, not over the contact; satisfaction weighs
losses more than gains; the relationship takes a share of it and slowly returns to the customer's own level.
"""

from __future__ import annotations

import math
from typing import Any

from cxsim.model import draws
from cxsim.model.accounting.cases import count_experience
from cxsim.model.accounting.failure import count_effort
from cxsim.model.draws import Purpose
from cxsim.model.survey import ask_after_case
from cxsim.native.compiling import compiled, inlined
from cxsim.probability.ordered_probit import ease_at
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.state import FULL, LEDGERED, NO_LEDGER, TRACING
from cxsim.state.tally import Cause
from cxsim.state.world import World


@compiled
def add_effort(w: World, c: int, cause: int, effort: float, s: int, t: float) -> None:
    """Enter effort that step s has caused into the ledger of case c."""
    if effort == 0.0:
        return
    enter(w, c, cause, effort, s)
    if w.counters[TRACING] == 1:
        case = w.cases[c]
        n = w.counters[LEDGERED]
        if n >= len(w.ledger):
            w.counters[FULL] = NO_LEDGER
            return
        row = w.ledger[n]
        row["name_hash"] = case["name_hash"]
        row["number"] = case["number"]
        row["at"] = t
        row["cause"] = cause
        row["effort"] = effort
        w.counters[LEDGERED] = n + 1


@inlined
def enter(w: World, c: int, cause: int, effort: float, s: int) -> None:
    """The same without a row of the trace."""
    case = w.cases[c]
    case["ledger"][cause] += effort
    case["effort"] += effort
    count_effort(w, c, cause, effort, s)


@inlined
def add_wait(w: World, c: int, perceived: float, s: int, t: float) -> float:
    """A further wait of `perceived` minutes at step s: the ledger holds weight x ln(1 + all perceived minutes / 2).

    The effort entered is returned.
    """
    if perceived <= 0.0:
        return 0.0
    case = w.cases[c]
    case["perceived_wait"] += perceived
    logarithm = math.log(1.0 + case["perceived_wait"] / 2.0)
    effort = w.experience[0]["wait"] * (logarithm - case["log_perceived_wait"])
    case["log_perceived_wait"] = logarithm
    add_effort(w, c, Cause.WAIT, effort, s, t)
    return float(effort)


@inlined
def satisfaction(w: World, effort: float, courtesy: float) -> float:
    """x = reference - effort + courtesy; losses count in full, gains divided by the loss aversion."""
    weights = w.experience[0]
    x = weights["reference"] - effort + courtesy
    if x < 0.0:
        return float(x)
    return float(x / weights["loss_aversion"])


@inlined
def courtesy_of(w: World, c: int) -> float:
    """What the manners of the last agent add to the satisfaction with case c, SD."""
    return float(w.behaviour[0]["courtesy"] * w.cases[c]["last_proficiency"])


@inlined
def level_at(w: World, k: int, t: float) -> float:
    """Relationship of customer row k at t: it returns to the customer's own level."""
    customer = w.customers[k]
    own = customer["long_run"]
    if customer["relationship"] == own or t == customer["as_of"]:
        return float(customer["relationship"])
    kept, _ = fading(w, t - customer["as_of"])
    return float(own + (customer["relationship"] - own) * kept)


@inlined
def fading(w: World, minutes: float) -> tuple[float, float]:
    """What is left after some minutes of a move of the relationship, and of satisfaction with the last case."""
    return math.exp(-w.experience[0]["fade"] * minutes), math.exp(-w.loyalty[0]["fade"] * minutes)


@inlined
def bring_to(w: World, k: int, t: float, kept: float, left: float) -> None:
    """Relationship and last case of customer row k as they are at t; kept, left: the `fading` since they were noted."""
    customer = w.customers[k]
    customer["relationship"] = customer["long_run"] + (customer["relationship"] - customer["long_run"]) * kept
    customer["recent_satisfaction"] *= left
    customer["as_of"] = t


@compiled
def expected_ces(w: World, effort: float) -> float:
    """Mean CES 2.0 answer (1-7) at an effort: ordered probit on minus effort."""
    mean, _ = ease_at(w.ces_curves, w.experience[0]["ces_from"], -effort)
    return mean


@inlined
def tell(w: World, c: int, effort: float, level: float, satisfied: float) -> None:
    """Case c is over (or the horizon is): what its customer went through is counted, and a survey may ask for it.

    level: the customer's relationship by then; satisfied: by the case.
    """
    weights = w.experience[0]
    m = level + satisfied
    count_experience(w, c, effort, courtesy_of(w, c), satisfied, m)
    if weights["p_answer"] > 0.0 or weights["p_extreme"] > 0.0:
        ask_after_case(w, c, m, effort)


@inlined
def remember(w: World, c: int, satisfied: float, weight: float, remembered: float, level: float, t: float) -> None:
    """The case moves its customer's relationship: level + carry-over x satisfaction x weight (moment of truth).

    remembered: what is remembered of it as the last case.
    """
    k = w.cases[c]["customer"]
    w.customers[k]["relationship"] = level + w.experience[0]["carry_over"] * satisfied * weight
    w.customers[k]["recent_satisfaction"] = remembered
    w.customers[k]["as_of"] = t
    w.customers[k]["last_at"] = t


@compiled
def ratings(w: World, t: float, out: Any) -> None:
    """What each customer would answer at t with random numbers of their own: 2 promoter, 1 passive, 0 detractor, into
    `out`.

    -1 where the slot is empty.
    """
    weights = w.experience[0]
    for s in range(len(w.segments)):
        first = w.segments[s]["first_customer"]
        for i in range(w.segments[s]["slots"]):
            k = first + i
            if w.customers[k]["present"] == 0:
                out[k] = -1
                continue
            u = draws.of_customer(w, s, i, w.customers[k]["generation"], Purpose.RATING)
            m = level_at(w, k, t) + normal_quantile(u)
            if m > weights["nps_cuts"][8]:  # 9 or 10
                out[k] = 2
            elif m <= weights["nps_cuts"][6]:  # 0 to 6
                out[k] = 0
            else:
                out[k] = 1
