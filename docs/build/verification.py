"""Simulate what queueing theory knows exactly, and write down how close we come: makes `docs/verification.md`.

    python docs/build/verification.py

Each model is an organisation in `conf/organisation/theory`, each reference a closed form or a solved chain.  A quantity
passes if the simulated value is within four standard errors of the reference and the standard error is small enough to
notice a fault.  Fixed seed, no reruns.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from cxsim import world
from cxsim.nps import nps_answers_needed, nps_interval, nps_variance
from cxsim.organisation import read_organisation
from cxsim.plan import names_of, plans_of
from cxsim.tally import WEEK, CaseColumn, ContactColumn, StepColumn, TeamColumn

HERE = Path(__file__).parents[2]
CASES = HERE.parent / "shared" / "verification" / "queueing_cases.json"
THEORY = HERE / "conf" / "organisation" / "theory"
REPORT = HERE / "docs" / "verification.md"
ENGINE = "compiled" if "compiled" in world.ENGINES else "simpy"
SEED = 1999
TOLERANCE = 4.0
"""Standard errors."""
RECORDED, LIGHT = 0.01, 0.03
"""Largest standard error, relative to the reference: in the recorded build step, in the tests."""

Sums = dict[str, float]
Tree = dict[str, Any]
Quantity = Callable[[Mapping[str, float]], float]


@dataclass(frozen=True)
class Effort:
    """How long to simulate a case."""

    replications: int
    weeks: int
    warm_up: int = 1
    """Weeks; five mean delays or more where customers come again."""


@dataclass(frozen=True)
class Verdict:
    """One quantity against its reference."""

    case: str
    quantity: str
    definition: str
    reference: float
    simulated: float
    error: float
    """Standard error; 0: reckoned, not simulated."""
    largest: float
    """Largest standard error allowed, relative."""

    @property
    def precise(self) -> bool:
        """Whether the standard error is small enough to notice a fault."""
        return self.error <= self.largest * abs(self.reference)

    @property
    def passes(self) -> bool:
        """The gate."""
        near = abs(self.simulated - self.reference) <= max(TOLERANCE * self.error, 1e-9 * abs(self.reference))
        return near and self.precise


# -- what one replication leaves behind ------------------------------------------------------------------------------


def organisation_of(case: str) -> Tree:
    """The theory model as written in `conf`."""
    tree: Tree = yaml.safe_load((THEORY / f"{case}.yaml").read_text("utf-8"))
    return tree


def replicate(tree: Tree, effort: Effort, observe: Callable[..., Sums], replication: int) -> Sums:
    """One replication: sums over the weeks after the warm-up."""
    o = read_organisation(tree)
    names = names_of([o])
    timeline = plans_of(((0.0, o),), names, effort.weeks, effort.warm_up)
    tracing = observe is not counted
    run = world.start(timeline[0][1], names, SEED, replication, effort.weeks, effort.warm_up, trace=tracing)
    world.advance(run, timeline, 0.0, ENGINE)
    world.advance(run, timeline, effort.weeks * WEEK, ENGINE)
    world.finish(run, timeline)
    return observe(run, names, effort)


def counted(run: world.Run, names: Any, effort: Effort) -> Sums:
    """Sums from the tally."""
    measured = slice(effort.warm_up, None)
    steps = run.tally.step_sums[measured].sum(axis=(0, 1))
    contacts = run.tally.contact_sums[measured].sum(axis=(0, 2))
    teams = run.tally.team_sums[measured].sum(axis=(0, 1))
    cases = run.tally.case_sums[measured].sum(axis=(0, 1, 2))
    sums = {c.name.lower(): float(steps[c]) for c in StepColumn}
    sums |= {"contact_" + c.name.lower(): float(contacts[:, c].sum()) for c in ContactColumn}
    sums |= {"team_" + c.name.lower(): float(teams[c]) for c in TeamColumn}
    sums |= {"case_" + c.name.lower(): float(cases[c]) for c in CaseColumn}
    for i, reason in enumerate(names.reasons):
        sums |= {f"{reason}_{c.name.lower()}": float(contacts[i, c]) for c in ContactColumn}
    return {**sums, "minutes": effort.weeks * WEEK, "one": 1.0}


def with_tails(run: world.Run, names: Any, effort: Effort) -> Sums:
    """And how many waited, or stayed, longer than some minutes (from the trace)."""
    rows = run.visits()
    rows = rows[rows["queued_at"] >= 0.0]
    served = np.isfinite(rows["began_at"])
    wait = np.where(served, rows["began_at"], rows["ended_at"]) - rows["queued_at"]
    stay = (rows["ended_at"] - rows["queued_at"])[served]
    return {
        **counted(run, names, effort),
        "seen": float(len(rows)),
        "over_1": float((wait > 1.0).sum()),
        "over_5": float((wait > 5.0).sum()),
        "served_within_20s": float((served & (wait <= 1.0 / 3.0)).sum()),
        "stayed_over_10": float((stay > 10.0).sum()),
        "offered": _mean_offered_wait(wait, served),
    }


def _mean_offered_wait(wait: NDArray[np.float64], served: NDArray[np.bool_]) -> float:
    """Mean wait with endless patience: Kaplan & Meier 1958, abandonment censors the offered wait."""
    order = np.lexsort((~served, wait))
    wait, served = wait[order], served[order]
    at_risk = np.arange(len(wait), 0, -1)
    survives = np.cumprod(np.where(served, 1.0 - 1.0 / at_risk, 1.0))
    return float(wait[0] + (survives[:-1] * np.diff(wait)).sum())


def with_orbits(run: world.Run, names: Any, effort: Effort) -> Sums:
    """And the time customers spent about to come again, and all agents were busy (from the trace).

    Counted until two weeks before the end, so that whoever comes again has come.
    """
    until = (effort.weeks - 2) * WEEK
    rows = np.sort(run.visits(), order=["word", "number", "queued_at"])
    same = (rows["number"][1:] == rows["number"][:-1]) & (rows["word"][1:] == rows["word"][:-1])
    away = np.minimum(rows["queued_at"][1:], until) - np.clip(rows["ended_at"][:-1], 0.0, until)
    away = np.where(same, np.maximum(away, 0.0), 0.0)
    redial = rows["attempt"][1:] > 0
    began = rows["began_at"][np.isfinite(rows["began_at"])]
    ended = rows["ended_at"][np.isfinite(rows["began_at"])]
    at = np.concatenate([began, ended])
    order = np.argsort(at, kind="stable")
    busy = np.cumsum(np.concatenate([np.ones(len(began)), -np.ones(len(ended))])[order])[:-1]
    everybody = (busy == run.state.team_state["duty"].sum()) * np.diff(np.clip(at[order], 0.0, until))
    return {
        **counted(run, names, effort),
        "orbit_minutes": until,
        "redialling": float(away[redial].sum()),
        "reconnecting": float(away[~redial].sum()),
        "all_busy": float(everybody.sum()),
    }


def from_empty(tree: Tree, effort: Effort, replication: int) -> Sums:
    """480 minutes from an empty start: how many are there at four instants, and what happened in all."""
    o = read_organisation(tree)
    names = names_of([o])
    timeline = plans_of(((0.0, o),), names, 1, 0)
    run = world.start(timeline[0][1], names, SEED, replication, 1, 0)
    seen: Sums = {}
    for t in (60, 120, 240, 480):
        world.advance(run, timeline, float(t), ENGINE)
        teams = run.state.team_state
        seen[f"queue_{t}"] = float(teams["waiting"].sum())
        seen[f"there_{t}"] = float((teams["waiting"] + teams["held"]).sum())
    world.finish(run, timeline)
    return {**counted(run, names, Effort(1, 1, 0)), **seen}


def surveyed(tree: Tree, effort: Effort, replication: int) -> Sums:
    """Weeks of 400 answers each: their scores, squares, and squared changes from one week to the next."""
    o = read_organisation(tree)
    names = names_of([o])
    timeline = plans_of(((0.0, o),), names, effort.weeks, effort.warm_up)
    run = world.start(timeline[0][1], names, SEED, replication, effort.weeks, effort.warm_up)
    world.finish(world.advance(run, timeline, effort.weeks * WEEK, ENGINE), timeline)
    cases = run.tally.case_sums[effort.warm_up :].sum(axis=(1, 2))
    n = cases[:, CaseColumn.ANSWERS]
    p, d = cases[:, CaseColumn.ANSWERED_PROMOTER], cases[:, CaseColumn.ANSWERED_DETRACTOR]
    score = 100.0 * (p - d) / n
    waves = score[: len(score) // 2 * 2].reshape(-1, 2)
    return {
        "weeks": float(len(n)),
        "answers": float(n.sum()),
        "promoters": float(p.sum()),
        "detractors": float(d.sum()),
        "score": float(score.sum()),
        "score_squared": float((score * score).sum()),
        "pairs": float(len(waves)),
        "change_squared": float(((waves[:, 1] - waves[:, 0]) ** 2).sum()),
    }


# -- quantities as functions of sums --------------------------------------------------------------------------------


def ratio(a: str, b: str) -> Quantity:
    """One sum over another."""
    return lambda s: s[a] / s[b]


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
RECKONED: dict[str, dict[str, float]] = {
    "nps_ci": {
        "adj_wald_lo": nps_interval(180, 100, 400)[0],
        "adj_wald_hi": nps_interval(180, 100, 400)[1],
        "n_for_halfwidth_3": float(nps_answers_needed(0.45, 0.25, 3.0)),
    }
}
"""What is a formula here too (`cxsim.nps`)."""
NO_TARGETS = {"naive_erlang_a_p_abandon"}
"""In the file as a warning, not as a reference."""

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
        "mm1_basic": Effort(60, 30),
        "mmc_callcentre": Effort(40, 8),
        "mg1_lognormal": Effort(60, 30),
        "erlang_a_small": Effort(40, 3),
        "prio_mm1_np": Effort(40, 10),
        "feedback_rework": Effort(40, 8),
        "repeat_delay_jackson": Effort(40, 16, warm_up=4),
        "redial_reconnect_small": Effort(40, 6),
        "mt_m_c_sinus": Effort(4000, 1, 0),
        "nps_ci": Effort(60, 200),
    },
    LIGHT: {
        "mm1_basic": Effort(30, 6),
        "mmc_callcentre": Effort(30, 2),
        "mg1_lognormal": Effort(30, 6),
        "erlang_a_small": Effort(30, 1),
        "prio_mm1_np": Effort(30, 2),
        "feedback_rework": Effort(30, 2),
        "repeat_delay_jackson": Effort(30, 4, warm_up=2),
        "redial_reconnect_small": Effort(30, 3),
        "mt_m_c_sinus": Effort(450, 1, 0),
        "nps_ci": Effort(30, 50),
    },
}


# -- the gate --------------------------------------------------------------------------------------------------------


def references() -> dict[str, dict[str, dict[str, Any]]]:
    """Quantities by case: value and definition."""
    return {c["id"]: c["quantities"] for c in json.loads(CASES.read_text("utf-8"))["cases"]}


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


def estimate(quantity: Quantity, replications: Sequence[Sums]) -> tuple[float, float]:
    """Value from all replications together, and its standard error (jackknife, Quenouille 1956, over replications)."""
    n = len(replications)
    total = {k: sum(r[k] for r in replications) for k in replications[0]}
    without = np.array([quantity({k: total[k] - r[k] for k in total}) for r in replications])
    return quantity(total), float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))


def judge(case: str, replications: Sequence[Sums], largest: float) -> Iterator[Verdict]:
    """Each quantity of a case against its reference."""
    for name, reference in references()[case].items():
        value, said = float(reference["value"]), str(reference["definition"])
        if name in QUANTITIES[case]:
            simulated, error = estimate(QUANTITIES[case][name], replications)
            yield Verdict(case, name, said, value, simulated, error, largest)
        elif name in RECKONED.get(case, {}):
            yield Verdict(case, name, said, value, RECKONED[case][name], 0.0, largest)
        else:
            assert name in NO_TARGETS, f"{case}: no way to look at {name}"


def broken_single_server() -> Tree:
    """M/M/1 whose service takes 5 % longer than it should: the gate must notice."""
    tree = organisation_of("mm1_basic")
    tree["routes"]["call"]["answer"]["work"] = {"exponential": {"mean": "1.05 min"}}
    return tree


# -- the page --------------------------------------------------------------------------------------------------------

INTRODUCTION = """# Verification against theory

