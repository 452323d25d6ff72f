"""Loyalty and money in words: who stays and what that is worth, when it pays, and whether a survey would show it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import changes_of
from cxsim.measures.customer_value import BreakEven, break_even
from cxsim.probability.intervals import mean_of
from cxsim.report.text.words import half, listing, number, signed
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
