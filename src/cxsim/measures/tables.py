"""Arrays over named axes as frames, with ``(all)`` for the sum over a name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from cxsim.plan.tables import Floats


def with_all(sums: Floats, axis: int) -> Floats:
    """The sum over an axis appended to it."""
    return np.concatenate([sums, sums.sum(axis=axis, keepdims=True)], axis=axis)


def table_of(measured: dict[str, Any], **names: Sequence[Any]) -> pd.DataFrame:
    """Arrays over named axes as a frame: names in its index, measures in its columns."""
    index = pd.MultiIndex.from_tuples(list(product(*names.values())), names=list(names))
    return pd.DataFrame({name: np.asarray(v, dtype=np.float64).ravel() for name, v in measured.items()}, index=index)
