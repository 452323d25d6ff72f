"""Who is idle: agents on duty with nothing in hand, in order by pool, so that finding one takes no search."""

from __future__ import annotations

from cxsim.native.compiling import inlined
from cxsim.state.world import World


@inlined
def enter_idle(w: World, a: int) -> None:
    """Agent a has nothing in hand: who has been idle longest stands first in the pool, of several the lowest number."""
    pool = w.roster[a]["pool"]
    agent = w.agents[a]
    if pool < 0 or agent["idle"] == 1:
        return
    since = agent["idle_since"]
    before = w.idle_last[pool]
    while before >= 0 and (
        w.agents[before]["idle_since"] > since or (w.agents[before]["idle_since"] == since and before > a)
    ):
        before = w.agents[before]["idle_before"]
    after = w.agents[before]["idle_after"] if before >= 0 else w.idle_first[pool]
    agent["idle"] = 1
    agent["idle_before"] = before
    agent["idle_after"] = after
    if before >= 0:
        w.agents[before]["idle_after"] = a
    else:
        w.idle_first[pool] = a
    if after >= 0:
        w.agents[after]["idle_before"] = a
    else:
        w.idle_last[pool] = a


@inlined
def leave_idle(w: World, a: int) -> None:
    """Agent a is not idle any more."""
    agent = w.agents[a]
    if agent["idle"] == 0:
        return
    agent["idle"] = 0
    pool = w.roster[a]["pool"]
    before = agent["idle_before"]
    after = agent["idle_after"]
    agent["idle_before"] = -1
    agent["idle_after"] = -1
    if before >= 0:
        w.agents[before]["idle_after"] = after
    else:
        w.idle_first[pool] = after
    if after >= 0:
        w.agents[after]["idle_before"] = before
    else:
        w.idle_last[pool] = before


@inlined
def stands_before(w: World, a: int, b: int) -> bool:
    """Whether of two agents a is taken: fewest skills, then longest idle, then lowest number."""
    skills = w.roster[a]["skills"]
    others = w.roster[b]["skills"]
    if skills != others:
        return bool(skills < others)
    since = w.agents[a]["idle_since"]
    other = w.agents[b]["idle_since"]
    return bool(since < other or (since == other and a < b))
