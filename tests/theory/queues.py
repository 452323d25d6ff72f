"""Ten queueing models that are solved exactly: how each quantity is read off the sums, and how long to simulate.

The references are those of `queueing_cases.yaml`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import NormalDist
from typing import Any

from cxsim.probability.nps import nps_answers_needed, nps_interval, nps_variance
from theory.gate import (
    LIGHT,
    RECORDED,
    Effort,
    Quantity,
    Sums,
    Tree,
    Verdict,
    estimate,
    organisation_of,
    ratio,
)
from theory.solved import solved_cases
from theory.watching import counted, from_empty, replicate, surveyed, with_orbits, with_tails


def _stay(s: Mapping[str, float]) -> float:
    return (s["served_wait"] + s["service"]) / s["served"]


def _variance(s: Mapping[str, float]) -> float:
    return s["served_wait_squared"] / s["served"] - (s["served_wait"] / s["served"]) ** 2


def _score_variance(s: Mapping[str, float]) -> float:
    return s["score_squared"] / s["weeks"] - (s["score"] / s["weeks"]) ** 2


SINGLE = {
    "Wq": ratio("served_wait", "served"),
    "W": _stay,
    "Lq": ratio("team_queue", "minutes"),
    "L": lambda s: (s["team_queue"] + s["team_contacts_held"]) / s["minutes"],
    "utilization": ratio("team_busy", "team_duty"),
    "p_wait": ratio("waited", "queued"),
    "var_wait": _variance,
}
QUANTITIES: dict[str, dict[str, Quantity]] = {
    "mm1_basic": {**SINGLE, "P(wait>5)": ratio("over_5", "seen")},
    "mmc_callcentre": {
        **{k: SINGLE[k] for k in ("p_wait", "Wq", "Lq", "L", "utilization")},
        "Wq_given_wait": ratio("served_wait", "waited"),
        "service_level_20s": ratio("served_within_20s", "seen"),
        "P(wait>1)": ratio("over_1", "seen"),
        "P(sojourn>10)": ratio("stayed_over_10", "seen"),
    },
    "mg1_lognormal": {k: SINGLE[k] for k in ("Wq", "Lq", "W", "utilization", "var_wait", "p_wait")},
    "erlang_a_small": {
        "p_wait": SINGLE["p_wait"],
        "p_abandon": ratio("abandoned", "queued"),
        "Wq_all": ratio("wait", "queued"),
        "Wq_served": SINGLE["Wq"],
        "Wq_abandoned": ratio("abandoned_wait", "abandoned"),
        "Lq": SINGLE["Lq"],
        "utilization": SINGLE["utilization"],
        "E_offered_wait": ratio("offered", "one"),
        "SL20_served_over_offered": ratio("served_within_20s", "seen"),
        "P(W>1)": ratio("over_1", "seen"),
    },
    "prio_mm1_np": {
        "Wq_high": ratio("urgent_served_wait", "urgent_served"),
        "Wq_low": ratio("routine_served_wait", "routine_served"),
        "Wq_avg": SINGLE["Wq"],
    },
    "feedback_rework": {
        "effective_rate": ratio("queued", "minutes"),
        "Wq_per_pass": SINGLE["Wq"],
        "Lq": SINGLE["Lq"],
        "utilization": SINGLE["utilization"],
        "total_sojourn": lambda s: 1440.0 * s["case_end_to_end"] / s["case_closed"],
        "passes_per_case": ratio("queued", "case_opened"),
    },
    "repeat_delay_jackson": {
        "total_rate": ratio("contact_attempts", "minutes"),
        "repeat_share": ratio("contact_repeat", "contact_attempts"),
        "Wq": SINGLE["Wq"],
        "p_wait": SINGLE["p_wait"],
        "contacts_per_issue": ratio("contact_attempts", "contact_first"),
        "orbit_mean": ratio("reconnecting", "orbit_minutes"),
    },
    "redial_reconnect_small": {
        "total_rate": ratio("contact_attempts", "minutes"),
        "redial_orbit": ratio("redialling", "orbit_minutes"),
        "reconnect_orbit": ratio("reconnecting", "orbit_minutes"),
        "Lq": SINGLE["Lq"],
        "utilization": SINGLE["utilization"],
        "throughput": ratio("contact_handled", "minutes"),
        "p_abandon": ratio("abandoned", "queued"),
        "Wq_all": ratio("wait", "queued"),
        "p_wait": SINGLE["p_wait"],
        "p_busy_time": ratio("all_busy", "orbit_minutes"),
        "attempts_per_customer": ratio("contact_attempts", "contact_first"),
        "lost_per_fresh_customer": ratio("contact_lost", "contact_first"),
    },
    "mt_m_c_sinus": {
        **{f"EL_{t}": ratio(f"there_{t}", "one") for t in (60, 120, 240, 480)},
        "ELq_120": ratio("queue_120", "one"),
        "served_480": ratio("contact_handled", "one"),
        "avg_queue_480": lambda s: s["team_queue"] / s["one"] / 480.0,
        "p_wait_480": ratio("waited", "queued"),
        "arrivals_480": ratio("contact_attempts", "one"),
    },
    "nps_ci": {
        "nps": lambda s: 100.0 * (s["promoters"] - s["detractors"]) / s["answers"],
        "unit_variance": lambda s: nps_variance(s["promoters"] / s["answers"], s["detractors"] / s["answers"]),
        "se_points": lambda s: math.sqrt(_score_variance(s)),
        "wald_halfwidth_95": lambda s: 1.959963984540054 * math.sqrt(_score_variance(s)),
        "se_difference_two_waves": lambda s: math.sqrt(s["change_squared"] / s["pairs"]),
    },
}
CALCULATED: dict[str, dict[str, float]] = {
    "nps_ci": {
        "adj_wald_lo": nps_interval(180, 100, 400)[0],
        "adj_wald_hi": nps_interval(180, 100, 400)[1],
        "n_for_halfwidth_3": float(nps_answers_needed(0.45, 0.25, 3.0)),
    }
}
"""What is a formula here too (`cxsim.probability.nps`)."""
NOTICES = {
    "mm1_basic": "Wq",
    "mmc_callcentre": "Wq",
    "mg1_lognormal": "Wq",
    "erlang_a_small": "p_abandon",
    "prio_mm1_np": "Wq_avg",
    "feedback_rework": "Wq_per_pass",
    "repeat_delay_jackson": "Wq",
    "redial_reconnect_small": "p_abandon",
    "mt_m_c_sinus": "avg_queue_480",
}
"""The quantity that shows a longer service."""

OBSERVE: dict[str, Callable[..., Sums]] = {
    "mm1_basic": with_tails,
    "mmc_callcentre": with_tails,
    "erlang_a_small": with_tails,
    "repeat_delay_jackson": with_orbits,
    "redial_reconnect_small": with_orbits,
}
"""What is looked at, where it is more than the tally."""

EFFORT: dict[float, dict[str, Effort]] = {
    RECORDED: {
        "mm1_basic": Effort(80, 50),
        "mmc_callcentre": Effort(80, 8),
        "mg1_lognormal": Effort(80, 80),
        "erlang_a_small": Effort(40, 4),
        "prio_mm1_np": Effort(80, 12),
        "feedback_rework": Effort(80, 12),
        "repeat_delay_jackson": Effort(80, 21, warm_up=4),
        "redial_reconnect_small": Effort(60, 6),
        "mt_m_c_sinus": Effort(12_000, 1, 0),
        "nps_ci": Effort(80, 600),
    },
    LIGHT: {
        "mm1_basic": Effort(40, 16),
        "mmc_callcentre": Effort(40, 3),
        "mg1_lognormal": Effort(40, 20),
        "erlang_a_small": Effort(40, 1),
        "prio_mm1_np": Effort(40, 6),
        "feedback_rework": Effort(40, 4),
        "repeat_delay_jackson": Effort(40, 8, warm_up=2),
        "redial_reconnect_small": Effort(40, 3),
        "mt_m_c_sinus": Effort(1800, 1, 0),
        "nps_ci": Effort(50, 120),
    },
}
FAULTY = {case: replace(effort, replications=effort.replications // 3) for case, effort in EFFORT[LIGHT].items()}
"""A wrong model shows in a third of what the tests take for the right one."""


def sums_of(case: str, effort: Effort, tree: Tree | None = None, map_: Callable[..., Any] = map) -> list[Sums]:
    """Every replication of a case, or of another organisation in its place."""
    tree = tree or organisation_of(case)
    if case == "mt_m_c_sinus":
        one = partial(from_empty, tree, effort)
    elif case == "nps_ci":
        one = partial(surveyed, tree, effort)
    else:
        one = partial(replicate, tree, effort, OBSERVE.get(case, counted))
    return list(map_(one, range(effort.replications)))


def judge(case: str, replications: Sequence[Sums], largest: float) -> Iterator[Verdict]:
    """Each quantity of a case against its reference."""
    for name, reference in solved_cases()[case].quantities.items():
        if name in CALCULATED.get(case, {}):
            simulated, error = CALCULATED[case][name], 0.0
        else:
            simulated, error = estimate(QUANTITIES[case][name], replications)
        yield Verdict(case, name, reference.definition, reference.value, simulated, error, len(replications), largest)


@dataclass(frozen=True)
class Fault:
    """A wrong model, which the gate must catch."""

    description: str
    tree: Tree
    notices: str
    """The quantity that shows it."""


def fault_of(case: str) -> Fault:
    """The case with something wrong by 5 %."""
    tree = organisation_of(case)
    if case == "nps_ci":  # no queue in it
        cuts = tree["experience"]["nps_cuts"]
        cuts[8] = NormalDist().inv_cdf(1.0 - 0.95 * 0.45)
        return Fault("5 % fewer promoters", tree, "nps")
    for step in tree["routes"].values():
        for serving in step.values():
            (distribution,) = serving["work"].values()
            mean, unit = distribution["mean"].split()
            distribution["mean"] = f"{1.05 * float(mean)} {unit}"
    return Fault("service takes 5 % longer", tree, NOTICES[case])
