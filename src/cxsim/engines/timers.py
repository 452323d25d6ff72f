"""Timers of the compiled engine: what is due next, in the total order of events.

Each thing that can fall due (a visit row, a stream, an agent's mark, an agent's return) has one timer, which is moved
when it is set again.  Three 4-ary heaps (LaMarca & Ladner 1996) hold them: most events are minutes away, and those of
the coming hour need not pass by the redials and letters of the coming weeks, nor by the streams of demand.

The timer whose event is happening stays on top of its heap until another one needs a place: most events set one.  A
time is held as a whole number in the order of times, and empty places at the end hold the last of all, so that the
first of four timers is found without a jump that is hard to guess.  The four lie in one line of the processor's cache;
what orders simultaneous events lies elsewhere, for it is seldom asked for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.jit import compiled, inlined, time_key
from cxsim.layout import CACHE_LINE, aligned
from cxsim.plan.tables import Ints, Table

ARITY = 4
SOON, LATER, STREAMS, HAPPENING = range(4)
"""Heaps, and the last row of `counts`."""
FIRST_OF_ALL = 0
"""Order of the timer whose event is happening: nothing passes it."""
NEVER = 0x7FF0000000000001
"""Keys of empty places begin here, behind the last of times; each has its own, so that no two are equal."""
WITHIN = 60.0
"""Minutes ahead that count as soon."""

TIMER = np.dtype([("key", "i8"), ("row", "i8")], align=True)


class Timers(NamedTuple):
    """Three heaps end to end, each with room for every row, and where each row's timer lies."""

    heap: Table
    place: NDArray[np.int32]
    """[row] index into `heap`, -1: not set."""
    order: Ints
    """[row] its place among what falls due at the same time; FIRST_OF_ALL while its event happens."""
    counts: Ints
    """Timers in each heap; row whose event is happening, -1: none."""


def no_timers(rows: int) -> Timers:
    """None of `rows` timers is set."""
    heap = _places(3 * _room(rows))
    counts = np.array([0, 0, 0, -1], dtype=np.int64)
    return Timers(heap, np.full(rows, -1, dtype=np.int32), np.zeros(rows, dtype=np.int64), counts)


@inlined
def _room(rows: int) -> int:
    """Places of a heap, in whole lines of the cache; some behind the last timer are empty."""
    return (rows + 2 * ARITY) & -ARITY


def _places(n: int) -> Table:
    """Empty places; those at 1, 5, 9 ... begin a line of the cache."""
    before = CACHE_LINE // TIMER.itemsize - 1
    places = aligned(before + n, TIMER)[before:]
    places["key"] = NEVER + np.arange(n)
    return places


def more_timers(timers: Timers, rows: int) -> Timers:
    """The same timers with room for `rows`; rows keep their numbers."""
    old, new = _room(len(timers.place)), _room(rows)
    wider = no_timers(rows)
    for which in (SOON, LATER, STREAMS):
        n = timers.counts[which]
        wider.heap[which * new :][:n] = timers.heap[which * old :][:n]
        wider.place[wider.heap["row"][which * new :][:n]] = which * new + np.arange(n)
    wider.order[: len(timers.order)] = timers.order
    wider.counts[:] = timers.counts
    return wider


@inlined
def first_timer(timers: Any) -> int:
    """Index of the timer that is due first; its key is NEVER if none is set."""
    rows = _room(len(timers.place))
    return _first_of(timers, _first_of(timers, 0, rows), 2 * rows)


@inlined
def take_first(timers: Any, first: int) -> int:
    """The event of the timer at this index happens now; its row is returned."""
    row = timers.heap[first]["row"]
    timers.order[row] = FIRST_OF_ALL
    timers.counts[HAPPENING] = row
    return int(row)


@inlined
def put_away(timers: Any) -> None:
    """The event is over: its timer goes, unless it was set again or another one has its place."""
    row = timers.counts[HAPPENING]
    if row >= 0:
        timers.counts[HAPPENING] = -1
        _drop(timers, row)


