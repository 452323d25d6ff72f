"""Rows as records: one definition for what numpy stores, what compiled code reads, and what mypy checks.

A kind of row is a `TypedDict` whose fields are annotated with the widths below.  At run time a row is a record of a
numpy table (or, in compiled code, an address); the class itself is never instantiated, so the types cost nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol, TypeAlias, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from cxsim.native.layout import Field, in_lines

Table: TypeAlias = NDArray[np.void]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

F8: TypeAlias = Annotated[float, "f8"]
I8: TypeAlias = Annotated[int, "i8"]
I4: TypeAlias = Annotated[int, "i4"]
I1: TypeAlias = Annotated[int, "i1"]
U8: TypeAlias = Annotated[np.uint64, "u8"]
Row = TypeVar("Row")
ReadRow = TypeVar("ReadRow", covariant=True)


class Rows(Protocol[Row]):
    """A table with one index."""

    def __getitem__(self, index: int, /) -> Row: ...
    def __setitem__(self, index: int, row: Row, /) -> None: ...
    def __len__(self) -> int: ...


class Grid(Protocol[ReadRow]):
    """A table with two indices."""

    def __getitem__(self, index: tuple[int, int], /) -> ReadRow: ...
    @property
    def shape(self) -> tuple[int, ...]: ...


def packed(kind: type[Any]) -> np.dtype[np.void]:
    """The record of a kind of row, its fields one after the other."""
    return np.dtype(_fields(kind), align=True)


def in_groups(*groups: type[Any]) -> np.dtype[np.void]:
    """The record of a kind of row whose fields come in groups; each group begins a line of the processor's cache."""
    return in_lines(*map(_fields, groups))


def _fields(kind: type[Any]) -> list[Field]:
    return [(name, hint.__metadata__[0]) for name, hint in get_type_hints(kind, include_extras=True).items()]
