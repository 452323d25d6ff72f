"""What leaves no trace of its own: the promise, updates, how a case was closed, what its customer answered.

It is read off the state just after the case opened and just before it was closed, with the random numbers of the rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.model import draws
from cxsim.model.experience import expected_ces, level_at, satisfaction
from cxsim.model.survey import p_response
from cxsim.native.handle import handle
from cxsim.probability.quantiles import normal_quantile
from cxsim.report.story.worlds import CaseName, Life
from cxsim.state.closing import ClosedAs
from cxsim.state.state import ABANDONED, BALKED, BLOCKED, DELAYED, DONE, LEAVING, OPEN
from cxsim.state.tally import Cause

LOST = (ABANDONED, BALKED, BLOCKED)
"""Attempts that ended without service."""
SOLVED, WITHDRAWN, GAVE_UP, LET_BE, STILL_OPEN = "solved", "withdrawn", "gave up", "let be", "open"
"""How a case ends: let be is unsolved, and the customer does not come back."""


@dataclass(frozen=True)
class Background:
    """Of one life."""

    ended: str
    """One of `SOLVED`, `WITHDRAWN`, `GAVE_UP`, `LET_BE`, `STILL_OPEN`."""
    solved_at: float
    """inf: never."""
    promised: bool
    """Whether the promise was made to the customer; else they have an expectation."""
    promised_for: float
    """When it should be done, as seen at the opening; inf: no promise, or the case opened in the warm-up."""
    due_at: float
    """The same at the end: it moves while we wait for the customer; inf while it stands still."""
    updates: tuple[float, ...]
    """When we sent an update."""
    heeds: bool
    """Whether updates keep this customer from asking."""
    under_way: tuple[tuple[int, float], ...]
    """Delays that were not over when the case was closed or the story ends: (step, since when)."""
    satisfaction: float
    """SD units; 0: as expected."""
    ces: float
    """Expected answer to "they made it easy", 1 to 7."""
    p_answer: tuple[float, float]
    """Chance that a customer answers the survey: of those who would say 5, of those who would say 0 or 10."""
    put_right: bool
    """Whether a complaint was made in it, or it is one, so that part of a loss is given back at its end."""
    answers: tuple[int, int] | None
    """What this one answered: recommendation 0 to 10, "they made it easy" 1 to 7; None: no answer."""


def background(life: Life, case: CaseName) -> Background:
    """Look back at a life that left a trace."""
    ends = life.closed_at if life.over else life.world.run.at
    opened = float(np.nextafter(life.opened_at, math.inf))
    promised, promised_for = False, math.inf
    seen = life.world.looked_at(opened, ends)
    w = next(seen)
    c = _row(w, case)
    if c is not None:
        promised = bool(w.cases[c]["promise_told"])
        promised_for = float(w.cases[c]["promise_at"]) if life.opened_at >= 0.0 else math.inf
    w = next(seen)
    with np.errstate(over="ignore"):
        return _at_the_end(life, ends, promised, promised_for, w, _row(w, case))


def _row(w: Any, case: CaseName) -> int | None:
    """Row of the case while it is open."""
    same = (w.cases["name_hash"] == np.uint64(case.word)) & (w.cases["number"] == np.uint64(case.key))
    rows = np.flatnonzero(same & (w.cases["status"] == OPEN))
    return int(rows[0]) if len(rows) else None


def _at_the_end(life: Life, ends: float, promised: bool, promised_for: float, w: Any, c: int | None) -> Background:
    closed_at = ends if life.over else math.inf
    failed = int(Cause.UNRESOLVED) in life.entries["cause"].tolist()
    parts: Any = w.visits[(w.visits["case"] == c) & (w.visits["status"] > 0)] if c is not None else w.visits[:0]
    leaves = parts[(parts["status"] == LEAVING) & (parts["due_at"] == closed_at)]
    waits = parts[parts["status"] == DELAYED]
    if not life.over:
        ended = STILL_OPEN
    elif not failed:
        ended = SOLVED
    else:
        ended = WITHDRAWN if len(leaves) else GAVE_UP if int(life.visits[-1]["outcome"]) in LOST else LET_BE
    solved_at = math.inf
    if c is not None and w.cases[c]["closed_as"] == ClosedAs.RESOLVED:
        solved_at = float(w.cases[c]["resolved_at"])
    elif ended == SOLVED:
        solved_at = closed_at
    stands_still = c is None or w.cases[c]["paused"] > 0
    z = _proficiency(w, life)
    courtesy = float(w.behaviour[0]["courtesy"]) * z
    rules = handle(w)
    satisfied = float(satisfaction(rules, life.effort, courtesy))
    return Background(
        ended=ended,
        solved_at=solved_at,
        promised=promised,
        promised_for=promised_for,
        due_at=math.inf if stands_still else float(w.cases[c]["promise_at"]),
        updates=tuple(_updates(life, min(ends, solved_at))),
        heeds=c is not None and bool(w.cases[c]["heeds_updates"]),
        under_way=tuple((int(p["step"]), float(p["arrived_at"])) for p in waits if p["due_at"] != closed_at),
        satisfaction=satisfied,
        ces=float(expected_ces(rules, life.effort)),
        p_answer=(float(w.experience[0]["p_answer"]), float(w.experience[0]["p_extreme"])),
        put_right=c is not None and bool(np.isfinite(w.cases[c]["complained_at"])),
        answers=_answers(w, c, life.effort, satisfied, ends) if life.over and c is not None else None,
    )


def _proficiency(w: Any, life: Life) -> float:
    """Of the agent who was the last to work on the case."""
    served = life.visits[(life.visits["outcome"] == DONE) & (life.visits["agent"] >= 0)]
    if not len(served):
        return 0.0
    last = served[int(np.argmax(served["ended_at"]))]
    skill = int(w.steps["skill"][last["step"]])
    return float(w.skill_state[last["agent"], skill]["proficiency"]) if skill >= 0 else 0.0


def _updates(life: Life, until: float) -> Iterator[float]:
    """When updates went out: at their interval from the opening, or from the day we began to send them."""
    reason = int(life.visits[0]["reason"])
    changes = [at for at, _ in life.world.plans[1:]]
    last: float | None = None
    for (at, plan), ends in zip(life.world.plans, [*changes, math.inf], strict=True):
        subject = plan.reasons[reason]
        every = float(subject["update_every"])
        begins = max(life.opened_at, at)
        if begins >= ends or not subject["promised"] or math.isinf(every):
            last = None if begins < ends else last
            continue
        last = begins if last is None else last
        while last + every <= min(until, ends):
            last += every
            yield last


def _answers(w: Any, c: int, effort: float, satisfied: float, t: float) -> tuple[int, int] | None:
    """What the customer answers when the case is closed at t, by `cxsim.model.experience.tell`."""
    weights = w.experience[0]
    rules = handle(w)
    latent = level_at(rules, w.cases[c]["customer"], t) + satisfied
    latent += normal_quantile(draws.of_case(rules, c, int(draws.Purpose.SCORE), 0, 0))
    score = int((latent > weights["nps_cuts"]).sum())
    if draws.of_case(rules, c, int(draws.Purpose.ANSWERS), 0, 0) >= p_response(rules, score):
        return None
    ease = normal_quantile(draws.of_case(rules, c, int(draws.Purpose.CES_SCORE), 0, 0)) - effort
    return score, 1 + int((ease > weights["ces_cuts"]).sum())
