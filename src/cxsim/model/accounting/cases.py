"""What is counted of cases: by the week each was opened in, with all that its customer went through and would answer.

Expected answers serve comparisons; sampled ones show what a survey would see.
"""

from __future__ import annotations

import math

from cxsim.calendars.constants import DAY
from cxsim.model.clock import this_phase, week_of
from cxsim.native.compiling import compiled, inlined
from cxsim.probability.ordered_probit import ease_at, recommending_at, responding_at
from cxsim.state.closing import ClosedAs
from cxsim.state.lineage import is_return_of_symptom
from cxsim.state.tally import LEDGER_FIRST, CaseColumn, Cause, Latent, latent_bin
from cxsim.state.world import World

_CAUSES = len(Cause)


@inlined
def _add(w: World, c: int, column: int, amount: float) -> None:
    case = w.cases[c]
    w.case_sums[case["cohort_week"], case["reason"], case["segment"], column] += amount


@inlined
def count_opened(w: World, c: int) -> None:
    """Case c begins with its first contact."""
    _add(w, c, CaseColumn.OPENED, 1.0)


@inlined
def count_coming_back(w: World, c: int) -> None:
    """Case c is resolved, and its cause will bring a new one."""
    _add(w, c, CaseColumn.CAME_BACK, 1.0)


@inlined
def count_history(w: World, c: int, late: float) -> None:
    """What case c has been through until now, finished or not; late: days after the promise."""
    case = w.cases[c]
    row = w.case_sums[case["cohort_week"], case["reason"], case["segment"]]
    row[CaseColumn.CONTACTS] += case["contacts"]
    row[CaseColumn.HANDLED] += case["resolution_attempts"]
    if not math.isinf(case["promise_at"]):
        row[CaseColumn.PROMISED] += 1.0
        if late > 0.0:
            row[CaseColumn.BREACHED] += 1.0
        row[CaseColumn.DAYS_LATE] += late
    row[CaseColumn.TRANSFERS] += case["transfers"]
    row[CaseColumn.UPDATES] += case["updates"]
    row[CaseColumn.COST] += case["cost"] + case["updates"] * w.reasons[case["reason"]]["update_cost"]
    row[CaseColumn.MARGIN] += case["sold"]
    row[CaseColumn.WRONG_DECISIONS] += case["wrong_decisions"]
    if case["resolution_attempts"] > 0 and case["no_further_contact"] == 1:
        row[CaseColumn.NO_FURTHER_CONTACT] += 1.0
    row[CaseColumn.PERCEIVED_WAIT] += case["perceived_wait"]
    for k in range(_CAUSES):
        row[LEDGER_FIRST + k] += case["ledger"][k]


@inlined
def count_experience(w: World, c: int, effort: float, courtesy: float, v: float, m: float) -> None:
    """What the customer of case c went through, and the answers to be expected.

    v: satisfaction with the case; m: the latent level from which the customer would recommend us.
    """
    weights = w.experience[0]
    bins = w.latent_bins[this_phase(w)]
    bins[Latent.EFFORT, latent_bin(effort)] += 1.0
    bins[Latent.NET_EFFORT, latent_bin(effort - courtesy)] += 1.0
    bins[Latent.LOYALTY, latent_bin(m)] += 1.0
    case = w.cases[c]
    row = w.case_sums[case["cohort_week"], case["reason"], case["segment"]]
    row[CaseColumn.EFFORT] += effort
    mean, easy = ease_at(w.ces_curves, weights["ces_from"], -effort)
    row[CaseColumn.CES] += mean
    row[CaseColumn.CES_EASY] += easy
    row[CaseColumn.SATISFACTION] += v
    detractor, promoter, _, response = recommending_at(w.nps_curves, weights["nps_from"], m)
    row[CaseColumn.PROMOTER] += promoter
    row[CaseColumn.DETRACTOR] += detractor
    if weights["p_answer"] > 0.0 or weights["p_extreme"] > 0.0:
        detractor, promoter = responding_at(w.nps_curves, weights["nps_from"], m)
        row[CaseColumn.RESPONSE] += response
        row[CaseColumn.RESPONSE_PROMOTER] += promoter
        row[CaseColumn.RESPONSE_DETRACTOR] += detractor


@inlined
def count_survey_answer(w: World, c: int, score: int, ease: float) -> None:
    """The customer of case c has answered the survey: score 0 to 10 for recommending us, 1 to 7 for ease."""
    case = w.cases[c]
    row = w.case_sums[case["cohort_week"], case["reason"], case["segment"]]
    row[CaseColumn.ANSWERS] += 1.0
    if score >= 9:
        row[CaseColumn.ANSWERED_PROMOTER] += 1.0
    elif score <= 6:
        row[CaseColumn.ANSWERED_DETRACTOR] += 1.0
    row[CaseColumn.ANSWERED_CES] += ease


@inlined
def count_closed(w: World, c: int, ended: float) -> None:
    """Case c is over, and for its customer since `ended`; how it was closed, and what that brings or costs."""
    case = w.cases[c]
    subject = w.reasons[case["reason"]]
    row = w.case_sums[case["cohort_week"], case["reason"], case["segment"]]
    row[CaseColumn.CLOSED] += 1.0
    row[CaseColumn.END_TO_END] += (ended - case["opened_at"]) / DAY
    if case["closed_as"] == ClosedAs.RESOLVED:
        row[CaseColumn.RESOLVED] += 1.0
        row[CaseColumn.FIRST_RESOLVED] += case["first_resolved"]
        if not is_return_of_symptom(case["number"]):  # a matter earns its margin once
            row[CaseColumn.MARGIN] += subject["margin"]
    elif case["closed_as"] == ClosedAs.WITHDRAWN:
        row[CaseColumn.WITHDRAWN] += 1.0
        row[CaseColumn.MARGIN_LOST] += subject["margin_lost"]
    else:
        row[CaseColumn.GAVE_UP] += 1.0


@inlined
def count_unfinished(w: World, c: int) -> None:
    """The run ends with case c open."""
    _add(w, c, CaseColumn.UNFINISHED, 1.0)


@compiled
def count_call(w: World, c: int) -> None:
    """Who calls back on a missed call of ours has had a contact and effort of it, and it cost us, though no case.

    It counts in the week in which the case that the call is about was over.
    """
    case = w.cases[c]
    if case["contacts"] > 0:
        row = w.case_sums[week_of(w, case["loss_at"]), case["reason"], case["segment"]]
        row[CaseColumn.CONTACTS] += case["contacts"]
        row[CaseColumn.COST] += case["cost"]
        row[CaseColumn.EFFORT] += case["effort"]
        for k in range(_CAUSES):
            row[LEDGER_FIRST + k] += case["ledger"][k]
