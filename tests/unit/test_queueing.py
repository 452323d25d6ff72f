"""Closed forms against each other, against balance equations, and against values worked by hand.

Solved cases stand in `tests/verification/test_solved_cases.py`.
"""

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from cxsim.probability.nps import nps_answers_needed, nps_interval, nps_variance
from theory.chains import birth_death
from theory.erlang_a import agents_for, erlang_a, erlang_a_service_level
from theory.queueing import (
    erlang_b,
    erlang_c,
    erlang_c_service_level,
    finite_population,
    limited_lines,
    priority_waits,
    rework,
    single_server,
)
from theory.solved import solved_cases


def test_solved_nps() -> None:
    case = {name: v.value for name, v in solved_cases()["nps_ci"].quantities.items()}
    assert nps_variance(0.45, 0.25) == pytest.approx(case["unit_variance"], rel=1e-9)
    assert nps_interval(180, 100, 400) == pytest.approx((case["adj_wald_lo"], case["adj_wald_hi"]), rel=1e-9)
    assert nps_answers_needed(0.45, 0.25, 3.0) == case["n_for_halfwidth_3"]


def test_erlang_b_by_hand() -> None:
    """Load 2 and 3 servers: (8/6) / (1 + 2 + 2 + 8/6) = 4/19."""
    assert erlang_b(2.0, 3) == pytest.approx(4 / 19, rel=1e-15)
    assert erlang_b(2.0, 0) == 1.0
    assert erlang_b(0.0, 3) == 0.0


def test_erlang_c_by_hand() -> None:
    """Load 1 and 2 servers: C = 1/3, Wq = 1/3 of a service."""
    wait = erlang_c(0.25, 4.0, 2)
    assert wait.p_wait == pytest.approx(1 / 3, rel=1e-14)
    assert wait.mean == pytest.approx(4 / 3, rel=1e-14)


@pytest.mark.parametrize(("rate", "servers", "lines"), [(0.5, 3, 7), (2.0, 3, 7), (0.2, 2, 2)])
def test_limited_lines_against_balance_equations(rate: float, servers: int, lines: int) -> None:
    p = birth_death([rate] * lines, [min(n, servers) / 4.0 for n in range(1, lines + 1)])
    queue = sum((n - servers) * p[n] for n in range(servers, lines + 1))
    found = limited_lines(rate, 4.0, servers, lines)
    assert found.p_blocked == pytest.approx(p[-1], rel=1e-10)
    assert found.in_queue == pytest.approx(queue, rel=1e-9, abs=1e-14)
    assert found.mean == pytest.approx(queue / (rate * (1 - p[-1])), rel=1e-9, abs=1e-14)
    assert found.p_wait == pytest.approx(p[servers:lines].sum() / (1 - p[-1]), rel=1e-9)
    assert found.utilisation == pytest.approx(rate * (1 - p[-1]) * 4.0 / servers, rel=1e-9)


def test_limited_lines_has_its_two_limits() -> None:
    assert limited_lines(0.5, 4.0, 3, 3).p_blocked == pytest.approx(erlang_b(2.0, 3), rel=1e-13)
    assert limited_lines(0.5, 4.0, 3, 400).mean == pytest.approx(erlang_c(0.5, 4.0, 3).mean)
    assert limited_lines(500.0, 4.0, 3, 400).p_blocked == pytest.approx(1 - 3 / 2000, rel=1e-9)


def test_finite_population_by_hand() -> None:
    """Two customers, one server, think 1 and serve 1: p = (1, 2, 2)/5."""
    found = finite_population(2, 1.0, 1.0, 1)
    assert found.utilisation == pytest.approx(4 / 5)
    assert found.throughput == pytest.approx(4 / 5)
    assert found.in_queue == pytest.approx(2 / 5)
    assert found.mean == pytest.approx(1 / 2)
    assert found.p_wait == pytest.approx(1 / 2)


def test_finite_population_against_balance_equations() -> None:
    n, between, servers = 9, 6.0, 2
    p = birth_death([(n - k) / between for k in range(n)], [min(k, servers) / 4.0 for k in range(1, n + 1)])
    found = finite_population(n, between, 4.0, servers)
    arrivals = np.array([(n - k) * p[k] for k in range(n + 1)])
    assert found.p_wait == pytest.approx(arrivals[servers:].sum() / arrivals.sum(), rel=1e-9)
    queue = sum((k - servers) * p[k] for k in range(servers, n + 1))
    assert found.mean == pytest.approx(queue / (arrivals.sum() / between), rel=1e-9)
    assert finite_population(1, 6.0, 4.0, 1).mean == 0.0


