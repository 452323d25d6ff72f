"""The organisation: all that is assumed about a service, as one frozen record that a planner can read and edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import PrivateAttr, ValidationError

from cxsim.files.problems import Path, Problem, Problems, called
from cxsim.organisation.base import Day, Hours, Record
from cxsim.organisation.customers import Behaviour, Channel, Demand, Profile, Reason, Segment
from cxsim.organisation.experience import Economics, Experience
from cxsim.organisation.loyalty import Loyalty
from cxsim.organisation.people import People
from cxsim.organisation.recovery import Recovery
from cxsim.organisation.refusals import problems_of
from cxsim.organisation.sales import Sales, Supplier
from cxsim.organisation.sources import Assumption, source_faults, without_sources
from cxsim.organisation.texts import value_faults
from cxsim.organisation.work import SkillEffect, Step, Team

Route = dict[str, Step]


class Calendar(Record):
    """Local time of the organisation."""

    start: Day
    """Date of time 0, the end of the warm-up."""
    timezone: str | None = None
    """IANA name, for clock changes; none: every day has 24 hours."""
    holidays: str | None = None
    """Country, or country-subdivision, of the public holidays ("GB", "GB-ENG")."""
    extra_holidays: list[Day] = []
    working: Hours = {"mon-fri": "09:00-17:00"}
    """Hours in which working time counts."""


class Organisation(Record):
    """All that is assumed about a service: the baseline's record, or one that a scenario makes of it."""

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
    loyalty: Loyalty = Loyalty()
    people: People = People()
    sales: Sales = Sales()
    suppliers: dict[str, Supplier] = {}
    """Pressure and proficiency of suppliers by the name that steps give; others have neither."""
    recovery: Recovery | None = None

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
        raise Problems([Problem((), f"an organisation is a mapping, not {called(tree)}")])
    if not tree:
        raise Problems([Problem((), "empty: no organisation in it")])
    unreadable = list(value_faults(tree))
    if unreadable:  # what is no text cannot be read any further
        raise Problems(unreadable)
    misstated = source_faults(tree)
    plain, assumptions = without_sources(dict(tree))
    try:
        organisation = Organisation.model_validate(plain)
    except ValidationError as error:
        reported = {fault.path for fault in misstated}
        found = [fault for fault in problems_of(error, Organisation) if fault.path not in reported]
        raise Problems([*misstated, *found, *_further_faults(plain, [p.path for p in found])]) from None
    organisation._tree = plain
    organisation._assumptions = assumptions
    found = [*misstated, *faults(organisation)]
    if found:
        raise Problems(found)
    return organisation


NAMED = ("segments", "channels", "profiles", "reasons", "routes", "teams")
"""Blocks of an organisation that are mappings by name."""


def reread_organisation(tree: dict[str, Any], before: Organisation) -> Organisation:
    """As `read_organisation`, of a plain tree that differs from the one before in a few numbers only.

    What is equal is taken over, and whether all of it can be is not looked at again.  Raises `Problems` for a value
    that cannot be.
    """
    mixed: dict[str, Any] = {}
    for block, given in tree.items():
        old = before.tree.get(block)
        if given == old:
            mixed[block] = getattr(before, block)
        elif block in NAMED and isinstance(old, dict):
            records = getattr(before, block)
            mixed[block] = {name: records[name] if old.get(name) == now else now for name, now in given.items()}
        else:
            mixed[block] = given
    try:
        organisation = Organisation.model_validate(mixed)
    except ValidationError as error:
        raise Problems(list(problems_of(error, Organisation))) from None
    organisation._tree = tree
    return organisation


STAND_INS: tuple[Any, ...] = (1, "1 min", {}, [])
"""Values tried where one is missing, so that the rest can be looked at."""


def _further_faults(plain: dict[str, Any], refused: list[Path]) -> list[Problem]:
    """Faults that can be seen although some values were refused: the tree is looked at without those values.

    What stands next to or around a refused value, or names it, is left in peace: it may only look wrong without it.
    """
    from cxsim.organisation.checks import faults

    tree = deepcopy(plain)
    if () in refused:
        return []
    for path in refused:
        if isinstance(place := _at(tree, path[:-1]), dict):
            place.pop(path[-1], None)
    tried: Counter[Path] = Counter()
    while True:
        try:
            rest = Organisation.model_validate(tree)
            break
        except ValidationError as error:
            for loc in {_stated(tree, tuple(fault["loc"])) for fault in error.errors()}:
                place = _at(tree, loc[:-1])
                if not isinstance(place, dict) or tried[loc] == len(STAND_INS):
                    return []
                place[loc[-1]] = STAND_INS[tried[loc]]
                tried[loc] += 1

    def may_follow(fault: Problem) -> bool:
        named = any(f"'{path[-1]}'" in fault.what for path in refused if len(path) == 2)
        named = named or any(
            f"no {str(path[0]).removesuffix('s')} '" in fault.what for path in refused if len(path) == 1
        )
        around = any(path[: len(fault.path)] == fault.path for path in refused)
        return named or around or any(fault.path[: len(b)] == b for path in refused if (b := path[:-1]))

    return [fault for fault in faults(rest, refused) if not may_follow(fault)]


def _stated(tree: Any, path: Path) -> Path:
    """The part of a path that leads through mappings to a name, there or missing."""
    for end in range(len(path)):
        if not isinstance(_at(tree, path[:end]), dict):
            return path[:end]
    return path


def _at(tree: Any, path: Path) -> Any:
    """What stands at a path of plain data; None if nothing does."""
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree
