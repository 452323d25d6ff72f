"""A case with closed forms of its own: an organisation, the values it must give, and a fault that must be noticed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.state.plan import Names, Plan, names_of, plans_of
from theory.gate import ENGINE, SEED, Effort, Quantity, Sums, Tree, Verdict, estimate, organisation_of

YEAR_IN_WEEKS = 365.25 / 7.0
normal = NormalDist()
Observe = Callable[[runs.Run, Names, Effort], Sums]
Later = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Expected:
    """A quantity with its value after theory."""

    definition: str
    value: float
    quantity: Quantity


@dataclass(frozen=True)
class Case:
    """What a closed form gives for an organisation of `conf/organisation/theory`."""

    name: str
    description: str
    """The model in words, the form, and where it comes from."""
    expected: dict[str, Expected]
    observe: Observe
    recorded: Effort
    light: Effort
    fault: str
    """A wrong model in words."""
    faulty: Mapping[str, Any]
    """What makes the organisation wrong: values by path."""
    notices: str
    """The quantity that shows it."""
    later: Later | None = None
    """A week in which the organisation changes, and what changes then."""


def with_values(tree: Tree, values: Mapping[str, Any]) -> Tree:
    """The organisation with values put in at their paths."""
    out: Tree = {key: dict(part) if isinstance(part, dict) else part for key, part in tree.items()}
    for path, value in values.items():
        *inner, last = path.split(".")
        at = out
        for key in inner:
            at[key] = dict(at.get(key, {}))
            at = at[key]
        at[last] = value
    return out


def lived(
    name: str, later: Later | None, observe: Observe, effort: Effort, values: Mapping[str, Any], replication: int
) -> Sums:
    """One replication of a case, perhaps with a fault in it."""
    tree = with_values(organisation_of(name), values)
    dated = [(0.0, read_organisation(tree))]
    if later is not None:
        week, changes = later
        dated.append((week * WEEK, read_organisation(with_values(tree, changes))))
    names = names_of([o for _, o in dated])
    timeline: Sequence[tuple[float, Plan]] = plans_of(dated, names, effort.weeks, effort.warm_up)
    run = runs.start(timeline[0][1], names, SEED, replication, effort.weeks, effort.warm_up)
    runs.finish(runs.advance(run, timeline, effort.weeks * WEEK, ENGINE), timeline)
    return observe(run, names, effort)


def sums_of(
    case: Case, effort: Effort, values: Mapping[str, Any] | None = None, map_: Callable[..., Any] = map
) -> list[Sums]:
    """Every replication of a case."""
    one = partial(lived, case.name, case.later, case.observe, effort, values or {})
    return list(map_(one, range(effort.replications)))


def judge(case: Case, replications: Sequence[Sums], largest: float) -> Iterator[Verdict]:
    """Each quantity of a case against theory."""
    for name, e in case.expected.items():
        simulated, error = estimate(e.quantity, replications)
        if error <= 1e-12 * abs(simulated):  # the same in every replication: nothing random in it
            error = 0.0
        yield Verdict(case.name, name, e.definition, e.value, simulated, error, len(replications), largest)


def over(sd: float, of: Callable[[float], float]) -> float:
    """Mean of a function over a normal level of mean zero, by the quantiles of 4,000 equal parts."""
    return float(np.mean([of(sd * normal.inv_cdf((i + 0.5) / 4000)) for i in range(4000)]))


def leaves(churn: float, link: float, level: float) -> float:
    """Chance to leave in a week: that of a year at level zero, and log-odds that fall by `link` for each SD."""
    h = 1.0 - (1.0 - churn) ** (1.0 / YEAR_IN_WEEKS)
    return 1.0 / (1.0 + math.exp(link * level - math.log(h / (1.0 - h))))
