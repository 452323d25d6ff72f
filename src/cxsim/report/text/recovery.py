"""Complaints and decision rights in words: what is put right, who decides, and what an error may cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import changes_of, rows_with
from cxsim.measures.catalogue import BY_NAME
from cxsim.measures.customer_value import break_even
from cxsim.probability.intervals import mean_of
from cxsim.report.text.words import half, listing, number
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Results

PUT_RIGHT = (
    "complaints_per_100",
    "recovered_share",
    "recovery",
    "symptom_share",
    "recurrence",
    "deadline_breaches",
    "reached_proactively",
    "followed_up",
    "follow_up_reached",
    "own_calls_hours",
    "payments",
)
"""What is reported of complaints, in this order, where it moves."""
FEW = 0.1
"""Wrong decisions a week more that only come of a little more work, not of who decides."""


def _mean(values: Any, scenario: str, measure: str) -> float:
    """Mean over the replications that have one; NaN if none has."""
    rows = values[(values["scenario"] == scenario) & (values["measure"] == measure)]["value"]
    return float(rows.mean())


def complaints(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How complaints and what comes of them change."""
    values = rows_with(results.measured, label)
    changes = []
    for name in PUT_RIGHT:
        measure = BY_NAME[name]
        before, after = (_mean(values, world, name) for world in (BASELINE.name, scenario.name))
        if math.isnan(after) or before == after or (math.isnan(before) and after == 0.0):
            continue
        change = mean_of(changes_of(results, scenario.name, label, name), results.settings.confidence)
        if not math.isnan(before) and not abs(change.value) > change.half_width:
            continue
        unit = {"%": " %"}.get(measure.unit, f" a {measure.unit.partition('/')[2]}" if "/" in measure.unit else "")
        old = "none" if math.isnan(before) else number(before, measure.unit)
        new = number(after, measure.unit)
        if new != old:
            known = "" if math.isnan(before) else f" (± {half(change.half_width, measure.unit, after)})"
            changes.append(f"{measure.title} {old} → {new}{unit}{known}")
    if not changes or not any(text.startswith(BY_NAME["recovered_share"].title) for text in changes):
        return ""
    return f"After a bad case: {listing(changes)}."


def rights(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """Who decides: escalations, wrong decisions, and the loss per error up to which it pays."""
    row = rows["escalations"]
    if not (row.low > 0.0 or row.high < 0.0):
        return ""
    text = f"Escalations {number(row.baseline)} → {number(row.value)} per 100 cases."
    errors, net, cost = (
        changes_of(results, scenario.name, label, name)
        for name in ("wrong_decisions_week", "net_benefit", "error_cost")
    )
    gain = net + cost
    more = mean_of(errors, results.settings.confidence)
    if not more.value > max(more.half_width, FEW) or math.isnan(gain.sum()):
        return text
    found = break_even(gain, -errors, results.settings.confidence)
    currency = results.organisation.economics.currency
    text += f" {number(more.value)} more decisions a week are wrong"
    if math.isnan(found.multiple):
        weeks = results.settings.weeks
        return f"{text}; with one-off costs it would not pay within {weeks} weeks even if an error cost nothing."
    known = f" ({number(found.low)} to {number(found.high)})" if not math.isnan(found.low) else ""
    return (
        f"{text}; with all costs of the scenario, within {results.settings.weeks} weeks, it pays as long as one "
        f"of them costs less than {number(found.multiple)} {currency}{known}."
    )
