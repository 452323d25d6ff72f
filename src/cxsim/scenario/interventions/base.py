"""What every intervention is: a frozen record that makes one organisation out of another, and describes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import product
from typing import Annotated, Any, Self, cast

from pydantic import BeforeValidator, PlainSerializer, WrapValidator

from cxsim.calendars.durations import minutes, parse_duration
from cxsim.files.problems import Path, Problem, Problems, dotted, nearest, problem
from cxsim.organisation import Organisation, read_organisation, reread_organisation
from cxsim.organisation.base import Record
from cxsim.organisation.visits import reached

Tree = dict[str, Any]
"""An organisation, or a part of it, as plain data."""


class Intervention(Record, ABC):
    """One typed change of an organisation."""

    def apply(self, organisation: Organisation) -> Organisation:
        """The organisation after the change; the given one is left as it is.

        A change that changes nothing gives back the organisation itself.  Raises `Problems` with paths inside
        the intervention.
        """
        found = list(self.faults(organisation))
        if found:
            raise Problems(found)
        tree = deepcopy(organisation.tree)
        self.edit(tree, organisation)
        if repr(tree) == repr(organisation.tree):
            return organisation
        try:
            after = read_organisation(tree)
        except Problems as impossible:
            raise Problems([_placed(p, organisation) for p in impossible.problems]) from None
        lost = list(lost_controls(organisation, after))
        if lost:
            raise Problems(lost)
        return organisation if same(organisation, after) else after

    def again(self, organisation: Organisation) -> Organisation:
        """As `apply`, where the same change was made of an organisation that differs in a few numbers only.

        Whether it can be made, and all that would be wrong with what it makes, is not looked at again.
        """
        tree = deepcopy(organisation.tree)
        self.edit(tree, organisation)
        return reread_organisation(tree, organisation)

    @abstractmethod
    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        """What keeps the change from being made: names that do not exist, values that do not fit."""

    @abstractmethod
    def edit(self, tree: Tree, organisation: Organisation) -> None:
        """Make the change in `tree`, a copy of the organisation's; `faults` found nothing."""

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        """The change at a degree of its strength, above 0 and below 1, counted from `organisation`, as it is before.

        Raises `Problems` for a kind that is made whole or not at all.
        """
        raise problem((), "is made whole or not at all")

    def describe(self, organisation: Organisation | None = None) -> str:
        """One plain sentence to read aloud; with the organisation, its titles instead of bare names."""
        text = self.sentence(organisation)
        return text[0].upper() + text[1:]

    @abstractmethod
    def sentence(self, organisation: Organisation | None) -> str:
        """The sentence, before its first letter is made a capital."""

    def stages(self) -> tuple[float, ...]:
        """Minutes after its start at which it takes another form; 0 is one of them."""
        # One intervention may take several forms over time (cross-training: first the training, then the skill):
        # `stages` gives the times, `form_at` the form.
        return (0.0,)

    def form_at(self, since: float) -> Self:
        """The form it has `since` minutes after its start; its final form, where it has one form only."""
        return self

    def brings(self) -> frozenset[str]:
        """Names that exist only once the change is made."""
        return frozenset()


def scaled_fields(change: Intervention, degree: float, *fields: str) -> Intervention:
    """The change with some of its numbers at a degree of what they are."""
    return change.model_copy(update={f: degree * getattr(change, f) for f in fields})


def between(before: float, then: float, degree: float) -> float:
    """A number on its way from what it is to what it will be."""
    return before + (then - before) * degree


def same(a: Organisation, b: Organisation) -> bool:
    """Whether two organisations are the same, in the same order (shifts and steps are dealt in order)."""
    return a is b or repr(a) == repr(b)


def _placed(fault: Problem, organisation: Organisation) -> Problem:
    """A fault of the organisation that a change would make, as a fault of the change."""
    block, *way = fault.path or ("",)
    steps = organisation.routes.get(str(way[0]), {}) if block == "routes" and len(way) == 2 else {}
    step = steps.get(str(way[-1])) if steps else None
    if step is not None and step.control and "cannot be reached" in fault.what:
        return Problem((), GONE_ROUND.format(route=way[0], step=way[1], who=""))
    return Problem((), f"makes an impossible organisation: {dotted(fault.path)}: {fault.what}")


