"""All measures of one run, as numbers: the results of one replication of a scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEKS_PER_YEAR
from cxsim.measures.catalogue import MEASURES
from cxsim.measures.loyalty import loyalty_by_segment
from cxsim.measures.money import at_run_rate, money, streams
from cxsim.measures.reading import Reading, quantile_of_bins, ratio
from cxsim.measures.recovery import own_calls_hours, recovery_measures
from cxsim.measures.selling import sale_measures
from cxsim.measures.standards import called_back_in_time, internal_targets, service_level
from cxsim.measures.sums import case_measures, contact_measures, effort_by_cause, skill_measures, team_measures
from cxsim.native.records import Floats
from cxsim.probability.bins import bin_edges
from cxsim.state.plan.tables import PRESENT
from cxsim.state.tally import MEASURED, CaseColumn, ContactColumn, StepColumn, TeamColumn

AMOUNTS = ("margin", "margin_lost", "survey_answers")
"""Of the measures of cases those that are amounts a week, not of a case: of this world's own cases."""


def measure_all(r: Reading) -> dict[str, float]:
    """Every measure of the catalogue for one run, in its order; NaN where there is nothing to divide by."""
    cases, own = r.cases.sum(axis=(0, 1)), r.tally.case_sums[r.cohort].sum(axis=(0, 1, 2))
    contacts = contact_sums(r)
    found: dict[str, Any] = {
        **case_measures(cases, r.cohort_weeks),
        **{name: case_measures(own, r.cohort_weeks)[name] for name in AMOUNTS},
        **effort_by_cause(cases),
        **contact_measures(contacts.sum(axis=(0, 1, 2)), r.weeks, failures(r, contacts).sum()),
        "wait_p90": 60.0 * quantile_of_bins(r.tally.wait_bins[MEASURED].sum(axis=0), bin_edges(), 0.9),
        "service_level": service_level(r).sum(axis=(0, 1)),
        **_of_work(r, contacts),
        **_of_customers(r, own, contacts),
        **money(r, contacts),
        **sale_measures(r.tally.sale_sums[r.period].sum(axis=(0, 1)), r.weeks),
    }
    met, asked = found["service_level"]
    found["service_level"] = 100.0 * ratio(met, asked)
    in_time, promised = called_back_in_time(r)
    found["called_back_in_time"] = 100.0 * ratio(in_time, promised)
    return {m.name: float(found[m.name]) for m in MEASURES}


def change_at_run_rate(r: Reading, baseline: Reading) -> dict[str, float]:
    """Measures at run-rate as changes against the baseline over the very same weeks, whichever those of `r` are.

    Of the baseline itself they are 0, so that each scenario keeps its own weeks, whatever it is run with.
    """
    of_baseline = replace(baseline, settled=r.settled)
    own, other = (at_run_rate(x, streams(x, contact_sums(x))) for x in (r, of_baseline))
    return {name: own[name] - other[name] for name in own}


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


def _of_work(r: Reading, contacts: Floats) -> dict[str, Any]:
    """Steps and teams over the period."""
    teams = r.tally.team_sums[r.period]
    steps = r.tally.step_sums[r.period].sum(axis=(0, 1))
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum()
    late, finished = internal_targets(r)
    closes = teams[..., TeamColumn.BACKLOG].sum(axis=1)
    ages = teams[..., TeamColumn.OLDEST].max(axis=1) / DAY
    return {
        **team_measures(teams.sum(axis=(0, 1)), r.weeks, r.organisation.economics.hours_per_fte),
        **skill_measures(r.tally.skill_sums[r.period].sum(axis=(0, 1))),
        "internal_sla_missed": 100.0 * ratio(late.sum(), finished.sum()),
        **recovery_measures(r.tally.recovery_sums[r.period].sum(axis=(0, 1)), opened, r.weeks),
        "own_calls_hours": own_calls_hours(r),
        "work_unserved": _unserved(contacts) / 60.0 / r.weeks,
        "escalations": 100.0 * ratio(steps[StepColumn.ESCALATIONS], opened),
        "handoffs_per_case": ratio(steps[StepColumn.HANDOFFS], opened),
        "rework_per_case": ratio(steps[StepColumn.REWORK], opened),
        "backlog_end": closes[-1],
        "oldest": ages.mean(),
        "oldest_end": ages[-1],
    }


def _unserved(contacts: Floats) -> float:
    """Minutes that contacts given up would have taken; of a reason that nobody was served for, the mean of all."""
    sums = contacts.sum(axis=0)
    minutes = sums[..., ContactColumn.SERVICE] + sums[..., ContactColumn.WRAP]
    served = sums[..., ContactColumn.SERVED]
    if not served.any():
        return 0.0
    each = np.where(served > 0.0, minutes / np.maximum(served, 1.0), minutes.sum() / served.sum())
    return float((sums[..., ContactColumn.LOST] * each).sum())


def _of_customers(r: Reading, cases: Floats, contacts: Floats) -> dict[str, Any]:
    """Per customer and year, and the relationship at the end."""
    customers = float(r.customers.sum())
    return {
        **{name: values[-1] for name, values in loyalty_by_segment(r).items()},
        "contacts_per_customer": WEEKS_PER_YEAR
        * ratio(contacts[..., ContactColumn.ATTEMPTS].sum() / r.weeks, customers),
        "effort_per_customer": WEEKS_PER_YEAR * ratio(cases[CaseColumn.EFFORT] / r.cohort_weeks, customers),
    }
