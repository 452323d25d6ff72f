"""Complaints and decision rights in words: what is put right, who decides, and what an error may cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.words import listing, number
from cxsim.measures import BY_NAME
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Results
from cxsim.worth import break_even

PUT_RIGHT = (
    "complaints_per_100",
    "recovered_share",
    "recovery",
    "symptom_share",
    "recurrence",
    "deadline_breaches",
    "reached_proactively",
    "followed_up",
    "payments",
)
"""What is told of complaints, in this order, where it moves."""


def _values(results: Results, label: Mapping[str, Any]) -> Any:
    values = results.measured
    for key, value in label.items():
        values = values[values[key] == value]
    return values


def _mean(values: Any, scenario: str, measure: str) -> float:
    """Mean over the replications that have one; NaN if none has."""
    rows = values[(values["scenario"] == scenario) & (values["measure"] == measure)]["value"]
    return float(rows.mean())


def complaints(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How complaints and what comes of them change."""
    values = _values(results, label)
    told = []
    for name in PUT_RIGHT:
        measure = BY_NAME[name]
        before, after = (_mean(values, world, name) for world in (BASELINE.name, scenario.name))
        if math.isnan(after) or before == after or (math.isnan(before) and after == 0.0):
            continue
        unit = {"%": " %"}.get(measure.unit, "")
        today = "none" if math.isnan(before) else f"{number(before, measure.unit)}{unit}"
        told.append(f"{measure.title} {today} → {number(after, measure.unit)}{unit}")
    if not told or not any(text.startswith(BY_NAME["recovered_share"].title) for text in told):
        return ""
    return f"After a bad case: {listing(told)}."


def rights(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """Who decides: escalations, wrong decisions, and the loss per error up to which it pays."""
    row = rows["escalations"]
    if not row.difference or math.isnan(row.difference):
        return ""
    text = f"Escalations {number(row.baseline)} → {number(row.value)} per 100 cases."
    values = _values(results, label)

    def change(measure: str) -> Any:
        of = values[values["measure"] == measure].pivot(index="replication", columns="scenario", values="value")
        return (of[scenario.name] - of[BASELINE.name]).to_numpy()

    errors = change("wrong_decisions_week")
    gain = change("net_benefit") + change("error_cost")
    if not errors.mean() >= BY_NAME["wrong_decisions_week"].worthwhile or math.isnan(gain.sum()):
        return text
    found = break_even(gain, -errors, results.settings.confidence)
    currency = results.organisation.economics.currency
    more = f" {number(errors.mean())} more decisions a week are wrong"
    if math.isnan(found.multiple):
        return f"{text}{more}, and it would not pay even if an error cost nothing."
    known = f" ({number(found.low)} to {number(found.high)})" if not math.isnan(found.low) else ""
    return (
        f"{text}{more}; with all costs of the scenario, within {results.settings.weeks} weeks, it pays as long as one "
        f"of them costs less than {number(found.multiple)} {currency}{known}."
    )
