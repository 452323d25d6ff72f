"""Loyalty and money in words: who stays and what that is worth, when it pays, and whether a survey would show it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import changes_of
from cxsim.measures.customer_value import BreakEven, break_even
from cxsim.probability.intervals import mean_of
from cxsim.probability.nps import weeks_to_see
from cxsim.report.text.words import amount, half, listing, number, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

REPORTED = (
    "churn",
    "customers_referred",
    "customers_end",
    "secure",
    "favourable",
    "nps_cohort",
    "share_of_wallet",
    "base_value",
)
"""What is reported of the customer base, where it moves."""
LONG = 520.0
"""Weeks after which a survey that detects nothing yet is of no use."""


def base(rows: Mapping[str, Any]) -> str:
    """How the customer base is changed, where churn or wallets are in the model."""
    if not (rows["churn"].baseline > 0.0 or rows["share_of_wallet"].difference):
        return ""
    sentences = [_moved(rows[name]) for name in REPORTED if _sure(rows[name]) and _shows(rows[name])]
    if sentences:
        return f"Customers: {listing(sentences)}."
    known = [rows[name] for name in REPORTED if math.isfinite(rows[name].half_width)]
    small = all(max(abs(row.low), abs(row.high)) < row.worthwhile for row in known)
    return "Churn, wallets and the value of customers move too little to show." if known and small else ""


def _sure(row: Any) -> bool:
    """Whether a change is significant."""
    return bool(row.low > 0.0 or row.high < 0.0)


def _shows(row: Any) -> bool:
    """Whether a change is more than zero in the decimals of its unit."""
    return any(c in "123456789" for c in number(row.difference, row.unit))


def _moved(row: Any) -> str:
    before, after = (number(x, row.unit) for x in (row.baseline, row.value))
    unit = "" if row.unit in ("customers", "NPS points") else f" {row.unit}"
    by, known = signed(row.difference, row.unit), half(row.half_width, row.unit, row.difference)
    return f"{row.title} {before} → {after}{unit} ({by} ± {known})"


def link(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> list[str]:
    """How strong the link from loyalty to behaviour has to be for the scenario to pay."""
    loyal = changes_of(results, scenario.name, label, "customer_margin_running")
    rest = changes_of(results, scenario.name, label, "net_benefit_running") - loyal
    if math.isnan(loyal.sum() + rest.sum()):
        return []
    found = break_even(rest, loyal, results.settings.confidence)
    lead = "Strength of the loyalty link (carry-over × effect on churn, referral and wallet; 1 as assumed)"
    return [f"{lead}: {_strength(found, rest, loyal, results.settings.confidence)}."]


def _strength(found: BreakEven, rest: Any, loyal: Any, confidence: float) -> str:
    """rest, loyal: by replication."""
    if not found.depends:
        return "net benefit at run-rate does not depend on it"
    bounded = not math.isnan(found.low)
    if math.isnan(found.multiple):
        at_all = "positive" if rest.mean() > 0.0 else "negative"
        certain = all(abs(m.value) > m.half_width for m in (mean_of(x, confidence) for x in (rest, loyal)))
        sure = "" if certain else " (point estimate; not significant)"
        return f"net benefit at run-rate is {at_all} at any strength{sure}"
    way = "above" if loyal.mean() > 0.0 else "below"
    low, high = _times(found.low), _times(found.high)
    known = f"{low} to {high}" if bounded else "no interval with so few replications"
    return f"net benefit at run-rate is positive {way} {_times(found.multiple)} times that ({known})"


def _times(multiple: float) -> str:
    """A multiple with two digits, written out."""
    return f"{float(f'{multiple:.2g}'):,.10g}"


def seen(scenario: Scenario, rows: Mapping[str, Any]) -> list[str]:
    """Whether the surveys in use would show the change, and when: the one after cases, and that of the relationship.

    A programme changes cases for years, so its mean over them is no shift that a survey after cases could show.
    """
    sentences = ["" if scenario.phases else _seen_after_cases(rows), _seen_of_relationships(rows)]
    return [text for text in sentences if text]


def _seen_after_cases(rows: Mapping[str, Any]) -> str:
    """Of the transactional NPS; those who answer are not like all customers."""
    shift, answers, bias = rows["nps_observed"], rows["survey_answers"].baseline, rows["nps_bias"].baseline
    promoters, detractors = rows["promoters"].baseline / 100.0, rows["detractors"].baseline / 100.0
    after = _shows_after(shift, promoters, detractors, answers)
    if not after:
        return ""
    off = f"{amount(abs(bias), 'NPS points')} {'above' if bias > 0 else 'below'}"
    lead = f"The survey after cases ({number(answers)} answers a week, {off} the NPS of all customers) would show "
    return f"{lead}{signed(shift.difference, 'NPS points')} points {after}."


def _seen_of_relationships(rows: Mapping[str, Any]) -> str:
    """Of the relationship NPS, as far as it has moved by the end."""
    shift, answers = rows["nps_relationship"], rows["relationship_answers"].baseline
    if not _shows(shift):
        return ""
    promoters, detractors = (rows[f"relationship_{who}"].baseline / 100.0 for who in ("promoters", "detractors"))
    after = _shows_after(shift, promoters, detractors, answers)
    if not after:
        return ""
    by = signed(shift.difference, "NPS points")
    lead = f"The relationship survey ({number(answers)} answers a week) would show {by} points"
    return f"{lead}, as far as it has come by the end, {after}."


def _shows_after(shift: Any, promoters: float, detractors: float, answers: float) -> str:
    """After how many weeks a survey with `answers` a week would show a shift; empty where there is none to be seen."""
    if not answers > 0.0 or not shift.difference or math.isnan(shift.difference) or promoters + detractors > 1.0:
        return ""
    weeks, soonest = (
        weeks_to_see(promoters, detractors, x, answers)
        for x in (shift.difference, max(abs(shift.low), abs(shift.high)))
    )
    latest = weeks_to_see(promoters, detractors, min(abs(shift.low), abs(shift.high)), answers)
    latest = math.inf if shift.low <= 0.0 <= shift.high else latest
    if soonest > LONG:
        return "only after more than ten years"
    upto = f"{math.ceil(latest):,}" if latest <= LONG else "never"
    after = f"about {math.ceil(weeks):,}" if weeks <= LONG else "over 520"
    return (
        f"after {after} weeks ({math.ceil(soonest):,} to {upto}), compared with as many weeks before "
        "(95 % confidence, 80 % power)"
    )
