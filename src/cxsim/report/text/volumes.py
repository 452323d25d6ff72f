"""What came or went, in words: cases that arise in one world only are no change of the service to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.report.text.words import half, listing, number, signed
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Results

NAMED = 4
"""Reasons named at most."""
FEW = 0.005
"""Part of all cases below which a change of their number is not reported."""


def came_and_went(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """Cases a week that arise no more, or on top, by reason, with the effort that goes with them."""
    table = rows_with(results.reasons, {**label, "segment": ALL, "measure": "cases_per_week"})
    own: list[Any] = list(rows_with(table, {"scenario": scenario.name}).itertuples())
    rows = [r for r in own if _sure(r)]
    whole = next((r for r in rows if r.reason == ALL), None)
    base: list[Any] = list(rows_with(table, {"scenario": BASELINE.name}).itertuples())
    before = {str(r.reason): float(r.value) for r in base}
    some = [r for r in rows if r.reason != ALL and abs(r.difference) >= FEW * before.get(ALL, 0.0)]
    if not some:
        return ""
    some.sort(key=lambda r: -abs(r.difference))
    named = [f"“{_title(results, str(r.reason))}” {_change(r)}" for r in some[:NAMED]]
    left = len(some) - NAMED
    others = f" and {left} more {'reason' if left == 1 else 'reasons'}" if left > 0 else ""
    lead = "Cases a week that came or went (changes per case are of the baseline's mix, so these are not in them): "
    total = f"{_change(whole)} in all; " if whole is not None else ""
    return f"{lead}{total}{listing(named)}{others}.{_effort(results, scenario, label)}"


def _sure(row: Any) -> bool:
    return bool(abs(row.difference) > row.difference_half_width)


def _change(row: Any) -> str:
    known = half(row.difference_half_width, "", row.value)
    before, after = number(row.value - row.difference), number(row.value)
    return f"{before} → {after} ({signed(row.difference, '', row.value)} ± {known})"


def _effort(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """Effort of all cases of a week, whose number and whose service both changed."""
    rows = rows_with(results.effort, {**label, "scenario": scenario.name, "reason": ALL, "segment": ALL})
    rows = rows_with(rows, {"measure": "effort_per_week"})
    if rows.empty:
        return ""
    before, change = float((rows["value"] - rows["difference"]).sum()), float(rows["difference"].sum())
    return f" Effort of all cases of a week: {number(before)} → {number(before + change)} SD."


def _title(results: Results, reason: str) -> str:
    spec = results.organisation.reasons.get(reason)
    return (spec.title if spec is not None else "") or reason.replace("_", " ")
