"""The urge to ask: its integral, its inverse, and what pausing does, against numerical integration."""

from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from cxsim.model import promises
from cxsim.state.plan.customer_rows import BEHAVIOUR
from cxsim.state.records import CASE
from worlds import as_python

DAY = 1440.0


@pytest.fixture(scope="module", autouse=True)
def _as_python() -> Any:
    with as_python(promises):
        yield


def world_with(promise: float, news: float, left: float = 1.0, base: float = 0.05, growth: float = 0.10) -> Any:
    """One open case, promised at `promise`, last news at `news`; rates per day."""
    behaviour = np.zeros(1, dtype=BEHAVIOUR)
    behaviour["chase"], behaviour["chase_growth"] = base / DAY, growth / DAY**2
    behaviour["chase_from"], behaviour["chase_missed"] = 0.5, 3.0
    cases = np.zeros(1, dtype=CASE)
    cases["promise_at"], cases["news_at"], cases["chase_budget_left"] = promise, news, left
    return SimpleNamespace(behaviour=behaviour, cases=cases)


def rate(w: Any, t: float) -> float:
    """The stated rate of asking at t, per minute."""
    promise, news = float(w.cases["promise_at"][0]), float(w.cases["news_at"][0])
    if t < 0.5 * promise:
        return 0.0
    b = w.behaviour[0]
    return float(b["chase"] + b["chase_growth"] * (t - news)) * (3.0 if t >= promise else 1.0)


times = st.floats(0.0, 20 * DAY)


@given(st.floats(0.1 * DAY, 10 * DAY), times, times, times)
@settings(max_examples=100, deadline=None)
def test_the_urge_is_the_integral_of_the_rate(promise: float, a: float, b: float, news: float) -> None:
    a, b = min(a, b), max(a, b)
    w = world_with(promise, min(news, a))
    points = sorted({x for x in (0.5 * promise, promise) if a < x < b})
    parts = [a, *points, b]
    area = sum(quad(lambda t: rate(w, t), x, y - 1e-12 * y)[0] for x, y in pairwise(parts) if y > x)
    assert promises.urge(w, 0, a, b) == pytest.approx(area, rel=1e-6, abs=1e-9)


@given(st.floats(0.1 * DAY, 10 * DAY), times, st.floats(1e-6, 20.0), st.floats(0.0, 1.0))
@settings(max_examples=200, deadline=None)
def test_the_question_comes_when_the_budget_is_spent(promise: float, t: float, left: float, share: float) -> None:
    w = world_with(promise, share * t, left)
    at = promises.asks_at(w, 0, t)
    assert at >= t
    assert promises.urge(w, 0, t, at) == pytest.approx(left, rel=1e-9, abs=1e-12)


def test_a_constant_rate_is_allowed_and_so_is_none() -> None:
    # 0.5 a day from half of 2 days on: a budget of 0.25 is spent half a day later
    w = world_with(2 * DAY, 0.0, 0.25, base=0.5, growth=0.0)
    assert promises.asks_at(w, 0, 0.0) == pytest.approx(1.5 * DAY)
    assert promises.asks_at(world_with(2 * DAY, 0.0, 0.25, base=0.0, growth=0.0), 0, 0.0) == math.inf


def test_nobody_asks_while_updates_or_their_own_delay_keep_them() -> None:
    for column in ("heeds_updates", "paused"):
        w = world_with(2 * DAY, 0.0)
        w.cases[column] = 1
        assert promises.asks_at(w, 0, 5 * DAY) == math.inf
        assert promises.urge(w, 0, 0.0, 5 * DAY) == 0.0
