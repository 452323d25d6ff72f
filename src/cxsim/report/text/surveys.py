"""Whether surveys would show a change, in words: for all who answer, and for those who feel it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare import Comparison
from cxsim.compare.table import rows_with
from cxsim.compare.where import REASON, affected
from cxsim.measures.breakdowns import ALL
from cxsim.probability.nps import weeks_to_see
from cxsim.report.text.words import amount, number, signed
from cxsim.scenario import BASELINE, Scenario

LONG = 520.0
"""Weeks after which a survey that detects nothing yet is of no use."""
COMPARED = ", compared with as many weeks before (95 % confidence, 80 % power)"


def seen(comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> list[str]:
    """Whether the surveys in use would show the change, and when: after cases, and of the relationship.

    A programme changes cases for years, so its mean over them is no shift that a survey after cases could show.
    """
    sentences = [] if scenario.phases else [_of_all(rows), _of_those_who_feel_it(comparison, scenario, label)]
    return [text for text in [*sentences, _of_relationships(rows)] if text]


def _of_all(rows: Mapping[str, Any]) -> str:
    """The survey after cases, over all of them; those who answer are not like all customers, nor is their variance."""
    shift, answers, bias = rows["nps_observed"], rows["survey_answers"].baseline, rows["nps_bias"].baseline
    after = _shows_after(shift, rows["promoters_observed"].baseline, rows["detractors_observed"].baseline, answers)
    if not after:
        return ""
    off = f"{amount(abs(bias), 'NPS points')} {'above' if bias > 0 else 'below'}"
    return (
        f"The survey after cases ({number(answers)} answers a week, {off} the NPS of all customers) would show "
        f"{signed(shift.difference, 'NPS points')} points over all cases {after}."
    )


def _of_those_who_feel_it(comparison: Comparison, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """The same survey, read for the reason that is affected most alone: as it is, and if everybody answered."""
    for found in affected(comparison.where, scenario.name, REASON, label):
        reason = str(found[0].name)
        table = rows_with(comparison.results.reasons, {**label, "reason": reason, "segment": ALL})
        own: dict[str, Any] = {str(r.measure): r for r in rows_with(table, {"scenario": scenario.name}).itertuples()}
        of_baseline: list[Any] = list(rows_with(table, {"scenario": BASELINE.name}).itertuples())
        base = {str(r.measure): float(r.value) for r in of_baseline}
        wanted = ("promoters_observed", "detractors_observed", "survey_answers", "cases_per_week")
        if "nps_observed" not in own or any(name not in base for name in wanted):
            continue
        shift = _Shift(float(own["nps_observed"].difference), float(own["nps_observed"].difference_half_width))
        shares = base["promoters_observed"], base["detractors_observed"]
        after = _shows_after(shift, *shares, base["survey_answers"], False)
        if not after:
            continue
        all_of_them = _shows_after(shift, *shares, base["cases_per_week"], False)
        return (
            f"Read for “{found[0].title}” alone ({number(base['survey_answers'])} answers a week), it would show "
            f"{signed(shift.difference, 'NPS points')} points {after}; if everybody asked answered, {all_of_them}."
        )
    return ""


class _Shift:
    """A shift with the ends of its interval."""

    def __init__(self, difference: float, half_width: float) -> None:
        self.difference, self.low, self.high = difference, difference - half_width, difference + half_width


def _of_relationships(rows: Mapping[str, Any]) -> str:
    """Of the relationship NPS, as far as it has moved by the end."""
    shift, answers = rows["nps_relationship"], rows["relationship_answers"].baseline
    promoters, detractors = (rows[f"relationship_{who}"].baseline for who in ("promoters", "detractors"))
    after = _shows_after(shift, promoters, detractors, answers)
    if not after:
        return ""
    return (
        f"The relationship survey ({number(answers)} answers a week) would show "
        f"{signed(shift.difference, 'NPS points')} points, as far as it has come by the end, {after}."
    )


def _shows_after(shift: Any, promoters: float, detractors: float, answers: float, compared: bool = True) -> str:
    """After how many weeks a survey with `answers` a week would show a shift; empty where none is significant.

    promoters, detractors: % of those who answer.
    """
    if not answers > 0.0 or not (shift.low > 0.0 or shift.high < 0.0) or promoters + detractors > 100.0:
        return ""
    if not signed(shift.difference, "NPS points").strip("+−0."):
        return ""
    promoters, detractors = promoters / 100.0, detractors / 100.0
    weeks, soonest = (
        weeks_to_see(promoters, detractors, x, answers)
        for x in (shift.difference, max(abs(shift.low), abs(shift.high)))
    )
    latest = weeks_to_see(promoters, detractors, min(abs(shift.low), abs(shift.high)), answers)
    if soonest > LONG:
        return "only after more than ten years"
    upto = f"{math.ceil(latest):,}" if latest <= LONG else "never"
    after = f"about {math.ceil(weeks):,}" if weeks <= LONG else "over 520"
    return f"after {after} weeks ({math.ceil(soonest):,} to {upto}){COMPARED if compared else ''}"
