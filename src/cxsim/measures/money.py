"""Money: what each week costs and brings, in prices of the price year."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.measures.loyalty import earned
from cxsim.measures.reading import Reading, ratio
from cxsim.measures.recovery import recovery_cost
from cxsim.native.records import Floats
from cxsim.scenario.interventions.dates import week_of_year
from cxsim.state.plan.tables import Plan
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn

RUNNING = (
    *("staffing_cost", "contact_cost", "error_cost", "update_cost", "hiring_cost"),
    *("goodwill_cost", "ombudsman_cost"),
)
"""What running the service costs."""
COSTS = (*RUNNING, "new_positions_cost")
"""What the service costs, one-off costs included."""


def price_growth(r: Reading, what: str) -> Floats:
    """[week] by how much more than prices in general something costs than at time 0; it changes once a year."""
    # Money is real: a nominal table would make every programme look more expensive the later it comes.  A step a year,
    # not a daily creep, leaves studies below a year as they are.
    inflation = r.organisation.economics.inflation
    begins = [week_of_year(y) for y in range(int(r.weeks / WEEKS_PER_YEAR) + 2)]
    years = np.searchsorted(begins, np.arange(r.weeks), side="right") - 1.0
    factor: Floats = ((1.0 + getattr(inflation, what)) / (1.0 + inflation.prices)) ** years
    return factor


def staffing_cost(r: Reading) -> Floats:
    """[week, team] cost of paid time: of shifts, and of work after them at overtime pay."""
    sums, economics = r.tally.team_sums[r.period], r.organisation.economics
    paid = sums[..., TeamColumn.PAID] + economics.overtime * sums[..., TeamColumn.AFTER_SHIFT]
    overhead = 1.0 + economics.overhead
    return paid * r.weekly(lambda plan: plan.teams["cost"]) * overhead * price_growth(r, "pay")[:, None]


def streams(r: Reading, contacts: Floats) -> dict[str, Floats]:
    """[week] costs by measure, margins, and the scenario's own cost; what goes by cohort has no last weeks."""
    rate = r.weekly(lambda plan: plan.channels["cost"])
    updates = r.tally.case_sums[r.cohort][..., CaseColumn.UPDATES].sum(axis=2)
    update_rate = r.weekly(lambda plan: plan.reasons["update_cost"])[: r.cohort_weeks]
    decided = r.tally.step_sums[r.period][..., StepColumn.DECIDED]
    teams = r.tally.team_sums[r.period]
    new = teams[..., TeamColumn.NEW_POSITIONS]
    replaced = teams[..., TeamColumn.HIRED] - new
    person = r.weekly(lambda plan: plan.teams["hiring_cost"]) * price_growth(r, "pay")[:, None]
    own = np.array(r.spending.by_week or [r.spending.total / r.weeks] * r.weeks)
    goodwill, ombudsman = recovery_cost(r)
    other = price_growth(r, "other")
    return {
        "staffing_cost": staffing_cost(r).sum(axis=1),
        "contact_cost": (contacts[..., ContactColumn.ATTEMPTS].sum(axis=1) * rate).sum(axis=1) * other,
        "error_cost": (decided * r.weekly(_cost_of_a_decision)).sum(axis=1) * other,
        "update_cost": (updates * update_rate).sum(axis=1) * other[: r.cohort_weeks],
        "hiring_cost": (replaced * person).sum(axis=1),
        # One-off, because it is spent once and belongs to payback: spread over twelve weeks it doubled the running cost
        # of two more agents and made cure look more expensive than it is.
        "new_positions_cost": (new * person).sum(axis=1),
        "goodwill_cost": goodwill * other[: len(goodwill)],
        "ombudsman_cost": ombudsman * other[: len(ombudsman)],
        "margin": r.tally.case_sums[r.cohort][..., CaseColumn.MARGIN].sum(axis=(1, 2)),
        "customer_margin": earned(r)[1].sum(axis=1),
        "scenario_cost": own * other,
    }


def money(r: Reading, contacts: Floats) -> dict[str, Any]:
    """Costs and benefits a week; at run-rate: of the weeks in which nothing changes any more."""
    stream = streams(r, contacts)
    daily = sum(float(stream[name].mean()) for name in RUNNING)
    own = math.fsum(stream["scenario_cost"])
    total = daily + float(stream["new_positions_cost"].mean()) + own / r.weeks
    margins, loyal = stream["margin"], stream["customer_margin"]
    margin = margins.mean() + loyal.mean()
    running = own_running_cost(r)
    decided = r.tally.step_sums[r.period][..., StepColumn.DECIDED]
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum() / r.weeks
    return {
        **{name: stream[name].mean() for name in COSTS},
        "wrong_decisions_week": (decided * r.weekly(_errors_of_a_decision)).sum(axis=1).mean(),
        "scenario_cost": own / r.weeks,
        "scenario_cost_running": running,
        "running_cost": daily + running,
        "total_cost": total,
        "cost_per_case": ratio(total, opened),
        "net_benefit": margin - total,
        **at_run_rate(r, stream),
    }


def own_running_cost(r: Reading) -> float:
    """A scenario's own cost a week at the horizon."""
    return r.spending.per_week * float(price_growth(r, "other")[-1])


def at_run_rate(r: Reading, stream: dict[str, Floats]) -> dict[str, float]:
    """Net benefit, and margin from customers, a week of those in which nothing changes any more; NaN without any."""
    if r.settled is None:
        return {"net_benefit_running": math.nan, "customer_margin_running": math.nan}
    loyal = float(stream["customer_margin"][r.settled :].mean())
    gained = float(stream["margin"][r.settled :].mean()) + loyal
    spent = sum(float(stream[name][r.settled :].mean()) for name in RUNNING) + own_running_cost(r)
    return {"net_benefit_running": gained - spent, "customer_margin_running": loyal}


def weekly_money(r: Reading, stream: dict[str, Floats]) -> dict[str, Floats]:
    """[week] what running it costs, and the net benefit with and without what is spent once, by the week it falls in.

    NaN in the last weeks, whose cases are not seen to their end.
    """
    seen = r.cohort_weeks
    running = np.full(r.weeks, np.nan)
    running[:seen] = sum(stream[name][:seen] for name in RUNNING) + own_running_cost(r)
    gained = np.full(r.weeks, np.nan)
    gained[:seen] = stream["margin"][:seen] + stream["customer_margin"][:seen]
    once = stream["new_positions_cost"] + stream["scenario_cost"] - own_running_cost(r)
    return {"running_cost": running, "net_benefit_running": gained - running, "net_benefit": gained - running - once}


def _cost_of_a_decision(plan: Plan) -> Any:
    """[step] expected cost of errors of a decision taken there under a right."""
    return _of_rights(plan, plan.rights["p_error"] * plan.rights["cost"])


def _errors_of_a_decision(plan: Plan) -> Any:
    """[step] chance that a decision taken there under a right is wrong."""
    return _of_rights(plan, plan.rights["p_error"])


def _of_rights(plan: Plan, values: Any) -> Any:
    """[step] from [team, right]: of the right that the step wants, as its team holds it; 0 where it wants none."""
    steps = plan.steps
    decides = (steps["decision_right"] >= 0) & (steps["team"] >= 0)
    return np.where(
        decides, values[np.where(decides, steps["team"], 0), np.where(decides, steps["decision_right"], 0)], 0.0
    )
