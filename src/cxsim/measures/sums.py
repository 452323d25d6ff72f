"""Measures from rows of sums: each function takes sums with the columns last, over whatever was summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEK, WEEKS_PER_YEAR
from cxsim.measures.of_cases import CAUSES
from cxsim.measures.reading import ratio
from cxsim.state.tally import LEDGER_FIRST, CaseColumn, ContactColumn, SkillColumn, StepColumn, TeamColumn

Measured = dict[str, Any]
"""Values by measure: floats or arrays."""


def case_measures(sums: Any, weeks: float) -> Measured:
    """Of cases opened in `weeks` weeks; sums: [..., CaseColumn and causes]."""

    def column(c: CaseColumn) -> Any:
        return sums[..., c]

    c = CaseColumn
    opened, closed, resolved = column(c.OPENED), column(c.CLOSED), column(c.RESOLVED)
    promised, answers = column(c.PROMISED), column(c.ANSWERS)

    def share(a: Any, b: Any = opened) -> Any:
        return 100.0 * ratio(a, b)

    true = share(column(c.PROMOTER) - column(c.DETRACTOR))
    observed = share(column(c.RESPONSE_PROMOTER) - column(c.RESPONSE_DETRACTOR), column(c.RESPONSE))
    return {
        "contacts_per_case": ratio(column(c.CONTACTS), opened),
        "effort": ratio(column(c.EFFORT), opened),
        "ces": ratio(column(c.CES), opened),
        "ces_easy": share(column(c.CES_EASY)),
        "ces_survey": ratio(column(c.ANSWERED_CES), answers),
        "satisfaction": ratio(column(c.SATISFACTION), opened),
        "nps_transactional": true,
        "nps_survey": share(column(c.ANSWERED_PROMOTER) - column(c.ANSWERED_DETRACTOR), answers),
        "nps_observed": observed,
        "promoters_observed": share(column(c.RESPONSE_PROMOTER), column(c.RESPONSE)),
        "detractors_observed": share(column(c.RESPONSE_DETRACTOR), column(c.RESPONSE)),
        "nps_bias": observed - true,
        "survey_answers": answers / weeks,
        "detractors": share(column(c.DETRACTOR)),
        "promoters": share(column(c.PROMOTER)),
        "fcr": share(column(c.FIRST_RESOLVED)),
        "fcr_measured": share(column(c.NO_FURTHER_CONTACT)),
        "resolved_share": share(resolved),
        "unresolved_share": share(column(c.GAVE_UP) + column(c.WITHDRAWN)),
        "gave_up_share": share(column(c.GAVE_UP)),
        "withdrawn_share": share(column(c.WITHDRAWN)),
        "unfinished_share": share(column(c.UNFINISHED)),
        "came_back_share": share(column(c.CAME_BACK), resolved),
        "end_to_end": ratio(column(c.END_TO_END), closed),
        "promise_breaches": share(column(c.BREACHED), promised),
        "days_late": ratio(column(c.DAYS_LATE), promised),
        "transfers_per_case": ratio(column(c.TRANSFERS), opened),
        "wrong_decisions": 1000.0 * ratio(column(c.WRONG_DECISIONS), opened),
        "margin": column(c.MARGIN) / weeks,
        "margin_lost": column(c.MARGIN_LOST) / weeks,
    }


def effort_by_cause(sums: Any) -> Measured:
    """Effort per case by what caused it; sums as for `case_measures`."""
    opened = sums[..., CaseColumn.OPENED]
    return {name: ratio(sums[..., LEDGER_FIRST + cause], opened) for cause, (name, _) in CAUSES.items()}


def contact_measures(sums: Any, weeks: float, failures: Any = 0.0) -> Measured:
    """Of contacts made in `weeks` weeks; sums: [..., ContactColumn].

    failures: [...] first contacts whose reason is itself a failure.
    """

    def column(c: ContactColumn) -> Any:
        return sums[..., c]

    c = ContactColumn
    attempts, served = column(c.ATTEMPTS), column(c.SERVED)
    # Who hung up and waits to be called back, nights included, is in no wait of those on the line.
    queued, answered = column(c.QUEUED) - column(c.CALL_BACKS), served - column(c.CALLED_BACK)
    ended = column(c.CALLED_BACK) + column(c.CALL_BACKS_MISSED)
    mean = ratio(column(c.SERVICE), served)
    spread = np.sqrt(np.maximum(ratio(column(c.SERVICE_SQUARED), served) - mean * mean, 0.0))
    caused = failures + sum(column(x) for x in (c.REPEAT, c.REDIALS, c.CHASER, c.COMPLAINT, c.RETURN, c.MISROUTED))

    def share(a: Any, b: Any = attempts) -> Any:
        return 100.0 * ratio(a, b)

    return {
        "contacts_per_week": attempts / weeks,
        "failure_demand": share(caused),
        "repeat_share": share(column(c.REPEAT)),
        "redial_share": share(column(c.REDIALS)),
        "chaser_share": share(column(c.CHASER)),
        "complaint_share": share(column(c.COMPLAINT)),
        "returned_share": share(column(c.RETURN)),
        "misroute_share": share(column(c.MISROUTED)),
        "lost_share": share(column(c.LOST)),
        "wait": 60.0 * ratio(column(c.SERVED_WAIT), answered),
        "wait_all": 60.0 * ratio(column(c.WAIT), queued),
        "waiting_share": share(column(c.WAITED), queued),
        "call_backs": column(c.CALL_BACKS) / weeks,
        "call_back_wait": ratio(column(c.CALL_BACK_WAIT), column(c.CALLED_BACK)) / 60.0,
        "called_back_share": share(column(c.CALLED_BACK), ended),
        "abandonment": share(column(c.ABANDONED), queued),
        "blocked_share": share(column(c.BLOCKED)),
        "balked_share": share(column(c.BALKED)),
        "service_time": 60.0 * mean,
        "service_cv": ratio(spread, mean),
        "aht": 60.0 * ratio(np.where(served > 0.0, column(c.SERVICE) + column(c.WRAP), 0.0), served),
    }


def step_measures(sums: Any, weeks: float) -> Measured:
    """Of visits to steps in `weeks` weeks, customers present or not; sums: [..., StepColumn].

    Names that are no measures of the catalogue: visits, failures by cause and the rest, per week.
    """

    def column(c: StepColumn) -> Any:
        return sums[..., c]

    c = StepColumn
    visits, served = column(c.VISITS), column(c.SERVED)
    queued, answered = column(c.QUEUED) - column(c.CALL_BACKS), served - column(c.CALL_BACKS_TAKEN)
    finished = served - column(c.MISSED_CALLS)
    mean = ratio(column(c.SERVICE), finished)
    spread = np.sqrt(np.maximum(ratio(column(c.SERVICE_SQUARED), finished) - mean * mean, 0.0))
    return {
        "visits": visits / weeks,
        "wait": 60.0 * ratio(column(c.SERVED_WAIT), answered),
        "wait_all": 60.0 * ratio(column(c.WAIT), queued),
        "waiting_share": 100.0 * ratio(column(c.WAITED), queued),
        "abandonment": 100.0 * ratio(column(c.ABANDONED), queued),
        "service_time": 60.0 * mean,
        "service_cv": ratio(spread, mean),
        "aht": 60.0 * ratio(column(c.SERVICE) + column(c.WRAP), finished),
        "elapsed": ratio(column(c.ELAPSED), np.where(column(c.QUEUED) > 0.0, finished, visits)) / DAY,
        **{
            name: column(which) / weeks
            for name, which in {
                "rework": c.REWORK,
                "handoffs": c.HANDOFFS,
                "misroutes": c.MISROUTES,
                "escalations": c.ESCALATIONS,
                "missed_calls": c.MISSED_CALLS,
                "decided": c.DECIDED,
                "failed_by_agent": c.FAILED_AGENT,
                "failed_by_process": c.FAILED_PROCESS,
                "failed_by_customer": c.FAILED_CUSTOMER,
                "internal_sla_missed": c.SLA_MISSED,
            }.items()
        },
    }


def team_measures(sums: Any, weeks: float, hours_per_fte: float) -> Measured:
    """Of agents' time in `weeks` weeks; sums: [..., TeamColumn], summed over weeks."""
    busy, after = sums[..., TeamColumn.BUSY], sums[..., TeamColumn.AFTER_SHIFT]
    paid = sums[..., TeamColumn.PAID] + after
    return {
        "occupancy": 100.0 * ratio(busy, sums[..., TeamColumn.DUTY] + after),
        "contacts_in_hand": ratio(sums[..., TeamColumn.CONTACTS_HELD], busy),
        "overtime": after / 60.0 / weeks,
        "intervals_met": 100.0 * ratio(sums[..., TeamColumn.INTERVALS_MET], sums[..., TeamColumn.INTERVALS]),
        "paid_fte": paid / 60.0 / weeks / hours_per_fte,
        "work_hours": busy / 60.0 / weeks,
        "work_fte": busy / 60.0 / weeks / hours_per_fte,
        "in_queue": sums[..., TeamColumn.QUEUE] / (weeks * WEEK),
        "backlog": sums[..., TeamColumn.BACKLOG] / weeks,
        "people": sums[..., TeamColumn.PEOPLE] / weeks,
        "vacancies": sums[..., TeamColumn.EMPTY] / weeks,
        "attrition": 100.0 * WEEKS_PER_YEAR * ratio(sums[..., TeamColumn.QUIT], sums[..., TeamColumn.PEOPLE]),
        "absence": 100.0 * ratio(sums[..., TeamColumn.MISSED_SHIFTS], sums[..., TeamColumn.SHIFTS]),
    }


def skill_measures(sums: Any) -> Measured:
    """Of people's proficiency, SD; sums: [..., SkillColumn], summed over weeks."""
    people = sums[..., SkillColumn.PEOPLE]
    return {
        "proficiency": ratio(sums[..., SkillColumn.PROFICIENCY], people),
        "from_trainings": ratio(sums[..., SkillColumn.TRAINED], people),
    }
