"""A customer experience board as data: when it meets, what it reads, what it may spend, and its backlog.

What it decides follows from what is measured while a scenario runs (`cxsim.engines.board`); here is only what it may
do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError

from cxsim.calendars.constants import WEEK
from cxsim.calendars.durations import minutes
from cxsim.files.problems import Path, Problem, Problems, called, nearest
from cxsim.organisation import Calendar, Organisation
from cxsim.organisation.base import Count, NonNegative, Record
from cxsim.organisation.refusals import problems_of
from cxsim.organisation.sources import Assumption
from cxsim.scenario.dated import Costs
from cxsim.scenario.entries import Entries, sourced
from cxsim.scenario.interventions import Intervention, kind_of
from cxsim.scenario.interventions.base import title

Read = Literal["surveys", "contacts", "complaints", "shoppers", "ideas"]
READS: tuple[Read, ...] = ("surveys", "contacts", "complaints", "shoppers", "ideas")
"""What a board may read: answers, the log of contacts, complaints, mystery shoppers' journeys, employees' ideas."""
SURVEYS, CONTACTS, COMPLAINTS, SHOPPERS, IDEAS = READS
ONE = "one intervention belongs here, such as {call_back: {...}}; dates and costs are the item's"
YEAR = 52
"""Weeks of running cost that a board commits when it starts something."""


def _weeks(value: Any) -> float:
    found = minutes(value)
    if found % WEEK:
        raise ValueError(f"{value!r}: the board counts in whole weeks; write it like '2 weeks'")
    return found


Weeks = Annotated[float, BeforeValidator(_weeks)]
"""A duration of whole weeks, held in minutes."""


class Place(Record):
    """Where a pain point may lie: all that is stated has to fit."""

    reason: str | None = None
    """Contact reason."""
    step: str | None = None
    """Step of the reason's route."""
    team: str | None = None
    """Team that does the step."""


class Item(Record):
    """Something a board may start."""

    title: str
    because: str = ""
    fits: Annotated[list[Place], Field(min_length=1)]
    """Pain points it is meant for."""
    lead_time: Weeks = 0.0
    """From the decision until it is in force."""
    judged_after: Annotated[Weeks, Field(gt=0.0)] | None = None
    """Weeks in force before it is judged; none: the board's."""
    interventions: tuple[SerializeAsAny[Intervention], ...]
    costs: Costs = Costs()
    """Once: when it comes into force; a week: as long as it stays."""

    @property
    def commits(self) -> float:
        """What its start commits of the budget: its one-off cost and a year of its weekly cost."""
        return self.costs.once + YEAR * self.costs.per_week


class Board(Record):
    """A customer experience board; it meets at the close of weeks, metrics and projects by turns."""

    every: Annotated[Weeks, Field(gt=0.0)] = 2 * WEEK
    """Between meetings."""
    first: Annotated[Weeks, Field(gt=0.0)] | None = None
    """First meeting after time 0, which looks at metrics; none: after `every`."""
    capacity: Annotated[int, Field(ge=1)] = 2
    """Projects at a time, from their start until they are judged."""
    budget: NonNegative | None = None
    """What it may commit in all: one-off costs and a year of weekly costs of all it keeps; none: no limit."""
    reads: list[Read] = list(READS)
    looks_back: Annotated[Weeks, Field(gt=0.0)] = 4 * WEEK
    """Weeks of data on the table, at most."""
    judges_after: Annotated[Weeks, Field(gt=0.0)] = 4 * WEEK
    """Weeks that a project is in force before it is judged."""
    looks_again: Count = 1
    """Project reviews after the first one before an unclear project is decided anyway."""
    weights: dict[str, NonNegative] = {}
    """How much a contact counts in the ranking, by contact reason; 1 where none is stated."""
    nominates: Annotated[int, Field(ge=1)] = 5
    """Worst pain points that something may be started for."""
    by_effort: bool = False
    """Whether items are taken by the unhappy contacts they are meant for, per money they commit; if not, what fits the
    worst pain point comes first, whatever it costs."""
    sure: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.9
    """Confidence of the intervals on the table."""
    shoppers: Count = 8
    """Journeys between two meetings on metrics."""
    shopper_error: NonNegative = 0.2
    """How far a shopper's times are off, coefficient of variation."""
    ideas: NonNegative = 1.5
    """A person and year, in an ordinary mood."""
    per_meeting: NonNegative = 0.0
    """Cost of a meeting, its preparation included."""
    backlog: tuple[Item, ...] = ()

    @property
    def first_at(self) -> float:
        """The first meeting, minutes after time 0."""
        return self.every if self.first is None else self.first

    def number_at(self, t: float) -> int:
        """Number of the meeting at t, from 1 on; 0: there is none."""
        number, rest = divmod(t - self.first_at, self.every)
        return int(number) + 1 if number >= 0.0 and rest == 0.0 else 0

    def metrics(self, number: int) -> bool:
        """Whether a meeting looks at metrics; if not, it reviews projects."""
        return number % 2 == 1


