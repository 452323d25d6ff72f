"""A comparison in sentences and tables that people read."""

from __future__ import annotations

import pandas as pd

from cxsim.compare import Comparison
from cxsim.compare.table import cells
from cxsim.report.text import comparison as whole
from cxsim.report.text.tables import headline_table


def describe(comparison: Comparison) -> str:
    """Findings, table and limits as text."""
    return whole.text_of(comparison)


def headline(comparison: Comparison) -> pd.DataFrame:
    """The table people read: a row for each headline measure, then for each reason whose effort changes."""
    return headline_table(comparison.results, comparison.table, comparison.where)


def findings(comparison: Comparison) -> dict[str, list[str]]:
    """Sentences by scenario, the finding first; of the first point."""
    c, label = comparison, comparison.results.points[0]
    found = [(s, cells(c.table, s.name, label)) for s in c.results.scenarios]
    return {
        s.name: [
            *whole.findings_of(c, s, rows, label),
            *whole.details_of(c, s, rows, label),
        ]
        for s, rows in found
        if rows
    }


def limits(comparison: Comparison) -> list[str]:
    """What the results do not cover."""
    return whole.limits(comparison.results)
