"""The values of the solved cases once more, derived another way than the file's: a value counts if both agree.

The file holds closed forms, densities of waits and one solution of each chain; here they come from recursions, moments,
integrals of the joint distribution, and chains solved by another method.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import integrate, stats

from theory.chains import erlang_a_waits, from_empty, redials, survives
from theory.erlang_a import erlang_a, erlang_a_service_level
from theory.queueing import erlang_c, erlang_c_service_level, priority_waits, rework, single_server

Values = dict[str, float]
Parameters = dict[str, Any]


def _mm1(p: Parameters) -> Values:
    """As M/G/1 with the moments k! of exponential service, and as M/M/c with one server."""
    rate, mean = p["arrival_rate"], 1.0 / p["service_rate"]
    wait = single_server(rate, mean, 2.0 * mean**2, 6.0 * mean**3)
    stay = wait.mean + mean
    return {
        "Wq": wait.mean,
        "W": stay,
        "Lq": rate * wait.mean,
        "L": rate * stay,
        "utilization": wait.utilisation,
        "p_wait": erlang_c(rate, mean, 1).p_wait,
        "P(wait>5)": 1.0 - erlang_c_service_level(rate, mean, 1, 5.0),
        "var_wait": wait.variance,
    }


def _mmc(p: Parameters) -> Values:
    """Erlang C by recursion; time in system by integrating over the wait."""
    rate, mean, servers = p["arrival_rate"], p["mean_service"], p["servers"]
    wait = erlang_c(rate, mean, servers)
    drain = servers / mean - rate

    def late(wait_of: float) -> float:
        return wait.p_wait * drain * math.exp(-drain * wait_of - (10.0 - wait_of) / mean)

    stays = (1.0 - wait.p_wait) * math.exp(-10.0 / mean) + integrate.quad(late, 0.0, 10.0, epsabs=1e-14)[0]
    return {
        "p_wait": wait.p_wait,
        "Wq": wait.mean,
        "Wq_given_wait": wait.mean / wait.p_wait,
        "Lq": rate * wait.mean,
        "L": rate * (wait.mean + mean),
        "service_level_20s": erlang_c_service_level(rate, mean, servers, 1.0 / 3.0),
        "P(wait>1)": 1.0 - erlang_c_service_level(rate, mean, servers, 1.0),
        "utilization": wait.utilisation,
        "P(sojourn>10)": stays + wait.p_wait * math.exp(-drain * 10.0),
    }


def _mg1(p: Parameters) -> Values:
    """From the moments of the lognormal distribution."""
    rate = p["arrival_rate"]
    service = stats.lognorm(p["lognormal_sigma"], scale=math.exp(p["lognormal_mu"]))
    wait = single_server(rate, *(float(service.moment(k)) for k in (1, 2, 3)))
    return {
        "Wq": wait.mean,
        "Lq": rate * wait.mean,
        "W": wait.mean + p["mean_service"],
        "utilization": wait.utilisation,
        "var_wait": wait.variance,
        "p_wait": wait.utilisation,
    }


def _erlang_a(p: Parameters) -> Values:
    """By the chain of the queue; waits beyond a minute as the time in which those ahead leave."""
    rate, mean, agents, patience = p["arrival_rate"], p["mean_service"], p["servers"], p["mean_patience"]
    found = erlang_a(rate, mean, agents, patience)
    waiting, ahead = erlang_a_waits(lambda n: rate, agents, 1.0 / mean, 1.0 / patience, 120)
    offered = waiting[1:] @ np.linalg.solve(-ahead, np.ones(len(ahead)))
    return {
        "p_wait": found.p_wait,
        "p_abandon": found.p_abandon,
        "Wq_all": found.wait,
        "Wq_served": found.wait_served,
        "Wq_abandoned": found.wait_abandoned,
        "Lq": found.in_queue,
        "utilization": found.utilisation,
        "E_offered_wait": float(offered),
        "SL20_served_over_offered": erlang_a_service_level(rate, mean, agents, patience, 1.0 / 3.0),
        "P(W>1)": math.exp(-1.0 / patience) * survives(ahead, waiting[1:], 1.0),
    }


def _priorities(p: Parameters) -> Values:
    """Cobham's recursion over the classes, and the mean over both."""
    rates, mean = p["arrival_rates"], p["mean_service"]
    high, low = priority_waits(rates, [mean] * 2, [2.0 * mean**2] * 2)
    return {"Wq_high": high, "Wq_low": low, "Wq_avg": (rates[0] * high + rates[1] * low) / sum(rates)}


