"""How much of the work that a service standard binds is served within it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.measures.reading import Reading
from cxsim.native.records import Floats
from cxsim.state.plan.tables import LEFT_OUT, MET
from cxsim.state.tally import ContactColumn, StepColumn


def service_level(r: Reading) -> Floats:
    """[week, team, 2] visits served within their team's standard, and those it asks about, at teams that have one."""
    sums = r.tally.step_sums[r.period]
    met, asked = sums[..., StepColumn.IN_STANDARD], sums[..., StepColumn.QUEUED] - sums[..., StepColumn.CALL_BACKS]
    short, blocked = sums[..., StepColumn.ABANDONED_IN_STANDARD], sums[..., StepColumn.BLOCKED]
    rule, counts = (_of_team(r, field) for field in ("short_abandons", "counts_blocked"))
    met = met + short * (rule == MET)
    asked = asked - short * (rule == LEFT_OUT) + blocked * (counts == 1)
    return r.by_team(np.stack([met, asked], axis=-1) * r.bound[..., None])


def _of_team(r: Reading, field: str) -> Any:
    """[week, step] what the standard of the step's team states, for most of the week."""
    of_step = np.stack([plan.teams[field][plan.steps["team"]] for _, plan in r.timeline])
    return of_step[r.held.argmax(axis=1)]


def called_back_in_time(r: Reading) -> tuple[float, float]:
    """Call-backs that reached the customer in the promised time, and all that ended, on channels with a promise."""
    sums = r.tally.contact_sums[r.period].sum(axis=1)
    promised = r.weekly(lambda plan: np.isfinite(plan.channels["call_back_within"])) > 0.5
    c = ContactColumn
    ended = sums[..., c.CALLED_BACK] + sums[..., c.CALL_BACKS_MISSED]
    return float((sums[..., c.CALLED_BACK_IN_TIME] * promised).sum()), float((ended * promised).sum())


def internal_targets(r: Reading) -> tuple[Floats, Floats]:
    """[week, step] work finished late, and finished, at steps with an internal SLA."""
    sums = r.tally.step_sums[r.period]
    bound = r.weekly(lambda plan: np.isfinite(plan.steps["sla"])) > 0.5
    finished = sums[..., StepColumn.SERVED] - sums[..., StepColumn.MISSED_CALLS]
    return sums[..., StepColumn.SLA_MISSED] * bound, finished * bound
