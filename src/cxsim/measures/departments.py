"""Each department's own view and the customer's: each may look fine on its own while the whole is late."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import DAY
from cxsim.measures.failure import owner_of_step, owners
from cxsim.measures.loyalty import ALL
from cxsim.measures.reading import Reading, ratio
from cxsim.measures.standards import internal_targets
from cxsim.measures.sums import case_measures
from cxsim.measures.tables import table_of
from cxsim.state.tally import CaseColumn, StepColumn


def departments(r: Reading) -> pd.DataFrame:
    """By the reason of the case: what each department sees of it, and in ``(all)`` what its customers see.

    pieces_per_case: work and delays per case; own_days: from the step's beginning to its end, a piece; days_per_case:
    of all pieces of a case; within_target: % of the pieces with a target (internal SLA, or the team's standard) that
    met it.  In ``(all)``: days_per_case is their sum, own_days the days from opening to end of a case, and
    within_target the % of promises kept.  Steps belong to the reasons that take their route.
    """
    reasons, places = len(r.names.reasons), len(owners(r))
    steps = r.tally.step_sums[r.period].sum(axis=0)
    finished = np.where(
        steps[:, StepColumn.QUEUED] > 0.0,
        steps[:, StepColumn.SERVED] - steps[:, StepColumn.MISSED_CALLS],
        steps[:, StepColumn.VISITS],
    )
    met, bound = _targets(r)
    per_step = np.stack([finished, steps[:, StepColumn.ELAPSED] / DAY, met, bound], axis=-1)
    belongs = owner_of_step(r)
    opened = r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum(axis=(0, 2))
    routes = [_route_of(r, name) for name in r.names.reasons]
    sums = np.zeros((reasons, places, 4))
    cases = np.array([sum(n for n, other in zip(opened, routes, strict=True) if other == mine) for mine in routes])
    for i, route in enumerate(routes):
        for s, (of, _) in enumerate(r.names.steps):
            if of == route and opened[i] > 0.0:
                sums[i, belongs[s]] += per_step[s]
    per_case = ratio(sums, cases[:, None, None])
    # The sum over departments is not the end-to-end time: what lies between departments belongs to nobody's target.
    days = per_case[..., 1]
    whole = case_measures(r.tally.case_sums[r.cohort].sum(axis=(0, 2)), r.cohort_weeks)
    kept = 100.0 - whole["promise_breaches"]
    measured: dict[str, Any] = {
        "pieces_per_case": _with_whole(per_case[..., 0], per_case[..., 0].sum(axis=1)),
        "own_days": _with_whole(ratio(sums[..., 1], sums[..., 0]), whole["end_to_end"]),
        "days_per_case": _with_whole(days, days.sum(axis=1)),
        "within_target": _with_whole(100.0 * ratio(sums[..., 2], sums[..., 3]), kept),
    }
    nothing = sums[..., 0] == 0.0
    for name, values in measured.items():
        measured[name] = np.where(_with_whole(nothing, opened == 0.0), np.nan, values)
    return table_of(measured, reason=r.names.reasons, department=(*owners(r), ALL))


def _with_whole(cells: Any, whole: Any) -> Any:
    return np.concatenate([cells, np.asarray(whole)[:, None]], axis=1)


def _route_of(r: Reading, reason: str) -> str:
    spec = r.organisation.reasons.get(reason)
    return "" if spec is None else spec.route


def _targets(r: Reading) -> tuple[Any, Any]:
    """[step] pieces that met their own target, and pieces that have one: an internal SLA, else the team's standard."""
    late, finished = (x.sum(axis=0) for x in internal_targets(r))
    weekly = r.tally.step_sums[r.period]
    standing = r.bound
    within = (weekly[..., StepColumn.IN_STANDARD] * standing).sum(axis=0)
    queued = (weekly[..., StepColumn.QUEUED] * standing).sum(axis=0)
    has_sla = finished > 0.0
    return np.where(has_sla, finished - late, within), np.where(has_sla, finished, queued)
