"""What theory already knows about waiting, without simulating: how long it is and how likely.

Closed forms for planners' hints, for documents, and as the yardstick of the simulation. Rates are
per minute, times are minutes, probabilities are in [0, 1]; `load` is arrival rate times mean
service, in Erlang. All functions raise ValueError for values outside their range and, where there
is no abandonment, for a queue that would grow without end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Wait(NamedTuple):
    """Waiting in a queue nobody leaves."""

    p_wait: float
    """Probability that an arrival waits at all."""
    mean: float
    """Mean wait of all arrivals, minutes."""
    utilisation: float
    """Share of the servers' time that is busy."""


def erlang_b(load: float, servers: int) -> float:
    """Probability that all servers are busy when nobody may wait; load in Erlang, 0 or more.

    Erlang 1917; recursion 1/B(n) = 1 + n/(load B(n-1)), Jagerman 1974.
    """
    _at_least("load", load, 0.0)
    _at_least("servers", servers, 0)
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(arrival_rate: float, mean_service: float, servers: int) -> Wait:
    """M/M/c: waits with Poisson arrivals, exponential service and endless patience.

    Erlang 1917; C = B / (1 - ρ(1 - B)) and Wq = C s / (c (1 - ρ)), Kleinrock 1975, ch. 3.
    """
    rho = _occupancy(arrival_rate, mean_service, servers)
    blocked = erlang_b(arrival_rate * mean_service, servers)
    p_wait = blocked / (1.0 - rho * (1.0 - blocked))
    return Wait(p_wait, p_wait * mean_service / (servers * (1.0 - rho)), rho)


def erlang_c_service_level(arrival_rate: float, mean_service: float, servers: int, within: float) -> float:
    """M/M/c: probability of waiting at most `within` minutes (0 or more).

    1 - C exp(-(c μ - λ) t), Kleinrock 1975, ch. 3; Gans, Koole & Mandelbaum 2003, section 4.1.
    """
    _at_least("within", within, 0.0)
    p_wait = erlang_c(arrival_rate, mean_service, servers).p_wait
    return 1.0 - p_wait * math.exp(-(servers / mean_service - arrival_rate) * within)


class WaitSpread(NamedTuple):
    """Waiting at a single server."""

    mean: float
    """Mean wait of all arrivals, minutes."""
    variance: float
    """Variance of the wait, square minutes; nan where the third moment was not given."""
    utilisation: float
    """Share of the server's time that is busy; also the probability of waiting."""


def single_server(arrival_rate: float, mean: float, second: float, third: float = math.nan) -> WaitSpread:
    """M/G/1 from the moments E[S], E[S²], E[S³] of service (minutes, squared, cubed).

    Pollaczek 1930, Khinchine 1932: Wq = λ E[S²] / (2 (1 - ρ)); Takács 1962: Var = λ E[S³] /
    (3 (1 - ρ)) + Wq².
    """
    rho = _occupancy(arrival_rate, mean, 1)
    _at_least("second moment", second, mean * mean * (1.0 - 1e-12))
    wait = arrival_rate * second / (2.0 * (1.0 - rho))
    variance = arrival_rate * third / (3.0 * (1.0 - rho)) + wait * wait
    return WaitSpread(wait, variance, rho)


def priority_waits(
    arrival_rates: Sequence[float], means: Sequence[float], seconds: Sequence[float]
) -> tuple[float, ...]:
    """M/G/1 with priorities that do not interrupt: mean wait of each class, first served first.

    means, seconds: E[S] and E[S²] of each class. Cobham 1954, Operations Research 2:70, eq. 3:
    W_k = Σ λ E[S²]/2 / ((1 - σ_{k-1})(1 - σ_k)), σ the utilisation by classes up to k.
    """
    classes = list(zip(arrival_rates, means, seconds, strict=True))
    residual = sum(rate * second for rate, _, second in classes) / 2.0
    waits = []
    before = 0.0
    for rate, mean, _ in classes:
        upto = before + rate * mean
        _stable(upto)
        waits.append(residual / ((1.0 - before) * (1.0 - upto)))
        before = upto
    return tuple(waits)


class FiniteWait(NamedTuple):
    """Waiting where lines or customers are limited."""

    p_blocked: float
    """Probability that an arrival finds no line free."""
    p_wait: float
    """Probability that an admitted arrival waits."""
    mean: float
    """Mean wait of the admitted, minutes."""
    in_queue: float
    """Mean number waiting."""
    throughput: float
    """Served per minute."""
    utilisation: float
    """Share of the servers' time that is busy."""


