"""What is uncertain: numbers with a range, drawn anew in each replication, the same in every scenario.

The random number behind a value is addressed by its own name, so two scenarios that make the same change draw the
same effect, and a further number leaves the others alone.  Drawn is from the triangle with its peak at `about` and
its ends at `between`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from cxsim.calendars.durations import minutes
from cxsim.files.problems import Path, Problems, dotted
from cxsim.model.draws import of_assumption
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.sources import Assumption
from cxsim.probability.random_numbers import name_word
from cxsim.scenario import Scenario, with_numbers
from cxsim.scenario.interventions import KINDS
from cxsim.scenario.interventions.base import Tree
from cxsim.study.settings import Settings

TRIES = 20
"""Organisations drawn in search of one that can be; ranges that allow for none are refused."""
TEAMS = ("team", "who")
UNITS = " min"


@dataclass(frozen=True)
class Drawing:
    """What is drawn anew in each replication, and for which study."""

    organisation: Organisation
    scenarios: tuple[Scenario, ...]
    settings: Settings


class Draw(NamedTuple):
    """An organisation and scenarios with every range drawn, and what was drawn."""

    organisation: Organisation
    scenarios: tuple[Scenario, ...]
    numbers: dict[str, float]
    """By name; durations in minutes."""


def triangle(low: float, peak: float, high: float, u: float) -> float:
    """Quantile of the triangular distribution."""
    if high <= low:
        return peak
    peak = min(max(peak, low), high)
    split = (peak - low) / (high - low)
    if u <= split:
        return float(low + (u * (high - low) * (peak - low)) ** 0.5)
    return float(high - ((1.0 - u) * (high - low) * (high - peak)) ** 0.5)


def drawn_for(drawing: Drawing, replication: int) -> Draw:
    """What one replication of a study assumes: as many in a row as a draw has runs assume the same."""
    settings = drawing.settings
    number = replication // settings.runs_per_draw
    return draw(drawing.organisation, drawing.scenarios, settings.vary, settings.seed, number)


def draw(organisation: Organisation, scenarios: Sequence[Scenario], vary: str, seed: int, number: int) -> Draw:
    """What the replications of one draw assume.

    vary: "scenario" draws the ranges of the scenarios, "everything" those of the organisation too.  Raises `Problems`
    if no organisation within the ranges is possible.
    """
    values: dict[str, float] = {}
    drawn, last = organisation, None
    for again in range(TRIES if vary == "everything" else 0):
        found = {n.name: (n, value) for n, value in _drawn(organisation.assumptions, seed, number, again)}
        try:
            drawn = read_organisation(_with(organisation.tree, [(n.path, value) for n, value in found.values()]))
        except Problems as impossible:
            last = impossible
            continue
        values = {name: value for name, (_, value) in found.items()}
        last = None
        break
    if last is not None:
        raise last
    made = []
    for scenario in scenarios:
        found_here = list(_drawn(scenario.assumptions, seed, number, 0, scenario))
        given = {n.path: _as_stated(n, value) for n, value in found_here}
        values |= {called(n, scenario): value for n, value in found_here}
        made.append(with_numbers(scenario, given, drawn))
    return Draw(drawn, tuple(made), values)


def _drawn(
    numbers: Sequence[Assumption], seed: int, replication: int, again: int, scenario: Scenario | None = None
) -> Iterator[tuple[Assumption, float]]:
    """The numbers that have a range, each with what is drawn of it; durations in minutes."""
    for n in numbers:
        read = [_number(x) for x in (n.low, n.value, n.high)]
        if n.low is None or any(x is None for x in read):
            continue
        low, peak, high = (float(x) for x in read if x is not None)
        # Numbers are drawn apart from one another, each by its name; in a scenario by the kind of change and what it is
        # about, not by its place in the file: a pilot and a big bang of one change then share its effect.
        word = name_word(n.name if scenario is None else called(n, scenario))
        yield n, triangle(low, peak, high, of_assumption(seed, replication, word, again))


def called(n: Assumption, scenario: Scenario) -> str:
    """A number of a scenario by what it is, not by where it stands: kind, the names in it, and the value's own name."""
    place = next((k for k, part in enumerate(n.path) if part == "interventions"), None)
    if place is None:
        return f"scenario: {n.name}"
    entry: Any = scenario.written
    for part in n.path[: place + 2]:
        entry = entry[part]
    kind = next(k for k in entry if k in KINDS)
    made = entry[kind] if isinstance(entry[kind], dict) else {}
    names = [f"{k} {_spoken(v)}" for k, v in sorted(made.items()) if _names(v) and k not in TEAMS]
    rest = n.path[place + 2 :]
    return f"scenario: {dotted(rest if rest[0] == kind else (kind, *rest))}" + (
        f" ({', '.join(names)})" if names else ""
    )


def _spoken(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _names(value: Any) -> bool:
    """Whether a value names what a change is about: a name, or a list of names."""
    given = value if isinstance(value, list) else [value]
    return bool(given) and all(isinstance(x, str) and not any(c.isdigit() for c in x) for x in given)


def _number(value: Any) -> float | None:
    """A number, or minutes of a duration; None for what is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return minutes(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_stated(n: Assumption, value: float) -> Any:
    """What was drawn, as it stands in a file."""
    return f"{value!r}{UNITS}" if isinstance(n.value, str) else value


def _with(tree: Tree, values: Sequence[tuple[Path, float]]) -> Tree:
    """A plain tree with numbers put in; a whole number stays one, and a duration has its unit."""
    out = deepcopy(tree)
    for path, value in values:
        node: Any = out
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = f"{value!r}{UNITS}" if isinstance(node[path[-1]], str) else value
    return out
