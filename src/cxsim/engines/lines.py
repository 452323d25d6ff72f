"""Lines of waiting visits for the compiled engine: whose nodes are the visit rows.

Order: priority, then age, then the row's key, as in the SimPy engine.  Who comes behind everybody else, as nearly all
do, joins the end of a chain; who does not (priority, an older promise) goes into a pairing heap beside it.  A node is
void once its row's stamp has moved on (the customer has left); void nodes go when they come to the front, or when
their row lines up again.

Pairing heap: Fredman, Sedgewick, Sleator & Tarjan 1986, "The pairing heap: a new form of self-adjusting heap".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.jit import compiled, inlined
from cxsim.plan.tables import Floats, Ints


class Lines(NamedTuple):
    """Nodes by visit row (-1: none) and the ends of each queue."""

    front: Ints
    """[queue] row at the top of the heap."""
    first: Ints
    """[queue] row at the head of the chain."""
    last: Ints
    """[queue] row at its end."""
    child: Ints
    sibling: Ints
    before: Ints
    """Parent if first child, else the sibling before; in the chain, the row before."""
    chained: Ints
    """1: the row is in the chain, `sibling` is the row behind it."""
    place: Ints
    """Queue the row's node is in, -1: none."""
    stamp: Ints
    priority: Ints
    age: Floats
    key: Ints


def empty_lines(queues: int, rows: int) -> Lines:
    """Lines in which nobody waits."""
    child, sibling, before, place, stamp = (np.full(rows, -1, dtype=np.int64) for _ in range(5))
    chained, priority, key = (np.zeros(rows, dtype=np.int64) for _ in range(3))
    front, first, last = (np.full(queues, -1, dtype=np.int64) for _ in range(3))
    return Lines(front, first, last, child, sibling, before, chained, place, stamp, priority, np.zeros(rows), key)


def longer_lines(lines: Lines, rows: int) -> Lines:
    """The same lines with room for `rows`."""
    fresh = empty_lines(1, rows - len(lines.child))
    ends = (lines.front, lines.first, lines.last)
    return Lines(*ends, *(np.concatenate(pair) for pair in zip(lines[3:], fresh[3:], strict=True)))


@inlined
def _first(lines: Any, a: int, b: int) -> bool:
    """Whether row a stands before row b."""
    if lines.priority[a] != lines.priority[b]:
        return bool(lines.priority[a] < lines.priority[b])
    if lines.age[a] != lines.age[b]:
        return bool(lines.age[a] < lines.age[b])
    return bool(lines.key[a] < lines.key[b])


@compiled
def _meld(lines: Any, a: int, b: int) -> int:
    """Two heaps become one; its front is returned."""
    if a < 0:
        return b
    if b < 0:
        return a
    if not _first(lines, a, b):
        a, b = b, a
    next_child = lines.child[a]
    lines.sibling[b] = next_child
    if next_child >= 0:
        lines.before[next_child] = b
    lines.child[a] = b
    lines.before[b] = a
    lines.sibling[a] = -1
    lines.before[a] = -1
    return a


@compiled
def _merged_children(lines: Any, v: int) -> int:
    """The children of a node as one heap: pairs from the left, then together from the right."""
    pairs = -1
    c = lines.child[v]
    while c >= 0:
        d = lines.sibling[c]
        lines.sibling[c] = -1
        lines.before[c] = -1
        rest = -1
        if d >= 0:
            rest = lines.sibling[d]
            lines.sibling[d] = -1
            lines.before[d] = -1
        m = _meld(lines, c, d)
        lines.sibling[m] = pairs  # the pairs wait in a chain
        pairs = m
        c = rest
    heap = -1
    while pairs >= 0:
        c = lines.sibling[pairs]
        lines.sibling[pairs] = -1
        heap = _meld(lines, heap, pairs)
        pairs = c
    lines.child[v] = -1
    return heap


@compiled
def remove(lines: Any, v: int) -> None:
    """Row v's node leaves its line."""
    q = lines.place[v]
    lines.place[v] = -1
    if lines.chained[v] == 1:
        b = lines.before[v]
        s = lines.sibling[v]
        if b >= 0:
            lines.sibling[b] = s
        else:
            lines.first[q] = s
        if s >= 0:
            lines.before[s] = b
        else:
            lines.last[q] = b
        lines.sibling[v] = -1
        lines.before[v] = -1
        return
    heap = _merged_children(lines, v)
    if lines.front[q] == v:
        lines.front[q] = heap
    else:
        b = lines.before[v]
        s = lines.sibling[v]
        if lines.child[b] == v:
            lines.child[b] = s
        else:
            lines.sibling[b] = s
        if s >= 0:
            lines.before[s] = b
        lines.sibling[v] = -1
        lines.before[v] = -1
        lines.front[q] = _meld(lines, lines.front[q], heap)


@inlined
def line_up(w: Any, lines: Any, v: int) -> None:
    """Visit v joins its line."""
    if lines.place[v] >= 0:
        remove(lines, v)
    visit = w.visits[v]
    lines.priority[v] = visit["priority"]
    lines.age[v] = visit["age_at"]
    lines.key[v] = visit["key"]
    lines.stamp[v] = visit["stamp"]
    q = visit["queue"]
    lines.place[v] = q
    last = lines.last[q]
    if last < 0 or _first(lines, last, v):
        lines.chained[v] = 1
        lines.before[v] = last
        if last >= 0:
            lines.sibling[last] = v
        else:
            lines.first[q] = v
        lines.last[q] = v
    else:
        lines.chained[v] = 0
        lines.front[q] = _meld(lines, lines.front[q], v)


@compiled
def head(w: Any, lines: Any, q: int) -> int:
    """First of a line who still waits, -1 if none does."""
    v = _living(w, lines, lines.front, q)
    first = _living(w, lines, lines.first, q)
    if v < 0 or (first >= 0 and _first(lines, first, v)):
        return first
    return v


@inlined
def _living(w: Any, lines: Any, heads: Any, q: int) -> int:
    """The first of a heap or chain who still waits, -1 if none does."""
    while True:
        v = heads[q]
        if v < 0 or lines.stamp[v] == w.visits[v]["stamp"]:
            return int(v)
        remove(lines, v)
