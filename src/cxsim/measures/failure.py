"""Failure demand traced: which step, and so which department, makes customers contact us again, and what that costs.

Everything here sums to the whole: contacts to all failure demand, effort to all entries of the ledger.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.loyalty import ALL
from cxsim.measures.reading import Reading, ratio
from cxsim.measures.tables import table_of, with_all
from cxsim.native.records import Floats, Ints
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.plan.tables import SELF_SERVICE
from cxsim.state.tally import MEASURED, CaseColumn, HourColumn, StepColumn

NOBODY = "(none known)"
"""Stands for the step, or the department, that caused what nothing here has caused."""
BETWEEN = "(between departments)"
"""The post, a committee: a delay that belongs to no department and no supplier."""
MACHINES = "(self-service)"
KINDS: dict[Origin, tuple[str, str]] = {
    Origin.FAILURE: ("failure", "a reason that is a failure by itself"),
    Origin.REPEAT: ("repeat", "coming again because it was not resolved"),
    Origin.CHASER: ("chaser", "status enquiries"),
    Origin.COMPLAINT: ("complaint", "complaining"),
    Origin.RETURN: ("return", "calling back on a missed call"),
    Origin.REDIAL: ("redial", "trying again after a queue"),
    Origin.MISROUTE: ("misroute", "being sent to the wrong desk"),
    Origin.RECURRENCE: ("recurrence", "coming back because only the symptom was solved"),
}
"""Name and words of each kind of failure demand.

