"""Rows fill whole lines of the cache, an odd number of them, and a copy keeps both what is in them and where."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.native.layout import CACHE_LINE, aligned, copied, in_lines
from cxsim.state.plan.work_rows import AGENT, STEP
from cxsim.state.positions import AGENT_STATE
from cxsim.state.records import CASE, CUSTOMER, VISIT

LINES = {"case": 9, "visit": 3, "agent": 3, "position": 3, "step": 5, "customer": 1}
KINDS = {"case": CASE, "visit": VISIT, "agent": AGENT_STATE, "position": AGENT, "step": STEP, "customer": CUSTOMER}


def test_each_group_begins_a_line_and_large_fields_come_first() -> None:
    kind = in_lines([("flag", "i1"), ("time", "f8"), ("row", "i4")], [("sums", "f8", (9,)), ("count", "i4")])
    assert {name: offset for name, (_, offset, *_) in kind.fields.items()} == {
        "time": 0,
        "row": 8,
        "flag": 12,
        "sums": CACHE_LINE,
        "count": CACHE_LINE + 72,
    }
    assert kind.itemsize == 3 * CACHE_LINE  # two lines would do for `sums` and `count`, and make three with the first


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_rows_are_an_odd_number_of_lines(kind: np.dtype[np.void]) -> None:
    assert kind.itemsize % CACHE_LINE == 0
    assert (kind.itemsize // CACHE_LINE) % 2 == 1
    ends = [(offset, offset + field.itemsize) for field, offset, *_ in kind.fields.values()]
    assert all(b <= a for (_, b), (a, _) in zip(sorted(ends), sorted(ends)[1:], strict=False))


@pytest.mark.parametrize("name", KINDS)
def test_no_row_has_become_longer(name: str) -> None:
    """A field too many in a full group makes every row two lines longer, and the run slower."""
    lines = KINDS[name].itemsize // CACHE_LINE
    assert lines == LINES[name], (
        f"a row of {name} has {lines} lines: put the field into a group that has room, or say why"
    )


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_a_copy_is_the_same_and_its_own(rows: int) -> None:
    table = aligned(rows, VISIT)
    table["step"], table["due_at"], table["will_miss"] = 3, np.inf, 1
    more = copied(table, rows + 2)
    assert np.array_equal(more[:rows], table)
    assert not more[rows:].view(np.uint8).any()
    assert more.ctypes.data % CACHE_LINE == 0
    assert rows == 0 or table.ctypes.data % CACHE_LINE == 0  # of no row it is open where it lies
    more["step"] = 4
    assert (table["step"] == 3).all()
    numbers = np.arange(rows)
    assert np.array_equal(copied(numbers), numbers)
    assert not np.shares_memory(copied(numbers), numbers)
