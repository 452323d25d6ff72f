"""Timers that are not due for a while: lists by the slot of time in which each falls due, in no order within it.

A timer that is moved or dropped before its slot comes, as many are, costs no more than a place in a list; and the heap
that keeps order (`cxsim.engines.compiled.timers`) holds those of one slot alone.  Where there are many rows, slots are
as much shorter, so that one holds as many events in a large organisation as in a small one.  Timing wheels: Varghese &
Lauck 1987, SOSP, "Hashed and hierarchical timing wheels".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined, time_of
from cxsim.native.layout import in_lines
from cxsim.native.records import Table

HORIZON = 65536.0
"""Minutes ahead that have lists of their own; what lies beyond them waits in the last, and is put off again.  It and
the number of lists are powers of two, so that no rounding puts an instant into another slot than its own."""
FEWEST = 1024
"""Lists of a small organisation; a larger one has as many as rows."""
SMALL = 16384
"""Rows of a small organisation, at most."""
_FAR = 1e15
"""A slot that nothing reaches: whole numbers go no further than a hundred times as far."""

NOWHERE = -1
_FIRST_LIST = -2
"""Places below it are lists: list k is place -2 - k."""

SET = in_lines(
    (
        ("key", "i8"),
        ("order", "i8"),
        ("armed", "i8"),
        ("place", "i4"),
        ("next", "i4"),
        ("before", "i4"),
    )
)
"""How a row's timer is set: when (`key`), and in which order among simultaneous ones.  `armed`: stamp that the event
loop has taken the row up with.  `place`: where the timer lies, an
index into the heaps, a list, or NOWHERE if it is not set; in a list, its neighbours, -1 for none."""


PRESENT, UNTIL = range(3, 5)
"""Rows of `counts`: the present slot; key of its end."""


def no_lists(rows: int) -> NDArray[np.int32]:
    """Nothing waits in any slot: a list for each of the slots that so many rows make."""
    slots = FEWEST if rows <= SMALL else max(FEWEST, 1 << (rows - 1).bit_length())
    return np.full(slots, -1, dtype=np.int32)


@inlined
def slot_of(timers: Any, time: float) -> int:
    """Slot that holds an instant."""
    return int(math.floor(min(time * (len(timers.lists) / HORIZON), _FAR)))


@inlined
def end_of(timers: Any, slot: int) -> float:
    """When a slot is over, minutes."""
    return float(slot + 1) * (HORIZON / len(timers.lists))


@inlined
def put_off(timers: Any, row: int, slot: int) -> None:
    """Row `row`, whose time is set, waits for its slot, which is ahead of the present one."""
    lists = len(timers.lists)
    k = min(slot, timers.counts[PRESENT] + lists - 1) & (lists - 1)
    one = timers.rows[row]
    after = timers.lists[k]
    one["place"] = _FIRST_LIST - k
    one["before"] = -1
    one["next"] = after
    if after >= 0:
        timers.rows[after]["before"] = row
    timers.lists[k] = row


@inlined
def take_out(timers: Any, row: int) -> None:
    """Row `row` waits no more."""
    one = timers.rows[row]
    before = one["before"]
    after = one["next"]
    if before >= 0:
        timers.rows[before]["next"] = after
    else:
        timers.lists[_FIRST_LIST - one["place"]] = after
    if after >= 0:
        timers.rows[after]["before"] = before
    one["place"] = NOWHERE


@inlined
def take_list(timers: Any) -> int:
    """The first of the rows in the list of the present slot, which begins; it is empty from now on."""
    k = timers.counts[PRESENT] & (len(timers.lists) - 1)
    row = timers.lists[k]
    timers.lists[k] = -1
    return int(row)


@inlined
def slot_of_row(timers: Any, row: int) -> int:
    """Slot in which row `row` falls due."""
    return slot_of(timers, time_of(timers.rows[row]["key"]))


def relisted(rows: Table, lists: NDArray[np.int32], present: int) -> None:
    """All rows that wait are in one list, of the slot after the present one, which puts them off again."""
    waiting = np.flatnonzero(rows["place"] < NOWHERE)
    if len(waiting):
        k = (present + 1) & (len(lists) - 1)
        lists[k] = waiting[0]
        rows["place"][waiting] = _FIRST_LIST - k
        rows["next"][waiting] = np.append(waiting[1:], -1)
        rows["before"][waiting] = np.append(-1, waiting[:-1])
