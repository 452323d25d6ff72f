"""Lines of waiting visits for the compiled engine: whose nodes are the visit rows.

Order: priority, then age, then the row's key, as in the SimPy engine.  Who comes behind everybody else, as nearly all
do, joins the end of a chain; who does not (priority, an older promise) goes into a pairing heap next to it.  A node is
void once its row's stamp has moved on (the customer has left); void nodes go when they come to the front, or when
their row lines up again.

Pairing heap: Fredman, Sedgewick, Sleator & Tarjan 1986, "The pairing heap: a new form of self-adjusting heap".
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
        "names": ["stamp", "age", "key", "queue", "priority", "chained", "child", "sibling", "before", "case"],
        "formats": ["i8", "f8", "i8", *["i4"] * 7],
        "itemsize": 64,
    },
    align=True,
)
"""A visit row's place in line; `queue`: -1, in none.  `chained`: it is in the chain, `sibling` is the row behind it and
`before` the one before it; else `before` is its parent if it is the first child, or the sibling before it.  `case`: the
visit's."""
ENDS = np.dtype([("front", "i8"), ("first", "i8"), ("last", "i8")], align=True)
"""A queue: the row at the top of the heap, at the head of the chain, at its end."""
NO_NODE = np.array([(-1, 0.0, 0, -1, 0, 0, -1, -1, -1, -1)], dtype=NODE)


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
    return Lines(nodes, np.full(queues, -1, dtype=np.int64).repeat(3).view(ENDS))


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


@compiled
def _meld(lines: Any, a: int, b: int) -> int:
    """Two heaps become one; its front is returned."""
    if a < 0:
        return b
    if b < 0:
        return a
    if not is_first(lines, a, b):
        a, b = b, a
    next_child = lines.nodes[a]["child"]
    lines.nodes[b]["sibling"] = next_child
    if next_child >= 0:
        lines.nodes[next_child]["before"] = b
    lines.nodes[a]["child"] = b
    lines.nodes[b]["before"] = a
    lines.nodes[a]["sibling"] = -1
    lines.nodes[a]["before"] = -1
    return a


@compiled
def _merged_children(lines: Any, v: int) -> int:
    """The children of a node as one heap: pairs from the left, then together from the right."""
    pairs = -1
    c = lines.nodes[v]["child"]
    while c >= 0:
        d = lines.nodes[c]["sibling"]
        lines.nodes[c]["sibling"] = -1
        lines.nodes[c]["before"] = -1
        rest = -1
        if d >= 0:
            rest = lines.nodes[d]["sibling"]
            lines.nodes[d]["sibling"] = -1
            lines.nodes[d]["before"] = -1
        m = _meld(lines, c, d)
        lines.nodes[m]["sibling"] = pairs  # the pairs wait in a chain
        pairs = m
        c = rest
    heap = -1
    while pairs >= 0:
        c = lines.nodes[pairs]["sibling"]
        lines.nodes[pairs]["sibling"] = -1
        heap = _meld(lines, heap, pairs)
        pairs = c
    lines.nodes[v]["child"] = -1
    return heap


@inlined
def remove(lines: Any, v: int) -> None:
    """Row v's node leaves its line."""
    node = lines.nodes[v]
    if node["chained"] == 0:
        _leave_heap(lines, v)
        return
    ends = lines.ends[node["queue"]]
    node["queue"] = -1
    b = node["before"]
    s = node["sibling"]
    if b >= 0:
        lines.nodes[b]["sibling"] = s
    else:
        ends["first"] = s
    if s >= 0:
        lines.nodes[s]["before"] = b
    else:
        ends["last"] = b
    node["sibling"] = -1
    node["before"] = -1


@compiled
def _leave_heap(lines: Any, v: int) -> None:
    """The same for one that is not in the chain."""
    node = lines.nodes[v]
    ends = lines.ends[node["queue"]]
    node["queue"] = -1
    heap = _merged_children(lines, v)
    if ends["front"] == v:
        ends["front"] = heap
        return
    b = node["before"]
    s = node["sibling"]
    if lines.nodes[b]["child"] == v:
        lines.nodes[b]["child"] = s
    else:
        lines.nodes[b]["sibling"] = s
    if s >= 0:
        lines.nodes[s]["before"] = b
    node["sibling"] = -1
    node["before"] = -1
    ends["front"] = _meld(lines, ends["front"], heap)


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
    node["case"] = visit["case"]
    last = ends["last"]
    if last < 0 or is_first(lines, last, v):
        node["chained"] = 1
        node["before"] = last
        if last >= 0:
            lines.nodes[last]["sibling"] = v
        else:
            ends["first"] = v
        ends["last"] = v
    else:
        node["chained"] = 0
        ends["front"] = _meld(lines, ends["front"], v)


@inlined
def head(w: World, lines: Any, q: int) -> int:
    """First of a line who still waits, -1 if none does."""
    ends = lines.ends[q]
    while ends["first"] >= 0 and _is_void(w, lines, ends["first"]):
        remove(lines, ends["first"])
    while ends["front"] >= 0 and _is_void(w, lines, ends["front"]):
        remove(lines, ends["front"])
    v = ends["front"]
    first = ends["first"]
    if v < 0 or (first >= 0 and is_first(lines, first, v)):
        return int(first)
    return int(v)


@inlined
def _is_void(w: World, lines: Any, v: int) -> bool:
    """Whether row v does not wait any more."""
    return bool(lines.nodes[v]["stamp"] != w.visits[v]["stamp"])