@inlined
def set_timer(timers: Any, row: int, time: float, order: int, now: float) -> None:
    """Row `row` of a visit or an agent falls due at `time`; where it was set before, it is moved."""
    rows = _room(len(timers.place))
    which = LATER if time > now + WITHIN else SOON
    start = which * rows
    key = time_key(time)
    i = timers.place[row]
    happening = timers.counts[HAPPENING]
    if i >= 0:
        if row == happening:
            timers.counts[HAPPENING] = -1
        if (i >= rows) == (which == LATER):
            _replace(timers, start, timers.counts[which], i, row, key, order)
            return
        _drop(timers, row)
    elif happening >= 0:
        i = timers.place[happening]
        if i < 2 * rows and (i >= rows) == (which == LATER):
            timers.order[row] = order
            timers.counts[HAPPENING] = -1
            timers.place[happening] = -1
            _sink(timers, start, timers.counts[which], i - start, row, key)
            return
    n = timers.counts[which]
    timers.counts[which] = n + 1
    timers.order[row] = order
    _rise(timers, start, n, row, key)


@inlined
def unset_timer(timers: Any, row: int) -> None:
    """Row `row` is not due any more, if it was; while its event happens, that is seen to by `put_away`."""
    if timers.place[row] >= 0 and row != timers.counts[HAPPENING]:
        _drop(timers, row)


@inlined
def set_stream(timers: Any, row: int, time: float, order: int) -> None:
    """The stream of this row has its next candidate at `time`; as a rule its last one is what happens now."""
    start = STREAMS * _room(len(timers.place))
    i = timers.place[row]
    if row == timers.counts[HAPPENING]:
        timers.counts[HAPPENING] = -1
    if i < 0:
        i = start + timers.counts[STREAMS]
        timers.counts[STREAMS] += 1
    _replace(timers, start, timers.counts[STREAMS], i, row, time_key(time), order)


@compiled
def _drop(timers: Any, row: int) -> None:
    """Row `row` is not due any more."""
    rows = _room(len(timers.place))
    i = timers.place[row]
    which = int(i >= rows) + int(i >= 2 * rows)
    start = which * rows
    timers.place[row] = -1
    n = timers.counts[which] - 1
    timers.counts[which] = n
    last = timers.heap[start + n]
    key = last["key"]
    last["key"] = NEVER + start + n
    if i < start + n:
        _replace(timers, start, n, i, last["row"], key, timers.order[last["row"]])


@inlined
def _replace(timers: Any, start: int, n: int, i: int, row: int, key: int, order: int) -> None:
    """Another timer takes the place of the one at index i, and moves to where it belongs."""
    old = timers.heap[i]
    sooner = key < old["key"] or (key == old["key"] and order < timers.order[old["row"]])
    timers.order[row] = order
    if sooner:
        _rise(timers, start, i - start, row, key)
    else:
        _sink(timers, start, n, i - start, row, key)


@inlined
def _is_before(timers: Any, key: int, row: int, other_key: int, other_row: int) -> bool:
    """Whether one timer comes before another in the total order of events."""
    if key == other_key:
        return bool(timers.order[row] < timers.order[other_row])
    return key < other_key


@inlined
def _put(timers: Any, there: int, row: int, key: int) -> None:
    entry = timers.heap[there]
    entry["key"] = key
    entry["row"] = row
    timers.place[row] = there


@compiled
def _rise(timers: Any, start: int, i: int, row: int, key: int) -> None:
    """A timer that starts at i passes later ones on the way up; those move down."""
    while i > 0:
        p = (i - 1) >> 2
        above = timers.heap[start + p]
        if not _is_before(timers, key, row, above["key"], above["row"]):
            break
        _put(timers, start + i, above["row"], above["key"])
        i = p
    _put(timers, start + i, row, key)


@inlined
def _first_of(timers: Any, i: int, k: int) -> int:
    """Which of the timers at two indices is due first."""
    one = timers.heap[i]
    other = timers.heap[k]
    return i + (k - i) * int(_is_before(timers, other["key"], other["row"], one["key"], one["row"]))


@compiled
def _sink(timers: Any, start: int, n: int, i: int, row: int, key: int) -> None:
    """A timer that starts at i passes earlier ones of its heap of n on the way down; those move up.

    Behind the last timer of a heap there are empty places, which come last of all.
    """
    while True:
        below = ARITY * i + 1
        if below >= n:
            break
        below += start
        best = _first_of(timers, _first_of(timers, below, below + 1), _first_of(timers, below + 2, below + 3))
        first = timers.heap[best]
        if not _is_before(timers, first["key"], first["row"], key, row):
            break
        _put(timers, start + i, first["row"], first["key"])
        i = best - start
    _put(timers, start + i, row, key)
