"""Timers of the compiled engine against a plain model: whatever is set, moved or grows, the first one comes first."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.engines.compiled.timers import (
    first_timer,
    more_timers,
    no_timers,
    put_away,
    set_stream,
    set_timer,
    take_first,
    unset_timer,
)
from cxsim.native.compiling import time_of
from cxsim.native.layout import CACHE_LINE

AHEAD = (0.0, 0.0, 1.0, 30.0, 64.0, 65.0, 500.0, 16384.0, 163840.0)
"""Minutes."""


@settings(deadline=None, max_examples=150)
@given(st.data(), st.integers(0, 3), st.integers(1, 10), st.sampled_from([0.0, -64.0, -1000.25, 6e6]))
def test_the_first_comes_first(data: st.DataObject, streams: int, others: int, t: float) -> None:
    rows = streams + others
    timers = no_timers(rows)
    model: dict[int, tuple[float, int]] = {}

    def set_(row: int) -> None:
        time, rank = t + data.draw(st.sampled_from(AHEAD)), data.draw(st.integers(1, 9))
        model[row] = (time, (rank << 54) + row)
        if row < streams:
            set_stream(timers, row, *model[row])
        else:
            set_timer(timers, row, *model[row])

    for row in range(streams):
        set_(row)
    for _ in range(data.draw(st.integers(1, 40))):
        for row in data.draw(st.lists(st.integers(streams, rows - 1), max_size=3)):
            set_(row)
        for row in data.draw(st.lists(st.integers(streams, rows - 1), max_size=2)):
            unset_timer(timers, row)
            model.pop(row, None)
        put_away(timers)
        if data.draw(st.integers(0, 9)) == 0:
            rows += data.draw(st.integers(1, 9))
            timers = more_timers(timers, rows)
        first = first_timer(timers)
        if not model:
            assert math.isnan(time_of(int(timers.heap["key"][first])))
            continue
        due = min(model, key=lambda row: model[row])
        assert (time_of(int(timers.heap["key"][first])), int(timers.heap["row"][first])) == (model[due][0], due)
        assert take_first(timers, first) == due
        t = model.pop(due)[0]
        if due < streams:
            set_(due)


def test_four_timers_that_are_compared_lie_in_one_line() -> None:
    for rows in (1, 5, 1000, 100_000):
        heap = no_timers(rows).heap
        assert (heap.ctypes.data + heap.itemsize) % CACHE_LINE == 0
        assert (len(heap) // 2) % 4 == 0
