"""What pydantic refuses, in our words: path, what is wrong, the value, the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from cxsim.files.problems import Path, Problem, called, nearest, unknown
from cxsim.organisation.base import Record

BELONGS = {
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
}
"""By type of fault: what should have stood there."""


def problems_of(error: ValidationError, model: type[Record]) -> list[Problem]:
    """The faults of a record that could not be read."""
    return [_problem(fault, model) for fault in error.errors()]


def _problem(fault: Any, model: type[Record]) -> Problem:
    path: Path = tuple(fault["loc"])
    kind, value = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        return Problem(path, unknown(path[-1], names_at(model, path[:-1])))
    if kind == "missing":
        return Problem(path, "missing")
    if kind in BELONGS:
        return Problem(path, f"{BELONGS[kind]} belongs here, not {called(value)}")
    if kind == "value_error":
        return Problem(path, fault["msg"].removeprefix("Value error, "))
    if kind in ("too_short", "too_long"):
        return Problem(path, f"expected {_length(model, path, fault['ctx'])}, got {fault['ctx']['actual_length']}")
    text = fault["msg"][0].lower() + fault["msg"][1:]
    hint = nearest(value, _options(model, path)) if kind == "literal_error" and isinstance(value, str) else ""
    hint = hint if "did you mean" in hint else ""  # the sentence lists them anyway
    return Problem(path, text.replace("input should be", "should be") + f" (it is {called(value)}){hint}")


def _length(model: type[Record], path: Path, stated: Mapping[str, Any]) -> str:
    """How many entries the list or mapping at a path has: ``6 numbers``, ``at least 1 entry``.

    stated: the limit that was broken; there may be another, and a union's alternatives have no field of their own.
    """
    field = next(
        (p.model_fields[str(path[-1])] for p in _places(model, path[:-1]) if str(path[-1]) in _fields(p)), None
    )
    inner = [m for option in get_args(field.annotation) for m in getattr(option, "__metadata__", ())] if field else []
    limits = [*(field.metadata if field else ()), *(x for m in inner for x in getattr(m, "metadata", ()))]
    least, most = (
        next((getattr(m, limit) for m in limits if hasattr(m, limit)), stated.get(limit))
        for limit in ("min_length", "max_length")
    )
    of_numbers = field is not None and field.annotation == list[float]
    one, many = ("number", "numbers") if of_numbers else ("entry", "entries")
    limit = most if least is None else least
    how = "" if least == most else "at most " if least is None else "at least "
    return f"{how}{limit} {one if limit == 1 else many}"


def names_at(model: type[Record], path: Path) -> list[str]:
    """Names that the record at `path` inside a `model` may have, stated or not; empty where there is no record."""
    return list(dict.fromkeys(name for place in _places(model, path) for name in _fields(place)))


def _options(model: type[Record], path: Path) -> list[Any]:
    """Values allowed at a path, where it is one of a few."""
    return [option for place in _places(model, path) if get_origin(place) is Literal for option in get_args(place)]


def _places(model: type[Record], path: Path) -> list[Any]:
    """The types that may stand at a path: fields of records, values of dictionaries, items of lists."""
    places: list[Any] = [model]
    for part in path:
        inner: list[Any] = []
        for place in places:
            if get_origin(place) in (dict, list, tuple):
                inner += _flat(get_args(place)[-1] if get_origin(place) is dict else get_args(place)[0])
            elif str(part) in _fields(place):
                inner += _flat(place.model_fields[str(part)].annotation)
        places = inner
    return places


def _fields(place: Any) -> list[str]:
    return list(place.model_fields) if isinstance(place, type) and issubclass(place, Record) else []


def _flat(annotation: Any) -> Iterator[Any]:
    """The alternatives of a union, without what is annotated to them."""
    if hasattr(annotation, "__metadata__"):
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for option in get_args(annotation):
            yield from _flat(option)
    else:
        yield annotation
