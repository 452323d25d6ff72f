"""What a scenario was expected to do, written down before it ran, and what was found of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.report.text.words import half, listing, number, signed, spoken
from cxsim.scenario import Scenario


def claimed(scenario: Scenario, rows: Mapping[str, Any]) -> str:
    """Which of its expectations were found, which were not, and which are undecided; empty where it has none.

    Found: the interval lies wholly on the side expected; the contrary: on the other; else it is undecided.
    """
    found: dict[str, list[str]] = {"As was expected": [], "Against what was expected": [], "Expected, undecided": []}
    for measure, way in scenario.expected.items():
        row = rows[measure]
        if math.isnan(row.difference):
            found.setdefault("Expected, where the baseline has none to compare with", []).append(_alone(row, way))
            continue
        sign = 1.0 if way == "higher" else -1.0
        low, high = sorted((sign * row.low, sign * row.high))
        kind = "As was expected" if low > 0.0 else "Against what was expected" if high < 0.0 else "Expected, undecided"
        by, known = signed(row.difference, row.unit), half(row.half_width, row.unit, row.difference)
        what = f"{way} {row.title}" if kind == "Expected, undecided" else str(row.title)
        found[kind].append(f"{what} ({by} ± {known}{spoken(row.unit)})")
    return " ".join(f"{kind}: {listing(measures)}." for kind, measures in found.items() if measures)


def _alone(row: Any, way: str) -> str:
    """An expectation of a measure that one of the two worlds does not have."""
    value = f"{number(row.value, row.unit)}{spoken(row.unit).replace(' percentage points', ' %')}"
    return f"{way} {row.title} ({'none' if math.isnan(row.value) else value} under the scenario)"