Recurrences are kept apart: their first contacts are not part of the measure `failure_demand`, being new cases.
"""


def consumed(r: Reading) -> dict[str, Floats]:
    """What failure demand consumes a week: arrays [case reason, step that caused it (last: none known), kind].

    contacts; agents' minutes; cost: minutes at their team's pay with overhead, and the channels' cost of contacts, idle
    time left out; effort: SD, of these contacts.
    """
    sums = r.tally.cause_sums[MEASURED][:, :, list(KINDS)] / r.weeks
    c = OriginColumn
    overhead = 1.0 + r.organisation.economics.overhead
    return {
        "contacts_per_week": sums[..., c.CONTACTS],
        "minutes_per_week": sums[..., c.MINUTES],
        "cost_per_week": sums[..., c.PAY] * overhead + sums[..., c.CHARGES],
        "effort_per_week": sums[..., c.EFFORT],
    }


def causes(r: Reading) -> pd.DataFrame:
    """What a step causes a week, by kind of contact."""
    measured = {name: with_all(values.sum(axis=0), 1) for name, values in consumed(r).items()}
    return table_of(measured, step=(*r.names.step_names(), NOBODY), kind=(*_kinds(), ALL))


def failure_demand(r: Reading) -> pd.DataFrame:
    """What a department causes a week, by the reason of the case and kind of contact, and which share that is.

    effort_share: % of all effort of these cases; minutes_share: % of all minutes that agents work, over all reasons.
    """
    belongs = np.zeros((len(r.names.steps) + 1, len(owners(r))))
    belongs[np.arange(len(r.names.steps)), owner_of_step(r)] = 1.0
    belongs[-1, -1] = 1.0
    measured = {
        name: with_all(with_all(with_all(np.einsum("rsk,sd->rdk", values, belongs), 0), 1), 2)
        for name, values in consumed(r).items()
    }
    ledger = with_all(r.tally.effort_sums[MEASURED].sum(axis=(1, 2)) / r.weeks, 0)
    worked = r.tally.hour_sums[MEASURED, ..., HourColumn.SERVICE].sum()
    worked += r.tally.step_sums[r.period][..., StepColumn.WRAP].sum()
    measured["effort_share"] = 100.0 * ratio(measured["effort_per_week"], ledger[:, None, None])
    share = np.full_like(measured["minutes_per_week"], np.nan)
    share[-1] = 100.0 * ratio(measured["minutes_per_week"][-1], worked / r.weeks)
    measured["minutes_share"] = share
    return table_of(measured, reason=(*r.names.reasons, ALL), department=(*owners(r), ALL), kind=(*_kinds(), ALL))


def _kinds() -> tuple[str, ...]:
    return tuple(name for name, _ in KINDS.values())


def owners(r: Reading) -> tuple[str, ...]:
    """Departments, suppliers and the customer, then what belongs to none of them."""
    return (*r.names.departments, BETWEEN, MACHINES, NOBODY)


def owner_of_step(r: Reading) -> Ints:
    """[step] place in `owners` of who does the step for most of the measured weeks."""
    held = r.held.sum(axis=0)
    known = len(r.names.departments)
    votes = np.zeros((len(r.names.steps), known + 3))
    for share, (_, plan) in zip(held, r.timeline, strict=True):
        alone = np.where(plan.steps["kind"] == SELF_SERVICE, known + 1, known)
        owner = np.where(plan.steps["department"] >= 0, plan.steps["department"], alone)
        there = plan.steps["removed"] == 0
        votes[np.flatnonzero(there), owner[there]] += share
    gone = votes.sum(axis=1) == 0.0
    votes[gone, -1] = 1.0
    chosen: Ints = votes.argmax(axis=1)
    return chosen


def hot_spots(r: Reading) -> pd.DataFrame:
    """Where effort, failure and dissatisfaction concentrate: a row for each step; the hottest by `heat`.

    Per week: visits; effort that the step causes, SD; unresolved contacts that ended there; failure contacts that it
    causes; detractors, those of the cases shared out by where their effort comes from.  went_wrong: % of visits
    that stayed unresolved or caused a contact of another kind.  heat: visits × effort per visit × share gone wrong, SD.
    moment_of_truth: the weight in the relationship of the reasons that take the route, the largest; 1 is routine.
    """
    steps = r.tally.step_sums[r.period].sum(axis=0) / r.weeks
    effort = r.tally.effort_sums[MEASURED].sum(axis=2) / r.weeks
    c = StepColumn
    failed = steps[:, [c.FAILED_AGENT, c.FAILED_PROCESS, c.FAILED_CUSTOMER]].sum(axis=1)
    contacts = consumed(r)["contacts_per_week"].sum(axis=0)[:-1]
    again = [k for k, origin in enumerate(KINDS) if origin in (Origin.REPEAT, Origin.COMPLAINT)]
    others = np.delete(contacts, again, axis=1).sum(axis=1)
    # Unresolved ends alone would never point at a step in the middle of a route, where nothing is resolved and
    # everybody asks; so a visit also goes wrong if it makes the customer contact us.
    wrong = np.minimum(1.0, np.nan_to_num(ratio(failed + others, steps[:, c.VISITS])))
    cases = r.tally.case_sums[r.cohort].sum(axis=(0, 2)) / r.cohort_weeks
    unhappy = cases[:, CaseColumn.DETRACTOR]
    shares = np.nan_to_num(ratio(effort, effort.sum(axis=1, keepdims=True)))
    measured = {
        "visits": steps[:, c.VISITS],
        "effort_per_week": effort.sum(axis=0),
        "unresolved_per_week": failed,
        "failure_contacts_per_week": contacts.sum(axis=1),
        "detractors_per_week": (unhappy[:, None] * shares).sum(axis=0),
        "went_wrong": 100.0 * wrong,
        "heat": heat(steps[:, c.VISITS], effort.sum(axis=0), wrong),
        "moment_of_truth": _moments(r),
    }
    return table_of(measured, step=r.names.step_names())


def heat(visits: Any, effort: Any, wrong: Any) -> Any:
    """Visits × effort per visit × share that goes wrong (0 to 1): what a governance board ranks steps by, SD a week.

    visits, effort: arrays of the same time; effort: SD of all visits together.
    """
    return np.asarray(visits) * np.nan_to_num(ratio(effort, visits)) * np.asarray(wrong)


def _moments(r: Reading) -> Floats:
    """[step] largest weight of the reasons that take its route."""
    weight = dict.fromkeys(r.names.routes, 1.0)
    for reason in r.organisation.reasons.values():
        weight[reason.route] = max(weight[reason.route], reason.moment_of_truth)
    return np.array([weight[route] for route, _ in r.names.steps])


__all__ = ["KINDS", "NOBODY", "causes", "consumed", "failure_demand", "heat", "hot_spots", "owners"]
