"""Timers of the compiled engine: what is due next, in the total order of events.

Each thing that can fall due (a visit row, a stream, an agent's mark, an agent's return) has one timer, which is moved
when it is set again.  Two 4-ary heaps (LaMarca & Ladner 1996) hold those of the arrival streams and all others.

The timer whose event is happening stays on top of its heap until another one needs a place: most events set one.  A
time is held as a whole number in the order of times, and empty places at the end hold the last of all, so that the
first of four timers is found without a jump that is hard to guess.  The four lie in one line of the processor's cache;
what orders simultaneous events lies elsewhere, for it is seldom asked for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxsim.native.compiling import compiled, inlined, time_key
from cxsim.native.layout import CACHE_LINE, aligned, copied, in_lines
from cxsim.native.records import Ints, Table

ARITY = 4
OTHERS, STREAMS, HAPPENING = range(3)
"""Heaps, and the third row of `counts`."""
FIRST_OF_ALL = 0
"""Order of the timer whose event is happening: nothing passes it."""
NEVER = 0x7FF0000000000001
"""Keys of empty places begin here, behind the last of times; each has its own, so that no two are equal."""

TIMER = np.dtype([("key", "i8"), ("row", "i8")], align=True)
NOWHERE = -1
SET = in_lines((("order", "i8"), ("armed", "i8"), ("place", "i8")))
"""How a row's timer is set: `order` among simultaneous ones; `place`: its index into the heaps, NOWHERE if it is not
set.  `armed`: stamp that the event loop has taken the row up with."""


class Timers(NamedTuple):
    """Two heaps end to end, each with room for every row, and how each row's timer is set."""

    heap: Table
    rows: Table
    """[row] `SET`; the order of a timer is FIRST_OF_ALL while its event happens."""
    counts: Ints
    """Timers in each heap; row whose event is happening, -1: none."""


def no_timers(rows: int) -> Timers:
    """None of `rows` timers is set."""
    counts = np.array([0, 0, -1], dtype=np.int64)
    return Timers(_places(2 * _room_for(rows)), _unset(aligned(rows, SET)), counts)


def _unset(rows: Table) -> Table:
    """Rows whose timers are not set and that have not been taken up."""
    rows["place"] = NOWHERE
    rows["armed"] = -1
    return rows


def _room_for(rows: int) -> int:
    """Places of a heap, in whole lines of the cache; some behind the last timer are empty."""
    return (rows + 2 * ARITY) & -ARITY


@inlined
def _room(timers: Any) -> int:
    """Places of each of the two heaps."""
    return len(timers.heap) >> 1


def _places(n: int) -> Table:
    """Empty places; those at 1, 5, 9 ... begin a line of the cache."""
    before = CACHE_LINE // TIMER.itemsize - 1
    places = aligned(before + n, TIMER)[before:]
    places["key"] = NEVER + np.arange(n)
    return places


def more_timers(timers: Timers, rows: int) -> Timers:
    """The same timers with room for `rows`; rows keep their numbers."""
    before = len(timers.rows)
    old, new = _room_for(before), _room_for(rows)
    of_rows = copied(timers.rows, rows)
    _unset(of_rows[before:])
    heap = _places(2 * new)
    for which in (OTHERS, STREAMS):
        n = timers.counts[which]
        heap[which * new :][:n] = timers.heap[which * old :][:n]
        of_rows["place"][heap["row"][which * new :][:n]] = which * new + np.arange(n)
    return Timers(heap, of_rows, timers.counts)


@inlined
def first_timer(timers: Any) -> int:
    """Index of the timer that is due first; NEVER or more is its key if none is set."""
    return _first_of(timers, 0, _room(timers))


@inlined
def take_first(timers: Any, first: int) -> int:
    """The event of the timer at this index happens now; its row is returned."""
    row = timers.heap[first]["row"]
    timers.rows[row]["order"] = FIRST_OF_ALL
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
def set_timer(timers: Any, row: int, time: float, order: int) -> None:
    """Row `row` of a visit or an agent falls due at `time`; where it was set before, it is moved."""
    one = timers.rows[row]
    key = time_key(time)
    place = one["place"]
    happening = timers.counts[HAPPENING]
    if place >= 0:
        if row == happening:
            timers.counts[HAPPENING] = -1
        _replace(timers, 0, timers.counts[OTHERS], place, row, key, order)
        return
    one["order"] = order
    if happening >= 0:
        i = timers.rows[happening]["place"]
        if i < _room(timers):
            timers.counts[HAPPENING] = -1
            timers.rows[happening]["place"] = NOWHERE
            _sink(timers, 0, timers.counts[OTHERS], i, row, key)
            return
    n = timers.counts[OTHERS]
    timers.counts[OTHERS] = n + 1
    _rise(timers, 0, n, row, key)


@inlined
def unset_timer(timers: Any, row: int) -> None:
    """Row `row` is not due any more, if it was; while its event happens, that is seen to by `put_away`."""
    if timers.rows[row]["place"] != NOWHERE and row != timers.counts[HAPPENING]:
        _drop(timers, row)


@inlined
def set_stream(timers: Any, row: int, time: float, order: int) -> None:
    """The stream of this row has its next candidate at `time`; as a rule its last one is what happens now."""
    start = _room(timers)
    i = timers.rows[row]["place"]
    if row == timers.counts[HAPPENING]:
        timers.counts[HAPPENING] = -1
    if i < 0:
        i = start + timers.counts[STREAMS]
        timers.counts[STREAMS] += 1
    _replace(timers, start, timers.counts[STREAMS], i, row, time_key(time), order)


@compiled
def _drop(timers: Any, row: int) -> None:
    """Row `row` is not due any more."""
    i = timers.rows[row]["place"]
    rows = _room(timers)
    which = STREAMS if i >= rows else OTHERS
    start = which * rows
    timers.rows[row]["place"] = NOWHERE
    n = timers.counts[which] - 1
    timers.counts[which] = n
    last = timers.heap[start + n]
    key = last["key"]
    last["key"] = NEVER + start + n
    if i < start + n:
        _replace(timers, start, n, i, last["row"], key, timers.rows[last["row"]]["order"])


@inlined
def _replace(timers: Any, start: int, n: int, i: int, row: int, key: int, order: int) -> None:
    """Another timer takes the place of the one at index i, and moves to where it belongs."""
    old = timers.heap[i]
    sooner = key < old["key"] or (key == old["key"] and order < timers.rows[old["row"]]["order"])
    timers.rows[row]["order"] = order
    if sooner:
        _rise(timers, start, i - start, row, key)
    else:
        _sink(timers, start, n, i - start, row, key)


@inlined
def _is_before(timers: Any, key: int, row: int, other_key: int, other_row: int) -> bool:
    """Whether one timer comes before another in the total order of events."""
    if key == other_key:
        return bool(timers.rows[row]["order"] < timers.rows[other_row]["order"])
    return key < other_key


@inlined
def _put(timers: Any, there: int, row: int, key: int) -> None:
    entry = timers.heap[there]
    entry["key"] = key
    entry["row"] = row
    timers.rows[row]["place"] = there


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


@inlined
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
