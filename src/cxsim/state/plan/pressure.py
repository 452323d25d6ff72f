"""What pressure makes of steps, and what is offered at them, as numbers for the rules.

Pressure s of a team (or of a supplier) acts in proportion on chances that add, and on the log-odds of chances that
have them: p becomes 1 / (1 + (1 - p) / p × exp(- effect × s)).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim.calendars.constants import YEAR
from cxsim.native.records import Table
from cxsim.organisation import Organisation
from cxsim.organisation.people import Pressed
from cxsim.organisation.work import Edge, Step
from cxsim.probability.distributions import scaled
from cxsim.state.plan.lists import Distributions
from cxsim.state.plan.names import Names
from cxsim.state.plan.work_rows import OFFER, SALES

NO_EFFECT = Pressed(resolution=0.0, generic=0.0, listening=0.0, over_promise=0.0, errors=0.0)
WRONG_WAYS = ("rework", "misroute")


def pressure_on(o: Organisation, step: Step) -> float:
    """Pressure on whoever does a step, 0 to 1."""
    if step.team is not None:
        return o.teams[step.team].pressure if step.team in o.teams else 0.0
    return o.suppliers[step.supplier].pressure if step.supplier in o.suppliers else 0.0


def odds_moved(p: float, by: float) -> float:
    """A chance whose log-odds are raised by `by`."""
    if by == 0.0 or p <= 0.0 or p >= 1.0:
        return p
    return 1.0 / (1.0 + (1.0 - p) / p * math.exp(-by))


def press(row: Any, step: Step, o: Organisation, distributions: Distributions) -> None:
    """Enter into a step's row what pressure changes: resolution, scripts, time, offers, errors."""
    # Worked into the plan and not into the rules: a visit pays nothing for it, and a rule need not know of it.
    effect, s = o.people.pressure or NO_EFFECT, pressure_on(o, step)
    row["p_error"] = odds_moved(step.errs, wrong(o, step))
    if step.offer is not None:
        most = step.offer.p if step.offer.pressed is None else step.offer.pressed
        row["p_offer"] = step.offer.p + s * (most - step.offer.p)
    if s == 0.0 or step.team is None:
        return
    row["p_resolves"] = max(0.0, step.resolves - effect.resolution * s)
    row["p_generic"] = min(1.0, step.generic + effect.generic * s)
    if step.work is not None and effect.listening:
        row["work"] = distributions.row(scaled(step.work, 1.0 - effect.listening * s))
        row["mean_work"] *= 1.0 - effect.listening * s


def wrong(o: Organisation, step: Step) -> float:
    """What pressure, and a supplier's proficiency, add to the log-odds of errors, rework and misroutes at a step."""
    effect = o.people.pressure or NO_EFFECT
    supplier = o.suppliers.get(step.supplier or "")
    z = supplier.proficiency if supplier is not None and step.team is None else 0.0
    return effect.errors * pressure_on(o, step) - o.proficiency.misroute * z


def onward_p(step: Step, shares: dict[str, float], by: float) -> list[float]:
    """Chance of each way onward where the odds of rework and misroutes are moved; the others share what that leaves.

    shares: by following step.
    """
    if by == 0.0:
        return list(shares.values())
    bad = {to: p for to, p in shares.items() if _goes_wrong(step.next[to])}
    moved = {to: odds_moved(p, by) for to, p in bad.items()}
    before, after = math.fsum(bad.values()), math.fsum(moved.values())
    if not 0.0 < before < 1.0 or after >= 1.0:
        return list(shares.values())
    scale = (1.0 - after) / (1.0 - before)
    return [moved[to] if to in bad else p * scale for to, p in shares.items()]


def _goes_wrong(edge: Edge) -> bool:
    return edge.kind in WRONG_WAYS


def offer_row(row: Any, step: Step, own: int, o: Organisation, names: Names) -> None:
    """What is offered at a step, as a row of `OFFER`; own: the step's skill."""
    offer = step.offer
    if offer is None:
        return
    effect = o.people.pressure or NO_EFFECT
    row["p_accept"], row["margin"] = offer.accepts, offer.margin
    row["over_promise"] = odds_moved(offer.over_promise, effect.over_promise * pressure_on(o, step))
    for key, text in (("selling_skill", offer.selling), ("keeping_skill", offer.keeping)):
        team, _, skill = (text or "").partition(".")
        row[key] = own if text is None else names.skills.index((team, skill))


def no_offers(names: Names) -> Table:
    """Rows of `OFFER` for all steps, to be filled."""
    table = np.zeros(len(names.steps), dtype=OFFER)
    table["selling_skill"] = table["keeping_skill"] = -1
    return table


def sales_table(o: Organisation, names: Names, distributions: Distributions) -> Table:
    """The one row of `SALES`."""
    s = o.sales
    table = np.zeros(1, dtype=SALES)
    row = table[0]
    row["proficiency"], row["relationship"], row["knowledge"] = s.proficiency, s.relationship, s.knowledge
    row["unlearned"], row["needs"] = s.unlearned, (s.needs_a_year or 0.0) / YEAR
    row["asked_every"] = s.asked_every
    row["p_notices"], row["notices_after"], row["p_undone"] = (
        s.p_notices,
        distributions.row(s.notices_after),
        s.p_undone,
    )
    becomes = s.becomes or o.behaviour.complaint
    row["becomes"] = -1 if becomes is None else names.reasons.index(becomes)
    return table
