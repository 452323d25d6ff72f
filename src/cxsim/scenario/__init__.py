"""Scenarios: a dated, ordered list of interventions, and what each of them makes of an organisation when."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from itertools import pairwise
from math import fsum
from threading import Lock
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from cxsim.calendars.constants import WEEK
from cxsim.files.problems import Path, Problem, Problems, called, nearest, problem, unknown
from cxsim.organisation import Calendar, Organisation
from cxsim.organisation.base import FIRST_YEAR, Record
from cxsim.organisation.refusals import problems_of
from cxsim.organisation.sources import Assumption, source_faults
from cxsim.organisation.texts import value_faults
from cxsim.scenario.board import Board, board_faults, read_board
from cxsim.scenario.dated import Costs as Costs
from cxsim.scenario.dated import Dated, Phase, spent_on_phase
from cxsim.scenario.differences import Change as Change
from cxsim.scenario.differences import changes as changes
from cxsim.scenario.entries import Entries
from cxsim.scenario.interventions import Intervention, same
from cxsim.scenario.interventions.dates import MOST_REPLICATIONS, weeks_of


class Wishes(Record):
    """How long and how often a scenario wants to be run."""

    horizon: Annotated[int, Field(ge=1)] | None = None
    """Measured weeks, written as "12 years" or "52 weeks"."""
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] | None = None
    vary: Literal["nothing", "scenario", "everything"] | None = None
    """Whose ranges each replication draws anew."""

    @field_validator("horizon", mode="before")
    @classmethod
    def _in_weeks(cls, given: Any) -> Any:
        return None if given is None else weeks_of(given)


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
    """All of them, those of the phases too."""
    phases: tuple[Phase, ...] = ()
    """Of a programme, in their order."""
    board: Annotated[Board | None, Field(repr=False)] = None
    """Decides on measured data what else is done, and when."""
    study: Wishes = Wishes()
    """What a study of it would have where nobody asks for anything else."""
    hold: Literal["service_level"] | None = None
    """service_level: a study re-staffs until service is as in the baseline, and compares cost."""
    made_of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names of other scenarios, whose interventions come before its own; a comparison reports how they work together.

    Files are put together when they are read (`cxsim.scenario.loading`); plain data holds all interventions already.
    """
    comparators: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names of other scenarios that the command runs with it, to be read side by side."""
    written: Annotated[dict[str, Any], Field(repr=False)] = {}
    """As it stands in its file."""
    expected: dict[str, Literal["higher", "lower"]] = {}
    """What it is expected to do, by measure; a comparison reports what was found of it."""
    assumptions: Annotated[tuple[Assumption, ...], Field(repr=False)] = ()
    """Every number of its interventions and costs, with range and source."""


BASELINE = Scenario(name="baseline", title="Baseline")
"""The empty scenario."""

BOARD, MADE_OF, COMPARATORS = "board", "made_of", "comparators"
KEYS = (
    *("title", "because", "source", "cannot_say", "study", "phases", "interventions", BOARD),
    *("hold", "expected", MADE_OF, COMPARATORS),
)


def read_scenario(tree: Any, organisation: Organisation, name: str) -> Scenario:
    """Validate plain data (as read from YAML) into a scenario that can be applied to `organisation`.

    Raises `Problems` with all faults: of single values, and of each intervention as the ones before it left
    the organisation.  What only follows from an earlier fault is left out.
    """
    scenario, entries = _read(tree, organisation.calendar, name)
    found = [*entries.faults, *_faults_in_use(entries.dated, organisation, _names_in(entries.unreadable))]
    if BOARD in tree and any(d.judge is not None for d in entries.dated):
        found.append(Problem((BOARD,), "a pilot that is judged and a board do not go together"))
    if scenario.board is not None and not found:
        stages = [o for _, o in timeline(organisation, scenario)]
        found += Problems(list(board_faults(scenario.board, [organisation, *stages]))).inside(BOARD).problems
    if found:
        raise Problems(found)
    return scenario


def scenario_faults(tree: Any, name: str) -> list[Problem]:
    """What is wrong with a scenario whatever the organisation is, for when there is none to be had."""
    try:
        return _read(tree, Calendar(start=date(FIRST_YEAR, 1, 1)), name)[1].faults
    except Problems as faults:
        return list(faults.problems)


def with_numbers(scenario: Scenario, values: Mapping[Path, Any], organisation: Organisation) -> Scenario:
    """The scenario with other numbers at paths of its file; what a study has added to it stays.

    Whether it can be made is not looked at again.  Raises `Problems` for a number that cannot be.
    """
    if not values:
        return scenario
    tree = deepcopy(scenario.written)
    for path, value in values.items():
        node: Any = tree
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = value
    other, entries = _read(tree, organisation.calendar, scenario.name)
    if entries.faults:
        raise Problems(entries.faults)
    added = tuple(d for d in scenario.interventions if not d.place)
    return other.model_copy(update={"interventions": (*other.interventions, *added)})


def _read(tree: Any, calendar: Calendar, name: str) -> tuple[Scenario, Entries]:
    """The scenario, and its entries with the faults of single values."""
    if not isinstance(tree, Mapping):
        raise problem((), f"a scenario is a mapping, not {called(tree)}")
    if not tree:
        raise problem((), "empty: no scenario in it")
    if unreadable := list(value_faults(tree)):
        raise Problems(unreadable)
    entries = Entries(calendar, faults=source_faults(tree))
    if "interventions" in tree:
        entries.read_list(tree["interventions"], ("interventions",))
    elif "phases" not in tree and BOARD not in tree:
        entries.faults.append(Problem(("interventions",), "missing: the list of what would change"))
    if "phases" in tree:
        entries.read_phases(tree["phases"])
    scenario = BASELINE
    try:
        scenario = _head(tree, name, entries)
    except Problems as faults:
        entries.faults += faults.problems
    return scenario, entries


def _head(tree: Mapping[str, Any], name: str, entries: Entries) -> Scenario:
    """The scenario with all but its entries read from plain data."""
    found = [Problem((str(k),), unknown(k, KEYS)) for k in tree if str(k) not in KEYS]
    rest = {str(k): v for k, v in tree.items() if str(k) in KEYS and k not in ("interventions", "phases", BOARD)}
    if BOARD in tree:
        try:
            rest[BOARD], numbers = read_board(tree[BOARD], entries.calendar)
            entries.assumptions += [Assumption((BOARD, *n.path), n.value, n.low, n.high, n.source) for n in numbers]
        except Problems as faults:
            found += faults.inside(BOARD).problems
        if "hold" in tree:
            found.append(Problem(("hold",), "a board decides as it goes; how many agents to hold is not known before"))
    made = {
        "name": name,
        "interventions": tuple(entries.dated),
        "phases": tuple(entries.phases),
        "assumptions": tuple(entries.assumptions),
        "written": dict(tree),
    }
    try:
        scenario = Scenario.model_validate({**rest, **made})
    except ValidationError as error:
        raise Problems([*found, *problems_of(error, Scenario)]) from None
    if found:
        raise Problems(found)
    return scenario


def _names_in(entries: Sequence[Any]) -> set[str]:
    """Names that unreadable entries would have brought into being, as far as they are known."""
    words: set[str] = set()
    for entry in entries:
        for given in entry.values() if isinstance(entry, Mapping) else ():
            if isinstance(given, Mapping):
                words |= {str(given[k]) for k in ("into", "name") if k in given}
    return words


def _faults_in_use(dated: Sequence[Dated], organisation: Organisation, missing: set[str]) -> list[Problem]:
    """What goes wrong when the interventions are made, in their order, in part or whole, and when some of them end."""
    found: list[Problem] = []
    now = organisation
    for item in sorted(dated, key=lambda d: d.starts):
        team = item.judge.team if item.judge is not None else None
        if team is not None and team not in now.teams:
            what = f"no team '{team}'{nearest(team, now.teams)}"
            found.append(Problem((*item.place, "roll_out", "stop_unless", "team"), what))
        try:
            now = _applied(item.intervention, now)
        except Problems as faults:
            for fault in faults.inside(*item.place, item.kind).problems:
                if not any(f"'{name}'" in fault.what for name in missing):
                    found.append(fault)
            missing |= item.intervention.brings()
    if found or missing:
        return found
    made = Made(organisation)
    for at in sorted({t for d in dated if d.ends is not None or d.pilot or d.ramp for t in d.turns()}):
        try:
            made.at(dated, at)
        except Problems as faults:
            ended = next((d for d in dated if d.ends == at), None)
            if ended is not None:
                return [Problem((*ended.place, "ends"), f"then {fault}") for fault in faults.problems]
            return [Problem((), f"in week {at / WEEK:g} {fault}") for fault in faults.problems]
    return []


def _applied(change: Intervention, now: Organisation) -> Organisation:
    """As `change.apply(now)`: a scenario is first tried, then laid out in time, and most is made the same way twice."""
    with _LOCK:
        for one, before, after in _APPLIED:
            if one is change and before is now:
                return after
    after = change.apply(now)
    with _LOCK:
        _APPLIED.append((change, now, after))
    return after


_APPLIED: deque[tuple[Intervention, Organisation, Organisation]] = deque(maxlen=32)
"""The latest changes that were made, and what of what."""
_NOTHING: tuple[tuple[int, float, int], ...] = ()


class Made:
    """Organisations made of one by interventions; what several instants have in common is made once.

    Whether interventions can be made together is looked at once for each set of them, not for each degree.
    """

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._made: dict[tuple[tuple[int, float, int], ...], Organisation] = {}
        self._tried: set[tuple[tuple[int, int], ...]] = set()

    def at(self, dated: Sequence[Dated], at: float) -> Organisation:
        """The organisation at a time: every intervention to its degree, in order of start."""
        now, made = self._organisation, _NOTHING
        for i, item in sorted(enumerate(dated), key=lambda pair: pair[1].starts):
            degree, stage = item.degree(at), item.stage(at)
            if degree > 0.0:
                made = (*made, (i, degree, stage))
                if made not in self._made:
                    form = item.intervention.form_at(at - item.starts)
                    change = form if degree == 1.0 else form.partly(degree, now)
                    these = tuple((k, stage) for k, _, stage in made)
                    self._made[made] = change.again(now) if these in self._tried else _applied(change, now)
                    self._tried.add(these)
                now = self._made[made]
        return now


def timeline(organisation: Organisation, scenario: Scenario) -> tuple[tuple[float, Organisation], ...]:
    """What the organisation is from when on, in minutes after time 0; the first entry is at 0.

    Interventions of one time are made in the order of the list.  Times at which nothing changes are left out.
    """
    with _LOCK:
        for kept, whole, found in _TIMELINES:
            if kept is organisation and whole is scenario.interventions:
                return found
    made = Made(organisation)
    times = {0.0} | {t for d in scenario.interventions for t in d.instants()}
    all_times = [(t, made.at(scenario.interventions, t)) for t in sorted(times)]
    changed = [later for (_, before), later in pairwise(all_times) if not same(before, later[1])]
    found = (all_times[0], *changed)
    with _LOCK:
        _TIMELINES.append((organisation, scenario.interventions, found))
    return found


_TIMELINES: deque[tuple[Organisation, tuple[Dated, ...], tuple[tuple[float, Organisation], ...]]] = deque(maxlen=12)
"""The latest timelines: a programme of many years has a hundred organisations, and they are asked for often."""
_LOCK = Lock()


def scenario_costs(scenario: Scenario, weeks: int) -> tuple[tuple[str, float], ...]:
    """Cost of each intervention within the first `weeks` weeks, by kind, in order of the list; then of the phases."""
    spent = [(item.kind, fsum(item.spent(weeks))) for item in scenario.interventions]
    return (*spent, *((phase.title, fsum(spent_on_phase(phase, weeks))) for phase in scenario.phases))


def spent_by_week(scenario: Scenario, weeks: int) -> tuple[float, ...]:
    """What a scenario itself costs in each of the first `weeks` weeks, its phases included."""
    parts = [item.spent(weeks) for item in scenario.interventions]
    parts += [spent_on_phase(phase, weeks) for phase in scenario.phases]
    return tuple(fsum(week) for week in zip(*parts, strict=True)) if parts else (0.0,) * weeks
