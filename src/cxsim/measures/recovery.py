"""Measures of what comes after a bad case: complaints, what is given back, what it costs."""

from __future__ import annotations

from typing import Any

from cxsim.measures.reading import Reading, ratio
from cxsim.native.records import Floats
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import StepColumn

Measured = dict[str, Any]


def recovery_measures(sums: Any, opened: Any, weeks: float) -> Measured:
    """Of what happened in `weeks` weeks; sums: [..., RecoveryColumn], opened: [...] cases opened in them."""

    def column(c: RecoveryColumn) -> Any:
        return sums[..., c]

    c = RecoveryColumn
    replied = column(c.REPLIED)
    return {
        "complaints_per_100": 100.0 * ratio(column(c.COMPLAINTS), opened),
        "recovered_share": 100.0 * ratio(replied, column(c.LOSSES)),
        "given_back": 100.0 * ratio(column(c.GIVEN_BACK), column(c.LOSS)),
        "recovery": 100.0 * ratio(column(c.SHARE), replied),
        "recovery_cause": 100.0 * ratio(column(c.CAUSE), replied),
        "recovery_empathy": 100.0 * ratio(column(c.EMPATHY), replied),
        "recovery_speed": 100.0 * ratio(column(c.SPEED), replied),
        "symptom_share": 100.0 * ratio(column(c.SYMPTOM), column(c.SOLVED)),
        "recurrence": 100.0 * ratio(column(c.RECURRED), column(c.SOLVED)),
        "payments": column(c.PAYMENTS) / weeks,
        "deadline_breaches": 100.0 * ratio(column(c.BREACHES), column(c.COMPLAINTS)),
        "reached_proactively": column(c.PROACTIVE_REACHED) / weeks,
        "followed_up": 100.0 * ratio(column(c.FOLLOW_UP_REACHED), column(c.UNHAPPY)),
        "follow_up_reached": 100.0 * ratio(column(c.FOLLOW_UP_REACHED), column(c.FOLLOWED_UP)),
    }


def own_calls_hours(r: Reading) -> float:
    """Hours a week that agents spend on calls of ours after bad cases: on the phone, or trying to reach somebody."""
    doors = {
        int(step)
        for _, plan in r.timeline
        for calls in ("proactive", "closed_loop")
        if plan.recovery[0][calls] >= 0
        for step in plan.entrances[plan.recovery[0][calls]]
    }
    routes = {r.names.steps[step][0] for step in doors if step >= 0}
    mine = [i for i, (route, _) in enumerate(r.names.steps) if route in routes]
    worked = r.tally.step_sums[r.period][:, mine][..., [StepColumn.SERVICE, StepColumn.WRAP]]
    return float(worked.sum()) / 60.0 / r.weeks


def recovery_cost(r: Reading) -> tuple[Floats, Floats]:
    """[week] goodwill paid, and what is expected at the ombudsman, money."""
    sums = r.tally.recovery_sums[r.period].sum(axis=1)
    return sums[:, RecoveryColumn.GOODWILL], sums[:, RecoveryColumn.OMBUDSMAN_COST]
