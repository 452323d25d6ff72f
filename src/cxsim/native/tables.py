"""Tables and their rows as compiled code reads and writes them: an address, and numbers from there.

What a plan holds does not change while compiled code runs; the optimiser knows so from each load.  Small whole numbers
of a record count on as large ones.
"""

from __future__ import annotations

import hashlib
import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import lower_builtin, lower_getattr_generic, models, register_model

from cxsim.native.compiling import CHECKED
from cxsim.native.numba_inside import (
    AbstractTemplate,
    AttributeTemplate,
    cgutils,
    infer,
    infer_getattr,
    infer_global,
)

_WORD = ir.IntType(64)
WHOLE = (types.Integer, types.IntEnumMember)
"""What may be an index: a member of an `IntEnum` names a column."""


def short_name(text: str) -> str:
    """A hash: numba writes names of types into every symbol, and fifty records spelt out there slow it down."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class TableType(types.Type):
    """A C-contiguous array of which only address and shape are known: nothing to count, nothing to free.

    changes: whether compiled code writes it.
    """

    def __init__(self, dtype: Any, ndim: int, changes: bool) -> None:
        self.dtype, self.ndim, self.changes = dtype, ndim, changes
        super().__init__(name=f"Table{short_name(repr((dtype, ndim, changes)))}")

    @property
    def key(self) -> Any:
        return self.name


class RowType(types.Type):
    """A record of a table: where it lies."""

    def __init__(self, record: Any, changes: bool) -> None:
        self.record, self.changes = record, changes
        super().__init__(name=f"Row{short_name(repr((record, changes)))}")

    @property
    def key(self) -> Any:
        return self.name


register_model(RowType)(models.OpaqueModel)


@register_model(TableType)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, kind: TableType) -> None:
        members = [("data", types.voidptr), *((f"n{k}", types.intp) for k in range(kind.ndim))]
        super().__init__(manager, kind, members)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        table, index = args
        if isinstance(table, TableType) and not kws:
            n = _indices(index)
            if 0 < n < table.ndim:
                return TableType(table.dtype, table.ndim - n, table.changes)(table, _as_intp(index))
            if n == table.ndim:
                record = isinstance(table.dtype, types.Record)
                item = RowType(table.dtype, table.changes) if record else table.dtype
                return item(table, _as_intp(index))
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        table, index, value = args
        if isinstance(table, TableType) and table.changes and not kws and _indices(index) == table.ndim:
            row = isinstance(value, RowType) and value.record == table.dtype
            return types.none(table, _as_intp(index), value if row else table.dtype)
        return None


@infer
class _GetField(AbstractTemplate):
    key = "static_getitem"

    def generic(self, args: Any, kws: Any) -> Any:
        row, name = args
        if not isinstance(row, RowType) or name not in row.record.fields:
            return None
        field = row.record.typeof(name)
        if isinstance(field, types.NestedArray):
            return TableType(field.dtype, field.ndim, row.changes)(row, types.literal(name))
        return _as_read(field)(row, types.literal(name))


def _as_read(field: Any) -> Any:
    """What rules see of a field: small whole numbers count on as large ones."""
    return types.int64 if isinstance(field, types.Integer) and field.bitwidth < 64 else field


@infer
class _SetField(AbstractTemplate):
    key = "static_setitem"

    def generic(self, args: Any, kws: Any) -> Any:
        row, name, _value = args
        if not isinstance(row, RowType) or not row.changes or name not in row.record.fields:
            return None
        return types.none(row, types.literal(name), row.record.typeof(name))


def _indices(index: Any) -> int:
    """How many whole numbers an index is made of; 0: it is something else."""
    if isinstance(index, WHOLE):
        return 1
    if isinstance(index, types.BaseTuple) and all(isinstance(i, WHOLE) for i in index):
        return len(index)
    return 0


def _as_intp(index: Any) -> Any:
    return types.intp if isinstance(index, WHOLE) else types.UniTuple(types.intp, len(index))


def _place(context: Any, builder: Any, kind: TableType, value: Any, index_kind: Any, index: Any) -> tuple[Any, Any]:
    """Pointer to the item (or the first item of the sub-table) at an index, and the table."""
    table = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    parts = [index] if isinstance(index_kind, types.Integer) else cgutils.unpack_tuple(builder, index)
    flat = ir.Constant(_WORD, 0)
    for k in range(kind.ndim):
        size = getattr(table, f"n{k}")
        if k:
            flat = builder.mul(flat, size)
        if k < len(parts):
            if CHECKED:
                with builder.if_then(builder.icmp_unsigned(">=", parts[k], size), likely=False):
                    context.call_conv.return_user_exc(builder, IndexError, (f"outside a table, place {k}",))
            flat = builder.add(flat, parts[k])
    item = context.get_data_type(kind.dtype)
    return builder.gep(builder.bitcast(table.data, item.as_pointer()), [flat]), table


@lower_builtin(operator.getitem, TableType, types.Integer)
@lower_builtin(operator.getitem, TableType, types.UniTuple)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, index_kind = sig.args
    pointer, table = _place(context, builder, kind, args[0], index_kind, args[1])
    if isinstance(sig.return_type, RowType):
        return builder.bitcast(pointer, cgutils.voidptr_t)
    if not isinstance(sig.return_type, TableType):
        return _load(context, builder, kind.dtype, pointer, kind.changes)
    part = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    part.data = builder.bitcast(pointer, cgutils.voidptr_t)
    for k in range(sig.return_type.ndim):
        setattr(part, f"n{k}", getattr(table, f"n{k + kind.ndim - sig.return_type.ndim}"))
    return part._getvalue()


@lower_builtin(operator.setitem, TableType, types.Integer, types.Any)
@lower_builtin(operator.setitem, TableType, types.UniTuple, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, index_kind, value = sig.args
    pointer, _table = _place(context, builder, kind, args[0], index_kind, args[1])
    if isinstance(value, RowType):
        _copy(builder, args[2], builder.bitcast(pointer, cgutils.voidptr_t), kind.dtype.size)
        return context.get_dummy_value()
    _store(context, builder, kind.dtype, args[2], pointer)
    return context.get_dummy_value()


@lower_builtin("static_getitem", RowType, types.StringLiteral)
def _get_field(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, name = sig.args[0], args[1]
    field = kind.record.typeof(name)
    if not isinstance(sig.return_type, TableType):
        pointer = _field_at(context, builder, kind, args[0], name, field)
        value = _load(context, builder, field, pointer, kind.changes)
        return context.cast(builder, value, field, sig.return_type)
    part = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    part.data = _offset(builder, args[0], kind.record.offset(name))
    for k, size in enumerate(field.shape):
        setattr(part, f"n{k}", ir.Constant(_WORD, size))
    return part._getvalue()


@lower_builtin("static_setitem", RowType, types.StringLiteral, types.Any)
def _set_field(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, name = sig.args[0], args[1]
    field = kind.record.typeof(name)
    pointer = _field_at(context, builder, kind, args[0], name, field)
    _store(context, builder, field, args[2], pointer)
    return context.get_dummy_value()


def _offset(builder: Any, row: Any, by: int) -> Any:
    return builder.gep(row, [ir.Constant(_WORD, by)], inbounds=True)


def _field_at(context: Any, builder: Any, kind: RowType, row: Any, name: str, field: Any) -> Any:
    return builder.bitcast(_offset(builder, row, kind.record.offset(name)), context.get_data_type(field).as_pointer())


def _load(context: Any, builder: Any, kind: Any, pointer: Any, changes: bool) -> Any:
    """What lies at a place."""
    load = builder.load(pointer)
    if not changes:
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return context.data_model_manager[kind].from_data(builder, load)


def _store(context: Any, builder: Any, kind: Any, value: Any, pointer: Any) -> None:
    builder.store(context.data_model_manager[kind].as_data(builder, value), pointer)


def _copy(builder: Any, source: Any, target: Any, size: int) -> None:
    """Copy a row, a few words at a time: a row is too short for the C library's way."""
    done = 0
    while done < size:
        words = 4 if size - done >= 32 else 1
        kind = (ir.VectorType(_WORD, words) if words > 1 else _WORD).as_pointer()
        load = builder.load(builder.bitcast(_offset(builder, source, done), kind), align=8)
        builder.store(load, builder.bitcast(_offset(builder, target, done), kind), align=8)
        done += 8 * words


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], TableType) and not kws:
            return types.intp(args[0])
        return None


@lower_builtin(len, TableType)
def _len(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0]).n0


@infer_getattr
class _TableAttributes(AttributeTemplate):
    key = TableType

    def resolve_shape(self, kind: TableType) -> Any:
        return types.UniTuple(types.intp, kind.ndim)


@lower_getattr_generic(TableType)
def _shape(context: Any, builder: Any, kind: TableType, value: Any, _attribute: str) -> Any:
    table = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    return context.make_tuple(
        builder, types.UniTuple(types.intp, kind.ndim), [getattr(table, f"n{k}") for k in range(kind.ndim)]
    )
