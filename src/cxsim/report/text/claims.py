"""What a scenario was expected to do, written down before it ran, and what was found of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.report.text.words import half, listing, number, signed, spoken
from cxsim.scenario import Scenario


def claimed(scenario: Scenario, rows: Mapping[str, Any]) -> str:
    """Which of its expectations were found, which were not, and which cannot be told; empty where it has none.

    Found: the interval lies wholly on the side expected; the contrary: on the other; else it is not certain.
    """
    found: dict[str, list[str]] = {"As was expected": [], "Against what was expected": [], "Expected, not certain": []}
    for measure, way in scenario.expected.items():
        row = rows[measure]
        if math.isnan(row.difference):
            found.setdefault("Expected, where today has none to compare with", []).append(_alone(row, way))
            continue
        sign = 1.0 if way == "higher" else -1.0
        low, high = sorted((sign * row.low, sign * row.high))
        kind = (
            "As was expected" if low > 0.0 else "Against what was expected" if high < 0.0 else "Expected, not certain"
        )
        by, known = signed(row.difference, row.unit), half(row.half_width, row.unit, row.difference)
        what = f"{way} {row.title}" if kind == "Expected, not certain" else str(row.title)
        found[kind].append(f"{what} ({by} ± {known}{spoken(row.unit)})")
    return " ".join(f"{kind}: {listing(told)}." for kind, told in found.items() if told)


def _alone(row: Any, way: str) -> str:
    """An expectation of a measure that one of the two worlds does not have."""
    value = f"{number(row.value, row.unit)}{spoken(row.unit).replace(' percentage points', ' %')}"
    return f"{way} {row.title} ({'none' if math.isnan(row.value) else value} under the scenario)"
