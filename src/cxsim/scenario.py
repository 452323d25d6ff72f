"""Scenarios: a dated, ordered list of interventions, and what each of them makes of an organisation when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, ValidationError

from cxsim.changes import Change as Change
from cxsim.changes import changes as changes
from cxsim.governance import Board, board_faults, read_board
from cxsim.interventions import KINDS, Intervention, kind_of, same
from cxsim.interventions.dates import WEEK, at_minutes
from cxsim.interventions.learning import STARTS
from cxsim.organisation import Calendar, Organisation
from cxsim.organisation.base import FIRST_YEAR, NonNegative, Record
from cxsim.organisation.refusals import called, problems_of
from cxsim.organisation.sources import Assumption, source_faults
from cxsim.problems import Path, Problem, Problems, nearest, problem
from cxsim.written import Costs as Costs
from cxsim.written import costs_of, intervention_of

BESIDE = (STARTS, "ends", "costs")
"""Keys that may stand beside an intervention."""


class Dated(Record):
    """An intervention with its dates and costs."""

    intervention: SerializeAsAny[Intervention]
    starts: NonNegative = 0.0
    """Minutes after time 0."""
    ends: NonNegative | None = None
    """Minutes after time 0, from which on it is as if it had never been made; None: it stays."""
    costs: Costs = Costs()

    @property
    def kind(self) -> str:
        """Its name in scenario files."""
        return kind_of(self.intervention)


class Scenario(Record):
    """What an organisation would do differently."""

    name: str
    title: str
    because: str = ""
    """Why it should help."""
    source: str = ""
    cannot_say: str = ""
    """What the model cannot represent of it."""
    interventions: tuple[Dated, ...] = ()
    board: Annotated[Board | None, Field(repr=False)] = None
    """Decides on measured data what else is done, and when."""
    hold: Literal["service_level"] | None = None
    """service_level: a study re-staffs until service is as in the baseline, and compares cost."""
    made_of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names of other scenarios, whose interventions come before its own; a comparison says how they work together.

    Files are put together when they are read (`cxsim.files`); plain data holds all interventions already.
    """
    beside: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names of other scenarios that the command runs with it, to be read side by side."""
    expected: Annotated[dict[str, Any], Field(repr=False)] = {}
    """Expected results by measure, as written."""
    assumptions: Annotated[tuple[Assumption, ...], Field(repr=False)] = ()
    """Every number of its interventions and costs, with range and source."""


BASELINE = Scenario(name="baseline", title="As it is today")
"""The empty scenario."""

BOARD, MADE_OF, BESIDE_IT = "board", "made_of", "beside"
KEYS = ("title", "because", "source", "cannot_say", "interventions", BOARD, "hold", "expected", MADE_OF, BESIDE_IT)


def read_scenario(tree: Any, organisation: Organisation, name: str) -> Scenario:
    """Validate plain data (as read from YAML) into a scenario that can be applied to `organisation`.

    Raises `Problems` with all faults: of single values, and of each intervention as the ones before it left
    the organisation.  What only follows from an earlier fault is left out.
    """
    scenario, dated, entries, found = _read(tree, organisation.calendar, name)
    bad = [entry for i, entry in enumerate(entries) if i not in dated]
    found += _faults_in_use(dated, organisation, _names_in(bad))
    if scenario.board is not None and not found:
        stages = [o for _, o in timeline(organisation, scenario)]
        found += Problems(list(board_faults(scenario.board, [organisation, *stages]))).inside(BOARD).problems
    if found:
        raise Problems(found)
    return scenario


def scenario_faults(tree: Any, name: str) -> list[Problem]:
    """What is wrong with a scenario whatever the organisation is, for when there is none to be had."""
    try:
        return _read(tree, Calendar(start=date(FIRST_YEAR, 1, 1)), name)[3]
    except Problems as faults:
        return list(faults.problems)


def _read(tree: Any, calendar: Calendar, name: str) -> tuple[Scenario, dict[int, Dated], list[Any], list[Problem]]:
    """The scenario, its readable interventions by their place, all its entries, and the faults of single values."""
    if not isinstance(tree, Mapping):
        raise problem((), f"a scenario is a mapping, not {called(tree)}")
    if not tree:
        raise problem((), "empty: no scenario in it")
    found: list[Problem] = source_faults(tree)
    given = tree.get("interventions")
    entries = list(given) if isinstance(given, list | tuple) else []
    if "interventions" not in tree and BOARD not in tree:
        found.append(Problem(("interventions",), "missing: the list of what would change"))
    elif "interventions" in tree and not isinstance(given, list | tuple):
        found.append(Problem(("interventions",), f"a list belongs here, not {called(given)}"))
    dated: dict[int, Dated] = {}
    assumptions: list[Assumption] = []
    for i, entry in enumerate(entries):
        try:
            dated[i] = _read_entry(entry, calendar, ("interventions", i), assumptions)
        except Problems as faults:
            found += faults.inside("interventions", i).problems
    scenario = BASELINE
    try:
        scenario = _head(tree, name, tuple(dated.values()), tuple(assumptions))
    except Problems as faults:
        found += faults.problems
    return scenario, dated, entries, found


def _head(tree: Mapping[str, Any], name: str, dated: tuple[Dated, ...], numbers: tuple[Assumption, ...]) -> Scenario:
    """The scenario with all but its interventions read from plain data."""
    found = [Problem((str(k),), f"unknown name '{k}'{nearest(str(k), KEYS)}") for k in tree if str(k) not in KEYS]
    rest = {str(k): v for k, v in tree.items() if str(k) in KEYS and k not in ("interventions", BOARD)}
    if BOARD in tree:
        try:
            rest[BOARD], own = read_board(tree[BOARD])
            numbers = (*numbers, *(Assumption((BOARD, *n.path), n.value, n.low, n.high, n.source) for n in own))
        except Problems as faults:
            found += faults.inside(BOARD).problems
        if "hold" in tree:
            found.append(Problem(("hold",), "a board decides as it goes; how many agents to hold is not known before"))
    try:
        scenario = Scenario.model_validate({**rest, "name": name, "interventions": dated, "assumptions": numbers})
    except ValidationError as error:
        raise Problems([*found, *problems_of(error, Scenario)]) from None
    if found:
        raise Problems(found)
    return scenario


def _read_entry(entry: Any, calendar: Calendar, path: Path, assumptions: list[Assumption]) -> Dated:
    """One entry of the list: a kind with its values, and its dates and costs beside it."""
    if not isinstance(entry, Mapping):
        raise problem((), f"a mapping with one kind of intervention belongs here, not {called(entry)}")
    kinds = [str(k) for k in entry if str(k) not in BESIDE]
    found = [
        Problem((k,), f"no kind of intervention '{k}'{nearest(k, [*KINDS, *BESIDE])}") for k in kinds if k not in KINDS
    ]
    if not kinds:
        found.append(Problem((), "no intervention in it; write its kind first, such as 'staff: {...}'"))
    elif len(kinds) > 1 and not found:
        found.append(Problem((), f"one entry holds one intervention; here: {' and '.join(kinds)}"))
    starts, ends = 0.0, None
    for key in (STARTS, "ends"):
        if key in entry:
            try:
                at = at_minutes(entry[key], calendar)
                starts, ends = (at, ends) if key == STARTS else (starts, at)
            except ValueError as reason:
                found.append(Problem((key,), str(reason)))
    if ends is not None and ends <= starts and not found:
        found.append(Problem(("ends",), f"{entry['ends']!r} is not after its start"))
    costs = Costs()
    intervention: Intervention | None = None
    if "costs" in entry:
        try:
            costs = costs_of(entry["costs"], (*path, "costs"), assumptions)
        except Problems as faults:
            found += faults.inside("costs").problems
    if len(kinds) == 1 and kinds[0] in KINDS:
        try:
            intervention = intervention_of(kinds[0], entry[kinds[0]], starts, path, assumptions)
        except Problems as faults:
            found += faults.inside(kinds[0]).problems
    if found or intervention is None:
        raise Problems(found)
    return Dated(intervention=intervention, starts=starts, ends=ends, costs=costs)


def _in_order(dated: Mapping[int, Dated]) -> list[tuple[int, Dated]]:
    return sorted(dated.items(), key=lambda item: item[1].starts)


def _names_in(entries: Sequence[Any]) -> set[str]:
    """Names that unreadable entries would have brought into being, as far as they can be told."""
    words: set[str] = set()
    for entry in entries:
        for given in entry.values() if isinstance(entry, Mapping) else ():
            if isinstance(given, Mapping):
                words |= {str(given[k]) for k in ("into", "name") if k in given}
    return words


def _faults_in_use(dated: Mapping[int, Dated], organisation: Organisation, missing: set[str]) -> list[Problem]:
    """What goes wrong when the interventions are made, in their order, and when some of them end."""
    found: list[Problem] = []
    now = organisation
    for i, item in _in_order(dated):
        try:
            now = item.intervention.apply(now)
        except Problems as faults:
            for fault in faults.inside("interventions", i, item.kind).problems:
                if not any(f"'{name}'" in fault.what for name in missing):
                    found.append(fault)
            missing |= item.intervention.brings()
    if found or missing:
        return found
    for at in sorted({d.ends for d in dated.values() if d.ends is not None}):
        try:
            _made(organisation, tuple(dated.values()), at)
        except Problems as faults:
            i = next(i for i, d in dated.items() if d.ends == at)
            found += [Problem(("interventions", i, "ends"), f"then {fault}") for fault in faults.problems]
    return found


def _made(organisation: Organisation, dated: Sequence[Dated], at: float) -> Organisation:
    """The organisation at a time: every intervention that has started and not ended, in order of start."""
    for item in sorted(dated, key=lambda d: d.starts):
        if item.starts <= at and (item.ends is None or at < item.ends):
            organisation = item.intervention.apply(organisation)
    return organisation


def timeline(organisation: Organisation, scenario: Scenario) -> tuple[tuple[float, Organisation], ...]:
    """What the organisation is from when on, in minutes after time 0; the first entry is at 0.

    Interventions of one time are made in the order of the list.  Times at which nothing changes are left out.
    """
    times = {0.0} | {t for d in scenario.interventions for t in (d.starts, d.ends) if t is not None}
    all_times = [(t, _made(organisation, scenario.interventions, t)) for t in sorted(times)]
    changed = [later for (_, before), later in pairwise(all_times) if not same(before, later[1])]
    return (all_times[0], *changed)


def scenario_costs(scenario: Scenario, weeks: float) -> tuple[tuple[str, float], ...]:
    """Cost of each intervention within the first `weeks` weeks, by kind, in the order of the list."""
    spent = []
    for item in scenario.interventions:
        end = weeks if item.ends is None else min(weeks, item.ends / WEEK)
        runs = max(0.0, end - item.starts / WEEK)
        once = item.costs.once if item.starts / WEEK < weeks else 0.0
        spent.append((item.kind, once + item.costs.per_week * runs))
    return tuple(spent)
