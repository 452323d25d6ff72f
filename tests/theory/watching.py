"""What one replication of a queueing model leaves behind: sums from the tally, and from the trace where needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.state.plan import Names, Plan, names_of, plans_of
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn
from theory.gate import ENGINE, SEED, Effort, Sums, Tree


@lru_cache(maxsize=1)
def _planned(tree: str, weeks: int, warm_up: int) -> tuple[Names, tuple[tuple[float, Plan], ...]]:
    o = read_organisation(json.loads(tree))
    names = names_of([o])
    return names, plans_of(((0.0, o),), names, weeks, warm_up)


def planned(tree: Tree, weeks: int, warm_up: int) -> tuple[Names, tuple[tuple[float, Plan], ...]]:
    """Names and plan of an organisation; kept, for all replications have the same."""
    return _planned(json.dumps(tree, default=str), weeks, warm_up)


def replicate(tree: Tree, effort: Effort, observe: Callable[..., Sums], replication: int) -> Sums:
    """One replication: sums over the weeks after the warm-up."""
    names, timeline = planned(tree, effort.weeks, effort.warm_up)
    tracing = observe is not counted
    run = runs.start(timeline[0][1], names, SEED, replication, effort.weeks, effort.warm_up, trace=tracing)
    runs.advance(run, timeline, 0.0, ENGINE)
    runs.advance(run, timeline, effort.weeks * WEEK, ENGINE)
    runs.finish(run, timeline)
    return observe(run, names, effort)


def counted(run: runs.Run, names: Any, effort: Effort) -> Sums:
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


def with_tails(run: runs.Run, names: Any, effort: Effort) -> Sums:
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


def with_orbits(run: runs.Run, names: Any, effort: Effort) -> Sums:
    """And the time customers spent about to come again, and all agents were busy (from the trace).

    Counted until two weeks before the end, so that whoever comes again has come.
    """
    until = (effort.weeks - 2) * WEEK
    rows = run.visits()
    rows = rows[np.lexsort((rows["queued_at"], rows["number"], rows["name_hash"]))]
    same = (rows["number"][1:] == rows["number"][:-1]) & (rows["name_hash"][1:] == rows["name_hash"][:-1])
    away = np.minimum(rows["queued_at"][1:], until) - np.clip(rows["ended_at"][:-1], 0.0, until)
    away = np.where(same, np.maximum(away, 0.0), 0.0)
    redial = rows["attempt"][1:] > 0
    began = rows["began_at"][np.isfinite(rows["began_at"])]
    ended = rows["ended_at"][np.isfinite(rows["began_at"])]
    at = np.concatenate([began, ended])
    order = np.argsort(at, kind="stable")
    busy = np.cumsum(np.concatenate([np.ones(len(began)), -np.ones(len(ended))])[order])[:-1]
    everybody = (busy == run.state.team_state["on_duty"].sum()) * np.diff(np.clip(at[order], 0.0, until))
    return {
        **counted(run, names, effort),
        "orbit_minutes": until,
        "redialling": float(away[redial].sum()),
        "reconnecting": float(away[~redial].sum()),
        "all_busy": float(everybody.sum()),
    }


def from_empty(tree: Tree, effort: Effort, replication: int) -> Sums:
    """480 minutes from an empty start: how many are there at four instants, and what happened in all."""
    names, timeline = planned(tree, 1, 0)
    run = runs.start(timeline[0][1], names, SEED, replication, 1, 0)
    seen: Sums = {}
    for t in (60, 120, 240, 480):
        runs.advance(run, timeline, float(t), ENGINE)
        teams = run.state.team_state
        seen[f"queue_{t}"] = float(teams["waiting"].sum())
        seen[f"there_{t}"] = float((teams["waiting"] + teams["contacts_held"]).sum())
    runs.finish(run, timeline)
    return {**counted(run, names, Effort(1, 1, 0)), **seen}


def surveyed(tree: Tree, effort: Effort, replication: int) -> Sums:
    """Weeks of 400 answers each: their scores, squares, and squared changes from one week to the next."""
    names, timeline = planned(tree, effort.weeks, effort.warm_up)
    run = runs.start(timeline[0][1], names, SEED, replication, effort.weeks, effort.warm_up)
    runs.finish(runs.advance(run, timeline, effort.weeks * WEEK, ENGINE), timeline)
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
