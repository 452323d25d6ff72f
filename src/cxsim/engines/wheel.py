"""Timers that are not due for a while: lists by the slot of time in which each falls due, in no order within it.

A timer that is moved or dropped before its slot comes, as many are, costs no more than a place in a list; and the heap
that keeps order (`cxsim.engines.timers`) holds those of one slot alone.  Timing wheels: Varghese & Lauck 1987, SOSP,
"Hashed and hierarchical timing wheels".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.jit import compiled, inlined, time_of

SLOT = 64.0
"""Minutes of a slot: a power of two, so that no rounding puts an instant into another slot than its own."""
SLOTS = 1024
"""How many slots ahead have lists of their own; what lies beyond them waits in the last, and is put off again."""
_FAR = 1e15
"""A slot that nothing reaches: whole numbers go no further than a hundred times as far."""

NOWHERE = -1
_FIRST_LIST = -2
"""Places below it are lists: list k is place -2 - k."""

SET = np.dtype([("key", "i8"), ("order", "i8"), ("case", "i8"), ("next", "i4"), ("before", "i4")], align=True)
"""How a row's timer is set: when, and in which order among simultaneous ones.  `case`: row of the case that the row
belongs to.  While it waits in a list: the rows beside it, -1 for none."""


def no_lists() -> NDArray[np.int32]:
    """Nothing waits in any slot."""
    return np.full(SLOTS, -1, dtype=np.int32)


@inlined
def slot_of(time: float) -> int:
    """Slot that holds an instant."""
    return int(math.floor(min(time / SLOT, _FAR)))


@inlined
def put_off(timers: Any, row: int, slot: int, present: int) -> None:
    """Row `row`, whose time is set, waits for its slot, which is ahead of the present one."""
    k = min(slot, present + SLOTS - 1) & (SLOTS - 1)
    one = timers.rows[row]
    after = timers.lists[k]
    timers.place[row] = _FIRST_LIST - k
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
        timers.lists[_FIRST_LIST - timers.place[row]] = after
    if after >= 0:
        timers.rows[after]["before"] = before
    timers.place[row] = NOWHERE


@compiled
def take_list(timers: Any, present: int) -> int:
    """The first of the rows in the list of the slot that begins; it is empty from now on."""
    k = present & (SLOTS - 1)
    row = timers.lists[k]
    timers.lists[k] = -1
    return int(row)


@inlined
def slot_of_row(timers: Any, row: int) -> int:
    """Slot in which row `row` falls due."""
    return slot_of(time_of(timers.rows[row]["key"]))