@pytest.mark.parametrize(
    ("rate", "agents", "patience"),
    [(2.0, 9, 3.0), (2.0, 6, 3.0), (0.1, 2, 10.0), (20.0, 85, 0.5), (5.0, 1, 200.0)],
)
def test_abandonment_against_the_offered_wait(rate: float, agents: int, patience: float) -> None:
    """Quadrature of the offered-wait density, Zeltyn & Mandelbaum 2005."""
    mu, theta = 0.25, 1.0 / patience
    most = max(0.0, math.log(rate / (agents * mu)) / theta) if rate > agents * mu else 0.0

    def exponent(x: float) -> float:
        return rate * (1.0 - math.exp(-theta * x)) / theta - agents * mu * x

    peak = exponent(most)
    width = 60.0 / math.sqrt(rate * theta) + 60.0 / (agents * mu + theta)

    def integral(weight: Any, low: float, high: float) -> float:
        inner = [x for x in (most,) if low < x < high]
        return float(
            integrate.quad(
                lambda x: weight(x) * math.exp(exponent(x) - peak),
                low,
                high,
                points=inner or None,
                limit=500,
                epsabs=1e-14,
                epsrel=1e-12,
            )[0]
        )

    far = most + width
    below = (1.0 / erlang_b(rate / mu, agents) - 1.0) * math.exp(-peak)
    waiting = agents * mu * integral(lambda x: 1.0, 0.0, far)
    total = below + waiting
    served = agents * mu * integral(lambda x: math.exp(-theta * x), 0.0, far) / total
    served_wait = agents * mu * integral(lambda x: x * math.exp(-theta * x), 0.0, far) / total
    soon = agents * mu * integral(lambda x: math.exp(-theta * x), 0.0, 0.5) / total
    found = erlang_a(rate, 4.0, agents, patience)
    p_served = below / total + served
    assert found.p_wait == pytest.approx(waiting / total, rel=1e-8)
    assert 1.0 - found.p_abandon == pytest.approx(p_served, rel=1e-8)
    assert found.wait == pytest.approx(found.p_abandon * patience, rel=1e-12)
    assert found.in_queue == pytest.approx(rate * found.wait, rel=1e-12)
    assert found.wait_served == pytest.approx(served_wait / p_served, rel=1e-7)
    level = erlang_a_service_level(rate, 4.0, agents, patience, 0.5)
    assert level == pytest.approx(below / total + soon, rel=1e-8)


def test_endless_patience_is_erlang_c() -> None:
    patient = erlang_a(2.0, 4.0, 10, 1e7)
    assert patient.wait_served == pytest.approx(erlang_c(2.0, 4.0, 10).mean, rel=1e-5)
    assert patient.p_wait == pytest.approx(erlang_c(2.0, 4.0, 10).p_wait, rel=1e-5)


def test_large_and_tiny_systems_stay_finite() -> None:
    for rate, agents, patience in ((1000.0, 2000, 6.0), (1000.0, 5000, 6.0), (1e-6, 50, 2.0)):
        found = erlang_a(rate, 4.0, agents, patience)
        assert all(math.isfinite(x) for x in found)
        assert 0.0 <= erlang_a_service_level(rate, 4.0, agents, patience, 0.3) <= 1.0 + 1e-12
    assert erlang_a(1000.0, 4.0, 2000, 6.0).p_abandon == pytest.approx(0.5, rel=1e-6)


def test_agents_for_a_service_level() -> None:
    """80 % in 20 s at 8 Erlang: 10 agents give 65 % (Erlang C), so more are needed."""
    needed = agents_for(2.0, 4.0, share=0.8, within=1 / 3)
    assert needed == 11
    assert erlang_c_service_level(2.0, 4.0, needed, 1 / 3) >= 0.8
    assert erlang_c_service_level(2.0, 4.0, needed - 1, 1 / 3) < 0.8
    impatient = agents_for(2.0, 4.0, share=0.7, within=1 / 3, mean_patience=3.0)
    assert impatient == 9
    assert erlang_a_service_level(2.0, 4.0, 8, 3.0, 1 / 3) < 0.7
    assert agents_for(0.01, 4.0, share=0.5, within=1.0) == 1


def test_small_samples_stay_inside_the_scale() -> None:
    low, high = nps_interval(5, 0, 5)
    assert -100.0 <= low < high <= 100.0
    assert nps_interval(0, 5, 5) == pytest.approx((-high, -low))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_c(1.0, 4.0, 4), "utilisation: 1; the queue grows without end"),
        (lambda: erlang_c(-1.0, 4.0, 4), "arrival_rate: -1; it must be a finite number above 0"),
        (lambda: erlang_b(1.0, -1), "servers: -1"),
        (lambda: erlang_c_service_level(0.1, 4.0, 1, -1.0), "within: -1"),
        (lambda: single_server(0.1, 2.0, 3.0), "second moment: 3; it must be a finite number, 4"),
        (lambda: priority_waits([0.5, 0.6], [1, 1], [2, 2]), "utilisation: 1.1"),
        (lambda: limited_lines(1.0, 1.0, 3, 2), "lines: 2; it must be a finite number, 3 or more"),
        (lambda: finite_population(0, 1.0, 1.0, 1), "customers: 0"),
        (lambda: rework(1.0, 1.0, 3, 1.0), "p_again: 1; the work would never end"),
        (lambda: rework(1.0, 1.0, 3, 1.5), "p_again: 1.5; it must be between 0 and 1"),
        (lambda: erlang_a(1.0, 1.0, 3, 0.0), "mean_patience: 0"),
        (lambda: erlang_a_service_level(1.0, 1.0, 3, 1.0, -1.0), "within: -1"),
        (lambda: agents_for(1.0, 1.0, share=1.0, within=1.0), "share: 1"),
        (
            lambda: agents_for(1.0, 4.0, share=0.999, within=0.0, mean_patience=math.inf),
            "mean_patience: inf",
        ),
        (lambda: nps_variance(0.7, 0.6), "together at most 1"),
        (lambda: nps_interval(1, 1, 0), "answers: 0"),
        (lambda: nps_answers_needed(0.4, 0.2, 0.0), "half_width: 0"),
    ],
)
def test_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
