"""Comparisons: is a scenario better, worse, negligible, or undecided, on which measure, by how much."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxsim.compare.against import AGAINST, against_of
from cxsim.compare.cash import CASH, cash_of
from cxsim.compare.interaction import INTERACTION, interaction_of
from cxsim.compare.table import COLUMNS, family_of, table_of
from cxsim.compare.trajectory import TRAJECTORY, trajectories_of
from cxsim.compare.where import WHERE, where_of
from cxsim.study import Results

__all__ = ["AGAINST", "CASH", "COLUMNS", "INTERACTION", "TRAJECTORY", "WHERE", "Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """A study's scenarios against its baseline."""

    results: Results
    table: pd.DataFrame
    """One row for each point, scenario and measure; see `cxsim.compare.table.table_of`."""

    where: pd.DataFrame
    """One row for each point, scenario, reason or segment, and measure; see `cxsim.compare.where.where_of`."""

    interaction: pd.DataFrame
    """One row for each point, scenario made of others that were run too, and headline measure; see `interaction_of`."""

    against: pd.DataFrame
    """One row for each point, pair of a scenario and a comparator, and measure; see `against_of`."""

    trajectories: pd.DataFrame
    """One row for each point, scenario and headline measure: how far what was found reaches; see `trajectories_of`."""

    cash: pd.DataFrame
    """One row for each point, scenario and week: cumulative net benefit, one-off costs in it; see `cash_of`."""

    @property
    def family(self) -> int:
        """How many intervals are simultaneous: scenarios × headline measures."""
        return family_of(self.results).size


def compare(results: Results) -> Comparison:
    """Pair the replications of each scenario with those of the baseline."""
    found = table_of(results), where_of(results), interaction_of(results), against_of(results)
    return Comparison(results, *found, trajectories_of(results), cash_of(results))
