"""How much of the work that a service standard binds is served within it."""

from __future__ import annotations

import numpy as np

from cxsim.measures.reading import Reading
from cxsim.native.records import Floats
from cxsim.state.tally import StepColumn


def service_level(r: Reading) -> Floats:
    """[week, team, 2] visits served within their team's standard, and queued, at teams that have one."""
    sums = r.tally.step_sums[r.period]
    asked = np.stack([sums[..., StepColumn.IN_STANDARD], sums[..., StepColumn.QUEUED]], axis=-1)
    return r.by_team(asked * r.bound[..., None])


def internal_targets(r: Reading) -> tuple[Floats, Floats]:
    """[week, step] work finished late, and finished, at steps with an internal SLA."""
    sums = r.tally.step_sums[r.period]
    bound = r.weekly(lambda plan: np.isfinite(plan.steps["sla"])) > 0.5
    finished = sums[..., StepColumn.SERVED] - sums[..., StepColumn.MISSED_CALLS]
    return sums[..., StepColumn.SLA_MISSED] * bound, finished * bound
