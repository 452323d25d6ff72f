"""Replications of one draw of the uncertain numbers, put together: they share what is not known, and count as one.

Of breakdowns nothing but the mean over draws and its interval is reported; as if they were independent, the
replications of a draw would make it look surer than it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxsim.native.records import Floats
from cxsim.probability.ratios import pseudo_values
from cxsim.study.work import Outcome


def merged(runs: Sequence[Sequence[Outcome]]) -> list[Outcome]:
    """The tables of one draw, scenario by scenario: means of its replications, ratios as ratios of sums.

    All else is of its first replication.
    """
    if len(runs) == 1:
        return list(runs[0])
    found = []
    for i, first in enumerate(runs[0]):
        tables = {name: _table(runs, i, name) for name in first.tables}
        moves = [run[i].moves for run in runs]
        mean = None if moves[0] is None else np.mean([m for m in moves if m is not None], axis=0)
        found.append(first._replace(tables=tables, moves=mean, cells={}))
    return found


def cells_of(runs: Sequence[Sequence[Outcome]], i: int, name: str) -> Floats:
    """[replication, row, column] of a table of one scenario, ratios as pseudo-values."""
    values: Floats = np.stack([run[i].tables[name].to_numpy(dtype=np.float64) for run in runs])
    if name not in runs[0][i].cells:
        return values
    return pseudo_values(values, np.stack([run[i].cells[name] for run in runs]))


def _table(runs: Sequence[Sequence[Outcome]], i: int, name: str) -> pd.DataFrame:
    first = runs[0][i].tables[name]
    return pd.DataFrame(_mean(cells_of(runs, i, name)), index=first.index, columns=first.columns)


def _mean(values: Floats) -> Floats:
    """Over the first axis, of the values that are there."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        found: Floats = np.nanmean(values, axis=0)
    return found
