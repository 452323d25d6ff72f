"""Measures of cases: effort, resolution, time, promises, and what customers answer."""

from __future__ import annotations

from cxsim.measures.measure import of_case
from cxsim.state.causes import Cause

CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.WAIT: ("effort_wait", "waiting"),
    Cause.REDIAL: ("effort_redial", "trying again"),
    Cause.REPEAT: ("effort_repeat", "repeat contacts"),
    Cause.CHASER: ("effort_chaser", "status enquiries"),
    Cause.COMPLAINT: ("effort_complaint", "complaining"),
    Cause.MISSED_CALL: ("effort_missed_call", "calling back on a missed call"),
    Cause.TRANSFER: ("effort_transfer", "being transferred"),
    Cause.INFORMATION: ("effort_information", "repeating information"),
    Cause.CHANNEL_SWITCH: ("effort_channel_switch", "having to switch channel"),
    Cause.GENERIC: ("effort_generic", "scripted answers"),
    Cause.LATE: ("effort_late", "days past the promise"),
    Cause.UNRESOLVED: ("effort_unresolved", "never being helped"),
    Cause.BROKEN_PROMISE: ("effort_broken_promise", "something sold that could not be kept"),
}
"""Measure and words of each entry of the effort ledger."""

OF_CASES = (
    of_case("contacts_per_case", "contacts per case", "contacts", "lower", 0.05,
          "attempts of all kinds ÷ cases opened"),
    of_case("effort", "effort per case", "SD", "lower", 0.02, "all ledger entries ÷ cases opened"),
    of_case("ces", "Customer Effort Score (CES 2.0)", "points 1-7", "higher", 0.05,
          "expected answers on minus effort, mean over cases opened"),
    of_case("ces_easy", "customers who find it easy (5 or more on CES 2.0)", "%", "higher", 1.0,
          "expected share of answers of 5, 6 and 7"),
    of_case("ces_survey", "CES 2.0 as the survey would show it", "points 1-7", "higher", 0.1,
          "mean of sampled answers"),
    of_case("satisfaction", "satisfaction with the case", "SD", "higher", 0.02,
          "reference - effort + courtesy, gains ÷ loss aversion; mean over cases opened"),
    of_case("nps_transactional", "transactional NPS", "NPS points", "higher", 1.0,
          "expected share of 9-10 minus share of 0-6 after a case"),
    of_case("nps_survey", "transactional NPS as the survey would show it", "NPS points", "higher", 1.0,
          "sampled answers: share of 9-10 minus share of 0-6"),
    of_case("nps_observed", "transactional NPS of those who answer", "NPS points", "higher", 1.0,
          "expected answers weighed with the chance to answer: share of 9-10 minus share of 0-6"),
    of_case("promoters_observed", "promoters among those who answer", "%", "higher", 1.0,
          "expected share of 9-10, weighed by the chance to answer"),
    of_case("detractors_observed", "detractors among those who answer", "%", "lower", 1.0,
          "expected share of 0-6, weighed by the chance to answer"),
    of_case("nps_bias", "what non-response adds to the transactional NPS", "NPS points", "neither", 1.0,
          "NPS of those who answer minus NPS of all"),
    of_case("survey_answers", "answers to the survey", "answers/week", "neither", 5.0, "sampled answers ÷ weeks"),
    of_case("detractors", "detractors after a case", "%", "lower", 1.0, "expected share of 0-6"),
    of_case("promoters", "promoters after a case", "%", "higher", 1.0, "expected share of 9-10"),
    of_case("fcr", "first contact resolution (true)", "%", "higher", 1.0,
          "cases truly resolved by their first handled contact ÷ cases opened"),
    of_case("fcr_measured", "first contact resolution (as measured)", "%", "higher", 1.0,
          "cases handled and without further contact within the window ÷ cases opened; overstates"),
    of_case("resolved_share", "cases truly resolved", "%", "higher", 1.0, "resolved ÷ cases opened"),
    of_case("unresolved_share", "cases never resolved", "%", "lower", 1.0,
          "given up or withdrawn ÷ cases opened"),
    of_case("gave_up_share", "customers who give up", "%", "lower", 1.0, "given up ÷ cases opened"),
    of_case("withdrawn_share", "cases taken elsewhere", "%", "lower", 0.5, "withdrawn ÷ cases opened"),
    of_case("unfinished_share", "cases still open at the end", "%", "neither", 1.0,
          "open at the horizon ÷ cases opened; they count with their effort so far"),
    of_case("came_back_share", "solutions whose cause comes back", "%", "lower", 1.0,
          "resolved cases with a recurrence ÷ cases resolved"),
    of_case("end_to_end", "days to resolution", "d", "lower", 0.1, "mean over cases closed"),
    of_case("promise_breaches", "promises broken", "%", "lower", 1.0, "promised cases past their promise ÷ promised"),
    of_case("days_late", "days past the promise", "d", "lower", 0.1, "sum of days late ÷ promised cases"),
    of_case("transfers_per_case", "transfers per case", "transfers", "lower", 0.02, "transfers ÷ cases opened"),
    of_case("wrong_decisions", "wrong decisions", "per 1000 cases", "lower", 1.0,
          "wrong decisions under a decision right ÷ cases opened × 1000"),
)  # fmt: skip

OF_CAUSES = tuple(
    of_case(name, f"effort from {words}", "SD", "lower", 0.01, "its ledger entries ÷ cases opened")
    for name, words in CAUSES.values()
)
