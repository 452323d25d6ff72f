"""Queues of waiting visits for the compiled engine: whose nodes are the visit rows.

Order: priority, then age, then the row's key, as in the SimPy engine.  A queue is a chain in that order.  Nearly all
join at its end; who does not (priority, an older promise) is put in its place, looked for from both ends at once.  A
node is void once its row's stamp has moved on (the customer has left); void nodes go when they come to the front, or
when their row lines up again.
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
"""A visit row's place in line; `queue`: -1, in none.  `before`, `behind`: the rows around it."""
ENDS = np.dtype([("first", "i8"), ("last", "i8")], align=True)
"""A queue: the row at its head, and at its end."""
NO_NODE = np.array([(-1, 0.0, 0, -1, 0, -1, -1)], dtype=NODE)


class Lines(NamedTuple):
    """Who waits, in which order; -1: no row."""

    nodes: Table
    """[visit row]"""
    ends: Table
    """[queue]"""


def empty_lines(queues: int, rows: int) -> Lines:
    """Lines in which nobody waits."""
    nodes = aligned(rows, NODE)
    # by words: field by field takes ten times as long
    nodes.view(np.int64).reshape(rows, -1)[:] = NO_NODE.view(np.int64)
    return Lines(nodes, np.full(queues, -1, dtype=np.int64).repeat(2).view(ENDS))


def longer_lines(lines: Lines, rows: int) -> Lines:
    """The same lines with room for `rows`."""
    nodes, _ = empty_lines(1, rows)
    nodes[: len(lines.nodes)] = lines.nodes
    return lines._replace(nodes=nodes)


@inlined
def is_first(lines: Any, a: int, b: int) -> bool:
    """Whether row a stands before row b."""
    one = lines.nodes[a]
    other = lines.nodes[b]
    if one["priority"] != other["priority"]:
        return bool(one["priority"] < other["priority"])
    if one["age"] != other["age"]:
        return bool(one["age"] < other["age"])
    return bool(one["key"] < other["key"])


@inlined
def remove(lines: Any, v: int) -> None:
    """Row v's node leaves its line."""
    node = lines.nodes[v]
    ends = lines.ends[node["queue"]]
    node["queue"] = -1
    before = node["before"]
    behind = node["behind"]
    if before >= 0:
        lines.nodes[before]["behind"] = behind
    else:
        ends["first"] = behind
    if behind >= 0:
        lines.nodes[behind]["before"] = before
    else:
        ends["last"] = before


@inlined
def join_queue(w: World, lines: Any, v: int) -> None:
    """Visit v joins its line."""
    node = lines.nodes[v]
    if node["queue"] >= 0:
        remove(lines, v)
    visit = w.visits[v]
    ends = lines.ends[visit["queue"]]
    node["queue"] = visit["queue"]
    node["priority"] = visit["priority"]
    node["age"] = visit["age_at"]
    node["key"] = visit["key"]
    node["stamp"] = visit["stamp"]
    before = ends["last"]
    if before >= 0 and is_first(lines, v, before):
        before = _row_before(lines, v, before, ends["first"])
    behind = lines.nodes[before]["behind"] if before >= 0 else ends["first"]
    node["before"] = before
    node["behind"] = behind
    if before >= 0:
        lines.nodes[before]["behind"] = v
    else:
        ends["first"] = v
    if behind >= 0:
        lines.nodes[behind]["before"] = v
    else:
        ends["last"] = v


@compiled
def _row_before(lines: Any, v: int, last: int, first: int) -> int:
    """Row that v comes directly behind, -1: none; looked for from both ends: few stand in the middle."""
    while True:
        if is_first(lines, v, first):
            return int(lines.nodes[first]["before"])
        if not is_first(lines, v, last):
            return last
        first = lines.nodes[first]["behind"]
        last = lines.nodes[last]["before"]


@inlined
def head(w: World, lines: Any, q: int) -> int:
    """First of a line who still waits, -1 if none does."""
    ends = lines.ends[q]
    while ends["first"] >= 0 and _is_void(w, lines, ends["first"]):
        remove(lines, ends["first"])
    return int(ends["first"])


@inlined
def _is_void(w: World, lines: Any, v: int) -> bool:
    """Whether row v does not wait any more."""
    return bool(lines.nodes[v]["stamp"] != w.visits[v]["stamp"])
