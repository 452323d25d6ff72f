"""Arrays over named axes as frames, with ``(all)`` for the sum over a name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from cxsim.native.records import Floats


def with_all(sums: Floats, axis: int) -> Floats:
    """The sum over an axis appended to it."""
    return np.concatenate([sums, sums.sum(axis=axis, keepdims=True)], axis=axis)


def table_of(measured: dict[str, Any], **names: Sequence[Any]) -> pd.DataFrame:
    """Arrays over named axes as a frame: names in its index, measures in its columns."""
    index = _index(tuple(names), *map(tuple, names.values()))
    values = np.stack([np.asarray(v, dtype=np.float64).ravel() for v in measured.values()], axis=1)
    return pd.DataFrame(values, index=index, columns=_columns(*measured))


@lru_cache(maxsize=64)
def _index(axes: tuple[str, ...], *names: tuple[Any, ...]) -> pd.MultiIndex:
    """All combinations of names; every replication of a study has the same."""
    return pd.MultiIndex.from_tuples(list(product(*names)), names=list(axes))


@lru_cache(maxsize=64)
def _columns(*measures: str) -> pd.Index[str]:
    return pd.Index(measures)