def read_board(given: Any, calendar: Calendar) -> tuple[Board, tuple[Assumption, ...]]:
    """A board from plain data, and its numbers with paths inside it; raises `Problems` with paths inside it."""
    if not isinstance(given, Mapping):
        raise Problems([Problem((), f"a mapping belongs here, such as {{every: 2 weeks}}, not {called(given)}")])
    numbers: list[Assumption] = []
    found: list[Problem] = []
    items: list[Item] = []
    backlog = given.get("backlog", [])
    if not isinstance(backlog, list | tuple):
        found.append(Problem(("backlog",), f"a list belongs here, not {called(backlog)}"))
        backlog = []
    for i, entry in enumerate(backlog):
        entries = Entries(calendar)
        try:
            items.append(_read_item(entry, ("backlog", i), entries))
        except Problems as faults:
            found += faults.inside("backlog", i).problems
        numbers += entries.assumptions
    plain, own = sourced({str(k): v for k, v in given.items() if k != "backlog"}, ())
    try:
        board = Board.model_validate({**plain, "backlog": tuple(items)})
    except ValidationError as error:
        found += problems_of(error, Board)
    titles = [item.title for item in items]
    found += [
        Problem(("backlog", i, "title"), f"two items are called '{name}'")
        for i, name in enumerate(titles)
        if name in titles[:i]
    ]
    if found:
        raise Problems(found)
    return board, (*own, *numbers)


def _read_item(given: Any, path: Path, entries: Entries) -> Item:
    if not isinstance(given, Mapping):
        raise Problems(
            [Problem((), f"a mapping belongs here, with title, fits and interventions, not {called(given)}")]
        )
    found: list[Problem] = []
    written = given.get("interventions")
    if not isinstance(written, list | tuple) or not written:
        found.append(Problem(("interventions",), "a list of what would be done belongs here"))
        written = []
    for j, entry in enumerate(written):
        if not isinstance(entry, Mapping) or len(entry) != 1:
            found.append(Problem(("interventions", j), ONE))
    if not found:
        entries.read_list(written, (*path, "interventions"))
        found += [Problem(fault.path[len(path) :], fault.what) for fault in entries.faults]
    costs = Costs()
    if "costs" in given:
        try:
            costs = entries.costs_of(given["costs"], (*path, "costs"))
        except Problems as faults:
            found += faults.inside("costs").problems
    plain = {str(k): v for k, v in given.items() if k not in ("interventions", "costs")}
    timed, own = sourced({key: plain[key] for key in ("lead_time", "judged_after") if key in plain}, path)
    entries.assumptions += own
    made = tuple(dated.intervention for dated in entries.dated)
    try:
        item = Item.model_validate({**plain, **timed, "interventions": made, "costs": costs})
    except ValidationError as error:
        raise Problems([*found, *problems_of(error, Item)]) from None
    if found:
        raise Problems(found)
    return item


def board_faults(board: Board, stages: Sequence[Organisation]) -> Iterator[Problem]:
    """What in a backlog does not fit the organisations that a scenario's own interventions make, paths inside it."""
    first = stages[0]
    for reason in board.weights:
        if reason not in first.reasons:
            yield Problem(("weights", reason), f"no reason '{reason}'{nearest(reason, first.reasons)}")
    for i, item in enumerate(board.backlog):
        for j, place in enumerate(item.fits):
            for fault in _unfit(place, first):
                yield Problem(("backlog", i, "fits", j, *fault.path), fault.what)
        for stage in stages:
            faults = list(_unmade(item, stage, i))
            yield from faults
            if faults:
                break


def _unfit(place: Place, o: Organisation) -> Iterator[Problem]:
    if place == Place():
        yield Problem((), "a reason, a step or a team belongs here")
    if place.reason is not None and place.reason not in o.reasons:
        yield Problem(("reason",), f"no reason '{place.reason}'{nearest(place.reason, o.reasons)}")
        return
    if place.team is not None and place.team not in o.teams:
        yield Problem(("team",), f"no team '{place.team}'{nearest(place.team, o.teams)}")
    routes = o.routes if place.reason is None else {"": o.routes[o.reasons[place.reason].route]}
    steps = {step for route in routes.values() for step in route}
    if place.step is not None and place.step not in steps:
        yield Problem(("step",), f"no step '{place.step}'{nearest(place.step, sorted(steps))}")


def _unmade(item: Item, organisation: Organisation, i: int) -> Iterator[Problem]:
    """What keeps an item from being made by itself."""
    for j, intervention in enumerate(item.interventions):
        try:
            organisation = intervention.apply(organisation)
        except Problems as faults:
            yield from faults.inside("backlog", i, "interventions", j, kind_of(intervention)).problems
            return


def fits(item: Item, reason: str, step: str, team: str) -> bool:
    """Whether an item is meant for a pain point."""
    return any(
        place.reason in (None, reason) and place.step in (None, step) and place.team in (None, team)
        for place in item.fits
    )


def places_text(item: Item, organisation: Organisation) -> str:
    """What an item is meant for, in words."""
    places = []
    for place in item.fits:
        parts = [f"“{title(organisation, 'reasons', place.reason)}”"] if place.reason else []
        parts += [f"step {place.step.replace('_', ' ')}"] if place.step else []
        parts += [f"work of {title(organisation, 'teams', place.team)}"] if place.team else []
        places.append(", ".join(parts))
    return "; ".join(places)