GONE_ROUND = (
    "route '{route}' would go round its control '{step}'{who}; "
    "a control may only go with a replacement: 'remove_step' with 'replaced_by'"
)


def lost_controls(before: Organisation, after: Organisation) -> Iterator[Problem]:
    """Controls that are gone, or no longer controls, or never come to, without a step that takes over."""
    found = False
    for name, route in before.routes.items():
        now = after.routes.get(name, {})
        moved = after.moved.get(name, {})
        for step in [s for s, spec in route.items() if spec.control]:
            holder = moved.get(step, step)
            if name in after.routes and not (holder in now and now[holder].control):
                found = True
                yield Problem((), f"route '{name}' would lose its control '{step}' without a replacement")
    if not found:
        yield from _gone_round(before, after)


def _gone_round(before: Organisation, after: Organisation) -> Iterator[Problem]:
    """Controls that some contacts came to before, and that none of their kind comes to any more."""
    reported: set[tuple[str, str]] = set()
    for name, segment, channel in product(before.reasons, before.segments, before.channels):
        then = _controls(before, name, segment, channel)
        if not then or name not in after.reasons or segment not in after.segments or channel not in after.channels:
            continue
        route = before.reasons[name].route
        moved = after.moved.get(route, {})
        now = _controls(after, name, segment, channel)
        if now and after.reasons[name].route != route:
            continue  # another route, with a control of its own
        for step in sorted(then):
            if moved.get(step, step) not in now and (route, step) not in reported:
                reported.add((route, step))
                who = f" for reason '{name}', segment '{segment}', channel '{channel}'"
                yield Problem((), GONE_ROUND.format(route=route, step=step, who=who))


def _controls(o: Organisation, reason: str, segment: str, channel: str) -> set[str]:
    """Controls that cases with a reason may come to."""
    spec = o.reasons[reason]
    route = o.routes[spec.route]
    if not any(step.control for step in route.values()):
        return set()
    door = spec.enters.get(channel, next(iter(route)))
    return {step for step in reached(route, door, segment, channel, o) if route[step].control}


def unknown(path: Path, kind: str, name: str | None, known: Iterable[str]) -> Iterator[Problem]:
    """A fault if `name` is given and is not one of `known`."""
    names = list(known)
    if name is not None and name not in names:
        yield Problem(path, f"no {kind} '{name}'{nearest(name, names)}")


def unknown_step(organisation: Organisation, route: str, step: str, at: Path = ("step",)) -> Iterator[Problem]:
    """Faults if the route, or the step in it, does not exist."""
    yield from unknown(("route",), "route", route, organisation.routes)
    if route in organisation.routes:
        steps = organisation.routes[route]
        if step not in steps:
            elsewhere = [r for r, other in organisation.routes.items() if step in other]
            hint = f"; it is a step of route '{elsewhere[0]}'" if elsewhere else nearest(step, steps)
            yield Problem(at, f"no step '{step}' in route '{route}'{hint}")


def title(organisation: Organisation | None, block: str, *names: str) -> str:
    """What a team, reason, channel or step is called in a sentence."""
    node: Any = {} if organisation is None else getattr(organisation, block)
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return getattr(node, "title", "") or names[-1].replace("_", " ")


def listing(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = list(words) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def percent(share: float) -> str:
    """0.35 → ``35 %``."""
    return f"{100 * share:.3g} %"


def _check_minutes(value: Any) -> Any:
    minutes(value)
    return value


def _check_span(value: Any) -> Any:
    parse_duration(value)
    return value


Lasting = Annotated[Any, BeforeValidator(_check_minutes)]
"""A duration with its unit ("3 min"), kept as written, since it goes into an organisation file."""
LastingSpan = Annotated[Any, BeforeValidator(_check_span)]
"""The same; may count working time ("2 working days")."""


def _as_written(value: Any, validate: Any) -> Any:
    validate(value)
    return value


KEPT = (WrapValidator(_as_written), PlainSerializer(lambda value: value))
"""Annotation of a record that is checked, but kept as written: ``Annotated[Standard, *KEPT]``."""


def plain(record: object) -> Tree:
    """The plain data of a field annotated with `KEPT`."""
    return deepcopy(cast(Tree, record))


def given(record: Record, *fields: str) -> Tree:
    """Those of the fields that were stated."""
    return {f: deepcopy(getattr(record, f)) for f in fields if f in record.model_fields_set}