Written by `python docs/build/verification.py`; not to be edited by hand.

Ten models that are solved exactly, written as organisations in `conf/organisation/theory` and run through the public
interface. *theory*: closed form or solved chain. *simulated*: all replications together, with the half-width of its
95 % interval (Student's t). A quantity is **inside** if it is within 4 standard errors of theory and its standard error
is at most {percent:g} % of it. *formula*: the same number from `cxsim.nps`, without simulation. Seed {seed}; engine:
{engine}; no run was repeated.

| case | quantity | theory | simulated | ± | standard errors away | verdict |
|---|---|---:|---:|---:|---:|---|
"""


def write(verdicts: Sequence[Verdict], broken: Sequence[Verdict], efforts: Mapping[str, Effort]) -> str:
    """The page as text."""
    from scipy.stats import t as student

    lines = [INTRODUCTION.format(percent=100 * RECORDED, seed=SEED, engine=ENGINE)]
    for v in verdicts:
        half = student.ppf(0.975, efforts[v.case].replications - 1) * v.error
        away = f"{(v.simulated - v.reference) / v.error:+.1f}" if v.error else ""
        verdict = (
            "formula" if not v.error else "inside" if v.passes else "**outside**" if v.precise else "**too coarse**"
        )
        lines.append(
            f"| {v.case} | {v.quantity}: {v.definition.replace('|', '/')} | {v.reference:.5g} | {v.simulated:.5g} "
            f"| {half:.2g} | {away} | {verdict} |\n"
        )
    inside = sum(v.passes for v in verdicts)
    lines.append(f"\n{inside} of {len(verdicts)} quantities inside.\n\n## How long each was simulated\n\n")
    lines.append("| case | replications | weeks each | warm-up weeks |\n|---|---:|---:|---:|\n")
    for case, e in efforts.items():
        weeks = "480 min" if case == "mt_m_c_sinus" else f"{e.weeks}"
        lines.append(f"| {case} | {e.replications} | {weeks} | {e.warm_up} |\n")
    lines.append("\n## A broken model is caught\n\nThe single server with service 5 % too long, by the same gate:\n\n")
    lines.append("| quantity | theory | simulated | standard errors away | verdict |\n|---|---:|---:|---:|---|\n")
    for v in broken:
        verdict = "inside" if v.passes else "outside"
        away = (v.simulated - v.reference) / v.error
        lines.append(f"| {v.quantity} | {v.reference:.5g} | {v.simulated:.5g} | {away:+.1f} | {verdict} |\n")
    return "".join(lines)


def main() -> int:
    """Simulate all cases on two processes and write the page; 1 if anything is outside."""
    verdicts: list[Verdict] = []
    efforts = EFFORT[RECORDED]
    with ProcessPoolExecutor(2) as pool:
        for case in references():
            map_ = partial(pool.map, chunksize=max(1, efforts[case].replications // 40))
            found = list(judge(case, sums_of(case, efforts[case], map_=map_), RECORDED))
            verdicts += found
            worst = max(v.error / abs(v.reference) for v in found)
            inside = sum(v.passes for v in found)
            sys.stdout.write(f"{case}: {inside} of {len(found)} inside; largest standard error {worst:.2%}\n")
            sys.stdout.flush()
        sums = sums_of("mm1_basic", EFFORT[LIGHT]["mm1_basic"], broken_single_server(), pool.map)
    broken = list(judge("mm1_basic", sums, LIGHT))
    REPORT.write_text(write(verdicts, broken, efforts), "utf-8")
    return int(not all(v.passes for v in verdicts) or all(v.passes for v in broken))


if __name__ == "__main__":
    sys.exit(main())
