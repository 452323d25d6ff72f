"""Handles: compiled code takes what lies at an address for tables of the first kind, so there may be no other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from cxsim.native.compiling import ENABLED
from cxsim.native.handle import handle
from cxsim.native.records import Ints

pytestmark = pytest.mark.skipif(not ENABLED, reason="tables are their own handle")


class Pair(NamedTuple):
    rows: Ints
    sums: Ints


def pair(rows: np.dtype[np.generic] | type = np.int64, ndim: int = 1) -> Pair:
    return Pair(np.zeros((3,) * ndim, dtype=rows), np.zeros(3, dtype=np.int64))


def test_tables_of_one_name_are_of_one_kind() -> None:
    first = handle(pair())
    assert handle(pair())._numba_type_ is first._numba_type_
    with pytest.raises(TypeError, match=r"Pair\.rows: another type than in the first Pair"):
        handle(pair(np.int32))
    with pytest.raises(TypeError, match="rows"):
        handle(pair(ndim=2))


def test_tables_lie_in_one_piece() -> None:
    handle(pair())
    with pytest.raises(ValueError, match="C-contiguous"):
        handle(pair()._replace(sums=np.zeros(6, dtype=np.int64)[::2]))
