"""What ratios divide by: measures that are sums over sums, so that replications are added before anything is divided.

Measures that are no ratio of two sums (quantiles, coefficients of variation, differences of ratios) are not here; of
them each replication has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.of_cases import CAUSES
from cxsim.measures.reading import Reading
from cxsim.measures.standards import called_back_in_time, internal_targets, service_level
from cxsim.measures.tables import with_all
from cxsim.measures.whole import contact_sums
from cxsim.native.records import Floats
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.tally import CaseColumn, ContactColumn, SkillColumn, StepColumn, TeamColumn

Divisors = Mapping[str, Any]
"""By measure: what it is divided by, over whatever was summed."""

OF_CASES: Mapping[IntEnum, tuple[str, ...]] = {
    CaseColumn.OPENED: (
        *("contacts_per_case", "effort", "ces", "ces_easy", "satisfaction", "nps_transactional", "detractors"),
        *("promoters", "fcr", "fcr_measured", "resolved_share", "unresolved_share", "gave_up_share"),
        *("withdrawn_share", "unfinished_share", "transfers_per_case", "wrong_decisions"),
        *(name for name, _ in CAUSES.values()),
    ),
    CaseColumn.ANSWERS: ("ces_survey", "nps_survey"),
    CaseColumn.RESPONSE: ("nps_observed", "promoters_observed", "detractors_observed"),
    CaseColumn.RESOLVED: ("came_back_share",),
    CaseColumn.CLOSED: ("end_to_end",),
    CaseColumn.PROMISED: ("promise_breaches", "days_late"),
}
OF_CONTACTS: Mapping[IntEnum, tuple[str, ...]] = {
    ContactColumn.ATTEMPTS: (
        *("failure_demand", "repeat_share", "redial_share", "chaser_share", "complaint_share", "returned_share"),
        *("misroute_share", "lost_share", "blocked_share", "balked_share"),
    ),
    ContactColumn.SERVED: ("service_time", "aht"),
    ContactColumn.CALLED_BACK: ("call_back_wait",),
}
OF_TEAMS: Mapping[IntEnum, tuple[str, ...]] = {
    TeamColumn.BUSY: ("contacts_in_hand",),
    TeamColumn.INTERVALS: ("intervals_met",),
    TeamColumn.PEOPLE: ("attrition",),
    TeamColumn.SHIFTS: ("absence",),
}
OF_RECOVERY: Mapping[IntEnum, tuple[str, ...]] = {
    RecoveryColumn.LOSSES: ("recovered_share",),
    RecoveryColumn.LOSS: ("given_back",),
    RecoveryColumn.REPLIED: ("recovery", "recovery_cause", "recovery_empathy", "recovery_speed"),
    RecoveryColumn.SOLVED: ("symptom_share", "recurrence"),
    RecoveryColumn.COMPLAINTS: ("deadline_breaches",),
    RecoveryColumn.UNHAPPY: ("followed_up",),
    RecoveryColumn.FOLLOWED_UP: ("follow_up_reached",),
}
OF_SALES: Mapping[IntEnum, tuple[str, ...]] = {SaleColumn.SALES: ("over_promise_share",)}
OPENED_IN_PERIOD = ("complaints_per_100", "escalations", "handoffs_per_case", "rework_per_case", "cost_per_case")
OF_MEASURES: Mapping[str, tuple[str, ...]] = {
    "customers": ("contacts_per_customer", "effort_per_customer", "share_of_wallet"),
    "customers_end": (
        *("nps_relationship", "relationship_promoters", "relationship_detractors", "secure", "favourable"),
        "customer_value",
    ),
    "relationship_answers": ("nps_relationship_survey",),
}
"""Ratios whose divisor is a measure itself, or goes with it."""


def _by_measure(columns: Mapping[IntEnum, tuple[str, ...]], sums: Any) -> dict[str, Any]:
    """Sums: [..., column]."""
    return {name: sums[..., column] for column, names in columns.items() for name in names}


def _of_contacts(sums: Any) -> dict[str, Any]:
    """Sums: [..., ContactColumn].  Who is called back is in no wait on the line."""
    c = ContactColumn
    queued = sums[..., c.QUEUED] - sums[..., c.CALL_BACKS]
    return {
        **_by_measure(OF_CONTACTS, sums),
        **dict.fromkeys(("wait_all", "waiting_share", "abandonment"), queued),
        "wait": sums[..., c.SERVED] - sums[..., c.CALLED_BACK],
        "called_back_share": sums[..., c.CALLED_BACK] + sums[..., c.CALL_BACKS_MISSED],
    }


def _of_steps(sums: Any) -> dict[str, Any]:
    """Sums: [..., StepColumn]."""
    queued = sums[..., StepColumn.QUEUED] - sums[..., StepColumn.CALL_BACKS]
    return {
        **dict.fromkeys(("wait_all", "waiting_share", "abandonment"), queued),
        "wait": sums[..., StepColumn.SERVED] - sums[..., StepColumn.CALL_BACKS_TAKEN],
    }


def _of_teams(sums: Any) -> dict[str, Any]:
    """Sums: [..., TeamColumn]."""
    return {
        **_by_measure(OF_TEAMS, sums),
        "occupancy": sums[..., TeamColumn.DUTY] + sums[..., TeamColumn.AFTER_SHIFT],
    }


def divisors(r: Reading, measured: Mapping[str, float]) -> dict[str, float]:
    """Of every measure of the catalogue that is a ratio of sums, for one run whose measures these are."""
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum()
    found = {
        **_by_measure(OF_CASES, r.cases.sum(axis=(0, 1))),
        **_of_contacts(contact_sums(r).sum(axis=(0, 1, 2))),
        **_of_teams(r.tally.team_sums[r.period].sum(axis=(0, 1))),
        **_by_measure(OF_RECOVERY, r.tally.recovery_sums[r.period].sum(axis=(0, 1))),
        **_by_measure(OF_SALES, r.tally.sale_sums[r.period].sum(axis=(0, 1))),
        **dict.fromkeys(OPENED_IN_PERIOD, opened),
        **{name: measured[divisor] for divisor, names in OF_MEASURES.items() for name in names},
        "proficiency": r.tally.skill_sums[r.period][..., SkillColumn.PEOPLE].sum(),
        "service_level": service_level(r)[..., 1].sum(),
        "internal_sla_missed": internal_targets(r)[1].sum(),
        "called_back_in_time": called_back_in_time(r)[1],
    }
    return {name: float(value) for name, value in found.items()}


def divisors_of_tables(r: Reading, tables: Mapping[str, pd.DataFrame]) -> dict[str, Floats]:
    """[row, column] of the tables by reason, channel, team and step; NaN where a column is no ratio of sums."""
    steps = r.tally.step_sums[r.period]
    found = {
        "reasons": _by_measure(OF_CASES, with_all(with_all(r.cases, 0), 1)),
        "channels": _of_contacts(with_all(with_all(contact_sums(r).sum(axis=0), 0), 1)),
        "teams": {
            **_of_steps(r.by_team(steps).sum(axis=0)),
            **_of_teams(r.tally.team_sums[r.period].sum(axis=0)),
            "service_level": service_level(r)[..., 1].sum(axis=0),
        },
        "steps": _of_steps(steps.sum(axis=0)),
    }
    return {name: _aligned(tables[name], by_measure) for name, by_measure in found.items()}


def _aligned(table: pd.DataFrame, by_measure: Divisors) -> Floats:
    """Divisors in the order of a table's columns."""
    nothing = np.full(len(table), np.nan)
    names = [str(c) for c in table.columns]
    columns = [np.asarray(by_measure[c], dtype=np.float64).ravel() if c in by_measure else nothing for c in names]
    return np.stack(columns, axis=1)
