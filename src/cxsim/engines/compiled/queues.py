"""Queues of waiting visits for the compiled engine: whose nodes are the visit rows.

Order: priority, then age, then the row's key, as in the SimPy engine.  A queue is a chain in that order.  Nearly all
join at its end; who does not (priority, an older promise) is put in its place, looked for from both ends at once.  A
node is void once its row's stamp has moved on (the customer has left); void nodes go when they come to the front, or
when their row joins a queue again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.native.compiling import compiled, inlined
from cxsim.native.layout import aligned
from cxsim.native.records import Table
from cxsim.state.world import World

NODE = np.dtype(
    {
        "names": ["stamp", "age", "key", "queue", "priority", "before", "behind"],
        "formats": ["i8", "f8", "i8", *["i4"] * 4],
        "itemsize": 64,
    },
    align=True,
)
"""A visit row's place in a queue; `queue`: -1, in none.  `before`, `behind`: the rows around it."""
ENDS = np.dtype([("first", "i8"), ("last", "i8")], align=True)
"""A queue: the row at its head, and at its end."""
NO_NODE = np.array([(-1, 0.0, 0, -1, 0, -1, -1)], dtype=NODE)


class Queues(NamedTuple):
    """Who waits, in which order; -1: no row."""

    nodes: Table
    """[visit row]"""
    ends: Table
    """[queue]"""


def empty_queues(queues: int, rows: int) -> Queues:
    """Queues in which nobody waits."""
    nodes = aligned(rows, NODE)
    # by words: field by field takes ten times as long
    nodes.view(np.int64).reshape(rows, -1)[:] = NO_NODE.view(np.int64)
    return Queues(nodes, np.full(queues, -1, dtype=np.int64).repeat(2).view(ENDS))


def longer_queues(waiting: Queues, rows: int) -> Queues:
    """The same queues with room for `rows`."""
    nodes, _ = empty_queues(1, rows)
    nodes[: len(waiting.nodes)] = waiting.nodes
    return waiting._replace(nodes=nodes)


@inlined
def is_first(waiting: Any, a: int, b: int) -> bool:
    """Whether row a stands before row b."""
    one = waiting.nodes[a]
    other = waiting.nodes[b]
    if one["priority"] != other["priority"]:
        return bool(one["priority"] < other["priority"])
    if one["age"] != other["age"]:
        return bool(one["age"] < other["age"])
    return bool(one["key"] < other["key"])


@inlined
def remove(waiting: Any, v: int) -> None:
    """Row v's node leaves its queue."""
    node = waiting.nodes[v]
    ends = waiting.ends[node["queue"]]
    node["queue"] = -1
    before = node["before"]
    behind = node["behind"]
    if before >= 0:
        waiting.nodes[before]["behind"] = behind
    else:
        ends["first"] = behind
    if behind >= 0:
        waiting.nodes[behind]["before"] = before
    else:
        ends["last"] = before


@inlined
def join_queue(w: World, waiting: Any, v: int) -> None:
    """Visit v joins its queue."""
    node = waiting.nodes[v]
    if node["queue"] >= 0:
        remove(waiting, v)
    visit = w.visits[v]
    ends = waiting.ends[visit["queue"]]
    node["queue"] = visit["queue"]
    node["priority"] = visit["priority"]
    node["age"] = visit["age_at"]
    node["key"] = visit["key"]
    node["stamp"] = visit["stamp"]
    before = ends["last"]
    if before >= 0 and is_first(waiting, v, before):
        before = _row_before(waiting, v, before, ends["first"])
    behind = waiting.nodes[before]["behind"] if before >= 0 else ends["first"]
    node["before"] = before
    node["behind"] = behind
    if before >= 0:
        waiting.nodes[before]["behind"] = v
    else:
        ends["first"] = v
    if behind >= 0:
        waiting.nodes[behind]["before"] = v
    else:
        ends["last"] = v


@compiled
def _row_before(waiting: Any, v: int, last: int, first: int) -> int:
    """Row that v comes directly behind, -1: none; looked for from both ends: few stand in the middle."""
    while True:
        if is_first(waiting, v, first):
            return int(waiting.nodes[first]["before"])
        if not is_first(waiting, v, last):
            return last
        first = waiting.nodes[first]["behind"]
        last = waiting.nodes[last]["before"]


@inlined
def head(w: World, waiting: Any, q: int) -> int:
    """First of a queue who still waits, -1 if none does."""
    ends = waiting.ends[q]
    while ends["first"] >= 0 and _is_void(w, waiting, ends["first"]):
        remove(waiting, ends["first"])
    return int(ends["first"])


@inlined
def _is_void(w: World, waiting: Any, v: int) -> bool:
    """Whether row v does not wait any more."""
    return bool(waiting.nodes[v]["stamp"] != w.visits[v]["stamp"])
