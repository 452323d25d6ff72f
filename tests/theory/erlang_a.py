"""How many agents it takes when customers hang up: waits under limited patience, and staffing.

Erlang A is M/M/n+M: Poisson arrivals, exponential service and exponential patience. Rates are per
minute, times are minutes. Palm 1957; Garnett, Mandelbaum & Reiman 2002, M&SOM 4:208; Zeltyn &
Mandelbaum 2005, Queueing Systems 51:361.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from theory.queueing import erlang_b, erlang_c_service_level

_MOST_AGENTS = 1_000_000


class Abandonment(NamedTuple):
    """Waiting in a queue that customers leave when their patience ends."""

    p_wait: float
    """Probability that an arrival waits at all."""
    p_abandon: float
    """Probability that an arrival abandons."""
    wait: float
    """Mean time in queue of all arrivals, minutes."""
    wait_served: float
    """Mean wait of the served (average speed of answer), minutes."""
    wait_abandoned: float
    """Mean time in queue of those who abandon, minutes."""
    in_queue: float
    """Mean number waiting."""
    utilisation: float
    """Share of the agents' time that is busy."""


def erlang_a(arrival_rate: float, mean_service: float, agents: int, mean_patience: float) -> Abandonment:
    """Waits and abandonment of M/M/n+M; any load has an answer.

    Birth-death chain: in units of the chance of n in the system, k waiting have weight
    Π λ / (n μ + i θ), i = 1..k. An arrival that meets k waiting is served with probability
    n μ / (n μ + (k + 1) θ), after Σ 1 / (n μ + i θ), i = 1..k + 1, on average.
    """
    load, c, a = _checked(arrival_rate, mean_service, agents, mean_patience)
    below = 1.0 / max(erlang_b(load, agents), 1e-250) - 1.0
    weight = 1.0
    waiting = queue = served_wait = 0.0
    pace = 0.0
    k = 0
    while True:
        pace += mean_patience / (a + k + 1)
        waiting += weight
        queue += k * weight
        served_wait += weight * a / (a + k + 1) * pace
        k += 1
        weight *= c / (a + k)
        if c < a + k and k * weight < 1e-18 * (waiting + queue) * (1.0 - c / (a + k)):
            break
        if weight > 1e200:
            below, waiting, queue = below * 1e-200, waiting * 1e-200, queue * 1e-200
            served_wait, weight = served_wait * 1e-200, weight * 1e-200
    total = below + waiting
    p_abandon = queue / total / c
    wait = p_abandon * mean_patience
    wait_of_served = served_wait / total
    return Abandonment(
        p_wait=waiting / total,
        p_abandon=p_abandon,
        wait=wait,
        wait_served=wait_of_served / (1.0 - p_abandon),
        wait_abandoned=(wait - wait_of_served) / p_abandon if p_abandon > 0.0 else 0.0,
        in_queue=queue / total,
        utilisation=load * (1.0 - p_abandon) / agents,
    )


def erlang_a_service_level(
    arrival_rate: float,
    mean_service: float,
    agents: int,
    mean_patience: float,
    within: float,
) -> float:
    """M/M/n+M: share of all arrivals that are served within `within` minutes (0 or more).

    From the density exp(λ H(x) - n μ x) of the offered wait, H(x) = (1 - exp(-θ x)) / θ
    (Zeltyn & Mandelbaum 2005), integrated as an incomplete gamma function.
    """
    load, c, a = _checked(arrival_rate, mean_service, agents, mean_patience)
    if not within >= 0.0:
        raise ValueError(f"within: {within:g}; it must be 0 or more")
    below = math.log(max(1.0 / max(erlang_b(load, agents), 1e-250) - 1.0, 1e-250))
    waiting = _log_series(a, c)
    total = max(below, waiting) + math.log1p(math.exp(-abs(below - waiting)))
    served_late = _log_served_after(a, c, within / mean_patience)
    served_waiting = _log_served_after(a, c, 0.0)
    at_once = math.exp(below - total)
    soon = math.exp(served_waiting - total) - math.exp(served_late - total)
    return min(1.0, at_once + max(0.0, soon))


def agents_for(
    arrival_rate: float,
    mean_service: float,
    *,
    share: float,
    within: float,
    mean_patience: float | None = None,
) -> int:
    """Smallest number of agents that serves `share` of all arrivals within `within` minutes.

    share in [0, 1). By Erlang A, or by Erlang C where no mean patience (minutes) is given.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"share: {share:g}; it must be 0 or more and below 1")

    def enough(agents: int) -> bool:
        if mean_patience is not None:
            level = erlang_a_service_level(arrival_rate, mean_service, agents, mean_patience, within)
        elif agents <= arrival_rate * mean_service:
            return False
        else:
            level = erlang_c_service_level(arrival_rate, mean_service, agents, within)
        return level >= share

    too_few, most = 0, 1
    while not enough(most):
        too_few, most = most, 2 * most
        if most > _MOST_AGENTS:
            raise ValueError(f"share: {share:g}; a million agents would not reach it")
    while most - too_few > 1:
        middle = (too_few + most) // 2
        if enough(middle):
            most = middle
        else:
            too_few = middle
    return most


def _checked(arrival_rate: float, mean_service: float, agents: int, mean_patience: float) -> tuple[float, float, float]:
    """Load in Erlang, arrivals per mean patience, and services per mean patience."""
    for what, value in (
        ("arrival_rate", arrival_rate),
        ("mean_service", mean_service),
        ("agents", agents),
        ("mean_patience", mean_patience),
    ):
        if not 0.0 < value < math.inf:
            raise ValueError(f"{what}: {value:g}; it must be a finite number above 0")
    load = arrival_rate * mean_service
    return load, arrival_rate * mean_patience, agents * mean_patience / mean_service


def _log_series(b: float, x: float) -> float:
    """Logarithm of Σ x^k / ((b + 1) ... (b + k)), k >= 0: all terms are positive."""
    term = total = 1.0
    scale = 0.0
    k = 0
    while True:
        k += 1
        ratio = x / (b + k)
        term *= ratio
        total += term
        if ratio < 1.0 and term < 1e-18 * total * (1.0 - ratio):
            return math.log(total) + scale
        if total > 1e200:
            term, total, scale = term * 1e-200, total * 1e-200, scale + 200.0 * math.log(10.0)


def _log_served_after(a: float, c: float, t: float) -> float:
    """Logarithm of the weight of those served after a wait above t mean patiences."""
    y = math.exp(-t)
    series = _log_series(a + 1.0, c * y)
    return math.log(a / (a + 1.0)) + c * (1.0 - y) - (a + 1.0) * t + series
