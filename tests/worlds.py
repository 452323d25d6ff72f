"""Tiny organisations and how to run them: a case per reason, constant times, so that a log can be worked out on paper.

All times of a tiny world are minutes after Monday 10:00, the tenth hour of its first week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from types import ModuleType
from typing import Any

import pytest

from conservation import conserved
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.native.compiling import ENABLED
from cxsim.organisation import read_organisation
from cxsim.state.plan import Names, Plan, names_of, plans_of
from observed import TEN, Observed

Tree = dict[str, Any]

WARM_UP_WEEKS = 4
DAY = 1440.0

CES_CUTS = [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0]
NPS_CUTS = [-3.0, -2.5, -2.0, -1.5, -1.2, -0.9, -0.7, -0.3, 0.1, 0.7]

both_engines = pytest.mark.parametrize("engine", sorted(runs.ENGINES))
"""The contract: every engine passes every test."""

of_compiled_code = pytest.mark.skipif(
    not ENABLED, reason="of compiled code, with more rows than rules can go through as Python (NUMBA_DISABLE_JIT=1)"
)


def merged(tree: Mapping[str, Any], changes: Mapping[str, Any]) -> Tree:
    """The tree with changes put in; None takes a key out."""
    out = deepcopy(dict(tree))
    for key, value in changes.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out


def tiny(arrivals: Mapping[str, Any], steps: Mapping[str, Any], **changes: Any) -> Tree:
    """One segment, a phone that is always open, one route `r`, a team `desk` of one agent on duty for ever.

    arrivals: by reason, when its case comes (the next one four weeks later), or an interarrival distribution.
    steps: the route; a step without a kind of its own is work for the desk.
    """
    route = {}
    for name, given in steps.items():
        own = {"team", "delay", "self_service", "parallel"} & set(given)
        route[name] = dict(given) if own else {"team": "desk", **given}
    reasons = {}
    for name, at in arrivals.items():
        distribution = f"{WARM_UP_WEEKS * WEEK + TEN + at} min" if isinstance(at, int | float) else at
        reasons[name] = {"arrivals": {"all": {"interarrival": distribution}}, "channels": {"phone": 1}, "route": "r"}
    tree: Tree = {
        "title": "Tiny",
        "calendar": {"start": "2026-01-05"},  # a Monday
        "segments": {"all": {"customers": 100, "relationship": {"mean": 0, "sd": 0}}},
        "channels": {"phone": {"presence": "present"}},
        "reasons": reasons,
        "routes": {"r": route},
        "teams": {"desk": {"department": "service", "agents": 1, "shifts": {"all": {"hours": "always"}}}},
        "behaviour": {"p_redial": 0, "p_recontact": 0, "p_return_call": 0},
        "experience": {"ces_cuts": CES_CUTS, "nps_cuts": NPS_CUTS},
        "economics": {"currency": "EUR", "price_year": 2026},
    }
    return merged(tree, changes)


def crew(agents: int, **more: Any) -> Tree:
    """A team on duty for ever."""
    return {"department": "service", "agents": agents, "shifts": {"all": {"hours": "always"}}, **more}


def prepared(
    changes: Sequence[tuple[float, Tree]], weeks: int, warm_up_weeks: int
) -> tuple[Names, tuple[tuple[float, Plan], ...]]:
    """Names and plans of a timeline of trees."""
    seen = [(at, read_organisation(tree)) for at, tree in changes]
    names = names_of([o for _, o in seen])
    return names, plans_of(seen, names, weeks, warm_up_weeks)


def play(
    tree: Tree | Sequence[tuple[float, Tree]],
    until: float,
    engine: str,
    *,
    seed: int = 1,
    replication: int = 0,
    stops: Sequence[float] = (),
    finish: bool = True,
) -> Observed:
    """Run a tree, or a timeline of trees, until `until`; times are minutes after Monday 10:00."""
    changes = [(0.0, tree)] if isinstance(tree, dict) else [(at + TEN if at else 0.0, t) for at, t in tree]
    weeks = int((until + TEN) // WEEK) + 1
    names, timeline = prepared(changes, weeks, WARM_UP_WEEKS)
    run = runs.start(timeline[0][1], names, seed, replication, weeks, WARM_UP_WEEKS, trace=True)
    for stop in (*stops, until):
        runs.advance(run, timeline, stop + TEN, engine)
    seen = Observed(names, run, timeline)
    if finish:
        runs.finish(run, timeline)
        conserved(seen)
    return seen


@contextmanager
def as_python(*modules: ModuleType) -> Iterator[None]:
    """Rules of these modules run as Python, also when they call each other: a small stand-in can be their world."""
    kept = [(m, n, f) for m in modules for n, f in vars(m).items() if hasattr(f, "py_func")]
    for m, n, f in kept:
        setattr(m, n, f.py_func)
    yield
    for m, n, f in kept:
        setattr(m, n, f)
