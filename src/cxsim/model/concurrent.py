"""Who may take a contact next to those in hand: by pool a tree of matches, whose winner is found without a search.

An agent has a leaf; each node above holds the better of the two below it: the less loaded, then who would be taken
first of idle ones.  A change goes up until a match ends as before.  Tournament tree: Knuth 1973, The Art of Computer
Programming 3, section 5.4.1, "Multiway merging and replacement selection".
"""

from __future__ import annotations

from cxsim.model.idle import stands_before
from cxsim.native.compiling import compiled, inlined
from cxsim.state.world import World


@compiled
def enter_beside(w: World, a: int) -> None:
    """What agent a holds has changed, or whether it is there: it may take another contact, or may not."""
    agent = w.agents[a]
    able = agent["load"] > 0 and agent["concurrent"] == 1 and agent["on_duty"] == 1 and agent["resting"] == 0
    _play(w, a, a if able else -1)


@compiled
def leave_beside(w: World, a: int) -> None:
    """Agent a takes no other contact until it holds something else."""
    _play(w, a, -1)


@inlined
def least_loaded(w: World, pool: int) -> int:
    """Agent of a pool who is first to take one more contact than those in hand, -1: nobody may."""
    return int(w.beside[w.pools[pool]["first"] + 1])


@inlined
def is_less_loaded(w: World, a: int, b: int) -> bool:
    """Whether of two agents a is the first to take one more contact than those in hand."""
    load = w.agents[a]["load"]
    other = w.agents[b]["load"]
    return bool(load < other or (load == other and stands_before(w, a, b)))


@inlined
def _play(w: World, a: int, leaf: int) -> None:
    """The leaf of agent a holds this agent (-1: none); the matches above it are played again."""
    pool = w.roster[a]["pool"]
    if pool < 0:
        return
    first = w.pools[pool]["first"]
    i = w.pools[pool]["agents"] + w.roster[a]["place_in_pool"]
    if leaf < 0 and w.beside[first + i] < 0:
        return
    w.beside[first + i] = leaf
    while i > 1:
        one = w.beside[first + i]
        other = w.beside[first + (i ^ 1)]
        if one < 0 or (other >= 0 and is_less_loaded(w, other, one)):
            one = other
        i >>= 1
        if w.beside[first + i] == one and one != a:
            return
        w.beside[first + i] = one
