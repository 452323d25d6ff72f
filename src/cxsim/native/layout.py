"""How tables lie in memory: a row fills whole lines of the processor's cache, and what is read together fills one.

A first look at a line costs as much as hundreds of instructions once tables are larger than the nearest memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

CACHE_LINE = 64
"""Bytes."""
Field: TypeAlias = tuple[str, str] | tuple[str, str, tuple[int, ...]]


def in_lines(*groups: Sequence[Field]) -> np.dtype[np.void]:
    """A record of groups of fields, each of which begins a line; in a group, large fields come before small ones.

    A row has an odd number of lines: caches keep a line by its address modulo a power of two, and rows whose length is
    one would drive each other out.
    """
    names: list[str] = []
    formats: list[np.dtype[np.generic]] = []
    offsets: list[int] = []
    end = 0
    for group in groups:
        end += -end % CACHE_LINE
        plain = np.dtype(sorted(group, key=lambda field: -np.dtype(field[1]).itemsize))
        for name in plain.names or ():
            names.append(name)
            formats.append(plain[name])
            offsets.append(end)
            end += plain[name].itemsize
    lines = -(-end // CACHE_LINE) | 1
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": lines * CACHE_LINE})


def aligned(shape: int | tuple[int, ...], kind: np.dtype[Any]) -> NDArray[np.void]:
    """A table of zeros whose first row begins a line."""
    size = int(np.prod(shape)) * kind.itemsize
    room = np.zeros(size + CACHE_LINE, dtype=np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    return room[begin : begin + size].view(kind).reshape(shape)


def copied(table: NDArray[Any], rows: int | None = None) -> NDArray[Any]:
    """A copy, with further rows of zeros where more are wanted; tables of records begin a line."""
    if table.dtype.names is None:
        return table.copy()
    copy = aligned(table.shape if rows is None else (rows, *table.shape[1:]), table.dtype)
    copy.reshape(-1).view(np.uint8)[: table.nbytes] = table.reshape(-1).view(np.uint8)
    return copy
