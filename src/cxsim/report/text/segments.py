"""Segment by segment, where a scenario serves some customers better and others worse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.probability.intervals import widened
from cxsim.report.text.tables import columns
from cxsim.report.text.words import half, number, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

SHOWN = (
    ("reasons", "effort", ("effort", "a case, SD"), 3),
    ("loyalty", "nps_relationship", ("relation-", "ship NPS"), 1),
    ("loyalty", "churn", ("churn,", "% a year"), 2),
    ("loyalty", "share_of_wallet", ("share of", "wallet, %"), 2),
    ("loyalty", "customers_end", ("", "customers"), 0),
    ("loyalty", "customer_margin", ("margin", "a week"), 0),
)
"""Table, measure, words in two lines, and decimals of each column."""
DECIDES = ("effort", "nps_relationship", "churn")
"""Measures by which segments are distinguished."""


def apart(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """What a scenario does to each segment; empty where none is significantly worse off while another is better off."""
    rows = {
        (segment, measure): row
        for table, measure, _, _ in SHOWN
        for segment, row in _rows(getattr(results, table), scenario.name, measure, label)
    }
    segments = [name for name in results.organisation.segments if (name, "effort") in rows]
    looked = [[rows[s, m] for s in segments if (s, m) in rows] for m in DECIDES]
    family = sum(map(len, looked))
    if not any(_both_ways(found, results.settings.confidence, family) for found in looked):
        return ""
    lines: list[Sequence[str]] = [
        ("", *(x for _, _, words, _ in SHOWN for x in (words[0], "", ""))),
        ("", *(x for _, _, words, _ in SHOWN for x in (words[1], "", "±"))),
    ]
    for segment in segments:
        title = results.organisation.segments[segment].title or segment
        cells = [title]
        for _, measure, _, decimals in SHOWN:
            row = rows.get((segment, measure))
            if row is None:
                cells += ["", "", ""]
                continue
            cells += [number(row.value - row.difference, decimals=decimals)]
            cells += [signed(row.difference, decimals=decimals), half(row.difference_half_width, decimals=decimals)]
        lines.append(cells)
    each = f"By segment, baseline and change ({100.0 * results.settings.confidence:g} % for each by itself):\n\n"
    return each + columns(lines, right=range(1, 19))


def _rows(table: pd.DataFrame, scenario: str, measure: str, label: Mapping[str, Any]) -> list[tuple[str, Any]]:
    whole = {"reason": ALL} if "reason" in table else {}
    rows = rows_with(table, {**label, **whole, "scenario": scenario, "measure": measure})
    return [(str(row.segment), row) for row in rows.itertuples(index=False)]


def _both_ways(rows: Sequence[Any], confidence: float, family: int) -> bool:
    """Whether a measure rises significantly in one segment and falls in another, in simultaneous intervals."""
    sure = [
        r.difference
        for r in rows
        if math.isfinite(r.difference)
        and abs(r.difference) > widened(r.difference_half_width, int(r.pairs), confidence, family)
    ]
    return min(sure, default=0.0) < 0.0 < max(sure, default=0.0)
