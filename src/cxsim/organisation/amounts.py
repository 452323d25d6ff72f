"""Numbers that cannot be, taken together: sizes, ranges, calendars, profiles; and names that cannot be addressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cxsim.calendars.calendar import day_table
from cxsim.calendars.constants import DAY
from cxsim.calendars.durations import minutes
from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import never_open
from cxsim.organisation.headcount import most_of
from cxsim.organisation.texts import LONGEST_NAME

MOST = {"customers": 50_000_000, "agents": 100_000}
"""Customers and agents that fit into memory."""
_NAME = re.compile(r"\w(?:[^./\\\[\]{}=,:'\"\t\n]*[^\s./\\\[\]{}=,:'\"])?")
RESERVED = ("customer",)
"""Stands among departments for what customers do themselves."""


def amount_faults(o: Organisation) -> Iterator[Problem]:
    """Every fault of this kind."""
    yield from _names(o)
    yield from _sizes(o)
    yield from _calendar(o)
    yield from _profiles(o)
    yield from _ranges(o)
    for key in ("ces_cuts", "nps_cuts"):
        cuts = getattr(o.experience, key)
        if any(b <= a for a, b in pairwise(cuts)):
            yield Problem(("experience", key), f"cut-points have to rise: {cuts}")


def _names(o: Organisation) -> Iterator[Problem]:
    """Names are parts of paths (`routes.loan.check`), of cases (`everyday/loan/0/7`) and of arguments."""
    blocks: list[tuple[Path, Any]] = [
        ((block,), getattr(o, block)) for block in ("segments", "channels", "profiles", "reasons", "routes", "teams")
    ]
    blocks += [(("routes", name), route) for name, route in o.routes.items()]
    for name, team in o.teams.items():
        blocks += [(("teams", name, key), getattr(team, key)) for key in ("shifts", "skill_sets", "rights", "training")]
    for path, block in blocks:
        for name in block:
            if fault := _fault_of_name(name):
                yield Problem((*path, name), fault)
    others: list[tuple[Path, str | None]] = []
    for name, team in o.teams.items():
        others.append((("teams", name, "department"), team.department))
        others += [(("teams", name, "skills", i), skill) for i, skill in enumerate(team.skills)]
    for r, route in o.routes.items():
        for s, step in route.items():
            others += [(("routes", r, s, key), getattr(step, key)) for key in ("supplier", "needs")]
    for path, given in others:
        if given is not None and (fault := _fault_of_name(given)):
            yield Problem(path, fault)
        elif path[-1] in ("department", "supplier") and given in RESERVED:
            what = f"'{given}' stands among departments for what customers do themselves; use another name"
            yield Problem(path, what)


def _fault_of_name(name: str) -> str:
    """Why something cannot be called so; empty if it can."""
    if len(name) > LONGEST_NAME:
        return f"a name of {len(name):,} characters; use at most {LONGEST_NAME}"
    if name.startswith("(") and name.endswith(")"):
        return f"{name!r}: names in brackets are cxsim's own, such as '(all)'; leave them out"
    return "" if _NAME.fullmatch(name) else f"{name!r} is no name; use letters, digits, '_' and '-'"


def _sizes(o: Organisation) -> Iterator[Problem]:
    for block in ("segments", "channels", "reasons", "routes", "teams"):
        if not getattr(o, block):
            yield Problem((block,), "empty: at least one is needed")
    if not any(r.arrivals or any(r.cases.values()) for r in o.reasons.values()):
        yield Problem(("reasons",), "no reason has any demand ('cases' or 'arrivals')")
    customers = sum(s.slots for s in o.segments.values())
    if customers > MOST["customers"]:
        yield Problem(("segments",), f"{customers:,} customers; more than {MOST['customers']:,} do not fit into memory")
    agents = sum(max(t.agents, most_of(t.headcount or {})) + sum(t.joined.values()) for t in o.teams.values())
    if agents > MOST["agents"]:
        yield Problem(("teams",), f"{agents:,} agents; more than {MOST['agents']:,} do not fit into memory")


def _calendar(o: Organisation) -> Iterator[Problem]:
    c = o.calendar
    country, _, part = (c.holidays or "").partition("-")
    try:
        day_table(c.start, time_zone=c.timezone, first_day=0, last_day=0)
    except ValueError as reason:
        yield Problem(("calendar", "timezone"), str(reason))
    try:
        day_table(c.start, country=country or None, subdivision=part or None, first_day=0, last_day=0)
    except ValueError as reason:
        yield Problem(("calendar", "holidays"), str(reason))
    if never_open(c.working):
        yield Problem(("calendar", "working"), "no hour of the week is working time")


def _profiles(o: Organisation) -> Iterator[Problem]:
    for name, profile in o.profiles.items():
        path: Path = ("profiles", name)
        cells = len(profile.values or [])
        length = profile.every * cells
        if profile.values is not None and profile.sinusoid is not None:
            yield Problem((*path, "sinusoid"), "give 'values' or 'sinusoid', not both")
        if profile.sinusoid is not None and profile.sinusoid.period <= 0.0:
            yield Problem((*path, "sinusoid", "period"), "must be longer than 0 min")
        if profile.every <= 0.0:
            yield Problem((*path, "every"), "must be longer than 0 min")
        elif profile.values is not None and not any(profile.values):
            yield Problem((*path, "values"), "no cell is above 0, so nobody would ever get in touch")
        elif length and length % DAY and DAY % length:
            yield Problem((*path, "values"), f"{cells} cells of {profile.every:g} min are not whole days")


def _ranges(o: Organisation) -> Iterator[Problem]:
    """A number outside its own range."""
    for a in o.assumptions:
        numbers = [size for x in (a.low, a.value, a.high) if (size := _size(x)) is not None]
        if len(numbers) == 3 and numbers != sorted(numbers):
            yield Problem(a.path, f"{a.value} is not between {a.low} and {a.high}")


def _size(value: Any) -> float | None:
    """A number, or a duration in minutes; None for anything else."""
    if isinstance(value, int | float):
        return value
    try:
        return minutes(value) if isinstance(value, str) else None
    except ValueError:
        return None
