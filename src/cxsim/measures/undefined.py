"""Why a measure has no value in a run: what there was none of to divide by."""

from __future__ import annotations

from cxsim.measures.of_cases import CAUSES
from cxsim.native.records import Floats

_WITHOUT = {
    "no case was opened": (
        *("contacts_per_case", "effort", "ces", "ces_easy", "satisfaction", "nps_transactional", "detractors"),
        *("promoters", "fcr", "fcr_measured", "resolved_share", "unresolved_share", "gave_up_share"),
        *("withdrawn_share", "unfinished_share", "transfers_per_case", "wrong_decisions", "handoffs_per_case"),
        *("rework_per_case", "complaints_per_100", "escalations", "cost_per_case"),
        *(name for name, _ in CAUSES.values()),
    ),
    "no case was closed": ("end_to_end",),
    "no case was resolved": ("came_back_share",),
    "no case had a promise": ("promise_breaches", "days_late"),
    "nobody answered the survey after a case": ("ces_survey", "nps_survey"),
    "no answer to the survey after a case is expected": (
        *("nps_observed", "nps_bias", "detractors_observed", "promoters_observed"),
    ),
    "nobody got in touch": (
        *("failure_demand", "repeat_share", "redial_share", "chaser_share", "complaint_share", "returned_share"),
        *("misroute_share", "lost_share", "blocked_share", "balked_share"),
    ),
    "no customer was answered on the line": ("wait", "wait_p90"),
    "no customer queued on the line": ("wait_all", "waiting_share", "abandonment"),
    "no contact queued at a team with a standard": ("service_level",),
    "no customer was answered or abandoned at a team with a standard": ("intervals_met",),
    "no customer was called back": ("call_back_wait",),
    "no call-back had ended": ("called_back_share",),
    "no call-back with a promised time had ended": ("called_back_in_time",),
    "no customer was served": ("service_time", "service_cv", "aht"),
    "no work ended at a step with an internal SLA": ("internal_sla_missed",),
    "nothing was sold": ("over_promise_share",),
    "no customer was there at the start": ("nps_cohort",),
    "no customer was left at the end": (
        *("nps_relationship", "relationship_promoters", "relationship_detractors", "secure", "favourable"),
    ),
    "there was no customer": ("contacts_per_customer", "effort_per_customer", "churn", "share_of_wallet"),
    "nobody answered the relationship survey": ("nps_relationship_survey",),
    "no agent was on duty": ("occupancy",),
    "no agent had anything in hand": ("contacts_in_hand",),
    "nobody was employed": ("attrition", "proficiency"),
    "no shift began": ("absence",),
    "no case ended with a loss": ("recovered_share", "given_back"),
    "no complaint was answered and no customer reached": (
        *("recovery", "recovery_cause", "recovery_empathy", "recovery_speed"),
    ),
    "no answer solved anything": ("symptom_share", "recurrence"),
    "there was no complaint": ("deadline_breaches",),
    "no respondent was unhappy": ("followed_up",),
    "no unhappy respondent was called": ("follow_up_reached",),
    "something was still changing in the last weeks": ("net_benefit_running", "customer_margin_running"),
}
WHY: dict[str, str] = {name: why for why, names in _WITHOUT.items() for name in names}
"""By measure; the others always have a value."""
NOTHING = "nothing to divide by"
NO_PAIR = "no replication has a value in both worlds"


def why_undefined(measure: str, baseline: Floats, scenario: Floats) -> str:
    """Why a comparison lacks a level or a difference; empty where it lacks none.

    baseline, scenario: [replication] values, NaN where there is none.
    """
    lacking = [
        world
        for world, values in (("baseline", baseline), ("scenario", scenario))
        if not (values == values).any()  # NaN in every replication
    ]
    why = WHY.get(measure, NOTHING)
    if len(lacking) == 2:
        return why
    if lacking:
        return f"{why} in the {lacking[0]}"
    both = (baseline == baseline) & (scenario == scenario)
    return "" if both.any() else f"{NO_PAIR}; elsewhere {why}"
