"""Comparisons: is a scenario better, worse, the same, or undecided, on which measure, by how much."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxsim.compare.say import limits, say, told_of
from cxsim.compare.table import COLUMNS, cells, family_of, table_of
from cxsim.study import Results

__all__ = ["COLUMNS", "Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """A study's scenarios against its baseline."""

    results: Results
    table: pd.DataFrame
    """One row for each point, scenario and measure; see `cxsim.compare.table.table_of`."""

    @property
    def family(self) -> int:
        """How many intervals hold together: scenarios × headline measures."""
        return family_of(self.results).size

    def say(self) -> str:
        """Findings, table and limits as text."""
        return say(self.results, self.table)

    def findings(self) -> dict[str, list[str]]:
        """Sentences by scenario, the finding first; of the first point."""
        label = self.results.points[0]
        found = {s.name: cells(self.table, s.name, label) for s in self.results.scenarios}
        return {s.name: told_of(self.results, s, found[s.name], label) for s in self.results.scenarios if found[s.name]}

    def limits(self) -> list[str]:
        """What the results cannot say."""
        return limits(self.results)


def compare(results: Results) -> Comparison:
    """Pair the replications of each scenario with those of the baseline."""
    return Comparison(results, table_of(results))
