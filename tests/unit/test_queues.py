"""Queues of the compiled engine against a sorted list: whoever joins or leaves, the first one comes first."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.engines.compiled import queues
from cxsim.state.records import VISIT
from worlds import as_python

World = namedtuple("World", "visits")
ROWS = 12


@pytest.fixture(scope="module", autouse=True)
def _as_python() -> Iterator[None]:
    with as_python(queues):
        yield


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_the_head_is_the_first_by_priority_then_age_then_key(data: st.DataObject) -> None:
    w = World(np.zeros(ROWS, dtype=VISIT))
    waiting = queues.empty_queues(2, ROWS)
    expected: list[set[int]] = [set(), set()]

    def place(v: int) -> tuple[int, float, int]:
        visit = w.visits[v]
        return int(visit["priority"]), float(visit["age_at"]), int(visit["key"])

    for turn in range(data.draw(st.integers(1, 40))):
        v = data.draw(st.integers(0, ROWS - 1))
        for crowd in expected:
            crowd.discard(v)
        w.visits[v]["stamp"] += 1  # the row does something else by now: its node, if it has one, is void
        if data.draw(st.integers(0, 3)) > 0:
            q = data.draw(st.integers(0, 1))
            w.visits[v]["queue"] = q
            w.visits[v]["priority"] = data.draw(st.sampled_from([0, 0, 1, 2]))
            w.visits[v]["age_at"] = data.draw(st.sampled_from([float(turn), 0.0, 5.5]))
            w.visits[v]["key"] = v
            queues.join_queue(w, waiting, v)
            expected[q].add(v)
        for q, crowd in enumerate(expected):
            assert queues.head(w, waiting, q) == min(crowd, key=place, default=-1)
    for q, crowd in enumerate(expected):
        order = []
        while (v := queues.head(w, waiting, q)) >= 0:
            queues.remove(waiting, v)
            order.append(v)
        assert order == sorted(crowd, key=place)
