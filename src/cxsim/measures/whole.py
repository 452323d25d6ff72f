"""All measures of one run, as numbers: what a replication of a scenario comes to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim.measures.catalogue import MEASURES
from cxsim.measures.loyalty import earned, loyalty_by_segment
from cxsim.measures.reading import WEEKS_PER_YEAR, Reading, quantile_of_bins, ratio
from cxsim.measures.recovery import recovery_cost, recovery_measures
from cxsim.measures.standards import internal_targets, service_level
from cxsim.measures.sums import case_measures, contact_measures, effort_by_cause, skill_measures, team_measures
from cxsim.plan.tables import PRESENT, Floats, Plan
from cxsim.tally import MEASURED, CaseColumn, ContactColumn, StepColumn, TeamColumn, bin_edges


def measure_all(r: Reading) -> dict[str, float]:
    """Every measure of the catalogue for one run, in its order; NaN where there is nothing to divide by."""
    cases = r.tally.case_sums[r.cohort].sum(axis=(0, 1, 2))
    contacts = contact_sums(r)
    found: dict[str, Any] = {
        **case_measures(cases, r.cohort_weeks),
        **effort_by_cause(cases),
        **contact_measures(contacts.sum(axis=(0, 1, 2)), r.weeks, failures(r, contacts).sum()),
        "wait_p90": 60.0 * quantile_of_bins(r.tally.wait_bins[MEASURED].sum(axis=0), bin_edges(), 0.9),
        "service_level": service_level(r).sum(axis=(0, 1)),
        **_of_work(r),
        **_of_customers(r, cases, contacts),
        **money(r, contacts),
    }
    met, asked = found["service_level"]
    found["service_level"] = 100.0 * ratio(met, asked)
    return {m.name: float(found[m.name]) for m in MEASURES}


def contact_sums(r: Reading) -> Floats:
    """[week, contact reason, channel, ContactColumn] of the measured weeks.

    Wrap-up counts where the customer is present: at other channels the work has no place in a handle time.
    """
    sums = r.tally.contact_sums[r.period].copy()
    present = r.timeline[0][1].channels["presence"] == PRESENT
    sums[..., ContactColumn.WRAP] *= present[None, None, :]
    return sums


def failures(r: Reading, contacts: Floats) -> Floats:
    """[week, contact reason, channel] first contacts whose reason is itself a failure."""
    failing = r.weekly(lambda plan: plan.reasons["failure"]) > 0.5
    first: Floats = contacts[..., ContactColumn.FIRST] * failing[:, :, None]
    return first


def _of_work(r: Reading) -> dict[str, Any]:
    """Steps and teams over the period."""
    teams = r.tally.team_sums[r.period]
    steps = r.tally.step_sums[r.period].sum(axis=(0, 1))
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum()
    late, finished = internal_targets(r)
    closes = teams[..., TeamColumn.BACKLOG].sum(axis=1)
    ages = teams[..., TeamColumn.OLDEST].max(axis=1) / 1440.0
    return {
        **team_measures(teams.sum(axis=(0, 1)), r.weeks, r.organisation.economics.hours_per_fte),
        **skill_measures(r.tally.skill_sums[r.period].sum(axis=(0, 1))),
        "internal_sla_missed": 100.0 * ratio(late.sum(), finished.sum()),
        **recovery_measures(r.tally.recovery_sums[r.period].sum(axis=(0, 1)), opened, r.weeks),
        "escalations": 100.0 * ratio(steps[StepColumn.ESCALATIONS], opened),
        "handoffs_per_case": ratio(steps[StepColumn.HANDOFFS], opened),
        "rework_per_case": ratio(steps[StepColumn.REWORK], opened),
        "backlog_end": closes[-1],
        "oldest": ages.mean(),
        "oldest_end": ages[-1],
    }


def _of_customers(r: Reading, cases: Floats, contacts: Floats) -> dict[str, Any]:
    """Per customer and year, and the relationship at the end."""
    customers = float(r.customers.sum())
    return {
        **{name: values[-1] for name, values in loyalty_by_segment(r).items()},
        "contacts_per_customer": WEEKS_PER_YEAR
        * ratio(contacts[..., ContactColumn.ATTEMPTS].sum() / r.weeks, customers),
        "effort_per_customer": WEEKS_PER_YEAR * ratio(cases[CaseColumn.EFFORT] / r.cohort_weeks, customers),
    }


def staffing_cost(r: Reading) -> Floats:
    """[week, team] cost of paid time."""
    paid = r.tally.team_sums[r.period][..., TeamColumn.PAID]
    overhead = 1.0 + r.organisation.economics.overhead
    return paid * r.weekly(lambda plan: plan.teams["cost"]) * overhead


def money(r: Reading, contacts: Floats) -> dict[str, Any]:
    """Costs and benefits a week; at run-rate: of the weeks in which nothing changes any more."""
    rate = r.weekly(lambda plan: plan.channels["cost"])
    for_contacts = (contacts[..., ContactColumn.ATTEMPTS].sum(axis=1) * rate).sum(axis=1)
    updates = r.tally.case_sums[r.cohort][..., CaseColumn.UPDATES].sum(axis=2)
    update_rate = r.weekly(lambda plan: plan.reasons["update_cost"])[: r.cohort_weeks]
    for_updates = (updates * update_rate).sum(axis=1)
    decided = r.tally.step_sums[r.period][..., StepColumn.DECIDED]
    for_errors = (decided * r.weekly(_cost_of_a_decision)).sum(axis=1)
    wrong = (decided * r.weekly(_errors_of_a_decision)).sum(axis=1)
    goodwill, ombudsman = recovery_cost(r)
    staffing = staffing_cost(r).sum(axis=1)
    hired = r.tally.team_sums[r.period][..., TeamColumn.HIRED]
    for_hiring = (hired * r.weekly(lambda plan: plan.teams["hiring_cost"])).sum(axis=1)
    margins = r.tally.case_sums[r.cohort][..., CaseColumn.MARGIN].sum(axis=(1, 2))
    by_week = (staffing, for_contacts, for_errors, for_updates, for_hiring, goodwill, ombudsman)
    daily = sum(float(costs.mean()) for costs in by_week)
    total = daily + r.spending.total / r.weeks
    loyal = earned(r)[1].sum(axis=1)
    margin = margins.mean() + loyal.mean()
    settled = loyal_settled = math.nan
    if r.settled is not None:
        loyal_settled = float(loyal[r.settled :].mean())
        settled = margins[r.settled :].mean() + loyal_settled
        settled -= sum(float(costs[r.settled :].mean()) for costs in by_week)
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum() / r.weeks
    return {
        "staffing_cost": staffing.mean(),
        "contact_cost": for_contacts.mean(),
        "update_cost": for_updates.mean(),
        "error_cost": for_errors.mean(),
        "hiring_cost": for_hiring.mean(),
        "wrong_decisions_week": wrong.mean(),
        "goodwill_cost": goodwill.mean(),
        "ombudsman_cost": ombudsman.mean(),
        "scenario_cost": r.spending.total / r.weeks,
        "scenario_cost_running": r.spending.per_week,
        "running_cost": daily + r.spending.per_week,
        "total_cost": total,
        "cost_per_case": ratio(total, opened),
        "net_benefit": margin - total,
        "net_benefit_running": settled - r.spending.per_week,
        "customer_margin_running": loyal_settled,
    }


def _cost_of_a_decision(plan: Plan) -> Any:
    """[step] expected cost of errors of a decision taken there under a right."""
    return _of_rights(plan, plan.rights["p_error"] * plan.rights["cost"])


def _errors_of_a_decision(plan: Plan) -> Any:
    """[step] chance that a decision taken there under a right is wrong."""
    return _of_rights(plan, plan.rights["p_error"])


def _of_rights(plan: Plan, values: Any) -> Any:
    """[step] from [team, right]: of the right that the step wants, as its team holds it; 0 where it wants none."""
    steps = plan.steps
    decides = (steps["right"] >= 0) & (steps["team"] >= 0)
    return np.where(decides, values[np.where(decides, steps["team"], 0), np.where(decides, steps["right"], 0)], 0.0)
