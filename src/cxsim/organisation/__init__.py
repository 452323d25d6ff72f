"""The organisation: all that is assumed about today, as one frozen record that a planner can read and edit."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from pydantic import PrivateAttr, ValidationError

from cxsim.organisation.base import Hours, Record
from cxsim.organisation.customers import Behaviour, Channel, Demand, Profile, Reason, Segment
from cxsim.organisation.experience import Economics, Experience
from cxsim.organisation.sources import Assumption, without_sources
from cxsim.organisation.work import SkillEffect, Step, Team
from cxsim.problems import Path, Problem, Problems, nearest

Route = dict[str, Step]


class Calendar(Record):
    """Local time of the organisation."""

    start: date
    """Date of time 0, the end of the warm-up."""
    timezone: str | None = None
    """IANA name, for clock changes; none: every day has 24 hours."""
    holidays: str | None = None
    """Country, or country-subdivision, of the public holidays ("GB", "GB-ENG")."""
    extra_holidays: list[date] = []
    working: Hours = {"mon-fri": "09:00-17:00"}
    """Hours in which working time counts."""


class Organisation(Record):
    """All that is assumed about today."""

    title: str
    note: str = ""
    calendar: Calendar
    segments: dict[str, Segment]
    channels: dict[str, Channel]
    profiles: dict[str, Profile] = {}
    demand: Demand = Demand()
    reasons: dict[str, Reason]
    routes: dict[str, Route]
    moved: dict[str, dict[str, str]] = {}
    """By route: steps that were merged or replaced, and the step that now does their work (scenarios set it)."""
    teams: dict[str, Team]
    behaviour: Behaviour
    proficiency: SkillEffect = SkillEffect()
    experience: Experience
    economics: Economics

    _tree: dict[str, Any] = PrivateAttr(default_factory=dict)
    _assumptions: tuple[Assumption, ...] = PrivateAttr(default=())

    @property
    def tree(self) -> dict[str, Any]:
        """The organisation as plain data without sources: what scenarios change and differences are taken of."""
        return self._tree

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every number with its path, value, range and source."""
        return self._assumptions


def read_organisation(tree: Mapping[str, Any]) -> Organisation:
    """Validate plain data (as read from YAML) into an organisation.

    Raises `Problems` with every fault found: unknown keys with the nearest valid name, wrong units and ranges, and
    whatever makes the model impossible (see `cxsim.organisation.checks`).
    """
    from cxsim.organisation.checks import faults

    if not isinstance(tree, Mapping):
        raise Problems([Problem((), f"an organisation is a mapping, not {_kind(tree)}")])
    if not tree:
        raise Problems([Problem((), "empty: no organisation in it")])
    plain, assumptions = without_sources(dict(tree))
    try:
        organisation = Organisation.model_validate(plain)
    except ValidationError as error:
        found = problems_of(error, Organisation, plain)
        raise Problems([*found, *_further_faults(plain, [p.path for p in found])]) from None
    organisation._tree = plain
    organisation._assumptions = assumptions
    found = faults(organisation)
    if found:
        raise Problems(found)
    return organisation


def _further_faults(plain: dict[str, Any], refused: list[Path]) -> list[Problem]:
    """Faults that can be seen although some values were refused: the tree is looked at without those values.

    What stands beside a refused value is left in peace, since it may only look wrong without it.
    """
    from cxsim.organisation.checks import faults

    tree = deepcopy(plain)
    for path in refused:
        if isinstance(place := _at(tree, path[:-1]), dict):
            place.pop(path[-1], None)
    try:
        rest = Organisation.model_validate(tree)
    except ValidationError as error:
        for fault in error.errors():  # what may not be left out is one, for the time being
            if fault["type"] == "missing" and isinstance(place := _at(tree, tuple(fault["loc"][:-1])), dict):
                place[fault["loc"][-1]] = 1
        try:
            rest = Organisation.model_validate(tree)
        except ValidationError:
            return []
    beside = [path[:-1] for path in refused]
    return [p for p in faults(rest) if not any(p.path[: len(b)] == b for b in beside if b)]


def _at(tree: Any, path: Path) -> Any:
    """What stands at a path of plain data; None if nothing does."""
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _kind(value: object) -> str:
    return {list: "a list", str: "a text", type(None): "nothing"}.get(type(value), type(value).__name__)


def problems_of(error: ValidationError, model: type[Record], plain: Any) -> list[Problem]:
    """pydantic's faults in our words: path, what, value, suggestion."""
    problems = []
    for fault in error.errors():
        path: Path = tuple(fault["loc"])
        value = fault.get("input")
        if fault["type"] == "extra_forbidden":
            what = f"unknown name '{path[-1]}'" + nearest(str(path[-1]), _names_beside(model, path))
        elif fault["type"] == "missing":
            what = "missing"
        elif fault["type"] in ("dict_type", "model_type", "model_attributes_type"):
            what = f"a mapping belongs here, not {_kind(value)}"
        elif fault["type"] == "list_type":
            what = f"a list belongs here, not {_kind(value)}"
        elif fault["type"] == "value_error":
            what = fault["msg"].removeprefix("Value error, ")
        else:
            text = fault["msg"][0].lower() + fault["msg"][1:]
            what = text.replace("input should be", "should be") + f" (it is {value!r})"
        problems.append(Problem(path, what))
    return problems


def _names_beside(model: type[Record], path: Path) -> list[str]:
    """Names valid where the last part of `path` stands; walks annotations, dictionaries and lists."""
    from typing import get_args

    place: Any = model
    for part in path[:-1]:
        options = [place, *get_args(place)]
        records = [o for o in _flat(options) if isinstance(o, type) and issubclass(o, Record)]
        by_field = [r for r in records if str(part) in r.model_fields]
        if by_field:
            place = by_field[0].model_fields[str(part)].annotation
        else:  # a key of a dictionary or an index of a list: its value type
            args = get_args(place)
            place = args[-1] if args else place
            nested = get_args(place)
            if place is type(None) and args:
                place = args[0]
            del nested
    records = [o for o in _flat([place]) if isinstance(o, type) and issubclass(o, Record)]
    return [name for r in records for name in r.model_fields]


def _flat(types: list[Any]) -> list[Any]:
    from typing import get_args, get_origin

    out: list[Any] = []
    for t in types:
        if get_origin(t) is not None and get_origin(t) not in (dict, list):
            out += _flat(list(get_args(t)))
        else:
            out.append(t)
    return out
