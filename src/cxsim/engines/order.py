"""What both engines agree on: the order of simultaneous events, and how much room is kept free."""

from __future__ import annotations

from collections.abc import Callable

from cxsim.native.records import Table
from cxsim.state.state import (
    CHASING,
    COMING,
    DELAYED,
    FILL_UP,
    FREE_CASES,
    FREE_VISITS,
    FULL,
    HOLDING,
    LEAVING,
    LEDGERED,
    SERVED,
    TRACED,
    TRACING,
    WAITING,
    WRAPPING,
    State,
)

Keep = Callable[[Table, Table], None]
"""Is given rows of the trace and of the ledger, possibly none, that are its own."""

MARK, BACK, STREAM = 0, 1, 10
"""Ranks of agents' marks, of their return from a rest, and of candidates."""
BY_STATUS = {SERVED: 2, WRAPPING: 3, HOLDING: 4, DELAYED: 5, COMING: 6, CHASING: 7, LEAVING: 8, WAITING: 9}
RANKS = tuple(BY_STATUS.get(status, 9) for status in range(10))
"""Rank of a visit's timer, by status."""
RANK_BITS = 54
"""The order of an event is rank * 2**54 + key."""
MARGIN = 1024
"""Rows kept free, so that no rule runs out of them."""

BUFFER = 8192
"""Rows of trace and ledger kept free, so that no event runs out of them."""


def check_full(state: State) -> None:
    """RuntimeError if a table would have needed more room than is kept free: what came after cannot be trusted."""
    if full := int(state.counters[FULL]):
        raise RuntimeError(f"state.{FILL_UP[full - 1]} is full: more rows were made at once than are kept free")


def has_room(state: State) -> bool:
    """Whether enough rows are free."""
    return min(int(state.counters[FREE_VISITS]), int(state.counters[FREE_CASES])) >= MARGIN


def is_written_full(state: State) -> bool:
    """Whether the buffers of trace or ledger are nearly full."""
    counters = state.counters
    return bool(counters[TRACING] and max(counters[TRACED], counters[LEDGERED]) > len(state.trace) - BUFFER)


def hand_over(state: State, keep: Keep) -> None:
    """Give the trace written so far to `keep`, and start again with empty buffers."""
    counters = state.counters
    if counters[TRACING] == 0:
        return
    keep(state.trace[: counters[TRACED]].copy(), state.ledger[: counters[LEDGERED]].copy())
    counters[TRACED] = counters[LEDGERED] = 0
