"""Where rows are many, those that will be looked at soon are brought near while other things are done.

It reads nothing into a result: a run is the same without it.
"""

from __future__ import annotations

from typing import Any

from cxsim.engines.compiled.timers import SOON
from cxsim.engines.compiled.wheel import AHEAD, next_ahead
from cxsim.native.compiling import compiled, inlined
from cxsim.native.tables import prefetch
from cxsim.state.state import COMING, FREE_CASES, FREE_VISITS, SERVED
from cxsim.state.world import World

NEAR = 8192
"""Visit rows that the nearer caches hold as a rule, with all that belongs to them."""


@inlined
def is_far(w: World) -> bool:
    """Whether rows are so many that they do not stay in the processor's nearer caches."""
    return len(w.visits) > NEAR


@inlined
def fetch(w: World, v: int, c: int) -> None:
    """A visit and its case will be looked at soon."""
    prefetch(w.visits, v)
    prefetch(w.cases, c)


@inlined
def fetch_behind(w: World, loop: Any, v: int) -> None:
    """Whoever stands behind row v in its line is likely to be next."""
    behind = loop.nodes[v]["sibling"]
    if behind >= 0:
        fetch(w, behind, loop.nodes[behind]["case"])


@inlined
def fetch_ahead(w: World, loop: Any, visits: int) -> None:
    """A visit of the next slot is fetched with its case; `visits`: the first of the visits' timers."""
    row = next_ahead(loop)
    after = loop.counts[AHEAD]
    if after >= 0:
        prefetch(loop.rows, after)
    if row >= visits:
        fetch(w, row - visits, loop.rows[row]["case"])


@compiled
def fetch_others(w: World, loop: Any, visits: int) -> None:
    """The customers and agents of the slot that begins, whose visits and cases have been fetched."""
    for i in range(loop.counts[SOON]):
        timer = loop.heap[i]
        if timer["row"] < visits:
            continue
        c = timer["case"]
        visit = w.visits[timer["row"] - visits]
        prefetch(w.customers, w.cases[c]["customer"])
        prefetch(w.passes[c], max(visit["step"], 0))
        if visit["status"] == COMING:
            prefetch(loop.nodes, timer["row"] - visits)
        elif visit["status"] == SERVED:
            prefetch(w.agents, visit["agent"])


@inlined
def fetch_free(w: World, loop: Any, visits: int) -> None:
    """The rows of the next case and its first visit."""
    v = w.free_visits[w.counters[FREE_VISITS] - 1]
    fetch(w, v, w.free_cases[w.counters[FREE_CASES] - 1])
    prefetch(loop.rows, visits + v)
    prefetch(loop.nodes, v)