def _rework(p: Parameters) -> Values:
    found = rework(p["arrival_rate"], p["mean_service"], p["servers"], p["rework_probability"])
    return {
        "effective_rate": found.total_rate,
        "Wq_per_pass": found.wait,
        "Lq": found.total_rate * found.wait,
        "utilization": found.total_rate * p["mean_service"] / p["servers"],
        "total_sojourn": found.sojourn,
        "passes_per_case": found.passes,
    }


def _repeats(p: Parameters) -> Values:
    again = p["repeat_probability"]
    found = rework(p["fresh_rate"], p["mean_service"], p["servers"], again, p["mean_repeat_delay"])
    return {
        "total_rate": found.total_rate,
        "repeat_share": 1.0 - 1.0 / found.passes,
        "Wq": found.wait,
        "p_wait": found.p_wait,
        "contacts_per_issue": found.passes,
        "orbit_mean": found.in_orbit,
    }


def _redials(p: Parameters) -> Values:
    """The chain, solved by block elimination."""
    return redials(
        p["fresh_rate"],
        1.0 / p["mean_service"],
        1.0 / p["mean_patience"],
        p["servers"],
        p["redial_probability"],
        p["mean_redial_delay"],
        p["reconnect_probability"],
        p["mean_reconnect_delay"],
    )


def _waves(p: Parameters) -> Values:
    """Forward equations by another method, on more states."""

    def rate(t: float) -> float:
        return 1.5 + 0.9 * math.sin(2.0 * math.pi * t / 240.0)

    found = from_empty(rate, 1.0 / p["mean_service"], p["servers"], (60.0, 120.0, 240.0, 480.0))
    return {
        **{f"EL_{t:.0f}": number for t, number in found["number"].items()},
        "ELq_120": found["queue"][120.0],
        "served_480": found["served"],
        "avg_queue_480": found["mean_queue"],
        "p_wait_480": found["p_wait"],
        "arrivals_480": found["arrivals"],
    }


def _nps(p: Parameters) -> Values:
    """Moments of one answer coded +1, 0, -1, term by term; the number of answers by trying."""
    shares, n = {1: p["p_promoter"], 0: p["p_passive"], -1: p["p_detractor"]}, p["n"]
    mean = sum(code * share for code, share in shares.items())
    variance = sum(share * (code - mean) ** 2 for code, share in shares.items())
    z = float(stats.norm.ppf(0.975))

    def error(answers: float, variance: float) -> float:
        return 100.0 * math.sqrt(variance / answers)

    promoters, detractors, all_ = n * shares[1] + 0.75, n * shares[-1] + 0.75, n + 3.0
    adjusted = (promoters - detractors) / all_
    spread = z * error(all_, (promoters * (1 - adjusted) ** 2 + detractors * (1 + adjusted) ** 2
                              + (all_ - promoters - detractors) * adjusted**2) / all_)  # fmt: skip
    return {
        "nps": 100.0 * mean,
        "unit_variance": variance,
        "se_points": error(n, variance),
        "wald_halfwidth_95": z * error(n, variance),
        "adj_wald_lo": 100.0 * adjusted - spread,
        "adj_wald_hi": 100.0 * adjusted + spread,
        "n_for_halfwidth_3": float(next(k for k in itertools.count(1) if z * error(k, variance) <= 3.0)),
        "se_difference_two_waves": math.hypot(error(n, variance), error(n, variance)),
    }


DERIVED: dict[str, Callable[[Parameters], Values]] = {
    "mm1_basic": _mm1,
    "mmc_callcentre": _mmc,
    "mg1_lognormal": _mg1,
    "erlang_a_small": _erlang_a,
    "prio_mm1_np": _priorities,
    "feedback_rework": _rework,
    "repeat_delay_jackson": _repeats,
    "redial_reconnect_small": _redials,
    "mt_m_c_sinus": _waves,
    "nps_ci": _nps,
}
