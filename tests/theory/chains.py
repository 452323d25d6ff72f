"""Markov chains solved numerically, for models without a closed form, and for a second opinion on those with one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, linalg

Array = NDArray[np.float64]


def birth_death(births: Sequence[float], deaths: Sequence[float]) -> Array:
    """Stationary distribution of a birth-death chain by solving its balance equations."""
    n = len(births) + 1
    q = np.diag(np.asarray(births, dtype=float), 1) + np.diag(np.asarray(deaths, dtype=float), -1)
    q -= np.diag(q.sum(axis=1))
    lhs = np.vstack([q.T, np.ones(n)])
    return np.asarray(np.linalg.lstsq(lhs, np.append(np.zeros(n), 1.0), rcond=None)[0])


def erlang_a_waits(
    load: Callable[[int], float], agents: int, mu: float, theta: float, most: int
) -> tuple[Array, Array]:
    """M/M/n+M as a chain: the distribution of the number waiting as an arrival finds it (-1: an agent is free), and the
    generator of how the customers ahead of an endlessly patient one leave, state k with k ahead of it.

    A state's total rate is n μ + k θ: somebody is served, or one of the k ahead abandons.
    """
    p = birth_death([load(n) for n in range(agents + most)], [
        min(n, agents) * mu + max(0, n - agents) * theta for n in range(1, agents + most + 1)
    ])  # fmt: skip
    found = np.append(p[:agents].sum(), p[agents:])
    rates = agents * mu + theta * np.arange(most + 1)
    return found, np.diag(-rates) + np.diag(rates[1:], -1)


def redials(
    fresh: float, mu: float, theta: float, agents: int,
    p_redial: float, redial_delay: float, p_reconnect: float, reconnect_delay: float,
    *, most: tuple[int, int, int] = (24, 14, 28),
) -> dict[str, float]:  # fmt: skip
    """Station with impatient customers, a redial orbit and a reconnect orbit (Aguir et al. 2004), all exponential.

    Block elimination (Gaver, Jacobs and Latouche 1984) over the number at the station; each block is the two orbits.
    most: where number at the station, redial and reconnect orbit are cut off; values are right to two millionths.
    """
    top, orbit, again = most
    r, s = (x.ravel() for x in np.meshgrid(np.arange(orbit + 1), np.arange(again + 1), indexing="ij"))
    size = len(r)

    def to(redial: int, reconnect: int) -> Array:
        """Transition of the orbits by a step, where there is room for it."""
        there = (r + redial >= 0) & (r + redial <= orbit) & (s + reconnect >= 0) & (s + reconnect <= again)
        move = np.zeros((size, size))
        move[np.flatnonzero(there), ((r + redial) * (again + 1) + s + reconnect)[there]] = 1.0
        return move

    stay = np.eye(size)
    up = fresh * stay + (r / redial_delay)[:, None] * to(-1, 0) + (s / reconnect_delay)[:, None] * to(0, -1)
    served = p_reconnect * to(0, 1) + (1.0 - p_reconnect) * stay
    left = p_redial * to(1, 0) + (1.0 - p_redial) * stay
    down = [min(n, agents) * mu * served + max(0, n - agents) * theta * left for n in range(top + 1)]
    # eliminate from the top: x[n + 1] = x[n] steps[n]
    steps: list[Array] = []
    below = np.zeros((size, size))
    for n in range(top, -1, -1):
        out = down[n].sum(axis=1) + (up.sum(axis=1) if n < top else 0.0)
        block = below - np.diag(out)
        if n == 0:
            break
        step = np.linalg.solve(-block.T, up.T).T
        steps.append(step)
        below = step @ down[n]
    block[:, 0] = 1.0  # one balance equation is redundant; any positive sum will do here
    x = [np.linalg.solve(block.T, np.eye(size)[0])]
    for step in reversed(steps):
        x.append(x[-1] @ step)
    p = np.array(x)
    p /= p.sum()
    n, number = np.arange(top + 1), p.sum(axis=1)
    stream = fresh * p + p * (r / redial_delay) + p * (s / reconnect_delay)
    total, queue = stream[:-1].sum(), float(np.maximum(n - agents, 0) @ number)
    throughput = mu * float(np.minimum(n, agents) @ number)
    return {
        "total_rate": float(total),
        "redial_orbit": float(p.sum(axis=0) @ r),
        "reconnect_orbit": float(p.sum(axis=0) @ s),
        "Lq": queue,
        "utilization": throughput / mu / agents,
        "throughput": throughput,
        "p_abandon": theta * queue / total,
        "Wq_all": queue / total,
        "p_wait": float(stream[agents:-1].sum() / total),
        "p_busy_time": float(number[agents:].sum()),
        "attempts_per_customer": total / fresh,
        "lost_per_fresh_customer": (1.0 - p_redial) * theta * queue / fresh,
    }


def from_empty(
    rate: Callable[[float], float], mu: float, servers: int, at: Sequence[float], *, most: int = 220
) -> dict[str, Any]:
    """M(t)/M/c from an empty start: Kolmogorov's forward equations, by Runge-Kutta steps of order 5."""
    n = np.arange(most + 1)
    deaths = mu * np.minimum(n, servers)

    def slope(t: float, y: Array) -> Array:
        p, births = y[: most + 1], np.where(n < most, rate(t), 0.0)
        gain = -(births + deaths) * p
        gain[1:] += births[:-1] * p[:-1]
        gain[:-1] += deaths[1:] * p[1:]
        waiting = np.maximum(n - servers, 0) @ p
        return np.concatenate([gain, [waiting, deaths @ p, rate(t) * p[servers:].sum(), rate(t)]])

    start = np.zeros(most + 5)
    start[0] = 1.0
    found = integrate.solve_ivp(slope, (0.0, at[-1]), start, method="RK45", t_eval=at, rtol=1e-10, atol=1e-13)
    p, (queue, served, waited, arrived) = found.y[: most + 1], found.y[most + 1 :]
    return {
        "number": dict(zip(at, n @ p, strict=True)),
        "queue": dict(zip(at, np.maximum(n - servers, 0) @ p, strict=True)),
        "served": float(served[-1]),
        "mean_queue": float(queue[-1] / at[-1]),
        "p_wait": float(waited[-1] / arrived[-1]),
        "arrivals": float(arrived[-1]),
    }


def survives(generator: Array, start: Array, t: float) -> float:
    """Chance that a chain that starts in `start` has not ended at t."""
    return float((start @ linalg.expm(generator * t)).sum()) if t > 0.0 else math.fsum(start)