def limited_lines(arrival_rate: float, mean_service: float, servers: int, lines: int) -> FiniteWait:
    """M/M/c/K: at most `lines` (K >= servers) in service and waiting, others are turned away.

    Birth-death chain, Kleinrock 1975, section 3.5 to 3.7; waits by Little 1961.
    """
    _at_least("lines", lines, servers)
    load = _load(arrival_rate, mean_service, servers)
    weights = [1.0]
    for n in range(1, lines + 1):
        weights.append(_rescaled(weights, load / min(n, servers)))
    p = _normalised(weights)
    throughput = arrival_rate * (1.0 - p[-1])
    queue = math.fsum((n - servers) * p[n] for n in range(servers + 1, lines + 1))
    p_wait = math.fsum(p[servers:lines]) / (1.0 - p[-1])
    mean = queue / throughput
    return FiniteWait(p[-1], p_wait, mean, queue, throughput, throughput * mean_service / servers)


def finite_population(customers: int, mean_between: float, mean_service: float, servers: int) -> FiniteWait:
    """M/M/c//N: each of N customers comes back `mean_between` minutes after being served.

    `p_wait` is what an arrival meets: the state with one customer fewer. Machine repair: Palm
    1947; arrival theorem, Sevcik & Mitrani 1981.
    """
    _at_least("customers", customers, 1)
    _above("mean_between", mean_between)
    load = _load(1.0 / mean_between, mean_service, servers)

    def chances(population: int) -> list[float]:
        weights = [1.0]
        for n in range(1, population + 1):
            weights.append(_rescaled(weights, load * (population - n + 1) / min(n, servers)))
        return _normalised(weights)

    p = chances(customers)
    queue = math.fsum((n - servers) * p[n] for n in range(servers + 1, customers + 1))
    busy = math.fsum(min(n, servers) * p[n] for n in range(customers + 1))
    throughput = busy / mean_service
    p_wait = math.fsum(chances(customers - 1)[servers:])
    return FiniteWait(0.0, p_wait, queue / throughput, queue, throughput, busy / servers)


class Rework(NamedTuple):
    """A station whose work partly comes back, at once or after a delay."""

    total_rate: float
    """Passes (or contacts) per minute, first ones and repeats."""
    passes: float
    """Mean passes per case; one less, divided by itself, is the share of repeats."""
    p_wait: float
    """Probability that a pass waits."""
    wait: float
    """Mean wait of one pass, minutes."""
    sojourn: float
    """Mean wait and service of all passes of a case, minutes; without the delays between."""
    in_orbit: float
    """Mean number of customers about to come back."""


def rework(
    arrival_rate: float,
    mean_service: float,
    servers: int,
    p_again: float,
    mean_delay: float = 0.0,
) -> Rework:
    """M/M/c whose passes come back with probability p_again, after `mean_delay` minutes.

    Delay 0 is rework, a long one repeat contacts; any distribution of the delay gives the same means.
    Jackson 1957, 1963 (the station is M/M/c at λ/(1 - p)); Baskett, Chandy, Muntz & Palacios 1975.
    """
    _probability("p_again", p_again)
    _at_least("mean_delay", mean_delay, 0.0)
    if p_again == 1.0:
        raise ValueError("p_again: 1; the work would never end, use a number below 1")
    passes = 1.0 / (1.0 - p_again)
    total = arrival_rate * passes
    at_station = erlang_c(total, mean_service, servers)
    sojourn = passes * (at_station.mean + mean_service)
    return Rework(total, passes, at_station.p_wait, at_station.mean, sojourn, total * p_again * mean_delay)


def _load(arrival_rate: float, mean_service: float, servers: int) -> float:
    _above("arrival_rate", arrival_rate)
    _above("mean_service", mean_service)
    _at_least("servers", servers, 1)
    return arrival_rate * mean_service


def _occupancy(arrival_rate: float, mean_service: float, servers: int) -> float:
    rho = _load(arrival_rate, mean_service, servers) / servers
    _stable(rho)
    return rho


def _rescaled(weights: list[float], ratio: float) -> float:
    """Next weight of a chain; the weights so far shrink where it would overflow."""
    if weights[-1] * ratio > 1e200:
        largest = weights[-1]
        weights[:] = [w / largest for w in weights]
    return weights[-1] * ratio


def _normalised(weights: list[float]) -> list[float]:
    total = math.fsum(weights)
    return [w / total for w in weights]


def _stable(rho: float) -> None:
    if rho >= 1.0:
        raise ValueError(f"utilisation: {rho:.3g}; the queue grows without end, it must be below 1")


def _above(what: str, value: float) -> None:
    if not 0.0 < value < math.inf:
        raise ValueError(f"{what}: {value:g}; it must be a finite number above 0")


def _at_least(what: str, value: float, least: float) -> None:
    if not least <= value < math.inf:
        raise ValueError(f"{what}: {value:g}; it must be a finite number, {least:g} or more")


def _probability(what: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{what}: {value:g}; it must be between 0 and 1")
