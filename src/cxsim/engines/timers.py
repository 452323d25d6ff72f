"""Timers of the compiled engine: what is due next, in the total order of events.

Each thing that can fall due (a visit row, a stream, an agent's mark, an agent's return) has one timer, which is moved
when it is set again.  Two 4-ary heaps (LaMarca & Ladner 1996) hold them: most events are minutes away, and those of
the coming hour need not pass by the redials and letters of the coming weeks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.jit import compiled, inlined
from cxsim.plan.tables import Ints, Table

ARITY = 4
HANDLED = -1
"""Order of the timer whose event is happening; setting it again gives it a proper one."""
SOON = 60.0
"""Minutes ahead that count as soon."""

TIMER = np.dtype([("time", "f8"), ("order", "i8"), ("row", "i8")], align=True)


class Timers(NamedTuple):
    """Two heaps end to end, each with room for every row, and where each row's timer lies."""

    heap: Table
    place: Ints
    """[row] index into `heap`, -1: not set."""
    counts: Ints
    """Timers in the heap of what is soon, and in that of what is later."""


def no_timers(rows: int) -> Timers:
    """None of `rows` timers is set."""
    return Timers(np.zeros(2 * rows, dtype=TIMER), np.full(rows, -1, dtype=np.int64), np.zeros(2, dtype=np.int64))


def more_timers(timers: Timers, rows: int) -> Timers:
    """The same timers with room for `rows`; rows keep their numbers."""
    old = len(timers.place)
    soon, later = timers.counts
    wider = no_timers(rows)
    wider.heap[:soon] = timers.heap[:soon]
    wider.heap[rows : rows + later] = timers.heap[old : old + later]
    for start, n in ((0, soon), (rows, later)):
        wider.place[wider.heap["row"][start : start + n]] = start + np.arange(n)
    wider.counts[:] = timers.counts
    return wider


@compiled
def set_timer(timers: Any, row: int, time: float, order: int, now: float) -> None:
    """Row `row` falls due at `time`; where it was set before, it is moved."""
    rows = len(timers.place)
    start = rows if time > now + SOON else 0
    i = timers.place[row]
    if i >= 0:
        if (i >= rows) == (start == rows):
            _replace(timers, start, i, row, time, order)
            return
        drop_timer(timers, row)
    later = 1 if start == rows else 0
    n = timers.counts[later]
    timers.counts[later] = n + 1
    _put(timers, start, _rise(timers, start, n, time, order), row, time, order)


@inlined
def first_timer(timers: Any) -> int:
    """Index of the timer that is due first, -1 if none is set."""
    rows = len(timers.place)
    if timers.counts[0] == 0:
        return rows if timers.counts[1] > 0 else -1
    if timers.counts[1] == 0:
        return 0
    soon = timers.heap[0]
    later = timers.heap[rows]
    if later["time"] < soon["time"] or (later["time"] == soon["time"] and later["order"] < soon["order"]):
        return rows
    return 0


@compiled
def drop_timer(timers: Any, row: int) -> None:
    """Row `row` is not due any more."""
    rows = len(timers.place)
    i = timers.place[row]
    later = 1 if i >= rows else 0
    start = later * rows
    timers.place[row] = -1
    n = timers.counts[later] - 1
    timers.counts[later] = n
    if i < start + n:
        last = timers.heap[start + n]
        _replace(timers, start, i, last["row"], last["time"], last["order"])


@compiled
def _replace(timers: Any, start: int, i: int, row: int, time: float, order: int) -> None:
    """Another timer takes the place of the one at index i, and moves to where it belongs."""
    old = timers.heap[i]
    if time < old["time"] or (time == old["time"] and order < old["order"]):
        _put(timers, start, _rise(timers, start, i - start, time, order), row, time, order)
    else:
        _put(timers, start, _sink(timers, start, i - start, time, order), row, time, order)


@inlined
def _put(timers: Any, start: int, i: int, row: int, time: float, order: int) -> None:
    entry = timers.heap[start + i]
    entry["time"] = time
    entry["order"] = order
    entry["row"] = row
    timers.place[row] = start + i


@compiled
def _rise(timers: Any, start: int, i: int, time: float, order: int) -> int:
    """Where a timer comes to lie that starts at i and passes later ones on the way up; those move down."""
    while i > 0:
        p = (i - 1) // ARITY
        above = timers.heap[start + p]
        if above["time"] < time or (above["time"] == time and above["order"] <= order):
            break
        _move(timers, start + p, start + i)
        i = p
    return i


@compiled
def _sink(timers: Any, start: int, i: int, time: float, order: int) -> int:
    """Where a timer comes to lie that starts at i and passes earlier ones on the way down; those move up."""
    n = timers.counts[1 if start > 0 else 0]
    while True:
        first = ARITY * i + 1
        if first >= n:
            return i
        best = first
        soonest = timers.heap[start + first]["time"]
        for k in range(first + 1, min(first + ARITY, n)):
            other = timers.heap[start + k]["time"]
            if other < soonest or (
                other == soonest and timers.heap[start + k]["order"] < timers.heap[start + best]["order"]
            ):
                best = k
                soonest = other
        if time < soonest or (time == soonest and order <= timers.heap[start + best]["order"]):
            return i
        _move(timers, start + best, start + i)
        i = best


@inlined
def _move(timers: Any, here: int, there: int) -> None:
    entry = timers.heap[here]
    space = timers.heap[there]
    space["time"] = entry["time"]
    space["order"] = entry["order"]
    space["row"] = entry["row"]
    timers.place[entry["row"]] = there
