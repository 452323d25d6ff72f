"""The world in one piece: compiled rules take this handle instead of fifty arrays.

numba counts references to every array that it touches, which costs more than most rules do.  A handle is the address
of a list of addresses and shapes; behind it `w.visits[v]["status"]` is a load and nothing else.  Without compilation
the named tuple of arrays itself is the handle, and the rules read the same.

Indices of a handle's tables must not be negative.  With ``CXSIM_CHECK=1`` every index is checked (for tests: slow).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from threading import local
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import (
    NativeValue,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from cxsim.native.compiling import ENABLED, inlined
from cxsim.native.numba_inside import AttributeTemplate, cgutils, from_dtype, infer_getattr
from cxsim.native.tables import TableType, short_name

_WORD = ir.IntType(64)


class HandleType(types.Type):
    """The address of addresses and shapes, table by table."""

    def __init__(self, tables: tuple[tuple[str, TableType], ...]) -> None:
        self.tables = tables
        super().__init__(name=f"Handle{short_name(repr([(name, table.name) for name, table in tables]))}")

    @property
    def key(self) -> Any:
        return self.name


class Handle:
    """Arrays by name, as compiled functions see them; keeps them alive."""

    __slots__ = ("_numba_type_", "address", "book", "tables")

    def __init__(self, tables: Any) -> None:
        if not all(a.flags.c_contiguous for a in tables):
            raise ValueError(f"{type(tables).__name__}: compiled rules take C-contiguous arrays")
        self.tables = tables
        self.book = np.array([word for a in tables for word in (a.ctypes.data, *a.shape)], dtype=np.int64)
        self.address = self.book.ctypes.data
        self._numba_type_ = _kind_of(tables)  # where numba looks first


_KINDS: dict[str, tuple[Any, HandleType]] = {}
"""By name of the named tuple, as World: the types of its tables, and that of its handles."""


def _kind_of(tables: Any) -> HandleType:
    whole = type(tables).__name__
    schema = [(name, a.dtype, a.ndim) for name, a in zip(tables._fields, tables, strict=True)]
    if whole not in _KINDS:
        constant: frozenset[str] = getattr(tables, "constant", frozenset())
        members = [(name, TableType(from_dtype(dtype), ndim, name not in constant)) for name, dtype, ndim in schema]
        _KINDS[whole] = schema, HandleType(tuple(members))
    known, kind = _KINDS[whole]
    if schema != known:  # compiled code reads whatever lies at an address as the first ones
        other = next(name for (name, *is_), (_, *was) in zip(schema, known, strict=True) if is_ != was)
        raise TypeError(f"{whole}.{other}: another type than in the first {whole}")
    return kind


def address_of(w: Any) -> Any:
    """What is behind a handle, as `handles` takes it: a number is handed to compiled code five times as fast."""
    return w.address if ENABLED else w


def handles(whole: str, example: Callable[[], Any] | None = None) -> Any:
    """The function that gives compiled code the handle at an address; `whole`: the name of the named tuple.

    example: makes tables of the same kinds, where none may have been handled before.
    """
    if not ENABLED:
        return _as_it_is

    @intrinsic
    def cast_it(_typing: Any, address: Any) -> Any:
        def cast(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], cgutils.voidptr_t)

        kind = _KINDS[whole][1] if example is None else _kind_of(example())
        return kind(address), cast

    @inlined
    def handle_at(address: Any) -> Any:
        return cast_it(address)

    return handle_at


def _as_it_is(tables: Any) -> Any:
    """Without compilation tables are their own address."""
    return tables


_LATEST = local()
"""The latest handle of each thread, by kind of tables: the same tables are asked for several times a week."""


def handle(tables: Any) -> Any:
    """A named tuple of C-contiguous arrays as rules take it: same names, same arrays."""
    if not ENABLED:
        return tables
    kind = type(tables).__name__
    latest = getattr(_LATEST, kind, None)
    if latest is None or not all(map(operator.is_, latest.tables, tables)):
        latest = Handle(tables)
        setattr(_LATEST, kind, latest)
    return latest


@typeof_impl.register(Handle)
def _typeof(value: Handle, _context: Any) -> HandleType:
    return value._numba_type_


@unbox(HandleType)
def _unbox(_kind: Any, value: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(value, "address")
    native = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(native)


register_model(HandleType)(models.OpaqueModel)


@infer_getattr
class _HandleAttributes(AttributeTemplate):
    key = HandleType

    def generic_resolve(self, kind: HandleType, attribute: str) -> Any:
        return dict(kind.tables).get(attribute)


@lower_getattr_generic(HandleType)
def _table(context: Any, builder: Any, kind: HandleType, value: Any, attribute: str) -> Any:
    at = 0
    for name, table in kind.tables:
        if name == attribute:
            break
        at += 1 + table.ndim
    words = builder.bitcast(value, _WORD.as_pointer())
    out = cgutils.create_struct_proxy(table)(context, builder)
    out.data = builder.inttoptr(_fixed(builder, words, at), cgutils.voidptr_t)
    for k in range(table.ndim):
        setattr(out, f"n{k}", _fixed(builder, words, at + 1 + k))
    return out._getvalue()


def _fixed(builder: Any, words: Any, at: int) -> Any:
    """A word of the book, which never changes while compiled code runs."""
    load = builder.load(builder.gep(words, [ir.Constant(_WORD, at)]))
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load
