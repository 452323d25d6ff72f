"""What a scenario was expected to do, written down before it ran, and what was found of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.probability.intervals import IDENTICAL, NEGLIGIBLE
from cxsim.report.text.words import half, listing, number, signed, spoken
from cxsim.scenario import Scenario

FOUND, CONTRARY, OPEN = "As was expected", "Against what was expected", "Expected, undecided"
LITTLE, UNCHANGED = "Expected, negligible", "Expected, exactly as in the baseline"
"""What can be found of an expectation."""


def claimed(scenario: Scenario, rows: Mapping[str, Any]) -> str:
    """Which of its expectations were found, which were not, and which are undecided; empty where it has none.

    Found: the interval lies wholly on the side expected; the contrary: on the other.  What moves by less than is
    worthwhile, or not at all, is neither; all else is undecided.
    """
    found: dict[str, list[str]] = {kind: [] for kind in (FOUND, CONTRARY, LITTLE, UNCHANGED, OPEN)}
    for measure, way in scenario.expected.items():
        row = rows[measure]
        if math.isnan(row.difference):
            found.setdefault("Expected, where the baseline has none to compare with", []).append(_alone(row, way))
            continue
        kind = _kind(row, way)
        what = str(row.title) if kind in (FOUND, CONTRARY) else f"{way} {row.title}"
        by, known = signed(row.difference, row.unit), half(row.half_width, row.unit, row.difference)
        size = "" if kind == UNCHANGED else f" ({by} ± {known}{spoken(row.unit)})"
        found[kind].append(f"{what}{size}")
    return " ".join(f"{kind}: {listing(measures)}." for kind, measures in found.items() if measures)


def _kind(row: Any, way: str) -> str:
    """What was found of an expectation that can be compared."""
    sign = 1.0 if way == "higher" else -1.0
    low, high = sorted((sign * row.low, sign * row.high))
    if row.verdict == IDENTICAL:
        return UNCHANGED
    if row.verdict == NEGLIGIBLE:
        return LITTLE
    return FOUND if low > 0.0 else CONTRARY if high < 0.0 else OPEN


def _alone(row: Any, way: str) -> str:
    """An expectation of a measure that one of the two worlds does not have."""
    value = f"{number(row.value, row.unit)}{spoken(row.unit).replace(' percentage points', ' %')}"
    return f"{way} {row.title} ({'none' if math.isnan(row.value) else value} under the scenario)"
