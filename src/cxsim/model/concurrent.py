"""Who takes one more contact than those in hand: the least loaded of the agents who may."""

from __future__ import annotations

from cxsim.model.idle import stands_before
from cxsim.native.compiling import inlined
from cxsim.state.world import World


@inlined
def may_hold_more(w: World, a: int, at_once: int) -> bool:
    """Whether agent a is at work on contacts that can be held together, fewer than `at_once`."""
    agent = w.agents[a]
    load = agent["load"]
    return bool(
        load > 0 and load < at_once and agent["concurrent"] == 1 and agent["on_duty"] == 1 and agent["resting"] == 0
    )


@inlined
def is_less_loaded(w: World, a: int, b: int) -> bool:
    """Whether of two agents a is the first to take one more contact."""
    load = w.agents[a]["load"]
    other = w.agents[b]["load"]
    return bool(load < other or (load == other and stands_before(w, a, b)))
