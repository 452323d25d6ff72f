"""Whether scenarios work together, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.probability.intervals import IDENTICAL, LESS, MORE, NEGLIGIBLE, UNDECIDED
from cxsim.report.text.words import SHORT, half, listing, signed, spoken
from cxsim.scenario import Scenario


def together(rows: pd.DataFrame, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How the parts of a scenario work together, in a sentence or two; empty where it has none."""
    rows = rows_with(rows, {**label, "scenario": scenario.name})
    if rows.empty:
        return ""
    changed = [row for row in rows.itertuples() if row.verdict in (MORE, LESS)]
    additive = [row for row in rows.itertuples() if row.verdict in (NEGLIGIBLE, IDENTICAL)]
    open_ = [row for row in rows.itertuples() if row.verdict == UNDECIDED]
    parts = [f"Together against one by one ({rows['parts'].iloc[0]}):"]
    parts += [f"{_moved(row)};" for row in changed]
    if additive:
        parts.append(f"as the sum of the parts: {listing([SHORT[str(row.measure)] for row in additive])};")
    if open_:
        parts.append(f"undecided: {listing([SHORT[str(row.measure)] for row in open_])};")
    return " ".join(parts).removesuffix(";") + "."


def _moved(row: Any) -> str:
    change, alone, by = (
        signed(x, row.unit, row.interaction) for x in (row.together, row.sum_of_parts, row.interaction)
    )
    known = half(row.half_width, row.unit, row.interaction)
    return f"{SHORT[row.measure]} {change} instead of {alone}{spoken(row.unit)} ({by} ± {known})"
