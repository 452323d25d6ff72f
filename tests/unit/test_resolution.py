"""Whether a handled contact truly resolves the case: proficiency moves the agent's share of failures, and no other."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cxsim.model import resolution
from cxsim.state.plan.customer_rows import BEHAVIOUR
from worlds import as_python

BY_AGENT, BY_PROCESS, BY_CUSTOMER = 0.38, 0.48, 0.14


@pytest.fixture(scope="module", autouse=True)
def _as_python() -> Any:
    with as_python(resolution):
        yield


def chances(base: float, z: float) -> tuple[float, float, float]:
    """(resolved, failed by the agent, failed by the process)."""
    behaviour = np.zeros(1, dtype=BEHAVIOUR)
    behaviour["by_agent"], behaviour["by_process"], behaviour["by_customer"] = BY_AGENT, BY_PROCESS, BY_CUSTOMER
    behaviour["resolution"] = 0.35
    p, by_agent, by_process = resolution.p_resolved(SimpleNamespace(behaviour=behaviour), base, z)
    return p, by_agent, by_process


def test_the_average_agent_has_the_stated_chance() -> None:
    assert chances(0.7, 0.0) == pytest.approx((0.7, 0.3 * BY_AGENT, 0.3 * BY_PROCESS))


@pytest.mark.parametrize("z", [-1.0, 0.5, 1.0])
def test_log_odds_move_by_a_third_per_sd(z: float) -> None:
    p, by_agent, by_process = chances(0.5, z)
    assert math.log(p / (1.0 - p)) == pytest.approx(0.35 * z)
    assert by_process == pytest.approx(0.5 * BY_PROCESS)
    assert p + by_agent + by_process + 0.5 * BY_CUSTOMER == pytest.approx(1.0)


def test_nobody_is_skilled_enough_to_repair_the_process() -> None:
    p, by_agent, by_process = chances(0.5, 50.0)
    assert p == pytest.approx(1.0 - 0.5 * (BY_PROCESS + BY_CUSTOMER))
    assert by_agent == pytest.approx(0.0)
    assert by_process == pytest.approx(0.5 * BY_PROCESS)


@pytest.mark.parametrize("base", [0.0, 1.0])
def test_certain_is_certain(base: float) -> None:
    assert chances(base, 3.0)[0] == base
